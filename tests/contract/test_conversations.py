"""Long conversations: read and listed a page at a time, every message counted, none opened before it is shown."""

from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import cast

import pytest

from gateway.domain.errors import NotFound
from gateway.domain.mailbox import SEEN, MessageId, ThreadId
from gateway.ports.store import Store, Tx
from gateway.services.conversation import conversations
from gateway.services.conversation.conversations import LETTERS, LISTED, Conversations, conversation_in
from gateway.services.conversation.message_parts import MessageParts
from tests.builders.letters import a_letter, message_id_of
from tests.builders.patient_site import CLAIRE, PatientSite, patient_site
from webmail.identifiers import ConversationId
from webmail.messages.model import ReplyDraft, ReplySent

MANY = 2 * LETTERS + 20


@pytest.fixture
async def site(ram: Path) -> AsyncIterator[PatientSite]:
    async with patient_site(ram) as found:
        yield found


async def exchanged(site: PatientSite, count: int) -> ThreadId:
    """Have Dr Martin write one letter, and answer it herself again and again."""
    raw = a_letter(CLAIRE, subject="Lettre 0")
    first = await site.receive(raw)
    for number in range(1, count):
        site.at.clock.advance(timedelta(minutes=1))
        await site.receive(a_letter(CLAIRE, subject=f"Lettre {number}", answers=message_id_of(raw)))
    return ThreadId(first)


async def test_every_message_of_a_long_conversation_is_on_one_page(site: PatientSite) -> None:
    _vault, thread = site.camille.vault, await exchanged(site, MANY)
    pages = [await site.conversations.read(site.actor, thread, number) for number in (1, 2, 3)]
    subjects = [[message.card.subject for message in page.messages] for page in pages]
    assert [subject for page in reversed(subjects) for subject in page] == [f"Lettre {n}" for n in range(MANY)]
    assert [len(page) for page in subjects] == [LETTERS, LETTERS, 20]
    assert [page.has_more for page in pages] == [True, True, False]
    assert {(page.subject, page.total) for page in pages} == {("Lettre 0", MANY)}
    with pytest.raises(NotFound):
        await site.conversations.read(site.actor, thread, 4)


async def test_what_is_on_older_pages_stays_unread_until_it_is_shown(site: PatientSite) -> None:
    _vault, thread = site.camille.vault, await exchanged(site, MANY)
    seen = []
    for number in (1, 1, 2, 3):
        await site.conversations.read(site.actor, thread, number)
        ((view,), _) = await site.conversations.recent(site.actor)
        seen.append(view.unread)
    assert seen == [MANY - LETTERS, MANY - LETTERS, 20, 0]


async def test_line_of_a_long_conversation_counts_all_and_shows_the_newest(site: PatientSite) -> None:
    await exchanged(site, MANY)
    (views, has_more) = await site.conversations.recent(site.actor)
    (view,) = views
    assert (view.total, view.unread, view.subject, has_more) == (MANY, MANY, "Lettre 0", False)
    assert view.messages[-1].card.subject == f"Lettre {MANY - 1}"


async def test_conversations_are_listed_by_their_newest_message_a_page_at_a_time(site: PatientSite) -> None:
    letters, threads = [a_letter(CLAIRE) for _ in range(5)], []
    for raw in letters:
        site.at.clock.advance(timedelta(minutes=1))
        threads.append(ThreadId(await site.receive(raw)))
    site.at.clock.advance(timedelta(minutes=1))
    await site.receive(a_letter(CLAIRE, answers=message_id_of(letters[1])))
    listed, place = [], None
    for _ in range(4):
        listed.append(await site.conversations.recent(site.actor, place, 2))
        place = listed[-1][0][-1].place if listed[-1][0] else place
    order = [threads.index(view.thread) for views, _ in listed for view in views]
    assert order == [1, 4, 3, 2, 0]
    assert [more for _, more in listed] == [True, True, False, False]


async def test_line_of_a_conversation_says_the_same_as_its_page(site: PatientSite) -> None:
    for count in (1, 3, LISTED, LISTED + 1, LISTED + 3):
        thread = await exchanged(site, count)
        ((line,), _) = await site.conversations.recent(site.actor, size=1)
        read = partial(conversation_in, actor=site.actor, thread=thread, at=site.at.clock.now())
        page = await site.at.store.read(read)
        assert (line.thread, line.subject, line.total, line.unread) == (thread, page.subject, page.total, page.unread)
        assert (line.exchange, line.incoming, line.place) == (page.exchange, page.incoming, page.place)
        assert line.messages == page.messages[-LISTED:]


class Meanwhile:
    """A store in which something happens right before the next write."""

    def __init__(self, store: Store, act: Callable[[Tx], object]) -> None:
        self._store = store
        self._act = act

    def __getattr__(self, name: str) -> object:
        return getattr(self._store, name)

    async def write(self, fn: Callable[[Tx], object]) -> object:
        await self._store.write(self._act)
        return await self._store.write(fn)


async def test_message_moved_while_it_was_read_is_marked_where_it_is_now(site: PatientSite) -> None:
    vault, thread = site.camille.vault, await exchanged(site, 2)
    ((inbox, entry),) = await site.at.store.read(lambda tx: tx.mail.places_of(vault, MessageId(thread)))
    archive = await site.at.store.write(lambda tx: tx.mail.create_folder(vault, "Archive"))

    def move(tx: Tx) -> None:
        tx.mail.copy(vault, inbox, [entry.uid], archive.id)
        tx.mail.expunge(vault, inbox, [entry.uid])

    meanwhile = cast(Store, Meanwhile(site.at.store, move))
    assert len((await Conversations(meanwhile, site.at.clock).read(site.actor, thread)).messages) == 2
    ((_, moved),) = await site.at.store.read(lambda tx: tx.mail.places_of(vault, entry.mid))
    assert SEEN in moved.flags.split()


async def test_message_deleted_while_it_was_read_is_left_out(site: PatientSite) -> None:
    vault, thread = site.camille.vault, await exchanged(site, 2)
    ((inbox, entry),) = await site.at.store.read(lambda tx: tx.mail.places_of(vault, MessageId(thread)))
    meanwhile = cast(Store, Meanwhile(site.at.store, lambda tx: tx.mail.expunge(vault, inbox, [entry.uid])))
    view = await Conversations(meanwhile, site.at.clock).read(site.actor, thread)
    parts = MessageParts(site.at.store, site.at.blobs, site.at.clock)
    texts = await parts.texts(site.actor, [message.entry.mid for message in view.messages])
    assert entry.mid not in texts
    assert len(texts) == 1


async def test_patient_who_wrote_more_than_a_page_may_still_answer(site: PatientSite) -> None:
    thread = ThreadId(await site.receive(a_letter(CLAIRE)))
    conversation = ConversationId(f"{thread:x}")
    for number in range(LETTERS + 2):
        site.at.clock.advance(timedelta(minutes=1))
        draft = ReplyDraft(submission=f"f{number}", text="Merci.\n")
        sent = await site.pages.reply(site.person.actor, conversation, draft)
        assert isinstance(sent, ReplySent), number
    ((view,), _) = await site.conversations.recent(site.actor)
    assert view.incoming is not None
    assert view.incoming.correspondent == str(CLAIRE.address)


async def test_everything_is_marked_read_in_pieces_each_with_its_line(
    site: PatientSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(conversations, "MARKED_AT_ONCE", 2)
    for number in range(3):
        await site.receive(a_letter(CLAIRE, subject=f"Lettre {number}"))
    assert await site.conversations.mark_all_read(site.actor) == 3
    assert await site.conversations.mark_all_read(site.actor) == 0
    events = await site.trace("messages.marked-read")
    assert sorted(len(event.objects) for event in events) == [1, 2]
    assert {event.role for event in events} == {"patient"}
