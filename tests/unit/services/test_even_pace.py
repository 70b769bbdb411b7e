"""An even pace: a minute's worth at once, each asker apart, over all processes of a gateway."""

from gateway.services.even_pace import EvenPace
from gateway.shared_memory import SharedMemory, Timed

LABO, OTHER = "CN=labo", "CN=autre"


def _pace(per_minute: int, memory: SharedMemory | None = None) -> EvenPace:
    return EvenPace(per_minute, (memory or SharedMemory()).instants(Timed.LETTERS))


def test_minute_s_worth_may_come_at_once_and_no_more() -> None:
    pace = _pace(3)
    assert [pace.takes(LABO, 100.0) for _ in range(4)] == [True, True, True, False]


def test_places_come_back_evenly() -> None:
    pace = _pace(3)
    for _ in range(3):
        pace.takes(LABO, 100.0)
    assert [pace.takes(LABO, now) for now in (119.0, 120.0, 121.0, 140.0)] == [False, True, False, True]


def test_refusals_cost_no_place() -> None:
    pace = _pace(1)
    assert [pace.takes(LABO, float(now)) for now in range(0, 71, 14)] == [True, False, False, False, False, True]


def test_long_silence_gives_a_minute_s_worth_only() -> None:
    pace = _pace(2)
    pace.takes(LABO, 0.0)
    assert [pace.takes(LABO, 9_000.0) for _ in range(3)] == [True, True, False]


def test_askers_are_counted_apart() -> None:
    pace = _pace(1)
    assert [pace.takes(LABO, 0.0), pace.takes(OTHER, 0.0), pace.takes(LABO, 0.0)] == [True, True, False]


def test_pace_of_a_thousand_a_second_loses_nothing_by_adding_up() -> None:
    pace = _pace(60_000)
    assert all(pace.takes(LABO, 1e6) for _ in range(60_000))
    assert not pace.takes(LABO, 1e6)


def test_asker_who_goes_to_another_process_has_the_same_bucket() -> None:
    memory = SharedMemory(3)
    paces = [_pace(4, memory.of(number)) for number in range(3)]
    assert [paces[number % 3].takes(LABO, 100.0) for number in range(6)] == [True] * 4 + [False] * 2
    assert paces[2].takes(LABO, 115.0)


def test_flood_of_askers_hardly_hinders_another() -> None:
    pace = _pace(60)
    for number in range(2_000):
        for _ in range(60):
            pace.takes(f"CN={number}", 0.0)
    assert sum(pace.takes(f"CN=late {number}", 0.0) for number in range(100)) > 80
