"""Every patient-side service asks who acts: whoever may not gets nothing; lines of the trace say who, and why."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from gateway.domain.access import Actor, Audience, Role
from gateway.domain.errors import AccessRefused, NotFound
from gateway.domain.mailbox import MessageId, ThreadId
from gateway.domain.space import SpaceState
from gateway.services.access.actors import holder_of
from gateway.services.conversation.patient_post import Draft
from gateway.services.record.record_queries import Window
from tests.builders.letters import a_letter
from tests.builders.patient_site import CLAIRE, PatientSite, a_program, patient_site

HELLO = Draft("form", "Bonjour.\n")
DOCUMENTS = ["listed", "newest", "read", "open_file", "documents", "document", "results"]
MESSAGES = ["recent", "conversation", "texts", "attachment", "reply"]


@pytest.fixture
async def site(ram: Path) -> AsyncIterator[PatientSite]:
    """Camille's and Louis's spaces."""
    async with patient_site(ram) as opened:
        yield opened


async def acts(site: PatientSite, actor: Actor, names: list[str]) -> dict[str, Callable[[], Awaitable[object]]]:
    """Give what can be asked of each service about a document and a letter of Camille's."""
    document, mid = (await site.file()).id, await site.receive(a_letter(CLAIRE))
    every: dict[str, Callable[[], Awaitable[object]]] = {
        "listed": lambda: site.documents.listed(actor),
        "newest": lambda: site.documents.newest(actor, 5),
        "read": lambda: site.documents.read(actor, document),
        "open_file": lambda: site.documents.open_file(actor, document, "pdf"),
        "documents": lambda: site.queries.documents(actor, Window(0, 9)),
        "document": lambda: site.queries.document(actor, document),
        "results": lambda: site.queries.results(actor, Window(0, 9)),
        "recent": lambda: site.conversations.recent(actor),
        "conversation": lambda: site.conversations.read(actor, ThreadId(mid)),
        "texts": lambda: site.parts.texts(actor, [MessageId(mid)]),
        "attachment": lambda: site.parts.attachment(actor, MessageId(mid), "2"),
        "reply": lambda: site.replies.reply(actor, ThreadId(mid), HELLO),
    }
    return {name: every[name] for name in names}


@pytest.mark.parametrize("name", [*DOCUMENTS, *MESSAGES])
async def test_another_patient_finds_nothing_in_a_space_that_is_not_theirs(site: PatientSite, name: str) -> None:
    louis_in_camille_s = replace(holder_of(site.louis, "web"), vault=site.camille.vault)
    act = (await acts(site, louis_in_camille_s, [name]))[name]
    with pytest.raises(NotFound):
        await act()
    events = await site.at.store.read(lambda tx: tx.audit.events(site.camille.vault, 1))
    assert [(event.action, event.outcome, event.person) for event in events] == [
        ("access.refused", "ACC-04", louis_in_camille_s.person)
    ]


@pytest.mark.parametrize("name", [*DOCUMENTS, *MESSAGES])
@pytest.mark.parametrize("role", [Role.GUARDIAN, Role.CARER, Role.PROFESSIONAL])
async def test_nobody_acts_without_a_title(site: PatientSite, role: Role, name: str) -> None:
    somebody = replace(holder_of(site.louis, "web"), role=role, vault=site.camille.vault)
    act = (await acts(site, somebody, [name]))[name]
    with pytest.raises(AccessRefused):
        await act()


@pytest.mark.parametrize("name", DOCUMENTS)
async def test_a_program_reads_documents_while_its_token_lasts(site: PatientSite, name: str) -> None:
    assert await (await acts(site, a_program(site), [name]))[name]()
    over = a_program(site, timedelta(0))
    with pytest.raises(AccessRefused):
        await (await acts(site, over, [name]))[name]()


@pytest.mark.parametrize("name", MESSAGES)
async def test_a_program_s_token_gives_no_messages(site: PatientSite, name: str) -> None:
    act = (await acts(site, a_program(site), [name]))[name]
    with pytest.raises(AccessRefused):
        await act()


@pytest.mark.parametrize("name", [*DOCUMENTS, *MESSAGES])
async def test_nothing_is_read_in_a_space_that_was_closed_meanwhile(site: PatientSite, name: str) -> None:
    act = (await acts(site, site.actor, [name]))[name]
    closed = replace(site.camille, state=SpaceState.CLOSED)
    await site.at.store.write(lambda tx: tx.spaces.save(closed))
    with pytest.raises(NotFound):
        await act()


async def test_line_of_the_trace_says_who_in_which_role_and_why(site: PatientSite) -> None:
    document = await site.file()
    await site.documents.read(site.actor, document.id)
    await site.queries.document(a_program(site), document.id)
    by_program, by_camille = await site.trace("document.read")
    assert (by_camille.role, by_camille.person, by_camille.purpose) == ("patient", site.actor.person, "PATRQT")
    assert (by_program.role, by_program.actor, by_program.detail) == ("application", "fhir:000000000000", "fhir")


async def test_what_is_withheld_from_representatives_is_withheld_from_them_alone(site: PatientSite) -> None:
    document = await site.file(hidden_from=Audience.REPRESENTATIVES)
    guardian = replace(site.actor, role=Role.GUARDIAN)
    shown = await site.at.store.read(lambda tx: tx.documents.all_of(site.camille.vault, site.actor.audience))
    assert [one.id for one in shown] == [document.id]
    assert await site.at.store.read(lambda tx: tx.documents.all_of(site.camille.vault, guardian.audience)) == []
