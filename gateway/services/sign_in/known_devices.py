"""Browsers that have signed in before: a cookie that gives a place of its own at the guard, and nothing else.

It holds a random name, and for each account that signed in there the day and a keyed code over name, day and account.
It says nothing of a person, opens nothing and lasts a year. Given after a full sign-in only, the code included.
"""

import base64
import hmac
import re
import secrets
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Final

from gateway.domain.mailbox import VaultId
from gateway.ports.clock import Clock

DEVICE_IS_KNOWN_FOR: Final = timedelta(days=365)
_MAX_ACCOUNTS: Final = 5
_FORM = re.compile(r"([A-Za-z0-9_-]{22})((?:\.[0-9a-f]{1,6}-[A-Za-z0-9_-]{22}){1,5})", re.ASCII)


class KnownDevices:
    """Makes and checks what such a browser keeps; `digest` keys with the operator's key, for a purpose."""

    def __init__(self, digest: Callable[..., bytes], clock: Clock) -> None:
        self._digest = digest
        self._clock = clock

    def device_of(self, cookie: str, vault: VaultId) -> str:
        """Give the name of the device when this account has signed in there within a year; else nothing."""
        name, marks = _parts(cookie)
        today = self._today()
        for mark in marks:
            day = int(mark.partition("-")[0], 16)
            fresh = 0 <= today - day < DEVICE_IS_KNOWN_FOR.days
            if hmac.compare_digest(mark, self._mark(name, day, vault)) and fresh:
                return name
        return ""

    def with_account(self, cookie: str, vault: VaultId) -> str:
        """Give what the browser is to keep now that this account has signed in there."""
        name, marks = _parts(cookie)
        if not marks:
            name = base64.urlsafe_b64encode(secrets.token_bytes(16)).decode("ascii").rstrip("=")
        others = [mark for mark in marks if mark != self._mark(name, int(mark.partition("-")[0], 16), vault)]
        return ".".join((name, self._mark(name, self._today(), vault), *others[: _MAX_ACCOUNTS - 1]))

    def _today(self) -> int:
        epoch = datetime(1970, 1, 1, tzinfo=UTC)
        return (self._clock.now() - epoch).days

    def _mark(self, name: str, day: int, vault: VaultId) -> str:
        code = self._digest("device", name.encode("ascii"), day.to_bytes(4, "big"), vault.to_bytes(8, "big"))[:16]
        return f"{day:x}-" + base64.urlsafe_b64encode(code).decode("ascii").rstrip("=")


def _parts(cookie: str) -> tuple[str, list[str]]:
    """Take a cookie apart; anything that was not made here has no parts."""
    found = _FORM.fullmatch(cookie[:400])
    return (found[1], found[2].split(".")[1:]) if found else ("", [])
