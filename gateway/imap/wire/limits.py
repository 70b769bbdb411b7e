"""How much a client may send: bounds in octets, tight before sign-in and wide after it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class WireLimits:
    """Bound what a client may send, in octets.

    Attributes:
        line: one line, CRLF excluded.
        literal: one literal, other than the message of an APPEND.
        command: all lines and literals of a command, but that message.
        message: the message of an APPEND; zero where APPEND cannot be meant.
        discard: what is read past for the sake of the next command before giving up.
    """

    line: int
    literal: int
    command: int
    message: int
    discard: int


# A line before sign-in holds the longest ID: 30 fields of 30 and 1,024 octets (RFC 2971 §3.3).
BEFORE_SIGN_IN = WireLimits(line=40_960, literal=4_096, command=45_056, message=0, discard=65_536)
AFTER_SIGN_IN = WireLimits(line=65_536, literal=65_536, command=65_536, message=25_000_000, discard=67_108_864)
