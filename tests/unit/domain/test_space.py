"""States of a space and the dates that move it."""

from datetime import date
from itertools import product

import pytest

from gateway.domain.errors import Conflict
from gateway.domain.space import (
    TRANSITIONS,
    SpaceEvent,
    SpaceState,
    closing_day,
    erasure_day,
    last_opposition_day,
    letter_received_on,
    may_sign_in,
    next_state,
    opening_day,
    opens_by_itself,
    receives_mail,
    restored,
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


@pytest.mark.parametrize("first", [SpaceEvent.NOTICE_DELIVERED, SpaceEvent.ACTIVATED, SpaceEvent.OPPOSED])
def test_space_that_nobody_was_told_of_can_be_told_activated_and_opposed(first: SpaceEvent) -> None:
    assert next_state(SpaceState.CREATED, first) in {SpaceState.NOTIFIED, SpaceState.ACTIVE, SpaceState.OPPOSED}


def test_suspended_space_to_which_nobody_objects_is_closed() -> None:
    suspended = next_state(SpaceState.ACTIVE, SpaceEvent.SUSPENDED)
    assert next_state(suspended, SpaceEvent.NOBODY_OBJECTED) is SpaceState.CLOSED
    assert closing_day(RECEIVED) == date(2026, 4, 14)


@pytest.mark.parametrize("ended", [SpaceState.SUSPENDED, SpaceState.DECEASED])
def test_suspension_and_mistaken_death_are_taken_back(ended: SpaceState) -> None:
    assert restored(ended, SpaceState.OPEN) is SpaceState.OPEN


@pytest.mark.parametrize(("state", "before"), [(SpaceState.SUSPENDED, None), (SpaceState.CLOSED, SpaceState.OPEN)])
def test_nothing_else_is_taken_back(state: SpaceState, before: SpaceState | None) -> None:
    with pytest.raises(Conflict):
        restored(state, before)


def test_anybody_may_be_recorded_as_deceased_once() -> None:
    dying = {state for state, event in TRANSITIONS if event is SpaceEvent.DIED}
    assert dying == set(SpaceState) - {SpaceState.DECEASED, SpaceState.ERASED}


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
