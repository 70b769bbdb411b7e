"""A patient's conversations: list and read (journey c); `replies` answers them, `message_parts` opens what they bear.

A conversation is one thread with one correspondent. Whom the patient may answer comes from the exchange of that
correspondent, never from what a message claims.
"""

from dataclasses import dataclass
from functools import partial

from gateway.domain.access import Action, Actor, SpacePart
from gateway.domain.address import MailAddress
from gateway.domain.card import Card
from gateway.domain.dossier import FiledDocument
from gateway.domain.errors import NotFound, SealBroken
from gateway.domain.exchange import Exchange
from gateway.domain.filing_outcome import SendingOutcome, kept_back, withholds_files
from gateway.domain.mailbox import SEEN, ContentState, Entry, FolderId, SpecialUse, Summary, ThreadId, Uid, VaultId
from gateway.domain.mime import Kind
from gateway.domain.stand_ins import SUMMARY
from gateway.ports.clock import Clock
from gateway.ports.store import Store, Tx
from gateway.services.access.permission import allow, traces_refusals
from gateway.services.conversation.opening import open_messages

PAGE = 30
MARKED_AT_ONCE = 200
_SHOWN_AT_ONCE = frozenset(kind.value for kind in Kind if not kind.is_held)
LETTERS = 50
"""Messages of one page of a conversation, and those that its line in a list tells of; a thread may have thousands."""


@dataclass(frozen=True, slots=True, repr=False, kw_only=True)
class MessageView:
    """One message of a conversation, with the documents that came with it.

    Attributes:
        is_mine: written by the patient; then `delivered` and `failed` say how far it has gone.
        was_unread: before this reading.
        withheld: whether it brought a document that the patient may not read yet; then none of its files is shown.
        kept_back: sections of the files that no reader takes, shown to nobody (A18).
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
    kept_back: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, repr=False, kw_only=True)
class ConversationView:
    """One page of a conversation, oldest message first.

    Attributes:
        exchange: None when nobody reads answers.
        incoming: the newest message received, on this page or not.
        subject: of the message that began it.
        total: messages of the whole conversation.
        unread: those of them that are unread.
        has_more: whether there are older messages than these.
    """

    thread: ThreadId
    exchange: Exchange | None
    messages: tuple[MessageView, ...]
    incoming: Card | None
    subject: str
    total: int
    unread: int
    has_more: bool


class Conversations:
    """Reads the conversations of one space at a time."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    @traces_refusals
    async def recent(self, actor: Actor, page: int, size: int = PAGE) -> tuple[list[ConversationView], bool]:
        """List one page of conversations, counted from 1, by their last message; True when there are more.

        What is shown has its line in the trace before; it is read apart, so that nobody's mail waits for it.
        """
        now, vault = self._clock.now(), actor.vault

        def look(tx: Tx) -> tuple[list[ConversationView], bool]:
            allow(tx, actor, Action.LIST, SpacePart.MESSAGES, now)
            threads = tx.mail.latest_threads(vault, size + 1, (page - 1) * size)
            return [conversation_in(tx, actor, thread) for thread in threads[:size]], len(threads) > size

        views, has_more = await self._store.read(look)
        # A line of the list shows how a message begins.
        objects = tuple(f"thread:{view.thread:x}" for view in views)
        event = actor.event(now, "conversations.listed", objects=objects)
        await self._store.write(lambda tx: tx.audit.append(vault, event))
        return views, has_more

    @traces_refusals
    async def read(self, actor: Actor, thread: ThreadId, page: int = 1) -> ConversationView:
        """Read one page of a conversation, counted from the newest messages.

        One transaction marks it read, answers for it and writes the trace before it is shown. Raises `NotFound`.
        """
        now, vault = self._clock.now(), actor.vault
        view = await self._store.read(lambda tx: conversation_in(tx, actor, thread, page))
        unread = [message.entry.mid for message in view.messages if message.was_unread]

        def note(tx: Tx) -> None:
            allow(tx, actor, Action.READ, SpacePart.MESSAGES, now)
            # Looked at again: a message may have been marked, moved or deleted since it was read.
            opened = open_messages(tx, vault, [place for mid in unread for place in tx.mail.places_of(vault, mid)], now)
            objects = (f"thread:{thread:x}", *(f"message:{mid:x}" for mid in dict.fromkeys(opened)))
            tx.audit.append(vault, actor.event(now, "conversation.read", objects=objects))

        await self._store.write(note)
        return view

    @traces_refusals
    async def mark_all_read(self, actor: Actor) -> int:
        """Mark as read what lies unread in INBOX now, and count it.

        Nothing is shown, so no receipt says that a message was (RFC 8098 §3.2.6.2). Done in pieces, each with its line
        in the trace, so that nobody's mail waits for a full space.
        """
        now, vault = self._clock.now(), actor.vault

        def look(tx: Tx) -> tuple[FolderId, list[Uid]]:
            allow(tx, actor, Action.READ, SpacePart.MESSAGES, now)
            inbox = tx.mail.folder_by_use(vault, SpecialUse.INBOX)
            return inbox.id, [e.uid for e in tx.mail.entries(vault, inbox.id, 1, inbox.uid_next) if _is_unread(e)]

        folder, uids = await self._store.read(look)
        marked = 0
        for start in range(0, len(uids), MARKED_AT_ONCE):
            piece = uids[start : start + MARKED_AT_ONCE]
            marked += await self._store.write(partial(self._mark, actor, folder, piece))
        return marked

    def _mark(self, actor: Actor, folder: FolderId, uids: list[Uid], tx: Tx) -> int:
        now, vault = self._clock.now(), actor.vault
        allow(tx, actor, Action.READ, SpacePart.MESSAGES, now)
        # Looked at again: a message may have been marked, moved or deleted since.
        entries = [entry for uid in uids for entry in tx.mail.entries(vault, folder, uid, uid) if _is_unread(entry)]
        if entries:
            tx.mail.set_flags(vault, folder, [(e.uid, frozenset(e.flags.split()) | {SEEN}) for e in entries])
            objects = tuple(f"message:{entry.mid:x}" for entry in entries)
            tx.audit.append(vault, actor.event(now, "messages.marked-read", objects=objects))
        return len(entries)


def _is_unread(entry: Entry) -> bool:
    return SEEN not in entry.flags.split()


def conversation_in(tx: Tx, actor: Actor, thread: ThreadId, page: int = 1) -> ConversationView:
    """Read one page of a conversation inside a transaction, changing nothing. Raises `NotFound`."""
    skipped, vault = (page - 1) * LETTERS, actor.vault
    rows = tx.mail.thread_entries(vault, thread, LETTERS, skipped)
    if not rows:
        raise NotFound("there is no such conversation, or no such page of it")
    total, unread = tx.mail.thread_counts(vault, thread)
    has_more = total > skipped + len(rows)
    ((_, _, first),) = tx.mail.thread_entries(vault, thread, 1, total - 1) if has_more else rows[:1]
    sent = tx.mail.folder_by_use(vault, SpecialUse.SENT).id
    messages = tuple(_message(tx, actor, row, sent) for row in rows)
    received = [_message(tx, actor, row, sent) for row in tx.mail.thread_entries(vault, thread, 1, 0, sent)]
    newest_first = (*reversed(messages), *received)
    answered = next((found for message in newest_first if (found := _answered(message))), "")
    exchange = _exchange_with(tx, vault, answered) if answered else None
    subject = Card.from_json(first.card).subject
    incoming = received[0].card if received else None
    return ConversationView(
        thread=thread,
        exchange=exchange,
        messages=messages,
        incoming=incoming,
        subject=subject,
        total=total,
        unread=unread,
        has_more=has_more,
    )


def _exchange_with(tx: Tx, vault: VaultId, address: str) -> Exchange | None:
    try:
        return tx.exchanges.get(vault, MailAddress.parse(address))
    except SealBroken:
        # Whether it may be answered is asked again when somebody answers; its messages can be read.
        return None


def _answered(message: MessageView) -> str:
    """Give whom the conversation is with, as far as one message says: a new subject has the patient's own only."""
    if message.is_mine:
        return message.card.to[0] if message.card.to else ""
    return message.card.correspondent


def _message(tx: Tx, actor: Actor, row: tuple[FolderId, Entry, Summary], sent: FolderId) -> MessageView:
    (folder, entry, summary), vault = row, actor.vault
    card, is_mine = shown_card(tx, vault, entry, summary), folder == sent
    # Documents come from attachments only: most messages need no look-up.
    outcome = tx.mail.outcome(vault, entry.mid) if is_mine or card.attachments else None
    documents = tx.documents.of_message(vault, actor.audience, entry.mid) if card.attachments and not is_mine else ()
    return MessageView(
        folder=folder,
        entry=entry,
        card=card,
        is_mine=is_mine,
        was_unread=SEEN not in entry.flags.split(),
        documents=tuple(documents),
        delivered=isinstance(outcome, SendingOutcome) and outcome.is_delivered,
        failed=isinstance(outcome, SendingOutcome) and outcome.failed,
        withheld=not is_mine and withholds_files(outcome, actor.audience),
        kept_back=kept_back(outcome),
    )


def shown_card(tx: Tx, vault: VaultId, entry: Entry, summary: Summary) -> Card:
    """Give what is shown of a message; one whose documents are not decided shows nothing, whatever row points to it."""
    card = Card.from_json(summary.card)
    if any(attachment.kind not in _SHOWN_AT_ONCE for attachment in card.attachments):
        try:
            is_shown = tx.mail.state_of(vault, entry.mid) is ContentState.VISIBLE
        except SealBroken:
            is_shown = False
        return card if is_shown else Card.from_json(SUMMARY.card)
    return card
