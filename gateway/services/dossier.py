"""Filing: a held message is read, its patient checked, and it becomes visible with its documents, or is refused (A12).

One transaction makes the message visible, files documents and results, links both ways, moves the exchange and
leaves notice and receipt to the outbox. Otherwise one transaction takes it out of the patient's reach and leaves
the quarantine and the receipt to the outbox. Accepted, filed and seen are three states.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeAlias

import structlog

from dossier_bridge.request import AttachedFile, ReadOutcome, ReadRequest
from dossier_bridge.visibility import patient_may_read
from gateway.domain.address import MailAddress
from gateway.domain.audit import AuditEvent
from gateway.domain.card import Card
from gateway.domain.document import DocumentNote, ReadDocument
from gateway.domain.dossier import ORIGINAL, PRESENTATION, DocumentFile, FiledDocument
from gateway.domain.errors import LimitExceeded, NotFound, ReaderFailed
from gateway.domain.exchange import Correspondence, ExchangeEvent
from gateway.domain.identity import IdentityMatch, PatientIdentity, compare_identity
from gateway.domain.mailbox import OPERATOR, BlobKey, Content, ContentState, MessageId
from gateway.domain.mime import Headers, Kind, Layout, decoded_body
from gateway.domain.outbox import Step, StepKind
from gateway.ports import Blobs, Clock, Readers, Store, Tx
from gateway.services.delivery import Arrival, add_step, show
from gateway.services.numbers import random_number
from gateway.services.outbox import Effects, Finish, Prepared, nothing
from gateway.services.outcomes import FILED, FilingOutcome
from gateway.services.trust import TrustFacts

_log = structlog.get_logger("pli.dossier")
READER_ATTEMPTS = 3
"""A reader that crashes on a message is given it this often, then the message is quarantined with 906."""
_FILED_KINDS = frozenset(kind for kind in Kind if kind.is_held or kind is Kind.PDF)


@dataclass(frozen=True, slots=True)
class _Held:
    content: Content
    card: Card
    blob: BlobKey
    identity: PatientIdentity


@dataclass(frozen=True, slots=True)
class _Refusal:
    code: str
    cause: str = ""


_UNREADABLE = _Refusal("906", "Le document n'a pas pu être lu.")
_Prepared: TypeAlias = tuple[FiledDocument, ReadDocument, list[BlobKey]]


class Filing:
    """Handles `StepKind.FILE` and `StepKind.QUARANTINE`."""

    def __init__(
        self,
        store: Store,
        blobs: Blobs,
        readers: Readers,
        trust: TrustFacts,
        clock: Clock,
        accepted_oids: frozenset[str],
    ) -> None:
        self._store = store
        self._blobs = blobs
        self._readers = readers
        self._trust = trust
        self._clock = clock
        self._accepted_oids = accepted_oids

    # ------------------------------------------------------------ filing

    async def file(self, step: Step) -> Finish | Prepared:
        """Read a message's documents and file or refuse them."""
        mid = MessageId(step.payload["mid"])
        try:
            held, request = await self._store.read(lambda tx: self._gathered(tx, step, mid))
        except NotFound:
            if await self._store.read(lambda tx: tx.mail.state_of(step.vault, mid)) is None:
                return nothing  # deleted by its owner since
            raise
        try:
            outcome = await self._readers.read(request)
        except ReaderFailed:
            if step.attempts < READER_ATTEMPTS:
                raise
            return self._decided(step, held, (), _UNREADABLE)
        except LimitExceeded:
            return self._decided(step, held, (), _Refusal("906", "Les pièces jointes sont trop volumineuses."))
        refusal = self._judge(outcome, held.identity)
        if refusal is not None:
            return self._decided(step, held, (), refusal)
        return Prepared(lambda: Effects(self._decided(step, held, self._put(outcome.documents, held), None)))

    async def give_up(self, step: Step) -> Finish:
        """Refuse with 906 what could not be filed however often it was tried: silence becomes an error."""
        mid = MessageId(step.payload["mid"])
        held = await self._store.read(lambda tx: _held(tx, step, mid))
        return self._decided(step, held, (), _UNREADABLE)

    def _gathered(self, tx: Tx, step: Step, mid: MessageId) -> tuple[_Held, ReadRequest]:
        """Read all that filing needs in one hop: records, identity, and the octets of the attachments."""
        held = _held(tx, step, mid)
        return held, self._request(held)

    def _request(self, held: _Held) -> ReadRequest:
        """Decode the parts that may be documents, by the offsets noted at intake: nothing is parsed again."""
        raw = self._blobs.read(held.blob)
        return ReadRequest(
            tuple(
                AttachedFile(
                    section=part.section,
                    kind=part.kind,
                    filename=part.filename or "",
                    data=decoded_body(raw, part),
                )
                for part in Layout.from_bytes(held.content.summary.layout).attachments
                if part.kind in _FILED_KINDS or (part.kind is Kind.IMAGE and not part.inline)
            )
        )

    def _judge(self, outcome: ReadOutcome, identity: PatientIdentity) -> _Refusal | None:
        """Say why the message is refused as a whole, or None (A12)."""
        matches = {
            compare_identity(document.entry.patient, identity, self._accepted_oids)
            for document in outcome.documents
            if not _is_bare(document)
        }
        for match in (IdentityMatch.DIFFERENT, IdentityMatch.INCOMPLETE, IdentityMatch.NO_INS):
            if match in matches:
                return _Refusal(match.value)
        if outcome.failures:
            worst = min(outcome.failures, key=lambda failure: (failure.code != "904", failure.section))
            return _Refusal(worst.code, worst.reason.sentence)
        return None

    def _put(self, documents: Iterable[ReadDocument], held: _Held) -> list[_Prepared]:
        """Make every file of every document durable before the transaction that refers to them."""
        now, filed = self._clock.now(), []
        for document in documents:
            parts = _files(document)
            keys = self._blobs.put_many([data for _, _, data in parts])
            files = [
                DocumentFile(which, media_type, key.ref, key.size)
                for (which, media_type, _), key in zip(parts, keys, strict=True)
            ]
            filed.append((_filed(document, held, tuple(files), now), document, keys))
        return filed

    def _decided(
        self,
        step: Step,
        held: _Held,
        filed: Sequence[_Prepared],
        refusal: _Refusal | None,
    ) -> Finish:
        content, now = held.content, self._clock.now()
        outcome = _outcome(held, refusal)
        arrival = self._arrival(step, held, now)
        following = random_number()
        was_held = content.state is ContentState.HELD
        # Ordinary files that were only looked through: a receipt would say that documents were filed.
        is_told_of = refusal is not None or bool(filed)
        _log.info(
            "message.decided",
            message=f"{content.mid:x}",
            code=outcome.code,
            documents=len(filed),
            seconds=round((now - content.internal_date).total_seconds(), 3),
        )

        def finish(tx: Tx) -> None:
            if tx.mail.state_of(step.vault, content.mid) is not content.state:
                return
            if is_told_of:
                tx.mail.note_outcome(step.vault, content.mid, outcome.to_json())
            if refusal is not None and was_held:
                _refuse(tx, step, arrival, outcome, following)
                return
            withheld = [_file_one(tx, arrival, document, read, keys) for document, read, keys in filed]
            if any(withheld):
                tx.mail.note_outcome(step.vault, content.mid, replace(outcome, withheld=True).to_json())
            if was_held:
                tx.mail.set_state(step.vault, content.mid, ContentState.VISIBLE)
                show(tx, arrival, content.thread)
            if is_told_of and outcome.is_told:
                add_step(tx, Step(step.vault, following, StepKind.RECEIPT, {"mid": content.mid}, now))

        return finish

    def _arrival(self, step: Step, held: _Held, now: datetime) -> Arrival:
        return Arrival(
            vault=step.vault,
            mid=held.content.mid,
            is_space=True,
            sender=held.content.reverse_path,
            card=held.card,
            correspondence=self._correspondence(step.payload.get("exchange")),
            at=now,
            notice=random_number(),
        )

    def _correspondence(self, moved: list[str] | None) -> Correspondence | None:
        if moved is None:
            return None
        entry = self._trust.entry(MailAddress.parse(moved[0]))
        return Correspondence(entry, ExchangeEvent(moved[1])) if entry else None

    # ------------------------------------------------------------ quarantine

    async def quarantine(self, step: Step) -> Finish:
        """Move a refused message under the operator's key, then out of the patient's vault."""
        mid = MessageId(step.payload["mid"])
        now, following = self._clock.now(), random_number()

        def refused(tx: Tx) -> tuple[BlobKey, FilingOutcome]:
            content = tx.mail.content(step.vault, mid)
            outcome = tx.mail.outcome(step.vault, mid)
            return tx.blobs.open(step.vault, content.blob), FilingOutcome.from_json(outcome or b"")

        blob, outcome = await self._store.read(refused)

        def keep(tx: Tx) -> None:
            tx.quarantine.add(mid, outcome.code, blob, outcome.to_json(), now)
            event = AuditEvent(now, "pli", "message.quarantined", outcome.code, (f"message:{mid:x}",))
            tx.audit.append(OPERATOR, event)

        await self._store.write(keep)

        def finish(tx: Tx) -> None:
            tx.mail.drop_content(step.vault, mid)
            add_step(tx, Step(step.vault, following, StepKind.RECEIPT, {"mid": mid}, now))

        return finish


def _held(tx: Tx, step: Step, mid: MessageId) -> _Held:
    content = tx.mail.content(step.vault, mid)
    return _Held(
        content,
        Card.from_json(content.summary.card),
        tx.blobs.open(step.vault, content.blob),
        tx.spaces.space(step.vault).identity,
    )


def _is_bare(document: ReadDocument) -> bool:
    return DocumentNote.IDENTITY_UNVERIFIED in document.entry.notes


def _files(document: ReadDocument) -> list[tuple[str, str, bytes]]:
    files = [(ORIGINAL, document.media_type, document.original)]
    if document.presentation is not None:
        files.append((PRESENTATION, document.presentation_media_type, document.presentation))
    files += [(f"media-{n}", media.media_type, media.data) for n, media in enumerate(document.media, 1)]
    return files


def _filed(document: ReadDocument, held: _Held, files: tuple[DocumentFile, ...], now: datetime) -> FiledDocument:
    effective = document.entry.effective_time
    return FiledDocument(
        id=random_number(),
        mid=held.content.mid,
        filed_at=now,
        dated=(effective.earliest if effective else None) or now,
        entry=document.entry,
        sha256=bytes.fromhex(document.sha256) if document.sha256 else hashlib.sha256(document.original).digest(),
        sender=held.card.sender,
        identity_verified=not _is_bare(document),
        result_count=len(document.results),
        has_alert=document.has_critical_result,
        files=files,
        withheld=not patient_may_read(document.entry.confidentiality),
    )


def _file_one(tx: Tx, arrival: Arrival, document: FiledDocument, read: ReadDocument, keys: list[BlobKey]) -> bool:
    """File a document; True when the patient may not read it yet, as it came now or as it came before."""
    if not tx.documents.add(arrival.vault, document, read.results):
        # The same document is in the dossier already; the new files stay unreferenced and are swept.
        return document.withheld or tx.documents.withholds(arrival.vault, document)
    for key in keys:
        tx.blobs.attach(arrival.vault, key)
    objects = (f"document:{document.id:x}", f"message:{arrival.mid:x}")
    tx.audit.append(arrival.vault, AuditEvent(arrival.at, arrival.sender or "<>", "document.filed", "ok", objects))
    tx.changed(arrival.vault)
    return document.withheld


def _refuse(tx: Tx, step: Step, arrival: Arrival, outcome: FilingOutcome, following: int) -> None:
    tx.mail.set_state(step.vault, arrival.mid, ContentState.REFUSED)
    tx.audit.append(step.vault, arrival.event("message.quarantined", outcome.code))
    add_step(tx, Step(step.vault, following, StepKind.QUARANTINE, {"mid": arrival.mid}, arrival.at))


def _outcome(held: _Held, refusal: _Refusal | None) -> FilingOutcome:
    content = held.content
    return FilingOutcome(
        code=refusal.code if refusal else FILED,
        cause=refusal.cause if refusal else "",
        sender=content.reverse_path,
        recipient=content.recipient,
        message_id=held.card.message_id,
        subject=Headers.parse(content.header_block).text("Subject"),
        asked=bool(held.card.receipt_to),
        blob=content.blob.id.hex(),
        delivered=content.state is ContentState.VISIBLE,
    )
