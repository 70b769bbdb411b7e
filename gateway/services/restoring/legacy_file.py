"""Read the list of documents of records that are older than their spaces (F22): each line checked, a bad one named.

Each line names a person, a file beside the list, and when that file came into the old record. Nothing is opened here.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time
from pathlib import Path
from typing import TextIO

from gateway.domain.errors import InvalidValue
from gateway.domain.identity import Ins
from gateway.domain.local_days import PLACE
from gateway.services.space.csv_records import CsvRecord, csv_records
from gateway.services.space.patients_file import ImportFault

COLUMNS = ("ins", "file", "filed_at", "title")
_REQUIRED = COLUMNS[:3]
_LONGEST = 250


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class LegacyLine:
    """One checked line; `filed_at` is None when the document itself has to say its date."""

    line: int
    number: str
    file: Path
    filed_at: datetime | None
    title: str = ""


def read_legacy(list_of: TextIO, folder: Path, now: datetime) -> Iterator[LegacyLine | ImportFault]:
    """Read the list, opened with ``newline=""``, line by line; a bad line becomes a fault.

    Raises:
        InvalidValue: the first line does not name the columns.
    """
    records = csv_records(list_of)
    names, root = _names(next(records, None)), folder.resolve()
    for record in records:
        try:
            if record.fault:
                raise InvalidValue(record.fault)
            if len(record.fields) != len(names):
                raise InvalidValue(f"{len(names)} fields separated by commas are expected, not {len(record.fields)}")
            row = {name: text.strip() for name, text in zip(names, record.fields, strict=True)}
            yield _line(record.line, row, root, now)
        except InvalidValue as error:
            yield ImportFault(record.line, str(error))


def _names(first: CsvRecord | None) -> tuple[str, ...]:
    fields = first.fields if first is not None else ()
    names = tuple(name.removeprefix("\ufeff").strip() for name in fields)
    missing = [column for column in _REQUIRED if column not in names]
    if missing:
        raise InvalidValue(f"the first line must name the columns, separated by commas; missing: {', '.join(missing)}")
    if doubled := sorted({name for name in names if names.count(name) > 1}):
        raise InvalidValue(f"the first line names a column twice: {', '.join(doubled)}")
    return names


def _line(line: int, row: dict[str, str], root: Path, now: datetime) -> LegacyLine:
    number = "".join(row["ins"].split()).upper()
    if not Ins.is_well_formed(number):
        raise InvalidValue("ins is no number of a person: write its 15 signs")
    title = row.get("title", "")
    if len(title) > _LONGEST or not title.isprintable():
        raise InvalidValue(f"title must be one line of {_LONGEST} signs at most")
    filed_at = _instant(row["filed_at"])
    if filed_at is not None and filed_at > now:
        raise InvalidValue("filed_at has not come yet: write when the document came into the old record")
    return LegacyLine(line=line, number=number, file=_file(row["file"], root), filed_at=filed_at, title=title)


def _instant(text: str) -> datetime | None:
    """Read a day, an instant with its zone, or nothing; a day counts from noon where patients live."""
    if not text:
        return None
    try:
        found = datetime.fromisoformat(text)
        if len(text) <= len("2019-03-02"):
            found = datetime.combine(found, time(12), PLACE)
        if found.tzinfo is None:
            raise ValueError(text)
        return found.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise InvalidValue("filed_at is no date; write 2019-03-02, or 2019-03-02T10:00:00+01:00") from error


def _file(name: str, root: Path) -> Path:
    """Find a file beside the list; one that a link or `..` leads elsewhere is refused like one that is not there."""
    try:
        path = (root / name).resolve()
        is_there = bool(name) and path.is_relative_to(root) and path.is_file()
    except (OSError, ValueError):
        is_there = False
    if not is_there:
        raise InvalidValue("file names no file in the folder of the list or below it")
    return path
