"""The log of heads: where traces stood, in a Merkle tree that only grows (`docs/archives.md`, « The log of heads »)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple, Protocol

from gateway.domain.mailbox import VaultId


class TraceHead(NamedTuple):
    """A trace had so many lines, the last with this hash."""

    vault: VaultId
    seq: int
    hash: bytes


class LoggedHead(NamedTuple):
    """A head and the number of its leaf."""

    leaf: int
    head: TraceHead


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptCheckpoint:
    """The last checkpoint that was signed: of which tree, how many leaves; whether it is outside the database."""

    tree: int
    size: int
    at: datetime
    note: str
    is_published: bool


class HeadLog(Protocol):
    """The tree in use; rows are the operator's."""

    def moved(self, after: VaultId, limit: int) -> tuple[list[TraceHead], list[VaultId]]:
        """Give heads, those after a vault, that moved since they were logged; apart, vaults whose head was bent."""
        ...

    def append(self, heads: Sequence[TraceHead]) -> list[VaultId]:
        """Log heads that are new; give vaults whose head is behind what was logged: they were put back."""
        ...

    def settled(self, heads: Sequence[TraceHead], bent: Sequence[VaultId] = ()) -> None:
        """Note that these heads are logged, and these vaults told of: those that moved since go on waiting."""
        ...

    def size(self) -> int:
        """Give how many leaves the tree has."""
        ...

    def hashes(self, level: int, first: int, count: int) -> list[bytes]:
        """Give hashes of the tree (`gateway.domain.merkle.KeptHashes`). Raises `SealBroken` when one is missing."""
        ...

    def latest(self, vault: VaultId, size: int) -> LoggedHead | None:
        """Give the newest leaf of a vault among the first `size`; None when there is none."""
        ...

    def checkpoint(self) -> KeptCheckpoint | None:
        """Give the last checkpoint."""
        ...

    def keep_checkpoint(self, checkpoint: KeptCheckpoint) -> None:
        """Keep a checkpoint, in the place of the last."""
        ...

    def renew(self, now: datetime) -> None:
        """Begin another tree: what is in the database was put back from a backup; every head waits to be logged.

        It is numbered by the instant: whoever puts one backup back twice publishes two trees, which differ.
        """
        ...
