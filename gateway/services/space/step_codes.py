"""Six digits that confirm one step of one attempt: good once, for some minutes and some tries, so many a day.

Bound to the attempt they were asked in and to what they confirm: a code of another window or contact is wrong. Each
attempt has a code of its own, so that nobody uses up or replaces that of another window; all count for one limit a day.
"""

import hmac
import secrets
from datetime import datetime, timedelta

from gateway.domain.account import Code, digest_of
from gateway.domain.activation import ActivationFault
from gateway.domain.mailbox import VaultId
from gateway.domain.notices import Channel, NoticeKind
from gateway.domain.outbox import Step
from gateway.domain.step_payloads import TellHolder
from gateway.ports.store import Store, Tx
from gateway.services.outbox.steps import add_step
from gateway.services.random_numbers import random_number
from gateway.services.sign_in.patient_sign_in import SignInSettings
from gateway.services.space.notices import lifetime_in_words

BETWEEN = timedelta(seconds=30)
"""Two codes for the same step come no sooner one after the other."""


class StepCodes:
    """Sends and spends codes of one purpose; works inside the caller's transaction."""

    def __init__(self, store: Store, settings: SignInSettings, purpose: str, kind: NoticeKind) -> None:
        self._digest = store.digest
        self._settings = settings
        self._purpose = purpose
        self._kind = kind

    def send(
        self, tx: Tx, vault: VaultId, attempt: str, to: tuple[Channel, str], now: datetime, confirms: str = ""
    ) -> ActivationFault | None:
        """Send a new code in place of an earlier one; `confirms` is what it is about."""
        if tx.spaces.codes_since(vault, now - timedelta(days=1), self._purpose) >= self._settings.codes_a_day:
            return ActivationFault.TOO_MANY_CODES
        # A transaction that is run again draws anew: what is kept and what is told are of the same run.
        digits = f"{secrets.randbelow(1_000_000):06}"
        code = Code(
            vault=vault,
            purpose=self._row_of(attempt),
            digest=self._digest_of(vault, attempt, digits, confirms),
            issued=now,
            expires=now + self._settings.code_lifetime,
            tries_left=self._settings.code_tries,
        )
        tx.spaces.save_code(code)
        values = {"code": digits, "life": lifetime_in_words(self._settings.code_lifetime)}
        told = TellHolder(kind=self._kind, values=values, channel=to[0], to=to[1], until=code.expires)
        # Due before everything that waits: a person looks at the page until it comes (F8).
        add_step(tx, Step(vault=vault, id=random_number(), payload=told, due=now - timedelta(days=1)))
        return None

    def is_too_soon(self, tx: Tx, vault: VaultId, attempt: str, now: datetime) -> bool:
        """Say whether the last code of an attempt was sent a moment ago."""
        code = tx.spaces.code(vault, self._row_of(attempt))
        return code is not None and now - code.issued < BETWEEN

    def waits(self, tx: Tx, vault: VaultId, attempt: str) -> bool:
        """Say whether a code was sent in an attempt and not used."""
        return tx.spaces.code(vault, self._row_of(attempt)) is not None

    def spend(
        self, tx: Tx, vault: VaultId, attempt: str, typed: str, now: datetime, confirms: str = ""
    ) -> ActivationFault | None:
        """Use a code up, right once only; a wrong one costs a try."""
        row = self._row_of(attempt)
        code = tx.spaces.code(vault, row)
        if code is None or code.expires <= now or code.tries_left <= 0:
            return ActivationFault.CODE_OVER
        if not hmac.compare_digest(code.digest, self._digest_of(vault, attempt, typed, confirms)):
            tx.spaces.spend_try(vault, row)
            return ActivationFault.WRONG_CODE if code.tries_left > 1 else ActivationFault.CODE_OVER
        tx.spaces.drop_code(vault, row)
        return None

    def _row_of(self, attempt: str) -> str:
        return f"{self._purpose}/{digest_of(attempt).hex()[:16]}"

    def _digest_of(self, vault: VaultId, attempt: str, typed: str, confirms: str) -> bytes:
        digits = "".join(typed.split())[:20]
        parts = digest_of(attempt), confirms.encode("utf-8", "replace"), digits.encode("utf-8", "replace")
        return self._digest("step-code", self._purpose.encode(), vault.to_bytes(8, "big"), *parts)
