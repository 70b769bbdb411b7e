"""Looks through everything that is sealed, keyed or chained for what does not open: `gateway.ports.inspection`.

Every sealed column of the schema stands in `gateway.store.rows.sealed_columns`. Each look is a short read of its own:
what is written meanwhile is seen or not, and what is deleted meanwhile is not missed.
"""

from collections.abc import Callable, Sequence
from functools import partial

from sqlalchemy import ColumnElement, LargeBinary, Select, cast, func, literal, select, tuple_

from gateway.domain.errors import KeyUnavailable, SealBroken
from gateway.domain.mailbox import VaultId
from gateway.ports.inspection import Damage, Inspected, Position
from gateway.store import schema
from gateway.store.backend.revisions import VERSION_TABLE
from gateway.store.backend.sql import Row, Runner, parameter
from gateway.store.rows.audit import AuditRows
from gateway.store.rows.integrity import IntegrityRows
from gateway.store.rows.message_places import MessagePlaces, is_number
from gateway.store.rows.sealed_columns import SEALED, Sealed
from gateway.store.rows.space_places import SpacePlaces
from gateway.store.rows.step_places import StepPlaces
from gateway.store.rows.traced_changes import TracedChanges
from gateway.store.rows.version_places import VersionPlaces
from gateway.store.rows.withheld_places import WithheldPlaces
from gateway.store.seal.packed_records import PACKED, unpacked
from gateway.store.seal.records import FORMS
from gateway.store.seal.sealer import RecordKind, Sealer, object_of

KEYS, TRACES, STRUCTURE, CODED_ROWS = "keys", "traces", "structure", "coded rows"
MESSAGES, LINES, TRACED, STEPS = "messages", "lines of folders", "what traces say", "steps"
VERSIONS, WITHHELD, PLACES = "versions of documents", "what is withheld", "where spaces are found"
CLOSED = "does not open: it was altered, moved or damaged"
_NO_KEY = "its key is missing or does not open: nothing of this vault can be read"
_NO_TRACE = "there is no trace of this vault: it was taken out"
_NO_MESSAGE = "its message is gone"
_NEXT_VAULTS = tuple(
    select(func.min(table.c.vault)).where(table.c.vault > parameter("vault"))
    for table in (schema.vault, schema.audit, schema.audit_head)
)
FOREIGN = "is not the program's: somebody who may write to the database put it there"
MISFIT = "holds a value that the program never writes"
_IS_A_VAULT = select(schema.vault.c.vault).where(schema.vault.c.vault == parameter("vault"))


class _Walk:
    """Statements that give some rows of a table in the order of its key, and what opens them."""

    def __init__(self, sealed: Sealed) -> None:
        key = list(sealed.table.primary_key)
        self._sealed = sealed
        self._key = len(key)
        first = self._statement(sealed)
        bound = [parameter(f"key_{place}") for place in range(len(key))]
        after = key[0] > bound[0] if len(key) == 1 else tuple_(*key) > tuple_(*bound)
        self.first = first.order_by(*key).limit(parameter("count"))
        self.next = first.where(after).order_by(*key).limit(parameter("count"))

    def _statement(self, sealed: Sealed) -> Select[Row]:
        table, through = sealed.table, sealed.through
        number: ColumnElement[object] = literal(0)
        if sealed.number is not None:
            number = (through if through is not None else table).c[sealed.number]
        # As octets, whatever stands there: SQLite keeps a text where octets belong, and its driver reads no bad one.
        records = (cast(table.c[name], LargeBinary) for name, _ in sealed.columns)
        found = select(*table.primary_key, table.c.vault, number, *records)
        if through is None:
            return found
        same = [table.c[name] == through.c[name] for name in ("vault", "folder", "uid")]
        return found.join_from(table, through, same[0] & same[1] & same[2], isouter=True)

    def rows(self, runner: Runner, position: Position | None, limit: int) -> list[Row]:
        """Read the next rows."""
        if position is None:
            return runner.rows(self.first, count=limit)
        given = {f"key_{place}": value for place, value in enumerate(position)}
        return runner.rows(self.next, count=limit, **given)

    def position(self, row: Row) -> Position:
        """Give where a row stands."""
        return tuple(row[: self._key])

    def damages(self, sealer: Sealer, row: Row) -> list[Damage]:
        """Open what a row holds."""
        sealed = self._sealed
        vault, number, *records = row[self._key :]
        if not is_number(vault) or not (number is None or sealed.digest or is_number(number)):
            # Its column is named with the structure.
            return [Damage(vault=None, what=sealed.what, number=None, fault=f"its number {CLOSED}")]
        if number is None:
            return [Damage(vault=vault, what=sealed.what, number=None, fault=_NO_MESSAGE)]
        obj = object_of(number) if sealed.digest else int(number)
        shown = obj if sealed.number is not None else None
        found = []
        for (name, kind), record in zip(sealed.columns, records, strict=True):
            try:
                _read(kind, sealer.open(vault, kind, obj, record))
            except KeyUnavailable:
                return [Damage(vault=vault, what="key", number=None, fault=_NO_KEY)]
            except (SealBroken, TypeError):
                found.append(Damage(vault=vault, what=sealed.what, number=shown, fault=f"{name} {CLOSED}"))
        return found


def _read(kind: RecordKind, clear: bytes) -> None:
    """Read a record of any form. Raises `SealBroken` when it lacks what it must have."""
    if kind in FORMS:
        FORMS[kind].read(clear)
    elif len(fields := PACKED[kind][1]) > 1:
        unpacked(clear, len(fields))


_Look = Callable[[Position | None, int], Inspected]
_WALKS = {sealed.table.name: _Walk(sealed) for sealed in SEALED}


class InspectionRows:
    """Implements `gateway.ports.inspection.Inspection`."""

    def __init__(
        self,
        runner: Runner,
        sealer: Sealer,
        audit: AuditRows,
        integrity: IntegrityRows,
        traced: TracedChanges,
        steps: StepPlaces,
        spaces: SpacePlaces,
    ) -> None:
        self._runner = runner
        self._sealer = sealer
        self._audit = audit
        self._integrity = integrity
        places = MessagePlaces(runner, sealer)
        self._looks: dict[str, _Look] = {
            STRUCTURE: lambda position, _: self._structure(position),
            KEYS: self._keys,
            **{name: partial(self._opened, name, walk) for name, walk in _WALKS.items()},
            MESSAGES: places.messages,
            LINES: places.lines,
            STEPS: steps.look,
            VERSIONS: VersionPlaces(runner, sealer).look,
            WITHHELD: WithheldPlaces(runner, sealer).look,
            PLACES: spaces.look,
            CODED_ROWS: self._coded_rows,
            TRACED: traced.look,
            TRACES: self._trace,
        }

    def parts(self) -> Sequence[str]:
        """List the parts, in the order in which to look at them."""
        return tuple(self._looks)

    def look(self, part: str, position: Position | None, limit: int) -> Inspected:
        """Look at some of a part; a table of the database is asked about itself as a whole."""
        return self._looks[part](position, limit)

    def _opened(self, part: str, walk: _Walk, position: Position | None, limit: int) -> Inspected:
        rows = walk.rows(self._runner, position, limit)
        damages = [damage for row in rows for damage in walk.damages(self._sealer, row)]
        if part == schema.audit.name:
            # Events of a vault that was destroyed stay, and nobody can read them: that is meant (A13).
            damages = [damage for damage in damages if damage.what != "key"]
        position = walk.position(rows[-1]) if len(rows) == limit else None
        return Inspected(looked=len(rows), damages=damages, position=position)

    def _structure(self, position: Position | None) -> Inspected:
        tables = sorted(schema.metadata.tables)
        at = position[0] if position else 0
        faults = self._runner.faults_of(tables[at])
        # What is sealed does not open when it is something else.
        sealed = [name for one in SEALED if one.table.name == tables[at] for name, _ in one.columns]
        misfits = self._runner.misfits_of(schema.metadata.tables[tables[at]], sealed)
        faults += [f"« {tables[at]}.{name} » {MISFIT}" for name in misfits]
        if at == 0:
            foreign = self._runner.foreign_objects(schema.metadata, (VERSION_TABLE,))
            faults += [f"{found} {FOREIGN}" for found in foreign]
        damages = [Damage(vault=None, what="database", number=None, fault=fault) for fault in faults]
        return Inspected(looked=1, damages=damages, position=(at + 1,) if at + 1 < len(tables) else None)

    def _keys(self, position: Position | None, limit: int) -> Inspected:
        found = self._sealer.keys_that_open(position[0] if position else VaultId(-1), limit)
        damages = [
            Damage(vault=vault, what="key", number=None, fault=_NO_KEY) for vault, opens in found if not opens
        ]
        return Inspected(looked=len(found), damages=damages, position=(found[-1][0],) if len(found) == limit else None)

    def _coded_rows(self, position: Position | None, limit: int) -> Inspected:
        vaults = self._integrity.vaults(position[0] if position else VaultId(-(2**63)), limit)
        damages = [
            Damage(vault=vault, what="coded row", number=None, fault=f"« {fault.table} » {fault.row} {fault.sentence}")
            for vault in vaults
            for fault in self._integrity.faults(vault)
        ]
        return Inspected(looked=len(vaults), damages=damages, position=(vaults[-1],) if len(vaults) == limit else None)

    def _trace(self, position: Position | None, limit: int) -> Inspected:
        """Recompute a piece of a chain; a position is a vault, how far it was followed, and the hash there."""
        vault, seq, link = position or (-1, None, b"")
        if seq is None:
            after = [row[0] for statement in _NEXT_VAULTS for row in self._runner.rows(statement, vault=vault)]
            if not (numbers := [number for number in after if is_number(number)]):
                return Inspected(looked=0, damages=[], position=None)
            vault, seq = VaultId(min(numbers)), 0
        try:
            length, link, at_end = self._audit.followed(vault, seq, link, limit)
        except SealBroken as error:
            damage = Damage(vault=vault, what="trace", number=None, fault=str(error))
            return Inspected(looked=1, damages=[damage], position=(vault, None, b""))
        if not at_end:
            return Inspected(looked=length - seq, damages=[], position=(vault, length, link))
        damages = []
        if not length and self._runner.row(_IS_A_VAULT, vault=vault):
            damages.append(Damage(vault=vault, what="trace", number=None, fault=_NO_TRACE))
        return Inspected(looked=length - seq, damages=damages, position=(vault, None, b""))
