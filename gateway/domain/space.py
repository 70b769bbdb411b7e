"""States of a patient's space, what moves it from one to another, and the dates that do so (A4, A9b, F1–F28).

Days are calendar days where the patient lives: the caller converts instants, this module has no clock.
"""

from datetime import date, timedelta
from enum import Enum
from types import MappingProxyType

from gateway.domain.errors import Conflict

OPPOSITION_DAYS = 42
"""Six weeks to refuse, counted from the day after the notice was received (A4, F10)."""

YEARS_KEPT_AFTER_CLOSING = 10
"""A closed space can be reopened for that long, then it is erased (F26, F27)."""


class SpaceState(Enum):
    """The life of a space (A9b)."""

    NOTIFIED = "notified"
    OPEN = "open"
    ACTIVE = "active"
    OPPOSED = "opposed"
    CLOSED = "closed"
    ERASED = "erased"


class SpaceEvent(Enum):
    """What happens to a space; opposing an open space is closing it, since it has been opened (F10, F25)."""

    SIX_WEEKS_PASSED = "six_weeks_passed"
    ACTIVATED = "activated"
    OPPOSED = "opposed"
    CLOSED = "closed"
    REOPENED = "reopened"
    TEN_YEARS_PASSED = "ten_years_passed"
    ERASURE_REQUESTED = "erasure_requested"


_S, _E = SpaceState, SpaceEvent
TRANSITIONS = MappingProxyType({
    (_S.NOTIFIED, _E.SIX_WEEKS_PASSED): _S.OPEN,
    (_S.NOTIFIED, _E.ACTIVATED): _S.ACTIVE,
    (_S.NOTIFIED, _E.OPPOSED): _S.OPPOSED,
    (_S.NOTIFIED, _E.ERASURE_REQUESTED): _S.ERASED,
    (_S.OPEN, _E.ACTIVATED): _S.ACTIVE,
    (_S.OPEN, _E.CLOSED): _S.CLOSED,
    (_S.OPEN, _E.ERASURE_REQUESTED): _S.ERASED,
    (_S.ACTIVE, _E.CLOSED): _S.CLOSED,
    (_S.ACTIVE, _E.ERASURE_REQUESTED): _S.ERASED,
    (_S.OPPOSED, _E.ACTIVATED): _S.ACTIVE,
    (_S.OPPOSED, _E.ERASURE_REQUESTED): _S.ERASED,
    (_S.CLOSED, _E.REOPENED): _S.ACTIVE,
    (_S.CLOSED, _E.TEN_YEARS_PASSED): _S.ERASED,
    (_S.CLOSED, _E.ERASURE_REQUESTED): _S.ERASED,
})  # fmt: skip
"""Every move there is; a pair that is not here does not happen, and nothing leaves `ERASED`."""


def next_state(state: SpaceState, event: SpaceEvent) -> SpaceState:
    """Give the state after `event`; raise `Conflict` when it cannot happen in `state`."""
    try:
        return TRANSITIONS[state, event]
    except KeyError:
        raise Conflict(f"a space that is {state.value} cannot be {event.value}") from None


def receives_mail(state: SpaceState) -> bool:
    """Say whether mail and documents reach the space: once it is open, activated or not (A9b)."""
    return state is SpaceState.OPEN or state is SpaceState.ACTIVE


def may_sign_in(state: SpaceState) -> bool:
    """Say whether its holder signs in to its content: activation comes first (A9b, F25)."""
    return state is SpaceState.ACTIVE


def letter_received_on(posted: date, postal_days: int) -> date:
    """Give the day a posted notice counts as received (A4)."""
    return posted + timedelta(days=postal_days)


def last_opposition_day(received: date) -> date:
    """Give the last day, whole, on which the space can be opposed and the provisional code is valid (A4, F10)."""
    return received + timedelta(days=OPPOSITION_DAYS)


def opening_day(received: date) -> date:
    """Give the day on which an unanswered space opens by itself: the day after the 42nd (F10)."""
    return last_opposition_day(received) + timedelta(days=1)


def opens_by_itself(state: SpaceState, received: date | None, today: date) -> bool:
    """Say whether the six weeks have passed without an answer; never when no notice was received (F4)."""
    return state is SpaceState.NOTIFIED and received is not None and today >= opening_day(received)


def erasure_day(closed: date) -> date:
    """Give the day a closed space is erased by itself; 29 February counts as 1 March (F26)."""
    year = closed.year + YEARS_KEPT_AFTER_CLOSING
    try:
        return closed.replace(year=year)
    except ValueError:
        return date(year, 3, 1)
