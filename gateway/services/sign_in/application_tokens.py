"""Access tokens of patients' applications: 256 random bits, known to the store by their SHA-256 only."""

import secrets
from datetime import timedelta

from gateway.domain.access import Actor
from gateway.domain.account import Session, digest_of
from gateway.domain.mailbox import VaultId
from gateway.domain.space import may_sign_in
from gateway.ports.clock import Clock
from gateway.ports.store import Store, Tx
from gateway.services.access.actors import holder_of, program_with
from gateway.services.sign_in.sign_in_trace import SignInTrace

_KIND = "fhir"
_MAX_LENGTH = 200


async def issue_token(store: Store, clock: Clock, vault: VaultId, lifetime: timedelta) -> str:
    """Make a token that reads one space over FHIR until its end; it is shown once and never kept."""
    token, now = secrets.token_urlsafe(32), clock.now()
    session = Session(digest=digest_of(token), vault=vault, kind=_KIND, created=now, used=now, expires=now + lifetime)

    def issue(tx: Tx) -> None:
        holder = holder_of(tx.spaces.space(vault), _KIND)
        tx.spaces.save_session(session)
        tx.audit.append(vault, holder.event(now, "token.issued", detail=_KIND))

    await store.write(issue)
    return token


async def program_of_token(store: Store, clock: Clock, trace: SignInTrace, token: str, source: str) -> Actor | None:
    """Give the program that a token lets in; None for one that is unknown or over, or whose space is not active.

    A refusal is counted for the trace of the space whose token it was.
    """
    digest, now = digest_of(token), clock.now()

    def look(tx: Tx) -> tuple[Actor | None, bool]:
        session = tx.spaces.session(digest)
        if session is None or session.kind != _KIND:
            return None, False
        state = tx.spaces.state(session.vault)
        return program_with(session), session.expires > now and state is not None and may_sign_in(state)

    program, opens = await store.read(look) if len(token) <= _MAX_LENGTH else (None, False)
    if opens:
        return program
    trace.failed(program.vault if program else None, _KIND, source)
    return None
