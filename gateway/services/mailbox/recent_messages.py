r"""Who is told of a message as \Recent: the first session that selects its folder, and no other (RFC 3501 §2.3.2).

A folder's record says from which UID on nobody has been told; sessions of one process that have it selected share
what one of them was told since, and the last to leave it writes that down. Sessions in two processes at once may both
be told of the same message, which the standard leaves open; so may the next one after a crash.
"""

from dataclasses import dataclass

from gateway.domain.mailbox import Folder, FolderId, Uid, VaultId


@dataclass(slots=True)
class _Told:
    sessions: int
    up_to: int


class RecentMessages:
    """What sessions of this process share, as long as one of them has a folder selected."""

    def __init__(self) -> None:
        self._told: dict[tuple[VaultId, FolderId], _Told] = {}

    def first(self, vault: VaultId, folder: Folder) -> int:
        """Give the lowest UID that nobody was told of."""
        told = self._told.get((vault, folder.id))
        return max(folder.recent_from, told.up_to if told else 0)

    def enter(self, vault: VaultId, folder: Folder) -> None:
        """Note that a session may be told from now on."""
        told = self._told.setdefault((vault, folder.id), _Told(0, folder.recent_from))
        told.sessions += 1

    def claim(self, vault: VaultId, folder: FolderId, end: int) -> int:
        """Tell one session of all below a UID, and give the lowest that it is the first to be told of."""
        told = self._told[vault, folder]
        first, told.up_to = told.up_to, max(told.up_to, end)
        return first

    def leave(self, vault: VaultId, folder: FolderId) -> Uid:
        """Note that a session has left, and give the lowest UID that nobody was told of."""
        told = self._told[vault, folder]
        told.sessions -= 1
        if not told.sessions:
            del self._told[vault, folder]
        return Uid(told.up_to)
