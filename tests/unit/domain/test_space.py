"""States of a space and the dates that move it."""

from datetime import date
from itertools import product

import pytest

from gateway.domain.errors import Conflict
from gateway.domain.space import (
    TRANSITIONS,
    SpaceEvent,
    SpaceState,
    erasure_day,
    last_opposition_day,
    letter_received_on,
    may_sign_in,
    next_state,
    opening_day,
    opens_by_itself,
    receives_mail,
)

RECEIVED = date(2026, 3, 2)


@pytest.mark.parametrize(
    ("story", "end"),
    [
        ((SpaceEvent.SIX_WEEKS_PASSED, SpaceEvent.ACTIVATED), SpaceState.ACTIVE),
        ((SpaceEvent.OPPOSED, SpaceEvent.ACTIVATED), SpaceState.ACTIVE),
        ((SpaceEvent.ACTIVATED, SpaceEvent.CLOSED, SpaceEvent.REOPENED), SpaceState.ACTIVE),
        ((SpaceEvent.SIX_WEEKS_PASSED, SpaceEvent.CLOSED, SpaceEvent.TEN_YEARS_PASSED), SpaceState.ERASED),
        ((SpaceEvent.ACTIVATED, SpaceEvent.ERASURE_REQUESTED), SpaceState.ERASED),
    ],
)
def test_space_follows_its_events(story: tuple[SpaceEvent, ...], end: SpaceState) -> None:
    state = SpaceState.NOTIFIED
    for event in story:
        state = next_state(state, event)
    assert state is end


def test_space_refuses_every_move_that_the_table_does_not_hold() -> None:
    for state, event in set(product(SpaceState, SpaceEvent)) - set(TRANSITIONS):
        with pytest.raises(Conflict):
            next_state(state, event)


def test_nothing_leaves_erased() -> None:
    assert not [event for state, event in TRANSITIONS if state is SpaceState.ERASED]


def test_every_state_but_erased_can_be_erased_on_request() -> None:
    erasable = {state for state, event in TRANSITIONS if event is SpaceEvent.ERASURE_REQUESTED}
    assert erasable == set(SpaceState) - {SpaceState.ERASED}


def test_an_open_space_is_closed_not_opposed() -> None:
    with pytest.raises(Conflict):
        next_state(SpaceState.OPEN, SpaceEvent.OPPOSED)


def test_only_open_and_active_spaces_receive_mail() -> None:
    assert {state for state in SpaceState if receives_mail(state)} == {SpaceState.OPEN, SpaceState.ACTIVE}


def test_only_active_spaces_are_signed_in_to() -> None:
    assert {state for state in SpaceState if may_sign_in(state)} == {SpaceState.ACTIVE}


def test_the_forty_second_day_is_still_opposable_and_the_forty_third_opens() -> None:
    assert last_opposition_day(RECEIVED) == date(2026, 4, 13)
    assert opening_day(RECEIVED) == date(2026, 4, 14)
    assert not opens_by_itself(SpaceState.NOTIFIED, RECEIVED, date(2026, 4, 13))
    assert opens_by_itself(SpaceState.NOTIFIED, RECEIVED, date(2026, 4, 14))


def test_a_space_without_notice_never_opens_by_itself() -> None:
    assert not opens_by_itself(SpaceState.NOTIFIED, None, date(2090, 1, 1))


@pytest.mark.parametrize("state", [state for state in SpaceState if state is not SpaceState.NOTIFIED])
def test_a_space_that_was_answered_does_not_open_by_itself(state: SpaceState) -> None:
    assert not opens_by_itself(state, RECEIVED, date(2090, 1, 1))


def test_a_letter_counts_as_received_some_days_after_posting() -> None:
    assert letter_received_on(date(2026, 2, 27), postal_days=3) == RECEIVED


def test_a_closed_space_is_kept_ten_years() -> None:
    assert erasure_day(date(2026, 11, 23)) == date(2036, 11, 23)


def test_a_space_closed_on_a_leap_day_is_kept_ten_whole_years() -> None:
    assert erasure_day(date(2028, 2, 29)) == date(2038, 3, 1)
