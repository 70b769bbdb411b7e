"""Agents: coded rows in the operator's vault; a bent one lets nobody in. Beside them, who waits for an agent."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, select

from gateway.domain.agents import Agent, AgentKey, UnservedWait
from gateway.domain.errors import SealBroken
from gateway.domain.instants import instant_of, micros_of
from gateway.domain.mailbox import OPERATOR, VaultId
from gateway.store import schema
from gateway.store.backend.sql import Row, Runner, insert, parameter
from gateway.store.rows.coded_rows import CodedRows
from gateway.store.rows.coded_tables import AGENT as AGENT_ROW
from gateway.store.seal.agent_record import AGENT, AgentRecord
from gateway.store.seal.sealer import Sealer

_A = schema.agent
_row = insert(_A)
_SAVE = _row.on_conflict_do_update(
    index_elements=[_A.c.vault, _A.c.agent],
    set_={name: _row.excluded[name] for name in ("record", "version", "code")},
)
_ALL = select(*AGENT_ROW.selected_with_head()).where(_A.c.vault == parameter("vault"))
_GET = _ALL.where(_A.c.agent == parameter("agent"))
_U = schema.unserved
_of_operator = _U.c.vault == parameter("vault")
_wait = insert(_U)
_SAVE_WAIT = _wait.on_conflict_do_update(
    index_elements=[_U.c.vault, _U.c.space, _U.c.why],
    set_={name: _wait.excluded[name] for name in ("since", "last", "times")},
)
_WAITS = select(_U.c.space, _U.c.why, _U.c.since, _U.c.last, _U.c.times).where(_of_operator)
_WAIT = _WAITS.where(_U.c.space == parameter("space"), _U.c.why == parameter("why"))
_DROP_WAITS = delete(_U).where(_of_operator, _U.c.last <= parameter("before"), _U.c.why != parameter("kept"))
_DROP_WAIT = delete(_U).where(_of_operator, _U.c.space == parameter("space"), _U.c.why == parameter("why"))
_NOBODY = 0
_at = datetime.fromisoformat


class AgentRows:
    """Implements `gateway.ports.agents.Agents`."""

    def __init__(self, runner: Runner, sealer: Sealer, coded: CodedRows) -> None:
        self._runner = runner
        self._sealer = sealer
        self._coded = coded

    def all(self) -> Sequence[Agent]:
        """List them by name."""
        found = (self._read(row) for row in self._runner.rows(_ALL, vault=OPERATOR))
        return sorted((one for one in found if one), key=lambda one: (one.name.casefold(), one.number))

    def get(self, number: int) -> Agent | None:
        """Read one."""
        row = self._runner.row(_GET, vault=OPERATOR, agent=number)
        return None if row is None else self._read(row)

    def save(self, agent: Agent) -> None:
        """Insert or replace one."""
        record = AgentRecord(
            name=agent.name,
            added=agent.added.isoformat(),
            keys=tuple((key.spki_sha256, _written(key.not_after)) for key in agent.keys),
            removed=_written(agent.removed),
        )
        sealed = AGENT.seal(self._sealer, OPERATOR, agent.number, record)
        row = {"vault": OPERATOR, "agent": agent.number, "record": sealed}
        self._runner.run(_SAVE, **self._coded.stamped(AGENT_ROW, row))

    def waits(self) -> Sequence[UnservedWait]:
        """List who waits for an agent."""
        return [_waiting(row) for row in self._runner.rows(_WAITS, vault=OPERATOR)]

    def wait(self, space: VaultId | None, why: str) -> UnservedWait | None:
        """Read for what somebody waits."""
        row = self._runner.row(_WAIT, vault=OPERATOR, space=space or _NOBODY, why=why)
        return None if row is None else _waiting(row)

    def save_wait(self, wait: UnservedWait) -> None:
        """Insert or replace one."""
        instants = {"since": micros_of(wait.since), "last": micros_of(wait.last)}
        key = {"vault": OPERATOR, "space": wait.space or _NOBODY, "why": wait.why}
        self._runner.run(_SAVE_WAIT, **key, **instants, times=wait.times)

    def drop_wait(self, space: VaultId, why: str) -> None:
        """Forget one."""
        self._runner.run(_DROP_WAIT, vault=OPERATOR, space=space, why=why)

    def drop_waits(self, before: datetime, kept: str) -> None:
        """Forget those of which nobody was heard after an instant."""
        self._runner.run(_DROP_WAITS, vault=OPERATOR, before=micros_of(before), kept=kept)

    def _read(self, row: Row) -> Agent | None:
        if not self._coded.holds_with_head(AGENT_ROW, row):
            return None
        try:
            record = AGENT.open(self._sealer, OPERATOR, row[1], row[2])
        except SealBroken:
            self._sealer.tell_damage(OPERATOR, "agent", row[1])
            return None
        return Agent(
            number=row[1],
            name=record.name,
            added=_at(record.added),
            keys=tuple(AgentKey(key, _at(ends) if ends else None) for key, ends in record.keys),
            removed=_at(record.removed) if record.removed else None,
        )


def _written(instant: datetime | None) -> str:
    return instant.isoformat() if instant else ""


def _waiting(row: Row) -> UnservedWait:
    space, why, since, last, times = row
    whose = VaultId(space) if space else None
    return UnservedWait(space=whose, why=why, since=instant_of(since), last=instant_of(last), times=times)
