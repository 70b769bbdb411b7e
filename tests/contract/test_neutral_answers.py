"""Whoever is not identified gets the same answer for the same work, whether there is such a person or not.

Nothing here is timed, for a clock tells nothing on a busy machine: transactions, the rows they write and the password
hashes are counted. What is left to tell, less than a millisecond, is hidden by a step of time (`EvenAnswers`).
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from gateway.domain.account import Space
from gateway.domain.activation import ActivationFault, CodeOnItsWay
from gateway.domain.health_card import ShownCard, shown_card
from gateway.domain.notices import Channel
from gateway.domain.space import SpaceState
from gateway.domain.step_payloads import FindAgain
from gateway.services.sign_in import patient_sign_in
from gateway.services.sign_in.even_answers import EvenAnswers
from gateway.services.sign_in.password_hashes import is_right
from gateway.services.sign_in.patient_sign_in import SignInFault
from gateway.services.sign_in.recovery import Recovery
from gateway.services.sign_in.sign_in_guard import SignInGuard
from tests.builders.activation_site import PASSWORD, SOURCE, ActivationSite, activation_site, card_of
from tests.builders.store import an_ins

NAME = "galet.brume27"


@pytest.fixture
async def site(ram: Path) -> AsyncIterator[ActivationSite]:
    """Nobody is there yet."""
    async with activation_site(ram) as opened:
        yield opened


@dataclass
class Work:
    """What was done, in order: transactions, and checks of passwords."""

    done: list[str] = field(default_factory=list)


@contextmanager
def _noted(site: ActivationSite, monkeypatch: pytest.MonkeyPatch) -> Any:  # Any: an iterator of Work
    work = Work()

    def noting(name: str, call: Callable[..., Awaitable[object]]) -> Callable[..., Awaitable[object]]:
        async def noted(*given: object, **named: object) -> object:
            work.done.append(name)
            return await call(*given, **named)

        return noted

    def checked(password: str, secret: bytes) -> bool:
        work.done.append("hash")
        return is_right(password, secret)

    with monkeypatch.context() as patched:
        for name in ("read", "write", "aside"):
            patched.setattr(site.at.store, name, noting(name, getattr(site.at.store, name)))
        patched.setattr(patient_sign_in, "is_right", checked)
        yield work


def _nobody() -> ShownCard:
    card = shown_card(an_ins(987_654).value, "1980-01-15", "80299999999")
    assert isinstance(card, ShownCard)
    return card


async def _cards(site: ActivationSite) -> dict[str, ShownCard]:
    """Give cards of people who are there, and not quite, and not at all."""
    space = await site.person()
    unreachable = await site.person(email="", phone="")
    dead = await site.person(SpaceState.DECEASED)
    return {
        "right": card_of(space),
        "another date": card_of(space, born="1981-01-15"),
        "another card": card_of(space, serial="80288888888"),
        "no contact": card_of(unreachable),
        "dead": card_of(dead),
        "nobody": _nobody(),
    }


async def test_card_costs_the_same_whoever_is_there(site: ActivationSite, monkeypatch: pytest.MonkeyPatch) -> None:
    found = {}
    for name, card in (await _cards(site)).items():
        with _noted(site, monkeypatch) as work:
            assert isinstance(await site.activation.show_card(card, SOURCE), str)
        found[name] = tuple(work.done)
    assert found == dict.fromkeys(found, ("write",))


async def test_contacts_and_a_code_cost_the_same_whoever_is_there(
    site: ActivationSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = {}
    for name, card in (await _cards(site)).items():
        token = await site.shown(card)
        with _noted(site, monkeypatch) as work:
            await site.activation.contacts(token)
            assert isinstance(await site.activation.send_code(token, Channel.EMAIL, SOURCE), CodeOnItsWay)
            assert await site.activation.send_code(token, Channel.EMAIL, SOURCE) is ActivationFault.TOO_SOON
        found[name] = tuple(work.done)
    assert found == dict.fromkeys(found, ("read", "write"))


async def test_wrong_code_costs_the_same_whoever_is_there(
    site: ActivationSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = {}
    for name, card in (await _cards(site)).items():
        token = await site.shown(card)
        with _noted(site, monkeypatch) as work:
            assert await site.activation.identify(token, "ADEFHLMN", SOURCE) is ActivationFault.WRONG_CODE
        found[name] = tuple(work.done)
    assert found == dict.fromkeys(found, ("write",))


async def _signing_in(site: ActivationSite) -> tuple[Space, Space]:
    """Make somebody who signs in, and somebody who chose a password and never came to the end."""
    active = await site.activated(await site.person())
    begun = await site.person()
    await site.ready(begun, "brume.galet28")
    return active, begun


async def test_wrong_password_costs_the_same_whoever_is_there(
    site: ActivationSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    await _signing_in(site)
    found = {}
    for identifier, password in (
        (NAME, "a wrong password"), ("brume.galet28", PASSWORD), ("nobody.here99", "a wrong password"), ("", ""),
    ):  # fmt: skip
        with _noted(site, monkeypatch) as work:
            assert await site.patients.sign_in(identifier, password, SOURCE) is SignInFault.WRONG_CREDENTIALS
        found[identifier] = tuple(work.done)
    assert found == dict.fromkeys(found, ("read", "aside", "hash"))


async def test_what_was_forgotten_is_asked_for_at_the_same_cost_whoever_is_there(
    site: ActivationSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    active, begun = await _signing_in(site)
    guard: SignInGuard = site.patients._guard
    recovery = Recovery(site.at.store, site.at.clock, guard)
    found = {}
    for asked in (
        FindAgain(site="https://x.example", identifier=NAME),
        FindAgain(site="https://x.example", identifier="nobody.here99"),
        FindAgain(site="https://x.example", number=active.identity.ins.value, born="1980-01-15"),
        FindAgain(site="https://x.example", number=begun.identity.ins.value, born="1999-01-15"),
        FindAgain(site="https://x.example", number=an_ins(987_654).value, born="1980-01-15"),
    ):
        with _noted(site, monkeypatch) as work:
            assert await recovery.ask(asked, SOURCE)
        found[asked.identifier + asked.number + asked.born] = tuple(work.done)
    assert found == dict.fromkeys(found, ("write",))


async def test_answer_is_held_back_to_the_end_of_its_step() -> None:
    clock, step = asyncio.get_running_loop(), timedelta(milliseconds=30)
    begun = clock.time()
    assert await EvenAnswers(step).of(asyncio.sleep(0, "answer")) == "answer"
    assert clock.time() - begun >= step.total_seconds() * 0.99
