"""The octets a client sent and nobody read yet, given out as lines and as counted runs.

Lines end with CRLF and nothing else. A line above its limit is read to its end while only its head and its
tail are kept: the head has the tag, the tail tells whether a literal follows.
"""

from dataclasses import dataclass
from enum import Enum, auto

HEAD = 128
TAIL = 32


class LineFault(Enum):
    """Say what is wrong with a line as such."""

    TOO_LONG = auto()
    ENDLESS = auto()
    BARE_LF = auto()


@dataclass(frozen=True, slots=True)
class Line:
    """Hold a line without its CRLF; of one too long or faulty only head and tail are sure to be there.

    Attributes:
        text: the line, or its last `TAIL` octets.
        head: its first octets, at most `HEAD`.
        fault: `TOO_LONG` is over, the next line may be read; after the others the place is lost.
    """

    text: bytes
    head: bytes
    fault: LineFault | None = None


class Octets:
    """Queue octets; of an overlong line it keeps no more than its limit (or `HEAD`), and what was just fed."""

    __slots__ = ("_buffer", "_head", "_scanned", "_shed")

    def __init__(self) -> None:
        """Begin empty."""
        self._buffer = bytearray()
        self._head = b""
        self._scanned = self._shed = 0

    def __len__(self) -> int:
        """Count what was fed and not read."""
        return len(self._buffer)

    def feed(self, data: bytes) -> None:
        """Append octets."""
        self._buffer += data

    def clear(self) -> None:
        """Forget everything."""
        self._buffer = bytearray()
        self._scanned = self._shed = 0

    def read_line(self, limit: int, bound: int) -> Line | None:
        """Read a line of at most `limit` octets, or past one of at most `bound`; ``None`` before its end."""
        buffer = self._buffer
        end = buffer.find(b"\n", self._scanned)
        stop = end if end >= 0 else len(buffer)
        if not self._shed:
            self._head = bytes(buffer[:min(stop, HEAD)]).removesuffix(b"\r")
        if self._shed + stop > bound:
            return Line(b"", self._head, LineFault.ENDLESS)
        if end < 0:
            self._shed_middle(limit)
            return None
        if buffer[end - 1:end] != b"\r":
            return Line(b"", self._head, LineFault.BARE_LF)
        text = bytes(buffer[:end - 1])
        too_long = self._shed + len(text) > limit
        del buffer[:end + 1]
        self._scanned = self._shed = 0
        return Line(text[-TAIL:], self._head, LineFault.TOO_LONG) if too_long else Line(text, self._head)

    def take(self, count: int, into: bytearray | None) -> int:
        """Move at most `count` octets to `into`, or nowhere; give how many there were."""
        buffer = self._buffer
        if len(buffer) <= count:
            taken = len(buffer)
            if into is not None:
                into += buffer
            buffer.clear()
            return taken
        if into is not None:
            into += buffer[:count]
        del buffer[:count]
        return count

    def _shed_middle(self, limit: int) -> None:
        buffer = self._buffer
        if self._shed or len(buffer) > max(limit, HEAD) + 1:  # one more, for the CR may be there already
            surplus = max(0, len(buffer) - TAIL)
            del buffer[:surplus]
            self._shed += surplus
        self._scanned = len(buffer)
