"""Goals that doctors set for examinations of a space."""

from collections.abc import Mapping
from typing import Protocol

from gateway.domain.goals import Goal
from gateway.domain.mailbox import VaultId


class Goals(Protocol):
    """One goal at most for each examination, by its number in this space."""

    def save(self, vault: VaultId, examination: int, goal: Goal) -> None:
        """Set a goal, in the place of the one that there was."""
        ...

    def take_away(self, vault: VaultId, examination: int) -> None:
        """Take a goal away; nothing happens where there is none."""
        ...

    def all_of(self, vault: VaultId) -> Mapping[int, Goal | None]:
        """Give those of a space by examination; None for one that does not open, which the store has told of."""
        ...

    def get(self, vault: VaultId, examination: int) -> Goal | None:
        """Give the goal of an examination. Raises `SealBroken` when it is damaged."""
        ...
