"""The holder of a space looks after sessions, password and identifier; what changes is told and ends the others."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from gateway.domain.access import Actor
from gateway.domain.account import Session
from gateway.domain.notices import NoticeKind
from gateway.domain.patient_identifier import IdentifierFault
from gateway.domain.step_payloads import SendCode, TellHolder
from gateway.services.access.actors import holder_of
from gateway.services.sign_in.own_sign_in import OwnSignIn, OwnSignInFault, name_of
from gateway.services.sign_in.password_rules import PasswordFault
from gateway.services.sign_in.patient_sign_in import CodeIssued, PatientSignedIn, SignInFault
from gateway.services.sign_in.sign_in_guard import GuardSettings
from gateway.services.sign_in.turn_queue import QueuePlaces
from tests.builders.outbox import A_WORKER
from tests.builders.patient_site import PatientSite, patient_site

IDENTIFIER, PASSWORD, NEW, SOURCE = "rivage.lilas", "Sentier-Mousse-84", "Bougie-Torrent-Velours-3", "192.0.2.7"
HERE, THERE, ELSEWHERE, PROGRAM = (bytes([n] * 32) for n in (1, 2, 3, 4))


@pytest.fixture
async def site(ram: Path) -> AsyncIterator[PatientSite]:
    """Camille is signed in here and there, Louis elsewhere; a program has a token of Camille's."""
    async with patient_site(ram) as opened:
        await opened.patients.set_password(opened.camille.vault, IDENTIFIER, PASSWORD)
        await opened.patients.set_password(opened.louis.vault, "louis", PASSWORD)
        now = opened.at.clock.now()
        for number, (digest, vault, kind) in enumerate(
            (
                (HERE, opened.camille.vault, "web"),
                (THERE, opened.camille.vault, "web"),
                (PROGRAM, opened.camille.vault, "fhir"),
                (ELSEWHERE, opened.louis.vault, "web"),
            )
        ):
            session = Session(
                digest=digest,
                vault=vault,
                kind=kind,
                created=now - timedelta(minutes=number),
                used=now,
                expires=now + timedelta(hours=1),
                device=f"Firefox {number}",
            )
            await opened.at.store.write(lambda tx, one=session: tx.spaces.save_session(one))  # type: ignore[misc]
        yield opened


def own(site: PatientSite) -> OwnSignIn:
    return site.services.own_sign_in


def camille(site: PatientSite) -> Actor:
    return holder_of(site.camille, "web")


async def _open(site: PatientSite) -> set[bytes]:
    def look(digest: bytes) -> bool:
        return digest in found

    found = {
        one.digest
        for vault in (site.camille.vault, site.louis.vault)
        for one in await site.at.store.read(lambda tx, v=vault: tx.spaces.sessions_of(v))  # type: ignore[misc]
    }
    return {digest for digest in (HERE, THERE, ELSEWHERE, PROGRAM) if look(digest)}


async def _told(site: PatientSite) -> list[TellHolder]:
    now = site.at.clock.now()
    steps = await site.at.store.write(lambda tx: tx.outbox.lease(now, now, 50, holder=A_WORKER))
    return [step.payload for step in steps if isinstance(step.payload, TellHolder)]


async def test_sessions_are_listed_with_their_browsers(site: PatientSite) -> None:
    listed = await own(site).sessions(camille(site))
    assert [(one.digest, one.device) for one in listed] == [(HERE, "Firefox 0"), (THERE, "Firefox 1")]


async def test_session_that_is_over_is_not_listed(site: PatientSite) -> None:
    site.at.clock.advance(timedelta(hours=1))
    assert await own(site).sessions(camille(site)) == []


async def test_one_session_is_ended_by_its_name(site: PatientSite) -> None:
    (_, there) = await own(site).sessions(camille(site))
    assert await own(site).end_session(camille(site), name_of(there))
    assert not await own(site).end_session(camille(site), name_of(there))
    assert await _open(site) == {HERE, ELSEWHERE, PROGRAM}
    assert [event.detail for event in await site.trace("session.ended")] == ["Firefox 1"]


@pytest.mark.parametrize("name", [ELSEWHERE[:8].hex(), PROGRAM[:8].hex(), "", "x"])
async def test_session_of_somebody_else_and_what_is_none_are_the_same(site: PatientSite, name: str) -> None:
    assert not await own(site).end_session(camille(site), name)
    assert await _open(site) == {HERE, THERE, ELSEWHERE, PROGRAM}


async def test_all_others_are_ended_at_once(site: PatientSite) -> None:
    assert await own(site).end_others(camille(site), HERE) == 2
    assert await _open(site) == {HERE, ELSEWHERE}


async def test_new_password_ends_the_other_sessions_and_is_told(site: PatientSite) -> None:
    assert await own(site).change_password(camille(site), PASSWORD, NEW, HERE, SOURCE) is None
    assert await _open(site) == {HERE, ELSEWHERE}
    assert [told.kind for told in await _told(site)] == [NoticeKind.PASSWORD_CHANGED]
    assert await site.patients.sign_in(IDENTIFIER, PASSWORD, SOURCE) is SignInFault.WRONG_CREDENTIALS
    assert isinstance(await site.patients.sign_in(IDENTIFIER, NEW, SOURCE), CodeIssued)


async def test_nothing_changes_without_the_present_password(site: PatientSite) -> None:
    service, actor = own(site), camille(site)
    assert await service.change_password(actor, "faux", NEW, HERE, SOURCE) is OwnSignInFault.WRONG_PASSWORD
    assert await service.change_identifier(actor, "faux", "galet.brume", HERE, SOURCE) is OwnSignInFault.WRONG_PASSWORD
    assert await _open(site) == {HERE, THERE, ELSEWHERE, PROGRAM}
    assert isinstance(await site.patients.sign_in(IDENTIFIER, PASSWORD, SOURCE), CodeIssued)


async def test_guesses_at_the_present_password_wait_their_turn(ram: Path) -> None:
    async with patient_site(ram, guarded=GuardSettings(places=QueuePlaces(of_source=0))) as site:
        answer = await own(site).change_password(camille(site), PASSWORD, NEW, HERE, SOURCE)
        assert answer is OwnSignInFault.TOO_MANY_ATTEMPTS


async def test_weak_password_is_refused(site: PatientSite) -> None:
    answer = await own(site).change_password(camille(site), PASSWORD, "court", HERE, SOURCE)
    assert answer is PasswordFault.TOO_SHORT


async def test_who_has_no_password_is_refused_like_a_wrong_one(site: PatientSite) -> None:
    await site.at.store.write(lambda tx: tx.spaces.drop_account(IDENTIFIER))
    answer = await own(site).change_password(camille(site), PASSWORD, NEW, HERE, SOURCE)
    assert answer is OwnSignInFault.WRONG_PASSWORD


async def test_new_identifier_takes_the_place_of_the_old_one(site: PatientSite) -> None:
    assert await own(site).change_identifier(camille(site), PASSWORD, " Galet.Brume ", HERE, SOURCE) is None
    assert (await own(site).ways(camille(site), HERE)).identifier == "galet.brume"
    assert await _open(site) == {HERE, ELSEWHERE}
    assert [told.kind for told in await _told(site)] == [NoticeKind.IDENTIFIER_CHANGED]
    assert await site.patients.sign_in(IDENTIFIER, PASSWORD, SOURCE) is SignInFault.WRONG_CREDENTIALS
    assert isinstance(await site.patients.sign_in("galet.brume", PASSWORD, SOURCE), CodeIssued)


@pytest.mark.parametrize(("wanted", "fault"), [("louis", IdentifierFault.TAKEN), ("é", IdentifierFault.FORM)])
async def test_identifier_that_cannot_be_had_is_refused(
    site: PatientSite, wanted: str, fault: IdentifierFault
) -> None:
    assert await own(site).change_identifier(camille(site), PASSWORD, wanted, HERE, SOURCE) is fault
    assert isinstance(await site.patients.sign_in(IDENTIFIER, PASSWORD, SOURCE), CodeIssued)


# ---------------------------------------------------------------- a new device


async def _signed_in(site: PatientSite, device: str) -> list[TellHolder]:
    issued = await site.patients.sign_in(IDENTIFIER, PASSWORD, SOURCE)
    assert isinstance(issued, CodeIssued)
    now = site.at.clock.now()
    steps = await site.at.store.write(lambda tx: tx.outbox.lease(now, now, 50, holder=A_WORKER))
    (code,) = [step.payload.code for step in steps if isinstance(step.payload, SendCode)]
    await site.at.store.write(lambda tx: [tx.outbox.done(step) for step in steps])
    answer = await site.patients.verify(issued.pending, code, SOURCE, device, "Safari sur iPhone")
    assert isinstance(answer, PatientSignedIn)
    return await _told(site)


async def test_new_device_is_told_to_the_holder(site: PatientSite) -> None:
    told = await _signed_in(site, "")
    assert told == [TellHolder(kind=NoticeKind.NEW_DEVICE, values={"device": "Safari sur iPhone"})]


async def test_known_device_is_not_told_again(site: PatientSite) -> None:
    assert await _signed_in(site, site.patients.known_device("", site.camille.vault)) == []


async def test_device_that_another_account_is_known_on_is_new(site: PatientSite) -> None:
    assert len(await _signed_in(site, site.patients.known_device("", site.louis.vault))) == 1
