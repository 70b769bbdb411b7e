"""Documents of records that are older than their spaces (F22): filed with their dates, read by nobody until activation.

Readers and the check of identity are those of mail. A document waits in its person's vault under a mark of its row;
the commit that activates the space leaves a step that takes the marks away. Into a space that is active it shows at
once. The same file imported twice is one document, so an import that was interrupted is run again.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial

from dossier_bridge.request import AttachedFile, ReadRequest
from gateway.domain.access import NOT_YET, Audience
from gateway.domain.account import Space
from gateway.domain.document import ReadDocument
from gateway.domain.errors import InvalidValue, LimitExceeded, NotFound, ReaderBusy, ReaderFailed, ReaderSlow
from gateway.domain.identity import IdentityMatch
from gateway.domain.mailbox import OPERATOR
from gateway.domain.mime import Kind
from gateway.domain.mime.recognition import kind_of
from gateway.domain.mime.transfer import EncodedBody
from gateway.domain.outbox import Step
from gateway.domain.space import SpaceState, keeps_ahead, may_sign_in, receives_mail
from gateway.domain.step_payloads import NotifyOfDocument, ShowLegacyRecord
from gateway.ports.blobs import Blobs
from gateway.ports.clock import Clock
from gateway.ports.readers import Readers
from gateway.ports.store import Priority, Store, Tx
from gateway.services.access.actors import system_in
from gateway.services.filing.blood_groups import note_group_of
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
from gateway.services.filing.verdict_causes import identity_verdict
from gateway.services.outbox.steps import Finish, add_step, payload_of
from gateway.services.random_numbers import random_number
from gateway.services.restoring.legacy_file import LegacyLine
from gateway.services.space.operator_acts import found
from gateway.services.space.patients_file import ImportFault

BATCH = 100
"""Documents that one transaction shows."""
_BUSY = "the readers are busy: run the command again"
_READER = "legacy"


@dataclass(slots=True)
class LegacyReport:
    """What became of a list; lines that were left out say why, and repeat nothing of a person."""

    waiting: int = 0
    shown: int = 0
    already_there: int = 0
    faults: list[ImportFault] = field(default_factory=list)


class LegacyRecords:
    """Imports old records, one line after another."""

    def __init__(
        self,
        store: Store,
        blobs: Blobs,
        readers: Readers,
        clock: Clock,
        accepted_oids: frozenset[str],
        max_bytes: int,
        hold: timedelta,
    ) -> None:
        """`max_bytes` is the most that a file may have; `hold` how long what is presented first is withheld (A27)."""
        self._store = store
        self._blobs = blobs
        self._readers = readers
        self._clock = clock
        self._accepted_oids = accepted_oids
        self._max_bytes = max_bytes
        self._hold = hold

    async def import_all(self, lines: Iterable[LegacyLine | ImportFault]) -> LegacyReport:
        """File what the lines name; each line is committed before the next, and a bad one costs itself alone."""
        report = LegacyReport()
        for line in lines:
            if isinstance(line, ImportFault):
                report.faults.append(line)
                continue
            try:
                await self._import(line, report)
            except (InvalidValue, NotFound) as error:
                report.faults.append(ImportFault(line.line, str(error)))
        return report

    async def _import(self, line: LegacyLine, report: LegacyReport) -> None:
        space = await self._store.read(lambda tx: tx.spaces.space(found(tx, line.number)))
        _require_open(space.state)
        documents = await self._read(line, space)
        dates = [_date_of(one, line, self._clock.now()) for one in documents]
        files = [files_of(document) for document in documents]
        keys = await self._store.aside(lambda: self._blobs.put_many([one.data for several in files for one in several]))
        origin = Origin(
            vault=space.vault, mid=None, sender="", issuer="", actor="pli", at=self._clock.now(), hold=self._hold
        )
        written, at = [], 0
        for document, several, date in zip(documents, files, dates, strict=True):
            one = written_document(document, several, keys[at : at + len(several)], origin)
            written.append(self._dated(one, date, origin.at))
            at += len(several)
        notice = Step(vault=space.vault, id=random_number(), payload=NotifyOfDocument(), due=origin.at)
        work: Callable[[Tx], tuple[int, bool]] = partial(_file, origin=origin, written=written, notice=notice)
        new, waits = await self._store.write(work, priority=Priority.BULK)
        report.already_there += len(written) - new
        if waits:
            report.waiting += new
        else:
            report.shown += new

    def _dated(self, one: WrittenDocument, date: datetime, now: datetime) -> WrittenDocument:
        """Put a document at its place among the others: by its own date, as one that is not news."""
        hidden = one.filed.hidden_from
        # Whoever wished to present it first has had the time for it.
        shown = hidden & ~Audience.PATIENT if date + self._hold <= now else hidden
        return replace(one, filed=replace(one.filed, filed_at=date, dated=date, seen=True, hidden_from=shown))

    async def _read(self, line: LegacyLine, space: Space) -> list[ReadDocument]:
        data = await self._store.aside(lambda: self._octets(line))
        kind = await self._store.aside(
            lambda: kind_of(EncodedBody(data, 0, len(data), "binary"), "", line.file.name, is_attached=True)
        )
        if kind is Kind.PROGRAM:
            raise InvalidValue("the file is a program, or looks like one: programs are never filed")
        request = ReadRequest((AttachedFile(section="1", kind=kind, filename=line.file.name, data=data),))
        for _ in range(READER_ATTEMPTS):
            try:
                outcome = await self._readers.read(request, _READER)
                break
            except (ReaderSlow, ReaderBusy) as error:
                raise InvalidValue(_BUSY) from error
            except LimitExceeded as error:
                raise InvalidValue("the file is too large to be read") from error
            except ReaderFailed:
                continue  # a crash may be chance
        else:
            raise InvalidValue("the file could not be read: look at it, it may be damaged")
        match, _ = identity_verdict(outcome.documents, space.identity, self._accepted_oids)
        if match is not IdentityMatch.SAME:
            raise InvalidValue(f"[{match.value}] the document does not say that it is of this person")
        if outcome.failures or not outcome.documents:
            why = outcome.failures[0].reason.name.lower().replace("_", " ") if outcome.failures else "nothing found"
            raise InvalidValue(f"the file is of no form that is filed, or damaged: {why}")
        return [_titled(document, line.title) for document in outcome.documents]

    def _octets(self, line: LegacyLine) -> bytes:
        try:
            with line.file.open("rb") as file:
                data = file.read(self._max_bytes + 1)
        except OSError as error:
            raise InvalidValue("the file cannot be opened: see to its permissions") from error
        if len(data) > self._max_bytes:
            raise InvalidValue(f"the file is larger than {self._max_bytes} bytes (smtp.max_message_bytes)")
        return data


class LegacyShowing:
    """Handles `StepKind.SHOW_LEGACY`: what waited for the activation shows, a batch a transaction."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    async def show(self, step: Step) -> Finish:
        """Show the next documents; the last batch ends it. A step that is done twice finds nothing left."""
        after, further = payload_of(step, ShowLegacyRecord).after, random_number()

        def show(tx: Tx) -> None:
            state, now = tx.spaces.state(step.vault), self._clock.now()
            if state is None or not may_sign_in(state):
                return  # closed meanwhile: it is shown when the space is open again
            numbers = tx.documents.before_activation(step.vault, after, BATCH)
            _show(tx, step, numbers, now)
            if len(numbers) == BATCH:
                payload = ShowLegacyRecord(after=numbers[-1])
                add_step(tx, Step(vault=step.vault, id=further, payload=payload, due=now))

        return show


def _show(tx: Tx, step: Step, numbers: Sequence[int], now: datetime) -> None:
    actor = system_in(step.vault)
    documents = tx.documents.numbered(step.vault, Audience.NOBODY, numbers)
    for document in documents:
        hidden = document.hidden_from & ~Audience.BEFORE_ACTIVATION
        if tx.spaces.space(step.vault).hides_documents:
            hidden |= Audience.PROFESSIONALS
        tx.documents.withhold(step.vault, document.id, hidden)
        if not hidden & NOT_YET:
            note_group_of(tx, actor.account, step.vault, document, now)
    if documents:
        objects = tuple(f"document:{document.id:x}" for document in documents)
        tx.audit.append(step.vault, actor.event(now, "legacy.shown", objects=objects))
        tx.changed(step.vault)


def _file(
    tx: Tx, *, origin: Origin, written: Sequence[WrittenDocument], notice: Step
) -> tuple[int, bool]:
    """File documents; give how many were not there, and whether they wait. Raises `InvalidValue` for a closed space."""
    state = tx.spaces.state(origin.vault)
    _require_open(state)
    waits = state is not SpaceState.ACTIVE
    new = [one for one in written if tx.documents.filed_as(origin.vault, one.filed) is None]
    withheld = file_all(tx, origin, [_waiting(one) for one in new] if waits else new)
    if new and not waits and not withheld & NOT_YET:
        tx.outbox.add(replace(notice, payload=document_notice(withheld)), unless_waiting=True)
        tx.changed(OPERATOR)
    return len(new), waits


def _waiting(one: WrittenDocument) -> WrittenDocument:
    """Have nobody read a document before the activation; its blood group is told then."""
    hidden = one.filed.hidden_from | Audience.BEFORE_ACTIVATION
    return replace(one, filed=replace(one.filed, hidden_from=hidden), blood_group="")


def _require_open(state: SpaceState | None) -> None:
    kept = state is not None and (receives_mail(state) or keeps_ahead(state) or state is SpaceState.OPPOSED)
    if not kept:
        raise InvalidValue("the space is closed, suspended or gone: nothing is added to it")


def _titled(document: ReadDocument, title: str) -> ReadDocument:
    if not (title and is_bare(document)):
        return document
    return replace(document, entry=replace(document.entry, title=title))


def _date_of(document: ReadDocument, line: LegacyLine, now: datetime) -> datetime:
    """Give when a document came into the old record; without a word of it, its own date."""
    if line.filed_at is not None:
        return line.filed_at
    own = document.entry.effective_time.earliest if document.entry.effective_time else None
    if own is None or own > now:
        raise InvalidValue("filed_at is empty, and the document has no date of its own: write when it came")
    return own
