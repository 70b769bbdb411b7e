"""A goal as a doctor types it: bounds, or what is wrong; any words give one of both."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.domain.goals import GoalFault, goal_bounds


@pytest.mark.parametrize(
    ("low", "high", "read"),
    [
        ("", "1,80", (None, Decimal("1.80"))),
        (" 3.5 ", "5,1", (Decimal("3.5"), Decimal("5.1"))),
        ("-2", "", (Decimal(-2), None)),
        (" ", "", GoalFault.EMPTY),
        ("beaucoup", "2", GoalFault.NO_NUMBER),
        ("1", "9" * 21, GoalFault.NO_NUMBER),
        ("1e999999", "", GoalFault.NO_NUMBER),
        ("2", "2,0", GoalFault.ORDER),
        ("3", "2", GoalFault.ORDER),
    ],
)
def test_bounds_are_read_or_said_to_be_wrong(low: str, high: str, read: object) -> None:
    assert goal_bounds(low, high) == read


@given(st.text(max_size=40), st.text(max_size=40))
def test_any_words_give_bounds_in_order_or_a_fault(low: str, high: str) -> None:
    read = goal_bounds(low, high)
    if not isinstance(read, GoalFault):
        least, most = read
        assert least is not None or most is not None
        assert least is None or most is None or least < most
