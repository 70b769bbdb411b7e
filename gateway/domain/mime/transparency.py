"""The check that a message is lines ended by CRLF and nothing else, made before anything is parsed.

A bare CR or LF is how one message is smuggled inside another; a NUL or an endless line is how a reader
further on is confused. Nothing is repaired here: the sender is told.
"""

import io

from gateway.domain.mime.limits import DEFAULT_LIMITS, MalformedMessage, MimeFault, MimeLimits

_CHUNK = 1 << 18


def check_transparency(raw: bytes, limits: MimeLimits = DEFAULT_LIMITS) -> None:
    """Raise `MalformedMessage` unless `raw` is CRLF lines of bounded length without NUL.

    A last line without its CRLF is accepted: IMAP APPEND may carry one.
    """
    if b"\0" in raw:
        raise MalformedMessage(MimeFault.NUL)
    if not has_strict_line_ends(raw):
        raise MalformedMessage(_line_end_fault(raw))
    if not has_bounded_lines(raw, limits.max_line_bytes):
        raise MalformedMessage(MimeFault.LONG_LINE)


def has_strict_line_ends(raw: bytes) -> bool:
    """Say whether every CR is followed by LF and every LF preceded by CR."""
    # The C decoder behind text files records which kinds of line end it has met: half the time of three
    # `bytes.count`, a sixteenth of a regular expression with a look-behind.
    decoder = io.IncrementalNewlineDecoder(None, translate=False)
    for start in range(0, len(raw), _CHUNK):
        decoder.decode(raw[start : start + _CHUNK].decode("latin-1"))
        if decoder.newlines not in {None, "\r\n"}:
            return False
    decoder.decode("", final=True)
    return decoder.newlines in {None, "\r\n"}


def has_bounded_lines(raw: bytes, max_line_bytes: int) -> bool:
    """Say whether every line, its CRLF included, has at most `max_line_bytes`."""
    # The last LF of each window is the furthest line end known good; lines between need no look.
    start, end = 0, len(raw)
    rfind = raw.rfind
    while end - start > max_line_bytes:
        found = rfind(b"\n", start, start + max_line_bytes)
        if found < 0:
            return False
        start = found + 1
    tail = raw.rpartition(b"\n")[2]
    return len(tail) <= max(0, max_line_bytes - 2)


def _line_end_fault(raw: bytes) -> MimeFault:
    # A slow second look, for refused messages only. `\r\r\n` counts as a bare CR.
    return MimeFault.BARE_LF if raw.count(b"\n") > raw.count(b"\r\n") else MimeFault.BARE_CR
