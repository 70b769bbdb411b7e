"""A payer or a hospital system deposits a document without a message (F99): read, its patient checked, filed.

The readers, the check of identity and the filing are those of mail. One transaction files it with its results, its
line of the trace and the notice; no exchange moves. The same document deposited twice is one document. What is refused
is not kept: its depositor has the answer at once and still has the document.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import Enum

import structlog

from dossier_bridge.faults import FaultReason
from dossier_bridge.request import AttachedFile, ReadFailure, ReadOutcome, ReadRequest
from gateway.domain.access import NOT_YET, Audience
from gateway.domain.care_contact import CareContact, ContactWay
from gateway.domain.care_party import names_of
from gateway.domain.document import Participant, ReadDocument
from gateway.domain.errors import LimitExceeded, ReaderBusy, ReaderFailed, ReaderSlow, ReaderSpent, SealBroken
from gateway.domain.identity import IdentityMatch, PatientIdentity
from gateway.domain.mailbox import OPERATOR
from gateway.domain.mime import Kind
from gateway.domain.mime.recognition import kind_of
from gateway.domain.mime.transfer import EncodedBody
from gateway.domain.outbox import Step
from gateway.domain.space import SpaceState, keeps_ahead, receives_mail
from gateway.domain.step_payloads import NotifyOfDocument
from gateway.domain.verdict import Defer, Reject
from gateway.domain.withholdings import HOLD
from gateway.policy import reasons
from gateway.ports.blobs import Blobs
from gateway.ports.clock import Clock
from gateway.ports.readers import Readers
from gateway.ports.store import Store, Tx
from gateway.services.filing.deposit_gate import AdmittedDepositor, DepositGate
from gateway.services.filing.filed_documents import (
    Origin,
    WrittenDocument,
    document_notice,
    file_all,
    files_of,
    is_bare,
    written_document,
)
from gateway.services.filing.reading_tries import READER_ATTEMPTS
from gateway.services.filing.verdict_causes import bare_note, identity_verdict
from gateway.services.random_numbers import random_number

_log = structlog.get_logger("pli.dossier")
_FORMS = frozenset({
    FaultReason.FORMAT_UNSUPPORTED, FaultReason.ARCHIVE_FORMAT, FaultReason.ENCRYPTED, FaultReason.SIGNED,
    FaultReason.NESTED_MESSAGE, FaultReason.PROGRAM, FaultReason.ZIP_ENCRYPTED, FaultReason.ZIP_METHOD,
})  # fmt: skip
"""Sound files of a form that is not taken."""


@dataclass(frozen=True, slots=True, repr=False)
class DepositedFile:
    """A document as its depositor hands it over; `title` counts only where the document has none of its own."""

    media_type: str
    title: str
    data: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Deposited:
    """The documents are in the dossier; `is_new` is False when all of them were there before.

    Attributes:
        numbers: of the documents, in their order in the file.
        note: « identité non vérifiée », or that there is nothing to read; empty when there is nothing to say.
    """

    numbers: tuple[int, ...]
    is_new: bool
    note: str


class DepositFault(Enum):
    """Of which kind a document's fault is."""

    FORM = "form"
    """Nothing that is filed: another form is wanted."""
    CONTENT = "content"
    """Another patient, an incomplete identity, or a damaged document."""
    BUSY = "busy"
    """Nobody could read it now."""


@dataclass(frozen=True, slots=True)
class DepositRefused:
    """A document was not filed, and nothing of it is kept; `code` is a national one (STD §1.7)."""

    fault: DepositFault
    code: str
    cause: str = ""


_BUSY = DepositRefused(DepositFault.BUSY, "busy", "readers are busy")
_UNREADABLE = DepositRefused(DepositFault.CONTENT, "906", "Le document n'a pas pu être lu.")
_NOTHING = DepositRefused(DepositFault.FORM, "906", "Ce fichier n'est pas d'une forme qui se range dans un dossier.")


class DepositedDocuments:
    """Files what admitted depositors deposit."""

    def __init__(
        self,
        store: Store,
        blobs: Blobs,
        readers: Readers,
        clock: Clock,
        accepted_oids: frozenset[str],
        gate: DepositGate,
        hold: timedelta = HOLD,
    ) -> None:
        """`hold` is how long what is presented first may be withheld from the patient (A27)."""
        self._store = store
        self._blobs = blobs
        self._readers = readers
        self._clock = clock
        self._accepted_oids = accepted_oids
        self._gate = gate
        self._hold = hold

    async def file(self, by: AdmittedDepositor, file: DepositedFile) -> Deposited | DepositRefused | Reject | Defer:
        """File a document, or say why not; it is committed on return."""
        kind = await self._store.aside(lambda: _kind(file))
        if kind is Kind.PROGRAM:
            return await self._gate.refused(Reject(reasons.PROGRAM_ATTACHED, "program"), by.connection, by.address)
        space = await self._store.read(lambda tx: tx.spaces.space(by.vault))
        read = await self._read(by, file, kind, space.identity)
        if isinstance(read, DepositRefused):
            await self._gate.note(read.code, read.cause, by.connection, by.address)
            return read
        filed = await self._filed(by, read, str(space.address.mail))
        if filed is None:
            gone = Reject(reasons.PATIENT_UNREACHABLE, "space closed meanwhile")
            return await self._gate.refused(gone, by.connection, by.address)
        _log.info("deposit.filed", connection=by.connection, documents=len(filed.numbers), new=filed.is_new)
        return filed

    # ------------------------------------------------------------ reading

    async def _read(
        self, by: AdmittedDepositor, file: DepositedFile, kind: Kind, identity: PatientIdentity
    ) -> list[ReadDocument] | DepositRefused:
        outcome = await self._outcome(by, AttachedFile(section="1", kind=kind, filename="", data=file.data))
        if isinstance(outcome, DepositRefused):
            return outcome
        match, cause = identity_verdict(outcome.documents, identity, self._accepted_oids)
        if match is not IdentityMatch.SAME:
            return DepositRefused(DepositFault.CONTENT, match.value, cause)
        if outcome.failures:
            return _fault_of(outcome.failures)
        return [_titled(document, file.title, by.entry.name) for document in outcome.documents] or _NOTHING

    async def _outcome(self, by: AdmittedDepositor, attached: AttachedFile) -> ReadOutcome | DepositRefused:
        for _ in range(READER_ATTEMPTS):
            try:
                return await self._readers.read(ReadRequest((attached,)), by.entry.issuer or by.address)
            except (ReaderSlow, ReaderBusy):
                return _BUSY
            except (ReaderSpent, LimitExceeded):
                return _UNREADABLE
            except ReaderFailed:
                continue  # a crash may be chance
        return _UNREADABLE

    # ------------------------------------------------------------ filing

    async def _filed(
        self, by: AdmittedDepositor, read: Sequence[ReadDocument], recipient: str
    ) -> Deposited | None:
        """Write the files, then commit what refers to them; None when the space is not reachable any more."""
        files = [files_of(document) for document in read]
        octets = [file.data for several in files for file in several]
        keys = await self._store.aside(lambda: self._blobs.put_many(octets))
        origin = Origin(
            vault=by.vault, mid=None, sender=by.address, issuer=by.entry.issuer, actor=by.address,
            at=self._clock.now(), recipient=recipient, hold=self._hold,
            sender_name=by.entry.name,
        )  # fmt: skip
        written, at = [], 0
        for document, several in zip(read, files, strict=True):
            written.append(written_document(document, several, keys[at : at + len(several)], origin))
            at += len(several)
        notice = Step(vault=by.vault, id=random_number(), payload=NotifyOfDocument(), due=origin.at)
        note = bare_note(read)
        found = await self._store.write(lambda tx: _file(tx, by, origin, written, notice))
        if found is None:
            return None
        return Deposited(numbers=found, is_new=any(one.filed.id in found for one in written), note=note)


def _file(
    tx: Tx, by: AdmittedDepositor, origin: Origin, written: Sequence[WrittenDocument], notice: Step
) -> tuple[int, ...] | None:
    state = tx.spaces.state(by.vault)
    # Read again here: the space may have been closed since its address was judged.
    if state is None or not (receives_mail(state) or (by.ahead and keeps_ahead(state))):
        return None
    withheld = file_all(tx, origin, written)
    numbers = tuple(_number(tx, origin, one) for one in written)
    if any(one.filed.id in numbers for one in written):
        _tell(tx, state, withheld, notice)
        contact = CareContact(
            names=names_of(by.entry), label=by.entry.name, detail=by.entry.detail, since=origin.at,
            way=ContactWay.DOCUMENT,
        )  # fmt: skip
        tx.patient_choices.note_contact(by.vault, contact)
    return numbers


def _tell(tx: Tx, state: SpaceState, withheld: Audience, notice: Step) -> None:
    """Tell the patient of what they may read; of a piece given ahead nobody is told before the space is open."""
    if receives_mail(state) and not withheld & NOT_YET:
        tx.outbox.add(replace(notice, payload=document_notice(withheld)), unless_waiting=True)
        tx.changed(OPERATOR)


def _number(tx: Tx, origin: Origin, document: WrittenDocument) -> int:
    """Give the number under which a document stands: its own, or that of its first coming."""
    known = tx.documents.filed_as(origin.vault, document.filed)
    if known is None:
        raise SealBroken("the row of a document that was filed before is not as it was left")
    return known.id


def _kind(file: DepositedFile) -> Kind:
    body = EncodedBody(file.data, 0, len(file.data), "binary")
    return kind_of(body, file.media_type, None, is_attached=True)


def _titled(document: ReadDocument, title: str, depositor: str) -> ReadDocument:
    """Give what says nothing of itself the title that its depositor gave, and the depositor's name in the directory."""
    if not is_bare(document):
        return document
    entry = document.entry
    authors = entry.authors or (Participant(organisation=depositor),)
    return replace(document, entry=replace(entry, title=title or entry.title, authors=authors))


def _fault_of(failures: Sequence[ReadFailure]) -> DepositRefused:
    worst = min(failures, key=lambda failure: (failure.code != "904", failure.section))
    fault = DepositFault.FORM if worst.reason in _FORMS else DepositFault.CONTENT
    return DepositRefused(fault, worst.code, worst.reason.sentence)
