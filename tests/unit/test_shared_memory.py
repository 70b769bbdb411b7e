"""Memory that processes share: each writes its own row, all read it, and the row of one that ended is cleared."""

import os
from collections.abc import Callable

import pytest

from gateway.shared_memory import Counted, Edge, Gathered, SharedMemory, Timed, Total

FIRST = 2**61 + 5


def _in_a_child(work: Callable[[], None]) -> None:
    child = os.fork()
    if child == 0:
        try:
            work()
        finally:
            os._exit(0)
    os.waitpid(child, 0)


def test_what_a_child_writes_is_read_by_its_parent() -> None:
    memory = SharedMemory(2)

    def work() -> None:
        mine = memory.of(1)
        mine.total(Total.WORKER).own = FIRST
        mine.edge(Edge.WEB).networks.add("192.0.2.7", 3)
        mine.instants(Timed.LANES).note("source 192.0.2.7", 1234.5)

    memory.edge(Edge.WEB).networks.add("192.0.2.7", 1)
    _in_a_child(work)
    assert memory.total(Total.WORKER).of_all() == [0, FIRST]
    assert memory.edge(Edge.WEB).networks.of("192.0.2.7") == 4
    assert memory.instants(Timed.LANES).latest("source 192.0.2.7") == 1234.5


def test_row_of_a_process_that_has_ended_is_cleared_and_no_other() -> None:
    memory = SharedMemory(3)
    for number in range(3):
        mine = memory.of(number)
        mine.edge(Edge.IMAP).octets.own = number + 1
        mine.counts(Counted.COURIER).add("a", number + 1)
        mine.instants(Timed.LETTERS).note("a", number + 1.0)
    memory.of(2).clear()
    assert memory.edge(Edge.IMAP).octets.of_all() == [1, 2, 0]
    assert memory.counts(Counted.COURIER).of("a") == 3
    assert memory.instants(Timed.LETTERS).latest("a") == 2.0


@pytest.mark.parametrize("first", [1.0, 9.0])
def test_latest_instant_counts_whoever_noted_it(first: float) -> None:
    memory = SharedMemory(2)
    memory.instants(Timed.LANES).note("a", first)
    memory.of(1).instants(Timed.LANES).note("a", 5.0)
    memory.of(1).instants(Timed.LANES).note("a", 4.0)
    assert memory.instants(Timed.LANES).latest("a") == max(first, 5.0)


def test_count_is_never_too_low_and_seldom_too_high() -> None:
    counts, keys = SharedMemory().edge(Edge.WEB).networks, [f"198.51.{key // 256}.{key % 256}" for key in range(500)]
    for key in keys:
        counts.add(key, 2)
    found = [counts.of(key) for key in keys]
    assert min(found) == 2
    assert sum(count > 2 for count in found) < 50
    for key in keys:
        counts.add(key, -2)
    assert {counts.of(key) for key in keys} == {0}


def test_sets_of_all_processes_are_one_and_each_member_counts_once() -> None:
    memory = SharedMemory(3)
    sets = [memory.of(number).sets(Gathered.GUESSED) for number in range(3)]
    for number, member in [(0, "a"), (1, "a"), (1, "b"), (2, "c"), (0, "c")]:
        sets[number].add("secret", member, 100.0, 60.0)
    assert [one.count("secret", 110.0, 60.0) for one in sets] == [3, 3, 3]
    assert sets[0].count("another", 110.0, 60.0) == 0
    memory.of(0).clear()
    assert sets[0].count("secret", 110.0, 60.0) == 3  # whoever added last has written down what all had


def test_set_to_which_nothing_was_added_for_a_window_begins_anew() -> None:
    sets = SharedMemory().sets(Gathered.GUESSED)
    for now, member in [(100.0, "a"), (150.0, "b"), (200.0, "c")]:
        sets.add("secret", member, now, 60.0)
    assert [sets.count("secret", now, 60.0) for now in (200.0, 259.0, 260.0)] == [3, 3, 0]
    sets.add("secret", "d", 260.0, 60.0)
    assert sets.count("secret", 260.0, 60.0) == 1


def test_sets_are_bounded_and_a_flood_of_others_makes_none_too_large() -> None:
    sets = SharedMemory().sets(Gathered.GUESSED)
    for number in range(200):
        sets.add("secret", f"account {number}", 100.0, 60.0)
    assert sets.count("secret", 100.0, 60.0) == 64
    for number in range(1000):
        sets.add(f"flood {number}", "account", 100.0 + number / 1000, 60.0)
    counts = [sets.count(f"flood {number}", 105.0, 60.0) for number in range(1000)]
    assert max(counts) == 1
    assert sum(counts) > 800


@pytest.mark.parametrize(("rows", "many"), [(1, 4), (2, 4), (3, 4), (8, 4), (2, 1), (3, 100)])
def test_shares_add_up_and_nobody_has_none(rows: int, many: int) -> None:
    shares = [SharedMemory(rows).of(number).share_of(many) for number in range(rows)]
    assert sum(shares) == max(many, rows)
    assert min(shares) >= 1


def test_sections_do_not_touch_each_other() -> None:
    memory = SharedMemory()
    for what in Total:
        memory.total(what).own = -1
    gathered = [memory.sets(what) for what in Gathered]
    for one in gathered:
        one.add("a", "b", 1.0, 60.0)
    counted = [*(memory.counts(what) for what in Counted), *(memory.edge(what).networks for what in Edge)]
    for counts in counted:
        assert counts.of("a") == 0
        counts.add("a", 7)
    assert {counts.of("a") for counts in counted} == {7}
    assert {number for what in Edge for number in memory.edge(what).octets.of_all()} == {0}
    assert {memory.instants(timed).latest("a") for timed in Timed} == {0.0}
    assert {one.count("a", 1.0, 60.0) for one in gathered} == {1}
