"""Sequence sets applied without being expanded, against a plain model of what they mean."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.domain.errors import MalformedContent
from gateway.imap.wire.sequence import MAX_NUMBER, STAR, SequenceSet, compact


def chosen(spans: list[range]) -> list[int]:
    return [position for span in spans for position in span]


@pytest.mark.parametrize(("text", "ranges"), [
    (b"1", ((1, 1),)), (b"1:3,7", ((1, 3), (7, 7))), (b"5:2", ((2, 5),)), (b"*", ((STAR, STAR),)),
    (b"*:4", ((4, STAR),)), (b"4:*", ((4, STAR),)), (b"4294967295", ((MAX_NUMBER, MAX_NUMBER),)),
])
def test_a_set_is_read(text: bytes, ranges: tuple[tuple[int, int], ...]) -> None:
    assert SequenceSet.parse(text).ranges == ranges


@pytest.mark.parametrize("text", [
    b"", b"0", b"01", b"1:", b":1", b"1,", b",1", b"1:2:3", b"a", b"1 2", b"-1", b"4294967296",
    b"12345678901", b"**", b"1,$",
])
def test_anything_else_is_malformed(text: bytes) -> None:
    with pytest.raises(MalformedContent):
        SequenceSet.parse(text)


def test_a_huge_range_costs_nothing() -> None:
    uids = list(range(1, 2_000_000, 7))
    assert SequenceSet.parse(b"1:4294967295").uid_positions(uids) == [range(len(uids))]


def test_a_range_to_star_always_names_the_last_message() -> None:
    assert chosen(SequenceSet.parse(b"559:*").uid_positions([3, 8])) == [1]
    assert chosen(SequenceSet.parse(b"559:*").positions(2)) == [1]


def test_an_empty_mailbox_has_nothing_to_name() -> None:
    everything = SequenceSet.parse(b"1:*")
    assert everything.positions(0) == everything.uid_positions([]) == []
    assert not everything.fits(0)


@pytest.mark.parametrize(("text", "fits"), [
    (b"1:3", True), (b"4", False), (b"2:4", False), (b"4:*", True), (b"*", True),
])
def test_message_numbers_beyond_the_mailbox_do_not_fit(text: bytes, fits: bool) -> None:
    assert SequenceSet.parse(text).fits(3) is fits


def test_membership_ignores_star() -> None:
    numbers = SequenceSet.parse(b"1:3,9:*")
    assert [number in numbers for number in (2, 4, 9)] == [True, False, False]


ENDS = st.one_of(st.integers(1, 40), st.just("*"))
SETS = st.lists(st.tuples(ENDS, ENDS), min_size=1, max_size=6)
UIDS = st.lists(st.integers(1, 40), min_size=1, unique=True).map(sorted)


@given(SETS, UIDS)
def test_application_agrees_with_expansion(pairs: list[tuple[int | str, int | str]], uids: list[int]) -> None:
    def meant(highest: int) -> set[int]:
        ends = [[highest if end == "*" else int(end) for end in pair] for pair in pairs]
        return {number for pair in ends for number in range(min(pair), max(pair) + 1)}
    numbers = SequenceSet.parse(",".join(f"{low}:{high}" for low, high in pairs).encode())
    assert [uids[p] for p in chosen(numbers.uid_positions(uids))] == sorted(meant(uids[-1]) & set(uids))
    expected = [number - 1 for number in sorted(meant(len(uids))) if number <= len(uids)]
    assert chosen(numbers.positions(len(uids))) == expected


@pytest.mark.parametrize(("numbers", "text"), [
    ([], b""), ([1], b"1"), ([1, 2, 3, 7, 9, 10], b"1:3,7,9:10"), ([5, 4, 6, 7], b"5,4,6:7"),
])
def test_numbers_are_written_compactly(numbers: list[int], text: bytes) -> None:
    assert compact(numbers) == text


@given(UIDS)
def test_what_is_written_is_read_back(uids: list[int]) -> None:
    assert [uids[p] for p in chosen(SequenceSet.parse(compact(uids)).uid_positions(uids))] == uids
