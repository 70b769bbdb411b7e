"""Cut a client's octets into commands, keeping every limit, whatever the boundaries of the segments.

Theory of operation
-------------------
The session feeds what the socket gives and pulls events until there are none::

    stream.feed(data)
    while (event := stream.next_event()) is not None:
        match event: ...

The stream never looks beyond the event it hands out. So the answer to one command may change how the next
octets are read: wider `limits` after sign-in, `utf8_accept` after ENABLE, `expect_done` when IDLE was granted,
`expect_sasl` when a challenge was sent. And so any way of splitting the same octets gives the same events.

A command is a line; if the line announces a literal, its octets and another line, and so on (RFC 3501 §4.3):

=========  ==================================  ============================================================
Phase      Reads                               Then
=========  ==================================  ============================================================
LINE       up to CRLF                          no literal announced → an event, LINE
                                               ``{n}`` within limits → `NeedContinuation`, LITERAL
                                               ``{n+}`` within limits → LITERAL
                                               refused and ``{n+}`` → SKIP; refused and ``{n}`` → `Rejected`, LINE
LITERAL    n octets, kept                      LINE
SKIP       n octets, dropped                   LINE
CLOSED     nothing                             CLOSED
=========  ==================================  ============================================================

Refusing never loses the place: a refused command is read to its end, literals that the client did not wait for
included (RFC 7888 §4), so no octet of a literal is ever taken for a command. Where that cannot be done (a bare
LF, more to skip than `WireLimits.discard`) the rejection is fatal and the stream is closed.

Memory is bounded by `WireLimits` plus what was fed in one go; while `backlog` is large the session stops reading.
"""

import re
from collections.abc import Callable
from enum import Enum, auto

from gateway.imap.wire.codes import Condition, ResponseCode
from gateway.imap.wire.commands.append import Append
from gateway.imap.wire.commands.sign_in import decode_base64
from gateway.imap.wire.events import Done, Event, NeedContinuation, Rejected, SaslResponse
from gateway.imap.wire.limits import BEFORE_SIGN_IN, WireLimits
from gateway.imap.wire.octets import TAIL, LineFault, Octets
from gateway.imap.wire.parser import parse_command, tag_of
from gateway.imap.wire.refusal import CommandRefused, beyond, message_too_big

_ANNOUNCED = re.compile(rb"\{(\d{1,20})(\+?)\}\Z")
_UNREADABLE = re.compile(rb"\d{21}\+\}\Z")
_APPEND = re.compile(rb"[^ ]+ APPEND (\{\d+\+?\}\Z)?", re.IGNORECASE)


class _Phase(Enum):
    LINE = auto()
    LITERAL = auto()
    SKIP = auto()
    CLOSED = auto()


class _Expect(Enum):
    COMMAND = auto()
    DONE = auto()
    SASL = auto()


class _Step(Enum):
    AGAIN = auto()
    STARVED = auto()


class ImapStream:
    """Turn octets into events; see the module's theory of operation.

    Attributes:
        limits: to be replaced after sign-in, between two events.
        utf8_accept: whether the client enabled UTF8=ACCEPT (RFC 6855).
    """

    def __init__(self, limits: WireLimits = BEFORE_SIGN_IN) -> None:
        """Begin before the first command."""
        self.limits = limits
        self.utf8_accept = False
        self._octets = Octets()
        self._phase = _Phase.LINE
        self._expect = _Expect.COMMAND
        self._tag: bytes | None = None
        self._missing = 0
        self._lines: list[bytes] = []
        self._literals: list[bytes] = []
        self._literal = bytearray()
        self._spent = self._skipped = 0
        self._refusal: Rejected | None = None

    @property
    def backlog(self) -> int:
        """Count the octets fed and not yet read."""
        return len(self._octets)

    @property
    def held(self) -> int:
        """Count the octets kept of the command that is being read."""
        return sum(map(len, self._lines)) + sum(map(len, self._literals)) + len(self._literal)

    def feed(self, data: bytes) -> None:
        """Take octets from the client."""
        if self._phase is not _Phase.CLOSED:
            self._octets.feed(data)

    def next_event(self) -> Event | None:
        """Give the next event, or ``None`` when more octets are needed (or the stream is closed)."""
        while True:
            outcome = _STEPS[self._phase](self)
            if not isinstance(outcome, _Step):
                return outcome
            if outcome is _Step.STARVED:
                return None

    def expect_done(self) -> None:
        """Read the next line as the end of IDLE; to be called on `Idle`, when it is granted."""
        self._expect = _Expect.DONE

    def expect_sasl(self) -> None:
        """Read the next line as a SASL response; to be called for each challenge sent."""
        self._expect = _Expect.SASL

    def refuse_literal(self, code: bytes | None, text: str) -> Rejected:
        """Refuse the literal just announced by `NeedContinuation`: answer with this in place of ``+``.

        The client, which waits, gives the command up (RFC 3501 §7.5); the next line is a new command.
        """
        if self._phase is not _Phase.LITERAL or self._literal:
            raise RuntimeError("no literal waits for a continuation")
        self._forget()
        return Rejected(tag=self._tag, condition=Condition.NO, code=code, text=text)

    # --- LINE

    def _on_line(self) -> Event | _Step:
        limits = self.limits
        line = self._octets.read_line(limits.line, limits.line + limits.discard)
        if line is None:
            return _Step.STARVED
        expected, self._expect = self._expect, _Expect.COMMAND
        if expected is _Expect.COMMAND and not self._lines and self._refusal is None:
            self._tag = tag_of(line.head)
        if line.fault is LineFault.ENDLESS:
            return self._close(ResponseCode.TOOBIG, beyond(limits.line, "octets of a line", "octets dans une ligne"))
        if line.fault is LineFault.BARE_LF:
            return self._close(None, "lines end with CRLF")
        if expected is not _Expect.COMMAND and line.fault is None:
            event = self._continuation(line.text, expected)
            if event is not None:
                return event
        self._charge(len(line.text) + 2, too_long=line.fault is LineFault.TOO_LONG)
        if self._skipped > limits.discard:
            return self._close(ResponseCode.TOOBIG, self._too_long())
        if self._refusal is None:
            self._lines.append(line.text)
        return self._on_line_end(line.text[-TAIL:])

    def _on_line_end(self, tail: bytes) -> Event | _Step:
        announced = _ANNOUNCED.search(tail)
        if announced:
            return self._on_announced(int(announced[1]), waits=not announced[2])
        if _UNREADABLE.search(tail):
            return self._close(ResponseCode.TOOBIG, self._literal_too_big())
        return self._finish()

    def _charge(self, octets: int, *, too_long: bool = False) -> None:
        self._spent += octets
        if self._refusal is not None:
            self._skipped += octets
        elif too_long or self._spent > self.limits.command + 2:
            self._refuse(Condition.BAD, ResponseCode.TOOBIG, self._too_long())

    def _continuation(self, line: bytes, expected: _Expect) -> Event | None:
        """Read the line that IDLE or a SASL exchange waits for; anything else ends that wait and is refused."""
        if expected is _Expect.DONE:
            if line.strip(b" ").upper() == b"DONE":
                return Done()
            self._refuse(Condition.BAD, None, "expected DONE")
            return None
        if line == b"*":
            return SaslResponse(None)
        try:
            return SaslResponse(decode_base64(line))
        except CommandRefused as refused:
            self._refuse(refused.condition, refused.response_code, refused.text)
            return None

    # --- literals

    def _on_announced(self, size: int, *, waits: bool) -> Event | _Step:
        append = None
        if self._refusal is None:
            append = self._admit(size)
        self._missing = size
        if self._refusal is None:
            self._phase = _Phase.LITERAL
            return NeedContinuation(size, append) if waits else _Step.AGAIN
        if waits:
            return self._finish()
        self._skipped += size
        if self._skipped > self.limits.discard:
            return self._close(ResponseCode.TOOBIG, self._literal_too_big())
        self._phase = _Phase.SKIP
        return _Step.AGAIN

    def _admit(self, size: int) -> Append | None:
        """Refuse a literal above its limit; of an APPEND's message, give the command that it would complete."""
        if not self._is_message():
            if size > self.limits.literal:
                self._refuse(Condition.BAD, ResponseCode.TOOBIG, self._literal_too_big())
            else:
                self._charge(size)
            return None
        try:
            request = parse_command([*self._lines, b""], [*self._literals, b""], utf8=self.utf8_accept)
        except CommandRefused as refused:
            self._refuse(refused.condition, refused.response_code, refused.text)
            return None
        if size > self.limits.message:  # RFC 7889 §4: APPEND is refused with NO, not BAD
            self._refuse(Condition.NO, ResponseCode.TOOBIG, message_too_big(self.limits.message))
        return request.command if isinstance(request.command, Append) else None

    def _is_message(self) -> bool:
        """Say whether the literal announced now is the message of an APPEND and not its mailbox name."""
        found = _APPEND.match(self._lines[0])
        return bool(found and self.limits.message and len(self._literals) == (1 if found[1] else 0))

    def _on_literal(self) -> _Step:
        if not self._take_missing(self._literal):
            return _Step.STARVED
        self._literals.append(bytes(self._literal))
        self._literal = bytearray()
        self._phase = _Phase.LINE
        return _Step.AGAIN

    def _on_skip(self) -> _Step:
        if not self._take_missing(None):
            return _Step.STARVED
        self._phase = _Phase.LINE
        return _Step.AGAIN

    def _take_missing(self, into: bytearray | None) -> bool:
        self._missing -= self._octets.take(self._missing, into)
        return not self._missing

    def _too_long(self) -> str:
        return beyond(self.limits.command, "octets of a command", "octets dans une commande")

    def _literal_too_big(self) -> str:
        return beyond(self.limits.literal, "octets of a literal", "octets dans un littéral")

    # --- ends

    def _finish(self) -> Event:
        refusal, lines, literals = self._refusal, self._lines, self._literals
        self._forget()
        if refusal is not None:
            return refusal
        try:
            return parse_command(lines, literals, utf8=self.utf8_accept)
        except CommandRefused as refused:
            return Rejected(tag=self._tag, condition=refused.condition, code=refused.response_code, text=refused.text)

    def _forget(self) -> None:
        """Be before the first octet of a command again."""
        self._refusal, self._lines, self._literals = None, [], []
        self._spent = self._skipped = self._missing = 0
        self._phase = _Phase.LINE

    def _refuse(self, condition: Condition, code: bytes | None, text: str) -> None:
        """Note the answer; the rest of the command will be read and dropped."""
        self._refusal = Rejected(tag=self._tag, condition=condition, code=code, text=text)
        self._lines, self._literals = [], []

    def _close(self, code: bytes | None, text: str) -> Event:
        self._phase = _Phase.CLOSED
        self._octets.clear()
        self._lines, self._literals, self._literal = [], [], bytearray()
        return Rejected(tag=self._tag, condition=Condition.BAD, code=code, text=text, fatal=True)

    def _on_closed(self) -> _Step:
        return _Step.STARVED


_STEPS: dict[_Phase, Callable[[ImapStream], Event | _Step]] = {
    _Phase.LINE: ImapStream._on_line,
    _Phase.LITERAL: ImapStream._on_literal,
    _Phase.SKIP: ImapStream._on_skip,
    _Phase.CLOSED: ImapStream._on_closed,
}
