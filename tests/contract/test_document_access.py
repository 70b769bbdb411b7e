"""Reading a dossier: what marks a document as seen, and the trace each reading leaves in its own transaction."""

from collections.abc import AsyncIterator
from contextlib import aclosing
from pathlib import Path

import pytest

from gateway.domain.access import Audience
from gateway.domain.dossier import READABLE
from gateway.domain.errors import NotFound
from gateway.domain.mailbox import ContentState
from gateway.domain.readable import ReadableText, readable_to_json
from gateway.domain.stand_ins import DAMAGED_TEXT
from gateway.services.record.record_queries import Window
from tests.builders.letters import a_letter
from tests.builders.patient_site import LABORATORY, PDF, PatientSite, a_program, patient_site
from tests.builders.store import a_number


@pytest.fixture
async def site(ram: Path) -> AsyncIterator[PatientSite]:
    """Camille's and Louis's spaces."""
    async with patient_site(ram) as opened:
        yield opened


async def _unseen(site: PatientSite) -> int:
    return await site.at.store.read(lambda tx: tx.documents.unseen(site.camille.vault, Audience.PATIENT))


async def test_reading_marks_seen_and_leaves_one_line(site: PatientSite) -> None:
    document = await site.file()
    opened = await site.documents.read(site.actor, document.id)
    assert (opened.document.seen, await _unseen(site)) == (False, 0)
    events = await site.trace("document.read")
    assert [(event.actor, event.objects) for event in events] == [(site.actor.account, (f"document:{document.id:x}",))]


async def test_every_reading_leaves_its_line(site: PatientSite) -> None:
    document = await site.file()
    for _ in range(3):
        await site.documents.read(site.actor, document.id)
    assert len(await site.trace("document.read")) == 3


async def test_list_marks_nothing_and_leaves_no_line(site: PatientSite) -> None:
    await site.file()
    await site.documents.listed(site.actor)
    assert (await _unseen(site), await site.trace("document.read")) == (1, [])


async def test_list_goes_on_over_pages(site: PatientSite) -> None:
    filed = {(await site.file()).id for _ in range(5)}
    first = await site.documents.listed(site.actor, size=2)
    second = await site.documents.listed(site.actor, beside=first.older, size=2)
    last = await site.documents.listed(site.actor, beside=second.older, size=2)
    pages = [first, second, last]
    assert [document.id for page in pages for document in page.documents] == sorted(filed)
    assert [page.newer is None for page in pages] == [True, False, False]
    assert [page.older is None for page in pages] == [False, False, True]
    back = await site.documents.listed(site.actor, beside=last.newer, size=2, back=True)
    assert back.documents == second.documents
    again = await site.documents.listed(site.actor, beside=back.newer, size=2, back=True)
    assert (again.documents, again.newer) == (first.documents, None)


async def test_opening_a_file_leaves_a_line_before_any_octet(site: PatientSite) -> None:
    document = await site.file()
    _, file = await site.documents.open_file(site.actor, document.id, "pdf")
    events = await site.trace("document.opened")
    assert [(event.objects, event.detail) for event in events] == [((f"document:{document.id:x}",), "web file pdf")]
    async with aclosing(file.pieces) as pieces:
        assert len(await anext(pieces)) < len(PDF)


@pytest.mark.parametrize("which", ["", "PDF", "media-1", "../pdf"])
async def test_file_that_is_not_there_is_not_found_and_leaves_no_line(site: PatientSite, which: str) -> None:
    document = await site.file()
    with pytest.raises(NotFound):
        await site.documents.open_file(site.actor, document.id, which)
    assert await site.trace("document.opened") == []


async def test_unknown_document_is_not_found_and_leaves_no_line(site: PatientSite) -> None:
    with pytest.raises(NotFound):
        await site.documents.read(site.actor, a_number())
    assert await site.trace("document.read") == []


async def test_document_outlives_its_message(site: PatientSite) -> None:
    mid = await site.receive(a_letter(LABORATORY), LABORATORY)
    document = await site.file(mid=mid)
    await site.at.store.write(lambda tx: tx.mail.set_state(site.camille.vault, mid, ContentState.REFUSED))
    opened = await site.documents.read(site.actor, document.id)
    assert (opened.card, opened.thread) == (None, None)


async def test_programs_reading_leaves_its_line_and_marks_nothing(site: PatientSite) -> None:
    document = await site.file()
    await site.queries.documents(a_program(site), Window(0, 10))
    await site.queries.document(a_program(site), document.id)
    assert await _unseen(site) == 1
    for action in ("documents.listed", "document.read"):
        events = await site.trace(action)
        assert [(event.objects, event.detail) for event in events] == [((f"document:{document.id:x}",), "fhir")]


# ---------------------------------------------------------------- words


async def test_words_of_a_document_are_read_with_it(site: PatientSite) -> None:
    text = ReadableText(("Tout va bien.",))
    document = await site.file(words=readable_to_json(text))
    assert (await site.documents.read(site.actor, document.id)).text == text
    assert await site.trace("document.opened") == []


async def test_document_without_words_has_none(site: PatientSite) -> None:
    document = await site.file()
    assert (await site.documents.read(site.actor, document.id)).text is None


@pytest.mark.parametrize("words", [b"{}", b'[0,["script"]]'])
async def test_words_that_do_not_open_cost_their_own_place(site: PatientSite, words: bytes) -> None:
    document = await site.file(words=words)
    opened = await site.documents.read(site.actor, document.id)
    assert (opened.text, opened.document.id) == (DAMAGED_TEXT, document.id)


async def test_words_are_no_file_of_a_document(site: PatientSite) -> None:
    document = await site.file(words=readable_to_json(ReadableText(("a",))))
    with pytest.raises(NotFound):
        await site.documents.open_file(site.actor, document.id, READABLE)


async def test_words_read_by_themselves_leave_a_line(site: PatientSite) -> None:
    document = await site.file(words=readable_to_json(ReadableText(("a",))))
    assert (await site.documents.read_text(site.actor, document.id))[1].tokens == ("a",)
    assert len(await site.trace("document.opened")) == 1
