"""Signing in by a passkey alone: origin, site, challenge, counter and holder are checked, and nothing is used twice."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from gateway.domain.access import Actor
from gateway.domain.notices import NoticeKind
from gateway.domain.space import SpaceState
from gateway.domain.step_payloads import TellHolder
from gateway.services.access.actors import holder_of
from gateway.services.sign_in.passkey_answers import MAX_ANSWER
from gateway.services.sign_in.passkey_challenges import LIFETIME
from gateway.services.sign_in.passkey_sign_in import MOST, PasskeySignIn
from gateway.services.sign_in.patient_sign_in import PatientSignedIn, SignInFault
from tests.builders.outbox import A_WORKER
from tests.builders.patient_site import PatientSite, patient_site
from tests.builders.soft_passkey import SoftPasskey
from tests.builders.store import move_space

ORIGIN, VISIT, SESSION, SOURCE = "https://pli.example", "visit", "session", "192.0.2.7"


@pytest.fixture
async def site(ram: Path) -> AsyncIterator[PatientSite]:
    async with patient_site(ram) as opened:
        yield opened


def passkeys(site: PatientSite) -> PasskeySignIn:
    return site.services.passkeys


def camille(site: PatientSite) -> Actor:
    return holder_of(site.camille, "web")


async def _added(site: PatientSite, device: SoftPasskey, name: str = "Téléphone") -> bool:
    options = await passkeys(site).ask_new(camille(site), SESSION, ORIGIN)
    return await passkeys(site).add(camille(site), device.made(options), SESSION, ORIGIN, name)


@pytest.fixture
async def device(site: PatientSite) -> SoftPasskey:
    """Camille has a passkey."""
    made = SoftPasskey()
    assert await _added(site, made)
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
    (kept,) = await passkeys(site).mine(camille(site))
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
    options = await passkeys(site).ask_new(camille(site), VISIT, ORIGIN)
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
    (kept,) = await passkeys(site).mine(camille(site))
    assert await passkeys(site).remove(camille(site), passkeys(site).reference_of(kept))
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
    assert not await passkeys(site).add(camille(site), answer, SESSION, ORIGIN, "x")
    assert device.counter == 0


async def test_new_browser_is_told(site: PatientSite, device: SoftPasskey) -> None:
    await passkeys(site).sign_in(device.answered(_asked(site)), VISIT, ORIGIN, SOURCE, "", "Safari sur iPhone")
    assert NoticeKind.NEW_DEVICE in await _told(site)


# ---------------------------------------------------------------- one's own


async def _told(site: PatientSite) -> list[NoticeKind]:
    now = site.at.clock.now()
    steps = await site.at.store.write(lambda tx: tx.outbox.lease(now, now, 50, holder=A_WORKER))
    return [step.payload.kind for step in steps if isinstance(step.payload, TellHolder)]


async def test_new_passkey_is_named_and_told(site: PatientSite) -> None:
    assert await _added(site, SoftPasskey(), "  Mon   téléphone ")
    assert [one.name for one in await passkeys(site).mine(camille(site))] == ["Mon téléphone"]
    assert await _told(site) == [NoticeKind.PASSKEY_ADDED]


async def test_second_device_has_a_passkey_of_its_own(site: PatientSite, device: SoftPasskey) -> None:
    other = SoftPasskey()
    site.at.clock.advance(timedelta(minutes=1))
    assert await _added(site, other, "")
    assert [one.name for one in await passkeys(site).mine(camille(site))] == ["Téléphone", "Clé d’accès"]
    for one in (device, other):
        assert await _sent(site, one.answered(_asked(site))) == f"{site.camille.vault:x}"


async def test_device_is_told_which_passkeys_there_are(site: PatientSite, device: SoftPasskey) -> None:
    options = json.loads(await passkeys(site).ask_new(camille(site), SESSION, ORIGIN))
    assert len(options["excludeCredentials"]) == 1
    assert options["authenticatorSelection"]["residentKey"] == "required"
    assert device.user.hex() not in (f"{site.camille.vault:x}",)


@pytest.mark.parametrize("spoil", [{"origin": "https://evil.example"}, {"site": "evil.example"}, {"verifies": False}])
async def test_new_passkey_of_elsewhere_is_refused(site: PatientSite, spoil: dict[str, object]) -> None:
    made = replace(SoftPasskey(), **spoil)  # type: ignore[arg-type]
    assert not await _added(site, made)
    assert await passkeys(site).mine(camille(site)) == []


async def _answered_with(site: PatientSite, change: Callable[[str], str]) -> bool:
    options = await passkeys(site).ask_new(camille(site), SESSION, ORIGIN)
    return await passkeys(site).add(camille(site), SoftPasskey().made(change(options)), SESSION, ORIGIN, "x")


async def test_challenge_of_another_session_or_for_signing_in_makes_no_passkey(site: PatientSite) -> None:
    theirs = json.loads(await passkeys(site).ask_new(camille(site), "another session", ORIGIN))["challenge"]
    asked = json.loads(passkeys(site).ask(SESSION, ORIGIN))["challenge"]
    for challenge in (theirs, asked):
        changed = {"challenge": challenge}
        assert not await _answered_with(site, lambda options, c=changed: json.dumps(json.loads(options) | c))  # type: ignore[misc]


async def test_passkey_of_somebody_else_cannot_be_taken_over(site: PatientSite, device: SoftPasskey) -> None:
    louis = holder_of(site.louis, "web")
    answer = device.made(await passkeys(site).ask_new(louis, SESSION, ORIGIN))
    assert not await passkeys(site).add(louis, answer, SESSION, ORIGIN, "x")
    assert await passkeys(site).mine(louis) == []


async def test_passkey_of_somebody_else_is_like_none(site: PatientSite, device: SoftPasskey) -> None:
    (kept,) = await passkeys(site).mine(camille(site))
    for name in (passkeys(site).reference_of(kept), "x", ""):
        assert not await passkeys(site).remove(holder_of(site.louis, "web"), name)
    assert await _sent(site, device.answered(_asked(site))) == f"{site.camille.vault:x}"


async def test_passkeys_of_one_space_are_few(site: PatientSite) -> None:
    added = [await _added(site, SoftPasskey()) for _ in range(MOST + 1)]
    assert added == [True] * MOST + [False]


async def test_answer_that_was_sent_twice_makes_one_passkey(site: PatientSite) -> None:
    options = await passkeys(site).ask_new(camille(site), SESSION, ORIGIN)
    answer = SoftPasskey().made(options)
    both = [await passkeys(site).add(camille(site), answer, SESSION, ORIGIN, "x") for _ in range(2)]
    assert both == [True, False]
