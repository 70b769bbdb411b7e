"""Pages of lines: ENVELOPE and BODYSTRUCTURE of neighbouring messages, sealed together, made by whoever lists.

They decide nothing: lines of folders say which messages there are, and what is in no page is opened line by line. A
page goes with the first of its messages that goes, as pages of headers do.
"""

import struct
from collections.abc import Iterable, Mapping

from sqlalchemy import delete, select

from gateway.domain.errors import SealBroken
from gateway.domain.header_page import SPAN
from gateway.domain.mailbox import FolderId, VaultId
from gateway.store import schema
from gateway.store.backend.sql import Runner, insert, parameter
from gateway.store.rows import entry_statements as sql
from gateway.store.rows.header_pages import place_of_page
from gateway.store.seal.packed_records import packed, unpacked
from gateway.store.seal.sealer import RecordKind, Sealer

Line = tuple[bytes, bytes]
"""ENVELOPE and BODYSTRUCTURE as they go on the wire."""
_P = schema.line_page
_vault, _low, _high = parameter("vault"), parameter("low"), parameter("high")
_put = insert(_P)
_PUT = _put.on_conflict_do_update(index_elements=[_P.c.vault, _P.c.page], set_={"record": _put.excluded.record})
_SOME = select(_P.c.page, _P.c.record).where(_P.c.vault == _vault, _P.c.page.between(_low, _high))
_DROP = delete(_P).where(_P.c.vault == _vault, _P.c.page == parameter("page"))
_LONGEST = 8192
"""Octets of a line that goes into a page."""
_BETWEEN = b"\0"
"""Stands between the texts of a page; a line that has it goes into none."""


class LinePageRows:
    """Pages of one vault at a time."""

    _runner: Runner
    _sealer: Sealer

    def lines_in_pages(
        self, vault: VaultId, folder: FolderId, low: int, high: int
    ) -> tuple[dict[int, Line], set[int]]:
        """Give the lines that are in pages, by UID, and the numbers of the pages; all that have UIDs in the range."""
        opened, numbers = self._sealer.opener(vault, RecordKind.LINE_PAGE), set()
        found: dict[int, Line] = {}
        bounds = {"low": place_of_page(folder, low // SPAN), "high": place_of_page(folder, high // SPAN)}
        for place, sealed in self._runner.rows(_SOME, vault=vault, **bounds):
            try:
                uids, joined = unpacked(opened(place, sealed), 2)
            except SealBroken:
                continue
            numbers.add(place - place_of_page(folder, 0))
            texts = iter(joined.split(_BETWEEN) if joined else ())
            lines = zip(texts, texts, strict=True)
            found.update(zip(struct.unpack(f">{len(uids) // 4}I", uids), lines, strict=True))
        return found, numbers

    def make_line_page(self, vault: VaultId, folder: FolderId, number: int) -> None:
        """Put the lines of a page together, in place of what there was."""
        opened, lines = self._sealer.opener(vault, RecordKind.WIRE), []
        low = number * SPAN
        for row in self._runner.rows(sql.WIRES, vault=vault, folder=folder, low=low, high=low + SPAN - 1, count=SPAN):
            try:
                line = unpacked(opened(row[1], row[sql.WIDTH]), 2)
            except SealBroken:
                continue
            if sum(map(len, line)) <= _LONGEST and not any(_BETWEEN in text for text in line):
                lines.append((row[0], line))
        uids = struct.pack(f">{len(lines)}I", *(uid for uid, _ in lines))
        joined = _BETWEEN.join(text for _, line in lines for text in line)
        place = place_of_page(folder, number)
        sealed = self._sealer.seal(vault, RecordKind.LINE_PAGE, place, packed(RecordKind.LINE_PAGE, uids, joined))
        self._runner.run(_PUT, vault=vault, page=place, record=sealed)

    def drop_line_pages(self, vault: VaultId, folder: FolderId, uids: Iterable[int]) -> None:
        """Take away the pages of messages that go."""
        for number in {uid // SPAN for uid in uids}:
            self._runner.run(_DROP, vault=vault, page=place_of_page(folder, number))


def stretches(uids: Iterable[int], known: Mapping[int, Line]) -> list[tuple[int, int]]:
    """Give the first and last of neighbouring UIDs that are not known; ascending."""
    found: list[tuple[int, int]] = []
    is_open = False
    for uid in uids:
        if uid in known:
            is_open = False
        elif is_open:
            found[-1] = (found[-1][0], uid)
        else:
            found.append((uid, uid))
            is_open = True
    return found
