"""Checks every coded row of a vault against its code and the vault's head, and says what is not as it was left."""

from collections.abc import Iterator

from sqlalchemy import func, select

from gateway.domain.mailbox import VaultId
from gateway.domain.row_faults import RowFault, RowFaultKind
from gateway.store import schema
from gateway.store.backend.sql import Runner, parameter
from gateway.store.rows.audit import AuditRows
from gateway.store.rows.coded_rows import NO_HEAD, SUMS, CodedRows, Head
from gateway.store.rows.coded_tables import CODED, CodedTable

_TABLES = (schema.vault_head, *(coded.table for coded in CODED))
_NEXT = tuple(select(func.min(table.c.vault)).where(table.c.vault > parameter("vault")) for table in _TABLES)
_ROWS = {table: select(*table.selected()).where(table.table.c.vault == parameter("vault")) for table in CODED}


class IntegrityRows:
    """Implements `gateway.ports.integrity.Integrity`."""

    def __init__(self, runner: Runner, coded: CodedRows, audit: AuditRows) -> None:
        self._runner = runner
        self._coded = coded
        self._audit = audit

    def vaults(self, after: VaultId, limit: int) -> list[VaultId]:
        """List vaults that have a coded row, or a head, those after one."""
        found: list[VaultId] = []
        while len(found) < limit:
            following = [self._runner.rows(statement, vault=after)[0][0] for statement in _NEXT]
            if not (numbers := [number for number in following if isinstance(number, int)]):
                break
            found.append(after := VaultId(min(numbers)))
        return found

    def faults(self, vault: VaultId) -> list[RowFault]:
        """Check every coded row of a vault against its code and the vault's head."""
        self._audit.settle()
        self._coded.settle(self._audit.length)
        head = self._coded.head(vault) if vault >= 0 else NO_HEAD
        found = [] if head.is_known else [RowFault(vault, schema.vault_head.name, RowFaultKind.HEAD)]
        if head.is_known and self._audit.length(vault) < head.trace:
            found.append(RowFault(vault, schema.audit_head.name, RowFaultKind.TRACE))
        return found + [fault for table in CODED for fault in self._of_table(vault, table, head)]

    def _of_table(self, vault: VaultId, table: CodedTable, head: Head) -> Iterator[RowFault]:
        name, seen, count, total = table.table.name, set(), 0, 0
        for row in self._runner.each(_ROWS[table], vault=vault):
            listed = table.listed(None if table.key_at is None else row[table.key_at])
            if listed in head.rows:
                seen.add(listed)
            count += 1
            if not self._coded.is_coded(table, row):
                yield RowFault(vault, name, RowFaultKind.BENT, listed[1:].hex())
            elif not self._coded.is_listed(table, vault, row):
                yield RowFault(vault, name, RowFaultKind.OLDER, listed[1:].hex())
            total += self._coded.weight(table, row)
        for listed in sorted(head.rows):
            if listed.startswith(table.mark) and listed not in seen:
                yield RowFault(vault, name, RowFaultKind.MISSING, listed[1:].hex())
        if table.summed and head.is_known and (count, total % SUMS) != head.sum_of(table):
            # Which one cannot be said: only their number and sum are kept.
            kind = RowFaultKind.MISSING if count < head.sum_of(table)[0] else RowFaultKind.OLDER
            yield RowFault(vault, name, kind)
