"""The notification centre: what happened, once each, read or not by each profile (E30)."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from gateway.domain.audit import AuditEvent
from gateway.domain.errors import NotFound
from gateway.domain.happenings import OF_PROFESSIONALS, TOLD
from gateway.services.happenings.notification_centre import MOST, NotificationCentre, unread_in
from tests.builders.letters import a_letter
from tests.builders.patient_site import CLAIRE, PatientSite, patient_site
from tests.builders.store import NOON, StoreAt, a_space
from webmail.happenings.wording import WORDS
from webmail.identifiers import ConversationId, DocumentId
from webmail.shown_documents import DocumentSearch


@pytest.fixture
async def site(ram: Path) -> AsyncIterator[PatientSite]:
    """Camille's and Louis's spaces."""
    async with patient_site(ram) as opened:
        yield opened


async def _tell(site: PatientSite, action: str) -> None:
    event = AuditEvent(at=site.at.clock.now(), actor="pli", action=action)
    await site.at.store.write(lambda tx: tx.audit.append(site.camille.vault, event))


async def _unread(site: PatientSite) -> tuple[int, int]:
    """Count by the bell, and in the list: they must agree."""
    counted = await site.at.store.read(lambda tx: unread_in(tx, site.actor))
    return counted, sum(item.is_unread for item in await site.pages.news(site.actor))


async def test_letter_document_and_line_of_the_trace_are_told_once_each(site: PatientSite) -> None:
    letter = await site.receive(a_letter(CLAIRE, subject="Rendez-vous"), at=NOON - timedelta(hours=2))
    document = await site.file(filed_at=NOON - timedelta(hours=1))
    await _tell(site, "space.activated")
    items = await site.pages.news(site.actor)
    assert [(item.title, item.path) for item in items] == [
        ("Espace activé", "/"),
        ("Bilan de contrôle", f"/documents/{document.id:x}"),
        ("Dr Claire Martin", f"/messages/{letter:x}"),
    ]
    assert await _unread(site) == (3, 3)


async def test_letter_and_the_document_that_it_brought_are_one_entry(site: PatientSite) -> None:
    letter = await site.receive(a_letter(CLAIRE))
    await site.file(mid=letter)
    await site.file(mid=letter)
    (item,) = await site.pages.news(site.actor)
    assert (item.title, item.detail) == ("2\u00a0nouveaux documents", "Dr Claire Martin")
    assert await _unread(site) == (1, 1)


async def test_what_its_holder_opens_is_not_new_any_more(site: PatientSite) -> None:
    letter, document = await site.receive(a_letter(CLAIRE)), await site.file()
    await site.pages.conversation(site.actor, ConversationId(f"{letter:x}"))
    assert await _unread(site) == (1, 1)
    await site.pages.document(site.actor, DocumentId(f"{document.id:x}"))
    assert await _unread(site) == (0, 0)


async def test_each_profile_has_its_own_mark(site: PatientSite) -> None:
    await site.receive(a_letter(CLAIRE))
    await _tell(site, "space.reopened")
    other = replace(site.actor, account="somebody.else@example.test")
    await site.pages.mark_news_read(site.actor, site.at.clock.now())
    assert await _unread(site) == (0, 0)
    assert await site.at.store.read(lambda tx: unread_in(tx, other)) == 2


async def test_mark_never_goes_back_nor_into_the_future(site: PatientSite) -> None:
    await _tell(site, "space.reopened")
    await site.pages.mark_news_read(site.actor, NOON + timedelta(days=900))
    await site.pages.mark_news_read(site.actor, NOON - timedelta(days=900))
    assert await _unread(site) == (0, 0)
    site.at.clock.advance(timedelta(minutes=1))
    await _tell(site, "space.restored")
    assert await _unread(site) == (1, 1)


async def test_oldest_fall_out(site: PatientSite) -> None:
    await site.receive(a_letter(CLAIRE), at=NOON - timedelta(days=1))
    for _ in range(MOST):
        await _tell(site, "space.reopened")
    items = await site.pages.news(site.actor)
    assert len(items) == MOST
    assert {item.title for item in items} == {"Espace rouvert"}


async def test_what_is_merely_read_is_not_told(site: PatientSite) -> None:
    await site.pages.documents(site.actor, DocumentSearch())
    assert await site.pages.news(site.actor) == ()


async def test_withheld_document_is_not_told(site: PatientSite) -> None:
    await site.file(hidden_from=site.actor.audience)
    assert await site.pages.news(site.actor) == ()
    assert await _unread(site) == (0, 0)


async def test_nobody_reads_the_news_of_somebody_else(site: PatientSite) -> None:
    stranger = replace(site.actor, vault=site.louis.vault)
    centre = NotificationCentre(site.at.store, site.at.clock)
    with pytest.raises(NotFound):
        await centre.recent(stranger)
    with pytest.raises(NotFound):
        await centre.mark_read(stranger, NOON)


async def test_open_pages_are_told(site: PatientSite) -> None:
    with site.at.store.subscribe(site.camille.vault) as news:
        await _tell(site, "space.reopened")
        await news.wait()


def test_every_action_that_is_told_has_its_words() -> None:
    assert WORDS.keys() == TOLD | OF_PROFESSIONALS


async def test_marks_and_told_lines_are_kept_by_both_databases(at: StoreAt) -> None:
    vault = (await a_space(at.store)).vault
    event = AuditEvent(at=NOON, actor="pli", action="space.reopened")
    await at.store.write(lambda tx: tx.audit.append(vault, event))
    await at.store.write(lambda tx: tx.happenings.mark_read(vault, "somebody", NOON))
    await at.store.write(lambda tx: tx.happenings.mark_read(vault, "somebody", NOON - timedelta(days=1)))
    assert await at.store.read(lambda tx: tx.happenings.told(vault, 5)) == [event]
    assert await at.store.read(lambda tx: tx.happenings.count(vault, NOON - timedelta(seconds=1))) == 1
    assert await at.store.read(lambda tx: tx.happenings.count(vault, NOON)) == 0
    assert await at.store.read(lambda tx: tx.happenings.read_until(vault, "somebody")) == NOON
    assert await at.store.read(lambda tx: tx.happenings.read_until(vault, "another")) is None
    await at.store.destroy_vault(vault)
    assert await at.store.read(lambda tx: tx.happenings.told(vault, 5)) == []
