"""How octets become events: literals, limits, refusals and the lines of IDLE and SASL."""

from dataclasses import replace

import pytest

from gateway.imap.wire.codes import Condition, ResponseCode
from gateway.imap.wire.commands.append import Append
from gateway.imap.wire.commands.folders import Create
from gateway.imap.wire.commands.idle import Idle, Noop
from gateway.imap.wire.commands.sign_in import Authenticate, Login
from gateway.imap.wire.events import Done, Event, NeedContinuation, Rejected, Request, SaslResponse
from gateway.imap.wire.limits import AFTER_SIGN_IN, BEFORE_SIGN_IN, WireLimits
from gateway.imap.wire.mailbox_name import MailboxName
from gateway.imap.wire.refusal import beyond, message_too_big
from gateway.imap.wire.stream import ImapStream

LITERAL = beyond(BEFORE_SIGN_IN.literal, "octets of a literal", "octets dans un littéral")
COMMAND = beyond(BEFORE_SIGN_IN.command, "octets of a command", "octets dans une commande")
LINE = beyond(BEFORE_SIGN_IN.line, "octets of a line", "octets dans une ligne")


def pull(stream: ImapStream) -> list[Event]:
    events: list[Event] = []
    while (event := stream.next_event()) is not None:
        events.append(event)
        if isinstance(event, Request) and isinstance(event.command, Idle):
            stream.expect_done()
        if isinstance(event, Request) and isinstance(event.command, Authenticate):
            stream.expect_sasl()
    return events


def events_of(octets: bytes, limits: WireLimits = AFTER_SIGN_IN) -> list[Event]:
    stream = ImapStream(limits)
    stream.feed(octets)
    return pull(stream)


def answers(events: list[Event]) -> list[bytes | None]:
    """Name the tags of what got a meaning or a refusal, in order."""
    return [event.tag for event in events if isinstance(event, Request | Rejected)]


def test_pipelined_commands_come_out_in_order() -> None:
    events = events_of(b"a NOOP\r\nb NOOP\r\nc CAPABILITY\r\n")
    assert answers(events) == [b"a", b"b", b"c"]


def test_an_unfinished_line_gives_nothing_yet() -> None:
    stream = ImapStream()
    stream.feed(b"a NO")
    assert stream.next_event() is None
    stream.feed(b"OP\r\n")
    assert stream.next_event() == Request(b"a", b"NOOP", Noop())


def test_a_synchronising_literal_asks_for_a_continuation_first() -> None:
    stream = ImapStream()
    stream.feed(b"a LOGIN {3}\r\n")
    assert stream.next_event() == NeedContinuation(3)
    assert stream.next_event() is None
    stream.feed(b"bob {2}\r\n")
    assert stream.next_event() == NeedContinuation(2)
    stream.feed(b"pw\r\n")
    assert stream.next_event() == Request(b"a", b"LOGIN", Login("bob", "pw"))


def test_a_non_synchronising_literal_asks_for_nothing() -> None:
    assert events_of(b"a LOGIN {3+}\r\nbob {2+}\r\npw\r\n") == [Request(b"a", b"LOGIN", Login("bob", "pw"))]


def test_commands_inside_a_literal_are_not_commands() -> None:
    evil = b"x\r\nb DELETE INBOX\r\n"
    events = events_of(b"a LOGIN {%d+}\r\n%b pw\r\nc NOOP\r\n" % (len(evil), evil))
    assert answers(events) == [b"a", b"c"]


@pytest.mark.parametrize("announced", [b"4097", b"26214400", b"99999999999999999999"])
def test_a_big_literal_before_sign_in_is_refused_without_continuation(announced: bytes) -> None:
    events = events_of(b"a LOGIN {%b}\r\nb NOOP\r\n" % announced, BEFORE_SIGN_IN)
    assert events[0] == Rejected(tag=b"a", condition=Condition.BAD, code=ResponseCode.TOOBIG, text=LITERAL)
    assert answers(events) == [b"a", b"b"]


def test_a_big_unannounced_literal_is_skipped_and_its_octets_are_no_commands() -> None:
    evil = b"\r\nx DELETE INBOX\r\n" * 300
    events = events_of(b"a LOGIN {%d+}\r\n%b {3+}\r\nabc\r\nb NOOP\r\n" % (len(evil), evil), BEFORE_SIGN_IN)
    assert events[0] == Rejected(tag=b"a", condition=Condition.BAD, code=ResponseCode.TOOBIG, text=LITERAL)
    assert answers(events) == [b"a", b"b"]


@pytest.mark.parametrize("announced", [b"65537", b"4294967296", b"000000000000000000000000000009"])
def test_a_literal_too_big_to_skip_closes_the_stream(announced: bytes) -> None:
    events = events_of(b"a LOGIN {%b+}\r\nb NOOP\r\n" % announced, BEFORE_SIGN_IN)
    assert events == [
        Rejected(tag=b"a", condition=Condition.BAD, code=ResponseCode.TOOBIG, text=LITERAL, fatal=True)
    ]


def test_a_flood_of_unannounced_literals_ends_at_the_discard_limit() -> None:
    stream, chunk = ImapStream(BEFORE_SIGN_IN), b"x" * 4_000 + b" {4000+}\r\n"
    stream.feed(b"a LOGIN {4000+}\r\n")
    rejected: list[Event] = []
    for _ in range(40):
        stream.feed(chunk)
        rejected += pull(stream)
    assert [event.fatal for event in rejected if isinstance(event, Rejected)] == [True]
    assert stream.backlog == 0


def test_a_refused_command_of_endless_lines_ends_at_the_discard_limit() -> None:
    octets = b"a LOGIN {4097+}\r\n" + b"x" * 4_097 + (b"y" * 8_000 + b" {1+}\r\nz") * 9
    events = events_of(octets + b"\r\nb NOOP\r\n", BEFORE_SIGN_IN)
    assert events == [
        Rejected(tag=b"a", condition=Condition.BAD, code=ResponseCode.TOOBIG, text=COMMAND, fatal=True)
    ]


def test_the_parts_of_a_command_are_bounded_together() -> None:
    parts = b"".join(b" {4000+}\r\n" + b"x" * 4_000 for _ in range(12))
    events = events_of(b"a NOOP" + parts + b"\r\nb NOOP\r\n", BEFORE_SIGN_IN)
    assert events[0] == Rejected(tag=b"a", condition=Condition.BAD, code=ResponseCode.TOOBIG, text=COMMAND)
    assert answers(events) == [b"a", b"b"]


def test_a_line_at_the_limit_is_read_and_one_above_is_refused() -> None:
    fits = b"a LOGIN " + b"u" * (40_960 - 10) + b" p\r\n"
    events = events_of(fits + b"b" + fits + b"c NOOP\r\n", BEFORE_SIGN_IN)
    assert isinstance(events[0], Request)
    assert events[1] == Rejected(tag=b"ba", condition=Condition.BAD, code=ResponseCode.TOOBIG, text=COMMAND)
    assert answers(events) == [b"a", b"ba", b"c"]


def test_a_literal_behind_an_overlong_line_is_skipped_too() -> None:
    events = events_of(b"a LOGIN " + b"u" * 41_000 + b" {16+}\r\nx DELETE INBOX\r\n\r\nb NOOP\r\n", BEFORE_SIGN_IN)
    assert answers(events) == [b"a", b"b"]


def test_memory_stays_flat_under_an_endless_line() -> None:
    stream, highest = ImapStream(BEFORE_SIGN_IN), 0
    events: list[Event] = []
    for _ in range(120):
        stream.feed(b"a" * 1_000)
        events += pull(stream)
        highest = max(highest, stream.backlog)
    assert events == [
        Rejected(tag=None, condition=Condition.BAD, code=ResponseCode.TOOBIG, text=LINE, fatal=True)
    ]
    assert highest <= BEFORE_SIGN_IN.line + 1_001


@pytest.mark.parametrize("octets", [b"a NOOP\n", b"\n", b'a CREATE "x\nb DELETE y"\r\n'])
def test_a_bare_line_feed_closes_the_stream(octets: bytes) -> None:
    events = events_of(octets + b"c NOOP\r\n")
    assert len(events) == 1
    assert isinstance(events[0], Rejected)
    assert events[0].fatal


@pytest.mark.parametrize("octets", [
    b"a NO\0OP", b"a NOOP\r", b"a LOGIN x \"\x00\"", b"a LOGIN x \"a\rb\"", b"a LOGIN x \"\xe9\"",
    b"a LOGIN \xe9 x",
    b"", b" NOOP", b"a", b"a ", b"+ NOOP", b"a+b NOOP", b"a  NOOP", b"a XYZZY", b"a UID", b"a UID NOOP",
    b"a NOOP x",
    b"a LOGIN x \"y", b"a LOGIN x {3", b"a LOGIN x {3}y", b"a LOGIN x {-1}", b"a LOGIN x y z",
])
def test_a_malformed_line_is_bad_and_the_next_one_is_read(octets: bytes) -> None:
    events = events_of(octets + b"\r\nz NOOP\r\n")
    assert isinstance(events[0], Rejected)
    assert events[0].condition is Condition.BAD
    assert not events[0].fatal
    assert events[1:] == [Request(b"z", b"NOOP", Noop())]


def test_nul_in_a_literal_is_bad() -> None:
    assert events_of(b"a LOGIN x {1+}\r\n\0\r\n") == [
        Rejected(tag=b"a", condition=Condition.BAD, code=None, text="NUL octet in a literal")
    ]


def test_append_shows_the_command_before_its_message_travels() -> None:
    stream = ImapStream(AFTER_SIGN_IN)
    stream.feed(b"a APPEND Sent (\\Seen) {5}\r\n")
    event = stream.next_event()
    assert isinstance(event, NeedContinuation)
    assert event.append is not None
    assert (event.append.mailbox, event.append.flags) == ("Sent", ("\\Seen",))


def test_a_refused_literal_leaves_the_stream_ready() -> None:
    stream = ImapStream(AFTER_SIGN_IN)
    stream.feed(b"a APPEND Gone {5}\r\n")
    assert isinstance(stream.next_event(), NeedContinuation)
    assert stream.refuse_literal(ResponseCode.TRYCREATE, "no such mailbox").tag == b"a"
    stream.feed(b"b IDLE\r\nDONE\r\nc NOOP\r\n")
    assert [type(event) for event in pull(stream)] == [Request, Done, Request]


def test_only_a_waiting_literal_can_be_refused() -> None:
    with pytest.raises(RuntimeError):
        ImapStream().refuse_literal(None, "no")


def test_append_takes_a_message_far_above_the_literal_limit() -> None:
    message = b"x" * 300_000
    events = events_of(b"a APPEND {4+}\r\nSent {300000+}\r\n" + message + b"\r\n")
    assert events == [Request(b"a", b"APPEND", Append(MailboxName("Sent"), message))]


@pytest.mark.parametrize("announced", [b"{25000001}\r\n", b"{101+}\r\n" + b"x" * 101 + b"\r\n"])
def test_a_message_above_the_limit_is_refused_and_idle_still_works(announced: bytes) -> None:
    limits = replace(AFTER_SIGN_IN, message=100)
    events = events_of(b"a APPEND INBOX " + announced + b"b IDLE\r\nDONE\r\n", limits)
    assert events[0] == Rejected(tag=b"a", condition=Condition.NO, code=ResponseCode.TOOBIG, text=message_too_big(100))
    assert answers(events) == [b"a", b"b"]
    assert events[-1] == Done()


@pytest.mark.parametrize("arguments", [b"", b"INBOX (", b"INBOX (\\Nope) ", b"a b "])
def test_a_malformed_append_is_refused_before_its_message_travels(arguments: bytes) -> None:
    events = events_of(b"a APPEND %b{25000000}\r\nb NOOP\r\n" % (arguments + b" "))
    assert not any(isinstance(event, NeedContinuation) for event in events)
    assert answers(events) == [b"a", b"b"]


def test_append_has_no_message_limit_of_its_own_before_sign_in() -> None:
    events = events_of(b"a APPEND INBOX {5000}\r\n", BEFORE_SIGN_IN)
    assert events == [Rejected(tag=b"a", condition=Condition.BAD, code=ResponseCode.TOOBIG, text=LITERAL)]


def test_commands_pipelined_around_idle_are_kept_apart() -> None:
    events = events_of(b"a IDLE\r\ndone\r\nb NOOP\r\nc IDLE\r\nDONE\r\n")
    assert [type(event) for event in events] == [Request, Done, Request, Request, Done]


def test_anything_but_done_ends_idle_with_its_tag() -> None:
    events = events_of(b"a IDLE\r\nb LOGIN {4+}\r\nDONE x\r\nc NOOP\r\n")
    assert events[1] == Rejected(tag=b"a", condition=Condition.BAD, code=None, text="expected DONE")
    assert answers(events) == [b"a", b"a", b"c"]


def test_done_is_an_ordinary_line_when_idle_was_not_granted() -> None:
    stream = ImapStream()
    stream.feed(b"a IDLE\r\nb NOOP\r\n")
    assert [stream.next_event(), stream.next_event()][1] == Request(b"b", b"NOOP", Noop())


@pytest.mark.parametrize(("line", "expected"), [
    (b"AGJvYgBwdw==", SaslResponse(b"\0bob\0pw")),
    (b"", SaslResponse(b"")),
    (b"*", SaslResponse(None)),
    (b"A", Rejected(tag=b"a", condition=Condition.BAD, code=None, text="invalid base64")),
    (b"A*B=", Rejected(tag=b"a", condition=Condition.BAD, code=None, text="invalid base64")),
])
def test_a_sasl_response_is_one_line(line: bytes, expected: Event) -> None:
    assert events_of(b"a AUTHENTICATE PLAIN\r\n" + line + b"\r\n")[1] == expected


def test_an_overlong_sasl_response_is_refused_with_the_tag_of_authenticate() -> None:
    events = events_of(b"a AUTHENTICATE PLAIN\r\n" + b"A" * 41_000 + b"\r\nb NOOP\r\n", BEFORE_SIGN_IN)
    assert events[1] == Rejected(tag=b"a", condition=Condition.BAD, code=ResponseCode.TOOBIG, text=COMMAND)
    assert answers(events) == [b"a", b"a", b"b"]


def test_wider_limits_hold_from_the_next_command_on() -> None:
    stream = ImapStream(BEFORE_SIGN_IN)
    stream.feed(b"a LOGIN x y\r\nb CREATE {5000+}\r\n" + b"x" * 5_000 + b"\r\n")
    stream.next_event()
    stream.limits = AFTER_SIGN_IN
    event = stream.next_event()
    assert isinstance(event, Request)
    assert isinstance(event.command, Create)


def test_quoted_utf8_is_read_once_the_client_enabled_it() -> None:
    stream = ImapStream(AFTER_SIGN_IN)
    stream.utf8_accept = True
    stream.feed('a CREATE "Reçus & co"\r\nb CREATE "'.encode() + b'\xff"\r\n')
    events = pull(stream)
    assert events[0] == Request(b"a", b"CREATE", Create(MailboxName("Reçus & co")))
    assert isinstance(events[1], Rejected)


def test_octets_of_an_unfinished_command_are_counted_until_it_ends() -> None:
    stream = ImapStream()
    stream.feed(b"a LOGIN {3}\r\n")
    pull(stream)
    announced = stream.held
    stream.feed(b"bo")
    pull(stream)
    assert stream.held == announced + 2 > 2
    stream.feed(b"b pw\r\n")
    pull(stream)
    assert stream.held == 0
