"""A patient's conversations: list and read (journey c); `replies` answers them, `message_parts` opens what they bear.

A conversation is one thread with one correspondent. Whom the patient may answer comes from the exchange of that
correspondent, never from what a message claims.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from gateway.domain.access import Action, Actor, Audience, SpacePart
from gateway.domain.address import MailAddress
from gateway.domain.agenda.events import AgendaEvent
from gateway.domain.agenda.invitations import Invitation
from gateway.domain.card import Card
from gateway.domain.dossier import FiledDocument
from gateway.domain.errors import NotFound, SealBroken
from gateway.domain.exchange import Exchange
from gateway.domain.filing_outcome import SendingOutcome, is_put_off, kept_back, withholds_files
from gateway.domain.mailbox import SEEN, THE_END, Entry, FolderId, SpecialUse, Summary, ThreadId, ThreadPlace, Uid
from gateway.ports.clock import Clock
from gateway.ports.store import Store, Tx
from gateway.services.access.permission import allow, traces_refusals
from gateway.services.access.permitted import reads_documents
from gateway.services.conversation.invited_events import invited_events
from gateway.services.conversation.opening import open_messages
from gateway.services.conversation.shown_cards import judged_card

PAGE = 30
MARKED_AT_ONCE = 200
LETTERS = 50
"""Messages of one page of a conversation; a thread may have thousands."""
LISTED = 5
"""The newest messages of a conversation, whose files its line in a list tells of."""


@dataclass(frozen=True, slots=True, repr=False, kw_only=True)
class MessageView:
    """One message of a conversation, with the documents that came with it.

    Attributes:
        is_mine: written by the patient; then `delivered` and `failed` say how far it has gone.
        was_unread: before this reading.
        has_documents: whether there are such; a list of conversations says no more of them.
        withheld: whether it brought a document that the patient may not read now; then none of its files is shown.
        doubted: whether that is because they said that it is not theirs (E80); `later`, because they put it off (E37).
        kept_back: sections of the files that no reader takes, shown to nobody (A18).
        invitation: what its calendar did to the agenda; `events` are those entries, as they stand.
    """

    folder: FolderId
    entry: Entry
    card: Card
    is_mine: bool
    was_unread: bool
    documents: tuple[FiledDocument, ...] = ()
    has_documents: bool = False
    delivered: bool = False
    failed: bool = False
    withheld: bool = False
    doubted: bool = False
    later: bool = False
    kept_back: frozenset[str] = frozenset()
    invitation: Invitation | None = None
    events: tuple[AgendaEvent, ...] = ()


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

    @property
    def place(self) -> ThreadPlace:
        """Say where it stands in a list of conversations, by its newest message."""
        return ThreadPlace(self.messages[-1].entry.internal_micros, self.thread)


class Conversations:
    """Reads the conversations of one space at a time."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    @traces_refusals
    async def recent(
        self, actor: Actor, place: ThreadPlace | None = None, size: int = PAGE, *, newer: bool = False
    ) -> tuple[list[ConversationView], bool]:
        """List conversations by their last message, newest first; True when there are more the same way.

        Those right before a place of the list, or right after it if `newer`; from its beginning when none is given.
        What is shown has its line in the trace before; it is read apart, so that nobody's mail waits for it.
        """
        now, vault = self._clock.now(), actor.vault

        def look(tx: Tx) -> tuple[list[ConversationView], bool]:
            allow(tx, actor, Action.LIST, SpacePart.MESSAGES, now)
            if newer and place is not None:
                found = tx.mail.later_threads(vault, size + 1, place, actor.audience)
                shown = found[-size:]
            else:
                found = tx.mail.latest_threads(vault, size + 1, place or THE_END, actor.audience)
                shown = found[:size]
            return views_in(tx, actor, [one.thread for one in shown], now), len(found) > size

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

        def look(tx: Tx) -> ConversationView:
            allow(tx, actor, Action.READ, SpacePart.MESSAGES, now)
            return conversation_in(tx, actor, thread, now, page)

        view = await self._store.read(look)
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
            lines = tx.mail.entries(vault, inbox.id, 1, inbox.uid_next, who=actor.audience)
            return inbox.id, [line.uid for line in lines if _is_unread(line)]

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


def conversation_in(tx: Tx, actor: Actor, thread: ThreadId, at: datetime, page: int = 1) -> ConversationView:
    """Read one page of a conversation inside a transaction, changing nothing. Raises `NotFound`."""
    return _Reading(tx, actor, at).conversation(thread, LETTERS, (page - 1) * LETTERS)


def views_in(tx: Tx, actor: Actor, threads: Iterable[ThreadId], at: datetime) -> list[ConversationView]:
    """Read what a list shows of conversations: the newest messages of each, all of them counted."""
    reading = _Reading(tx, actor, at, is_list=True)
    return [reading.conversation(thread, LISTED) for thread in threads]


class _Reading:
    """Conversations of one space, read in one transaction; what several of them need is looked up once."""

    def __init__(self, tx: Tx, actor: Actor, at: datetime, *, is_list: bool = False) -> None:
        self._tx = tx
        self._is_list = is_list
        self._actor = actor
        self._tells_of_documents = reads_documents(tx, actor, at)
        self._sent = tx.mail.folder_by_use(actor.vault, SpecialUse.SENT).id
        self._exchanges: dict[str, Exchange | None] = {}

    def conversation(self, thread: ThreadId, size: int, skipped: int = 0) -> ConversationView:
        """Read the newest messages of a conversation but those skipped. Raises `NotFound`."""
        mail, vault = self._tx.mail, self._actor.vault
        who = self._actor.audience
        rows = mail.thread_entries(vault, thread, size + 1, skipped, who=who)
        if not rows:
            raise NotFound("there is no such conversation, or no such page of it")
        has_more, rows = len(rows) > size, rows[-size:]
        total, unread = len(rows), sum(_is_unread(entry) for _, entry, _ in rows)
        if has_more or skipped:
            total, unread = mail.thread_counts(vault, thread, who)
        messages = tuple(self._message(row) for row in rows)
        first = messages[0]
        if has_more:
            (first,) = map(self._message, mail.thread_entries(vault, thread, 1, total - 1, who=who))
        received = next((one for one in reversed(messages) if not one.is_mine), None) if not skipped else None
        if received is None and (has_more or skipped):
            received = next(map(self._message, mail.thread_entries(vault, thread, 1, 0, self._sent, who)), None)
        newest_first = (*reversed(messages), *([received] if received else []))
        answered = next((found for message in newest_first if (found := _answered(message))), "")
        return ConversationView(
            thread=thread,
            exchange=self._exchange_with(answered) if answered else None,
            messages=messages,
            incoming=received.card if received else None,
            subject=first.card.subject,
            total=total,
            unread=unread,
            has_more=has_more,
        )

    def _exchange_with(self, address: str) -> Exchange | None:
        if address not in self._exchanges:
            try:
                found = self._tx.exchanges.get(self._actor.vault, MailAddress.parse(address))
            except SealBroken:
                # Whether it may be answered is asked again when somebody answers; its messages can be read.
                found = None
            self._exchanges[address] = found
        return self._exchanges[address]

    def _message(self, row: tuple[FolderId, Entry, Summary]) -> MessageView:
        tx, vault, audience = self._tx, self._actor.vault, self._actor.audience
        folder, entry, summary = row
        is_mine = folder == self._sent
        card, outcome = judged_card(tx, vault, entry, summary)
        documents: Sequence[FiledDocument] = ()
        has_documents = False
        # Documents come from attachments only: most messages need no look-up.
        if card.attachments and not is_mine and self._tells_of_documents:
            if self._is_list:
                has_documents = tx.documents.came_with(vault, audience, entry.mid)
            else:
                documents = tx.documents.of_message(vault, audience, entry.mid)
        if outcome is None and (is_mine or card.attachments):
            outcome = tx.mail.outcome(vault, entry.mid)
        invitation, events = (None, ()) if is_mine else invited_events(tx, vault, entry.mid, card)
        return MessageView(
            folder=folder,
            entry=entry,
            card=card,
            invitation=invitation,
            events=events,
            is_mine=is_mine,
            was_unread=_is_unread(entry),
            documents=tuple(documents),
            has_documents=has_documents or bool(documents),
            delivered=isinstance(outcome, SendingOutcome) and outcome.is_delivered,
            failed=isinstance(outcome, SendingOutcome) and outcome.failed,
            withheld=not is_mine and withholds_files(outcome, audience),
            doubted=not is_mine and withholds_files(outcome, Audience.EVERYBODY),
            later=not is_mine and is_put_off(outcome),
            kept_back=kept_back(outcome),
        )


def _answered(message: MessageView) -> str:
    """Give whom the conversation is with, as far as one message says: a new subject has the patient's own only."""
    if message.is_mine:
        return message.card.to[0] if message.card.to else ""
    return message.card.correspondent
