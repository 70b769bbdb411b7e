"""Reading of message content: finds the end of data in bulk, refuses what other servers may read otherwise.

Works on whole network chunks with searches that run in C; no line is ever split off. The only end of data is
``CRLF.CRLF``; a CR, LF or NUL that is not part of a CRLF makes the whole connection untrusted, because the
next server might see a second message in it (RFC 5321 §2.3.8, §4.1.1.4). Does no I/O.
"""

import io
import re
from enum import Enum

from gateway.listening import OctetBudget

_BARE_CR, _BARE_LF = re.compile(rb"\r(?!\n)"), re.compile(rb"\n(?<!\r\n)")


class DataFault(Enum):
    """Why content is not taken; all but `BARE` wait for the end of data before they are told."""

    BARE = "a CR, LF or NUL outside CRLF"
    LINE = "a line over the limit"
    SIZE = "more octets than the limit"
    FULL = "no room for octets in flight"


class DataReader:
    """Collects the content of one message.

    Attributes:
        fault: the first fault met, if any; the octets held so far are then dropped.
        finished: whether the end of data has been seen.
        received: octets fed, for the minimal rate.
        endless: whether a faulty message goes on for more than twice the limit: nobody will end it.
    """

    def __init__(self, budget: OctetBudget, max_bytes: int, max_line_bytes: int) -> None:
        self.fault: DataFault | None = None
        self.finished = False
        self.received = 0
        self._budget = budget
        self._held = 0
        self._max_bytes = max_bytes
        self._max_line = max_line_bytes
        # One growing buffer: a list of a million one-octet pieces would weigh fifty times what it holds.
        self._content = io.BytesIO()
        self._pending = b""
        self._open_line = 0
        # The CRLF of the DATA command counts: a first line that is a lone dot ends an empty message.
        self._at_line_start = True
        self._stuffed = False

    @property
    def endless(self) -> bool:
        """Say whether the octets dropped after a fault exceed any honest message."""
        return self.received > 2 * self._max_bytes + 65_536

    def feed(self, chunk: bytes) -> bytes:
        """Take what the network brought; give back what follows the end of data.

        After `DataFault.BARE` nothing more may be read from the connection.
        """
        self.received += len(chunk)
        if self._pending:
            chunk, self._pending = self._pending + chunk, b""
        stop = self._find_end(chunk)
        if stop >= 0:
            self.finished = True
            self._judge(chunk[:stop])
            return chunk[stop + 3 :]
        keep = self._without_partial_end(chunk)
        piece, self._pending = (chunk, b"") if keep == len(chunk) else (chunk[:keep], chunk[keep:])
        if piece:
            self._judge(piece)
            self._at_line_start = piece.endswith(b"\n")
        return b""

    def content(self) -> bytes:
        """Give the finished content, dots unstuffed, and leave the reader empty; its octets stay reserved."""
        raw = self._content.getvalue()
        self._content = io.BytesIO()
        if self._stuffed:
            # RFC 5321 §4.5.2: every line that begins with a dot loses it.
            raw = raw.removeprefix(b".").replace(b"\r\n.", b"\r\n")
        if self.fault is None and len(raw) > self._max_bytes:
            self.fault = DataFault.SIZE
        elif self.fault is None and has_long_line(raw, self._max_line):
            self.fault = DataFault.LINE
        return raw

    def hand_over(self) -> int:
        """Give the count of reserved octets to who returns them later."""
        held, self._held = self._held, 0
        return held

    def release(self) -> None:
        """Give the octets still reserved back: the message is refused or gone."""
        self._budget.give_back(self._held)
        self._held = 0
        self._content = io.BytesIO()

    def _find_end(self, chunk: bytes) -> int:
        """Give the offset of the dot that ends the data, or -1."""
        if self._at_line_start and chunk.startswith(b"."):
            if chunk.startswith(b".\r\n"):
                return 0
            self._stuffed = True
        # A search for one octet runs ten times as fast as one for three, and base64 has no dots.
        first = chunk.find(b".")
        if first < 0:
            return -1
        dot = chunk.find(b"\r\n.", max(0, first - 2), chunk.rfind(b".") + 1)
        if dot < 0:
            return -1
        end = chunk.find(b"\r\n.\r\n", dot)
        self._stuffed |= end != dot
        return end + 2 if end >= 0 else -1

    def _without_partial_end(self, chunk: bytes) -> int:
        # A CR, a dot that begins a line, or both wait for the next chunk: judged together with it, a piece
        # never begins inside a CRLF, and a piece that was kept never holds a part of the end of data.
        keep = len(chunk) - chunk.endswith(b"\r")
        if chunk.endswith(b"\r\n.", 0, keep) or (keep == 1 and self._at_line_start and chunk.startswith(b".")):
            keep -= 1
        return keep

    def _judge(self, piece: bytes) -> None:
        if has_bare(piece):
            self._fail(DataFault.BARE)
        elif self.fault is None:
            self._keep(piece)

    def _keep(self, piece: bytes) -> None:
        newline = piece.rfind(b"\n")
        self._open_line = len(piece) - newline - 1 if newline >= 0 else self._open_line + len(piece)
        if self._held + len(piece) > self._max_bytes + self._max_bytes // 32:
            # RFC 1870 §5 counts without stuffed dots, hence the margin; `content` measures exactly.
            self._fail(DataFault.SIZE)
        elif self._open_line > self._max_line:
            # Only endless lines are caught here, for memory; `content` measures every line.
            self._fail(DataFault.LINE)
        elif self._budget.take(len(piece)):
            self._held += len(piece)
            self._content.write(piece)
        else:
            self._fail(DataFault.FULL)

    def _fail(self, fault: DataFault) -> None:
        self.fault = fault
        self.release()


def has_bare(piece: bytes) -> bool:
    """Say whether a CR, LF or NUL stands outside CRLF."""
    # Expressions that begin with one octet leap from one to the next; a search for CRLF takes twice as long.
    return bool(_BARE_CR.search(piece) or _BARE_LF.search(piece)) or b"\0" in piece


def has_long_line(raw: bytes, limit: int) -> bool:
    """Say whether a line, its CRLF counted, exceeds `limit`; leaps a limit at a time instead of reading lines."""
    start, end = 0, len(raw)
    while end - start > limit:
        newline = raw.rfind(b"\n", start, start + limit)
        if newline < 0:
            return True
        start = newline + 1
    return False
