"""A patient answers a conversation (journey c).

Whom a reply goes to comes from the exchange, never from what the patient's browser sent; the exchange is read
again in the transaction that commits the reply (A7). The same form sent twice makes one message: its Message-ID
is a keyed digest of the form and of what it holds, so that a form that was changed meanwhile is another message.
"""

import asyncio
import hashlib
import secrets
from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from gateway.domain.account import Space
from gateway.domain.address import MailAddress
from gateway.domain.audit import AuditEvent
from gateway.domain.exchange import Exchange, ExchangeEvent, ExchangeState
from gateway.domain.mailbox import SEEN, BlobKey, Content, ContentState, MessageId, SpecialUse, ThreadId, VaultId
from gateway.domain.mime import (
    ComposedMessage,
    Mailbox,
    OutgoingAttachment,
    compose,
    is_message_id,
    scan_message,
)
from gateway.domain.outbox import Step, StepKind
from gateway.domain.verdict import Accept
from gateway.policy import reasons
from gateway.policy.initiation import may_reply
from gateway.ports import Blobs, Clock, Store, Tx
from gateway.services.conversations import ConversationView, conversation_in
from gateway.services.delivery import add_step, note_sent
from gateway.services.numbers import random_number
from gateway.services.patient_names import shown_name
from gateway.services.records import Records, records_of
from gateway.services.trust import TrustFacts

R = TypeVar("R")
_MAX_SUBJECT = 250
_MAX_REFERENCES = 20


@dataclass(frozen=True, slots=True, repr=False)
class ReplyFile:
    """A file joined to a reply; name and media type are as the browser claims them."""

    name: str
    media_type: str
    data: bytes


@dataclass(frozen=True, slots=True, repr=False)
class Draft:
    """A reply as it is sent; `submission` is the random reference of the form, or empty when there is none."""

    submission: str
    text: str
    files: tuple[ReplyFile, ...] = ()


@dataclass(frozen=True, slots=True)
class Reply:
    """Outcome of answering: the message, or the French sentence that says why there is none."""

    mid: MessageId | None
    refusal: str = ""


@dataclass(frozen=True, slots=True, repr=False)
class _Look:
    """What is known before the reply is composed; `sent` is the message an earlier try has made."""

    view: ConversationView
    space: Space
    sent: MessageId | None


@dataclass(frozen=True, slots=True, repr=False)
class _Prepared:
    records: Records
    blob: BlobKey
    recipient: MailAddress

    def content(self, mid: MessageId, thread: ThreadId, at: datetime) -> Content:
        """Give the row of the patient's own copy."""
        path = (self.records.card.sender, str(self.recipient))
        return self.records.content(mid, self.blob, thread, ContentState.VISIBLE, at, path)

    def delivery(self, vault: VaultId, mid: MessageId, step: int, at: datetime) -> Step:
        """Give the outbox row that hands the message over."""
        sender, recipient = self.records.card.sender, str(self.recipient)
        payload = {"mid": mid, "blob": self.blob.ref.id.hex(), "sender": sender, "recipient": recipient}
        return Step(vault, step, StepKind.DELIVER, payload, at)


class Replies:
    """Answers conversations of one space at a time."""

    def __init__(
        self, store: Store, blobs: Blobs, trust: TrustFacts, clock: Clock, workers: Executor, max_bytes: int
    ) -> None:
        self._store = store
        self._blobs = blobs
        self._trust = trust
        self._clock = clock
        self._workers = workers
        self._max_bytes = max_bytes

    async def reply(self, vault: VaultId, thread: ThreadId, draft: Draft) -> Reply:
        """Answer a conversation's correspondent; it is committed on return. Raises `NotFound`."""
        local = await self._off_loop(lambda: self._message_number(vault, thread, draft))

        def look(tx: Tx) -> _Look:
            space = tx.spaces.space(vault)
            sent = tx.mail.by_message_id(vault, _message_id(local, space))
            return _Look(conversation_in(tx, vault, thread), space, sent)

        found = await self._store.read(look)
        if found.sent is not None:
            return Reply(found.sent)
        exchange = found.view.exchange
        refusal = _refusal(exchange)
        if exchange is None or refusal:
            return await self._refused(vault, thread, refusal)
        message = self._compose(found, exchange, draft, _message_id(local, found.space))
        prepared = await self._off_loop(lambda: self._prepare(message, exchange))
        if prepared is None:
            return await self._refused(vault, thread, reasons.MESSAGE_TOO_LARGE.french)
        return await self._commit(vault, thread, exchange, prepared)

    async def _refused(self, vault: VaultId, thread: ThreadId, refusal: str) -> Reply:
        event = _refused_event(self._clock.now(), thread)
        await self._store.write(lambda tx: tx.audit.append(vault, event))
        return Reply(None, refusal)

    def _message_number(self, vault: VaultId, thread: ThreadId, draft: Draft) -> str:
        submission = draft.submission or secrets.token_hex(16)
        parts = [submission.encode(), draft.text.encode()]
        for file in draft.files:
            parts += [file.name.encode(), file.media_type.encode(), hashlib.sha256(file.data).digest()]
        digest = self._store.digest("reply", vault.to_bytes(8, "big"), thread.to_bytes(8, "big"), *parts)
        return digest[:16].hex()

    def _compose(self, found: _Look, exchange: Exchange, draft: Draft, message_id: str) -> ComposedMessage:
        last = found.view.incoming or found.view.messages[-1].card
        subject = last.subject if last.subject.lower().startswith("re:") else f"Re: {last.subject}"
        ids = [text for text in (*last.references, last.message_id) if is_message_id(text)]
        writer, reader = found.space.address.mail, exchange.correspondent
        return ComposedMessage(
            from_=Mailbox(shown_name(found.space.identity.traits), writer.local, writer.domain),
            to=(Mailbox(exchange.name, reader.local, reader.domain),),
            subject=subject[:_MAX_SUBJECT],
            text=draft.text,
            date=self._clock.now(),
            message_id=message_id,
            in_reply_to=last.message_id if is_message_id(last.message_id) else None,
            references=tuple(dict.fromkeys(ids))[-_MAX_REFERENCES:],
            attachments=tuple(OutgoingAttachment(file.name, _carried(file), file.data) for file in draft.files),
        )

    def _prepare(self, message: ComposedMessage, exchange: Exchange) -> _Prepared | None:
        raw = compose(message)
        if len(raw) > self._max_bytes:
            return None
        records = records_of(raw, scan_message(raw), self._trust.entry, None)
        return _Prepared(records, self._blobs.put(raw), exchange.correspondent)

    async def _commit(self, vault: VaultId, thread: ThreadId, exchange: Exchange, prepared: _Prepared) -> Reply:
        now, mid, step = self._clock.now(), MessageId(random_number()), random_number()

        def commit(tx: Tx) -> Reply:
            sent = tx.mail.by_message_id(vault, prepared.records.card.message_id)
            if sent is not None:
                return Reply(sent)
            current = tx.exchanges.get(vault, exchange.correspondent)
            refusal = _refusal(current)
            if current is None or refusal:
                tx.audit.append(vault, _refused_event(now, thread))
                return Reply(None, refusal)
            tx.exchanges.put(vault, current.after(ExchangeEvent.PATIENT_WROTE, now))
            content = prepared.content(mid, thread, now)
            _keep(tx, vault, content, prepared)
            add_step(tx, prepared.delivery(vault, mid, step, now))
            tx.audit.append(vault, AuditEvent(now, "patient", "message.sent", "ok", (f"message:{mid:x}",)))
            return Reply(mid)

        return await self._store.write(commit)

    async def _off_loop(self, work: Callable[[], R]) -> R:
        return await asyncio.get_running_loop().run_in_executor(self._workers, work)


def _refused_event(now: datetime, thread: ThreadId) -> AuditEvent:
    return AuditEvent(now, "patient", "message.sent", "refused", (f"thread:{thread:x}",))


def _keep(tx: Tx, vault: VaultId, content: Content, prepared: _Prepared) -> None:
    """Put the patient's own copy into « Envoyés » and into its conversation."""
    message_id = prepared.records.card.message_id
    tx.blobs.attach(vault, prepared.blob)
    tx.mail.add_content(content, vault)
    folder = tx.mail.folder_by_use(vault, SpecialUse.SENT)
    tx.mail.add_entry(vault, folder.id, content.mid, frozenset({SEEN}), content.internal_date)
    tx.mail.note_message_id(vault, message_id, content.thread, content.mid)
    # Answers are looked up under their author, so that nobody joins another's conversation by a reference.
    tx.mail.note_message_id(vault, f"{prepared.recipient} {message_id}", content.thread, content.mid)
    note_sent(tx, vault, message_id, content.thread, content.mid)


def _carried(file: ReplyFile) -> str:
    """Give the media type to declare: what claims to be a message or to hold parts is a file like any other."""
    return "application/octet-stream" if file.media_type.startswith(("message/", "multipart/")) else file.media_type


def _message_id(number: str, space: Space) -> str:
    return f"<{number}@{space.address.domain}>"


def _refusal(exchange: Exchange | None) -> str:
    """Say in one French sentence why the patient may not write, or nothing when they may (A7, A8)."""
    verdict = may_reply(exchange.state if exchange else ExchangeState.NONE, blocked=False)
    if isinstance(verdict, Accept):
        return ""
    if verdict.reason is reasons.EXCHANGE_ENDED and exchange is not None and exchange.name:
        return reasons.ended_by(exchange.name)
    return verdict.reason.french
