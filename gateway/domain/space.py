"""States of a patient's space, what moves it from one to another, and the dates that do so (A4, A9b, F1–F28).

Days are calendar days where the patient lives (`gateway.domain.local_days`): this module has no clock.
"""

from collections.abc import Mapping
from datetime import date, timedelta
from enum import Enum
from types import MappingProxyType

from gateway.domain.errors import Conflict

OPPOSITION_DAYS = 42
"""Six weeks to refuse, counted from the day after the notice was received (A4, F10)."""

OBJECTION_DAYS = 42
"""Six weeks to object to a suspension, counted from the day after it was told (E33)."""

YEARS_KEPT_AFTER_CLOSING = 10
"""A closed space can be reopened for that long, then it is erased (F26, F27)."""


class SpaceState(Enum):
    """The life of a space (A9b)."""

    CREATED = "created"
    NOTIFIED = "notified"
    OPEN = "open"
    ACTIVE = "active"
    SUSPENDED = "suspended"
    OPPOSED = "opposed"
    CLOSED = "closed"
    DECEASED = "deceased"
    ERASED = "erased"


class SpaceEvent(Enum):
    """What happens to a space; opposing an open space is closing it, since it has been opened (F10, F25)."""

    NOTICE_DELIVERED = "notice_delivered"
    SIX_WEEKS_PASSED = "six_weeks_passed"
    OPENED_ON_REQUEST = "opened_on_request"
    ACTIVATED = "activated"
    OPPOSED = "opposed"
    CLOSED = "closed"
    REOPENED = "reopened"
    SUSPENDED = "suspended"
    NOBODY_OBJECTED = "nobody_objected"
    DIED = "died"
    TEN_YEARS_PASSED = "ten_years_passed"
    ERASURE_REQUESTED = "erasure_requested"


_S, _E = SpaceState, SpaceEvent
TRANSITIONS: Mapping[tuple[SpaceState, SpaceEvent], SpaceState] = MappingProxyType({
    (_S.CREATED, _E.NOTICE_DELIVERED): _S.NOTIFIED,
    **{(_S(before), _E.OPENED_ON_REQUEST): _S.OPEN for before in ("created", "notified")},
    (_S.NOTIFIED, _E.SIX_WEEKS_PASSED): _S.OPEN,
    **{(_S(before), _E.ACTIVATED): _S.ACTIVE for before in ("created", "notified", "open", "opposed")},
    **{(_S(before), _E.OPPOSED): _S.OPPOSED for before in ("created", "notified")},
    **{(_S(before), _E.CLOSED): _S.CLOSED for before in ("open", "active")},
    (_S.CLOSED, _E.REOPENED): _S.ACTIVE,
    **{(_S(before), _E.SUSPENDED): _S.SUSPENDED for before in ("open", "active")},
    (_S.SUSPENDED, _E.NOBODY_OBJECTED): _S.CLOSED,
    **{(before, _E.DIED): _S.DECEASED for before in _S if before not in {_S.DECEASED, _S.ERASED}},
    **{(_S(before), _E.TEN_YEARS_PASSED): _S.ERASED for before in ("closed", "deceased")},
    **{(before, _E.ERASURE_REQUESTED): _S.ERASED for before in _S if before is not _S.ERASED},
})  # fmt: skip
"""Every move there is; a pair that is not here does not happen, and nothing leaves `ERASED`.

A suspension and a death that was recorded by mistake are taken back by `restored`.
"""


def next_state(state: SpaceState, event: SpaceEvent) -> SpaceState:
    """Give the state after `event`; raise `Conflict` when it cannot happen in `state`."""
    try:
        return TRANSITIONS[state, event]
    except KeyError:
        raise Conflict(f"a space that is {state.value} cannot be {event.value}") from None


def restored(state: SpaceState, before: SpaceState | None) -> SpaceState:
    """Give the state that a suspension or a mistaken death put an end to; raise `Conflict` in any other state."""
    if state not in {SpaceState.SUSPENDED, SpaceState.DECEASED} or before is None:
        raise Conflict(f"a space that is {state.value} was neither suspended nor recorded as deceased")
    return before


def receives_mail(state: SpaceState) -> bool:
    """Say whether mail and documents reach the space: once it is open, activated or not (A9b)."""
    return state is SpaceState.OPEN or state is SpaceState.ACTIVE


def keeps_ahead(state: SpaceState) -> bool:
    """Say whether a piece may be given ahead: its holder was not asked yet, or has not answered (F53)."""
    return state is SpaceState.CREATED or state is SpaceState.NOTIFIED


def may_sign_in(state: SpaceState) -> bool:
    """Say whether its holder signs in to its content: activation comes first (A9b, F25)."""
    return state is SpaceState.ACTIVE


def may_come_back(state: SpaceState) -> bool:
    """Say whether its holder signs in to one page only: that of a closed space (A17, F27)."""
    return state is SpaceState.CLOSED


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


def closing_day(suspended: date) -> date:
    """Give the day on which a suspended space to which nobody objected is closed: the day after the 42nd (E33)."""
    return suspended + timedelta(days=OBJECTION_DAYS + 1)


def erasure_day(closed: date) -> date:
    """Give the day a space that was closed, or whose holder died, is erased; 29 February counts as 1 March (F26)."""
    year = closed.year + YEARS_KEPT_AFTER_CLOSING
    try:
        return closed.replace(year=year)
    except ValueError:
        return date(year, 3, 1)
