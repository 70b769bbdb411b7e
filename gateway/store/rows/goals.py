"""Goals of examinations: a sealed row each, bound to its examination."""

from collections.abc import Mapping
from datetime import date

from sqlalchemy import delete, select

from gateway.domain.errors import SealBroken
from gateway.domain.goals import Goal
from gateway.domain.lab_result import number_of
from gateway.domain.mailbox import VaultId
from gateway.store import schema
from gateway.store.backend.sql import Runner, insert, parameter
from gateway.store.seal.packed_records import packed, unpacked
from gateway.store.seal.sealer import RecordKind, Sealer

_G = schema.goal
_goal = insert(_G)
_SAVE = _goal.on_conflict_do_update(
    index_elements=[_G.c.vault, _G.c.examination], set_={"record": _goal.excluded.record}
)
_GET = select(_G.c.record).where(_G.c.vault == parameter("vault"), _G.c.examination == parameter("examination"))
_ALL = select(_G.c.examination, _G.c.record).where(_G.c.vault == parameter("vault"))
_TAKE_AWAY = delete(_G).where(_G.c.vault == parameter("vault"), _G.c.examination == parameter("examination"))


class GoalRows:
    """Implements `gateway.ports.goals.Goals`."""

    def __init__(self, runner: Runner, sealer: Sealer) -> None:
        self._runner = runner
        self._sealer = sealer

    def save(self, vault: VaultId, examination: int, goal: Goal) -> None:
        """Set a goal, in the place of the one that there was."""
        bounds = ("" if bound is None else f"{bound:f}" for bound in (goal.low, goal.high))
        record = packed(
            RecordKind.GOAL,
            *(text.encode() for text in (*bounds, goal.unit, goal.set_by, goal.set_on.isoformat())),
        )
        sealed = self._sealer.seal(vault, RecordKind.GOAL, examination, record)
        self._runner.run(_SAVE, vault=vault, examination=examination, record=sealed)

    def take_away(self, vault: VaultId, examination: int) -> None:
        """Take a goal away; nothing happens where there is none."""
        self._runner.run(_TAKE_AWAY, vault=vault, examination=examination)

    def get(self, vault: VaultId, examination: int) -> Goal | None:
        """Give the goal of an examination."""
        row = self._runner.row(_GET, vault=vault, examination=examination)
        return None if row is None else self._opened(vault, examination, row[0])

    def all_of(self, vault: VaultId) -> Mapping[int, Goal | None]:
        """Give those of a space by examination; None for one that does not open, which was told of."""
        found: dict[int, Goal | None] = {}
        for examination, sealed in self._runner.rows(_ALL, vault=vault):
            try:
                found[examination] = self._opened(vault, examination, sealed)
            except SealBroken:
                found[examination] = None
        return found

    def _opened(self, vault: VaultId, examination: int, sealed: bytes) -> Goal:
        with self._sealer.telling(vault, "goal", examination):
            fields = unpacked(self._sealer.open(vault, RecordKind.GOAL, examination, sealed), 5)
            low, high, unit, set_by, set_on = (field.decode() for field in fields)
        return Goal(
            low=number_of(low), high=number_of(high), unit=unit, set_by=set_by, set_on=date.fromisoformat(set_on)
        )
