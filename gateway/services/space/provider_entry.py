"""Signing in at an OpenID provider, instead of a number and a card, on the way to one's space (E28, FACTS a15).

Somebody is found when exactly one space agrees with what the provider vouches for. In every other case the answer is
the same: number and card are asked. Whoever is found goes on as after the card, with a code.

Nothing is stored when a browser leaves: state, nonce and verifier are keyed digests of a random name in its cookie,
good for ten minutes. A return is stored until it would have ended by itself: there is no second one.
"""

import base64
import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum

from gateway.domain.account import Session, Space, digest_of
from gateway.domain.errors import ProviderRefused, ProviderUnavailable
from gateway.domain.mailbox import OPERATOR
from gateway.domain.openid import AuthorizationRequest, CodeExchange, ProvenClaims, ProviderReturn
from gateway.domain.pivot_identity import PivotIdentity, pivot_of_claims
from gateway.ports.clock import Clock
from gateway.ports.identity_provider import IdentityProvider
from gateway.ports.store import Store, Tx
from gateway.services.sign_in.sign_in_guard import GuardedAttempt, SignInGuard
from gateway.services.sign_in.sign_in_trace import SignInTrace
from gateway.services.space.activation import FACE, may_enter
from gateway.services.space.activation_attempts import CARD_SHOWN, ActivationAttempts

LIFETIME = timedelta(minutes=10)
_KIND = "activation-provider"
_LONGEST = 200
_LONGEST_CODE = 4000


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


@dataclass(frozen=True, slots=True, repr=False)
class ProviderDeparture:
    """Where a browser goes, and what it keeps until it comes back."""

    place: str
    kept: str


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
        self._guard = guard
        self._provider = provider
        self._attempts = ActivationAttempts(store.digest)

    @property
    def name(self) -> str:
        """Give what people call the provider."""
        return self._provider.name

    async def leave(self, return_to: str) -> ProviderDeparture | None:
        """Send a browser to the provider; None when that does not answer."""
        now = self._clock.now()
        body = f"{secrets.token_urlsafe(24)}.{int(now.timestamp())}"
        kept = f"{body}.{self._word('proof', body)}"
        verifier = self._word("verifier", kept)
        asked = AuthorizationRequest(
            return_to=return_to,
            state=self._word("state", kept),
            nonce=self._word("nonce", kept),
            challenge=_base64url(hashlib.sha256(verifier.encode()).digest()),
        )
        try:
            return ProviderDeparture(await self._provider.authorization_url(asked), kept)
        except (ProviderUnavailable, ProviderRefused):
            return None

    async def come_back(
        self, kept: str, brought: ProviderReturn, source: str, *, return_to: str, after_logout: str
    ) -> ProviderArrival:
        """Take a browser back; what it brings is exchanged once, and counted as a card is, right or wrong."""
        if not self._is_ours(kept, brought.state):
            # Some providers leave the state out when somebody gives up.
            return ProviderArrival(outcome=ProviderOutcome.CARD if brought.error else ProviderOutcome.OVER)
        now = self._clock.now()
        # What is guessed at is not known yet: sources are slowed, and no account.
        attempt = GuardedAttempt(face=FACE, source=source, account=brought.state)
        async with self._guard.turn(attempt) as turn:
            if turn.is_busy:
                return ProviderArrival(outcome=ProviderOutcome.BUSY)
            is_first = await self._store.write(lambda tx: _spend(tx, brought.state, now))
            turn.failed()
        if not is_first:
            return ProviderArrival(outcome=ProviderOutcome.OVER)
        if brought.error or not 0 < len(brought.code) <= _LONGEST_CODE:
            return ProviderArrival(outcome=ProviderOutcome.CARD)
        exchange = CodeExchange(
            code=brought.code,
            issuer=brought.issuer,
            return_to=return_to,
            verifier=self._word("verifier", kept),
            nonce=self._word("nonce", kept),
            after_logout=after_logout,
        )
        try:
            proven = await self._provider.claims_of(exchange)
        except ProviderUnavailable:
            return ProviderArrival(outcome=ProviderOutcome.SILENT)
        except ProviderRefused:
            self._trace.failed(None, FACE, source)
            return ProviderArrival(outcome=ProviderOutcome.CARD)
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

    # ------------------------------------------------------------ what a browser keeps

    def _word(self, purpose: str, text: str) -> str:
        return _base64url(self._store.digest(f"provider-{purpose}", text.encode("utf-8", "replace")))

    def _is_ours(self, kept: str, state: str) -> bool:
        if len(kept) > _LONGEST or not _same(state, self._word("state", kept)):
            return False
        body, _, proof = kept.rpartition(".")
        if not _same(proof, self._word("proof", body)):
            return False
        left = datetime.fromtimestamp(int(body.rpartition(".")[2]), UTC)
        return timedelta(0) <= self._clock.now() - left + timedelta(seconds=1) < LIFETIME


def _only_one(tx: Tx, person: PivotIdentity) -> Space | None:
    found = tx.spaces.agreeing_with(person)
    return found[0] if len(found) == 1 and may_enter(found[0]) else None


def _spend(tx: Tx, state: str, now: datetime) -> bool:
    digest = digest_of(f"{_KIND}/{state}")
    # Another process may take the same return at this instant: one waits here for the other.
    tx.spaces.claim_numbers([state])
    if tx.spaces.session(digest) is not None:
        return False
    spent = Session(digest=digest, vault=OPERATOR, kind=_KIND, created=now, used=now, expires=now + 2 * LIFETIME)
    tx.spaces.save_session(spent)
    return True


def _same(given: str, right: str) -> bool:
    return hmac.compare_digest(given.encode("utf-8", "replace"), right.encode())


def _base64url(octets: bytes) -> str:
    return base64.urlsafe_b64encode(octets).rstrip(b"=").decode()
