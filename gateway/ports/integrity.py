"""Rows in clear that decide something: which of them are not as the program left them."""

from typing import Protocol

from gateway.domain.mailbox import VaultId
from gateway.domain.row_faults import RowFault


class Integrity(Protocol):
    """Finds rows that were bent, taken away or put back, by their codes and the heads of their vaults."""

    def vaults(self, after: VaultId, limit: int) -> list[VaultId]:
        """List vaults that have a coded row, or a head, those after one."""
        ...

    def faults(self, vault: VaultId) -> list[RowFault]:
        """Check every coded row of a vault against its code and the vault's head."""
        ...
