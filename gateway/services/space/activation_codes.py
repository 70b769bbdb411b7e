"""Provisional codes, by which a person activates or refuses their space: given, looked at, spent (A4, F6, F9).

A code is good once, for one space, in the letters that were printed: capital and small ones differ, and none looks like
another sign. The store keeps a keyed digest. What is typed wrong takes one try off. Whoever types a code has
shown the card beforehand (A26): this module knows nothing of it.
"""

import hmac
import secrets
from collections.abc import Sequence
from datetime import date, datetime, timedelta, tzinfo
from enum import Enum

from gateway.domain.account import Code, Space
from gateway.domain.mailbox import VaultId
from gateway.domain.space import OPPOSITION_DAYS, last_opposition_day
from gateway.ports.store import Store, Tx

PURPOSE = "activation"
LENGTH = 8
SIGNS = "ADEFHLMNRTY" + "adefhmnrty" + "23456789"
"""No two look alike, and each letter's capital has another shape than its small one: 29⁸ codes."""
TRIES = 10
UNTIL_DELIVERED = timedelta(days=OPPOSITION_DAYS * 2)
"""How long a code is good whose delivery nobody has recorded yet; `received` says the day."""


class CodeCheck(Enum):
    """What a typed code is."""

    RIGHT = "right"
    WRONG = "wrong"
    OVER = "over"
    """There is none, or its time or its tries are over: a new one must be asked for."""


class ActivationCodes:
    """Gives and checks provisional codes; every function works inside the caller's transaction."""

    def __init__(self, store: Store) -> None:
        self._digest = store.digest

    def issue(
        self,
        tx: Tx,
        space: Space,
        now: datetime,
        *,
        lifetime: timedelta = UNTIL_DELIVERED,
        purpose: str = PURPOSE,
        typed: str = "",
        tries: int = TRIES,
    ) -> str:
        """Give a space a new code, in place of an earlier one of the same purpose; it is known only from here.

        A transaction that is run again gives another: what is told must come from the same run. `typed` is a code of
        `new_code` that several spaces of one card share.
        """
        typed = typed or new_code()
        tx.spaces.save_code(
            Code(
                vault=space.vault,
                purpose=purpose,
                digest=self._digest_of(space.vault, purpose, typed),
                issued=now,
                expires=now + lifetime,
                tries_left=tries,
            )
        )
        return typed

    def matching(self, tx: Tx, vaults: Sequence[VaultId], typed: str, now: datetime) -> list[VaultId]:
        """Give the spaces of which this is the code; when it is nobody's, each loses a try."""
        found = []
        for vault in vaults:
            code = tx.spaces.code(vault, PURPOSE)
            is_good = code is not None and code.expires > now and code.tries_left > 0
            if is_good and code and hmac.compare_digest(code.digest, self._digest_of(vault, PURPOSE, typed)):
                found.append(vault)
        for vault in () if found else vaults:
            tx.spaces.spend_try(vault, PURPOSE)
        return found

    def check(self, tx: Tx, vault: VaultId, typed: str, now: datetime, *, purpose: str = PURPOSE) -> CodeCheck:
        """Look at a code without using it up; a wrong one costs a try."""
        code = tx.spaces.code(vault, purpose)
        if code is None or code.expires <= now or code.tries_left <= 0:
            return CodeCheck.OVER
        if hmac.compare_digest(code.digest, self._digest_of(vault, purpose, typed)):
            return CodeCheck.RIGHT
        tx.spaces.spend_try(vault, purpose)
        return CodeCheck.WRONG if code.tries_left > 1 else CodeCheck.OVER

    def spend(self, tx: Tx, vault: VaultId, typed: str, now: datetime, *, purpose: str = PURPOSE) -> CodeCheck:
        """Use a code up; right once only, whoever asks at the same time."""
        found = self.check(tx, vault, typed, now, purpose=purpose)
        if found is CodeCheck.RIGHT:
            tx.spaces.drop_code(vault, purpose)
        return found

    def _digest_of(self, vault: VaultId, purpose: str, typed: str) -> bytes:
        # Printed in groups, and typed with or without the gaps.
        plain = "".join(typed.split()).encode("utf-8", "replace")
        return self._digest("activation-code", vault.to_bytes(8, "big"), purpose.encode(), plain)


def new_code() -> str:
    """Draw a code."""
    return "".join(secrets.choice(SIGNS) for _ in range(LENGTH))


def received(tx: Tx, vault: VaultId, day: date, zone: tzinfo) -> None:
    """Say on which day a code was received: it is good until the end of the 42nd day after (A4, F10).

    A space without a code, or whose code was replaced or spent meanwhile, is left as it is.
    """
    code = tx.spaces.code(vault, PURPOSE)
    if code is not None:
        tx.spaces.save_code(_until(code, last_opposition_day(day), zone))


def _until(code: Code, last: date, zone: tzinfo) -> Code:
    midnight = datetime.combine(last + timedelta(days=1), datetime.min.time(), zone)
    return Code(
        vault=code.vault,
        purpose=code.purpose,
        digest=code.digest,
        issued=code.issued,
        expires=midnight,
        tries_left=code.tries_left,
    )
