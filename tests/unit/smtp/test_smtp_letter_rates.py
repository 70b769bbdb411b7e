"""The rate of letters: even, a minute's worth at once, each sender apart, and bounded in memory."""

from gateway.smtp.letter_rates import LetterRates

LABO, OTHER = "CN=labo", "CN=autre"


def test_minute_of_letters_may_come_at_once_and_no_more() -> None:
    rates = LetterRates(3)
    assert [rates.may_begin(LABO, 100.0) for _ in range(4)] == [True, True, True, False]


def test_places_come_back_evenly() -> None:
    rates = LetterRates(3)
    for _ in range(3):
        rates.may_begin(LABO, 100.0)
    assert [rates.may_begin(LABO, now) for now in (119.0, 120.0, 121.0, 140.0)] == [False, True, False, True]


def test_refusals_cost_no_place() -> None:
    rates = LetterRates(1)
    assert [rates.may_begin(LABO, float(now)) for now in range(0, 71, 14)] == [True, False, False, False, False, True]


def test_long_silence_gives_a_minute_of_letters_only() -> None:
    rates = LetterRates(2)
    rates.may_begin(LABO, 0.0)
    assert [rates.may_begin(LABO, 9_000.0) for _ in range(3)] == [True, True, False]


def test_senders_are_counted_apart() -> None:
    rates = LetterRates(1)
    assert [rates.may_begin(LABO, 0.0), rates.may_begin(OTHER, 0.0), rates.may_begin(LABO, 0.0)] == [True, True, False]


def test_who_wrote_longest_ago_is_forgotten_when_there_are_too_many() -> None:
    rates = LetterRates(1)
    rates.may_begin(LABO, 0.0)
    for number in range(20_000):
        rates.may_begin(f"CN={number}", 0.0)
    assert rates.may_begin(LABO, 0.0)
    assert not rates.may_begin("CN=19999", 0.0)
