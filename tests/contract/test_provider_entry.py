"""Who signs in at the provider is found when one space agrees; else number and card are asked for (E28)."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest
from aiohttp import web

from certs import contexts
from certs.contexts import KeyPair
from gateway.domain.account import Space
from gateway.domain.activation import ActivationFault, Identified, MaskedContacts
from gateway.domain.identity import BirthDate, Traits
from gateway.domain.openid import ProviderReturn
from gateway.domain.space import SpaceState
from gateway.openid.provider import OpenidProvider, ProviderSettings
from gateway.services.counting.counters import CountersInMemory
from gateway.services.sign_in.sign_in_guard import GuardSettings, SignInGuard
from gateway.services.sign_in.sign_in_trace import SignInTrace
from gateway.services.space.provider_entry import (
    LIFETIME,
    ProviderArrival,
    ProviderDeparture,
    ProviderEntry,
    ProviderOutcome,
)
from tests.builders.activation_site import SOURCE, ActivationSite, activation_site, card_of
from tests.builders.openid_issuer import CLIENT, SECRET, Issuer, RsaKey, serving_issuer
from tests.builders.smtp_tls import TestAuthority
from tests.builders.store import StoreAt, a_space

BACK, AFTER = "https://pli.example/retour", "https://pli.example/suite"
KEY = RsaKey()
GIVEN = ("JEANNE", "MARIE")


@dataclass
class Door:
    """The services of activation, and a provider that its door leads to."""

    site: ActivationSite
    issuer: Issuer
    entry: ProviderEntry

    async def person(self, state: SpaceState = SpaceState.NOTIFIED) -> Space:
        """Make the space of whoever signs in at the provider."""
        made = await self.site.person(state, birth_place="35238")
        traits = replace(made.identity.traits, given_names=GIVEN)
        return await self.changed(made, traits)

    async def changed(self, space: Space, traits: Traits) -> Space:
        """Give somebody other traits."""
        now = replace(space, identity=replace(space.identity, traits=traits))
        await self.site.at.store.write(lambda tx: tx.spaces.save(now))
        return now

    async def leave(self) -> ProviderDeparture:
        """Send a browser there."""
        left = await self.entry.leave(BACK)
        assert left is not None
        return left

    async def back(self, kept: str, brought: ProviderReturn) -> ProviderArrival:
        """Take a browser back."""
        return await self.entry.come_back(kept, brought, SOURCE, return_to=BACK, after_logout=AFTER)

    async def arrival(self) -> ProviderArrival:
        """Go there, sign in, and come back."""
        left = await self.leave()
        return await self.back(left.kept, self.issuer.signing_in(left.place))

    async def outcome(self) -> ProviderOutcome:
        """Say what comes of that."""
        return (await self.arrival()).outcome


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> TestAuthority:
    """Give the authority that the provider's certificate is of."""
    return TestAuthority(tmp_path_factory.mktemp("authority"))


@pytest.fixture
async def door(ram: Path, authority: TestAuthority) -> AsyncIterator[Door]:
    """Nobody is there yet."""
    served = contexts.web(KeyPair(authority.server.path, authority.server.path))
    async with activation_site(ram) as site, serving_issuer(served, site.at.clock.now(), KEY) as issuer:
        yield Door(site, issuer, _entry(site.at, issuer, authority))


def _entry(at: StoreAt, issuer: Issuer, authority: TestAuthority) -> ProviderEntry:
    """Bind the services, as one process does."""
    settings = ProviderSettings(
        issuer=issuer.origin, client_id=CLIENT, client_secret=SECRET, name="FranceConnect", scopes=("openid",),
        levels=(), seconds=5,
    )  # fmt: skip
    context, clock, store = authority.client(), at.clock, at.store
    guard = SignInGuard(GuardSettings(free=1_000), CountersInMemory(), clock)
    provider = OpenidProvider(settings, lambda: context, clock)
    return ProviderEntry(store, clock, SignInTrace(store, clock), guard, provider)


@pytest.mark.parametrize("state", ["created", "notified", "open", "active", "opposed", "closed"])
async def test_one_space_that_agrees_is_found_and_goes_on_by_the_code(door: Door, state: str) -> None:
    space = await door.person(SpaceState(state))
    arrival = await door.arrival()
    assert arrival.outcome is ProviderOutcome.FOUND
    activation = door.site.activation
    assert isinstance(await activation.contacts(arrival.token), MaskedContacts)
    found = await activation.identify(arrival.token, await door.site.letter(space), SOURCE)
    assert isinstance(found, Identified)
    assert [person.name for person in found.persons] == ["Jeanne Dupont-Essai"]


async def test_code_that_is_asked_for_goes_to_the_contact_of_that_space(door: Door) -> None:
    await door.person()
    token = (await door.arrival()).token
    assert isinstance(await door.site.activation.identify(token, await door.site.asked(token), SOURCE), Identified)


async def test_without_the_code_nobody_is_let_in(door: Door) -> None:
    await door.person()
    token = (await door.arrival()).token
    assert await door.site.activation.identify(token, "AAAAAAAA", SOURCE) is ActivationFault.WRONG_CODE
    assert await door.site.end.look(token) is ActivationFault.OVER


@pytest.mark.parametrize(
    "said",
    [
        {"birthplace": "35239"}, {"birthplace": ""}, {"birthplace": None}, {"birthcountry": "99109"},
        {"given_name": "Jeanne"}, {"given_name": ""}, {"family_name": "DUPONT"}, {"gender": "male"},
        {"gender": None}, {"birthdate": "1980-01-16"}, {"birthdate": None}, {"birthdate": 1980},
    ],
)  # fmt: skip
async def test_claim_that_differs_or_is_missing_asks_for_number_and_card(door: Door, said: dict[str, object]) -> None:
    await door.person()
    door.issuer.person |= said
    nobody = await door.arrival()
    assert (nobody.outcome, nobody.token) == (ProviderOutcome.CARD, "")


async def test_two_spaces_that_agree_are_answered_as_none(door: Door) -> None:
    none = await door.outcome()
    await door.person()
    await door.person()
    assert await door.outcome() is none is ProviderOutcome.CARD


async def test_twin_of_another_given_name_is_another_person(door: Door) -> None:
    space = await door.person()
    other = await door.person()
    await door.changed(other, replace(other.identity.traits, given_names=("LÉA",)))
    token = (await door.arrival()).token
    assert isinstance(await door.site.activation.identify(token, await door.site.letter(space), SOURCE), Identified)


@pytest.mark.parametrize("state", [SpaceState.DECEASED, SpaceState.SUSPENDED])
async def test_space_that_is_stopped_is_like_none(door: Door, state: SpaceState) -> None:
    await door.person(state)
    assert await door.outcome() is ProviderOutcome.CARD


async def test_traits_that_are_corrected_are_those_that_find(door: Door) -> None:
    space = await door.person()
    traits = replace(space.identity.traits, birth_name="MARTIN", birth_date=BirthDate(1980, 1, 0))
    await door.changed(space, traits)
    assert await door.outcome() is ProviderOutcome.CARD
    door.issuer.person |= {"family_name": "Martin"}
    assert await door.outcome() is ProviderOutcome.FOUND


async def test_space_that_was_erased_is_found_no_more(door: Door) -> None:
    space = await door.person()
    await door.site.at.store.destroy_vault(space.vault)
    assert await door.outcome() is ProviderOutcome.CARD


async def test_return_counts_once_and_in_the_browser_that_left(door: Door) -> None:
    await door.person()
    left, other = await door.leave(), await door.leave()
    brought = door.issuer.signing_in(left.place)
    assert (await door.back(other.kept, brought)).outcome is ProviderOutcome.OVER
    assert (await door.back("", brought)).outcome is ProviderOutcome.OVER
    assert "token" not in door.issuer.asked
    assert (await door.back(left.kept, brought)).outcome is ProviderOutcome.FOUND
    assert (await door.back(left.kept, brought)).outcome is ProviderOutcome.OVER
    assert door.issuer.asked.count("token") == 1


async def test_return_at_the_same_instant_counts_once(door: Door) -> None:
    await door.person()
    left = await door.leave()
    brought = door.issuer.signing_in(left.place)
    arrivals = await asyncio.gather(*(door.back(left.kept, brought) for _ in range(4)))
    outcomes = [arrival.outcome for arrival in arrivals]
    assert sorted(outcome.value for outcome in outcomes) == ["found", "over", "over", "over"]


async def test_return_after_its_time_is_over(door: Door) -> None:
    left = await door.leave()
    brought = door.issuer.signing_in(left.place)
    door.site.at.clock.advance(LIFETIME)
    assert (await door.back(left.kept, brought)).outcome is ProviderOutcome.OVER


@pytest.mark.parametrize("kept", ["", "a.b.c", "x" * 300, "é", ".1.", "\udc80"])
async def test_cookie_that_is_not_ours_is_over(door: Door, kept: str) -> None:
    brought = door.issuer.signing_in((await door.leave()).place)
    assert (await door.back(kept, brought)).outcome is ProviderOutcome.OVER


async def test_code_of_another_sign_in_brings_nobody(door: Door) -> None:
    await door.person()
    mine, stranger = await door.leave(), await door.leave()
    code = door.issuer.signing_in(stranger.place).code
    brought = replace(door.issuer.signing_in(mine.place), code=code)
    assert (await door.back(mine.kept, brought)).outcome is ProviderOutcome.CARD


@pytest.mark.parametrize("changes", [{"error": "access_denied"}, {"code": ""}, {"code": "x" * 5000}])
async def test_sign_in_that_was_given_up_asks_for_number_and_card(door: Door, changes: dict[str, str]) -> None:
    left = await door.leave()
    brought = replace(door.issuer.signing_in(left.place), **changes)
    assert (await door.back(left.kept, brought)).outcome is ProviderOutcome.CARD
    assert "token" not in door.issuer.asked


async def test_token_that_is_refused_is_answered_as_nobody_and_traced(door: Door) -> None:
    door.issuer.id_claims = {"aud": "autre"}
    assert await door.outcome() is ProviderOutcome.CARD


async def test_provider_that_is_down_is_told(door: Door) -> None:
    door.issuer.instead["token"] = web.Response(status=503)
    assert await door.outcome() is ProviderOutcome.SILENT
    door.issuer.instead["openid-configuration"] = web.Response(status=503)
    door.site.at.clock.advance(timedelta(days=1))
    assert await door.entry.leave(BACK) is None


async def test_codes_guessed_after_the_provider_count_with_those_after_the_card(door: Door) -> None:
    space = await door.person()
    by_card = await door.site.shown(card_of(space))
    by_provider = (await door.arrival()).token
    assert by_card.split(".")[1][16:] == by_provider.split(".")[1][16:]


async def test_every_return_is_counted_by_its_source(ram: Path, door: Door) -> None:
    counters, clock, store = CountersInMemory(), door.site.at.clock, door.site.at.store
    guard = SignInGuard(GuardSettings(), counters, clock)
    door.entry = ProviderEntry(store, clock, SignInTrace(store, clock), guard, door.entry._visits._provider)
    await door.person()
    for _ in range(2):
        await door.outcome()
    sources = counters.failures("guard.source", GuardSettings().window)
    assert sources.recent((f"{SOURCE}", ""), clock.now()) == 2


async def test_return_taken_by_two_processes_at_once_counts_once(at: StoreAt, authority: TestAuthority) -> None:
    made = await a_space(at.store, given_names=GIVEN)
    await at.store.write(lambda tx: tx.spaces.save(replace(made, birth_place="35238")))
    served = contexts.web(KeyPair(authority.server.path, authority.server.path))
    async with serving_issuer(served, at.clock.now(), KEY) as issuer:
        entries = [_entry(at, issuer, authority) for _ in range(4)]
        left = await entries[0].leave(BACK)
        assert left is not None
        brought = issuer.signing_in(left.place)
        arrivals = await asyncio.gather(
            *(one.come_back(left.kept, brought, SOURCE, return_to=BACK, after_logout=AFTER) for one in entries)
        )
    assert sorted(arrival.outcome.value for arrival in arrivals) == ["found", "over", "over", "over"]
