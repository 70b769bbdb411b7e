"""Access tokens: they read one space over FHIR until they expire. Only their digest is kept."""

import hashlib
import secrets
from datetime import timedelta

from gateway.domain.account import Session
from gateway.domain.mailbox import VaultId
from gateway.ports import Clock, Store

FHIR = "fhir"


def token_digest(token: str) -> bytes:
    """Give what is kept of a token."""
    return hashlib.sha256(token.encode()).digest()


async def issue_token(store: Store, clock: Clock, vault: VaultId, lifetime: timedelta) -> str:
    """Make a token of 256 random bits that reads this space."""
    token, now = secrets.token_urlsafe(32), clock.now()
    session = Session(token_digest(token), vault, FHIR, now, now, now + lifetime)
    await store.write(lambda tx: tx.spaces.save_session(session))
    return token
