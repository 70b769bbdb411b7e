"""Lines of folders as they are listed: flags, dates and sizes in clear, ENVELOPE and BODYSTRUCTURE by pages."""

from gateway.domain import stand_ins
from gateway.domain.access import Audience
from gateway.domain.errors import SealBroken
from gateway.domain.header_page import SPAN
from gateway.domain.mailbox import Entry, FolderId, VaultId
from gateway.store.backend.sql import Row, at_most
from gateway.store.rows import entry_statements as sql
from gateway.store.rows.line_pages import LinePageRows, stretches
from gateway.store.seal.packed_records import two_lengths
from gateway.store.seal.sealer import RecordKind

_WIDTH = sql.WIDTH
_NUMBERS = frozenset({2, 4, 5, 6})
"""Places of MODSEQ, date, size and conversation in a line; UID and message are what it is found by."""
OTHERS = Audience.REPRESENTATIVES
"""From these alone a message itself is withheld; of any other, files at most."""


class LineRows(LinePageRows):
    """Lines of one vault at a time."""

    def entries(
        self, vault: VaultId, folder: FolderId, low: int, high: int, limit: int = -1, who: Audience = Audience.NOBODY
    ) -> list[Entry]:
        """List entries with low ≤ UID ≤ high, ascending, those that there are for `who`."""
        listed = sql.ENTRIES_TOLD if who & OTHERS else sql.ENTRIES
        rows = self._runner.rows(listed, vault=vault, folder=folder, low=low, high=high, count=at_most(limit))
        return [entry_of(row) for row in rows]

    def wires(
        self, vault: VaultId, folder: FolderId, low: int, high: int, limit: int = -1
    ) -> list[tuple[Entry, bytes, bytes]]:
        """As `entries`, with ENVELOPE and BODYSTRUCTURE as they go on the wire."""
        lines = self.lines_in_pages(vault, folder, low, high) if high - low >= SPAN else {}
        if not lines:
            return self._opened_wires(vault, folder, low, high, limit)
        entries = self.entries(vault, folder, low, high, limit)
        for first, last in stretches((entry.uid for entry in entries), lines):
            opened = self._opened_wires(vault, folder, first, last)
            lines.update((entry.uid, (envelope, structure)) for entry, envelope, structure in opened)
        return [(entry, *lines[entry.uid]) for entry in entries if entry.uid in lines]

    def _opened_wires(
        self, vault: VaultId, folder: FolderId, low: int, high: int, limit: int = -1
    ) -> list[tuple[Entry, bytes, bytes]]:
        rows = self._runner.rows(sql.WIRES, vault=vault, folder=folder, low=low, high=high, count=at_most(limit))
        opened, out = self._sealer.opener(vault, RecordKind.WIRE), []
        for row in rows:
            try:
                clear = opened(row[1], row[_WIDTH])
            except SealBroken:
                self._sealer.tell_damage(vault, "message", row[1])
                out.append((entry_of(row), stand_ins.ENVELOPE, stand_ins.BODYSTRUCTURE))
                continue
            # `records.unpacked`, written out: this loop is what the speed of a list comes to.
            envelope, structure = two_lengths(clear, 2)
            start = 2 + 4 * clear[1]
            cut = start + envelope
            out.append((entry_of(row), clear[start:cut], clear[cut : cut + structure]))
        return out


def entry_of(row: Row) -> Entry:
    """Make the line of a row that begins with its columns."""
    try:
        # As they usually stand to each other: two comparisons cost less than looking at types, and fail where something
        # is no number, which only whoever writes to the file itself can put there.
        if row[2] <= row[4] >= row[5] <= row[6]:
            # As `Entry._make`, without its check of the length.
            return tuple.__new__(Entry, row[:_WIDTH])
    except TypeError:
        pass
    return tuple.__new__(Entry, _repaired(row[:_WIDTH]))


def _repaired(row: Row) -> Row:
    """Give a line that can be shown: zero in place of what is no number."""
    return tuple(0 if place in _NUMBERS and not isinstance(value, int) else value for place, value in enumerate(row))
