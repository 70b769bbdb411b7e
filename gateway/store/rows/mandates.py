"""Mandates: coded rows in the space of whoever is acted for; a bent one gives nothing."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, select

from gateway.domain.access import Action, Right, SpacePart
from gateway.domain.errors import SealBroken
from gateway.domain.identity import BirthDate
from gateway.domain.mailbox import VaultId
from gateway.domain.mandates import NOBODY, KeptMandate, MandateKind, MandateState, NamedPerson
from gateway.store import schema
from gateway.store.backend.sql import Row, Runner, insert, parameter
from gateway.store.rows.coded_rows import CodedRows
from gateway.store.rows.coded_tables import MANDATE as MANDATE_ROW
from gateway.store.seal.mandate_record import MandateRecord
from gateway.store.seal.records import MANDATE
from gateway.store.seal.sealer import Sealer

_M, _R = schema.mandate, schema.representing
_vault = parameter("vault")
_one = (_M.c.vault == _vault) & (_M.c.mandate == parameter("mandate"))
_row = insert(_M)
_SAVE = _row.on_conflict_do_update(
    index_elements=[_M.c.vault, _M.c.mandate],
    set_={name: _row.excluded[name] for name in ("record", "version", "code")},
)
_GET = select(*MANDATE_ROW.selected_with_head()).where(_one)
_ALL = select(*MANDATE_ROW.selected_with_head()).where(_M.c.vault == _vault)
_DROP = delete(_M).where(_one)
_FIND = select(_R.c.vault).where(_R.c.digest == parameter("digest")).order_by(_R.c.vault)
_NOTE = insert(_R).on_conflict_do_nothing(index_elements=[_R.c.digest, _R.c.vault])
_FORGET = delete(_R).where(_R.c.digest == parameter("digest"), _R.c.vault == _vault)


class MandateRows:
    """Implements `gateway.ports.mandates.Mandates`."""

    def __init__(self, runner: Runner, sealer: Sealer, coded: CodedRows) -> None:
        self._runner = runner
        self._sealer = sealer
        self._coded = coded

    def all_of(self, vault: VaultId) -> Sequence[KeptMandate]:
        """List those of a space, the oldest first."""
        found = (self._read(row) for row in self._runner.rows(_ALL, vault=vault))
        return sorted((one for one in found if one), key=lambda one: (one.begun, one.number))

    def get(self, vault: VaultId, number: int) -> KeptMandate | None:
        """Read one."""
        row = self._runner.row(_GET, vault=vault, mandate=number)
        return None if row is None else self._read(row)

    def held_by(self, home: VaultId) -> Sequence[KeptMandate]:
        """List those by which the holder of a space acts, or is asked to act, for others; the oldest first."""
        vaults = [VaultId(row[0]) for row in self._runner.rows(_FIND, digest=self._digest(home))]
        # What the index says is compared with the sealed records: a bent row gives nobody anything.
        found = [one for vault in vaults for one in self.all_of(vault) if one.home == home]
        return sorted(found, key=lambda one: (one.begun, one.number))

    def save(self, mandate: KeptMandate) -> None:
        """Insert or replace one."""
        record = MandateRecord(
            kind=mandate.kind.value,
            state=mandate.state.value,
            home=mandate.home,
            name=mandate.name,
            begun=mandate.begun.isoformat(),
            changed=mandate.changed.isoformat(),
            until=mandate.until.isoformat() if mandate.until else "",
            rights=None if mandate.rights is None else _written(mandate.rights),
            offered_by=mandate.offered_by,
            asked=(asked.birth_name, asked.first_name, str(asked.born)) if (asked := mandate.asked) else None,
        )
        sealed = MANDATE.seal(self._sealer, mandate.vault, mandate.number, record)
        row = {"vault": mandate.vault, "mandate": mandate.number, "record": sealed}
        self._runner.run(_SAVE, **self._coded.stamped(MANDATE_ROW, row))
        if mandate.home != NOBODY:
            self._runner.run(_NOTE, digest=self._digest(mandate.home), vault=mandate.vault)

    def drop(self, vault: VaultId, number: int) -> None:
        """Forget one."""
        gone = self.get(vault, number)
        self._runner.run(_DROP, vault=vault, mandate=number)
        self._coded.dropped(MANDATE_ROW, vault, number)
        if gone is not None and all(one.home != gone.home for one in self.all_of(vault)):
            self._runner.run(_FORGET, digest=self._digest(gone.home), vault=vault)

    def _read(self, row: Row) -> KeptMandate | None:
        if not self._coded.holds_with_head(MANDATE_ROW, row):
            return None
        vault, number, sealed, *_ = row
        try:
            record = MANDATE.open(self._sealer, VaultId(vault), number, sealed)
        except SealBroken:
            self._sealer.tell_damage(VaultId(vault), "mandate", number)
            return None
        at = datetime.fromisoformat
        return KeptMandate(
            vault=VaultId(vault),
            number=number,
            kind=MandateKind(record.kind),
            state=MandateState(record.state),
            home=VaultId(record.home),
            name=record.name,
            begun=at(record.begun),
            changed=at(record.changed),
            until=at(record.until) if record.until else None,
            rights=None if record.rights is None else _rights_of(record.rights),
            offered_by=record.offered_by,
            asked=_person(record.asked) if record.asked else None,
        )

    def _digest(self, home: VaultId) -> bytes:
        return self._sealer.digest("representing", home.to_bytes(8, "big"))[:16]


def _person(asked: tuple[str, str, str]) -> NamedPerson:
    return NamedPerson(asked[0], asked[1], BirthDate.parse(asked[2]))


def _written(rights: frozenset[Right]) -> tuple[tuple[str, str], ...]:
    return tuple(sorted((part.value, action.value) for part, action in rights))


def _rights_of(written: tuple[tuple[str, str], ...]) -> frozenset[Right]:
    return frozenset(Right(SpacePart(part), Action(action)) for part, action in written)
