"""Vaults and their addresses, patients' spaces and their states."""

from collections.abc import Collection, Sequence
from datetime import date

from msgspec.structs import replace
from sqlalchemy import delete, select, update

from gateway.domain.account import Space, due_day
from gateway.domain.address import MailAddress
from gateway.domain.errors import Conflict, NotFound, SealBroken
from gateway.domain.instants import micros_of
from gateway.domain.mailbox import VaultId, VaultKind
from gateway.domain.pivot_identity import PivotIdentity, pivot_of_space
from gateway.domain.space import SpaceState
from gateway.ports.clock import Clock
from gateway.store import schema
from gateway.store.backend.sql import Row, Runner, insert, parameter
from gateway.store.rows.coded_rows import CodedRows
from gateway.store.rows.coded_tables import ADDRESS
from gateway.store.rows.coded_tables import SPACE as SPACE_ROW
from gateway.store.rows.coded_tables import VAULT as VAULT_ROW
from gateway.store.rows.sign_ins import SignInRows
from gateway.store.rows.space_records import space_of, space_record
from gateway.store.seal.records import SPACE, VAULT, VaultRecord
from gateway.store.seal.sealer import Sealer, object_of

_V, _A, _S = schema.vault, schema.address, schema.space
_vault, _digest = parameter("vault"), parameter("digest")
_ADD_VAULT = insert(_V)
_ADD_ADDRESS = insert(_A)
_RESOLVE = select(*ADDRESS.selected_with_head()).where(_A.c.digest == _digest)
_GET_VAULT = select(_V.c.record).where(_V.c.vault == _vault)
_GET_VAULT_ROW = select(*VAULT_ROW.selected_with_head()).where(_V.c.vault == _vault)
_RENAME_VAULT = (
    update(_V)
    .where(_V.c.vault == _vault)
    .values({name: parameter(f"new_{name}") for name in ("record", "version", "code")})
)
_space = insert(_S)
_SAVE_SPACE = _space.on_conflict_do_update(
    index_elements=[_S.c.vault],
    set_={name: _space.excluded[name] for name in ("state", "record", "version", "code")},
)
_GET_SPACE = select(*SPACE_ROW.selected_with_head()).where(_S.c.vault == _vault)
_D, _P = schema.deadline, schema.person
_LIST = select(_S.c.vault).where(_S.c.vault > _vault).order_by(_S.c.vault).limit(parameter("count"))
_LIST_STATE = _LIST.where(_S.c.state == parameter("state"))
_DUE = select(_D.c.vault).where(_D.c.day <= parameter("day")).order_by(_D.c.day, _D.c.vault).limit(parameter("count"))
_deadline = insert(_D)
_SET_DEADLINE = _deadline.on_conflict_do_update(index_elements=[_D.c.vault], set_={"day": _deadline.excluded.day})
_GET_DEADLINE = select(_D.c.day).where(_D.c.vault == _vault)
_DROP_DEADLINE = delete(_D).where(_D.c.vault == _vault)
_PERSONS = select(_P.c.vault).where(_P.c.digest == _digest).order_by(_P.c.vault)
_DIGESTS = select(_P.c.digest).where(_P.c.vault == _vault)
_ADD_PERSON = insert(_P)
_DROP_PERSON = delete(_P).where(_P.c.digest == _digest, _P.c.vault == _vault)


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

    def rename(self, vault: VaultId, name: str) -> None:
        """Change a vault's display name. Raises `NotFound`, also for one whose row was bent."""
        row = self._runner.row(_GET_VAULT_ROW, vault=vault)
        if row is None or not self._coded.holds_with_head(VAULT_ROW, row):
            raise NotFound(f"there is no vault {vault:x}")
        _, kind, sealed, created, *_ = row
        owner = replace(VAULT.open(self._sealer, vault, 0, sealed), name=name)
        record = VAULT.seal(self._sealer, vault, 0, owner)
        changed = self._coded.stamped(
            VAULT_ROW, {"vault": vault, "kind": kind, "record": record, "created": created}
        )
        self._runner.run(
            _RENAME_VAULT, vault=vault, new_record=record, new_version=changed["version"], new_code=changed["code"]
        )

    def _address_digest(self, address: MailAddress) -> bytes:
        return self._sealer.digest("address", str(address).encode())[:16]

    # ------------------------------------------------------------ spaces

    def save(self, space: Space) -> None:
        """Insert or replace a space's record, and by which numbers, traits and on which day it is found."""
        was_there = self._coded.knows(SPACE_ROW, space.vault, None)
        self._write(space.vault, space.state, SPACE.seal(self._sealer, space.vault, 0, space_record(space)))
        due = due_day(space)
        if due is not None:
            self._runner.run(_SET_DEADLINE, vault=space.vault, day=due.toordinal())
        elif was_there and self._runner.row(_GET_DEADLINE, vault=space.vault) is not None:
            self._runner.run(_DROP_DEADLINE, vault=space.vault)
        digests = self.digests_of(space)
        known = {row[0] for row in self._runner.rows(_DIGESTS, vault=space.vault)} if was_there else set()
        for digest in known - digests:
            self._runner.run(_DROP_PERSON, digest=digest, vault=space.vault)
        for digest in sorted(digests - known):
            self._runner.run(_ADD_PERSON, digest=digest, vault=space.vault)

    def with_number(self, number: str) -> Sequence[Space]:
        """Find the spaces of whoever has this number, and of those whose legal representative has it."""
        # What the index says is compared with the sealed record: a bent row finds nobody.
        return [space for space in self._found_by(self._number_digest(number)) if number in numbers_of(space)]

    def is_damaged(self, number: str) -> bool:
        """Say whether a space that is found by this number cannot be read."""
        return None in map(self._readable, self._listed_by(self._number_digest(number)))

    def agreeing_with(self, person: PivotIdentity) -> Sequence[Space]:
        """Find the spaces whose person agrees in birth name, given names, sex, birth date and place.

        By a keyed digest of all but the given names and the day, as by a number.
        """
        found = [(space, pivot_of_space(space)) for space in self._found_by(self._traits_digest(person))]
        return [space for space, known in found if known is not None and person.agrees_with(known)]

    def _found_by(self, digest: bytes) -> list[Space]:
        return [space for vault in self._listed_by(digest) if (space := self._readable(vault))]

    def _listed_by(self, digest: bytes) -> list[VaultId]:
        return [VaultId(vault) for (vault,) in self._runner.rows(_PERSONS, digest=digest)]

    def _readable(self, vault: VaultId) -> Space | None:
        try:
            return self.space(vault)
        except (NotFound, SealBroken):  # one that is damaged hides no other: `pli verify` names it
            return None

    def claim_numbers(self, numbers: Collection[str]) -> None:
        """Wait for other transactions that claimed one of these numbers, until this one ends.

        Each in the same order, so that two that claim several do not wait for each other.
        """
        for turn in sorted(object_of(self._number_digest(number)) for number in numbers):
            self._runner.exclusively(turn)

    def listed(self, after: VaultId, limit: int, state: SpaceState | None = None) -> Sequence[VaultId]:
        """List spaces in the order of their vaults."""
        if state is None:
            rows = self._runner.rows(_LIST, vault=after, count=limit)
        else:
            rows = self._runner.rows(_LIST_STATE, vault=after, count=limit, state=state.value)
        return [VaultId(vault) for (vault,) in rows]

    def due(self, day: date, limit: int) -> Sequence[VaultId]:
        """List spaces to which something happens by itself on `day` or has been due before; the oldest first."""
        return [VaultId(vault) for (vault,) in self._runner.rows(_DUE, day=day.toordinal(), count=limit)]

    def digests_of(self, space: Space) -> set[bytes]:
        """Give what it is found by: its numbers, and the traits of its person where all are known."""
        numbers, traits = {self._number_digest(number) for number in numbers_of(space)}, pivot_of_space(space)
        return numbers if traits is None else numbers | {self._traits_digest(traits)}

    def _traits_digest(self, person: PivotIdentity) -> bytes:
        return self._sealer.digest("traits", *(word.encode("utf-8", "replace") for word in person.index_words))[:16]

    def _number_digest(self, number: str) -> bytes:
        return self._sealer.digest("number", number.encode())[:16]

    def space(self, vault: VaultId) -> Space:
        """Read a space. Raises `NotFound`, also for one whose row was bent."""
        row = self._row(vault)
        if row is None:
            raise NotFound(f"there is no space {vault:x}")
        return space_of(vault, SpaceState(row[1]), SPACE.open(self._sealer, vault, 0, row[2]))

    def state(self, vault: VaultId) -> SpaceState | None:
        """Read a space's state without opening its record."""
        row = self._row(vault)
        return SpaceState(row[1]) if row else None

    def _write(self, vault: VaultId, state: SpaceState, record: bytes) -> None:
        row = {"vault": vault, "state": state.value, "record": record}
        self._runner.run(_SAVE_SPACE, **self._coded.stamped(SPACE_ROW, row))

    def _row(self, vault: VaultId) -> Row | None:
        row = self._runner.row(_GET_SPACE, vault=vault)
        return row if row is not None and self._coded.holds_with_head(SPACE_ROW, row) else None


def numbers_of(space: Space) -> set[str]:
    """Give the numbers by which a space is found: the person's own, earlier ones, those of representatives."""
    identity = space.identity
    return {identity.ins.value, *(number for _, number in identity.earlier), *space.guardians}
