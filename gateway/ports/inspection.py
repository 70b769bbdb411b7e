"""Looking through everything that a store keeps, a little at a time, for what is damaged."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from gateway.domain.mailbox import VaultId

Position = tuple[Any, ...]
"""Where a part was left, as its own keys say it; only the store reads it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Damage:
    """One thing that is not as it was written.

    Attributes:
        vault: whose it is; None when it is nobody's alone.
        what: what it is, in a word: ``document``, ``message``, ``key``, ``trace``, ``database``.
        number: names it within its vault; None for what there is one of.
        fault: what is wrong with it.
    """

    vault: VaultId | None
    what: str
    number: int | None
    fault: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Inspected:
    """What came of looking at some of a part.

    Attributes:
        looked: how many things were looked at.
        damages: what was found.
        position: where to go on; None at the end.
    """

    looked: int
    damages: Sequence[Damage]
    position: Position | None


class Inspection(Protocol):
    """Opens sealed records and keys, recomputes traces, asks the database about itself."""

    def parts(self) -> Sequence[str]:
        """List the parts, in the order in which to look at them."""
        ...

    def look(self, part: str, position: Position | None, limit: int) -> Inspected:
        """Look at `limit` things of a part at most, from where it was left."""
        ...
