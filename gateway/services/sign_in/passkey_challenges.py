"""Challenges of passkeys: signed, of one browser, good for half an hour and once (WebAuthn §13.4.3).

Nothing is stored when one is given, so nobody fills the store by asking. One that was answered is stored until it would
have ended by itself: it is not answered twice.
"""

import hmac
import secrets
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from gateway.domain.account import CHALLENGE, Session, digest_of
from gateway.domain.mailbox import VaultId
from gateway.ports.store import Tx

LIFETIME = timedelta(minutes=30)
_RANDOM, _TIME, _CODE = 16, 8, 32


class PasskeyChallenges:
    """Gives challenges and uses them up; `digest` keys with the operator's key, for a purpose."""

    def __init__(self, digest: Callable[..., bytes]) -> None:
        self._digest = digest

    def new(self, browser: str, purpose: str, now: datetime) -> bytes:
        """Make one for a browser, named by a secret that only it has, and for one purpose."""
        body = secrets.token_bytes(_RANDOM) + int(now.timestamp()).to_bytes(_TIME, "big")
        return body + self._code(body, browser, purpose)

    def is_good(self, challenge: bytes, browser: str, purpose: str, now: datetime) -> bool:
        """Say whether a challenge was made for this browser and purpose, and is not too old."""
        body = challenge[: _RANDOM + _TIME]
        if not hmac.compare_digest(challenge, body + self._code(body, browser, purpose)):
            return False
        made = datetime.fromtimestamp(int.from_bytes(body[_RANDOM:], "big"), UTC)
        return timedelta(0) <= now - made + timedelta(seconds=1) < LIFETIME

    def spend(self, tx: Tx, challenge: bytes, vault: VaultId, now: datetime) -> bool:
        """Use one up; False when somebody has."""
        digest = digest_of(challenge.hex())
        if tx.spaces.session(digest) is not None:
            return False
        spent = Session(digest=digest, vault=vault, kind=CHALLENGE, created=now, used=now, expires=now + 2 * LIFETIME)
        tx.spaces.save_session(spent)
        return True

    def _code(self, body: bytes, browser: str, purpose: str) -> bytes:
        return self._digest("passkey-challenge", body, browser.encode("utf-8", "replace"), purpose.encode())[:_CODE]
