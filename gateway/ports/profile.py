"""Entries of the medical profile, every version of each."""

from collections.abc import Sequence
from typing import Protocol

from gateway.domain.mailbox import VaultId
from gateway.domain.profile import ProfileEntry, ProfileSection


class Profile(Protocol):
    """Versions of entries: added, read, never changed; they go with their vault."""

    def add(self, vault: VaultId, entry: ProfileEntry) -> None:
        """Write one version. Its number is one more than that of the newest, which the caller has read."""
        ...

    def newest(self, vault: VaultId, section: ProfileSection) -> Sequence[ProfileEntry]:
        """List the entries of a section, each in its newest version, deleted ones too; in no order."""
        ...

    def get(self, vault: VaultId, section: ProfileSection, entry: int) -> ProfileEntry | None:
        """Read the newest version of an entry; None when there never was one. Raises `SealBroken`."""
        ...

    def versions(self, vault: VaultId, section: ProfileSection, entry: int) -> Sequence[ProfileEntry]:
        """List every version of an entry, the newest first. Raises `SealBroken`."""
        ...
