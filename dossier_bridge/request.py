"""What a reader is asked and what it answers: the attachments of one message in, documents and faults out."""

from dataclasses import dataclass, field

from dossier_bridge.faults import FaultReason
from gateway.domain.document import ReadDocument
from gateway.domain.mime.kinds import Kind


@dataclass(frozen=True, slots=True)
class AttachedFile:
    """One decoded message part; `section` is its IMAP part number, `kind` what the MIME scanner found it to be."""

    section: str
    kind: Kind
    filename: str = field(repr=False)
    data: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class ReadRequest:
    """The attachments of one message, in message order, without those that its text shows in place."""

    attachments: tuple[AttachedFile, ...]


@dataclass(frozen=True, slots=True)
class ReadFailure:
    """A part, or a file inside it, that could not be read.

    `bears_documents` says that it is a document, whose patient is known to nobody: it is not set aside while the rest
    of the message is shown (A12).
    """

    section: str
    uri: str
    reason: FaultReason
    bears_documents: bool = False

    @property
    def is_set_aside(self) -> bool:
        """Say whether the part alone is kept back (A18)."""
        return self.reason.is_set_aside and not self.bears_documents

    @property
    def code(self) -> str:
        """Give the national code of the refusal (STD §1.7)."""
        return self.reason.code


@dataclass(frozen=True, slots=True)
class ReadOutcome:
    """What was found in a message.

    `companions` are the sections of PDFs that only repeat a document read elsewhere in the message
    (STD §1.5): they are not filed again. Sections named nowhere are ordinary attachments.
    """

    documents: tuple[ReadDocument, ...] = ()
    failures: tuple[ReadFailure, ...] = ()
    companions: tuple[str, ...] = ()
