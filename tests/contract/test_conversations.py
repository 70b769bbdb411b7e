"""Long conversations: read and listed a page at a time, every message counted, none opened before it is shown."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from gateway.domain.errors import NotFound
from gateway.domain.mailbox import MessageId, ThreadId
from gateway.ports import Tx
from gateway.services.conversations import LETTERS, conversation_in
from gateway.services.opening import open_messages
from tests.builders.letters import a_letter, message_id_of
from tests.builders.patient_site import CLAIRE, PatientSite, patient_site

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
    vault, thread = site.camille.vault, await exchanged(site, MANY)
    pages = [await site.conversations.read(vault, thread, number) for number in (1, 2, 3)]
    subjects = [[message.card.subject for message in page.messages] for page in pages]
    assert [subject for page in reversed(subjects) for subject in page] == [f"Lettre {n}" for n in range(MANY)]
    assert [len(page) for page in subjects] == [LETTERS, LETTERS, 20]
    assert [page.has_more for page in pages] == [True, True, False]
    assert {(page.subject, page.total) for page in pages} == {("Lettre 0", MANY)}
    with pytest.raises(NotFound):
        await site.conversations.read(vault, thread, 4)


async def test_what_is_on_older_pages_stays_unread_until_it_is_shown(site: PatientSite) -> None:
    vault, thread = site.camille.vault, await exchanged(site, MANY)
    seen = []
    for number in (1, 1, 2, 3):
        await site.conversations.read(vault, thread, number)
        ((view,), _) = await site.conversations.recent(vault, 1)
        seen.append(view.unread)
    assert seen == [MANY - LETTERS, MANY - LETTERS, 20, 0]


async def test_line_of_a_long_conversation_counts_all_and_shows_the_newest(site: PatientSite) -> None:
    await exchanged(site, MANY)
    (views, has_more) = await site.conversations.recent(site.camille.vault, 1)
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
    listed = [await site.conversations.recent(site.camille.vault, page, 2) for page in (1, 2, 3, 4)]
    order = [threads.index(view.thread) for views, _ in listed for view in views]
    assert order == [1, 4, 3, 2, 0]
    assert [more for _, more in listed] == [True, True, False, False]


async def test_what_was_deleted_since_it_was_looked_at_is_not_marked(site: PatientSite) -> None:
    vault, thread = site.camille.vault, await exchanged(site, 2)
    view = await site.at.store.read(lambda tx: conversation_in(tx, vault, thread))
    gone, kept = view.messages

    def delete_and_mark(tx: Tx) -> list[MessageId]:
        tx.mail.expunge(vault, gone.folder, [gone.entry.uid])
        return open_messages(tx, vault, [(one.folder, one.entry) for one in view.messages], site.at.clock.now())

    assert await site.at.store.write(delete_and_mark) == [kept.entry.mid]
