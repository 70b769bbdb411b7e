"""People who were told of their space and have not answered, and the services by which they do."""

import itertools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

from gateway.domain.account import Space
from gateway.domain.activation import ActivationFault, CodeOnItsWay, Identified
from gateway.domain.health_card import ShownCard, shown_card
from gateway.domain.identity import BirthDate
from gateway.domain.notices import Channel
from gateway.domain.space import SpaceState
from gateway.domain.step_payloads import TellHolder
from gateway.papers.typst_papers import TypstPapers
from gateway.services.counting.counters import CountersInMemory
from gateway.services.sign_in.even_answers import EvenAnswers
from gateway.services.sign_in.passkey_check import GUARD, PasskeyCheck
from gateway.services.sign_in.passkey_sign_in import PasskeySignIn
from gateway.services.sign_in.patient_sign_in import PatientSignIn, SignInSettings
from gateway.services.sign_in.sign_in_guard import GuardSettings, SignInGuard
from gateway.services.sign_in.sign_in_trace import SignInTrace
from gateway.services.space.activation import Activation
from gateway.services.space.activation_codes import ActivationCodes
from gateway.services.space.activation_end import ActivationEnd
from gateway.services.space.activation_passkeys import ActivationPasskeys
from gateway.services.space.opposition import Opposition
from gateway.services.space.own_terms import OwnTerms
from gateway.terms.terms_files import terms_of_use
from tests.builders.outbox import A_WORKER
from tests.builders.store import StoreAt, a_space, store_at, terms_of_today

SOURCE = "192.0.2.7"
PASSWORD = "Brouette-Violon-Tulipe"
_serials = itertools.count(80_250_000_000)


@dataclass(frozen=True, slots=True)
class ActivationSite:
    """The services, and what was sent."""

    at: StoreAt
    activation: Activation
    end: ActivationEnd
    end_by_passkey: ActivationPasskeys
    passkeys: PasskeySignIn
    opposition: Opposition
    patients: PatientSignIn
    guard: SignInGuard

    async def person(
        self, state: SpaceState = SpaceState.NOTIFIED, *, given: str = "Jeanne", **changes: object
    ) -> Space:
        """Make the space of somebody with a card of their own; `changes` are fields of the space."""
        made = await a_space(self.at.store, state, email="hugo@courriel.example", given_names=(given,))
        fields = {"phone": "+33600000012", "terms": "", "card_serials": (f"{next(_serials)}",)} | changes
        space = replace(made, **fields)  # type: ignore[arg-type]  # fields of the caller
        await self.at.store.write(lambda tx: tx.spaces.save(space))
        return space

    async def letter(self, space: Space) -> str:
        """Give somebody the code of a letter."""
        codes, now = ActivationCodes(self.at.store), self.at.clock.now()
        return await self.at.store.write(lambda tx: codes.issue(tx, space, now))

    async def space(self, space: Space) -> Space:
        """Read a space as it is now."""
        return await self.at.store.read(lambda tx: tx.spaces.space(space.vault))

    async def told(self) -> list[TellHolder]:
        """Give what waits to be told, and take it away."""
        now = self.at.clock.now()
        steps = await self.at.store.write(lambda tx: tx.outbox.lease(now, now, 50, holder=A_WORKER))
        await self.at.store.write(lambda tx: [tx.outbox.done(step) for step in steps])
        return [step.payload for step in steps if isinstance(step.payload, TellHolder)]

    async def code(self) -> str:
        """Give the one code that waits to be told."""
        codes = [told.values["code"] for told in await self.told() if "code" in told.values]
        assert len(codes) == 1
        return codes[0]

    # Steps

    async def shown(self, card: ShownCard, source: str = SOURCE) -> str:
        """Show a card, and give the token of the attempt."""
        token = await self.activation.show_card(card, source)
        assert isinstance(token, str)
        return token

    async def asked(self, token: str, channel: Channel = Channel.EMAIL) -> str:
        """Ask for a code, and give it."""
        assert isinstance(await self.activation.send_code(token, channel, SOURCE), CodeOnItsWay)
        return await self.code()

    async def identified(self, space: Space) -> str:
        """Come in with the code of a letter, and give the token of whoever is known."""
        found = await self.activation.identify(await self.shown(card_of(space)), await self.letter(space), SOURCE)
        assert isinstance(found, Identified)
        return found.token

    async def ready(self, space: Space, identifier: str = "galet.brume27") -> tuple[str, str]:
        """Go up to the last code: the token and that code."""
        token = await self.identified(space)
        assert await self.end.accept_terms(token, terms_of_today()) is None
        assert isinstance(await self.end.choose_identifier(token, identifier, PASSWORD), CodeOnItsWay)
        return token, await self.code()

    async def activated(self, space: Space, identifier: str = "galet.brume27") -> Space:
        """Go the whole way."""
        token, code = await self.ready(space, identifier)
        done = await self.end.finish(token, code, SOURCE)
        assert not isinstance(done, ActivationFault)
        return done


def card_of(space: Space, **changes: str) -> ShownCard:
    """Give the card of somebody, with fields that were typed otherwise."""
    born, number = space.identity.traits.birth_date, space.identity.ins.value
    assert isinstance(born, BirthDate)
    fields = {"number": number, "born": str(born), "serial": space.card_serials[0]} | changes
    card = shown_card(**fields)
    assert isinstance(card, ShownCard)
    return card


@asynccontextmanager
async def activation_site(folder: Path, guarded: GuardSettings | None = None) -> AsyncIterator[ActivationSite]:
    """Open a store with nobody in it, and bind the services; failures cost nothing unless `guarded` says so."""
    limits = SignInSettings()
    async with store_at(folder) as at:
        trace, counters = SignInTrace(at.store, at.clock), CountersInMemory()
        guard = SignInGuard(guarded or GuardSettings(free=1_000), counters, at.clock)
        patients = PatientSignIn(at.store, at.clock, limits, trace, guard)
        terms = OwnTerms(at.store, at.clock, terms_of_use())
        passkey_guard = SignInGuard(guarded or GuardSettings(free=1_000), counters, at.clock, GUARD)
        end = ActivationEnd(at.store, at.clock, limits, patients, terms)
        yield ActivationSite(
            at=at,
            activation=Activation(at.store, at.clock, limits, trace, counters, guard, EvenAnswers(timedelta(0))),
            end=end,
            end_by_passkey=ActivationPasskeys(at.store, at.clock, end),
            passkeys=PasskeySignIn(at.store, at.clock, PasskeyCheck(at.store, at.clock, trace, passkey_guard)),
            opposition=Opposition(at.store, at.clock, TypstPapers(), "espace.pli.example"),
            patients=patients,
            guard=guard,
        )
