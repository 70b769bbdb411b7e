"""Sign-in of professionals' mail clients: mail address and a 128-bit app password kept as a keyed digest.

Argon2 would cap IMAP at some eighteen sign-ins a second; a random 128-bit secret does not need it
(assurance, "Keys and logs"). Failures are counted per account and source by the edges, and told in the trace of the
account (`sign_in_trace`).
"""

import hmac
import secrets
from collections.abc import Callable

from gateway.domain.access import Action, SpacePart
from gateway.domain.account import Account, SecretKind
from gateway.domain.address import MailAddress
from gateway.domain.errors import InvalidValue
from gateway.domain.mailbox import VaultId
from gateway.domain.smtp_connection import SignedInMailbox
from gateway.ports.store import Store, Tx
from gateway.services.access.actors import owner_of
from gateway.services.access.permission import allow
from gateway.services.sign_in.mailbox_standing import MailboxStanding, never_ended
from gateway.services.sign_in.sign_in_trace import SignInTrace

_ALPHABET = "abcdefghijkmnpqrstuvwxyz23456789"
_GROUPS, _GROUP = 5, 6
"""Thirty characters of 32: 150 bits, in groups that can be typed (no l, o, 0, 1)."""


def new_app_password() -> str:
    """Draw an app password such as ``k3vq8z-…`` (five groups of six)."""
    return "-".join("".join(secrets.choice(_ALPHABET) for _ in range(_GROUP)) for _ in range(_GROUPS))


def app_account(store: Store, vault: VaultId, login: str, password: str) -> Account:
    """Make the record that opens `vault` to whoever knows `password`."""
    return Account(login.lower(), vault, SecretKind.APP, _digest(store, login, password))


def _told_to_nobody(_address: MailAddress, _vault: VaultId) -> None:
    """Keep to oneself who signed in."""


class AppPasswords:
    """Checks app passwords."""

    def __init__(
        self,
        store: Store,
        trace: SignInTrace,
        standing: MailboxStanding = never_ended,
        opened: Callable[[MailAddress, VaultId], None] = _told_to_nobody,
    ) -> None:
        """`opened` is told which mailbox somebody has signed in to."""
        self._store = store
        self._trace = trace
        self._standing = standing
        self._opened = opened

    async def sign_in(self, login: str, password: str, face: str, source: str) -> SignedInMailbox | None:
        """Check credentials; None for an unknown login and a wrong password alike, after the same work.

        `face` names the protocol in the trace.
        """
        digest = _digest(self._store, login, password)
        try:
            # Before the secret is read: who changes it ends what was opened before, and that may be this.
            ended = self._standing(MailAddress.parse(login))
        except InvalidValue:
            self._trace.failed(None, face, source)
            return None

        def check(tx: Tx) -> tuple[VaultId | None, SignedInMailbox | None]:
            account = tx.spaces.account(login)
            known = account is not None and account.kind is SecretKind.APP
            right = hmac.compare_digest(digest, account.secret if account and known else bytes(32))
            if not (account and known and right) or ended is None:
                return account.vault if account else None, None
            address, kind, name = tx.spaces.address_of(account.vault)
            if address is None:
                return account.vault, None
            actor = owner_of(account.vault, address, kind, name, face)
            allow(tx, actor, Action.READ, SpacePart.MESSAGES, self._trace.now())
            return account.vault, SignedInMailbox(account.vault, address, actor, ended)

        vault, found = await self._store.read(check)
        if found is None:
            self._trace.failed(vault, face, source)
            return None
        self._opened(found.address, found.vault)
        await self._trace.opened(found.actor, source)
        return found

    def still_stands(self, found: SignedInMailbox) -> bool:
        """Say whether what a sign-in opened may stay open; some microseconds."""
        return self._standing(found.address) == found.ended_before


def _digest(store: Store, login: str, password: str) -> bytes:
    return store.digest("app-password", login.lower().encode(), password.encode())
