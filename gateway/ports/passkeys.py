"""Passkeys of patients."""

from collections.abc import Sequence
from typing import Protocol

from gateway.domain.mailbox import VaultId
from gateway.domain.passkey import Passkey


class Passkeys(Protocol):
    """Which passkeys open which space."""

    def save(self, passkey: Passkey) -> None:
        """Insert or replace one. Raises `Conflict` when another vault has it."""
        ...

    def get(self, credential: bytes) -> Passkey | None:
        """Find one by its credential id."""
        ...

    def of(self, vault: VaultId) -> Sequence[Passkey]:
        """List those of a space, the oldest first."""
        ...

    def drop(self, credential: bytes) -> None:
        """Take one away; nothing happens when there is none."""
        ...
