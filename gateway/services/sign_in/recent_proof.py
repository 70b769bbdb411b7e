"""Whether somebody showed a short while ago who they are: they signed in, or showed password or passkey again.

An open session says that somebody did, once. What opens the space for good, such as a passkey more, asks for more.
"""

from datetime import datetime, timedelta

from gateway.domain.account import Session, digest_of
from gateway.domain.mailbox import VaultId
from gateway.ports.store import Tx

LASTS = timedelta(minutes=10)
_KIND, _OPENED_BY = "proof", "web"


def is_recent(tx: Tx, vault: VaultId, session: bytes, now: datetime) -> bool:
    """Say whether whoever holds the session of that digest has proved themself within `LASTS`."""
    opened, proof = tx.spaces.session(session), tx.spaces.session(_digest(session))
    if opened is None or opened.vault != vault or opened.kind != _OPENED_BY:
        return False
    return now < opened.created + LASTS or (proof is not None and proof.kind == _KIND and now < proof.expires)


def note_proof(tx: Tx, vault: VaultId, session: bytes, now: datetime) -> None:
    """Note that they have, now."""
    row = Session(digest=_digest(session), vault=vault, kind=_KIND, created=now, used=now, expires=now + LASTS)
    tx.spaces.save_session(row)


def _digest(session: bytes) -> bytes:
    return digest_of(f"proof of {session.hex()}")
