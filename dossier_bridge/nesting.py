"""Files inside files: one walk through all that an attachment holds, under one budget for the whole message.

Each level is opened in memory by the reader of its kind, so that a bomb costs no more for being nested. What bears a
document comes out as if it had been attached itself; what is harmless gives nothing; what cannot be looked into is
a fault (A12; the table is in docs/mime.md). What documents say is read elsewhere.
"""

import posixpath
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field

from dossier_bridge.faults import DocumentFault, FaultReason, fault
from gateway.domain.document import ReadDocument
from gateway.domain.mime.kinds import Kind
from gateway.domain.mime.recognition import kind_of
from gateway.domain.mime.transfer import EncodedBody

_MAX_DEPTH = 4
_MAX_FILE_BYTES = 64 * 1024 * 1024


class Budget:
    """What the files inside the attachments of one message may still cost: their number and bytes once opened.

    It is spent before anything is opened, and stays spent when that fails: a message may hold hundreds of bombs.
    """

    def __init__(self, files: int = 2_000, max_bytes: int = 128 * 1024 * 1024) -> None:
        self.files = files
        self.bytes = max_bytes

    def spend(self, size: int) -> None:
        """Count one file of `size` bytes; raise `DocumentLimit` when there were too many, or too many bytes."""
        self.files -= 1
        self.bytes -= size
        if self.files < 0:
            raise fault(FaultReason.TOO_MANY)
        if self.bytes < 0:
            raise fault(FaultReason.TOO_LARGE)

    @property
    def file_bytes(self) -> int:
        """Give how many bytes one file may have."""
        return max(min(self.bytes, _MAX_FILE_BYTES), 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundFile:
    """An attachment, or a file found inside one.

    Attributes:
        uri: the way to it inside, empty for the attachment itself.
        is_part: whether it is a piece of a larger whole, as a picture in an Office document: nothing by itself.
    """

    section: str
    kind: Kind
    name: str = field(repr=False)
    uri: str = field(default="", repr=False)
    data: bytes = field(repr=False)
    is_part: bool = False


@dataclass(frozen=True, slots=True)
class Piece:
    """What an opener gives: a name, empty where there is none, and bytes; the kind only when the opener knows it.

    `is_part` says that it is a piece of a larger whole (`FoundFile.is_part`).
    """

    name: str = field(repr=False)
    data: bytes = field(repr=False)
    kind: Kind | None = None
    is_part: bool = False


@dataclass(frozen=True, slots=True)
class PassedOver:
    """A file inside another that no reader takes: the way to it, and why."""

    uri: str = field(repr=False)
    reason: FaultReason


@dataclass(frozen=True, slots=True)
class Reads:
    """A format that bears documents, and its reader; it raises `DocumentFault` for what it does not take."""

    read: Callable[[FoundFile, "Nesting"], Sequence[ReadDocument]]


@dataclass(frozen=True, slots=True)
class Unread:
    """A format that bears documents which no reader takes yet: they cannot be checked, and must not be passed on."""

    reason: FaultReason


@dataclass(frozen=True, slots=True)
class Opens:
    """A format that holds other files, and its opener; it spends of the budget before it opens anything."""

    open: Callable[[FoundFile, Budget], Iterator[Piece]]


@dataclass(frozen=True, slots=True)
class RefusedFormat:
    """A format that cannot be looked into."""

    reason: FaultReason


@dataclass(frozen=True, slots=True)
class Bare:
    """A format filed as it is, « identité non vérifiée », when attached itself or packed in an archive alone."""

    make: Callable[[FoundFile], ReadDocument]


@dataclass(frozen=True, slots=True)
class Ordinary:
    """A format that is shown and never filed."""


Format = Reads | Unread | Opens | RefusedFormat | Bare | Ordinary


def kind_within(name: str, data: bytes) -> Kind:
    """Classify a file that came without a media type."""
    return kind_of(EncodedBody(data, 0, len(data), "binary"), "application/octet-stream", posixpath.basename(name))


class Nesting:
    """The walk through the attachments of one message, by a table of formats."""

    def __init__(self, formats: Mapping[Kind, Format], budget: Budget | None = None) -> None:
        self.formats = formats
        self.budget = budget or Budget()
        self.bare: list[FoundFile] = []
        self.bears_documents = False
        self.passed_over: list[PassedOver] = []

    def read(self, file: FoundFile) -> list[ReadDocument]:
        """Read every document that a file is or holds; bare files that it is or holds are noted in `bare`.

        Files in an archive that no reader takes are noted in `passed_over`, and what lies beside them is read (A18).

        Raises `DocumentFault` when something in it cannot be read or looked into, is too deep, too large or too many.
        `bears_documents` then says whether that was a document.
        """
        documents: list[ReadDocument] = []
        bare: list[FoundFile] = []
        self.bears_documents, self.passed_over = False, []
        for found, form in self._walk(file, 0):
            if isinstance(form, Reads):
                self.bears_documents = True
                documents += form.read(found, self)
                self.bears_documents = False
            elif isinstance(form, Unread) and found is file:
                raise fault(form.reason)
            elif isinstance(form, Unread):
                self.pass_over(found.uri, form.reason)
            elif not found.is_part:
                bare.append(found)
        self.bare += bare
        return documents

    def refuse_documents(self, name: str, data: bytes, reason: FaultReason) -> None:
        """Raise the fault `reason` for a file inside a document that is, or holds, a document of its own."""
        if any(isinstance(form, Reads | Unread) for _, form in self._walk(_alone(name, data), 0, is_strict=True)):
            raise fault(reason)

    def is_taken(self, name: str, data: bytes, reason: FaultReason) -> bool:
        """Do the same of a file beside documents; False when something in it was passed over."""
        before = len(self.passed_over)
        with self._passing_over(name):
            if any([isinstance(form, Reads | Unread) for _, form in self._walk(_alone(name, data), 0)]):  # noqa: C419 - all of it
                raise fault(reason)
        return len(self.passed_over) == before

    def _walk(
        self, file: FoundFile, depth: int, *, is_strict: bool = False
    ) -> Iterator[tuple[FoundFile, Reads | Unread | Bare]]:
        # Of the ordinary nothing comes.
        match self.formats[file.kind]:
            case RefusedFormat(reason):
                raise fault(reason)
            case Reads() | Unread() | Bare() as form:
                yield file, form
            case Opens(opened):
                # What is of no known form is looked through at any depth.
                if depth >= _MAX_DEPTH and file.kind is not Kind.OTHER:
                    raise fault(FaultReason.TOO_DEEP)
                for piece in opened(file, self.budget):
                    inside = _inside(file, piece)
                    with nullcontext() if is_strict else self._passing_over(inside.uri):
                        yield from self._walk(inside, depth + 1, is_strict=is_strict)

    def pass_over(self, uri: str, reason: FaultReason) -> None:
        """Note a file beside documents that no reader takes."""
        self.passed_over.append(PassedOver(uri, reason))

    @contextmanager
    def _passing_over(self, uri: str) -> Iterator[None]:
        """Look on behind a file that no reader takes: what lies beside it may name a patient (A12)."""
        try:
            yield
        except DocumentFault as error:
            if not error.reason.is_set_aside:
                raise
            self.pass_over(uri, error.reason)


def _alone(name: str, data: bytes) -> FoundFile:
    return FoundFile(section="", kind=kind_within(name, data), name=name, uri=name, data=data)


def _inside(file: FoundFile, piece: Piece) -> FoundFile:
    return FoundFile(
        section=file.section,
        kind=piece.kind or kind_within(piece.name, piece.data),
        name=piece.name or file.name,
        uri=f"{file.uri}/{piece.name}".strip("/") if piece.name else file.uri,
        data=piece.data,
        is_part=file.is_part or piece.is_part or file.kind is Kind.OTHER,
    )
