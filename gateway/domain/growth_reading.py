"""Reads an operator's growth tables from CSV, and refuses what cannot be such a table, naming the line.

Columns, in any order: ``mesure`` (poids, taille, imc, perimetre-cranien), ``sexe`` (M, F), ``age_mois`` or
``age_jours``, and either ``l``, ``m``, ``s`` or three to nine centiles, such as ``p3``, ``p50``, ``p97``.
"""

import csv
from collections import defaultdict
from collections.abc import Mapping, Sequence
from decimal import Decimal
from re import ASCII
from re import compile as compiled
from typing import TypeAlias

from gateway.domain.errors import LimitExceeded, MalformedContent
from gateway.domain.growth import CENTILES, GROWN, GrowthStandard, GrowthTable, is_rising, lines_of_lms
from gateway.domain.identity import Sex
from gateway.domain.lab_result import number_of
from gateway.domain.measure_kinds import KINDS
from gateway.domain.measures import MeasureKind

MOST_OCTETS, MOST_LINES = 4 * 1024 * 1024, 50_000
OF_CHILDREN = (MeasureKind.WEIGHT, MeasureKind.HEIGHT, MeasureKind.BMI, MeasureKind.HEAD)
"""Kinds that have growth tables."""
_CENTILE = compiled(r"p([0-9]{1,2}(?:\.[0-9])?)", ASCII)
_MONTH = Decimal("30.4375")
_LMS = ("l", "m", "s")
_KINDS = {kind.value: kind for kind in OF_CHILDREN}
_SEXES = {"m": Sex.MALE, "f": Sex.FEMALE}
_FEWEST_CENTILES, _MOST_CENTILES = 3, 9
_LONGEST_CELL, _LONGEST_NAME = 30, 200
_WIDEST = Decimal("0.5")
_Row: TypeAlias = tuple[int, tuple[Decimal, ...]]
_Rows: TypeAlias = dict[tuple[MeasureKind, Sex], list[_Row]]


def read_growth_tables(data: bytes, standard: GrowthStandard) -> Sequence[GrowthTable]:
    """Read the tables of a file, whole or not at all.

    Raises:
        LimitExceeded: it is larger than any such table.
        MalformedContent: it is no such table; the sentence names the line, what is wrong and what is expected.
    """
    if not all(0 < len(said) <= _LONGEST_NAME for said in (standard.name, standard.source, standard.dated)):
        raise MalformedContent(f"name, publication and date have 1 to {_LONGEST_NAME} characters each")
    if len(data) > MOST_OCTETS:
        raise LimitExceeded(f"the file has more than {MOST_OCTETS} octets: no growth table is so large")
    text = _text(data)
    lines = csv.reader(text.splitlines(), delimiter=max(";,\t", key=text[:400].count))
    found: _Rows = defaultdict(list)
    try:
        names = [name.strip().casefold() for name in next(lines, [])]
        columns = _columns(names)
        for number, cells in enumerate(lines, 2):
            if number > MOST_LINES:
                raise LimitExceeded(f"the file has more than {MOST_LINES} lines: no growth table is so long")
            if any(map(str.strip, cells)):
                _add(found, dict(zip(names, cells, strict=False)), columns, number)
    except csv.Error as error:
        raise MalformedContent("a line of it is no CSV: save it as CSV in UTF-8") from error
    if not found:
        raise MalformedContent("it has no line below its heading")
    centiles = tuple(columns.values()) or CENTILES
    return [_table(standard, key, centiles, rows) for key, rows in found.items()]


def _text(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig").replace("\0", "")
    except UnicodeDecodeError as error:
        raise MalformedContent("it is not text in UTF-8: save it as CSV in UTF-8") from error


def _columns(names: Sequence[str]) -> Mapping[str, Decimal]:
    """Read from the heading which centiles there are; none for L, M and S. Raises `MalformedContent`."""
    missing = [name for name in ("mesure", "sexe") if name not in names]
    if not {"age_mois", "age_jours"} & set(names):
        missing.append("age_mois or age_jours")
    if missing:
        raise MalformedContent(f"line 1 lacks {', '.join(missing)}: it must name the columns")
    if len(set(names)) != len(names):
        raise MalformedContent("line 1 names a column twice")
    if all(name in names for name in _LMS):
        return {}
    found = {name: Decimal(match[1]) for name in names if (match := _CENTILE.fullmatch(name))}
    centiles = list(found.values())
    if not _FEWEST_CENTILES <= len(centiles) <= _MOST_CENTILES or not is_rising([Decimal(0), *centiles]):
        raise MalformedContent("line 1 must name l, m and s, or three to nine rising centiles such as p3, p50, p97")
    return found


def _add(found: _Rows, cells: Mapping[str, str], columns: Mapping[str, Decimal], line: int) -> None:
    kind = _KINDS.get(cells.get("mesure", "").strip().casefold())
    sex = _SEXES.get(cells.get("sexe", "").strip().casefold())
    if kind is None or sex is None:
        raise MalformedContent(f"line {line}: mesure is one of {', '.join(_KINDS)}, and sexe is M or F")
    days = _days(cells, line)
    values = _centiles(cells, columns, line) if columns else _lines_of(cells, line)
    low, high = KINDS[kind].numbers[0].possible
    if not is_rising(values) or not low <= values[0] <= values[-1] <= high:
        raise MalformedContent(f"line {line}: values must rise, within {low} and {high} {KINDS[kind].unit.ucum}")
    rows = found[kind, sex]
    if rows and rows[-1][0] >= days:
        raise MalformedContent(f"line {line}: ages of one mesure and sexe must rise from line to line")
    rows.append((days, values))


def _days(cells: Mapping[str, str], line: int) -> int:
    in_days = "age_jours" in cells
    age = _number(cells.get("age_jours" if in_days else "age_mois", ""), "the age", line)
    days = age if in_days else age * _MONTH
    if not 0 <= days <= GROWN:
        raise MalformedContent(f"line {line}: the age lies between birth and twenty years")
    return int(days.to_integral_value())


def _centiles(cells: Mapping[str, str], columns: Mapping[str, Decimal], line: int) -> tuple[Decimal, ...]:
    return tuple(_number(cells.get(name, ""), name, line) for name in columns)


def _lines_of(cells: Mapping[str, str], line: int) -> tuple[Decimal, ...]:
    skew, median, variation = (_number(cells.get(name, ""), name, line) for name in _LMS)
    # Far wider than any published table, and narrow enough for every line to be a number.
    if not (abs(skew) <= 5 and 0 < median <= 300 and 0 < variation <= _WIDEST and abs(skew) * variation < _WIDEST):
        raise MalformedContent(f"line {line}: l, m and s give no curve: check their order and the decimal sign")
    return lines_of_lms(float(skew), float(median), float(variation))


def _number(text: str, name: str, line: int) -> Decimal:
    found = number_of(text.strip()) if len(text) <= _LONGEST_CELL else None
    if found is None:
        raise MalformedContent(f"line {line}: {name} is no number")
    return found


def _table(
    standard: GrowthStandard, key: tuple[MeasureKind, Sex], centiles: tuple[Decimal, ...], rows: Sequence[_Row]
) -> GrowthTable:
    if len(rows) < 2:
        raise MalformedContent(f"{key[0].value} {key[1].value} has one age only: a curve needs two")
    ages, values = zip(*rows, strict=True)
    return GrowthTable(standard=standard, kind=key[0], sex=key[1], centiles=centiles, ages=ages, rows=values)
