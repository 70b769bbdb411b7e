"""The agents of the operator, and who waits for them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from gateway.domain.agents import Agent, UnservedWait
from gateway.domain.mailbox import VaultId


class Agents(Protocol):
    """Rows of the operator's vault; an agent's that was changed behind the program's back is nobody's."""

    def all(self) -> Sequence[Agent]:
        """List them by name, those who were taken away included."""
        ...

    def get(self, number: int) -> Agent | None:
        """Read one."""
        ...

    def save(self, agent: Agent) -> None:
        """Insert or replace one."""
        ...

    def waits(self) -> Sequence[UnservedWait]:
        """List who waits for an agent, in no order."""
        ...

    def wait(self, space: VaultId | None, why: str) -> UnservedWait | None:
        """Read for what somebody waits; `space` is None for nobody's."""
        ...

    def save_wait(self, wait: UnservedWait) -> None:
        """Insert or replace one."""
        ...

    def drop_wait(self, space: VaultId, why: str) -> None:
        """Forget for what a space waited; nothing happens when it does not."""
        ...

    def drop_waits(self, before: datetime, kept: str) -> None:
        """Forget those of which nobody was heard after an instant; those of the reason `kept` stay."""
        ...
