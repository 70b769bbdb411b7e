"""Send what a patient has written: judged, kept under « Envoyés » and left to the outbox in one transaction.

Who it goes to comes from exchanges of the space, never from what a browser sent; the policy judges it again, and
reads their state again, in the transaction that commits it (A7). The same form sent twice makes one message: its
`Message-ID` is a keyed digest of the form and of what it holds.
"""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from gateway.domain.access import Action, Actor, Role, SpacePart
from gateway.domain.account import Space
from gateway.domain.address import MailAddress
from gateway.domain.exchange import Exchange, ExchangeEvent
from gateway.domain.mailbox import SEEN, BlobKey, Content, ContentState, MessageId, SpecialUse, ThreadId, VaultId
from gateway.domain.mime import ComposedMessage, Mailbox, OutgoingAttachment, compose, scan_message
from gateway.domain.outbox import Step
from gateway.domain.patient_names import shown_name
from gateway.domain.step_payloads import DeliverMessage
from gateway.domain.verdict import Accept, Defer, Reject
from gateway.policy import reasons
from gateway.policy.facts import ContentFacts
from gateway.ports.blobs import Blobs
from gateway.ports.clock import Clock
from gateway.ports.store import Store, Tx
from gateway.services.access.permission import allow
from gateway.services.conversation.patient_writing import PatientWriting, sentence
from gateway.services.delivery.acceptance import note_sent
from gateway.services.delivery.message_records import Records, records_of
from gateway.services.outbox.steps import add_step
from gateway.services.random_numbers import random_number
from gateway.services.trust.facts import TrustFacts


@dataclass(frozen=True, slots=True, repr=False)
class OutgoingFile:
    """A file joined to a message; name and media type are as the browser claims them."""

    name: str
    media_type: str
    data: bytes


@dataclass(frozen=True, slots=True, repr=False)
class Draft:
    """What a patient has written; `submission` is the random reference of the form, or empty when there is none."""

    submission: str
    text: str
    files: tuple[OutgoingFile, ...] = ()


@dataclass(frozen=True, slots=True)
class Sent:
    """Outcome of sending: the message, or the French sentence that says why there is none."""

    mid: MessageId | None
    refusal: str = ""


@dataclass(frozen=True, slots=True, repr=False, kw_only=True)
class Letter:
    """A message to send.

    Attributes:
        number: hexadecimal, of its `Message-ID`: the same form gives the same.
        to: the exchanges it goes to, the first one's correspondent first.
        thread: the conversation it continues; None begins one.
        answers: whether it answers a message of the exchange (`POL-37`).
    """

    number: str
    subject: str
    draft: Draft
    to: tuple[Exchange, ...]
    thread: ThreadId | None = None
    answers: bool = False
    in_reply_to: str | None = None
    references: tuple[str, ...] = ()

    @property
    def recipients(self) -> tuple[MailAddress, ...]:
        """Give the addresses it goes to."""
        return tuple(exchange.correspondent for exchange in self.to)

    def message_id(self, space: Space) -> str:
        """Give its `Message-ID`."""
        return f"<{self.number}@{space.address.domain}>"


@dataclass(frozen=True, slots=True, repr=False)
class _Prepared:
    records: Records
    blob: BlobKey
    content: ContentFacts

    def row(self, mid: MessageId, thread: ThreadId, recipient: MailAddress, at: datetime) -> Content:
        """Give the row of the patient's own copy."""
        path = (self.records.card.sender, str(recipient))
        return self.records.content(mid, self.blob, thread, ContentState.VISIBLE, at, path)


class PatientPost:
    """Sends what patients write, one space at a time."""

    def __init__(self, store: Store, blobs: Blobs, trust: TrustFacts, clock: Clock, writing: PatientWriting) -> None:
        self._store = store
        self._blobs = blobs
        self._trust = trust
        self._clock = clock
        self._writing = writing

    @property
    def clock(self) -> Clock:
        """Give the source of time."""
        return self._clock

    async def number_of(self, kind: str, vault: VaultId, *about: bytes, draft: Draft) -> str:
        """Digest a form and what it holds: a form that was changed meanwhile is another message."""
        parts = [vault.to_bytes(8, "big"), *about, (draft.submission or secrets.token_hex(16)).encode()]
        # Hashing the files is the work: it is done with the rest, off the loop.
        digest = await self._store.aside(lambda: self._store.digest(kind, *parts, *_held(draft)))
        return digest[:16].hex()

    def permit(self, tx: Tx, actor: Actor) -> None:
        """Ask whether somebody may write in a space at all. Raises `NotFound` or `AccessRefused`."""
        allow(tx, actor, Action.ADD, SpacePart.MESSAGES, self._clock.now())

    async def send(self, actor: Actor, space: Space, letter: Letter) -> Sent:
        """Judge and send; it is committed on return."""
        verdict = await self._store.read(
            lambda tx: self._writing.may_write(tx, actor.vault, letter.recipients, answers=letter.answers)
        )
        if not isinstance(verdict, Accept):
            now = self._clock.now()
            return await self._store.write(lambda tx: self._refused(tx, actor, letter, verdict, now))
        message = self._composed(actor, space, letter)
        prepared = await self._store.aside(lambda: self._prepare(message, letter))
        if prepared is None:
            return Sent(None, reasons.message_too_large(self._writing.max_bytes).french)
        return await self._commit(actor, letter, prepared)

    def _composed(self, actor: Actor, space: Space, letter: Letter) -> ComposedMessage:
        first, *others = (Mailbox.at(exchange.correspondent, exchange.name) for exchange in letter.to)
        return ComposedMessage(
            from_=Mailbox.at(space.address.mail, shown_name(space.identity.traits)),
            to=(first,),
            cc=tuple(others),
            subject=letter.subject,
            text=letter.draft.text + written_by(actor, space),
            date=self._clock.now(),
            message_id=letter.message_id(space),
            in_reply_to=letter.in_reply_to,
            references=letter.references,
            attachments=tuple(OutgoingAttachment(one.name, _carried(one), one.data) for one in letter.draft.files),
        )

    def _prepare(self, message: ComposedMessage, letter: Letter) -> _Prepared | None:
        raw = compose(message)
        if len(raw) > self._writing.max_bytes:
            return None
        scanned = scan_message(raw)
        content = self._writing.content(scanned, raw, letter.recipients, answers=letter.answers)
        return _Prepared(records_of(raw, scanned, self._trust.entry, None), self._blobs.put(raw), content)

    async def _commit(self, actor: Actor, letter: Letter, prepared: _Prepared) -> Sent:
        now, mid, vault = self._clock.now(), MessageId(random_number()), actor.vault
        steps = [random_number() for _ in letter.to]

        def commit(tx: Tx) -> Sent:
            sent = tx.mail.by_message_id(vault, prepared.records.card.message_id)
            if sent is not None:
                return Sent(sent)
            self.permit(tx, actor)
            verdict = self._writing.judge(tx, vault, letter.recipients, prepared.content)
            if not isinstance(verdict, Accept):
                return self._refused(tx, actor, letter, verdict, now)
            for exchange in _current(tx, vault, letter):
                tx.exchanges.put(vault, exchange.after(ExchangeEvent.PATIENT_WROTE, now))
            _keep(tx, vault, prepared, letter, mid, now)
            for step, recipient in zip(steps, letter.recipients, strict=True):
                add_step(tx, _delivery(vault, step, prepared, recipient, mid, len(steps), now))
            tx.audit.append(vault, actor.event(now, "message.sent", objects=(f"message:{mid:x}",)))
            return Sent(mid)

        return await self._store.write(commit)

    def _refused(self, tx: Tx, actor: Actor, letter: Letter, verdict: Reject | Defer, now: datetime) -> Sent:
        objects = (f"thread:{letter.thread:x}",) if letter.thread is not None else ()
        event = actor.event(now, "message.sent", verdict.reason.rule, objects, verdict.detail)
        tx.audit.append(actor.vault, event)
        return Sent(None, sentence(verdict, _current(tx, actor.vault, letter)))


_WRITERS = {Role.GUARDIAN: "représentant légal", Role.CARER: "aidant"}


def written_by(actor: Actor, space: Space) -> str:
    """Say below a text who wrote it for whom; nothing where its patient did (E8)."""
    who = _WRITERS.get(actor.role)
    return f"\n\n– Rédigé par {actor.person}, {who} de {shown_name(space.identity.traits)}" if who else ""


def _current(tx: Tx, vault: VaultId, letter: Letter) -> list[Exchange]:
    found = (tx.exchanges.get(vault, address) for address in letter.recipients)
    return [exchange for exchange in found if exchange is not None]


def _keep(tx: Tx, vault: VaultId, prepared: _Prepared, letter: Letter, mid: MessageId, now: datetime) -> None:
    """Put the patient's own copy into « Envoyés » and into its conversation."""
    message_id, first = prepared.records.card.message_id, letter.recipients[0]
    content = prepared.row(mid, letter.thread or ThreadId(mid), first, now)
    tx.blobs.attach(vault, prepared.blob)
    tx.mail.add_content(content, vault)
    folder = tx.mail.folder_by_use(vault, SpecialUse.SENT)
    tx.mail.add_entry(vault, folder.id, content.mid, frozenset({SEEN}), content.internal_date)
    # Answers are looked up under their author, so that nobody joins another's conversation by a reference; whoever
    # had a copy and answers begins a conversation of their own.
    tx.mail.note_message_id(vault, message_id, content.thread, content.mid, party=str(first))
    note_sent(tx, vault, message_id, content.thread, content.mid)


def _delivery(
    vault: VaultId, step: int, prepared: _Prepared, recipient: MailAddress, mid: MessageId, of: int, at: datetime
) -> Step:
    """Give the outbox row that hands the message over to one recipient of so many."""
    told = DeliverMessage(
        mid=mid,
        blob=prepared.blob.ref.id,
        sender=prepared.records.card.sender,
        recipient=str(recipient),
        recipients=of,
    )
    return Step(vault=vault, id=step, payload=told, due=at)


def _held(draft: Draft) -> Sequence[bytes]:
    parts = [draft.text.encode()]
    for file in draft.files:
        parts += [file.name.encode(), file.media_type.encode(), hashlib.sha256(file.data).digest()]
    return parts


def _carried(file: OutgoingFile) -> str:
    """Give the media type to declare: what claims to be a message or to hold parts is a file like any other."""
    return "application/octet-stream" if file.media_type.startswith(("message/", "multipart/")) else file.media_type
