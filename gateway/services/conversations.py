"""A patient's conversations: list, read, answer (journey c).

A conversation is one thread with one correspondent. Whom a reply goes to comes from the exchange, never from
what the patient's browser sent; the exchange is read again in the transaction that commits the reply (A7).
"""

import asyncio
import secrets
from concurrent.futures import Executor
from dataclasses import dataclass

from gateway.domain.address import MailAddress
from gateway.domain.audit import AuditEvent
from gateway.domain.card import Card
from gateway.domain.dossier import FiledDocument
from gateway.domain.errors import NotFound
from gateway.domain.exchange import Exchange, ExchangeEvent, ExchangeState
from gateway.domain.mailbox import (
    SEEN,
    BlobKey,
    Content,
    ContentState,
    Entry,
    FolderId,
    MessageId,
    SpecialUse,
    Summary,
    ThreadId,
    VaultId,
)
from gateway.domain.mime import ComposedMessage, Mailbox, OutgoingAttachment, compose, scan_message
from gateway.domain.outbox import Step, StepKind
from gateway.domain.verdict import Accept, Verdict
from gateway.policy.initiation import may_reply
from gateway.ports import Blobs, Clock, Store, Tx
from gateway.services.delivery import Arrival, add_step, note_references
from gateway.services.numbers import random_number
from gateway.services.records import Records, records_of
from gateway.services.trust import TrustFacts

PAGE = 30
_SCANNED_FOR_LIST = 400
"""Newest messages looked at for one list of conversations; older threads show on later pages."""


@dataclass(frozen=True, slots=True)
class MessageView:
    """One message of a conversation, with the documents that came with it."""

    folder: FolderId
    entry: Entry
    card: Card
    is_mine: bool
    was_unread: bool
    documents: tuple[FiledDocument, ...] = ()
    failed: bool = False
    sent: bool = True


@dataclass(frozen=True, slots=True)
class ConversationView:
    """A conversation, oldest message first; `exchange` is None when nobody reads answers."""

    thread: ThreadId
    exchange: Exchange | None
    messages: tuple[MessageView, ...]

    @property
    def incoming(self) -> Card | None:
        """Give the newest message received."""
        return next((message.card for message in reversed(self.messages) if not message.is_mine), None)


@dataclass(frozen=True, slots=True, repr=False)
class ReplyFile:
    """A file joined to a reply."""

    name: str
    media_type: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Reply:
    """Outcome of answering: the message, or the verdict that refused it and who ended the exchange."""

    mid: MessageId | None
    verdict: Verdict
    name: str = ""


class Conversations:
    """Reads and answers messages of one space at a time."""

    def __init__(self, store: Store, blobs: Blobs, trust: TrustFacts, clock: Clock, workers: Executor) -> None:
        self._store = store
        self._blobs = blobs
        self._trust = trust
        self._clock = clock
        self._workers = workers

    async def recent(self, vault: VaultId, page: int, size: int = PAGE) -> tuple[list[ConversationView], bool]:
        """List conversations by their last message; True when there are more."""

        def look(tx: Tx) -> tuple[list[ConversationView], bool]:
            threads: dict[ThreadId, None] = {}
            for _, entry, _ in tx.mail.latest(vault, _SCANNED_FOR_LIST * page):
                threads.setdefault(entry.thread)
            wanted = list(threads)[(page - 1) * size : page * size]
            return [_conversation(tx, vault, thread) for thread in wanted], len(threads) > page * size

        return await self._store.read(look)

    async def read(self, vault: VaultId, thread: ThreadId) -> ConversationView:
        """Read a conversation; the same transaction marks it read and writes the trace. Raises `NotFound`."""
        now = self._clock.now()

        def read(tx: Tx) -> ConversationView:
            view = _conversation(tx, vault, thread)
            unread = [message for message in view.messages if message.was_unread]
            for message in unread:
                flags = frozenset(message.entry.flags.split()) | {SEEN}
                tx.mail.set_flags(vault, message.folder, [(message.entry.uid, flags)])
            objects = tuple(f"message:{message.entry.mid:x}" for message in unread)
            tx.audit.append(vault, AuditEvent(now, "patient", "conversation.read", "ok", objects))
            return view

        return await self._store.write(read)

    async def content(self, vault: VaultId, mid: MessageId) -> tuple[Content, BlobKey]:
        """Give a visible message's records and the key of its octets. Raises `NotFound`."""

        def look(tx: Tx) -> tuple[Content, BlobKey]:
            content = tx.mail.content(vault, mid)
            if content.state is not ContentState.VISIBLE:
                raise NotFound("this message is not visible")
            return content, tx.blobs.open(vault, content.blob)

        return await self._store.read(look)

    # ------------------------------------------------------------ answering

    async def reply(
        self, vault: VaultId, thread: ThreadId, submission: str, text: str, files: tuple[ReplyFile, ...]
    ) -> Reply:
        """Answer a conversation's correspondent; the same `submission` sent twice makes one message."""

        def look(tx: Tx) -> tuple[ConversationView, str, MailAddress]:
            space = tx.spaces.space(vault)
            traits = space.identity.traits
            given = traits.given_names[0] if traits.given_names else ""
            name = f"{given} {traits.used_name or traits.birth_name}"
            return _conversation(tx, vault, thread), name, space.address.mail

        view, name, address = await self._store.read(look)
        verdict = _verdict(view.exchange)
        if view.exchange is None or not isinstance(verdict, Accept):
            return Reply(None, verdict, view.exchange.name if view.exchange else "")
        prepared = await asyncio.get_running_loop().run_in_executor(
            self._workers, self._composed, view, name, address, text, files
        )
        return await self._commit(vault, thread, submission, view.exchange, prepared)

    def _composed(
        self, view: ConversationView, name: str, address: MailAddress, text: str, files: tuple[ReplyFile, ...]
    ) -> tuple[Records, BlobKey, str]:
        last = view.incoming or view.messages[-1].card
        exchange = view.exchange
        assert exchange is not None  # noqa: S101 - `reply` has just refused the other case
        subject = last.subject if last.subject.lower().startswith("re:") else f"Re: {last.subject}"
        ids = (*last.references, *((last.message_id,) if last.message_id else ()))
        raw = compose(
            ComposedMessage(
                from_=Mailbox(name, address.local, address.domain),
                to=(Mailbox(exchange.name, exchange.correspondent.local, exchange.correspondent.domain),),
                subject=subject,
                text=text,
                date=self._clock.now(),
                message_id=f"<{secrets.token_hex(16)}@{address.domain}>",
                in_reply_to=last.message_id or None,
                references=ids[-20:],
                attachments=tuple(OutgoingAttachment(file.name, file.media_type, file.data) for file in files),
            )
        )
        records = records_of(raw, scan_message(raw), self._trust.entry, None)
        return records, self._blobs.put(raw).key, str(exchange.correspondent)

    async def _commit(
        self,
        vault: VaultId,
        thread: ThreadId,
        submission: str,
        exchange: Exchange,
        prepared: tuple[Records, BlobKey, str],
    ) -> Reply:
        records, blob, recipient = prepared
        now, mid, step = self._clock.now(), MessageId(random_number()), random_number()
        dedupe = self._store.digest("submission", submission.encode())[:16]
        arrival = Arrival(vault, mid, True, "", records.card, None, now, 0)

        def commit(tx: Tx) -> Reply:
            current = tx.exchanges.get(vault, exchange.correspondent)
            verdict = _verdict(current)
            if current is None or not isinstance(verdict, Accept):
                return Reply(None, verdict, exchange.name)
            known = tx.mail.first_seen(vault, dedupe, mid, now)
            if known != mid:
                return Reply(known, verdict)
            tx.exchanges.put(vault, current.after(ExchangeEvent.PATIENT_WROTE, now))
            tx.blobs.attach(vault, blob)
            tx.mail.add_content(
                records.content(mid, blob, thread, ContentState.VISIBLE, now, (records.card.sender, recipient)), vault
            )
            folder = tx.mail.folder_by_use(vault, SpecialUse.SENT)
            tx.mail.add_entry(vault, folder.id, mid, frozenset({SEEN}), now)
            note_references(tx, arrival, thread)
            tx.mail.note_message_id(vault, f"{recipient} {records.card.message_id}", thread, mid)
            payload = {"mid": mid, "blob": blob.ref.id.hex(), "sender": records.card.sender, "recipient": recipient}
            add_step(tx, Step(vault, step, StepKind.DELIVER, payload, now))
            tx.audit.append(vault, AuditEvent(now, "patient", "message.sent", "ok", (f"message:{mid:x}",)))
            return Reply(mid, verdict)

        return await self._store.write(commit)


def _verdict(exchange: Exchange | None) -> Verdict:
    return may_reply(exchange.state if exchange else ExchangeState.NONE, blocked=False)


def _conversation(tx: Tx, vault: VaultId, thread: ThreadId) -> ConversationView:
    rows = tx.mail.thread_entries(vault, thread)
    if not rows:
        raise NotFound("there is no such conversation")
    sent = tx.mail.folder_by_use(vault, SpecialUse.SENT).id
    messages = tuple(_message(tx, vault, row, sent) for row in rows)
    answered = next((m.card.correspondent for m in reversed(messages) if m.card.correspondent), "")
    exchange = tx.exchanges.get(vault, MailAddress.parse(answered)) if answered else None
    return ConversationView(thread, exchange, messages)


def _message(tx: Tx, vault: VaultId, row: tuple[FolderId, Entry, Summary], sent: FolderId) -> MessageView:
    folder, entry, summary = row
    is_mine = folder == sent
    outcome = tx.mail.outcome(vault, entry.mid) if is_mine else None
    return MessageView(
        folder,
        entry,
        Card.from_json(summary.card),
        is_mine,
        was_unread=SEEN not in entry.flags.split(),
        documents=() if is_mine else tuple(tx.documents.of_message(vault, entry.mid)),
        failed=outcome == b"failed",
        sent=outcome == b"delivered",
    )
