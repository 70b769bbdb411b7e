"""Lines of folders as they are listed: flags, dates and sizes in clear, ENVELOPE and BODYSTRUCTURE by pages."""

from array import array
from operator import gt

import orjson

from gateway.domain import stand_ins
from gateway.domain.access import Audience
from gateway.domain.errors import SealBroken
from gateway.domain.header_page import SPAN
from gateway.domain.listed_lines import ListedLines
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

    def listed(self, vault: VaultId, folder: FolderId, low: int, high: int, *, wires: bool) -> ListedLines:
        """As `entries`, or `wires`, by column and with flags only."""
        is_long = high - low >= SPAN
        lines, pages = self.lines_in_pages(vault, folder, low, high) if wires and is_long else ({}, set())
        if wires and not lines:
            rows = self.wires(vault, folder, low, high)
            uids, flags = array("I", [row[0].uid for row in rows]), [row[0].flags for row in rows]
            missing = {uid // SPAN for uid in uids} - pages if is_long else set()
            return ListedLines(uids, flags, [row[1] for row in rows], [row[2] for row in rows], frozenset(missing))
        uids, flags = self._numbers_and_flags(vault, folder, low, high)
        if not wires:
            return ListedLines(uids, flags, [], [])
        if missing := set(uids).difference(lines):
            for first, last in stretches(uids, lines):
                rows = self.wires(vault, folder, first, last)
                lines.update((entry.uid, (envelope, structure)) for entry, envelope, structure in rows)
            # A line that somebody left without its other half is no message.
            whole = [(uid, text) for uid, text in zip(uids, flags, strict=True) if uid in lines]
            uids, flags = array("I", [uid for uid, _ in whole]), [text for _, text in whole]
        found, unpaged = [lines[uid] for uid in uids], frozenset({uid // SPAN for uid in missing} - pages)
        return ListedLines(uids, flags, [line[0] for line in found], [line[1] for line in found], unpaged)

    def _numbers_and_flags(
        self, vault: VaultId, folder: FolderId, low: int, high: int
    ) -> tuple["array[int]", list[str]]:
        numbers, texts = self._runner.rows(sql.LISTED, vault=vault, folder=folder, low=low, high=high)[0]
        if numbers is None:
            return array("I"), []
        flags = texts.split("\n") if isinstance(texts, str) else []
        try:
            uids = array("I", orjson.loads(f"[{numbers}]"))
        except (OverflowError, TypeError, ValueError):
            uids = array("I")
        if len(uids) != len(flags) or any(map(gt, uids, uids[1:])):
            # In another order, or what no program of ours has written: one by one.
            entries = self.entries(vault, folder, low, high)
            return array("I", [entry.uid for entry in entries]), [entry.flags for entry in entries]
        return uids, flags

    def wires(
        self, vault: VaultId, folder: FolderId, low: int, high: int, limit: int = -1
    ) -> list[tuple[Entry, bytes, bytes]]:
        """As `entries`, with ENVELOPE and BODYSTRUCTURE as they go on the wire."""
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
