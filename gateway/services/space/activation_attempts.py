"""The state between the steps of an activation: short-lived rows, one for each person that it may be about.

The browser holds a random token; rows are found by digests of it. Before anybody is identified, a token proves itself
by a keyed digest, so that who does not exist has one as well, and no row. The row that would be written for them is
replaced each time: as much work, and nothing that strangers could make grow.
"""

import hmac
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from gateway.domain.account import Session, digest_of
from gateway.domain.mailbox import OPERATOR, VaultId
from gateway.domain.space import SpaceState
from gateway.ports.store import Tx

CARD_SHOWN, CODE_RIGHT, CHOSEN = "activation", "activation-persons", "activation-chosen"
CARD_REFUSED = "activation-refused"
"""Of whom the number was shown, with another birth date or card: for the agents' queue only."""
LIFETIME = timedelta(minutes=30)
MOST_PERSONS = 8
"""Children of one birth date on one card; more would be a mistake of the import."""
_NOBODY = "nobody"


@dataclass(frozen=True, slots=True, repr=False)
class CardToken:
    """What names an attempt whose card was shown: `seed` is a keyed digest of what was typed."""

    text: str
    seed: bytes


def attempt_row(token: str) -> bytes:
    """Give the digest of the row of an attempt, of its first person when there are several."""
    return digest_of(f"{token}/0")


class ActivationAttempts:
    """Begins and finds attempts; works inside the caller's transaction."""

    def __init__(self, digest: Callable[..., bytes]) -> None:
        self._digest = digest

    def new_token(self, seed: bytes, now: datetime) -> CardToken:
        """Give the token of an attempt that begins; nothing is written."""
        body = f"{secrets.token_urlsafe(24)}.{seed.hex()}.{int(now.timestamp())}"
        return CardToken(f"{body}.{self._proof_of(body)}", seed)

    def read_token(self, text: str, now: datetime) -> CardToken | None:
        """Read the token of an attempt that has begun and is not over."""
        body, _, proof = text[:400].rpartition(".")
        if not hmac.compare_digest(proof.encode("utf-8", "replace"), self._proof_of(body).encode()):
            return None
        _, seed, begun = body.rsplit(".", 2)
        return CardToken(text, bytes.fromhex(seed)) if now.timestamp() - int(begun) < LIFETIME.total_seconds() else None

    def _proof_of(self, body: str) -> str:
        return self._digest("activation-token", body.encode("utf-8", "replace"))[:16].hex()

    def begin(self, tx: Tx, kind: str, token: str, vaults: Sequence[VaultId], now: datetime) -> None:
        """Write whom an attempt may be about."""
        for place, vault in enumerate(vaults[:MOST_PERSONS]):
            self._save(tx, kind, f"{token}/{place}", vault, now)
        if not vaults:
            self.nobody(tx, now)

    def nobody(self, tx: Tx, now: datetime) -> None:
        """Do the work of a row for who does not exist."""
        self._save(tx, CARD_SHOWN, _NOBODY, OPERATOR, now)

    def vaults(self, tx: Tx, kind: str, token: str, now: datetime) -> list[VaultId]:
        """Give whom an attempt may be about; nobody when it is over."""
        found: list[VaultId] = []
        for place in range(MOST_PERSONS):
            row = tx.spaces.session(digest_of(f"{token}/{place}"))
            if row is None or row.kind != kind or row.expires <= now:
                break
            if tx.spaces.state(row.vault) not in (None, SpaceState.ERASED):
                found.append(row.vault)
        return found

    def _save(self, tx: Tx, kind: str, name: str, vault: VaultId, now: datetime) -> None:
        row = Session(
            digest=digest_of(name), vault=vault, kind=kind, created=now, used=now, expires=now + LIFETIME
        )
        tx.spaces.save_session(row)
