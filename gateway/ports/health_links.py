"""Links by which patients share on the spot."""

from collections.abc import Sequence
from typing import Protocol

from gateway.domain.health_links import HealthLink
from gateway.domain.mailbox import VaultId


class HealthLinkStore(Protocol):
    """What is kept of each link of a space; `Spaces.session` finds the space of a link."""

    def get(self, vault: VaultId, number: int) -> HealthLink | None:
        """Read one; None when there is none."""
        ...

    def all_of(self, vault: VaultId) -> Sequence[HealthLink]:
        """List those of a space; what does not open is told of and left out."""
        ...

    def save(self, link: HealthLink) -> None:
        """Insert or replace one."""
        ...

    def drop(self, vault: VaultId, number: int) -> None:
        """Forget one; nothing happens when there is none."""
        ...
