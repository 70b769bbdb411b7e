"""The agents of the operator."""

from collections.abc import Sequence
from typing import Protocol

from gateway.domain.agents import Agent


class Agents(Protocol):
    """Rows of the operator's vault; one that was changed behind the program's back is nobody's."""

    def all(self) -> Sequence[Agent]:
        """List them by name, those who were taken away included."""
        ...

    def get(self, number: int) -> Agent | None:
        """Read one."""
        ...

    def save(self, agent: Agent) -> None:
        """Insert or replace one."""
        ...
