"""Line ends, NUL and line length, checked before anything is parsed."""

import pytest

from gateway.domain.errors import LimitExceeded, MalformedContent
from gateway.domain.mime import (
    MalformedMessage,
    MessageLimitExceeded,
    MimeFault,
    MimeLimits,
    check_transparency,
    scan_message,
)


def fault_of(raw: bytes, limits: MimeLimits | None = None) -> MimeFault | None:
    try:
        check_transparency(raw, limits or MimeLimits())
    except MalformedMessage as error:
        return error.fault
    return None


@pytest.mark.parametrize(
    "raw", [b"", b"\r\n", b"A: b\r\n\r\nhello\r\n", b"no line end", b"\r\n\r\n\r\n", "é\r\n".encode()]
)
def test_crlf_lines_are_transparent(raw: bytes) -> None:
    assert fault_of(raw) is None


@pytest.mark.parametrize(
    ("raw", "fault"),
    [
        (b"a\nb\r\n", MimeFault.BARE_LF),
        (b"\n", MimeFault.BARE_LF),
        (b"a\r\n\n", MimeFault.BARE_LF),
        (b"a\rb\r\n", MimeFault.BARE_CR),
        (b"a\r\r\n", MimeFault.BARE_CR),
        (b"a\r\n\r", MimeFault.BARE_CR),
        (b"\r", MimeFault.BARE_CR),
        (b"a\r\n.\rb", MimeFault.BARE_CR),
        (b"a\0b\r\n", MimeFault.NUL),
        (b"a\n\r\n.\r\n\0", MimeFault.NUL),
    ],
)
def test_other_line_ends_and_nul_are_told_apart(raw: bytes, fault: MimeFault) -> None:
    assert fault_of(raw) is fault


def test_line_end_cut_by_the_check_s_own_chunks_is_one_line_end() -> None:
    raw = b"x" * 62 + b"\r\n"
    assert fault_of(raw * 8192) is None
    assert fault_of(b"y" + raw * 8192) is None  # every chunk border falls elsewhere


def test_bare_line_feed_far_inside_is_found() -> None:
    line = b"x" * 62 + b"\r\n"
    assert fault_of(line * 9000 + b"x\n" + line * 9000) is MimeFault.BARE_LF


@pytest.mark.parametrize(("length", "fault"), [(998, None), (999, MimeFault.LONG_LINE), (5000, MimeFault.LONG_LINE)])
@pytest.mark.parametrize("before", [b"", b"a\r\n", b"a\r\n" * 700])
def test_lines_have_at_most_998_characters(length: int, fault: MimeFault | None, before: bytes) -> None:
    for after in (b"", b"\r\n", b"\r\nend\r\n"):
        assert fault_of(before + b"x" * length + after) is fault


def test_line_limit_is_a_setting() -> None:
    assert fault_of(b"x" * 10 + b"\r\n", MimeLimits(max_line_bytes=11)) is MimeFault.LONG_LINE
    assert fault_of(b"x" * 9 + b"\r\n", MimeLimits(max_line_bytes=11)) is None


def test_errors_belong_to_the_documented_tree() -> None:
    with pytest.raises(MalformedContent):
        scan_message(b"a\nb")
    assert issubclass(MessageLimitExceeded, LimitExceeded)


def test_scan_does_not_check_twice_when_told_so() -> None:
    assert scan_message(b"Subject: a\r\n\r\nb\nc", transparent=True).subject == "a"
