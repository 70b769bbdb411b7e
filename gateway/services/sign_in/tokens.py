"""Access tokens of patients' applications: 256 random bits, known to the store by their SHA-256 only."""

import hashlib
import secrets
from datetime import timedelta

from gateway.domain.account import Session
from gateway.domain.audit import AuditEvent
from gateway.domain.mailbox import VaultId
from gateway.domain.space import may_sign_in
from gateway.ports.clock import Clock
from gateway.ports.store import Store, Tx
from gateway.services.sign_in.sign_in_trace import SignInTrace

_KIND = "fhir"
_MAX_LENGTH = 200


async def issue_token(store: Store, clock: Clock, vault: VaultId, lifetime: timedelta) -> str:
    """Make a token that reads one space over FHIR until its end; it is shown once and never kept."""
    token, now = secrets.token_urlsafe(32), clock.now()
    session = Session(_digest(token), vault, _KIND, now, now, now + lifetime)

    def issue(tx: Tx) -> None:
        tx.spaces.save_session(session)
        tx.audit.append(vault, AuditEvent(now, "patient", "token.issued", detail=_KIND))

    await store.write(issue)
    return token


async def space_of_token(store: Store, clock: Clock, trace: SignInTrace, token: str, source: str) -> VaultId | None:
    """Give the space a token opens; None for one that is unknown or over, or whose space is not active.

    A refusal is counted for the trace of the space whose token it was.
    """
    digest, now = _digest(token), clock.now()

    def look(tx: Tx) -> tuple[VaultId | None, bool]:
        session = tx.spaces.session(digest)
        if session is None or session.kind != _KIND:
            return None, False
        state = tx.spaces.state(session.vault)
        return session.vault, session.expires > now and state is not None and may_sign_in(state)

    vault, opens = await store.read(look) if len(token) <= _MAX_LENGTH else (None, False)
    if opens:
        return vault
    trace.failed(vault, _KIND, source)
    return None


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "replace")).digest()
