"""The outbox: steps that were committed with what caused them, leased one worker at a time."""

from collections.abc import Callable, Collection, Container, Sequence
from datetime import datetime, timedelta

from sqlalchemy import Insert, and_, case, delete, exists, func, literal, literal_column, or_, select, update

from gateway.domain.errors import KeyUnavailable, SealBroken
from gateway.domain.instants import instant_of, micros_of
from gateway.domain.mailbox import OPERATOR, VaultId
from gateway.domain.outbox import Step, StepKind, Urgency, WorkerId, urgency_of
from gateway.domain.step_payloads import Payload
from gateway.store import schema
from gateway.store.backend.sql import Row, Runner, insert, parameter
from gateway.store.rows.noted_changes import NotedChanges
from gateway.store.rows.step_places import FURTHEST, UNREADABLE
from gateway.store.seal.records import STEP
from gateway.store.seal.sealer import Sealer

_NOBODY = 0
"""Holder of a step that is not leased."""
_O = schema.outbox
_this = (_O.c.vault == parameter("vault"), _O.c.step == parameter("step"))
_INSERT = insert(_O).on_conflict_do_nothing()
_columns = [column.name for column in _O.c]
# One statement looks and inserts: two writers cannot both find that nothing waits.
_INSERT_IF_NONE_WAITS = (
    insert(_O)
    .from_select(
        _columns,
        select(*(parameter(name) for name in _columns)).where(
            ~exists(literal(1)).where(
                _O.c.vault == parameter("vault"),
                _O.c.kind == parameter("kind"),
                _O.c.attempts == 0,
                _O.c.parked == 0,
            )
        ),
    )
    .on_conflict_do_nothing()
)
# `due` is moved to the end of the lease: one index answers both "due" and "not leased".
_DUE = (
    select(_O.c.vault, _O.c.step, _O.c.kind, _O.c.payload, _O.c.due, _O.c.attempts, _O.c.urgency)
    .where(_O.c.parked == 0, _O.c.urgency == parameter("this_urgency"), _O.c.due <= parameter("now"))
    .order_by(_O.c.due)
    .limit(parameter("count"))
    .with_for_update(skip_locked=True)  # for databases with several writers; the embedded one has none to skip
)
# Under names of their own: a lease holds the rows that it takes, and must not wait for the vaults they are of.
_leased = (_O.c.vault == parameter("leased_vault"), _O.c.step == parameter("leased_step"))
_LEASE = update(_O).where(*_leased).values(
    due=parameter("until"), attempts=_O.c.attempts + 1, holder=parameter("by")
)
_DONE = delete(_O).where(*_this)
# The count of attempts names the lease: a worker that outlived its own changes nothing of the next one's.
_mine = (*_this, _O.c.attempts == parameter("lease"))
_RETRY = update(_O).where(*_mine).values(due=parameter("new_due"), holder=_NOBODY)
_RELAY = update(_O).where(*_mine).values(
    due=parameter("new_due"), urgency=int(Urgency.RELAY), holder=_NOBODY
)
_PUT_ASIDE = update(_O).where(*_mine).values(
    due=parameter("new_due"), urgency=int(Urgency.SLOW), holder=_NOBODY
)
_PARK_UNREAD = update(_O).where(*_leased).values(parked=1, reason=UNREADABLE, holder=_NOBODY)
_PARK = update(_O).where(*_mine).values(parked=1, reason=parameter("new_reason"), holder=_NOBODY)
_REVIVE = update(_O).where(*_this, _O.c.parked == 1).values(
    parked=0, reason="", attempts=0, due=parameter("new_due"), payload=parameter("new_payload"), holder=_NOBODY
)
_HELD = select(_O.c.vault, _O.c.step, _O.c.holder).where(
    _O.c.parked == 0,
    _O.c.urgency.in_([literal_column(str(int(urgency))) for urgency in Urgency]),  # for the index
    _O.c.due > parameter("now"),
    _O.c.holder != _NOBODY,
)
_RECALL = (
    update(_O).where(*_leased, _O.c.holder == parameter("by")).values(due=parameter("new_due"), holder=_NOBODY)
)
_W = schema.worker
_STAY = insert(_W)
_STAY = _STAY.on_conflict_do_update(
    index_elements=[_W.c.worker], set_={"alive_until": _STAY.excluded.alive_until}
)
_FORGET_GONE = delete(_W).where(_W.c.alive_until <= parameter("now"), _W.c.worker != parameter("asking"))
_LEAVE = delete(_W).where(_W.c.worker == parameter("leaving"))
_ALIVE = select(_W.c.worker).where(_W.c.alive_until > parameter("now"))
# Whoever could write it without the keys would have a step wait for ever.
_has_a_lane = _O.c.urgency.between(int(min(Urgency)), int(max(Urgency)))
_BRING_NEAR = (
    update(_O)
    .where(
        or_(
            ~_O.c.parked.between(0, 1),
            and_(_O.c.parked == 0, or_(_O.c.due > parameter("furthest"), ~_has_a_lane)),
        )
    )
    .values(
        due=parameter("new_due"),
        urgency=case((_has_a_lane, _O.c.urgency), else_=int(Urgency.SOON)),
        parked=0,
        holder=_NOBODY,
    )
)
_COUNTS = select(_O.c.parked, func.count()).group_by(_O.c.parked)
_FAILING = select(func.count()).where(
    _O.c.parked == 0, _O.c.attempts >= 2, _O.c.holder == _NOBODY, _O.c.kind == parameter("of_kind")
)
_URGENCIES = tuple(Urgency)
# A search of the index for each: to group what waits would read all of it.
_NEXT = select(
    *(
        select(func.min(_O.c.due))
        .where(_O.c.parked == 0, _O.c.urgency == literal_column(str(int(urgency))))
        .scalar_subquery()
        for urgency in _URGENCIES
    )
)


class OutboxRows:
    """Implements `gateway.ports.outbox.Outbox`."""

    def __init__(self, runner: Runner, sealer: Sealer, noted: NotedChanges, touched: set[VaultId]) -> None:
        self._runner = runner
        self._sealer = sealer
        self._noted = noted
        self._touched = touched
        self._put_off: dict[tuple[VaultId, int], Step] = {}

    def forget(self) -> None:
        """Drop what an earlier transaction put off to its end."""
        self._put_off.clear()

    def settle(self) -> None:
        """Insert the steps that were put off, and were not done meanwhile."""
        for step in self._put_off.values():
            self._insert(step, _INSERT)
            self._touched.add(OPERATOR)
        self._put_off.clear()

    def add(self, step: Step, *, unless_waiting: bool = False) -> bool:
        """Insert; idempotent on its id; see `gateway.ports.outbox.Outbox`."""
        is_new = self._insert(step, _INSERT_IF_NONE_WAITS if unless_waiting else _INSERT)
        if is_new:
            self._noted.begun(step)
        return is_new

    def put_off(self, step: Step) -> None:
        """Insert at the end of the transaction, unless it is done by then; see `gateway.ports.outbox.Outbox`."""
        self._put_off[step.vault, step.id] = step
        self._noted.begun(step)

    def _insert(self, step: Step, statement: Insert) -> bool:
        added = self._runner.run(
            statement,
            vault=step.vault,
            step=step.id,
            kind=step.kind.value,
            urgency=int(urgency_of(step)),
            due=micros_of(step.due),
            attempts=step.attempts,
            parked=0,
            holder=_NOBODY,
            reason="",
            payload=STEP.seal(self._sealer, step.vault, step.id, step.payload),
        )
        return bool(added)

    def lease(
        self,
        now: datetime,
        until: datetime,
        limit: int,
        leisure: timedelta = timedelta(0),
        urgencies: Sequence[Urgency] = tuple(Urgency),
        *,
        holder: WorkerId,
    ) -> list[Step]:
        """Take due steps that nobody holds, urgent ones first; see `gateway.ports.outbox.Outbox`."""
        rows: list[Row] = []
        for urgency in urgencies:
            before = now - leisure if urgency in (Urgency.AT_LEISURE, Urgency.NOTICE) else now
            if len(rows) < limit:
                rows += self._runner.rows(
                    _DUE, this_urgency=int(urgency), now=micros_of(before), count=limit - len(rows)
                )
        steps = []
        for vault, number, kind, payload, due, attempts, urgency in rows:
            self._runner.run(_LEASE, leased_vault=vault, leased_step=number, until=micros_of(until), by=holder)
            try:
                steps.append(
                    Step(
                        vault=vault,
                        id=number,
                        payload=self._payload(vault, number, kind, payload),
                        due=instant_of(due),
                        attempts=attempts + 1,
                        relays=urgency == Urgency.RELAY,
                        slow=urgency == Urgency.SLOW,
                    )
                )
            except (SealBroken, KeyUnavailable):
                # Altered, erased with its vault, or of a later version: it must not stop the others.
                self._runner.run(_PARK_UNREAD, leased_vault=vault, leased_step=number)
        return steps

    def _payload(self, vault: VaultId, number: int, kind: str, sealed: bytes) -> Payload:
        payload = STEP.open(self._sealer, vault, number, sealed)
        # What is sealed decides what is done; a row that says something else was altered.
        if payload.__struct_config__.tag != kind:
            raise SealBroken("a step is not of the kind that its row says")
        return payload

    def done(self, step: Step) -> bool:
        """Remove; False when it was done before, by another worker."""
        was_put_off = self._put_off.pop((step.vault, step.id), None) is not None
        is_done = was_put_off or self._runner.run(_DONE, vault=step.vault, step=step.id) > 0
        if is_done:
            self._noted.ended(step)
        return is_done

    def retry(self, step: Step, due: datetime) -> None:
        """Give back, due later; no change when the lease has passed to another."""
        self._runner.run(_RETRY, vault=step.vault, step=step.id, lease=step.attempts, new_due=micros_of(due))

    def relay(self, step: Step, due: datetime) -> None:
        """Give back to those that wait for another server; no change when the lease has passed to another."""
        self._runner.run(_RELAY, vault=step.vault, step=step.id, lease=step.attempts, new_due=micros_of(due))

    def put_aside(self, step: Step, due: datetime) -> None:
        """Give back to those that take long; no change when the lease has passed to another."""
        self._runner.run(_PUT_ASIDE, vault=step.vault, step=step.id, lease=step.attempts, new_due=micros_of(due))

    def park(self, step: Step, reason: str) -> None:
        """Set aside for a human; no change when the lease has passed to another."""
        self._runner.run(_PARK, vault=step.vault, step=step.id, lease=step.attempts, new_reason=reason)

    def revive(self, step: Step) -> bool:
        """Have a parked step begun anew; see `gateway.ports.outbox.Outbox`."""
        payload = STEP.seal(self._sealer, step.vault, step.id, step.payload)
        return bool(
            self._runner.run(
                _REVIVE, vault=step.vault, step=step.id, new_due=micros_of(step.due), new_payload=payload
            )
        )

    def recall(self, now: datetime, worker: WorkerId, held: Container[tuple[VaultId, int]]) -> int:
        """Make due now what a worker has leased without holding it; see `gateway.ports.outbox.Outbox`."""
        return self._recall(now, lambda vault, step, holder: holder == worker and (vault, step) not in held)

    def recall_from_gone(self, now: datetime, worker: WorkerId, known: Collection[WorkerId] | None = None) -> int:
        """Make due now what workers hold that are gone; see `gateway.ports.outbox.Outbox`."""
        alive = {worker, *(self.staying(now) if known is None else known)}
        return self._recall(now, lambda _vault, _step, holder: holder not in alive)

    def _recall(self, now: datetime, wanted: Callable[[VaultId, int, int], bool]) -> int:
        return sum(
            self._runner.run(_RECALL, leased_vault=vault, leased_step=step, by=holder, new_due=micros_of(now))
            for vault, step, holder in self._runner.rows(_HELD, now=micros_of(now))
            if wanted(vault, step, holder)
        )

    def stay(self, worker: WorkerId, now: datetime, until: datetime) -> None:
        """Say that a worker is there, to be believed until then."""
        self._runner.run(_FORGET_GONE, now=micros_of(now), asking=worker)
        self._runner.run(_STAY, worker=worker, alive_until=micros_of(until))

    def staying(self, now: datetime) -> list[WorkerId]:
        """Give those that have said `stay` for the present."""
        return [WorkerId(row[0]) for row in self._runner.rows(_ALIVE, now=micros_of(now))]

    def leave(self, worker: WorkerId) -> None:
        """Say that a worker is gone; never was is no error."""
        self._runner.run(_LEAVE, leaving=worker)

    def bring_near(self, now: datetime) -> int:
        """Make due now what is due later than any step is, or waits in a place that nobody serves; give how many."""
        return self._runner.run(_BRING_NEAR, furthest=micros_of(now + FURTHEST), new_due=micros_of(now))

    def counts(self) -> dict[str, int]:
        """Count steps: ``waiting``, ``parked``."""
        found: dict[int, int] = dict(self._runner.rows(_COUNTS))
        return {"waiting": found.get(0, 0), "parked": found.get(1, 0)}

    def failing(self, kinds: Collection[StepKind]) -> int:
        """Count steps of these kinds that were begun twice or more, and wait to be begun again."""
        return sum(int(self._runner.rows(_FAILING, of_kind=kind.value)[0][0]) for kind in kinds)

    def next_due(self) -> dict[Urgency, datetime]:
        """Give the earliest instant at which a lease may succeed, of each urgency that has steps."""
        due = self._runner.rows(_NEXT)[0]
        return {u: instant_of(at) for u, at in zip(_URGENCIES, due, strict=True) if at is not None}
