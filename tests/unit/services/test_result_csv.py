"""CSV files of results: what a French spreadsheet opens, and what it must not run."""

import csv
import io

import pytest

from gateway.domain.examinations import Examination, SpaceObservations
from gateway.domain.lab_result import LabResult
from gateway.services.record.result_csv import HEAD, csv_of
from tests.builders.web_results import LILAS, measured, observed


def _examination(*results: tuple[str, LabResult], place: str = LILAS) -> Examination:
    space = SpaceObservations(observed(number, day, place, [one]) for number, (day, one) in enumerate(results, 1))
    found = space.examination(space.keys[0])
    assert found is not None
    return found


def _rows(written: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(written.decode("utf-8-sig"), newline=""), delimiter=";"))


def test_results_are_written_as_french_spreadsheets_read_them() -> None:
    written = csv_of(_examination(
        ("20260302", measured("Cholestérol", "2093-3", "2.41", "g/L", ("", "2.00"), ("H",))),
        ("202401", measured("Cholestérol", "2093-3", "<1.5", "g/L")),
    ))  # fmt: skip
    assert written.startswith(b"\xef\xbb\xbf")
    assert b"\r\n" in written
    assert _rows(written) == [
        list(HEAD),
        ["02/03/2026", "Cholestérol", "2093-3", "2,41", "g/L", "", "2,00", "", "élevé", LILAS],
        ["01/2024", "Cholestérol", "2093-3", "<1,5", "g/L", "", "", "", "", LILAS],
    ]


@pytest.mark.parametrize("text", ["=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\tx", "＝1+1"])
def test_formula_is_no_formula(text: str) -> None:
    row = _rows(csv_of(_examination(("2026", measured(text, "", text, "")), place=text)))[1]
    assert [row[1], row[9]] == [f"'{text}"] * 2
    assert row[3].startswith("'")


@pytest.mark.parametrize(("value", "cell"), [("-1.5", "-1,5"), ("<5", "<5"), ("+", "'+"), ("Négatif", "Négatif")])
def test_numbers_stay_numbers(value: str, cell: str) -> None:
    assert _rows(csv_of(_examination(("2026", measured("x", "", value, "")))))[1][3] == cell


def test_separators_and_quotes_stay_in_their_cell() -> None:
    label = 'a;b "c"\nd'
    assert _rows(csv_of(_examination(("2026", measured(label, "", "1", "")))))[1][1] == label
