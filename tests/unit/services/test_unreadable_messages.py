"""What the scanner does not take is refused with the limit that it breaks."""

import pytest

from gateway.domain.mime import MessageLimitExceeded, MimeFault
from gateway.domain.mime.limits import MalformedMessage
from gateway.services.intake.unreadable import unreadable


@pytest.mark.parametrize(
    ("fault", "limit"),
    [
        (MimeFault.DEPTH, "20"),
        (MimeFault.PARTS, "500"),
        (MimeFault.ADDRESSES, "10000"),
        (MimeFault.PARAMETERS, "100"),
        (MimeFault.HEADER_BYTES, "102400"),
        (MimeFault.HEADER_LINES, "1000"),
    ],
)
def test_limit_that_is_broken_is_named_in_both_languages(fault: MimeFault, limit: str) -> None:
    reason = unreadable(MessageLimitExceeded(fault)).reason
    assert reason.rule == "POL-31"
    assert limit in reason.french
    assert limit in reason.english


def test_octets_that_are_no_lines_are_malformed() -> None:
    verdict = unreadable(MalformedMessage(MimeFault.NUL))
    assert (verdict.reason.smtp_code, verdict.detail) == (550, "malformed message: nul")
