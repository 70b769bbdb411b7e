"""The limits of a message, and how breaking one is told.

Every other module of the package takes a `MimeLimits`; none has a bound of its own that a setting could not
reach. Which reply an edge gives to which `MimeFault` is the edge's affair.
"""

from dataclasses import dataclass
from enum import Enum

from gateway.domain.errors import LimitExceeded, MalformedContent


class MimeFault(Enum):
    """What is wrong with a message that cannot be taken."""

    BARE_LF = "bare-lf"
    BARE_CR = "bare-cr"
    NUL = "nul"
    LONG_LINE = "long-line"
    HEADER_BYTES = "header-bytes"
    HEADER_LINES = "header-lines"
    DEPTH = "depth"
    PARTS = "parts"
    ADDRESSES = "addresses"
    PARAMETERS = "parameters"
    BODY_BYTES = "body-bytes"


class MalformedMessage(MalformedContent):
    """The bytes are not CRLF-terminated lines of bounded length without NUL (RFC 5321 §2.3.8, RFC 5322 §2.1)."""

    def __init__(self, fault: MimeFault) -> None:
        super().__init__(f"malformed message: {fault.value}")
        self.fault = fault


class MessageLimitExceeded(LimitExceeded):
    """The message is larger, deeper or more numerous than its `MimeLimits` allow."""

    def __init__(self, fault: MimeFault) -> None:
        super().__init__(f"message limit exceeded: {fault.value}")
        self.fault = fault


@dataclass(frozen=True, slots=True, kw_only=True)
class MimeLimits:
    """Bounds of one message.

    Attributes:
        max_header_bytes: of each header block, the message's, a nested message's or a part's.
        max_header_lines: of each header block, folded lines counted singly.
        max_depth: of multiparts and nested messages inside one another, the message itself not counted.
        max_parts: of the whole tree, containers counted.
        max_line_bytes: of a line with its CRLF (RFC 5322 §2.1.1: 998 + 2).
        max_all_header_bytes: of all header blocks together.
        max_addresses: of the whole message, every field of every nested message together.
        max_address_bytes: of all address fields together: what is no address costs time too.
        max_parameters: of one Content-Type or Content-Disposition field.
    """

    max_header_bytes: int = 100 * 1024
    max_header_lines: int = 1_000
    max_depth: int = 20
    max_parts: int = 500
    max_line_bytes: int = 1_000
    max_all_header_bytes: int = 1024 * 1024
    max_addresses: int = 10_000
    max_address_bytes: int = 256 * 1024
    max_parameters: int = 100


DEFAULT_LIMITS = MimeLimits()
