"""Exchanges of a patient's space with correspondents (A7)."""

from typing import Protocol

from gateway.domain.address import MailAddress
from gateway.domain.exchange import Exchange
from gateway.domain.mailbox import VaultId


class Exchanges(Protocol):
    """Exchanges of a patient's space, one row a correspondent (A7)."""

    def get(self, vault: VaultId, correspondent: MailAddress) -> Exchange | None:
        """Read one."""
        ...

    def put(self, vault: VaultId, exchange: Exchange) -> None:
        """Insert or replace."""
        ...

    def all_of(self, vault: VaultId) -> list[Exchange]:
        """List all of a space."""
        ...
