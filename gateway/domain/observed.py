"""What a document's results say to the pages of examinations: one short line a result, found by its examination. Pure.

A space holds thousands of results, and a page shows those of one examination. So each document keeps, beside its
results, a list of them that is read without reading them: keys and times in two rows of eight octets, then the lines.
It is made when the document is read, and made again from its results where it is missing.
"""

import struct
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from hashlib import blake2b

import msgspec

from gateway.domain.errors import MalformedContent
from gateway.domain.instants import micros_of
from gateway.domain.lab_result import LabResult, ReferenceRange, ResultState, ResultValue, ValueKind, number_of
from gateway.domain.result_words import absence_words, name_of, ranges_words, value_words
from gateway.domain.timestamp import Timestamp
from gateway.domain.value_place import compared_number

LOINC = "2.16.840.1.113883.6.1"
UNDATED = -(2**63)
"""Stands for the time of a result that has none."""
SHARED = 1 << 63
"""From here on keys mean the same whichever laboratory they come from."""
_COUNT = struct.Struct(">I")
_FIRST = _COUNT.size


class Observed(msgspec.Struct, frozen=True, array_like=True, kw_only=True):
    """One result in short; texts as the sender wrote them. Fields are added at the end only: lines are kept.

    Attributes:
        index: its place among the results of its document.
        value: comparator and number with a decimal point, or words.
        shown: how people read it, where that is not its figures.
        low, high: the bounds that it may be compared with, empty where there is none.
        reference: the range in words.
        codes: what the laboratory marks it with.
        second: the value in a second unit, as the sender converted it, with the range in that unit.
    """

    index: int
    label: str
    loinc: str
    value: str
    unit: str
    at: str
    shown: str = ""
    low: str = ""
    high: str = ""
    low_excluded: bool = False
    high_excluded: bool = False
    reference: str = ""
    codes: tuple[str, ...] = ()
    is_provisional: bool = False
    method: str = ""
    second: str = ""
    second_unit: str = ""
    second_low: str = ""
    second_high: str = ""

    def __repr__(self) -> str:
        """Hide values: representations end up in logs."""
        return "Observed(…)"

    @property
    def number(self) -> Decimal | None:
        """Give the number of the value, if it is one."""
        return compared_number(self.value)[1]

    @property
    def comparator(self) -> str:
        """Give the sign of a censored value, or nothing."""
        return compared_number(self.value)[0]

    @property
    def bounds(self) -> ReferenceRange:
        """Give the range that the value may be compared with."""
        return ReferenceRange(
            low=number_of(self.low),
            high=number_of(self.high),
            low_excluded=self.low_excluded,
            high_excluded=self.high_excluded,
        )


_write = msgspec.msgpack.Encoder().encode
_read = msgspec.msgpack.Decoder(tuple[Observed, ...]).decode


def written_lines(results: Sequence[LabResult]) -> bytes:
    """Write the lines of a document: a laboratory's values that stand; germs and what stands under them stay there."""
    chosen = [(index, result) for index, result in enumerate(results) if is_followed(result)]
    if not chosen:
        return b""
    count, followed = len(chosen), [result for _, result in chosen]
    head = struct.pack(f">I{count}Q{count}q", count, *map(examination_key, followed), *map(_time, followed))
    return head + _write([_line(index, result) for index, result in chosen])


def keys_and_times(written: bytes) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Give the keys of lines, and their times in microseconds, without reading them. Raises `MalformedContent`."""
    if not written:
        return (), ()
    try:
        (count,) = _COUNT.unpack_from(written)
        found = struct.unpack_from(f">{count}Q{count}q", written, _FIRST)
    except struct.error as error:
        raise MalformedContent("observations are cut short") from error
    return found[:count], found[count:]


def lines_in(written: bytes) -> tuple[Observed, ...]:
    """Give the lines. Raises `MalformedContent`."""
    if not written:
        return ()
    try:
        (count,) = _COUNT.unpack_from(written)
        return _read(memoryview(written)[_FIRST + count * 16 :])
    except (struct.error, msgspec.DecodeError) as error:
        raise MalformedContent("observations are not as observations are written") from error


def examination_key(result: LabResult) -> int:
    """Give what tells of which examination a result is: LOINC, else the laboratory's own code, else its name."""
    if result.code and result.code_system == LOINC:
        return loinc_key(result.code)
    code, system = (
        (result.local_code, result.local_code_system)
        if result.local_code
        else (result.code, result.code_system)
    )
    text = f"{system}|{code}" if code else name_of(result)[0].casefold()
    return _key(f"{text}|{result.specimen.casefold()}", 0)


@lru_cache(maxsize=4096)
def loinc_key(code: str) -> int:
    """Give the key of a LOINC code."""
    return _key(code.upper(), SHARED)


def own_key(key: int, place: str) -> int:
    """Give the key of an examination in a space: of one that only its laboratory knows, another for each laboratory."""
    return key if key >= SHARED else _key(f"{key:x}|{place.casefold()}", 0)


def _key(text: str, mark: int) -> int:
    digest = blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "big") % SHARED | mark


def is_followed(result: LabResult) -> bool:
    """Say whether a result stands on the page of an examination: a laboratory's value, which is no germ's."""
    return (
        result.category == "laboratory"
        and result.counts
        and not result.organism
        and not result.is_head
        and result.value.kind is not ValueKind.ABSENT
    )


def _time(result: LabResult) -> int:
    taken = result.collected or result.time
    return _micros(taken) if taken else UNDATED


@lru_cache(maxsize=256)
def _micros(taken: Timestamp) -> int:
    """Read a time once: the results of a report mostly share one."""
    return time_of(taken.earliest)


def time_of(at: datetime | None) -> int:
    """Write an instant in microseconds; `UNDATED` without one."""
    return UNDATED if at is None else micros_of(at)


def _line(index: int, result: LabResult) -> Observed:
    bounds, taken = result.compared_range or ReferenceRange(), result.collected or result.time
    second, beside = result.second, result.second_range or ReferenceRange()
    return Observed(
        index=index,
        label=name_of(result)[0],
        loinc=result.code if result.code_system == LOINC else "",
        value=_value(result.value),
        unit=result.value.unit,
        at=taken.text if taken else "",
        shown=_shown(result.value),
        low=_bound(bounds.low),
        high=_bound(bounds.high),
        low_excluded=bounds.low_excluded,
        high_excluded=bounds.high_excluded,
        reference=ranges_words(result) if bounds.low is None and bounds.high is None else "",
        codes=result.interpretation,
        is_provisional=result.state is ResultState.PROVISIONAL,
        method=result.method,
        second=_value(second) if second and second.number is not None else "",
        second_unit=second.unit if second and second.number is not None else "",
        second_low=_bound(beside.low),
        second_high=_bound(beside.high),
    )


def _value(value: ResultValue) -> str:
    return f"{value.comparator}{value.text if value.number is None else value.text.replace(',', '.')}"


def _shown(value: ResultValue) -> str:
    if value.number is not None and value.upper is None and value.kind is not ValueKind.RATIO:
        return ""
    return value_words(value) or absence_words(value)


def _bound(number: Decimal | None) -> str:
    return "" if number is None else f"{number:f}"
