"""A passkey in place of a password at activation: bound to the attempt, and nothing opens before the last code."""

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from gateway.domain.account import SecretKind, Space
from gateway.domain.activation import ActivationFault, ActivationStep, CodeOnItsWay, SpaceToActivate
from gateway.domain.notices import NoticeKind
from gateway.domain.patient_identifier import IdentifierFault
from gateway.domain.space import SpaceState
from gateway.services.sign_in.new_passkeys import NewPasskeys
from gateway.services.sign_in.passkey_check import PasskeyQuestion
from gateway.services.sign_in.patient_sign_in import PatientSignedIn, SignInFault
from tests.builders.activation_site import PASSWORD, SOURCE, ActivationSite, activation_site
from tests.builders.soft_passkey import SoftPasskey
from tests.builders.store import terms_of_today

NAME, ORIGIN = "galet.brume27", "https://pli.example"


@pytest.fixture
async def site(ram: Path) -> AsyncIterator[ActivationSite]:
    """Nobody is there yet."""
    async with activation_site(ram) as opened:
        yield opened


async def _known(site: ActivationSite, space: Space) -> str:
    """Go up to the choice of the identifier."""
    token = await site.identified(space)
    assert await site.end.accept_terms(token, terms_of_today()) is None
    return token


async def _chosen(site: ActivationSite, token: str, device: SoftPasskey, name: str = NAME) -> object:
    asked = await site.end_by_passkey.ask(token, name, ORIGIN)
    assert isinstance(asked, str)
    return await site.end_by_passkey.choose(token, name, device.made(asked), ORIGIN, "Téléphone")


async def _opens(site: ActivationSite, device: SoftPasskey) -> bool:
    answer = device.answered(site.passkeys.ask("visit", ORIGIN))
    found = await site.passkeys.sign_in(answer, "visit", ORIGIN, SOURCE, "", "")
    return isinstance(found, PatientSignedIn)


@pytest.mark.parametrize("state", [SpaceState.NOTIFIED, SpaceState.CLOSED])
async def test_passkey_opens_the_space_after_the_last_code_and_not_before(
    site: ActivationSite, state: SpaceState
) -> None:
    space, device = await site.person(state), SoftPasskey()
    token = await _known(site, space)
    assert isinstance(await _chosen(site, token, device), CodeOnItsWay)
    assert not await _opens(site, device)
    done = await site.end.finish(token, await site.code(), SOURCE)
    assert isinstance(done, Space)
    assert (done.state, done.identifier) == (SpaceState.ACTIVE, NAME)
    assert await _opens(site, device)
    account = await site.at.store.read(lambda tx: tx.spaces.account(NAME))
    assert account is not None
    assert (account.kind, account.secret) == (SecretKind.NONE, b"")
    assert await site.patients.sign_in(NAME, "", SOURCE) is SignInFault.WRONG_CREDENTIALS
    (kept,) = await site.at.store.read(lambda tx: tx.passkeys.of(space.vault))
    assert (kept.name, kept.waits) == ("Téléphone", b"")
    events = await site.at.store.read(lambda tx: tx.audit.events(space.vault))
    assert [event.action for event in events if event.action == "passkey.added"] == ["passkey.added"]
    assert [told.kind for told in await site.told()] == [NoticeKind.ACTIVATED]


@pytest.mark.parametrize(
    ("typed", "fault"),
    [("x", IdentifierFault.FORM), ("Pris.Avant", IdentifierFault.TAKEN)],
)
async def test_identifier_is_judged_before_the_device_is_asked(
    site: ActivationSite, typed: str, fault: IdentifierFault
) -> None:
    await site.activated(await site.person(given="Louis"), "pris.avant")
    token = await _known(site, await site.person())
    assert await site.end_by_passkey.ask(token, typed, ORIGIN) is fault
    asked = await site.end_by_passkey.ask(token, NAME, ORIGIN)
    assert isinstance(asked, str)
    assert await site.end_by_passkey.choose(token, typed, SoftPasskey().made(asked), ORIGIN, "") is fault


async def test_steps_before_are_not_left_out(site: ActivationSite) -> None:
    space = await site.person(email="", phone="")
    token = await site.identified(space)
    assert await site.end_by_passkey.ask(token, NAME, ORIGIN) is ActivationFault.TERMS
    assert await site.end.accept_terms(token, terms_of_today()) is None
    assert await site.end_by_passkey.choose(token, NAME, "{}", ORIGIN, "") is ActivationFault.NO_CONTACT
    assert await site.end_by_passkey.ask("x", NAME, ORIGIN) is ActivationFault.OVER


@pytest.mark.parametrize("spoil", [{"origin": "https://evil.example"}, {"site": "evil.example"}, {"verifies": False}])
async def test_passkey_of_elsewhere_is_refused(site: ActivationSite, spoil: dict[str, object]) -> None:
    token = await _known(site, await site.person())
    assert await _chosen(site, token, SoftPasskey(**spoil)) is ActivationFault.PASSKEY  # type: ignore[arg-type]
    assert await site.end.finish(token, "123456", SOURCE) is ActivationFault.NOT_NOW


async def test_challenge_is_of_this_attempt_and_purpose_and_good_once(site: ActivationSite) -> None:
    space = await site.person()
    token, other = await _known(site, space), await _known(site, await site.person())
    asked = await site.end_by_passkey.ask(token, NAME, ORIGIN)
    theirs = await site.end_by_passkey.ask(other, NAME, ORIGIN)
    own = NewPasskeys(site.at.store, site.at.clock).ask(PasskeyQuestion(token, "create", ORIGIN), space.vault, NAME)
    assert isinstance(asked, str)
    assert isinstance(theirs, str)
    for options in (theirs, own, site.passkeys.ask(token, ORIGIN)):
        changed = json.dumps(json.loads(asked) | {"challenge": json.loads(options)["challenge"]})
        answer = SoftPasskey().made(changed)
        assert await site.end_by_passkey.choose(token, NAME, answer, ORIGIN, "") is ActivationFault.PASSKEY
    answer = SoftPasskey().made(asked)
    assert isinstance(await site.end_by_passkey.choose(token, NAME, answer, ORIGIN, ""), CodeOnItsWay)
    assert await site.end_by_passkey.choose(token, NAME, answer, ORIGIN, "") is ActivationFault.PASSKEY


async def test_passkey_that_opens_another_space_is_refused(site: ActivationSite) -> None:
    device, space = SoftPasskey(), await site.person(given="Louis")
    token = await _known(site, space)
    await _chosen(site, token, device, "louis.galet")
    assert isinstance(await site.end.finish(token, await site.code(), SOURCE), Space)
    mine = await _known(site, await site.person())
    assert await _chosen(site, mine, device) is ActivationFault.PASSKEY


async def test_passkey_of_another_window_opens_nothing_once_this_one_has_ended(site: ActivationSite) -> None:
    space, stranger = await site.person(), SoftPasskey()
    theirs, mine = await _known(site, space), await _known(site, space)
    await _chosen(site, theirs, stranger)
    await site.told()
    # Whoever did not make it goes back to the choice, and is sent no code for it.
    found = await site.end.look(mine)
    assert isinstance(found, SpaceToActivate)
    assert found.next is ActivationStep.IDENTIFIER
    assert await site.end.send_last_code(mine) is ActivationFault.NOT_NOW
    assert isinstance(await site.end.choose_identifier(mine, NAME, PASSWORD), CodeOnItsWay)
    assert isinstance(await site.end.finish(mine, await site.code(), SOURCE), Space)
    assert not await _opens(site, stranger)
    assert await site.at.store.read(lambda tx: tx.passkeys.of(space.vault)) == []


async def test_last_passkey_that_was_chosen_is_the_one(site: ActivationSite) -> None:
    first, last, space = SoftPasskey(), SoftPasskey(), await site.person()
    token = await _known(site, space)
    for device in (first, last):
        await site.told()
        assert isinstance(await _chosen(site, token, device), CodeOnItsWay)
    assert isinstance(await site.end.finish(token, await site.code(), SOURCE), Space)
    assert [await _opens(site, device) for device in (first, last)] == [False, True]


async def test_whoever_activates_again_chooses_anew_what_opens_the_space(site: ActivationSite) -> None:
    lost, space = SoftPasskey(), await site.person(SpaceState.CLOSED)
    new = NewPasskeys(site.at.store, site.at.clock)
    question, now = PasskeyQuestion("session", "create", ORIGIN), site.at.clock.now()
    made = await new.check(lost.made(new.ask(question, space.vault, NAME)), question)
    assert made is not None
    assert await site.at.store.write(lambda tx: new.keep(tx, space.vault, made, "Volé", now))
    await site.activated(space)
    assert not await _opens(site, lost)
