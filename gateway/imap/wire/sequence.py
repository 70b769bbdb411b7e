"""Sequence sets and UID sets: read, applied to a mailbox without being expanded, and written.

A set such as ``1:4294967295`` stays two numbers; its cost is that of its text, never of its span.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from gateway.domain.errors import MalformedContent

MAX_NUMBER = 0xFFFF_FFFF  # nz-number is 32 bits (RFC 3501 §9)
STAR = MAX_NUMBER + 1  # above every number, so that "4:*" and "*:4" are the same ordered pair

_SET = re.compile(rb"(?:[1-9]\d{0,9}|\*)(?::(?:[1-9]\d{0,9}|\*))?(?:,(?:[1-9]\d{0,9}|\*)(?::(?:[1-9]\d{0,9}|\*))?)*")


@dataclass(frozen=True, slots=True)
class SequenceSet:
    """A set of message numbers or UIDs as the client wrote it; `*` is resolved only against a mailbox.

    Attributes:
        ranges: inclusive pairs, low first, `STAR` standing for ``*``.
    """

    ranges: tuple[tuple[int, int], ...]

    @classmethod
    def parse(cls, text: bytes) -> "SequenceSet":
        """Read a sequence-set (RFC 3501 §9).

        Raises:
            MalformedContent: for anything else, zero and numbers above 32 bits included.
        """
        if not _SET.fullmatch(text):
            raise MalformedContent("not a sequence set")
        return cls(tuple(_pair(part) for part in text.split(b",")))

    def resolve(self, highest: int) -> list[tuple[int, int]]:
        """Give disjoint ascending ranges, ``*`` being `highest` (even when it is below the other end)."""
        pairs = [(low, high) for low, high in self.ranges if high != STAR]
        pairs += [(min(low, highest), max(low, highest) if low != STAR else highest)
                  for low, high in self.ranges if high == STAR]
        pairs.sort()
        merged: list[tuple[int, int]] = []
        for low, high in pairs:
            if merged and low <= merged[-1][1] + 1:
                merged[-1] = (merged[-1][0], max(high, merged[-1][1]))
            else:
                merged.append((low, high))
        return merged

    def fits(self, count: int) -> bool:
        """Say whether every message number exists in a mailbox of `count` messages; ``n:*`` needs only one."""
        return all(high <= count or (high == STAR and count > 0) for _, high in self.ranges)

    def positions(self, count: int) -> list[range]:
        """Give the zero-based positions that these message numbers name; numbers beyond `count` name none."""
        if not count:
            return []
        return [range(low - 1, min(high, count)) for low, high in self.resolve(count) if low <= count]

    def uid_positions(self, uids: Sequence[int]) -> list[range]:
        """Give the zero-based positions in ascending `uids` that this UID set names; absent UIDs name none."""
        if not uids:
            return []
        found = (range(bisect_left(uids, low), bisect_right(uids, high)) for low, high in self.resolve(uids[-1]))
        return [span for span in found if span]

    def __contains__(self, number: int) -> bool:
        """Say whether `number` is named without help of ``*``."""
        return any(low <= number <= high for low, high in self.ranges if high != STAR)


def _pair(part: bytes) -> tuple[int, int]:
    low, _, high = part.partition(b":")
    first = _number(low)
    second = _number(high) if high else first
    return (first, second) if first <= second else (second, first)


def _number(text: bytes) -> int:
    if text == b"*":
        return STAR
    value = int(text)
    if value > MAX_NUMBER:
        raise MalformedContent("number above 32 bits")
    return value


def compact(numbers: Iterable[int]) -> bytes:
    """Write numbers as a set, in their order, ascending neighbours joined: ``1:3,7`` (``b""`` for none)."""
    pieces: list[str] = []
    low = high = 0
    for number in numbers:
        if number == high + 1 and low:
            high = number
            continue
        if low:
            pieces.append(f"{low}:{high}" if high > low else str(low))
        low = high = number
    if low:
        pieces.append(f"{low}:{high}" if high > low else str(low))
    return ",".join(pieces).encode()
