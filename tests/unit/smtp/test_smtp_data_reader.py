"""The end of data is CRLF.CRLF alone, however the network cuts it; content is unstuffed and measured."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.listening import OctetBudget
from gateway.smtp.data import DataFault, DataReader, has_long_line


def reader(max_bytes: int = 10_000, budget: int = 100_000) -> DataReader:
    return DataReader(OctetBudget(budget), max_bytes, 1_000)


def fed(chunks: list[bytes], **limits: int) -> tuple[DataReader, bytes]:
    found = reader(**limits)
    rest = b"".join([found.feed(chunk) for chunk in chunks])
    return found, rest


def cuts(data: bytes) -> list[list[bytes]]:
    return [[data[:at], data[at:]] for at in range(len(data) + 1)] + [[data[i : i + 1] for i in range(len(data))]]


@pytest.mark.parametrize(
    ("wire", "content"),
    [
        (b".\r\n", b""),
        (b"a\r\n.\r\n", b"a\r\n"),
        (b"\r\n.\r\n", b"\r\n"),
        (b"..\r\n.\r\n", b".\r\n"),
        (b"a\r\n..\r\n.b\r\n...c\r\n.\r\n", b"a\r\n.\r\nb\r\n..c\r\n"),
        (b"a.\r\nb\r\n.\r\n", b"a.\r\nb\r\n"),
    ],
)
def test_content_is_the_same_however_it_is_cut(wire: bytes, content: bytes) -> None:
    for chunks in cuts(wire):
        found, rest = fed(chunks)
        assert (found.finished, found.fault, rest) == (True, None, b"")
        assert found.content() == content


def test_what_follows_the_end_is_given_back() -> None:
    for at in range(10):
        wire = b"a\r\n.\r\nQUIT\r\n"
        found, rest = reader(), b""
        for chunk in (wire[:at], wire[at:]):
            rest = rest + chunk if found.finished else rest + found.feed(chunk)
        assert rest == b"QUIT\r\n"
        assert found.content() == b"a\r\n"


BARE_ENDS = [
    line_end + b"." + after
    for line_end in (b"\n", b"\r", b"\r\n", b"\r\0\n", b"\n\r", b"\r\r\n", b"\0\r\n", b"\r\n\0")
    for after in (b"\n", b"\r", b"\r\n", b"\r\0\n", b"\n\r", b"\r\r\n", b"\0\r\n")
    if (line_end, after) != (b"\r\n", b"\r\n")
]


@pytest.mark.parametrize("end", BARE_ENDS, ids=repr)
def test_no_other_form_ends_data(end: bytes) -> None:
    wire = b"Subject: x\r\n\r\nfirst" + end + b"MAIL FROM:<b@b.example>\r\nsecond\r\n.\r\n"
    for chunks in cuts(wire):
        found = reader()
        for chunk in chunks:
            if found.finished or found.fault:
                break
            found.feed(chunk)
        assert found.fault is DataFault.BARE


@given(st.lists(st.text("ab.", max_size=6), max_size=8), st.integers(1, 9))
def test_stuffed_lines_come_back_as_they_were(lines: list[str], step: int) -> None:
    content = "".join(f"{line}\r\n" for line in lines).encode()
    wire = b"".join(b"." * line.startswith(b".") + line for line in content.splitlines(keepends=True)) + b".\r\n"
    found, _ = fed([wire[i : i + step] for i in range(0, len(wire), step)])
    assert found.finished
    assert found.content() == content


def test_line_of_a_thousand_octets_is_taken_and_one_more_is_not() -> None:
    for length, fault in ((998, None), (999, DataFault.LINE)):
        found, _ = fed([b"a" * length + b"\r\nb\r\n.\r\n"])
        found.content()
        assert found.fault is fault


def test_stuffed_dot_does_not_count_in_the_line() -> None:
    found, _ = fed([b"." + b"." + b"a" * 997 + b"\r\n.\r\n"])
    assert found.content() == b"." + b"a" * 997 + b"\r\n"
    assert found.fault is None


def test_endless_line_is_dropped_as_it_comes() -> None:
    budget = OctetBudget(1_000_000)
    found = DataReader(budget, 900_000, 1_000)
    for _ in range(50):
        found.feed(b"a" * 500)
    assert found.fault is DataFault.LINE
    assert budget.held == 0
    assert not found.finished


def test_oversize_content_is_dropped_and_its_end_awaited() -> None:
    found, rest = fed([b"aaaaaaaa\r\n"] * 200 + [b".\r\nNOOP\r\n"], max_bytes=1_000)
    assert (found.fault, found.finished, rest) == (DataFault.SIZE, True, b"NOOP\r\n")


def test_size_is_counted_without_stuffed_dots() -> None:
    for extra, fault in ((b"", None), (b"a", DataFault.SIZE)):
        found, _ = fed([b"..aaaaaaa\r\n" + b"aaaaaaaa\r\n" * 98 + extra + b"aaaaaaaa\r\n.\r\n"], max_bytes=1_000)
        found.content()
        assert found.fault is fault


def test_faulty_content_without_end_is_endless_at_last() -> None:
    found, _ = fed([b"aaaaaaaa\r\n" * 1_000] * 8, max_bytes=1_000)
    assert found.endless


def test_readers_share_a_budget_and_give_it_back() -> None:
    budget = OctetBudget(1_500)
    first, second = (DataReader(budget, 10_000, 1_000) for _ in range(2))
    first.feed(b"aaaaaaaa\r\n" * 100)
    second.feed(b"aaaaaaaa\r\n" * 100)
    assert second.fault is DataFault.FULL
    assert budget.held == 1_000
    first.release()
    assert budget.held == 0


def test_octets_handed_over_stay_reserved_until_given_back() -> None:
    budget = OctetBudget(1_500)
    found = DataReader(budget, 10_000, 1_000)
    found.feed(b"aaaaaaaa\r\n.\r\n")
    held = found.hand_over()
    found.release()
    assert budget.held == held == 10
    budget.give_back(held)
    assert budget.held == 0


@given(st.lists(st.integers(0, 30), max_size=20))
def test_long_lines_are_found_by_leaps_as_by_reading(lengths: list[int]) -> None:
    raw = b"".join(b"a" * length + b"\r\n" for length in lengths)
    assert has_long_line(raw, 20) == any(length + 2 > 20 for length in lengths)
