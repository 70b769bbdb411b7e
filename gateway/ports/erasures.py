"""What is left of spaces that were erased: tombstones, which name nobody."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from gateway.domain.address import MailAddress
from gateway.domain.mailbox import VaultId


class Erasures(Protocol):
    """Which spaces were erased, and when; they outlive their vaults."""

    def add(self, vault: VaultId, address: MailAddress, at: datetime) -> None:
        """Note that a space is being erased; noted again, the first instant stays."""
        ...

    def of(self, vault: VaultId) -> datetime | None:
        """Say when a space was erased; None when it was not."""
        ...

    def at(self, address: MailAddress) -> datetime | None:
        """Say when the space of a number was erased last, by the address that number makes; None when none was."""
        ...

    def since(self, instant: datetime) -> Sequence[tuple[VaultId, datetime]]:
        """List spaces that were erased at an instant or later, the oldest first."""
        ...
