"""One's own passkeys: made after a proof of a short while ago, named, taken away, and never somebody else's."""

import json
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from gateway.domain.access import Actor
from gateway.domain.account import Account, SecretKind, Space, digest_of
from gateway.domain.notices import NoticeKind
from gateway.domain.patient_identifier import IdentifierFault
from gateway.services.access.actors import holder_of
from gateway.services.sign_in.new_passkeys import MOST
from gateway.services.sign_in.own_passkeys import OwnPasskeys, PasskeyFault
from gateway.services.sign_in.own_sign_in import OwnSignInFault
from gateway.services.sign_in.patient_sign_in import CodeIssued, SignInFault
from gateway.services.sign_in.recent_proof import LASTS
from gateway.services.sign_in.sign_in_guard import GuardSettings
from tests.builders.passkeys import ORIGIN, SESSION, SOURCE, VISIT, a_session, kinds_told
from tests.builders.patient_site import PatientSite, patient_site
from tests.builders.soft_passkey import SoftPasskey

IDENTIFIER, PASSWORD, NEW = "rivage.lilas", "Sentier-Mousse-84", "Bougie-Torrent-Velours-3"
OLD = PasskeyFault.PROOF_TOO_OLD
LATER = LASTS + timedelta(seconds=1)


@pytest.fixture
async def site(ram: Path) -> AsyncIterator[PatientSite]:
    """Camille and Louis have just signed in by their passwords."""
    async with patient_site(ram) as opened:
        await opened.patients.set_password(opened.camille.vault, IDENTIFIER, PASSWORD)
        await opened.patients.set_password(opened.louis.vault, "louis", PASSWORD)
        await a_session(opened, opened.camille, SESSION)
        await a_session(opened, opened.louis, "session of louis")
        yield opened


def own(site: PatientSite) -> OwnPasskeys:
    return site.services.own_passkeys


def camille(site: PatientSite) -> Actor:
    return holder_of(site.camille, "web")


async def _added(site: PatientSite, device: SoftPasskey, name: str = "Téléphone") -> PasskeyFault | None:
    options = await own(site).ask_new(camille(site), SESSION, ORIGIN)
    return await own(site).add(camille(site), device.made(options), SESSION, ORIGIN, name)


@pytest.fixture
async def device(site: PatientSite) -> SoftPasskey:
    """Camille has a passkey."""
    made = SoftPasskey()
    assert await _added(site, made) is None
    return made


async def _without_password(site: PatientSite, space: Space, identifier: str) -> None:
    account = Account(identifier, space.vault, SecretKind.NONE, b"")
    await site.at.store.write(lambda tx: tx.spaces.save_account(account))


async def _names(site: PatientSite) -> list[str]:
    return [one.name for one in await own(site).mine(camille(site))]


async def _reference(site: PatientSite) -> str:
    (kept,) = await own(site).mine(camille(site))
    return own(site).reference_of(kept)


# ---------------------------------------------------------------- made


async def test_new_passkey_is_named_and_told(site: PatientSite) -> None:
    assert await _added(site, SoftPasskey(), "  Mon   téléphone ") is None
    assert await _names(site) == ["Mon téléphone"]
    assert await kinds_told(site) == [NoticeKind.PASSKEY_ADDED]


async def test_second_device_has_a_passkey_of_its_own(site: PatientSite, device: SoftPasskey) -> None:
    other = SoftPasskey()
    site.at.clock.advance(timedelta(minutes=1))
    assert await _added(site, other, "") is None
    assert await _names(site) == ["Téléphone", "Clé d’accès"]
    for one in (device, other):
        answer = one.answered(site.services.passkeys.ask(VISIT, ORIGIN))
        signed_in = await site.services.passkeys.sign_in(answer, VISIT, ORIGIN, SOURCE, "", "")
        assert not isinstance(signed_in, SignInFault)


async def test_device_is_told_which_passkeys_there_are_and_for_whom(site: PatientSite, device: SoftPasskey) -> None:
    options = json.loads(await own(site).ask_new(camille(site), SESSION, ORIGIN))
    assert len(options["excludeCredentials"]) == 1
    assert options["authenticatorSelection"]["residentKey"] == "required"
    assert options["user"]["name"] == IDENTIFIER
    assert device.user.hex() not in (f"{site.camille.vault:x}",)


@pytest.mark.parametrize("spoil", [{"origin": "https://evil.example"}, {"site": "evil.example"}, {"verifies": False}])
async def test_new_passkey_of_elsewhere_is_refused(site: PatientSite, spoil: dict[str, object]) -> None:
    made = replace(SoftPasskey(), **spoil)  # type: ignore[arg-type]
    assert await _added(site, made) is PasskeyFault.NOT_RIGHT
    assert await _names(site) == []


async def _answered_with(site: PatientSite, change: Callable[[str], str]) -> PasskeyFault | None:
    options = await own(site).ask_new(camille(site), SESSION, ORIGIN)
    return await own(site).add(camille(site), SoftPasskey().made(change(options)), SESSION, ORIGIN, "x")


async def test_challenge_of_another_session_or_purpose_makes_no_passkey(site: PatientSite) -> None:
    theirs = json.loads(await own(site).ask_new(camille(site), "another session", ORIGIN))["challenge"]
    asked = json.loads(site.services.passkeys.ask(SESSION, ORIGIN))["challenge"]
    proof = json.loads(own(site).ask_proof(SESSION, ORIGIN))["challenge"]
    for challenge in (theirs, asked, proof):
        changed = {"challenge": challenge}
        fault = await _answered_with(site, lambda options, c=changed: json.dumps(json.loads(options) | c))  # type: ignore[misc]
        assert fault is PasskeyFault.NOT_RIGHT


async def test_passkey_of_somebody_else_cannot_be_taken_over(site: PatientSite, device: SoftPasskey) -> None:
    louis, session = holder_of(site.louis, "web"), "session of louis"
    answer = device.made(await own(site).ask_new(louis, session, ORIGIN))
    assert await own(site).add(louis, answer, session, ORIGIN, "x") is PasskeyFault.NOT_RIGHT
    assert await own(site).mine(louis) == []


async def test_passkey_that_is_here_already_is_not_made_twice(site: PatientSite, device: SoftPasskey) -> None:
    assert await _added(site, device, "x") is PasskeyFault.NOT_RIGHT
    assert await _names(site) == ["Téléphone"]


async def test_passkeys_of_one_space_are_few(site: PatientSite) -> None:
    added = [await _added(site, SoftPasskey()) for _ in range(MOST + 1)]
    assert added == [None] * MOST + [PasskeyFault.NOT_RIGHT]


async def test_answer_that_was_sent_twice_makes_one_passkey(site: PatientSite) -> None:
    answer = SoftPasskey().made(await own(site).ask_new(camille(site), SESSION, ORIGIN))
    both = [await own(site).add(camille(site), answer, SESSION, ORIGIN, "x") for _ in range(2)]
    assert both == [None, PasskeyFault.NOT_RIGHT]


# ---------------------------------------------------------------- who one is, once more


@pytest.mark.parametrize(("age", "fault"), [(LASTS - timedelta(seconds=1), None), (LASTS, OLD)])
async def test_new_passkey_needs_a_proof_of_a_short_while_ago(
    site: PatientSite, age: timedelta, fault: PasskeyFault | None
) -> None:
    site.at.clock.advance(age)
    assert await _added(site, SoftPasskey()) is fault


async def test_password_shown_again_is_such_a_proof_for_that_session_alone(site: PatientSite) -> None:
    site.at.clock.advance(LATER)
    prove = site.services.own_sign_in.prove
    wrong = await prove(camille(site), "x", digest_of(SESSION), SOURCE)
    assert (wrong, await _added(site, SoftPasskey())) == (OwnSignInFault.WRONG_PASSWORD, OLD)
    assert await prove(camille(site), PASSWORD, digest_of("another session"), SOURCE) is None
    assert await _added(site, SoftPasskey()) is OLD
    assert await prove(camille(site), PASSWORD, digest_of(SESSION), SOURCE) is None
    assert await _added(site, SoftPasskey()) is None
    site.at.clock.advance(LATER)
    assert await _added(site, SoftPasskey()) is OLD


async def _proved(site: PatientSite, device: SoftPasskey, actor: Actor) -> PasskeyFault | None:
    answer = device.answered(own(site).ask_proof(SESSION, ORIGIN))
    return await own(site).prove(actor, answer, SESSION, ORIGIN, SOURCE)


async def test_passkey_shown_again_is_such_a_proof_once(site: PatientSite, device: SoftPasskey) -> None:
    site.at.clock.advance(LATER)
    answer = device.answered(own(site).ask_proof(SESSION, ORIGIN))
    prove = own(site).prove
    assert [await prove(camille(site), answer, SESSION, ORIGIN, SOURCE) for _ in range(2)] == [
        None, PasskeyFault.NOT_RIGHT,
    ]  # fmt: skip
    assert await _added(site, SoftPasskey()) is None


async def test_passkey_of_somebody_else_proves_nothing(site: PatientSite, device: SoftPasskey) -> None:
    assert await _proved(site, device, holder_of(site.louis, "web")) is PasskeyFault.NOT_RIGHT
    asked = site.services.passkeys.ask(SESSION, ORIGIN)
    assert await own(site).prove(camille(site), device.answered(asked), SESSION, ORIGIN, SOURCE) is not None


async def test_passkey_that_went_away_meanwhile_proves_nothing(
    site: PatientSite, device: SoftPasskey, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer, reference = device.answered(own(site).ask_proof(SESSION, ORIGIN)), await _reference(site)
    aside = site.at.store.aside

    async def and_removed(work: Callable[[], object]) -> object:
        found = await aside(work)
        assert await own(site).remove(camille(site), reference) is None
        return found

    monkeypatch.setattr(site.at.store, "aside", and_removed)
    assert await own(site).prove(camille(site), answer, SESSION, ORIGIN, SOURCE) is PasskeyFault.NOT_RIGHT


async def test_proof_by_passkey_takes_a_turn(ram: Path) -> None:
    busy = GuardSettings(free=0, source_pause=timedelta(hours=1), first_pause=timedelta(hours=1), patience=timedelta(0))
    async with patient_site(ram, guarded=replace(busy, busy_pause=timedelta(0))) as site:
        await a_session(site, site.camille, SESSION)
        answers = [await _proved(site, SoftPasskey(), camille(site)) for _ in range(2)]
        assert answers == [PasskeyFault.NOT_RIGHT, PasskeyFault.TOO_MANY_ATTEMPTS]


# ---------------------------------------------------------------- named, taken away


async def test_passkey_is_called_otherwise(site: PatientSite, device: SoftPasskey) -> None:
    for name, kept in (("  Vieux   téléphone ", "Vieux téléphone"), ("", "Vieux téléphone"), ("x" * 99, "x" * 60)):
        assert await own(site).rename(camille(site), await _reference(site), name) is None
        assert await _names(site) == [kept]
    assert len(await site.trace("passkey.renamed")) == 3
    assert device.counter == 0


async def test_passkey_of_somebody_else_is_like_none(site: PatientSite, device: SoftPasskey) -> None:
    for reference in (await _reference(site), "x", ""):
        assert await own(site).remove(holder_of(site.louis, "web"), reference) is PasskeyFault.NOT_THERE
        assert await own(site).rename(holder_of(site.louis, "web"), reference, "y") is PasskeyFault.NOT_THERE
    assert await _names(site) == ["Téléphone"]
    assert device.counter == 0


async def test_all_are_taken_away_at_once(site: PatientSite, device: SoftPasskey) -> None:
    await _added(site, SoftPasskey())
    assert await own(site).remove_all(camille(site)) is None
    assert await _names(site) == []
    assert len(await site.trace("passkey.removed")) == 2
    assert device.counter == 0


# ---------------------------------------------------------------- without a password


@pytest.fixture
async def alone(site: PatientSite, device: SoftPasskey) -> SoftPasskey:
    """Camille has one passkey, and no password."""
    await _without_password(site, site.camille, IDENTIFIER)
    return device


async def test_last_way_in_is_not_taken_away(site: PatientSite, alone: SoftPasskey) -> None:
    assert await own(site).remove(camille(site), await _reference(site)) is PasskeyFault.LAST_WAY_IN
    assert await own(site).remove_all(camille(site)) is PasskeyFault.LAST_WAY_IN
    await _added(site, SoftPasskey(), "Tablette")
    for one in (await own(site).mine(camille(site)))[:1]:
        assert await own(site).remove(camille(site), own(site).reference_of(one)) is None
    assert len(await _names(site)) == 1
    assert alone.counter == 0


async def test_no_password_opens_an_account_without_one(site: PatientSite, alone: SoftPasskey) -> None:
    for password in ("", PASSWORD):
        assert await site.patients.sign_in(IDENTIFIER, password, SOURCE) is SignInFault.WRONG_CREDENTIALS
    own_sign_in = site.services.own_sign_in
    for password in ("", PASSWORD):
        fault = await own_sign_in.prove(camille(site), password, digest_of(SESSION), SOURCE)
        assert fault is OwnSignInFault.WRONG_PASSWORD
    assert alone.counter == 0


async def test_first_password_needs_the_passkey_a_short_while_ago(site: PatientSite, alone: SoftPasskey) -> None:
    site.at.clock.advance(LATER)
    own_sign_in, session = site.services.own_sign_in, digest_of(SESSION)
    old = await own_sign_in.change_password(camille(site), "", NEW, session, SOURCE)
    assert old is OwnSignInFault.PROOF_TOO_OLD
    ways = await own_sign_in.ways(camille(site), session)
    assert (ways.identifier, ways.has_password, ways.is_proved) == (IDENTIFIER, False, False)
    assert await _proved(site, alone, camille(site)) is None
    assert await own_sign_in.change_password(camille(site), "", NEW, session, SOURCE) is None
    assert isinstance(await site.patients.sign_in(IDENTIFIER, NEW, SOURCE), CodeIssued)
    assert (await own_sign_in.ways(camille(site), session)).has_password
    assert await own(site).remove(camille(site), await _reference(site)) is None


async def test_identifier_is_changed_by_the_passkey(site: PatientSite, alone: SoftPasskey) -> None:
    own_sign_in, session = site.services.own_sign_in, digest_of(SESSION)
    assert await own_sign_in.change_identifier(camille(site), "", "louis", session, SOURCE) is IdentifierFault.TAKEN
    assert await own_sign_in.change_identifier(camille(site), "", "galet.brume", session, SOURCE) is None
    site.at.clock.advance(LATER)
    old = await own_sign_in.change_identifier(camille(site), "", "galet.vague", session, SOURCE)
    assert old is OwnSignInFault.PROOF_TOO_OLD
    assert (await own_sign_in.ways(camille(site), session)).identifier == "galet.brume"
    assert alone.counter == 0


async def test_new_password_leaves_passkeys(site: PatientSite, device: SoftPasskey) -> None:
    change = site.services.own_sign_in.change_password
    assert await change(camille(site), PASSWORD, NEW, digest_of(SESSION), SOURCE) is None
    assert await _names(site) == ["Téléphone"]
    assert device.counter == 0
