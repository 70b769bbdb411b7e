"""Looks through everything that the store keeps, and says what is damaged, whose it is, and what to do.

Reads a little at a time, so that a gateway that serves meanwhile does not wait; nothing is written.
"""

from collections.abc import AsyncIterator, Callable, Iterable
from dataclasses import dataclass, field

from gateway.domain.errors import DatabaseDamaged
from gateway.domain.mailbox import VaultId
from gateway.ports.inspection import Damage, Inspected, Position
from gateway.ports.store import Store, Tx

TRACES = "traces"
_FIRST, _MOST = 32, 1_000
_SHORT, _LONG = 0.010, 0.025
"""Seconds of one look within which the next one may be of more things, and beyond which it is of fewer."""
_PAGE = "docs/operations.md, "
_REMEDIES = {
    "key": f"put the keys back from their backup ({_PAGE}« Damaged records »)",
    "coded row": f"look for who wrote to the database ({_PAGE}« Damaged records »)",
    "trace": f"keep a copy, and look for who wrote to the database ({_PAGE}« Damaged records »)",
    "database": f"stop the gateway, keep a copy, and restore the database ({_PAGE}« Backup »)",
}
_WITHHELD = "put the row back from your backup, or end it with « pli documents {command} »"
_REMEDIES |= {
    what: f"{_WITHHELD.format(command=command)} ({_PAGE}« Damaged records »)"
    for what, command in (("hold", "release"), ("delay", "release"), ("doubt", "settle"))
}
_OTHERWISE = f"put the row back from your backup ({_PAGE}« Damaged records »)"


def remedy_of(damage: Damage) -> str:
    """Say what to do about it."""
    return _REMEDIES.get(damage.what, _OTHERWISE)


@dataclass(slots=True)
class Pace:
    """How many things to look at at once, so that one look takes some milliseconds."""

    clock: Callable[[], float]
    count: int = _FIRST

    def timed(self, tx: Tx, part: str, position: Position | None) -> Inspected:
        """Look, and note how long it took."""
        began = self.clock()
        found = tx.inspection.look(part, position, self.count)
        took = self.clock() - began
        if took > _LONG:
            self.count = max(1, self.count // 2)
        elif took < _SHORT:
            self.count = min(_MOST, self.count * 2)
        return found


@dataclass(slots=True)
class Verification:
    """One run over the store; `looked` counts what was looked at, by part."""

    store: Store
    clock: Callable[[], float]
    looked: dict[str, int] = field(default_factory=dict)
    _without_key: set[VaultId | None] = field(default_factory=set)

    async def parts(self) -> list[str]:
        """List what there is to look at."""
        return await self.store.read(lambda tx: list(tx.inspection.parts()))

    async def damages(self, parts: Iterable[str]) -> AsyncIterator[Damage]:
        """Look at parts of the store; a vault without its key is told once."""
        for part in parts:
            async for damage in self._damages_of(part):
                if damage.what == "key":
                    if damage.vault in self._without_key:
                        continue
                    self._without_key.add(damage.vault)
                yield damage

    async def _damages_of(self, part: str) -> AsyncIterator[Damage]:
        pace, position, begun = Pace(self.clock), None, False
        self.looked.setdefault(part, 0)
        while not begun or position is not None:
            begun = True
            try:
                found = await self._look(pace, part, position)
            except DatabaseDamaged:
                yield Damage(vault=None, what="database", number=None, fault=f"its pages of « {part} » cannot be read")
                return
            self.looked[part] += found.looked
            position = found.position
            for damage in found.damages:
                yield damage

    async def _look(self, pace: Pace, part: str, position: Position | None) -> Inspected:
        return await self.store.read(lambda tx: pace.timed(tx, part, position))
