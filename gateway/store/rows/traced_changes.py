"""Compares a vault's messages, lines, claims and steps with what its sealed trace says became of them.

For `pli verify`: what the trace says came and not that it went, and that is not there, was taken away; what is there
and the trace does not know, or says went, was put there. The trace is followed in pieces; what it comes to is compared
with the rows in one look, on the snapshot that has its end: about 2 µs a line.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from sqlalchemy import LargeBinary, Select, cast, func, or_, select

from gateway.domain.errors import KeyUnavailable
from gateway.domain.mailbox import VaultId
from gateway.ports.inspection import Damage, Inspected, Position
from gateway.store import schema
from gateway.store.backend.sql import Row, Runner, parameter
from gateway.store.rows.audit import AuditRows
from gateway.store.rows.coded_rows import CodedRows
from gateway.store.rows.message_places import is_number
from gateway.store.rows.noted_changes import NOTED_STEPS
from gateway.store.seal.records import ChangesRecord
from gateway.store.seal.sealer import object_of

TAKEN = "its trace says that it came, and not that it went: it was taken away"
PUT = "its trace does not say that it is here: it was put there, or put back"
MOVED = "a folder's line of it was taken away, or moved: its trace says that it stands there"
STRANGE_LINE = "its trace does not say that it stands in this folder: its line was put or moved there"
OTHER_FLAGS = "its flags are not those that its trace says"
OTHER_DATE = "its date is not the one that its trace says"
UNCLAIMED = "what says that it came was taken away or changed: it would be taken in twice"
STRANGE_CLAIM = "its trace does not say that it came: what is sent under this mark is taken for it"
NO_OUTCOME = "what became of it was taken away"
NOT_KEPT = "it was taken away"
NOT_HELD = "what opens them was taken away: a message or document has lost its octets"
UNDONE = "its trace says that it is to be done, and not that it was: it was taken away"
STRANGE_STEP = "its trace does not say that it is to be done: it was put there, or put back"
OLDER_HEAD = "« vault_head » is older than the trace says: rows that decide were put back with it"

_C, _E, _I, _O = schema.content, schema.entry, schema.intake, schema.outbox
_vault = parameter("vault")
_MESSAGES = select(_C.c.mid).where(_C.c.vault == _vault)
_LINES = select(
    _E.c.folder, _E.c.uid, _E.c.mid, _E.c.flags, _E.c.internal_date
).where(_E.c.vault == _vault)
_CLAIMS = select(cast(_I.c.dedupe, LargeBinary), _I.c.mid).where(_I.c.vault == _vault)
_OUTCOMES = select(schema.outcome.c.mid).where(schema.outcome.c.vault == _vault)
_KEPT = select(schema.quarantine.c.mid).where(schema.quarantine.c.vault == _vault)
_HOLDS = select(cast(schema.blob.c.blob, LargeBinary)).where(schema.blob.c.vault == _vault)
_STEPS = select(_O.c.step).where(_O.c.vault == _vault, or_(*(_O.c.kind == kind.value for kind in NOTED_STEPS)))
_NEXT = tuple(
    select(func.min(table.c.vault)).where(table.c.vault > _vault)
    for table in (schema.audit, _C, _E, _I)
)


@dataclass(slots=True)
class Traced:
    """What a vault's trace comes to, as far as it was followed."""

    messages: set[int] = field(default_factory=set)
    lines: dict[tuple[int, int], tuple[int, str, int]] = field(default_factory=dict)
    claims: dict[bytes, int] = field(default_factory=dict)
    steps: set[int] = field(default_factory=set)
    decided: set[int] = field(default_factory=set)
    set_aside: set[int] = field(default_factory=set)
    holds: dict[bytes, bool] = field(default_factory=dict)
    epoch: int = 0
    is_whole: bool = True

    def follow(self, changes: ChangesRecord) -> None:
        """Take in what one transaction did."""
        self.messages.update(changes.came)
        self.messages.difference_update(changes.went)
        for folder, uid, mid, flags, at in changes.shown:
            self.lines[folder, uid] = mid, flags, at
        for folder, flags, uids in changes.flagged:
            for uid in uids:
                if line := self.lines.get((folder, uid)):
                    self.lines[folder, uid] = line[0], flags, line[2]
        for place in changes.gone:
            self.lines.pop(place, None)
        self.claims.update(changes.claimed)
        self.steps.update(changes.begun)
        self.steps.difference_update(changes.ended)
        self.decided.update(changes.decided)
        self.set_aside.update(changes.set_aside)
        self.holds.update(changes.holds)


class TracedChanges:
    """Follows the trace of one vault after the other."""

    def __init__(self, runner: Runner, audit: AuditRows, coded: CodedRows) -> None:
        self._runner = runner
        self._audit = audit
        self._coded = coded

    def look(self, position: Position | None, limit: int) -> Inspected:
        """Follow a piece of a trace; at its end, compare. A position is a vault, how far, and what came of it."""
        vault, seq, traced = position or (-1, None, None)
        if seq is None:
            after = [row[0] for statement in _NEXT for row in self._runner.rows(statement, vault=vault)]
            if not (numbers := [number for number in after if is_number(number)]):
                return Inspected(looked=0, damages=[], position=None)
            vault, seq, traced = VaultId(min(numbers)), 0, Traced()
        try:
            records = self._audit.records(vault, seq, limit)
        except KeyUnavailable:
            return Inspected(looked=0, damages=[], position=(vault, None, None))  # destroyed, or told of with the keys
        for number, record in records:
            seq = number
            if record is None:
                traced.is_whole = False  # told of where records are opened
                continue
            traced.epoch = max(traced.epoch, record.epoch)
            if record.changes is not None:
                traced.follow(record.changes)
        if len(records) == limit:
            return Inspected(looked=len(records), damages=[], position=(vault, seq, traced))
        # A trace that is not there, or is broken, is told of by itself.
        damages = list(self._compared(vault, traced)) if seq and traced.is_whole else []
        return Inspected(looked=len(records), damages=damages, position=(vault, None, None))

    def _compared(self, vault: VaultId, traced: Traced) -> Iterator[Damage]:
        head = self._coded.head(vault)
        if head.is_known and head.epoch < traced.epoch:
            yield Damage(vault=vault, what="coded row", number=None, fault=OLDER_HEAD)
        here = self._numbers(_MESSAGES, vault)
        yield from _each(vault, "message", traced.messages - here, TAKEN)
        yield from _each(vault, "message", here - traced.messages, PUT)
        yield from self._lines(vault, traced)
        claims: dict[bytes, int] = dict(self._runner.rows(_CLAIMS, vault=vault))
        yield from _each(vault, "message", _differing(traced.claims, claims), UNCLAIMED)
        yield from _each(vault, "message", _differing(claims, traced.claims), STRANGE_CLAIM)
        yield from _each(vault, "message", traced.decided - self._numbers(_OUTCOMES, vault), NO_OUTCOME)
        yield from _each(vault, "quarantined message", traced.set_aside - self._numbers(_KEPT, vault), NOT_KEPT)
        held = {row[0] for row in self._runner.rows(_HOLDS, vault=vault)}
        for blob in sorted(blob for blob, is_held in traced.holds.items() if is_held and blob not in held):
            yield Damage(vault=vault, what="octets", number=object_of(blob), fault=NOT_HELD)
        waiting = self._numbers(_STEPS, vault)
        yield from _each(vault, "step", traced.steps - waiting, UNDONE)
        yield from _each(vault, "step", waiting - traced.steps, STRANGE_STEP)

    def _numbers(self, statement: Select[Row], vault: VaultId) -> set[int]:
        return {row[0] for row in self._runner.rows(statement, vault=vault)}

    def _lines(self, vault: VaultId, traced: Traced) -> Iterator[Damage]:
        rows = self._runner.rows(_LINES, vault=vault)
        lines = {(folder, uid): (mid, flags, at) for folder, uid, mid, flags, at in rows}
        for place, (mid, flags, at) in lines.items():
            said = traced.lines.get(place)
            if said is None or said[0] != mid:
                yield from _each(vault, "line of a message", {mid}, STRANGE_LINE)
            elif said[1] != flags:
                yield from _each(vault, "line of a message", {mid}, OTHER_FLAGS)
            elif said[2] != at:
                yield from _each(vault, "line of a message", {mid}, OTHER_DATE)
        gone = {said[0] for place, said in traced.lines.items() if place not in lines or lines[place][0] != said[0]}
        yield from _each(vault, "line of a message", gone, MOVED)


def _differing(some: Mapping[bytes, int], others: Mapping[bytes, int]) -> set[int]:
    return {mid for dedupe, mid in some.items() if others.get(dedupe) != mid}


def _each(vault: VaultId, what: str, numbers: set[int], fault: str) -> Iterator[Damage]:
    for number in sorted(number for number in numbers if is_number(number)):
        yield Damage(vault=vault, what=what, number=number, fault=fault)
