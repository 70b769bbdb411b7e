"""Results of an examination as a CSV file (RFC 4180) that French spreadsheets open: semicolons, decimal commas, UTF-8.

A cell that a spreadsheet would take for a formula begins with an apostrophe: labels come from anyone.
"""

import csv
import io
import re

from gateway.domain.examinations import Examination, Point
from gateway.domain.interpretation import interpretation_words
from gateway.domain.units import unit_words

HEAD = (
    "Date", "Examen", "Code LOINC", "Valeur", "Unité", "Borne basse", "Borne haute", "Intervalle",
    "Signalé par le laboratoire", "Laboratoire",
)  # fmt: skip
_NUMBER = re.compile(r"[<>]?=?[+-]?\d+(?:,\d+)?", re.ASCII)
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def csv_of(examination: Examination) -> bytes:
    """Write every result that is given, newest first, as they were sent."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow(HEAD)
    for point in examination.points:
        writer.writerow([plain_cell(cell) for cell in _row(point)])
    return b"\xef\xbb\xbf" + out.getvalue().encode("utf-8", "replace")


def _row(point: Point) -> tuple[str, ...]:
    line = point.line
    return (
        "/".join(f"{part:02}" for part in reversed(point.at.known)),
        line.label,
        line.loinc,
        line.shown or _comma(line.value),
        unit_words(line.unit),
        _comma(line.low),
        _comma(line.high),
        line.reference,
        interpretation_words(line.codes),
        point.laboratory,
    )


def _comma(number: str) -> str:
    return number.replace(".", ",")


def plain_cell(cell: str) -> str:
    """Give a cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if cell.startswith(_FORMULA) and not _NUMBER.fullmatch(cell) else cell
