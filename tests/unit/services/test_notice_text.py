"""What a notice outside the gateway says, and how long a code is said to be valid."""

from datetime import timedelta

import pytest

from gateway.services.space.notices import notice_text


@pytest.mark.parametrize(("minutes", "said"), [(10, "valable 10 minutes,"), (1, "valable 1 minute,")])
def test_code_is_said_to_last_as_long_as_it_does(minutes: int, said: str) -> None:
    assert said in notice_text("code", "592009", timedelta(minutes=minutes))


def test_notice_of_a_message_has_neither_code_nor_link() -> None:
    text = notice_text("message", None, timedelta(minutes=10))
    assert "None" not in text
    assert "http" not in text
