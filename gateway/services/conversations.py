"""A patient's conversations: list and read (journey c); `replies` answers them, `message_parts` opens what they bear.

A conversation is one thread with one correspondent. Whom the patient may answer comes from the exchange of that
correspondent, never from what a message claims.
"""

from dataclasses import dataclass

from gateway.domain.address import MailAddress
from gateway.domain.audit import AuditEvent
from gateway.domain.card import Card
from gateway.domain.dossier import FiledDocument
from gateway.domain.errors import NotFound
from gateway.domain.exchange import Exchange
from gateway.domain.mailbox import SEEN, Entry, FolderId, SpecialUse, Summary, ThreadId, VaultId
from gateway.ports import Clock, Store, Tx
from gateway.services.opening import open_messages
from gateway.services.outcomes import withholds_files
from gateway.services.outgoing import DELIVERED, FAILED

PAGE = 30


@dataclass(frozen=True, slots=True, repr=False)
class MessageView:
    """One message of a conversation, with the documents that came with it.

    Attributes:
        is_mine: written by the patient; then `delivered` and `failed` say how far it has gone.
        was_unread: before this reading.
        withheld: whether it brought a document that the patient may not read yet; then none of its files is shown.
    """

    folder: FolderId
    entry: Entry
    card: Card
    is_mine: bool
    was_unread: bool
    documents: tuple[FiledDocument, ...] = ()
    delivered: bool = False
    failed: bool = False
    withheld: bool = False


@dataclass(frozen=True, slots=True, repr=False)
class ConversationView:
    """A conversation, oldest message first; `exchange` is None when nobody reads answers."""

    thread: ThreadId
    exchange: Exchange | None
    messages: tuple[MessageView, ...]

    @property
    def incoming(self) -> Card | None:
        """Give the newest message received."""
        return next((message.card for message in reversed(self.messages) if not message.is_mine), None)


class Conversations:
    """Reads the conversations of one space at a time."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    async def recent(self, vault: VaultId, page: int, size: int = PAGE) -> tuple[list[ConversationView], bool]:
        """List one page of conversations, counted from 1, by their last message; True when there are more.

        The same transaction writes the trace.
        """
        now, end = self._clock.now(), page * size

        def look(tx: Tx) -> tuple[list[ConversationView], bool]:
            threads = _latest_threads(tx, vault, end + 1)
            shown = threads[end - size : end]
            objects = tuple(f"thread:{thread:x}" for thread in shown)
            # A line of the list shows how a message begins.
            tx.audit.append(vault, AuditEvent(now, "patient", "conversations.listed", "ok", objects))
            return [conversation_in(tx, vault, thread) for thread in shown], len(threads) > end

        return await self._store.write(look)

    async def read(self, vault: VaultId, thread: ThreadId) -> ConversationView:
        """Read a conversation; the same transaction marks it read, answers for it and writes the trace.

        Raises `NotFound`.
        """
        now = self._clock.now()

        def read(tx: Tx) -> ConversationView:
            view = conversation_in(tx, vault, thread)
            opened = open_messages(tx, vault, [(message.folder, message.entry) for message in view.messages], now)
            objects = (f"thread:{thread:x}", *(f"message:{mid:x}" for mid in opened))
            tx.audit.append(vault, AuditEvent(now, "patient", "conversation.read", "ok", objects))
            return view

        return await self._store.write(read)


def conversation_in(tx: Tx, vault: VaultId, thread: ThreadId) -> ConversationView:
    """Read a conversation inside a transaction, changing nothing. Raises `NotFound`."""
    rows = tx.mail.thread_entries(vault, thread)
    if not rows:
        raise NotFound("there is no such conversation")
    sent = tx.mail.folder_by_use(vault, SpecialUse.SENT).id
    messages = tuple(_message(tx, vault, row, sent) for row in rows)
    answered = next((found for message in reversed(messages) if (found := _answered(message))), "")
    exchange = tx.exchanges.get(vault, MailAddress.parse(answered)) if answered else None
    return ConversationView(thread, exchange, messages)


def _answered(message: MessageView) -> str:
    """Give whom the conversation is with, as far as one message says: a new subject has the patient's own only."""
    if message.is_mine:
        return message.card.to[0] if message.card.to else ""
    return message.card.correspondent


def _latest_threads(tx: Tx, vault: VaultId, wanted: int) -> list[ThreadId]:
    """Give `wanted` conversations or more, newest first, or all there are."""
    limit = 2 * wanted
    while True:
        rows = tx.mail.latest(vault, limit)
        threads = list(dict.fromkeys(entry.thread for _, entry, _ in rows))
        if len(threads) >= wanted or len(rows) < limit:
            return threads
        limit *= 4


def _message(tx: Tx, vault: VaultId, row: tuple[FolderId, Entry, Summary], sent: FolderId) -> MessageView:
    folder, entry, summary = row
    card, is_mine = Card.from_json(summary.card), folder == sent
    # Documents come from attachments only: most messages need no look-up.
    outcome = tx.mail.outcome(vault, entry.mid) if is_mine or card.attachments else None
    documents = tx.documents.of_message(vault, entry.mid) if card.attachments and not is_mine else ()
    return MessageView(
        folder,
        entry,
        card,
        is_mine,
        was_unread=SEEN not in entry.flags.split(),
        documents=tuple(documents),
        delivered=outcome == DELIVERED,
        failed=outcome == FAILED,
        withheld=not is_mine and withholds_files(outcome),
    )
