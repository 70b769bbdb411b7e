"""A process that dies at any write of an activation or an opposition: whoever was in it begins again, and ends well.

A transaction is whole or absent on the disk, so a kill falls before a commit or after it, before anybody hears of it.
"""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import TypeVar

import pytest

from gateway.domain.account import Space
from gateway.domain.activation import ActivationFault, CodeOnItsWay, Identified
from gateway.domain.mailbox import VaultId
from gateway.domain.notices import Channel
from gateway.domain.space import SpaceState, receives_mail
from gateway.ports.store import Priority, Tx
from gateway.services.sign_in.patient_sign_in import CodeIssued, SignInFault
from gateway.services.space.activation_codes import PURPOSE
from tests.builders.activation_site import PASSWORD, SOURCE, ActivationSite, activation_site, card_of
from tests.builders.store import terms_of_today

T = TypeVar("T")
NAME = "galet.brume27"
WRITES = 7
"""Of an activation: card, code, terms, code to a new contact, that contact, identifier, end."""


class Killed(BaseException):
    """The process is no more."""


class Window:
    """What somebody holds who activates: the code of a letter, and what the pages have given."""

    def __init__(self, site: ActivationSite, space: Space, letter: str) -> None:
        self.site = site
        self.space = space
        self.letter = letter
        self.token = ""
        self.digits: list[str] = []

    async def identified(self) -> Identified | ActivationFault:
        """Show the card, and type the code of the letter."""
        found = await self.site.activation.identify(
            await self.site.shown(card_of(self.space)), self.letter, SOURCE
        )
        self.token = found.token if isinstance(found, Identified) else ""
        return found

    async def activate(self) -> Space | ActivationFault:
        """Go from the card to the end."""
        found = await self.identified()
        if isinstance(found, ActivationFault):
            return found
        end = self.site.end
        assert await end.accept_terms(self.token, terms_of_today()) is None
        contact = await end.send_contact_code(self.token, Channel.SMS, "06 11 22 33 44")
        assert contact == "+33611223344"
        self.digits.append(await self.site.code())
        assert await end.confirm_contact(self.token, Channel.SMS, contact, self.digits[-1]) is None
        await self.site.told()
        assert isinstance(await end.choose_identifier(self.token, NAME, PASSWORD), CodeOnItsWay)
        self.digits.append(await self.site.code())
        return await end.finish(self.token, self.digits[-1], SOURCE)


def _killed_at(site: ActivationSite, number: int, *, after: bool) -> None:
    """Let the services' write of this number, from 1, be the last; what the test itself writes is not counted."""
    write, count = site.at.store.write, 0

    async def counted(
        fn: Callable[[Tx], T], *, priority: Priority = Priority.MAIL, waits_for_disk: bool = True
    ) -> T:
        nonlocal count
        is_of_a_service = "activation_site" not in fn.__module__
        count += is_of_a_service
        if is_of_a_service and count == number and not after:
            raise Killed
        done = await write(fn, priority=priority, waits_for_disk=waits_for_disk)
        if is_of_a_service and count == number:
            raise Killed
        return done

    site.at.store.write = counted  # type: ignore[method-assign] # of this store alone


async def _cut_off(folder: Path, number: int, *, after: bool, opposes: bool = False) -> tuple[Window, bool]:
    """Begin an activation that dies at a write; give what its holder is left with, and whether it was reached."""
    async with activation_site(folder) as site:
        space = await site.person()
        window = Window(site, space, await site.letter(space))
        _killed_at(site, number, after=after)
        try:
            if opposes:
                await window.identified()
                await site.opposition.oppose(window.token, SOURCE)
            else:
                await window.activate()
        except Killed:
            return window, True
        return window, False


async def _only_space(site: ActivationSite) -> Space:
    (vault,) = await site.at.store.read(lambda tx: tx.spaces.listed(VaultId(0), 9))
    return await site.at.store.read(lambda tx: tx.spaces.space(vault))


async def _has_code(site: ActivationSite, space: Space) -> bool:
    return await site.at.store.read(lambda tx: tx.spaces.code(space.vault, PURPOSE)) is not None


@pytest.mark.parametrize("after", [False, True], ids=["before the commit", "after it"])
@pytest.mark.parametrize("number", range(1, WRITES + 1))
async def test_activation_that_dies_at_a_write_is_begun_again_and_ends_with_one_active_space(
    ram: Path, number: int, after: bool
) -> None:
    cut, was_reached = await _cut_off(ram, number, after=after)
    assert was_reached
    async with activation_site(ram) as site:
        space = await _only_space(site)
        is_done = space.state is SpaceState.ACTIVE
        assert is_done == (after and number == WRITES)
        # Whole or not at all: the address takes mail, the account opens and the letter is used up together.
        assert receives_mail(space.state) == is_done
        assert await _has_code(site, space) != is_done
        opened = await site.patients.sign_in(NAME, PASSWORD, SOURCE)
        assert (opened is not SignInFault.WRONG_CREDENTIALS) == is_done
        # The page that was open finds a clear answer, and what was typed there opens nothing a second time.
        if is_done:
            assert await site.end.finish(cut.token, cut.digits[-1], SOURCE) is ActivationFault.OVER
            assert isinstance(await Window(site, space, cut.letter).activate(), ActivationFault)
            return
        await site.told()
        site.at.clock.advance(timedelta(minutes=1))  # two codes come no sooner one after the other
        again = Window(site, space, cut.letter)
        done = await again.activate()
        assert isinstance(done, Space)
        assert await _only_space(site) == done
        assert (done.state, done.identifier, done.phone) == (SpaceState.ACTIVE, NAME, "+33611223344")
        assert isinstance(await Window(site, space, cut.letter).activate(), ActivationFault)
        for token, digits in ((cut.token, cut.digits), (again.token, again.digits)):
            assert await site.end.finish(token, digits[-1] if digits else "123456", SOURCE) is ActivationFault.OVER
        assert isinstance(await site.patients.sign_in(NAME, PASSWORD, SOURCE), CodeIssued)


async def test_activation_has_no_more_writes_than_are_cut_off(ram: Path) -> None:
    assert not (await _cut_off(ram, WRITES + 1, after=False))[1]


@pytest.mark.parametrize("after", [False, True], ids=["before the commit", "after it"])
async def test_code_that_was_asked_for_when_the_process_died_can_be_asked_for_again(ram: Path, after: bool) -> None:
    async with activation_site(ram) as site:
        space = await site.person()
        token = await site.shown(card_of(space))
        _killed_at(site, 1, after=after)
        with pytest.raises(Killed):
            await site.activation.send_code(token, Channel.EMAIL, SOURCE)
    async with activation_site(ram) as site:
        earlier = [told.values["code"] for told in await site.told()]
        assert len(earlier) == after
        code = await site.asked(await site.shown(card_of(space)))
        for typed in earlier:
            found = await site.activation.identify(await site.shown(card_of(space)), typed, SOURCE)
            assert found is ActivationFault.WRONG_CODE
        assert isinstance(await site.activation.identify(await site.shown(card_of(space)), code, SOURCE), Identified)


@pytest.mark.parametrize("after", [False, True], ids=["before the commit", "after it"])
async def test_opposition_that_dies_is_there_whole_or_can_be_said_again(ram: Path, after: bool) -> None:
    cut, was_reached = await _cut_off(ram, 3, after=after, opposes=True)
    assert was_reached
    async with activation_site(ram) as site:
        space = await _only_space(site)
        assert space.state is (SpaceState.OPPOSED if after else SpaceState.NOTIFIED)
        assert not receives_mail(space.state)
        assert await _has_code(site, space) != after
        assert isinstance(await site.opposition.proof(cut.token), bytes) == after
        if not after:
            assert await site.opposition.oppose(cut.token, SOURCE) is None
            assert isinstance(await site.opposition.proof(cut.token), bytes)
        assert (await _only_space(site)).state is SpaceState.OPPOSED
