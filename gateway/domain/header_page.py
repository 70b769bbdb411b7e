"""The headers of neighbouring messages of a folder, by field, as SEARCH compares them.

A page is made once from the header blocks and opened as one: a search of ten thousand messages opens some hundred and
sixty pages. A message whose header is very long is in none.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from gateway.domain.mime.header_search import SEARCHED_FIELDS, searched_fields, sent_day

SPAN = 64
"""UIDs of one page: those that give the same number when they are divided by it."""
MAX_BLOCK = 32 * 1024
"""Octets of a header block that goes into a page."""
_AT = {name: place for place, name in enumerate(SEARCHED_FIELDS)}


@dataclass(frozen=True, slots=True)
class HeaderPage:
    """One page.

    Attributes:
        uids: of the messages in it, ascending.
        days: ordinal of the day of the Date field of each, 0 where there is none.
        columns: for each of `SEARCHED_FIELDS` a line a value, UTF-8: place of the message in `uids`, tab, value.
    """

    uids: tuple[int, ...]
    days: tuple[int, ...]
    columns: tuple[bytes, ...]

    @property
    def number(self) -> int:
        """Give its place in its folder."""
        return self.uids[0] // SPAN

    def holding(self, name: str, needle: bytes) -> set[int]:
        """Give the UIDs of messages with such a field, of which a value contains `needle` (folded, UTF-8)."""
        column = self.columns[_AT[name]]
        if needle not in column:
            return set()
        lines = (line.partition(b"\t") for line in column.split(b"\n") if line)
        return {self.uids[int(place)] for place, _, value in lines if needle in value}

    def sent(self, first: int, end: int) -> set[int]:
        """Give the UIDs of messages whose day is not before `first` and before `end`, both ordinals above 0."""
        return {uid for uid, day in zip(self.uids, self.days, strict=True) if first <= day < end}


def page_of(messages: Iterable[tuple[int, bytes]]) -> HeaderPage | None:
    """Make the page of neighbouring messages, UID and header block each, ascending; None when there are none."""
    columns: list[list[str]] = [[] for _ in SEARCHED_FIELDS]
    uids: list[int] = []
    days: list[int] = []
    for uid, block in messages:
        if len(block) > MAX_BLOCK:
            continue
        for name, folded in searched_fields(block):
            columns[_AT[name]] += [f"{len(uids)}\t{value}" for value in folded.split("\n")]
        day = sent_day(block)
        uids.append(uid)
        days.append(day.toordinal() if day else 0)
    written = tuple("\n".join(column).encode("utf-8", "replace") for column in columns)
    return HeaderPage(tuple(uids), tuple(days), written) if uids else None
