"""Two attempts to activate one space, and one that is given up: what each chooses is its own, and counts at its end."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from gateway.domain.account import Account, SecretKind, Space
from gateway.domain.activation import ActivationFault, ActivationStep, CodeOnItsWay, SpaceToActivate
from gateway.domain.mailbox import OPERATOR, VaultKind
from gateway.domain.notices import Channel
from gateway.domain.outbox import Step
from gateway.domain.patient_identifier import IdentifierFault
from gateway.domain.space import SpaceState
from gateway.domain.step_payloads import FindAgain
from gateway.services.sign_in.free_logins import is_free, release
from gateway.services.sign_in.patient_sign_in import CodeIssued, SignInFault
from gateway.services.sign_in.recovery import Recovery
from gateway.services.space.activation_attempts import CHOSEN, LIFETIME
from gateway.services.space.awaited_choices import MOST, attempt_over
from gateway.services.upkeep.tidying import tidy
from tests.builders.activation_site import PASSWORD, SOURCE, ActivationSite, activation_site
from tests.builders.soft_passkey import SoftPasskey
from tests.builders.store import move_space, terms_of_today

NAME, OTHER, ORIGIN = "galet.brume27", "rivage.clair", "https://pli.example"
ANOTHER = "Lanterne-Bocal-Prairie"
NEW = "neuf@courriel.example"


@pytest.fixture
async def site(ram: Path) -> AsyncIterator[ActivationSite]:
    """Nobody is there yet."""
    async with activation_site(ram) as opened:
        yield opened


async def _seen(site: ActivationSite, token: str) -> SpaceToActivate:
    found = await site.end.look(token)
    assert isinstance(found, SpaceToActivate)
    return found


async def _kind(site: ActivationSite, login: str) -> SecretKind | None:
    account = await site.at.store.read(lambda tx: tx.spaces.account(login))
    return account.kind if account else None


async def _with_new_contact(site: ActivationSite, token: str) -> None:
    assert await site.end.send_contact_code(token, Channel.EMAIL, NEW) == NEW
    assert await site.end.confirm_contact(token, Channel.EMAIL, NEW, await site.code()) is None


async def test_attempt_ends_only_with_what_was_chosen_in_it(site: ActivationSite) -> None:
    space = await site.person()
    await site.ready(space, OTHER)
    mine = await site.identified(space)
    assert (await _seen(site, mine)).next is ActivationStep.TERMS
    assert await site.end.accept_terms(mine, terms_of_today()) is None
    assert (await _seen(site, mine)).next is ActivationStep.IDENTIFIER
    assert await site.end.send_last_code(mine) is ActivationFault.NOT_NOW
    assert await site.end.finish(mine, "123456", SOURCE) is ActivationFault.NOT_NOW
    assert isinstance(await site.end.choose_identifier(mine, NAME, ANOTHER), CodeOnItsWay)
    done = await site.end.finish(mine, await site.code(), SOURCE)
    assert isinstance(done, Space)
    assert (done.identifier, done.awaited) == (NAME, ())
    assert isinstance(await site.patients.sign_in(NAME, ANOTHER, SOURCE), CodeIssued)
    assert await site.patients.sign_in(OTHER, PASSWORD, SOURCE) is SignInFault.WRONG_CREDENTIALS
    assert await _kind(site, OTHER) is None


async def test_each_attempt_has_a_last_code_that_the_other_neither_replaces_nor_uses_up(site: ActivationSite) -> None:
    space = await site.person()
    mine, code = await site.ready(space, NAME)
    theirs, other_code = await site.ready(space, OTHER)
    wrong = f"{(int(other_code) + 1) % 1_000_000:06}"
    answers = [await site.end.finish(theirs, wrong, SOURCE) for _ in range(5)]
    assert answers[-1] is ActivationFault.CODE_OVER
    done = await site.end.finish(mine, code, SOURCE)
    assert isinstance(done, Space)
    assert done.identifier == NAME
    assert await site.end.finish(theirs, other_code, SOURCE) is ActivationFault.OVER


async def test_both_may_choose_the_same_name_and_the_password_is_of_who_ends(site: ActivationSite) -> None:
    space = await site.person()
    mine = await site.identified(space)
    await site.end.accept_terms(mine, terms_of_today())
    await site.ready(space, NAME)
    assert isinstance(await site.end.choose_identifier(mine, NAME, ANOTHER), CodeOnItsWay)
    assert isinstance(await site.end.finish(mine, await site.code(), SOURCE), Space)
    assert isinstance(await site.patients.sign_in(NAME, ANOTHER, SOURCE), CodeIssued)
    assert await site.patients.sign_in(NAME, PASSWORD, SOURCE) is SignInFault.WRONG_CREDENTIALS


async def test_choice_in_one_attempt_leaves_the_passkey_of_another(site: ActivationSite) -> None:
    space, device = await site.person(), SoftPasskey()
    mine = await site.identified(space)
    await site.end.accept_terms(mine, terms_of_today())
    asked = await site.end_by_passkey.ask(mine, NAME, ORIGIN)
    assert isinstance(asked, str)
    assert isinstance(
        await site.end_by_passkey.choose(mine, NAME, device.made(asked), ORIGIN, "Téléphone"), CodeOnItsWay
    )
    code = await site.code()
    await site.ready(space, OTHER)
    assert isinstance(await site.end.finish(mine, code, SOURCE), Space)
    (kept,) = await site.at.store.read(lambda tx: tx.passkeys.of(space.vault))
    assert kept.waits == b""


async def test_contact_of_a_stranger_is_of_their_attempt_only(site: ActivationSite) -> None:
    space = await site.person()
    theirs = await site.identified(space)
    await _with_new_contact(site, theirs)
    assert (await _seen(site, theirs)).email == NEW
    mine = await site.identified(space)
    assert (await _seen(site, mine)).email == space.email
    await site.end.accept_terms(mine, terms_of_today())
    assert await site.end.choose_identifier(mine, NAME, PASSWORD) == CodeOnItsWay("h•••@•••")
    (told,) = await site.told()
    assert told.to == space.email
    done = await site.end.finish(mine, told.values["code"], SOURCE)
    assert isinstance(done, Space)
    assert (done.email, done.phone) == (space.email, space.phone)


async def test_who_gives_up_finds_the_closed_space_as_it_was(site: ActivationSite) -> None:
    space = await site.activated(await site.person(), NAME)
    closed = await _closed(site, space)
    await site.told()
    token, _ = await site.ready(closed, OTHER)
    await _with_new_contact(site, token)
    for password, opens in ((PASSWORD, True), (ANOTHER, False)):
        found = await site.patients.sign_in(NAME, password, SOURCE)
        assert isinstance(found, CodeIssued) == opens
    assert await site.patients.sign_in(OTHER, PASSWORD, SOURCE) is SignInFault.WRONG_CREDENTIALS
    site.at.clock.advance(LIFETIME)
    await tidy(site.at.store, site.at.clock, attempt_over)
    assert await site.space(space) == closed
    assert await _kind(site, OTHER) is None
    assert isinstance(await site.patients.sign_in(NAME, PASSWORD, SOURCE), CodeIssued)


@pytest.mark.parametrize("name", [NAME, OTHER])
async def test_who_comes_back_and_ends_has_the_new_password_only(site: ActivationSite, name: str) -> None:
    space = await site.activated(await site.person(), NAME)
    closed = await _closed(site, space)
    await site.told()
    token = await site.identified(closed)
    assert isinstance(await site.end.choose_identifier(token, name, ANOTHER), CodeOnItsWay)
    assert isinstance(await site.end.finish(token, await site.code(), SOURCE), Space)
    assert await site.patients.sign_in(NAME, PASSWORD, SOURCE) is SignInFault.WRONG_CREDENTIALS
    assert isinstance(await site.patients.sign_in(name, ANOTHER, SOURCE), CodeIssued)


async def _closed(site: ActivationSite, space: Space) -> Space:
    await site.at.store.write(lambda tx: move_space(tx, space.vault, SpaceState.CLOSED))
    return await site.space(space)


# ---------------------------------------------------------------- reserved identifiers


async def test_identifier_that_waits_is_refused_to_others_until_its_attempt_is_over(site: ActivationSite) -> None:
    first, second = await site.person(), await site.person(given="Louise")
    await site.ready(first, NAME)
    token = await site.identified(second)
    assert await site.end.accept_terms(token, terms_of_today()) is None
    assert await site.end.choose_identifier(token, NAME, ANOTHER) is IdentifierFault.TAKEN
    assert NAME not in await site.end.proposed_identifiers(token)
    # Everything else that was chosen stays.
    assert (await _seen(site, token)).next is ActivationStep.IDENTIFIER
    site.at.clock.advance(LIFETIME)
    await site.activated(second, NAME)
    assert isinstance(await site.activated(first, OTHER), Space)


async def test_identifier_is_given_back_when_another_is_chosen_in_its_place(site: ActivationSite) -> None:
    token, _ = await site.ready(await site.person(), NAME)
    assert await _kind(site, NAME) is SecretKind.AWAITED
    assert isinstance(await site.end.choose_identifier(token, OTHER, PASSWORD), CodeOnItsWay)
    assert await _kind(site, NAME) is None
    await site.told()
    await site.activated(await site.person(given="Louise"), NAME)


async def test_identifier_that_waits_opens_nothing_and_is_not_found_again(site: ActivationSite) -> None:
    space = await site.person()
    await site.ready(space, NAME)
    assert await site.patients.sign_in(NAME, PASSWORD, SOURCE) is SignInFault.WRONG_CREDENTIALS
    assert await site.patients.sign_in(NAME, "", SOURCE) is SignInFault.WRONG_CREDENTIALS
    assert (await site.space(space)).identifier == ""
    recovery = Recovery(site.at.store, site.at.clock, site.guard)
    asked = FindAgain(site="https://pli.example", identifier=NAME)
    await site.told()
    await recovery.find(Step(vault=OPERATOR, id=1, payload=asked, due=site.at.clock.now()))
    assert await site.told() == []


async def test_identifier_whose_space_cannot_be_read_is_not_given_away(site: ActivationSite) -> None:
    space, now = await site.person(), site.at.clock.now()
    vault = await site.at.store.new_vault()
    await site.at.store.write(lambda tx: tx.spaces.create_vault(vault, VaultKind.PER, None, ""))
    kept = Account(NAME, vault, SecretKind.AWAITED, b"")
    await site.at.store.write(lambda tx: tx.spaces.save_account(kept))
    assert not await site.at.store.read(lambda tx: is_free(tx, NAME, space.vault, now))
    await site.at.store.write(lambda tx: attempt_over(tx, OPERATOR, CHOSEN, now))
    await site.at.store.write(lambda tx: release(tx, NAME, vault))
    assert await site.at.store.read(lambda tx: is_free(tx, NAME, space.vault, now))


async def test_refusal_forgets_what_every_attempt_has_chosen(site: ActivationSite) -> None:
    space = await site.person()
    await site.ready(space, NAME)
    token, _ = await site.ready(space, OTHER)
    assert await site.opposition.oppose(token, SOURCE) is None
    assert (await site.space(space)).awaited == ()
    assert [await _kind(site, login) for login in (NAME, OTHER)] == [None, None]


async def test_more_attempts_than_are_kept_put_out_the_earliest(site: ActivationSite) -> None:
    space = await site.person()
    first = await site.identified(space)
    assert await site.end.accept_terms(first, terms_of_today()) is None
    for _ in range(MOST):
        site.at.clock.advance(timedelta(seconds=1))
        last = await site.identified(space)
        assert await site.end.accept_terms(last, terms_of_today()) is None
    assert len((await site.space(space)).awaited) == MOST
    assert (await _seen(site, first)).next is ActivationStep.TERMS
    assert (await _seen(site, last)).next is ActivationStep.IDENTIFIER
