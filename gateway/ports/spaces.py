"""Vaults, addresses, patients' spaces, sign-ins, codes and sessions."""

from datetime import datetime
from typing import Protocol

from gateway.domain.account import Account, Code, Session, Space
from gateway.domain.address import MailAddress
from gateway.domain.mailbox import VaultId, VaultKind
from gateway.domain.space import SpaceState


class Spaces(Protocol):
    """Vaults, patients' spaces, local mailboxes, sign-ins."""

    def create_vault(self, vault: VaultId, kind: VaultKind, address: MailAddress | None, name: str) -> None:
        """Insert; its key must exist already (`Store.new_vault`). Raises `Conflict` when the address is taken."""
        ...

    def resolve(self, address: MailAddress) -> tuple[VaultId, VaultKind] | None:
        """Find whose mailbox an address is."""
        ...

    def address_of(self, vault: VaultId) -> tuple[MailAddress | None, VaultKind, str]:
        """Give a vault's address, kind and display name. Raises `NotFound`."""
        ...

    def save(self, space: Space) -> None:
        """Insert or replace a space's record."""
        ...

    def space(self, vault: VaultId) -> Space:
        """Read a space. Raises `NotFound`."""
        ...

    def state(self, vault: VaultId) -> SpaceState | None:
        """Read a space's state without opening its record."""
        ...

    def set_state(self, vault: VaultId, state: SpaceState) -> None:
        """Change a space's state."""
        ...

    def save_account(self, account: Account) -> None:
        """Insert or replace a sign-in. Raises `Conflict` when another vault has this login."""
        ...

    def account(self, login: str) -> Account | None:
        """Find a sign-in by its login, compared in lower case."""
        ...

    def save_code(self, code: Code) -> None:
        """Insert or replace a single-use code; one a vault and purpose."""
        ...

    def code(self, vault: VaultId, purpose: str) -> Code | None:
        """Read a code."""
        ...

    def spend_try(self, vault: VaultId, purpose: str) -> None:
        """Take one try off a code."""
        ...

    def drop_code(self, vault: VaultId, purpose: str) -> None:
        """Use a code up."""
        ...

    def codes_since(self, vault: VaultId, since: datetime) -> int:
        """Count codes issued since an instant."""
        ...

    def save_session(self, session: Session) -> None:
        """Insert or replace a session or token."""
        ...

    def session(self, digest: bytes) -> Session | None:
        """Find a session or token by the SHA-256 of its secret."""
        ...

    def drop_session(self, digest: bytes) -> None:
        """End one session."""
        ...

    def drop_expired(self, now: datetime) -> None:
        """Remove what has expired."""
        ...
