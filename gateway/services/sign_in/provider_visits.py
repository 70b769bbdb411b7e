"""The way of a browser to an OpenID provider and back: a return counts once, in the browser that left.

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

from gateway.domain.account import Session, digest_of
from gateway.domain.errors import ProviderRefused, ProviderUnavailable
from gateway.domain.mailbox import OPERATOR
from gateway.domain.openid import AuthorizationRequest, CodeExchange, ProvenClaims, ProviderReturn
from gateway.ports.clock import Clock
from gateway.ports.identity_provider import IdentityProvider
from gateway.ports.store import Store, Tx
from gateway.services.sign_in.sign_in_guard import GuardedAttempt, SignInGuard

LIFETIME = timedelta(minutes=10)
_LONGEST = 200
_LONGEST_CODE = 4000


class VisitEnd(Enum):
    """Why a return proves nothing."""

    GIVEN_UP = "given-up"
    """Whoever left gave up, or the provider would not have them."""
    REFUSED = "refused"
    """What the provider says cannot be trusted."""
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


class ProviderVisits:
    """Sends browsers to one provider, and takes them back.

    `what` names what the visits are for: a return of one kind is none of another. `face` names the door to the guard.
    """

    def __init__(
        self, store: Store, clock: Clock, guard: SignInGuard, provider: IdentityProvider, *, what: str, face: str
    ) -> None:
        self._store = store
        self._clock = clock
        self._guard = guard
        self._provider = provider
        self._what = what
        self._face = face

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
    ) -> ProvenClaims | VisitEnd:
        """Take a browser back; what it brings is exchanged once, and counted as a failure until it is known."""
        if not self._is_ours(kept, brought.state):
            # Some providers leave the state out when somebody gives up.
            return VisitEnd.GIVEN_UP if brought.error else VisitEnd.OVER
        now = self._clock.now()
        # What is guessed at is not known yet: sources are slowed, and no account.
        attempt = GuardedAttempt(face=self._face, source=source, account=brought.state)
        async with self._guard.turn(attempt) as turn:
            if turn.is_busy:
                return VisitEnd.BUSY
            is_first = await self._store.write(lambda tx: self._spend(tx, brought.state, now))
            turn.failed()
        if not is_first:
            return VisitEnd.OVER
        if brought.error or not 0 < len(brought.code) <= _LONGEST_CODE:
            return VisitEnd.GIVEN_UP
        exchange = CodeExchange(
            code=brought.code,
            issuer=brought.issuer,
            return_to=return_to,
            verifier=self._word("verifier", kept),
            nonce=self._word("nonce", kept),
            after_logout=after_logout,
        )
        try:
            return await self._provider.claims_of(exchange)
        except ProviderUnavailable:
            return VisitEnd.SILENT
        except ProviderRefused:
            return VisitEnd.REFUSED

    def _word(self, purpose: str, text: str) -> str:
        return _base64url(self._store.digest(f"{self._what}-{purpose}", text.encode("utf-8", "replace")))

    def _is_ours(self, kept: str, state: str) -> bool:
        if len(kept) > _LONGEST or not _same(state, self._word("state", kept)):
            return False
        body, _, proof = kept.rpartition(".")
        if not _same(proof, self._word("proof", body)):
            return False
        left = datetime.fromtimestamp(int(body.rpartition(".")[2]), UTC)
        return timedelta(0) <= self._clock.now() - left + timedelta(seconds=1) < LIFETIME

    def _spend(self, tx: Tx, state: str, now: datetime) -> bool:
        kind = f"{self._face}-{self._what}"
        digest = digest_of(f"{kind}/{state}")
        # Another process may take the same return at this instant: one waits here for the other.
        tx.spaces.claim_numbers([state])
        if tx.spaces.session(digest) is not None:
            return False
        spent = Session(digest=digest, vault=OPERATOR, kind=kind, created=now, used=now, expires=now + 2 * LIFETIME)
        tx.spaces.save_session(spent)
        return True


def _same(given: str, right: str) -> bool:
    return hmac.compare_digest(given.encode("utf-8", "replace"), right.encode())


def _base64url(octets: bytes) -> str:
    return base64.urlsafe_b64encode(octets).rstrip(b"=").decode()
