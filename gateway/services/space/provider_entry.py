"""Signing in at an OpenID provider, instead of a number and a card, on the way to one's space (E28, FACTS a15).

Somebody is found when exactly one space agrees with what the provider vouches for. In every other case the answer is
the same: number and card are asked. Whoever is found goes on as after the card, with a code. How a browser goes there
and comes back is `gateway.services.sign_in.provider_visits`.
"""

from dataclasses import dataclass
from enum import Enum

from gateway.domain.account import Space
from gateway.domain.openid import ProvenClaims, ProviderReturn
from gateway.domain.pivot_identity import PivotIdentity, pivot_of_claims
from gateway.ports.clock import Clock
from gateway.ports.identity_provider import IdentityProvider
from gateway.ports.store import Store, Tx
from gateway.services.sign_in.provider_visits import LIFETIME, ProviderDeparture, ProviderVisits, VisitEnd
from gateway.services.sign_in.sign_in_guard import SignInGuard
from gateway.services.sign_in.sign_in_trace import SignInTrace
from gateway.services.space.activation import FACE, may_enter
from gateway.services.space.activation_attempts import CARD_SHOWN, ActivationAttempts

__all__ = ["LIFETIME", "ProviderArrival", "ProviderDeparture", "ProviderEntry", "ProviderOutcome"]


class ProviderOutcome(Enum):
    """What comes of a return."""

    FOUND = "found"
    CARD = "card"
    """Nobody is identified, whatever the reason: number and card are asked."""
    OVER = "over"
    """The return is not of this browser, too old, or was used."""
    BUSY = "busy"
    SILENT = "silent"
    """The provider does not answer."""


_OUTCOMES = {
    VisitEnd.GIVEN_UP: ProviderOutcome.CARD,
    VisitEnd.REFUSED: ProviderOutcome.CARD,
    VisitEnd.OVER: ProviderOutcome.OVER,
    VisitEnd.BUSY: ProviderOutcome.BUSY,
    VisitEnd.SILENT: ProviderOutcome.SILENT,
}


@dataclass(frozen=True, slots=True, repr=False, kw_only=True)
class ProviderArrival:
    """What comes of a return; `token` names the attempt, `logout` is where one signs out at the provider."""

    outcome: ProviderOutcome
    token: str = ""
    logout: str = ""


class ProviderEntry:
    """Sends browsers to the provider, and takes them back."""

    def __init__(
        self, store: Store, clock: Clock, trace: SignInTrace, guard: SignInGuard, provider: IdentityProvider
    ) -> None:
        self._store = store
        self._clock = clock
        self._trace = trace
        self._visits = ProviderVisits(store, clock, guard, provider, what="provider", face=FACE)
        self._attempts = ActivationAttempts(store.digest)

    @property
    def name(self) -> str:
        """Give what people call the provider."""
        return self._visits.name

    async def leave(self, return_to: str) -> ProviderDeparture | None:
        """Send a browser to the provider; None when that does not answer."""
        return await self._visits.leave(return_to)

    async def come_back(
        self, kept: str, brought: ProviderReturn, source: str, *, return_to: str, after_logout: str
    ) -> ProviderArrival:
        """Take a browser back; what it brings is exchanged once, and counted as a card is, right or wrong."""
        proven = await self._visits.come_back(
            kept, brought, source, return_to=return_to, after_logout=after_logout
        )
        if isinstance(proven, VisitEnd):
            if proven is VisitEnd.REFUSED:
                self._trace.failed(None, FACE, source)
            return ProviderArrival(outcome=_OUTCOMES[proven])
        return await self._found(proven, source)

    async def _found(self, proven: ProvenClaims, source: str) -> ProviderArrival:
        now, person = self._clock.now(), pivot_of_claims(proven.claims)

        def begin(tx: Tx) -> str:
            space = None if person is None else _only_one(tx, person)
            if person is None or space is None:
                self._attempts.nobody(tx, now)
                return ""
            token = self._attempts.new_token(self._seed_of(person, space), now)
            self._attempts.begin(tx, CARD_SHOWN, token.text, [space.vault], now)
            return token.text

        token = await self._store.write(begin)
        if not token:
            self._trace.failed(None, FACE, source)
        outcome = ProviderOutcome.FOUND if token else ProviderOutcome.CARD
        return ProviderArrival(outcome=outcome, token=token, logout=proven.logout)

    def _seed_of(self, person: PivotIdentity, space: Space) -> bytes:
        # As of a card: codes that are guessed at count by the number, whichever way one came in.
        words = *person.index_words, person.given_names, str(person.birth_date)
        of_person = self._store.digest("activation-provider", *(word.encode("utf-8", "replace") for word in words))
        return of_person[:8] + self._store.digest("activation-number", space.identity.ins.value.encode())[:8]


def _only_one(tx: Tx, person: PivotIdentity) -> Space | None:
    found = tx.spaces.agreeing_with(person)
    return found[0] if len(found) == 1 and may_enter(found[0]) else None
