"""Sign-in of professionals' mail clients: mail address and a 128-bit app password kept as a keyed digest.

Argon2 would cap IMAP at some eighteen sign-ins a second; a random 128-bit secret does not need it
(assurance, "Keys and logs"). Failures are counted per account and source by the edges.
"""

import hmac
import secrets

from gateway.domain.account import Account, SecretKind
from gateway.domain.address import MailAddress
from gateway.domain.errors import InvalidValue
from gateway.domain.mailbox import VaultId
from gateway.ports import Store, Tx
from gateway.services.intake import SignedIn

_ALPHABET = "abcdefghijkmnpqrstuvwxyz23456789"
_GROUPS, _GROUP = 5, 6
"""Thirty characters of 32: 150 bits, in groups that can be typed (no l, o, 0, 1)."""


def new_app_password() -> str:
    """Draw an app password such as ``k3vq8z-…`` (five groups of six)."""
    return "-".join("".join(secrets.choice(_ALPHABET) for _ in range(_GROUP)) for _ in range(_GROUPS))


class AppPasswords:
    """Issues and checks app passwords."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def account(self, vault: VaultId, login: str, password: str) -> Account:
        """Make the record that opens `vault` to whoever knows `password`."""
        return Account(login.lower(), vault, SecretKind.APP, self._digest(login, password))

    async def sign_in(self, login: str, password: str, source: str) -> SignedIn | None:  # noqa: ARG002 - see edges
        """Check credentials; None for an unknown login and a wrong password alike, after the same work."""
        digest = self._digest(login, password)

        def check(tx: Tx) -> SignedIn | None:
            account = tx.spaces.account(login)
            known = account is not None and account.kind is SecretKind.APP
            right = hmac.compare_digest(digest, account.secret if account and known else bytes(32))
            if not (account and known and right):
                return None
            address, _, _ = tx.spaces.address_of(account.vault)
            return SignedIn(account.vault, address) if address else None

        try:
            MailAddress.parse(login)
        except InvalidValue:
            return None
        return await self._store.read(check)

    def _digest(self, login: str, password: str) -> bytes:
        return self._store.digest("app-password", login.lower().encode(), password.encode())
