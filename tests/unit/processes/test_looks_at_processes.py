"""What is made of numbers that are looked at: who stands still, was halted, holds the lock, has waited."""

import pytest

from gateway.processes.commit_watch import SharedCommitNotes, turns_held, waits_of
from gateway.processes.liveness import HaltedWatch, StillWatch
from gateway.shared_memory import SharedMemory

HALTED, GOES_ON, KILLED, DONE = 0x137F, 0xFFFF, 9, 0
"""How the system puts it (wait(2)): SIGSTOP, SIGCONT, SIGKILL, and status 0."""


def _looks(watch: StillWatch | HaltedWatch, times: int) -> list[list[int]]:
    return [watch.look() for _ in range(times)]


def test_number_that_stays_the_same_for_so_many_looks_is_told() -> None:
    numbers = [7, 3]
    watch = StillWatch(lambda: list(numbers), 3)
    assert _looks(watch, 3) == [[], [], []]
    numbers[1] += 1
    assert _looks(watch, 3) == [[0], [0], [0]]  # until it is another
    assert watch.look() == [0, 1]
    numbers[0] += 1
    assert watch.look() == [1]


def test_number_that_changes_or_is_nought_is_never_told() -> None:
    beats = iter(range(1, 100))
    watch = StillWatch(lambda: [next(beats), 0], 1)
    assert _looks(watch, 10) == [[]] * 10


def test_whoever_was_nought_meanwhile_is_counted_anew() -> None:
    numbers = [5]
    watch = StillWatch(lambda: list(numbers), 2)
    assert _looks(watch, 2) == [[], []]
    numbers[0] = 0
    watch.look()
    numbers[0] = 5  # the next in its place, which has come as far
    assert _looks(watch, 3) == [[], [], [0]]


def test_child_that_is_halted_too_long_is_told_once() -> None:
    watch = HaltedWatch(2)
    assert not watch.has_ended(41, HALTED)
    assert _looks(watch, 4) == [[], [], [41], []]


@pytest.mark.parametrize(("status", "has_ended"), [(GOES_ON, False), (KILLED, True), (DONE, True)])
def test_child_that_goes_on_or_has_ended_is_halted_no_more(status: int, has_ended: bool) -> None:
    watch = HaltedWatch(1)
    watch.has_ended(41, HALTED)
    watch.look()
    assert watch.has_ended(41, status) is has_ended
    assert _looks(watch, 3) == [[], [], []]


def test_turns_at_the_lock_have_numbers_while_they_last() -> None:
    memory = SharedMemory(3)
    first, third = SharedCommitNotes(memory.of(0)), SharedCommitNotes(memory.of(2))
    first.taken(0.0)
    first.left()
    third.taken(0.0)
    assert turns_held(memory) == [0, 0, 1]
    first.taken(0.0)
    assert turns_held(memory) == [3, 0, 1]
    for notes in (first, third):
        notes.end()
        notes.end()  # whoever does not hold it ends without a turn
    assert turns_held(memory) == [0, 0, 0]


def test_waits_of_all_processes_are_told_by_their_classes() -> None:
    memory = SharedMemory(2)
    for number, seconds in ((0, 0.00005), (1, 0.0003), (0, 0.004), (1, 0.004)):
        notes = SharedCommitNotes(memory.of(number))
        notes.taken(seconds)
        notes.left()
    # Upper bounds of classes, and never more than the longest.
    assert waits_of(memory) == {"commits": 4, "p50_ms": 0.5, "p95_ms": 4.0, "p99_ms": 4.0, "max_ms": 4.0}


def test_wait_beyond_all_classes_is_told_as_the_longest() -> None:
    memory = SharedMemory()
    SharedCommitNotes(memory).taken(12.5)
    longest = dict.fromkeys(("p50_ms", "p95_ms", "p99_ms", "max_ms"), 12_500.0)
    assert waits_of(memory) == {"commits": 1, **longest}


def test_no_wait_at_all_is_nought() -> None:
    assert set(waits_of(SharedMemory(2)).values()) == {0}
