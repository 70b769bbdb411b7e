"""Read the records of a CSV file (RFC 4180) one by one, in bounded memory: a bad record costs itself alone.

A quote that is opened and never closed would swallow all that follows. So only a few lines are joined, and only when
that makes a record of the right width; otherwise the line is named as bad, and the next line is read as usual.
"""

import csv
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TextIO

LONGEST = 65_536
"""Signs of a record; a longer line is passed over without being held."""
_JOINED = 10
_OPEN = "a quotation mark is opened and not closed on this line"


@dataclass(frozen=True, slots=True)
class CsvRecord:
    """One record; `line` is its first, and `fault` says why there are no fields."""

    line: int
    fields: tuple[str, ...] = ()
    fault: str = ""


def csv_records(file: TextIO) -> Iterator[CsvRecord]:
    """Give the records of a file opened with ``newline=""``, the first line's too; empty lines are passed over."""
    source, ahead = _lines(file), deque[tuple[int, str | None]]()
    width = 0
    while line := ahead.popleft() if ahead else next(source, None):
        number, text = line
        if text is None:
            yield CsvRecord(number, fault=f"the line is longer than {LONGEST} signs")
            continue
        found = _parsed(text)
        if found == _OPEN:
            found = _joined(text, width, source, ahead)
        if isinstance(found, str):
            yield CsvRecord(number, fault=found)
        elif any(found):
            yield CsvRecord(number, found)
        width = width or (len(found) if isinstance(found, tuple) else 0)


def _joined(
    text: str, width: int, source: Iterator[tuple[int, str | None]], ahead: deque[tuple[int, str | None]]
) -> tuple[str, ...] | str:
    """Close an open quote with some of the next lines, and take them; without success they stay ahead."""
    for taken in range(_JOINED):
        if taken == len(ahead):
            line = next(source, None)
            if line is None:
                break
            ahead.append(line)
        more = ahead[taken][1]
        if more is None or len(text) + len(more) > LONGEST:
            break
        text += more
        found = _parsed(text)
        if isinstance(found, tuple) and len(found) == width:
            for _ in range(taken + 1):
                ahead.popleft()
            return found
        if found != _OPEN:
            break
    return _OPEN


def _parsed(text: str) -> tuple[str, ...] | str:
    try:
        return tuple(next(csv.reader([text], strict=True), ()))
    except csv.Error as error:
        # With one line at a time, this is what an open quote is to the parser.
        return _OPEN if "unexpected end" in str(error) else f"not CSV ({error})"


def _lines(file: TextIO) -> Iterator[tuple[int, str | None]]:
    """Number the lines of a file; of one that is too long, say only that."""
    number = 0
    while text := file.readline(LONGEST + 1):
        number += 1
        if len(text) <= LONGEST:
            yield number, text
            continue
        while text and not text.endswith(("\n", "\r")):
            text = file.readline(LONGEST + 1)
        yield number, None
