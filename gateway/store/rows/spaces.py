"""Vaults and their addresses, patients' spaces and their states."""

from datetime import datetime

from sqlalchemy import select

from gateway.domain.account import Space
from gateway.domain.address import MailAddress, PatientAddress
from gateway.domain.errors import Conflict, NotFound
from gateway.domain.identity import BirthDate, Ins, PatientIdentity, Sex, Traits
from gateway.domain.instants import micros_of
from gateway.domain.mailbox import VaultId, VaultKind
from gateway.domain.space import SpaceState
from gateway.ports.clock import Clock
from gateway.store import schema
from gateway.store.backend.sql import Row, Runner, insert, parameter
from gateway.store.rows.coded_rows import CodedRows
from gateway.store.rows.coded_tables import ADDRESS
from gateway.store.rows.coded_tables import SPACE as SPACE_ROW
from gateway.store.rows.coded_tables import VAULT as VAULT_ROW
from gateway.store.rows.sign_ins import SignInRows
from gateway.store.seal.records import SPACE, VAULT, SpaceRecord, VaultRecord
from gateway.store.seal.sealer import Sealer

_V, _A, _S = schema.vault, schema.address, schema.space
_vault, _digest = parameter("vault"), parameter("digest")
_ADD_VAULT = insert(_V)
_ADD_ADDRESS = insert(_A)
_RESOLVE = select(*ADDRESS.selected_with_head()).where(_A.c.digest == _digest)
_GET_VAULT = select(_V.c.record).where(_V.c.vault == _vault)
_space = insert(_S)
_SAVE_SPACE = _space.on_conflict_do_update(
    index_elements=[_S.c.vault],
    set_={name: _space.excluded[name] for name in ("state", "record", "version", "code")},
)
_GET_SPACE = select(*SPACE_ROW.selected_with_head()).where(_S.c.vault == _vault)


class SpaceRows(SignInRows):
    """Implements `gateway.ports.spaces.Spaces`."""

    def __init__(self, runner: Runner, sealer: Sealer, clock: Clock, coded: CodedRows) -> None:
        super().__init__(runner, sealer, coded)
        self._clock = clock

    # ------------------------------------------------------------ vaults

    def create_vault(self, vault: VaultId, kind: VaultKind, address: MailAddress | None, name: str) -> None:
        """Insert; raises `Conflict` when the address is taken."""
        if address is not None:
            row = {"digest": self._address_digest(address), "vault": vault, "kind": kind.value}
            if self._runner.row(_RESOLVE, digest=row["digest"]) is not None:
                raise Conflict("this address belongs to another mailbox")
            self._runner.run(_ADD_ADDRESS, **self._coded.stamped(ADDRESS, row))
        owner = VaultRecord(kind=kind.value, address=str(address) if address else None, name=name)
        record = VAULT.seal(self._sealer, vault, 0, owner)
        made = {"vault": vault, "kind": kind.value, "record": record, "created": micros_of(self._clock.now())}
        self._runner.run(_ADD_VAULT, **self._coded.stamped(VAULT_ROW, made))

    def resolve(self, address: MailAddress) -> tuple[VaultId, VaultKind] | None:
        """Find whose mailbox an address is; a row that was bent is nobody's."""
        row = self._runner.row(_RESOLVE, digest=self._address_digest(address))
        if row is None or not self._coded.holds_with_head(ADDRESS, row):
            return None
        return VaultId(row[1]), VaultKind(row[2])

    def address_of(self, vault: VaultId) -> tuple[MailAddress | None, VaultKind, str]:
        """Give a vault's address, kind and display name. Raises `NotFound`."""
        row = self._runner.row(_GET_VAULT, vault=vault)
        if row is None:
            raise NotFound(f"there is no vault {vault:x}")
        # Its kind is taken from what is sealed: the column is for whoever looks at the table.
        owner = VAULT.open(self._sealer, vault, 0, row[0])
        return (MailAddress.parse(owner.address) if owner.address else None), VaultKind(owner.kind), owner.name

    def _address_digest(self, address: MailAddress) -> bytes:
        return self._sealer.digest("address", str(address).encode())[:16]

    # ------------------------------------------------------------ spaces

    def save(self, space: Space) -> None:
        """Insert or replace a space's record."""
        self._write(space.vault, space.state, SPACE.seal(self._sealer, space.vault, 0, _space_record(space)))

    def space(self, vault: VaultId) -> Space:
        """Read a space. Raises `NotFound`, also for one whose row was bent."""
        row = self._row(vault)
        if row is None:
            raise NotFound(f"there is no space {vault:x}")
        return _space_of(vault, SpaceState(row[1]), SPACE.open(self._sealer, vault, 0, row[2]))

    def state(self, vault: VaultId) -> SpaceState | None:
        """Read a space's state without opening its record."""
        row = self._row(vault)
        return SpaceState(row[1]) if row else None

    def set_state(self, vault: VaultId, state: SpaceState) -> None:
        """Change a space's state. Raises `NotFound`."""
        row = self._row(vault)
        if row is None:
            raise NotFound(f"there is no space {vault:x}")
        self._write(vault, state, row[2])

    def _write(self, vault: VaultId, state: SpaceState, record: bytes) -> None:
        row = {"vault": vault, "state": state.value, "record": record}
        self._runner.run(_SAVE_SPACE, **self._coded.stamped(SPACE_ROW, row))

    def _row(self, vault: VaultId) -> Row | None:
        row = self._runner.row(_GET_SPACE, vault=vault)
        return row if row is not None and self._coded.holds_with_head(SPACE_ROW, row) else None


def _space_record(space: Space) -> SpaceRecord:
    identity, traits = space.identity, space.identity.traits
    return SpaceRecord(
        domain=space.address.domain,
        ins=identity.ins.value,
        ins_oid=identity.ins_oid,
        earlier=identity.earlier,
        birth_name=traits.birth_name,
        given_names=traits.given_names,
        used_name=traits.used_name,
        sex=traits.sex.value,
        birth_date=str(traits.birth_date) if traits.birth_date else "",
        email=space.email,
        phone=space.phone,
        card_serial=space.card_serial,
        scheme=space.scheme,
        notified_at=space.notified_at.isoformat() if space.notified_at else "",
    )


def _space_of(vault: VaultId, state: SpaceState, record: SpaceRecord) -> Space:
    ins = Ins.parse(record.ins)
    traits = Traits(
        birth_name=record.birth_name,
        given_names=record.given_names,
        sex=Sex(record.sex),
        birth_date=BirthDate.parse(record.birth_date) if record.birth_date else None,
        used_name=record.used_name,
    )
    return Space(
        vault=vault,
        address=PatientAddress(ins, record.domain),
        identity=PatientIdentity(ins, record.ins_oid, traits, record.earlier),
        state=state,
        email=record.email,
        phone=record.phone,
        card_serial=record.card_serial,
        scheme=record.scheme,
        notified_at=datetime.fromisoformat(record.notified_at) if record.notified_at else None,
    )
