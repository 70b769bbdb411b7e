"""Vaults, addresses, patients' spaces, sign-ins, codes and sessions."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Protocol

from gateway.domain.account import Account, Code, Session, Space
from gateway.domain.address import MailAddress
from gateway.domain.mailbox import VaultId, VaultKind
from gateway.domain.pivot_identity import PivotIdentity
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

    def rename(self, vault: VaultId, name: str) -> None:
        """Change a vault's display name. Raises `NotFound`."""
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

    def with_number(self, number: str) -> Sequence[Space]:
        """Find the spaces of whoever has this number (INS), and of those whose legal representative has it."""
        ...

    def is_damaged(self, number: str) -> bool:
        """Say whether a space that is found by this number cannot be read: whose it is cannot be told then."""
        ...

    def claim_numbers(self, numbers: Collection[str]) -> None:
        """Wait for other transactions that claimed one of these numbers (INS): two imports make nobody twice."""
        ...

    def agreeing_with(self, person: PivotIdentity) -> Sequence[Space]:
        """Find the spaces whose person agrees in birth name, all given names, sex, birth date and birth place."""
        ...

    def listed(self, after: VaultId, limit: int, state: SpaceState | None = None) -> Sequence[VaultId]:
        """List spaces in the order of their vaults."""
        ...

    def due(self, day: date, limit: int) -> Sequence[VaultId]:
        """List spaces to which something happens by itself on `day`, or has been due before; the oldest first."""
        ...

    def save_account(self, account: Account) -> None:
        """Insert or replace a sign-in. Raises `Conflict` when another vault has this login."""
        ...

    def drop_account(self, login: str) -> None:
        """Take a sign-in away; nothing happens when there is none."""
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

    def forgive_code(self, vault: VaultId, purpose: str) -> None:
        """Use a code up, and count it no more: it came to whom it was sent."""
        ...

    def codes_since(self, vault: VaultId, since: datetime, purpose: str) -> int:
        """Count codes of a purpose issued since an instant.

        A stranger who has seen a card may have codes sent for "activation", one who knows a password for "sign-in":
        each of these is counted alone, and all other purposes together.
        """
        ...

    def save_session(self, session: Session) -> None:
        """Insert or replace a session or token."""
        ...

    def session(self, digest: bytes) -> Session | None:
        """Find a session or token by the SHA-256 of its secret."""
        ...

    def session_about(self, digest: bytes) -> Mapping[str, str]:
        """Give what else the sign-in of a session showed; nothing when there is no such session, or it is damaged."""
        ...

    def acts_for(self, session: Session) -> VaultId | None:
        """Say in whose space a session acts; None for its holder's own."""
        ...

    def act_for(self, digest: bytes, vault: VaultId | None) -> None:
        """Say in whose space a session acts from now on; nothing happens when the session has ended."""
        ...

    def drop_session(self, digest: bytes) -> None:
        """End one session."""
        ...

    def sessions_of(self, vault: VaultId) -> Sequence[Session]:
        """List a vault's sessions and tokens, the newest first."""
        ...

    def drop_sessions(self, vault: VaultId, kept: bytes = b"") -> int:
        """End every session and token of a vault but the one whose digest is `kept`; say how many."""
        ...

    def drop_expired(self, now: datetime) -> Sequence[tuple[VaultId, str]]:
        """Remove what has expired; give whose sessions those were, and of which kind."""
        ...
