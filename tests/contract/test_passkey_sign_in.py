"""Signing in by a passkey alone: origin, site, challenge, counter and holder are checked, and nothing is used twice."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from gateway.domain.access import Actor
from gateway.domain.mailbox import OPERATOR
from gateway.domain.notices import NoticeKind
from gateway.domain.space import SpaceState
from gateway.services.access.actors import holder_of
from gateway.services.sign_in.own_passkeys import OwnPasskeys, PasskeyFault
from gateway.services.sign_in.passkey_answers import MAX_ANSWER
from gateway.services.sign_in.passkey_challenges import LIFETIME
from gateway.services.sign_in.passkey_sign_in import PasskeySignIn
from gateway.services.sign_in.patient_sign_in import CodeIssued, PatientSignedIn, SignInFault
from gateway.services.sign_in.sign_in_guard import GuardSettings
from tests.builders.passkeys import ORIGIN, SESSION, SOURCE, VISIT, a_session, kinds_told
from tests.builders.patient_site import PatientSite, patient_site
from tests.builders.soft_passkey import SoftPasskey
from tests.builders.store import move_space

PASSWORD = "Sentier-Mousse-84"


@pytest.fixture
async def site(ram: Path) -> AsyncIterator[PatientSite]:
    """Camille is signed in, and has a password."""
    async with patient_site(ram) as opened:
        await opened.patients.set_password(opened.camille.vault, "rivage.lilas", PASSWORD)
        await a_session(opened, opened.camille, SESSION)
        yield opened


def passkeys(site: PatientSite) -> PasskeySignIn:
    return site.services.passkeys


def camille(site: PatientSite) -> Actor:
    return holder_of(site.camille, "web")


def own(site: PatientSite) -> OwnPasskeys:
    return site.services.own_passkeys


async def _added(site: PatientSite, device: SoftPasskey) -> None:
    options = await own(site).ask_new(camille(site), SESSION, ORIGIN)
    assert await own(site).add(camille(site), device.made(options), SESSION, ORIGIN, "Téléphone") is None


@pytest.fixture
async def device(site: PatientSite) -> SoftPasskey:
    """Camille has a passkey."""
    made = SoftPasskey()
    await _added(site, made)
    return made


async def _sent(site: PatientSite, answer: str, visit: str = VISIT, origin: str = ORIGIN) -> str:
    """Send an answer; give the name of the space that it opens, or of the fault."""
    found = await passkeys(site).sign_in(answer, visit, origin, SOURCE, "", "")
    return f"{found.space.vault:x}" if isinstance(found, PatientSignedIn) else found.value


def _asked(site: PatientSite) -> str:
    return passkeys(site).ask(VISIT, ORIGIN)


WRONG, OVER = SignInFault.WRONG_CREDENTIALS.value, SignInFault.CODE_EXPIRED.value


# ---------------------------------------------------------------- signing in


async def test_passkey_alone_opens_its_space(site: PatientSite, device: SoftPasskey) -> None:
    assert await _sent(site, device.answered(_asked(site))) == f"{site.camille.vault:x}"
    (event,) = await site.trace("sign-in")
    assert event.detail == "web passkey 192.0.2.7"
    (kept,) = await own(site).mine(camille(site))
    assert (kept.counter, kept.used) == (1, site.at.clock.now())


async def test_device_that_does_not_count_signs_in_again(site: PatientSite) -> None:
    device = SoftPasskey(counts=False)
    await _added(site, device)
    for _ in range(2):
        assert await _sent(site, device.answered(_asked(site))) == f"{site.camille.vault:x}"


async def test_answer_is_good_once_also_when_it_is_sent_twice_at_once(site: PatientSite) -> None:
    device = SoftPasskey(counts=False)
    await _added(site, device)
    answer = device.answered(_asked(site))
    both = await asyncio.gather(_sent(site, answer), _sent(site, answer))
    assert sorted(one in (OVER, WRONG) for one in both) == [False, True]
    assert await _sent(site, answer) == OVER


async def test_challenge_of_another_browser_is_refused(site: PatientSite, device: SoftPasskey) -> None:
    assert await _sent(site, device.answered(_asked(site)), visit="another") == OVER


@pytest.mark.parametrize(("age", "is_good"), [(LIFETIME - timedelta(seconds=2), True), (LIFETIME, False)])
async def test_challenge_ends(site: PatientSite, device: SoftPasskey, age: timedelta, *, is_good: bool) -> None:
    answer = device.answered(_asked(site))
    site.at.clock.advance(age)
    assert (await _sent(site, answer) == OVER) is not is_good


async def test_challenge_for_a_new_passkey_signs_nobody_in(site: PatientSite, device: SoftPasskey) -> None:
    options = await own(site).ask_new(camille(site), VISIT, ORIGIN)
    assert await _sent(site, device.answered(options)) == OVER


@pytest.mark.parametrize(
    "bent",
    [
        {"origin": "https://pli.example.evil.example"},
        {"site": "evil.example"},
        {"verifies": False},
        {"counter": -1, "counts": False},
        {"user": b"somebody else"},
    ],
)
async def test_answer_that_is_not_for_us_is_refused(
    site: PatientSite, device: SoftPasskey, bent: dict[str, object]
) -> None:
    await _sent(site, device.answered(_asked(site)))
    if bent.pop("counter", None) is not None:
        bent["counter"] = device.counter  # a copy of the device, which counts what was counted before
    for name, value in bent.items():
        setattr(device, name, value)
    assert await _sent(site, device.answered(_asked(site))) == WRONG


async def test_passkey_of_another_key_is_refused(site: PatientSite, device: SoftPasskey) -> None:
    stranger = SoftPasskey(credential=device.credential, user=device.user)
    assert await _sent(site, stranger.answered(_asked(site))) == WRONG
    unknown = SoftPasskey(user=device.user)
    assert await _sent(site, unknown.answered(_asked(site))) == WRONG


async def test_passkey_of_a_suspended_space_opens_nothing(site: PatientSite, device: SoftPasskey) -> None:
    await site.at.store.write(lambda tx: move_space(tx, site.camille.vault, SpaceState.SUSPENDED))
    assert await _sent(site, device.answered(_asked(site))) == WRONG


async def test_passkey_that_was_taken_away_opens_nothing(site: PatientSite, device: SoftPasskey) -> None:
    (kept,) = await own(site).mine(camille(site))
    assert await own(site).remove(camille(site), own(site).reference_of(kept)) is None
    assert await _sent(site, device.answered(_asked(site))) == WRONG


@pytest.mark.parametrize(
    "answer",
    [
        "", "{}", "null", "[" * 8000, "x" * (MAX_ANSWER + 1), '{"id": 1}', "é",
        json.dumps({"id": "eA", "rawId": "eA", "type": "public-key", "response": {"clientDataJSON": "e30"}}),
    ],
)  # fmt: skip
async def test_what_is_no_answer_is_refused(site: PatientSite, device: SoftPasskey, answer: str) -> None:
    assert await _sent(site, answer) == OVER
    assert await own(site).add(camille(site), answer, SESSION, ORIGIN, "x") is PasskeyFault.NOT_RIGHT
    assert device.counter == 0


async def test_new_browser_is_told(site: PatientSite, device: SoftPasskey) -> None:
    await passkeys(site).sign_in(device.answered(_asked(site)), VISIT, ORIGIN, SOURCE, "", "Safari sur iPhone")
    assert NoticeKind.NEW_DEVICE in await kinds_told(site)
    assert [event.detail for event in await site.trace("sign-in.new-device")] == ["Safari sur iPhone"]


async def test_used_challenge_stays_used_when_sessions_are_ended(site: PatientSite) -> None:
    device = SoftPasskey(counts=False)
    await _added(site, device)
    answer = device.answered(_asked(site))
    assert await _sent(site, answer) == f"{site.camille.vault:x}"
    await site.at.store.write(lambda tx: tx.spaces.drop_sessions(site.camille.vault))
    assert await _sent(site, answer) == OVER


async def test_challenge_for_showing_who_one_is_signs_nobody_in(site: PatientSite, device: SoftPasskey) -> None:
    assert await _sent(site, device.answered(own(site).ask_proof(VISIT, ORIGIN))) == OVER


# ---------------------------------------------------------------- turns


async def test_wrong_answers_are_counted_by_where_they_come_from(site: PatientSite, device: SoftPasskey) -> None:
    for number in range(2):
        await _sent(site, SoftPasskey(user=device.user, credential=bytes([number] * 16)).answered(_asked(site)))
    await site.sign_ins.write_due(everything=True)
    events = await site.at.store.read(lambda tx: tx.audit.events(OPERATOR))
    assert [event.detail.split(" since")[0] for event in events if event.action == "sign-in"] == ["web, tries 2"]


@pytest.fixture
async def slowed(ram: Path) -> AsyncIterator[PatientSite]:
    """One failure closes lanes for longer than any test, and nobody waits for one."""
    hour = timedelta(hours=1)
    settings = GuardSettings(
        free=1, first_pause=hour, account_pause=hour, source_pause=hour, patience=timedelta(0), busy_pause=timedelta(0)
    )
    async with patient_site(ram, guarded=settings) as opened:
        await opened.patients.set_password(opened.camille.vault, "rivage.lilas", PASSWORD)
        await a_session(opened, opened.camille, SESSION)
        yield opened


BUSY = SignInFault.TOO_MANY_ATTEMPTS


async def test_false_answers_slow_their_own_network_and_no_password(slowed: PatientSite) -> None:
    device = SoftPasskey()
    await _added(slowed, device)
    stranger = SoftPasskey(user=device.user)
    assert await _sent(slowed, stranger.answered(_asked(slowed))) == WRONG
    assert await _sent(slowed, stranger.answered(_asked(slowed))) == BUSY.value
    assert isinstance(await slowed.patients.sign_in("rivage.lilas", PASSWORD, SOURCE), CodeIssued)
    assert await _sent(slowed, device.answered(_asked(slowed))) == f"{slowed.camille.vault:x}"


async def test_guesses_at_passwords_keep_no_passkey_waiting(slowed: PatientSite) -> None:
    device = SoftPasskey()
    await _added(slowed, device)
    assert await slowed.patients.sign_in("rivage.lilas", "x", SOURCE) is SignInFault.WRONG_CREDENTIALS
    assert await slowed.patients.sign_in("rivage.lilas", "x", SOURCE) is BUSY
    assert await _sent(slowed, device.answered(_asked(slowed))) == f"{slowed.camille.vault:x}"


async def test_whoever_bends_answers_of_a_known_passkey_is_slowed_too(slowed: PatientSite) -> None:
    device = SoftPasskey()
    await _added(slowed, device)
    copied = SoftPasskey(credential=device.credential, user=device.user)
    assert await _sent(slowed, copied.answered(_asked(slowed))) == WRONG
    assert await _sent(slowed, copied.answered(_asked(slowed))) == BUSY.value
