"""Rows in clear that decide something, made so that nobody without the keys can bend them.

Each bears a *code*: a keyed digest of the operator's over all that the row says. Each vault has a *head*, sealed with
the operator's key, that lists the version of every coded row of the vault, and counts and adds up its documents. A
row whose code is wrong, that its head does not list, or lists in another version, says nothing: it is treated as
absent, closed or hidden, whichever is safest, and an alarm goes to the log. So neither an invented row, nor a changed
one, nor an older one put back has an effect. What cannot be seen is a vault put back whole, its head included.
"""

import hmac
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import structlog
from sqlalchemy import select

from gateway.domain.errors import SealBroken
from gateway.domain.mailbox import OPERATOR, VaultId
from gateway.store import schema
from gateway.store.backend.sql import Row, Runner, insert, parameter
from gateway.store.rows.coded_tables import DOCUMENT, CodedTable
from gateway.store.rows.tallies import ALL_OF, Tally, count, tally_of
from gateway.store.seal.records import HEAD
from gateway.store.seal.row_records import HeadRecord
from gateway.store.seal.sealer import Sealer

_log = structlog.get_logger("pli.store")
_H = schema.vault_head
_GET = select(_H.c.record).where(_H.c.vault == parameter("vault"))
_head = insert(_H)
_PUT = _head.on_conflict_do_update(index_elements=[_H.c.vault], set_={"record": _head.excluded.record})
_FORM = b"\x01"
"""First octet of a code: which columns it covers. A table that gains one gets the next."""
_CODE = 16
_HEADS_KEPT = 64
"""Opened heads that a connection keeps, with the octets they were opened from."""
SUMS = 1 << 128
"""Documents are added up modulo this; what is added is secret, so nobody can find others of the same sum."""


@dataclass(slots=True)
class Head:
    """What a vault's head says, while a transaction lasts; `is_known` is False when none opens.

    `sums` has, by the mark of each table that is summed, how many rows there are, and what they add up to; `tallies`
    how many say what, of each table of which that was counted.
    """

    is_known: bool
    epoch: int
    rows: dict[bytes, int]
    sums: dict[bytes, tuple[int, int]]
    tallies: dict[bytes, Tally] = field(default_factory=dict)
    trace: int = 0
    issued: tuple[int, ...] = ()
    folders: int = 0
    validity: int = 0
    is_changed: bool = False

    def sum_of(self, table: CodedTable) -> tuple[int, int]:
        """Give how many rows of a summed table there are, and what they add up to."""
        return self.sums.get(table.mark, (0, 0))


NO_HEAD = Head(False, 0, {}, {})
"""Of a vault that cannot be."""


class CodedRows:
    """The heads of the vaults that a transaction touches, and the codes of their rows."""

    def __init__(self, runner: Runner, sealer: Sealer) -> None:
        self._runner = runner
        self._sealer = sealer
        self._heads: dict[VaultId, Head] = {}
        self._read_last: dict[VaultId, tuple[bytes, HeadRecord]] = {}

    def forget(self) -> None:
        """Drop what an earlier transaction knew, committed or not."""
        self._heads.clear()

    def settle(self, length_of_trace: Callable[[VaultId], int]) -> None:
        """Write the heads of vaults whose rows changed."""
        for vault, head in self._heads.items():
            if head.is_changed:
                head.trace = length_of_trace(vault)
                documents, total = head.sum_of(DOCUMENT)
                record = HeadRecord(
                    epoch=head.epoch,
                    rows=head.rows,
                    documents=documents,
                    total=total.to_bytes(16, "big"),
                    sums={
                        mark: (count, added.to_bytes(16, "big"))
                        for mark, (count, added) in head.sums.items()
                        if mark != DOCUMENT.mark
                    },
                    tallies=head.tallies,
                    trace=head.trace,
                    issued=head.issued,
                    folders=head.folders,
                    validity=head.validity,
                )
                self._runner.run(_PUT, vault=vault, record=HEAD.seal(self._sealer, OPERATOR, vault, record))
                head.is_changed = False

    def head(self, vault: VaultId) -> Head:
        """Give a vault's head; one that is missing or was altered lists nothing."""
        found = self._heads.get(vault)
        if found is None:
            found = self._heads[vault] = self._read(vault)
        return found

    def _read(self, vault: VaultId) -> Head:
        row = self._runner.row(_GET, vault=vault)
        return self._opened(vault, row[0] if row else None)

    def _opened(self, vault: VaultId, sealed: bytes | None) -> Head:
        if sealed is not None:
            try:
                read = self._record(vault, sealed)
                sums = {mark: (count, int.from_bytes(added, "big")) for mark, (count, added) in read.sums.items()}
                return Head(
                    is_known=True,
                    epoch=read.epoch,
                    rows=dict(read.rows),
                    sums={**sums, DOCUMENT.mark: (read.documents, int.from_bytes(read.total, "big"))},
                    tallies={mark: dict(tally) for mark, tally in read.tallies.items()},
                    trace=read.trace,
                    issued=read.issued,
                    folders=read.folders,
                    validity=read.validity,
                )
            except SealBroken:
                self.alarm("vault_head", vault)
        return Head(False, 0, {}, {})

    def _record(self, vault: VaultId, sealed: bytes) -> HeadRecord:
        """Open a sealed head; one that is the same to the octet as before, as most are, is not opened again."""
        before = self._read_last.get(vault)
        if before is not None and before[0] == sealed:
            return before[1]
        read = HEAD.open(self._sealer, OPERATOR, vault, sealed)
        if len(self._read_last) >= _HEADS_KEPT:
            self._read_last.clear()
        self._read_last[vault] = (sealed, read)
        return read

    def holds(self, table: CodedTable, row: Row) -> bool:
        """Say whether a selected row is as the program left it; raise the alarm when it is not."""
        vault = row[table.vault_at]
        if self.is_coded(table, row) and self.is_listed(table, VaultId(vault), row):
            return True
        self.alarm(table.table.name, vault if isinstance(vault, int) else OPERATOR)
        return False

    def sound(self, table: CodedTable, rows: Iterable[Row]) -> list[Row]:
        """Give those of many selected rows of which `holds` is true; the alarm is raised for each other."""
        digest, width, vault_at = self._sealer.row_digests(table.table.name), table.width, table.vault_at
        key_at, listed_as, unlisted = table.key_at, table.listed, 0 if table.summed else None
        found, vault, listed = [], None, NO_HEAD.rows
        for row in rows:
            code = row[width]
            if isinstance(code, bytes) and hmac.compare_digest(code, _FORM + digest(row[:width])[:_CODE]):
                # What bears a right code was written by the program: its vault is a number, and its key as declared.
                if row[vault_at] != vault:
                    vault = row[vault_at]
                    listed = self.head(VaultId(vault)).rows
                if listed.get(listed_as(None if key_at is None else row[key_at]), unlisted) == row[width - 1]:
                    found.append(row)
                    continue
            self.alarm(table.table.name, row[vault_at] if isinstance(row[vault_at], int) else OPERATOR)
        return found

    def holds_with_head(self, table: CodedTable, row: Row) -> bool:
        """Say the same of a row that was selected with its vault's head."""
        vault = row[table.vault_at]
        if isinstance(vault, int) and vault not in self._heads:
            self._heads[VaultId(vault)] = self._opened(VaultId(vault), row[-1])
        return self.holds(table, row)

    def is_coded(self, table: CodedTable, row: Sequence[object]) -> bool:
        """Say whether a row's code is right."""
        code = row[table.width]
        return isinstance(code, bytes) and hmac.compare_digest(code, self._code(table, row)[0])

    def is_listed(self, table: CodedTable, vault: VaultId, row: Sequence[object]) -> bool:
        """Say whether a vault's head lists a row in this version."""
        key = table.listed(None if table.key_at is None else row[table.key_at])
        return self.head(vault).rows.get(key, 0 if table.summed else None) == row[table.width - 1]

    def weight(self, table: CodedTable, row: Sequence[object]) -> int:
        """Give what a row adds to its head's sum."""
        return self._code(table, row)[1]

    def stamped(self, table: CodedTable, values: Mapping[str, object], was: Row | None = None) -> dict[str, object]:
        """Give the values of a new or changed row with its version and code, and note them in the vault's head.

        Args:
            table: whose row it is.
            values: of every column that the code covers, but `version`.
            was: the row as it was selected, when it is one that is added up and has been before.
        """
        head = self.head(VaultId(int(str(values["vault"]))))
        tally = self._tally(table, head, values["vault"]) if table.tallied else None
        version = 0 if table.summed and was is None else self._sealer.number()
        if version:
            head.rows[table.listed(values[table.key] if table.key else None)] = version
        row = [*(values[name] for name in table.columns[:-1]), version]
        code, weight = self._code(table, row)
        if table.summed:
            number, total = head.sum_of(table)
            total = (total + weight - (self.weight(table, was) if was else 0)) % SUMS
            head.sums[table.mark] = (number + (was is None), total)
        if tally is not None:
            count(tally, table, row, 1)
            if was:
                count(tally, table, was, -1)
        head.epoch += 1
        head.is_known = head.is_changed = True
        return {**values, "version": version, "code": code}

    def tally(self, table: CodedTable, vault: VaultId) -> Tally | None:
        """Give how many rows say what; None where no head says so: it is gone, or older than tallies."""
        return self.head(vault).tallies.get(table.mark)

    def _tally(self, table: CodedTable, head: Head, vault: object) -> Tally:
        if table.mark not in head.tallies:  # asked before anything is changed: rows are as the head lists them
            rows = self._runner.rows(ALL_OF[table], vault=vault)
            head.tallies[table.mark] = tally_of(table, self.sound(table, rows))
        return head.tallies[table.mark]

    def dropped(self, table: CodedTable, vault: VaultId, key: object) -> None:
        """Note in a vault's head that a row is gone."""
        head = self.head(vault)
        if head.rows.pop(table.listed(key), None) is not None:
            head.epoch += 1
            head.is_changed = True

    def taken_away(self, table: CodedTable, vault: VaultId, row: Row) -> None:
        """Note in a vault's head that a row that is added up goes, as it was selected; it is deleted afterwards."""
        head = self.head(vault)
        if table.tallied:
            count(self._tally(table, head, vault), table, row, -1)
        head.rows.pop(table.listed(None if table.key_at is None else row[table.key_at]), None)
        number, total = head.sum_of(table)
        head.sums[table.mark] = (number - 1, (total - self.weight(table, row)) % SUMS)
        head.epoch += 1
        head.is_changed = True

    def note_issue(self, vault: VaultId, at: int, forgotten: int) -> None:
        """Note in a vault's head that a code was asked for, and forget those asked for before an instant."""
        head = self.head(vault)
        head.issued = (*(issued for issued in head.issued if issued > forgotten), at)
        head.epoch += 1
        head.is_changed = True

    def forgive_issue(self, vault: VaultId, at: int) -> None:
        """Count no more a code that was asked for at an instant."""
        head = self.head(vault)
        head.issued = tuple(issued for issued in head.issued if issued != at)
        head.epoch += 1
        head.is_changed = True

    def number_folder(self, vault: VaultId, folders: int, validity: int, least: int) -> tuple[int, int]:
        """Give a new folder the next number and UIDVALIDITY of its vault.

        `folders` and `validity` are the highest that its rows say, believed where its head says none; `least` is what
        the UIDVALIDITY is at least.
        """
        head = self.head(vault)
        head.folders = (head.folders or folders) + 1
        return head.folders, self.next_validity(vault, validity, least)

    def next_validity(self, vault: VaultId, validity: int, least: int) -> int:
        """Give the next UIDVALIDITY of a vault, `least` at least; `validity` is believed where its head says none."""
        head = self.head(vault)
        head.validity = max((head.validity or validity) + 1, least)
        head.epoch += 1
        head.is_changed = True
        return head.validity

    def epoch(self, vault: VaultId) -> int:
        """Give how often a vault's head has changed, as far as this transaction has looked; 0 when it has not."""
        found = self._heads.get(vault)
        return found.epoch if found else 0

    def knows(self, table: CodedTable, vault: VaultId, key: object) -> bool:
        """Say whether there may be such a row: its head lists it, or there is no head that could say."""
        head = self.head(vault)
        return not head.is_known or table.listed(key) in head.rows

    def _code(self, table: CodedTable, row: Sequence[object]) -> tuple[bytes, int]:
        whole = self._sealer.row_digest(table.table.name, tuple(row[: table.width]))
        return _FORM + whole[:_CODE], int.from_bytes(whole[_CODE:], "big")

    def alarm(self, table: str, vault: int) -> None:
        """Say, in the log and for `pli doctor`, that a row was changed behind the program's back."""
        _log.error("store.row_bent", table=table, vault=f"{vault:x}")
        self._sealer.tell_damage(VaultId(vault), f"{table}-row", 0)
