"""Lines of a folder by column, as long lists are written: ten thousand objects would cost more than all the rest."""

from array import array
from typing import NamedTuple


class ListedLines(NamedTuple):
    """Some lines, ascending by UID; what was not asked for is empty.

    Attributes:
        uids: four octets each.
        flags: of each, divided by blanks.
        envelopes: ENVELOPE of each as it goes on the wire.
        bodystructures: BODYSTRUCTURE of each as it goes on the wire.
        unpaged: numbers of pages (`header_page.SPAN`) whose lines could have been read together, if they were.
    """

    uids: "array[int]"
    flags: list[str]
    envelopes: list[bytes]
    bodystructures: list[bytes]
    unpaged: frozenset[int] = frozenset()

    def between(self, start: int, stop: int) -> "ListedLines":
        """Give some of them, by their places."""
        here = slice(start, stop)
        return ListedLines(self.uids[here], self.flags[here], self.envelopes[here], self.bodystructures[here])
