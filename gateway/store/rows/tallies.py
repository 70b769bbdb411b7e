"""How many rows of a coded table say what: kept in the sealed head of a vault, so that no page reads all rows to count.

A tally follows what the program does to rows. Rows that somebody bent or deleted without the keys are still counted as
the program left them; `pli verify` names them.
"""

from collections.abc import Iterable

from sqlalchemy import Select, select

from gateway.store.backend.sql import Row, parameter
from gateway.store.rows.coded_tables import CODED, CodedTable

Tally = dict[str, int]
"""How many rows there are, by what they say in the columns that are tallied, a space between."""
ALL_OF: dict[CodedTable, Select[Row]] = {
    table: select(*table.selected()).where(table.table.c.vault == parameter("vault"))
    for table in CODED
    if table.tallied
}
"""What selects all rows of a vault, for heads that were written before there were tallies."""


def tally_of(table: CodedTable, rows: Iterable[Row]) -> Tally:
    """Count rows from the beginning."""
    found: Tally = {}
    for row in rows:
        count(found, table, row, 1)
    return found


def count(tally: Tally, table: CodedTable, row: Iterable[object], by: int) -> None:
    """Count a row in (1) or out (-1)."""
    values = dict(zip(table.columns, row, strict=False))
    key = " ".join(str(values[name]) for name in table.tallied)
    number = tally.get(key, 0) + by
    if number:
        tally[key] = number
    else:
        tally.pop(key, None)
