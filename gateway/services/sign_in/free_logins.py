"""Which logins a space may have: nobody's, or one that an attempt to activate had reserved which is over.

A login that is chosen in an attempt is reserved by a row that opens nothing (`SecretKind.AWAITED`). Which attempt it is
for, and until when, stands in the space that the row belongs to.
"""

from datetime import datetime

from gateway.domain.account import Account, SecretKind
from gateway.domain.errors import NotFound
from gateway.domain.mailbox import VaultId
from gateway.ports.store import Tx


def is_free(tx: Tx, login: str, vault: VaultId, now: datetime) -> bool:
    """Say whether a space may have this login; its own it may."""
    account = tx.spaces.account(login)
    return account is None or account.vault == vault or not _stands(tx, account, now)


def take_login(tx: Tx, account: Account, now: datetime) -> None:
    """Write a sign-in, also over what was reserved by an attempt that is over. Raises `Conflict` when it is taken."""
    before = tx.spaces.account(account.login)
    if before is not None and before.vault != account.vault and not _stands(tx, before, now):
        tx.spaces.drop_account(account.login)
    tx.spaces.save_account(account)


def reserve(tx: Tx, login: str, vault: VaultId, now: datetime) -> None:
    """Reserve a login that `is_free`; what the space signs in with stays as it is."""
    account = tx.spaces.account(login)
    if account is None or account.vault != vault:
        take_login(tx, Account(login, vault, SecretKind.AWAITED, b""), now)


def release(tx: Tx, login: str, vault: VaultId) -> None:
    """Give back a login that was reserved; one that the space signs in with stays."""
    account = tx.spaces.account(login)
    if account is not None and account.vault == vault and account.kind is SecretKind.AWAITED:
        tx.spaces.drop_account(login)


def _stands(tx: Tx, account: Account, now: datetime) -> bool:
    if account.kind is not SecretKind.AWAITED:
        return True
    try:
        awaited = tx.spaces.space(account.vault).awaited
    except NotFound:  # its row was bent: who it was for cannot be told
        return True
    return any(choice.login == account.login and choice.until > now for choice in awaited)
