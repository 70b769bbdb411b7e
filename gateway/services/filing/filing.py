"""Filing: a message's documents are read, their patient checked, and all are filed, or all refused (A12).

One transaction makes a held message visible, files documents and results, moves the exchange and leaves notice and
receipt to the outbox; a receipt to a mailbox here is delivered right after. Otherwise one takes it out of the
patient's reach and leaves the quarantine to the outbox. Accepted, filed and seen are three states.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from msgspec.structs import replace

from dossier_bridge.request import AttachedFile, ReadOutcome, ReadRequest
from gateway.domain.access import Audience
from gateway.domain.address import MailAddress
from gateway.domain.card import Card
from gateway.domain.document import ReadDocument
from gateway.domain.errors import Conflict, LimitExceeded, NotFound
from gateway.domain.exchange import Correspondence, ExchangeEvent
from gateway.domain.filing_outcome import FILED, FilingOutcome, LookedThrough, SetAside
from gateway.domain.identity import IdentityMatch, PatientIdentity
from gateway.domain.mailbox import BlobKey, ContentState, MessageId
from gateway.domain.mime import Layout, announces_document, decoded_body, is_filed
from gateway.domain.outbox import Step
from gateway.domain.rights_requests import RequestKind
from gateway.domain.step_payloads import FileDocuments, SendReceipt
from gateway.domain.withholdings import HOLD
from gateway.policy.visibility import withheld_from
from gateway.ports.blobs import Blobs
from gateway.ports.clock import Clock
from gateway.ports.readers import Readers
from gateway.ports.store import Cost, Store, Tx
from gateway.services.delivery.acceptance import Arrival, show
from gateway.services.delivery.asked_answers import answered_request, floor_of, note_answered
from gateway.services.delivery.calendar_moves import held_calendar
from gateway.services.filing.filed_documents import (
    WrittenDocument,
    file_all,
    files_of,
    octets_of,
    told_of,
    written_document,
)
from gateway.services.filing.filing_cases import FilingCase, case_of, origin_of
from gateway.services.filing.quarantine import refuse
from gateway.services.filing.reading_tries import ReadingTries, answers_for
from gateway.services.filing.receipts import Receipts
from gateway.services.filing.set_aside import kept_for_operator, set_aside
from gateway.services.filing.verdict_causes import NOTHING_FOUND, bare_note, identity_verdict
from gateway.services.outbox.steps import Effects, Finish, Prepared, nothing, payload_of
from gateway.services.random_numbers import random_number

_log = structlog.get_logger("pli.dossier")


@dataclass(frozen=True, slots=True)
class _Refusal:
    code: str
    cause: str = ""


_UNREADABLE = _Refusal("906", "Le document n'a pas pu être lu.")


class Filing:
    """Handles `StepKind.FILE`."""

    def __init__(
        self,
        store: Store,
        blobs: Blobs,
        readers: Readers,
        clock: Clock,
        accepted_oids: frozenset[str],
        receipts: Receipts,
        hold: timedelta = HOLD,
    ) -> None:
        """`hold` is how long what is presented first may be withheld from the patient (A27)."""
        self._store = store
        self._blobs = blobs
        self._tries = ReadingTries(readers, clock)
        self._clock = clock
        self._accepted_oids = accepted_oids
        self._receipts = receipts
        self._hold = hold

    async def file(self, step: Step) -> Finish | Prepared:
        """Read a message's documents and file or refuse them."""
        mid = payload_of(step, FileDocuments).mid
        try:
            case, request = await self._gathered(step, mid)
        except NotFound:
            if await self._store.read(lambda tx: tx.mail.state_of(step.vault, mid)) is None:
                return nothing  # deleted by its owner since
            raise
        try:
            outcome = await self._tries.read(step, request, answers_for(case.card, case.content.reverse_path))
        except LimitExceeded:
            return self._refused(step, case, _Refusal("906", "Les pièces jointes sont trop volumineuses."))
        if outcome is None:
            return self._refused(step, case, _UNREADABLE)
        aside = set_aside(outcome, request.attachments)
        refusal = self._judge(outcome, case.identity, may_file=bool(aside))
        if refusal is not None:
            return self._refused(step, case, refusal)
        blobs: list[BlobKey] = []
        return Prepared(
            lambda: self._filed(step, case, outcome.documents, aside, blobs),
            lambda: self._blobs.synchronise(blobs),
            cost=Cost(written=octets_of(outcome.documents)),
        )

    async def give_up(self, step: Step) -> Finish:
        """Refuse with 906 what could not be filed however often it was tried: silence becomes an error."""
        self._tries.forget(step)
        case = await self._store.read(lambda tx: case_of(tx, step, payload_of(step, FileDocuments).mid))
        return self._refused(step, case, _UNREADABLE)

    async def _gathered(self, step: Step, mid: MessageId) -> tuple[FilingCase, ReadRequest]:
        """Read all that filing needs: records, identity, and the octets of the attachments."""
        return await self._store.read_then(
            lambda tx: case_of(tx, step, mid), self._request, lambda case: Cost(parsed=case.content.size)
        )

    def _request(self, case: FilingCase) -> ReadRequest:
        """Decode the parts that may be documents, by the offsets noted at intake: nothing is parsed again."""
        raw = self._blobs.read(case.blob)
        return ReadRequest(
            tuple(
                AttachedFile(
                    section=part.section,
                    kind=part.kind,
                    filename=part.filename or "",
                    data=decoded_body(raw, part),
                )
                for part in Layout.from_bytes(case.content.summary.layout).attachments
                if is_filed(part)
            )
        )

    def _judge(self, outcome: ReadOutcome, identity: PatientIdentity, may_file: bool) -> _Refusal | None:
        """Say why the message is refused as a whole, or None (A12); `may_file` says that its failures are set aside."""
        match, cause = identity_verdict(outcome.documents, identity, self._accepted_oids)
        if match is not IdentityMatch.SAME:
            return _Refusal(match.value, cause)
        if outcome.failures and not may_file:
            worst = min(outcome.failures, key=lambda failure: (failure.code != "904", failure.section))
            return _Refusal(worst.code, worst.reason.sentence)
        return None

    def _filed(
        self,
        step: Step,
        case: FilingCase,
        documents: Sequence[ReadDocument],
        aside: tuple[SetAside, ...],
        blobs: list[BlobKey],
    ) -> Effects:
        """Write all files and the receipt, note them in `blobs`, and give the transactions that refer to them."""
        content, now = case.content, self._clock.now()
        held = any(Audience.PATIENT in withheld_from(one.entry.confidentiality) for one in documents)
        until, note = now + self._hold if held else None, bare_note(documents)
        outcome = replace(_outcome(case, None), set_aside=aside, cause=note, held_until=until)
        receipt = _receipt(step, now)
        if outcome.asked and not documents and announces_document(outcome.subject):
            # The message is shown, and its sender does not wait for ever for what became of the document.
            outcome = replace(outcome, code="906", cause=NOTHING_FOUND, delivered=True)
        files = [files_of(document) for document in documents]
        octets = [file.data for several in files for file in several]
        # A receipt that stays here goes with what it tells of; any other is left to its step.
        parcel = self._receipts.parcel(receipt, outcome, case.receiver) if case.receiver and documents else None
        blobs += (keys := self._blobs.write_many([*octets, parcel.raw] if parcel else octets))
        filed, at, origin = [], 0, origin_of(step, case, now, self._hold)
        for document, several in zip(documents, files, strict=True):
            filed.append(written_document(document, several, keys[at : at + len(several)], origin))
            at += len(several)
        finish = self._decided(step, case, filed, outcome, receipt)
        kept = (kept_for_operator(content.mid, case.blob, outcome, now),) if aside else ()
        if parcel is None:
            return Effects(finish, kept)
        return Effects(finish, kept, (parcel.accepted(keys[-1]), lambda tx: tx.outbox.done(receipt)))

    def _refused(self, step: Step, case: FilingCase, refusal: _Refusal) -> Finish:
        return self._decided(step, case, (), _outcome(case, refusal), _receipt(step, self._clock.now()))

    def _decided(
        self, step: Step, case: FilingCase, filed: Sequence[WrittenDocument], outcome: FilingOutcome, receipt: Step
    ) -> Finish:
        """Give the transaction that ends a filing; it raises `Conflict` when somebody else has ended it."""
        content, now = case.content, self._clock.now()
        arrival = self._arrival(step, case, now)
        was_held = content.state is ContentState.HELD
        # Ordinary files that were only looked through: a receipt would say that documents were filed.
        is_told_of = bool(filed) or not outcome.is_filed
        _log.info(
            "message.decided",
            message=f"{content.mid:x}",
            code=outcome.code,
            documents=len(filed),
            seconds=round((now - content.internal_date).total_seconds(), 3),
        )

        def finish(tx: Tx) -> None:
            if tx.mail.state_of(step.vault, content.mid) is not content.state:
                raise Conflict("the message was decided or deleted meanwhile")
            if was_held and not (outcome.is_filed or outcome.delivered):
                tx.mail.note_outcome(step.vault, content.mid, outcome)
                refuse(tx, arrival, outcome, receipt.id)
                return
            answered = answered_request(tx, step.vault, case.card, RequestKind.DOCTOR) if filed else None
            floor = floor_of(answered, now)
            withheld = file_all(tx, origin_of(step, case, now, self._hold, floor), filed)
            if answered is not None and answered.waits:
                note_answered(tx, step.vault, answered, floor, now)
            if is_told_of:
                tx.mail.note_outcome(step.vault, content.mid, replace(outcome, withheld_from=withheld))
            elif was_held:
                tx.mail.note_outcome(step.vault, content.mid, LookedThrough())
            if was_held:
                tx.mail.set_state(step.vault, content.mid, ContentState.VISIBLE)
                show(tx, arrival, content.thread, told_of(filed, withheld))
            if is_told_of and outcome.is_told:
                # What stays here is delivered right after, in the same commit where one writer takes both.
                tx.outbox.put_off(receipt)

        return finish

    def _arrival(self, step: Step, case: FilingCase, now: datetime) -> Arrival:
        return Arrival(
            vault=step.vault,
            mid=case.content.mid,
            is_space=True,
            sender=case.content.reverse_path,
            card=case.card,
            correspondence=_correspondence(payload_of(step, FileDocuments), case.card),
            at=now,
            notice=random_number(),
            calendar=held_calendar(case.content, lambda: self._blobs.read(case.blob), now),
        )


def _correspondence(told: FileDocuments, card: Card) -> Correspondence | None:
    """Give what was decided when the message came, whatever the directory says since."""
    if not told.correspondent:
        return None
    return Correspondence(MailAddress.parse(told.correspondent), ExchangeEvent(told.event), card.correspondent_name)


def _receipt(step: Step, at: datetime) -> Step:
    told = payload_of(step, FileDocuments)
    return Step(vault=step.vault, id=random_number(), payload=SendReceipt(mid=told.mid), due=at)


def _outcome(case: FilingCase, refusal: _Refusal | None) -> FilingOutcome:
    content = case.content
    return FilingOutcome(
        code=refusal.code if refusal else FILED,
        cause=refusal.cause if refusal else "",
        sender=content.reverse_path,
        recipient=content.recipient,
        message_id=case.card.message_id,
        subject=case.subject,
        asked=bool(case.card.receipt_to),
        blob=content.blob.id,
        delivered=content.state is ContentState.VISIBLE,
    )
