"""Archives of all the data of a space, one a space."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from gateway.domain.mailbox import VaultId
from gateway.domain.own_export import OwnExport


class KeptExports(Protocol):
    """What is known of each archive; its octets are blobs that the space holds."""

    def get(self, vault: VaultId) -> OwnExport | None:
        """Read that of a space; None when there is none."""
        ...

    def save(self, export: OwnExport) -> None:
        """Insert or replace that of a space."""
        ...

    def drop(self, vault: VaultId) -> None:
        """Forget it; nothing happens when there is none."""
        ...

    def over(self, now: datetime, limit: int) -> Sequence[VaultId]:
        """List spaces whose archive is to be removed."""
        ...
