"""Compares a vault's messages, lines, claims and steps with what its sealed trace says became of them.

For `pli verify`: what the trace says came and not that it went, and that is not there, was taken away; what is there
and the trace does not know, or says went, was put there. The trace is followed in pieces; what it comes to is compared
with the rows in one look, on the snapshot that has its end: about 2 µs a line. A long one is followed several times,
each time for some of what it says, so that memory does not grow with it.
"""

from collections.abc import Iterator
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
from gateway.store.rows.noted_changes import MARK, NOTED_STEPS
from gateway.store.rows.references import CODED_COLUMNS, is_as_coded
from gateway.store.seal.audit_records import ChangesRecord
from gateway.store.seal.sealer import Sealer, object_of

TAKEN = "its trace says that it came, and not that it went: it was taken away"
PUT = "its trace does not say that it is here: it was put there, or put back"
MOVED = "a folder's line of it was taken away, or moved: its trace says that it stands there"
STRANGE_LINE = "its trace does not say that it stands in this folder: its line was put or moved there"
OTHER_FLAGS = "its flags are not those that its trace says"
OTHER_DATE = "its date is not the one that its trace says"
UNCLAIMED = "what says that it came was taken away or changed: it would be taken in twice"
STRANGE_CLAIM = "its trace does not say that it came: what is sent under this mark is taken for it"
NO_OUTCOME = "what became of it was taken away"
OTHER_OUTCOME = "what became of it is not what its trace says: an older record of it was put back"
NO_TOMBSTONE = "what tells mail clients that a message is gone was taken away: they may go on showing it"
STRANGE_TOMBSTONE = "it tells mail clients that a message is gone which is not: that was put there"
STRANGE_HOLD = "a row says that they are held, and the trace does not: it was put there, and opens nothing"
NOT_KEPT = "it was taken away"
NOT_HELD = "what opens them was taken away: a message or document has lost its octets"
UNDONE = "its trace says that it is to be done, and not that it was: it was taken away"
STRANGE_STEP = "its trace does not say that it is to be done: it was put there, or put back"
BENT_REFERENCE = "its row was changed, or put there: it stands for nothing"
NO_REFERENCE = "it was taken away: answers begin another conversation, and reports on what it names are refused"
TWICE = "its UID was given before: a mail client may show another message in its place"
OTHER_COUNTER = "its next UID is not the one that its trace says: UIDs would be given again, or left out"
OLDER_HEAD = "« vault_head » is older than the trace says: rows that decide were put back with it"

_C, _E, _I, _O, _F = schema.content, schema.entry, schema.intake, schema.outbox, schema.folder
_vault = parameter("vault")
_MESSAGES = select(_C.c.mid).where(_C.c.vault == _vault)
_LINES = select(
    _E.c.folder, _E.c.uid, _E.c.mid, _E.c.flags, _E.c.internal_date
).where(_E.c.vault == _vault)
_CLAIMS = select(cast(_I.c.dedupe, LargeBinary), _I.c.mid).where(_I.c.vault == _vault)
_OUTCOMES = select(schema.outcome.c.mid, cast(schema.outcome.c.record, LargeBinary)).where(
    schema.outcome.c.vault == _vault
)
_KEPT = select(schema.quarantine.c.mid).where(schema.quarantine.c.vault == _vault)
_HOLDS = select(cast(schema.blob.c.blob, LargeBinary)).where(schema.blob.c.vault == _vault)
_STEPS = select(_O.c.step).where(_O.c.vault == _vault, or_(*(_O.c.kind == kind.value for kind in NOTED_STEPS)))
_TOMBSTONES = select(schema.tombstone.c.folder, schema.tombstone.c.uid).where(schema.tombstone.c.vault == _vault)
_REFERENCES = select(*CODED_COLUMNS).where(schema.reference.c.vault == _vault)
_COUNTERS = select(_F.c.folder, _F.c.uid_next).where(_F.c.vault == _vault)
_NEXT = tuple(
    select(func.min(table.c.vault)).where(table.c.vault > _vault)
    for table in (schema.audit, _C, _E, _I, schema.reference)
)
SLICE = 30_000
"""Events for which a trace is followed once more: what it comes to is held in memory, a kilobyte a message."""


@dataclass(slots=True, kw_only=True)
class Traced:
    """What a vault's trace comes to, as far as it was followed: of every `slices`-th message, line or step alone."""

    slices: int = 1
    slice: int = 0
    messages: set[int] = field(default_factory=set)
    lines: dict[tuple[int, int], tuple[int, str, int]] = field(default_factory=dict)
    claims: dict[bytes, int] = field(default_factory=dict)
    steps: set[int] = field(default_factory=set)
    decided: dict[int, bytes] = field(default_factory=dict)
    gone: set[tuple[int, int]] = field(default_factory=set)
    set_aside: set[int] = field(default_factory=set)
    holds: set[bytes] = field(default_factory=set)
    referred: set[bytes] = field(default_factory=set)
    tops: dict[int, int] = field(default_factory=dict)
    twice: set[int] = field(default_factory=set)
    epoch: int = 0
    is_whole: bool = True

    def has(self, name: object) -> bool:
        """Say whether a number, or a digest, is of this slice."""
        if isinstance(name, bytes):
            return int.from_bytes(name[:4], "big") % self.slices == self.slice
        return isinstance(name, int) and name % self.slices == self.slice

    def follow(self, changes: ChangesRecord) -> None:
        """Take in what one transaction did."""
        self.messages.update(filter(self.has, changes.came))
        self.messages.difference_update(changes.went)
        for folder, uid, mid, flags, at in changes.shown:
            if uid <= self.tops.get(folder, 0):
                self.twice.add(mid)
            self.tops[folder] = max(uid, self.tops.get(folder, 0))
            if self.has(uid):
                self.lines[folder, uid] = mid, flags, at
        for folder, flags, uids in changes.flagged:
            for uid in uids:
                if line := self.lines.get((folder, uid)):
                    self.lines[folder, uid] = line[0], flags, line[2]
        for place in changes.gone:
            self.lines.pop(place, None)
            if self.has(place[1]):
                self.gone.add(place)
        self.claims.update((dedupe, mid) for dedupe, mid in changes.claimed if self.has(dedupe))
        self.steps.update(filter(self.has, changes.begun))
        self.steps.difference_update(changes.ended)
        outcomes = (*((mid, b"") for mid in changes.decided), *changes.outcomes)
        self.decided.update((mid, mark) for mid, mark in outcomes if self.has(mid))
        self.set_aside.update(filter(self.has, changes.set_aside))
        self.set_aside.difference_update(changes.went)
        for blob, is_held in changes.holds:
            if is_held and self.has(blob):
                self.holds.add(blob)
            else:
                self.holds.discard(blob)
        self.referred.update(filter(self.has, changes.referred))


class TracedChanges:
    """Follows the trace of one vault after the other."""

    def __init__(self, runner: Runner, sealer: Sealer, audit: AuditRows, coded: CodedRows) -> None:
        self._runner = runner
        self._sealer = sealer
        self._audit = audit
        self._coded = coded

    def look(self, position: Position | None, limit: int) -> Inspected:
        """Follow a piece of a trace; at its end, compare. A position is a vault, how far, and what came of it."""
        vault, seq, traced = position or (-1, None, None)
        if seq is None:
            after = [row[0] for statement in _NEXT for row in self._runner.rows(statement, vault=vault)]
            if not (numbers := [number for number in after if is_number(number)]):
                return Inspected(looked=0, damages=[], position=None)
            vault, seq = VaultId(min(numbers)), 0
            traced = Traced(slices=1 + self._audit.length(vault) // SLICE)
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
        looked = 0 if traced.slice else len(records)
        if len(records) == limit:
            return Inspected(looked=looked, damages=[], position=(vault, seq, traced))
        # A trace that is not there, or is broken, is told of by itself.
        damages = list(self._compared(vault, traced)) if seq and traced.is_whole else []
        if traced.is_whole and traced.slice + 1 < traced.slices:
            following = Traced(slices=traced.slices, slice=traced.slice + 1)
            return Inspected(looked=looked, damages=damages, position=(vault, 0, following))
        return Inspected(looked=looked, damages=damages, position=(vault, None, None))

    def _compared(self, vault: VaultId, traced: Traced) -> Iterator[Damage]:
        if not traced.slice:
            yield from self._as_a_whole(vault, traced)
        here = self._numbers(_MESSAGES, vault, traced)
        yield from _each(vault, "message", traced.messages - here, TAKEN)
        yield from _each(vault, "message", here - traced.messages, PUT)
        yield from self._lines(vault, traced)
        yield from self._claims(vault, traced)
        yield from self._outcomes(vault, traced)
        kept = self._numbers(_KEPT, vault, traced)
        yield from _each(vault, "quarantined message", traced.set_aside - kept, NOT_KEPT)
        yield from self._holds(vault, traced)
        waiting = self._numbers(_STEPS, vault, traced)
        yield from _each(vault, "step", traced.steps - waiting, UNDONE)
        yield from _each(vault, "step", waiting - traced.steps, STRANGE_STEP)
        yield from self._references(vault, traced)

    def _as_a_whole(self, vault: VaultId, traced: Traced) -> Iterator[Damage]:
        head = self._coded.head(vault)
        if head.is_known and head.epoch < traced.epoch:
            yield Damage(vault=vault, what="coded row", number=None, fault=OLDER_HEAD)
        yield from _each(vault, "line of a message", traced.twice, TWICE)
        counters = self._runner.rows(_COUNTERS, vault=vault)
        bent = {folder for folder, following in counters if following != traced.tops.get(folder, 0) + 1}
        yield from _each(vault, "folder", bent, OTHER_COUNTER)

    def _numbers(self, statement: Select[Row], vault: VaultId, traced: Traced) -> set[int]:
        return {row[0] for row in self._runner.each(statement, vault=vault) if traced.has(row[0])}

    def _lines(self, vault: VaultId, traced: Traced) -> Iterator[Damage]:
        """Compare lines; what is left of what the trace says has no line."""
        strange: dict[str, set[int]] = {STRANGE_LINE: set(), OTHER_FLAGS: set(), OTHER_DATE: set(), MOVED: set()}
        for folder, uid, mid, flags, at in self._runner.each(_LINES, vault=vault):
            if not traced.has(uid):
                continue
            said = traced.lines.pop((folder, uid), None)
            if said is None or said[0] != mid:
                strange[STRANGE_LINE].add(mid)
                strange[MOVED].update([] if said is None else [said[0]])
            elif said[1] != flags:
                strange[OTHER_FLAGS].add(mid)
            elif said[2] != at:
                strange[OTHER_DATE].add(mid)
        strange[MOVED].update(said[0] for said in traced.lines.values())
        for fault, numbers in strange.items():
            yield from _each(vault, "line of a message", numbers, fault)

        yield from self._tombstones(vault, traced)

    def _tombstones(self, vault: VaultId, traced: Traced) -> Iterator[Damage]:
        """Compare what tells mail clients that lines are gone; a folder that is gone took those of its own with it."""
        folders = {row[0] for row in self._runner.rows(_COUNTERS, vault=vault)}
        missing, invented = {place for place in traced.gone if place[0] in folders}, set()
        for folder, uid in self._runner.each(_TOMBSTONES, vault=vault):
            if traced.has(uid) and (folder, uid) not in traced.gone:
                invented.add(folder)
            missing.discard((folder, uid))
        yield from _each(vault, "folder", {folder for folder, _ in missing}, NO_TOMBSTONE)
        yield from _each(vault, "folder", invented, STRANGE_TOMBSTONE)

    def _outcomes(self, vault: VaultId, traced: Traced) -> Iterator[Damage]:
        missing, older = dict(traced.decided), set()
        for mid, record in self._runner.each(_OUTCOMES, vault=vault):
            if missing.pop(mid, None) and record[-MARK:] != traced.decided[mid]:
                older.add(mid)
        yield from _each(vault, "message", set(missing), NO_OUTCOME)
        yield from _each(vault, "message", older, OTHER_OUTCOME)

    def _holds(self, vault: VaultId, traced: Traced) -> Iterator[Damage]:
        for (blob,) in self._runner.each(_HOLDS, vault=vault):
            if traced.has(blob) and blob not in traced.holds:
                yield Damage(vault=vault, what="octets", number=int.from_bytes(blob, "big"), fault=STRANGE_HOLD)
            traced.holds.discard(blob)
        for blob in sorted(traced.holds):
            yield Damage(vault=vault, what="octets", number=int.from_bytes(blob, "big"), fault=NOT_HELD)

    def _claims(self, vault: VaultId, traced: Traced) -> Iterator[Damage]:
        changed, invented = set(), set()
        for dedupe, mid in self._runner.each(_CLAIMS, vault=vault):
            if traced.has(dedupe) and (said := traced.claims.pop(dedupe, None)) != mid:
                invented.add(mid)
                changed.update([] if said is None else [said])
        yield from _each(vault, "message", changed | set(traced.claims.values()), UNCLAIMED)
        yield from _each(vault, "message", invented, STRANGE_CLAIM)

    def _references(self, vault: VaultId, traced: Traced) -> Iterator[Damage]:
        for row in self._runner.each(_REFERENCES, vault=vault):
            digest = row[1]
            if traced.has(digest):
                traced.referred.discard(digest[:MARK])
                if not is_as_coded(self._sealer, vault, row):
                    yield Damage(vault=vault, what="reference", number=object_of(digest), fault=BENT_REFERENCE)
        for digest in sorted(traced.referred):
            yield Damage(vault=vault, what="reference", number=object_of(digest), fault=NO_REFERENCE)


def _each(vault: VaultId, what: str, numbers: set[int], fault: str) -> Iterator[Damage]:
    for number in sorted(number for number in numbers if is_number(number)):
        yield Damage(vault=vault, what=what, number=number, fault=fault)
