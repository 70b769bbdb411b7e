"""« Historique d'activité »: who did what, in three lists, with filters, as a file, and what is withheld from whom."""

import re
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path

import orjson
import pytest

from gateway.domain.access import Actor, Audience, PurposeOfUse, Role
from gateway.domain.activity import ActivityKind, ActivitySide
from gateway.domain.audit import AuditEvent
from gateway.domain.mailbox import VaultId
from gateway.ports.store import Tx
from gateway.services.access.actors import system_in
from gateway.services.trace import activity_history
from gateway.services.trace.activity_history import ActivityLine, ActivitySearch
from gateway.services.trace.head_checkpoints import HeadCheckpoints
from gateway.services.trace.list_places import ListPlaces
from gateway.services.trace.shown_lines import withheld_from
from tests.builders.letters import a_letter
from tests.builders.patient_site import CLAIRE
from tests.builders.record_pages import RecordVisit, record_visit
from tests.builders.store import NOON
from webmail.activity.adapter import shown_activity

HISTORY = "/historique"
class Nowhere:
    """A place for checkpoints that keeps none."""

    async def publish(self, note: str) -> None:
        assert note


DOCTOR = Actor(
    account="anne.martin@medecin.example", role=Role.PROFESSIONAL, vault=VaultId(7),
    purpose=PurposeOfUse.EMERGENCY_TREATMENT,
    person="Élise Martin", organisation="Hôpital des Lilas", face="pro", responsible="Dr Paul Roche",
)  # fmt: skip


@pytest.fixture
async def visit(ram: Path) -> AsyncIterator[RecordVisit]:
    async with record_visit(ram, "csrf", "/mes-donnees") as signed_in:
        yield signed_in


def _append(tx: Tx, *, vault: VaultId, event: AuditEvent) -> None:
    tx.audit.append(vault, event)


async def write(visit: RecordVisit, *events: AuditEvent) -> None:
    for event in events:
        await visit.site.at.store.write(partial(_append, vault=visit.site.camille.vault, event=event))


async def test_each_line_says_who_for_whom_when_why_and_which_data(visit: RecordVisit) -> None:
    document = await visit.site.file()
    seen = DOCTOR.event(NOON, "document.read", objects=(f"document:{document.id:x}",), data=("profile:allergies",))
    await write(
        visit,
        replace(seen, reason="Malaise dans la rue"),
        system_in(visit.site.camille.vault).event(NOON, "agenda.reminder", objects=("event:1",)),
        AuditEvent(at=NOON, actor="labo@labo.example", action="message.refused", outcome="POL-01"),
        AuditEvent(at=NOON, actor="labo@labo.example", action="never.heard-of"),
    )
    text = await visit.text(f"{HISTORY}?liste=professionnels")
    for words in (
        "Lecture d’un document", f'/documents/{document.id:x}"', "Bilan de contrôle", "Allergies", "Élise Martin",
        "Hôpital des Lilas", "sous la responsabilité de Dr Paul Roche", "urgence", "Malaise dans la rue",
        "labo@labo.example", "Autre opération (never.heard-of)", "Message refusé",
    ):  # fmt: skip
        assert words in text, words
    assert "Rappel de l’agenda" not in text
    assert "Rappel de l’agenda" in await visit.text(f"{HISTORY}?liste=services")
    assert "Consultation de l’historique" in await visit.text(HISTORY)  # the reading that came before


async def test_lines_are_chosen_by_name_day_and_kind(visit: RecordVisit) -> None:
    earlier = DOCTOR.event(NOON - timedelta(days=2), "document.read")
    await write(visit, earlier, DOCTOR.event(NOON, "access.refused", "ACC-10"))
    of = f"{HISTORY}?liste=professionnels"
    day = NOON.date().isoformat()
    for asked, read, refused in (
        ("", True, True), ("&qui=elise+LILAS", True, True), ("&qui=paul+durand", False, False),
        (f"&du={day}", False, True), (f"&au={(NOON - timedelta(days=1)).date()}", True, False),
        ("&quoi=refus", False, True), ("&quoi=lectures", True, False), ("&du=demain", True, True),
    ):  # fmt: skip
        text = await visit.text(of + asked)
        assert ("Lecture d’un document" in text, "Accès refusé" in text) == (read, refused), asked
    assert (await visit.browser.get(f"{HISTORY}?liste=autre")).status == 404


async def test_file_holds_the_same_lines_and_no_formula(visit: RecordVisit) -> None:
    await write(visit, replace(DOCTOR, person="=HYPERLINK(1)").event(NOON, "documents.listed"))
    answer = await visit.browser.get(f"{HISTORY}/fichier?liste=professionnels")
    assert answer.headers["Content-Type"].startswith("text/csv")
    assert "'=HYPERLINK(1)" in answer.text
    assert "Consultation de la liste des documents" in answer.text
    assert len(await visit.site.trace("trace.exported")) == 1


async def test_holder_takes_the_proof_of_a_published_checkpoint(visit: RecordVisit) -> None:
    assert (await visit.browser.get(f"{HISTORY}/preuve")).location == HISTORY
    assert "Télécharger la preuve" not in await visit.text(HISTORY)
    at = visit.site.at
    published = await HeadCheckpoints(at.store, at.clock, Nowhere(), "pli.example").publish_due()
    assert "Télécharger la preuve" in await visit.text(HISTORY)
    proof = orjson.loads((await visit.browser.get(f"{HISTORY}/preuve")).text)
    assert proof["checkpoint"] == published
    lines = [orjson.loads(line) for line in (await visit.browser.get(f"{HISTORY}/journal")).text.splitlines()]
    assert lines[proof["seq"] - 1]["hash"] == proof["hash"]


async def test_long_trace_is_read_in_pieces_and_nothing_is_left_out(
    visit: RecordVisit, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(activity_history, "_LOOKED_AT", 4)
    monkeypatch.setattr(activity_history, "_AT_ONCE", 3)
    await write(visit, *(DOCTOR.event(NOON, "document.read", detail=str(number)) for number in range(2)))
    await write(visit, *(system_in(VaultId(1)).event(NOON, "step.done") for _ in range(9)))
    await write(visit, DOCTOR.event(NOON, "results.read"))
    history, actor = visit.site.services.activity, visit.site.actor
    search, found, pages = ActivitySearch(side=ActivitySide.PROFESSIONALS), list[str](), 0
    while True:
        page = await history.page(actor, search)
        found += [line.event.action for line in page.lines if line.event]
        pages += 1
        if page.further is None:
            break
        search = replace(search, before=page.further)
    assert found == ["results.read", "document.read", "document.read"]
    assert pages > 2
    pieces = [line async for lines in await history.export(actor, search) for line in lines]
    assert len(pieces) == 0  # from the last page on nothing is left
    whole = ActivitySearch(side=ActivitySide.PROFESSIONALS, kind=ActivityKind.READ)
    assert len([line async for lines in await history.export(actor, whole) for line in lines]) == 3


async def test_nothing_of_a_list_tells_whoever_reads_for_another_how_many_lines_there_are(visit: RecordVisit) -> None:
    await write(visit, *(DOCTOR.event(NOON, "document.read") for _ in range(60)))
    first = await visit.text(f"{HISTORY}?liste=professionnels")
    further = re.search(r'href="([^"]*avant=(\d+))"', first)
    assert further is not None
    assert int(further[2]) > 10**6
    older = await visit.text(further[1].replace("&amp;", "&"))
    assert [page.count('class="activity-line"') for page in (first, older)] == [50, 10]
    places, vault = ListPlaces(visit.site.at.store), visit.site.camille.vault
    assert [places.seq(vault, places.disguised(vault, seq)) for seq in (1, 60, 2**59 + 7)] == [1, 60, 2**59 + 7]
    line, guardian = ActivityLine(seq=41, at=NOON, event=None, titles={}), replace(visit.site.actor, role=Role.GUARDIAN)
    assert [shown_activity(line, reader).number for reader in (visit.site.actor, guardian)] == [41, None]


async def test_line_of_what_is_not_for_representatives_does_not_exist_for_them(visit: RecordVisit) -> None:
    site, vault = visit.site, visit.site.camille.vault
    letter = await site.receive(a_letter(CLAIRE, subject="Contraception"))
    shown = await site.file()
    hidden = await site.file(mid=letter, hidden_from=Audience.REPRESENTATIVES)
    guardian = replace(site.actor, role=Role.GUARDIAN, home=VaultId(9))
    (entry,) = [entry for _, entry in await site.at.store.read(lambda tx: tx.mail.places_of(vault, letter))]
    named = {
        "document": (f"document:{hidden.id:x}",), "message": (f"message:{letter:x}",),
        "thread": (f"thread:{entry.thread:x}",), "both": (f"document:{hidden.id:x}", f"document:{shown.id:x}"),
        "nothing": (),
    }  # fmt: skip
    withheld = await site.at.store.read(lambda tx: withheld_from(tx, guardian))
    told = {
        name: withheld.shown(DOCTOR.event(NOON, "document.read" if objects else "document.filed", objects=objects))
        for name, objects in named.items()
    }
    both = told.pop("both")
    assert both is not None
    assert both.objects == (f"document:{shown.id:x}",)
    assert set(told.values()) == {None}
    own = await site.at.store.read(lambda tx: withheld_from(tx, site.actor))
    assert own.shown(DOCTOR.event(NOON, "document.read", objects=named["document"])) is not None


async def test_line_that_does_not_open_is_told_and_never_left_out(visit: RecordVisit) -> None:
    await write(visit, DOCTOR.event(NOON, "document.read"))
    last = await visit.site.at.store.read(lambda tx: len(tx.audit.events(visit.site.camille.vault)))
    spoil = "UPDATE audit SET record = zeroblob(40) WHERE vault = ? AND seq = ?"
    visit.site.at.behind_its_back(spoil, visit.site.camille.vault, last)
    assert "Ligne abîmée" in await visit.text(f"{HISTORY}?liste=services")
