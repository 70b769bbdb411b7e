"""Whose guess is judged next: fair among networks, slow for whoever has failed, never closed to anybody."""

from gateway.services.sign_in.turn_queue import InQueue, QueuePlaces, TurnQueue

A, B, C = "192.0.2.1", "192.0.2.2", "192.0.2.3"


def _one(source: str, account: str = "camille", device: str = "", lanes: tuple[str, ...] = ()) -> InQueue:
    return InQueue(source=source, account=account, device=device, lanes=lanes)


def _order(queue: TurnQueue, now: float) -> list[str]:
    """Take everybody whose turn comes."""
    sources = []
    while isinstance(found := queue.take(now), InQueue):
        sources.append(found.source)
    return sources


def test_networks_take_turns() -> None:
    queue = TurnQueue(QueuePlaces())
    for source in (A, A, A, B, B, C):
        assert queue.join(_one(source), 100.0) is None
    assert _order(queue, 100.0) == [A, B, C, A, B, A]


def test_network_that_has_failed_comes_after_one_that_has_not() -> None:
    queue = TurnQueue(QueuePlaces())
    queue.join(_one(A), 100.0, penalty=4.0)
    queue.join(_one(B), 101.0)
    assert _order(queue, 101.0) == [B, A]


def test_network_that_has_failed_is_not_passed_over_for_ever() -> None:
    queue = TurnQueue(QueuePlaces())
    queue.join(_one(A), 100.0, penalty=4.0)
    queue.join(_one(B), 105.0)
    assert _order(queue, 105.0) == [A, B]


def test_known_device_comes_before_strangers_and_leaves_them_every_second_turn() -> None:
    queue = TurnQueue(QueuePlaces())
    queue.join(_one(A), 100.0)
    queue.join(_one(B), 100.0)
    for name in ("one", "two"):
        queue.join(_one(C, device=name), 100.0)
    assert _order(queue, 100.0) == [C, A, C, B]


def test_known_device_waits_for_no_lane() -> None:
    queue = TurnQueue(QueuePlaces())
    queue.close({"camille": 60.0}, 100.0)
    queue.join(_one(A, lanes=("camille",)), 100.0)
    queue.join(_one(A, device="one", lanes=("camille",)), 100.0)
    assert _order(queue, 100.0) == [A]
    assert queue.take(100.0) == 60.0


def test_lane_that_is_closed_holds_up_nobody_else() -> None:
    queue = TurnQueue(QueuePlaces())
    queue.close({"camille": 2.0, "louis": 0.0}, 100.0)
    queue.join(_one(A, lanes=("camille",)), 100.0)
    queue.join(_one(B, "louis", lanes=("louis",)), 100.0)
    assert _order(queue, 100.0) == [B]
    assert queue.take(101.5) == 0.5
    assert _order(queue, 102.0) == [A]
    assert queue.take(102.0) is None


def test_network_takes_few_places() -> None:
    queue = TurnQueue(QueuePlaces(of_source=2))
    assert [queue.join(_one(A), 100.0) for _ in range(2)] == [None, None]
    refused = _one(A, "louis")
    assert queue.join(refused, 100.0) is refused
    assert queue.join(_one(B), 100.0) is None


def test_newcomer_takes_the_place_of_who_has_failed_where_an_account_has_no_more() -> None:
    queue = TurnQueue(QueuePlaces(of_account=2))
    guesser = _one(A)
    queue.join(guesser, 100.0, penalty=15.0)
    queue.join(_one(B), 100.0)
    assert queue.join(_one(C), 100.0) is guesser
    assert _order(queue, 100.0) == [B, C]


def test_newcomer_who_stands_last_is_refused_where_an_account_has_no_more_places() -> None:
    queue = TurnQueue(QueuePlaces(of_account=1))
    queue.join(_one(A), 100.0)
    late = _one(B)
    assert queue.join(late, 100.0) is late
    assert queue.join(_one(B, "louis"), 100.0) is None


def test_who_found_no_place_comes_back_before_all_who_came_since() -> None:
    queue = TurnQueue(QueuePlaces(of_account=2))
    for source in ("198.51.100.1", "198.51.100.2"):
        queue.join(_one(source), 100.0)
    late = _one(C)
    assert queue.join(late, 100.1) is late
    assert queue.take(101.0) is not None
    queue.join(_one("198.51.100.3"), 101.0)
    loser = queue.join(_one(C), 104.0)
    assert loser is not None
    assert loser.source == "198.51.100.3"
    assert _order(queue, 104.0) == ["198.51.100.2", C]


def test_who_waited_too_long_keeps_the_time_of_the_first_asking() -> None:
    queue = TurnQueue(QueuePlaces())
    waited = _one(A)
    queue.join(waited, 100.0)
    queue.leave(waited)
    queue.join(_one(B), 110.0)
    queue.join(_one(A), 120.0)
    assert _order(queue, 120.0) == [A, B]


def test_who_was_sent_away_comes_first_once_and_not_for_ever() -> None:
    queue = TurnQueue(QueuePlaces())
    waited = _one(A)
    queue.join(waited, 100.0)
    queue.leave(waited)
    queue.join(_one(B), 105.0)
    for _ in range(2):
        queue.join(_one(A), 106.0)
    assert _order(queue, 106.0) == [A, B, A]
    queue.leave(one := _one(A))
    queue.join(one, 110.0)
    queue.leave(one)
    queue.join(_one(B), 150.0)
    queue.join(_one(A), 151.0)
    assert _order(queue, 151.0) == [B, A]


def test_network_that_has_failed_is_not_remembered_as_sent_away() -> None:
    queue = TurnQueue(QueuePlaces())
    guesser = _one(A)
    queue.join(guesser, 100.0, penalty=15.0)
    queue.leave(guesser)
    queue.join(_one(B), 120.0)
    queue.join(_one(A), 120.0, penalty=15.0)
    assert _order(queue, 120.0) == [B, A]


def test_network_that_asks_again_and_again_loses_its_place_to_one_that_did_not() -> None:
    queue = TurnQueue(QueuePlaces(in_all=3, of_account=9))
    for account in ("un", "deux", "trois"):
        queue.join(_one(A, account), 100.0)
    loser = queue.join(_one(B), 100.5)
    assert loser is not None
    assert (loser.source, loser.account) == (A, "trois")


def test_known_devices_beyond_their_places_wait_with_the_strangers() -> None:
    queue = TurnQueue(QueuePlaces(of_device=1, of_devices=2))
    waiting = [_one(A, device=name) for name in ("one", "one", "two", "three")]
    assert [queue.join(one, 100.0) for one in waiting] == [None] * 4
    assert [one.device for one in waiting] == ["one", "", "two", ""]


def test_who_leaves_has_no_turn() -> None:
    queue = TurnQueue(QueuePlaces())
    stranger, known = _one(A), _one(B, device="one")
    for one in (stranger, known):
        queue.join(one, 100.0)
        queue.leave(one)
        queue.leave(one)
    assert queue.take(100.0) is None


def test_what_is_remembered_of_networks_and_lanes_is_bounded() -> None:
    queue = TurnQueue(QueuePlaces())
    for number in range(50_002):
        queue.leave(one := _one(str(number)))
        queue.join(one, 100.0)
        queue.leave(one)
        queue.close({str(number): 1.0}, 100.0 + number)
    assert queue.take(100.0) is None
