"""Records of a CSV file, one by one: a bad one costs itself alone, and memory does not grow with a line."""

import tracemalloc
from io import StringIO, TextIOBase

import pytest

from gateway.services.space.csv_records import LONGEST, CsvRecord, csv_records


def _records(text: str) -> list[CsvRecord]:
    return list(csv_records(StringIO(text, newline="")))


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_lines_end_as_any_system_ends_them(end: str) -> None:
    assert _records(f"a,b{end}1,2{end}") == [CsvRecord(1, ("a", "b")), CsvRecord(2, ("1", "2"))]


def test_last_line_needs_no_end() -> None:
    assert _records("a,b\n1,2")[-1] == CsvRecord(2, ("1", "2"))


@pytest.mark.parametrize("empty", ["\n", "\r\n", ",\n", ",,,,\n"])
def test_empty_lines_are_passed_over_and_counted(empty: str) -> None:
    assert _records(f"a,b\n{empty}1,2\n") == [CsvRecord(1, ("a", "b")), CsvRecord(3, ("1", "2"))]


def test_quoted_field_may_hold_commas_quotes_and_line_ends() -> None:
    assert _records('a,b\n"1,""2""\n3",4\n5,6\n') == [
        CsvRecord(1, ("a", "b")), CsvRecord(2, ('1,"2"\n3', "4")), CsvRecord(4, ("5", "6")),
    ]  # fmt: skip


@pytest.mark.parametrize("bad", ['"1,2', '1,"2', '"1', '1,2,"'])
def test_quote_that_is_never_closed_costs_its_own_line_alone(bad: str) -> None:
    first, second, third, *rest = _records(f'a,b\n{bad}\n3,"4"\n5,6\n')
    assert (first.fields, second.line, second.fields) == (("a", "b"), 2, ())
    assert "a quotation mark is opened" in second.fault
    assert [third, *rest] == [CsvRecord(3, ("3", "4")), CsvRecord(4, ("5", "6"))]


def test_two_quotes_left_open_on_neighbouring_lines_are_named_each() -> None:
    records = _records('a,b\n1,"2\n3,"4\n5,6\n')
    assert [(record.line, bool(record.fault)) for record in records] == [(1, False), (2, True), (3, True), (4, False)]


def test_what_follows_a_closing_quote_is_refused() -> None:
    assert _records('a,b\n"1"2,3\n4,5\n')[1].fault.startswith("not CSV")


def test_line_that_is_too_long_is_named_and_the_next_is_read() -> None:
    records = _records(f"a,b\n{'x' * (LONGEST + 1)},1\n3,4\n")
    assert records[1] == CsvRecord(2, fault=f"the line is longer than {LONGEST} signs")
    assert records[2] == CsvRecord(3, ("3", "4"))


def test_open_quote_before_a_line_that_is_too_long_costs_its_own_line() -> None:
    records = _records(f'a,b\n1,"2\n{"x" * (LONGEST + 1)}\n3,4\n')
    assert [(record.line, bool(record.fault)) for record in records] == [(1, False), (2, True), (3, True), (4, False)]


def test_open_quote_joins_no_more_than_some_lines() -> None:
    records = _records('a,b\n1,"2\n' + "3\n" * 30 + '4",5\n')
    assert "opened" in records[1].fault
    assert records[2] == CsvRecord(3, ("3",))


class _Endless(TextIOBase):
    """A file of one line of so many signs."""

    def __init__(self, signs: int) -> None:
        self._left = signs

    def readline(self, size: int = -1, /) -> str:  # type: ignore[override] # typeshed: no limit of None
        count = min(size, self._left)
        self._left -= count
        return "x" * count


def test_line_of_hundred_million_signs_is_not_held() -> None:
    tracemalloc.start()
    try:
        (record,) = csv_records(_Endless(100_000_000))  # type: ignore[arg-type] # a reader of lines is all it takes
        assert tracemalloc.get_traced_memory()[1] < 20 * LONGEST
    finally:
        tracemalloc.stop()
    assert "longer" in record.fault
