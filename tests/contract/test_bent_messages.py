"""Ways to show a message that may not be shown, or to lose one unseen, for whoever has the database and no keys.

None shows anything, and `pli verify` names each.
"""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from gateway.domain.access import Audience
from gateway.domain.errors import NotFound, SealBroken
from gateway.domain.mailbox import ContentState, MessageId, ThreadId
from gateway.domain.outbox import Step
from gateway.domain.step_payloads import FileDocuments
from gateway.ports.inspection import Damage
from gateway.ports.store import Tx
from gateway.services.upkeep.verification import Verification
from gateway.store.rows.message_places import (
    IDLE,
    NO_FOLDER,
    NO_MESSAGE,
    NOWHERE,
    OTHER_OCTETS,
    OTHER_THREAD,
    SHOWN,
    UNDECIDED,
)
from tests.builders.letters import a_letter
from tests.builders.patient_site import CLAIRE, PDF, PatientSite, patient_site
from tests.builders.store import NOON, StoreAt, a_content, a_number, a_space, an_outcome, shown

SECRET = "Résultat d'un autre"
CDA = b'<?xml version="1.0"?><ClinicalDocument xmlns="urn:hl7-org:v3"/>'
_INSERT_LINE = (
    "INSERT INTO entry SELECT vault, folder, uid + 1, ?, modseq, flags, seen, internal_date, size, ? FROM entry"
)


@pytest.fixture
async def site(ram: Path) -> AsyncIterator[PatientSite]:
    async with patient_site(ram) as found:
        yield found


async def _faults(at: StoreAt) -> set[str]:
    return {damage.fault for damage in await _damages(at)}


async def _damages(at: StoreAt) -> list[Damage]:
    verification = Verification(at.store, lambda: 0.0)
    return [damage async for damage in verification.damages(["messages", "lines of folders"])]


async def _held(site: PatientSite) -> MessageId:
    """Let a document come that is waiting for its verdict, beside a letter that is shown."""
    await site.receive(a_letter(CLAIRE, subject="Une lettre"))
    mid = await site.receive(a_letter(CLAIRE, SECRET, subject=SECRET, files=(("cr.xml", CDA),)), holds=True)
    step = Step(vault=site.camille.vault, id=a_number(), payload=FileDocuments(mid=mid), due=NOON)
    await site.at.store.write(lambda tx: tx.outbox.add(step))
    assert await _faults(site.at) == set()
    return mid


async def _nothing_of_it_is_shown(site: PatientSite, mid: MessageId) -> None:
    views, _ = await site.conversations.recent(site.actor)
    cards = [message.card for view in views for message in view.messages]
    assert [card for card in cards if SECRET in card.subject + card.preview or card.attachments] == []
    assert SECRET not in str(await site.parts.texts(site.actor, [mid]))
    with pytest.raises(NotFound):
        await site.parts.attachment(site.actor, mid, "2")


async def test_held_message_is_not_shown_by_a_line_that_points_to_it(site: PatientSite) -> None:
    mid = await _held(site)
    site.at.behind_its_back(_INSERT_LINE, mid, mid)
    await _nothing_of_it_is_shown(site, mid)
    assert SHOWN in await _faults(site.at)


async def test_held_message_is_not_shown_by_another_state(site: PatientSite) -> None:
    mid = await _held(site)
    site.at.behind_its_back(_INSERT_LINE, mid, mid)
    site.at.behind_its_back("UPDATE content SET state = 0")
    await _nothing_of_it_is_shown(site, mid)
    assert UNDECIDED in await _faults(site.at)


async def test_refused_message_is_not_shown_by_another_state(site: PatientSite) -> None:
    mid = await _held(site)
    await site.at.store.write(lambda tx: tx.mail.note_outcome(site.camille.vault, mid, an_outcome("904")))
    site.at.behind_its_back(_INSERT_LINE, mid, mid)
    site.at.behind_its_back("UPDATE content SET state = 0")
    await _nothing_of_it_is_shown(site, mid)
    assert UNDECIDED in await _faults(site.at)


async def test_file_of_a_hidden_document_is_not_shown_when_its_outcome_is_deleted(site: PatientSite) -> None:
    mid, vault = await _held(site), site.camille.vault

    def file(tx: Tx) -> None:
        tx.mail.note_outcome(vault, mid, an_outcome(withheld_from=Audience.PATIENT))
        tx.mail.set_state(vault, mid, ContentState.VISIBLE)
        folder = tx.mail.folders(vault)[0]
        tx.mail.add_entry(vault, folder.id, mid, frozenset(), NOON)

    await site.at.store.write(file)
    site.at.behind_its_back("DELETE FROM outcome")
    await _nothing_of_it_is_shown(site, mid)
    assert UNDECIDED in await _faults(site.at)


async def test_octets_of_another_message_are_not_shown(site: PatientSite) -> None:
    held = await _held(site)
    letter = await site.receive(a_letter(CLAIRE, "Bonjour", files=(("a.pdf", PDF),)))
    site.at.behind_its_back("UPDATE content SET blob = (SELECT blob FROM content WHERE mid = ?)", held)
    assert SECRET not in str(await site.parts.texts(site.actor, [letter]))
    with pytest.raises(SealBroken):
        await site.parts.attachment(site.actor, letter, "2")
    assert OTHER_OCTETS in await _faults(site.at)


async def test_damaged_path_of_a_filed_message_costs_its_own_line(site: PatientSite) -> None:
    mid = await _held(site)
    site.at.behind_its_back(_INSERT_LINE, mid, mid)
    site.at.behind_its_back("UPDATE content SET path = x'00' WHERE mid = ?", mid)
    views, _ = await site.conversations.recent(site.actor)
    assert len(views) == 2


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ("UPDATE content SET thread = thread + 1", OTHER_THREAD),
        ("UPDATE entry SET thread = thread + 1", OTHER_THREAD),
        ("DELETE FROM entry", NOWHERE),
        ("DELETE FROM content", NO_MESSAGE),
        ("DELETE FROM folder", NO_FOLDER),
        ("UPDATE entry SET folder = 99", NO_FOLDER),
        ("UPDATE content SET state = 1", SHOWN),
        ("UPDATE content SET state = 2", IDLE),
    ],
)
async def test_what_is_lost_between_rows_is_named(at: StoreAt, change: str, fault: str) -> None:
    vault = (await a_space(at.store)).vault
    await at.store.write(lambda tx: shown(tx, vault, a_content()))
    assert await _faults(at) == set()
    at.behind_its_back(change)
    assert fault in await _faults(at)


@pytest.mark.parametrize("change", ["DELETE FROM outbox", "UPDATE outbox SET vault = vault + 1"])
async def test_held_message_whose_step_was_taken_away_is_named(at: StoreAt, change: str) -> None:
    vault, content = (await a_space(at.store)).vault, a_content(state=ContentState.HELD)
    step = Step(vault=vault, id=a_number(), payload=FileDocuments(mid=content.mid), due=NOON)
    await at.store.write(lambda tx: tx.mail.add_content(content, vault))
    await at.store.write(lambda tx: tx.outbox.add(step))
    assert await _faults(at) == set()
    at.behind_its_back(change)
    (found,) = await _damages(at)
    assert (found.vault, found.number, found.fault) == (vault, content.mid, IDLE)


async def test_moved_message_does_not_open(at: StoreAt) -> None:
    vault, content = (await a_space(at.store)).vault, a_content()
    await at.store.write(lambda tx: shown(tx, vault, content))
    at.behind_its_back("UPDATE content SET thread = ?", ThreadId(7))
    with pytest.raises(SealBroken):
        await at.store.read(lambda tx: tx.mail.content(vault, content.mid))
