"""What is kept back of a message: the part itself, what lies in it, and the messages that hold it (A18)."""

import pytest

from gateway.domain.filing_outcome import is_kept_back


@pytest.mark.parametrize(
    ("section", "expected"), [("3", True), ("3.2", True), ("3.2.1", True), ("2", False), ("3.1", False), ("33", False)]
)
def test_part_is_kept_back_with_what_holds_it_and_what_it_holds(section: str, expected: bool) -> None:
    assert is_kept_back(section, frozenset({"3.2"})) is expected
    assert not is_kept_back(section, frozenset())
