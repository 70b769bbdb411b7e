"""Any octets, in any segments, give the same events or refusals, and never an exception."""

from itertools import pairwise

from hypothesis import example, given, settings
from hypothesis import strategies as st

from gateway.imap.wire.commands.idle import Idle
from gateway.imap.wire.commands.sign_in import Authenticate, Login
from gateway.imap.wire.events import Event, Rejected, Request
from gateway.imap.wire.limits import AFTER_SIGN_IN, WireLimits
from gateway.imap.wire.octets import HEAD
from gateway.imap.wire.responses import rejection
from gateway.imap.wire.stream import ImapStream

TIGHT = WireLimits(line=40, literal=16, command=90, message=60, discard=120)

WORDS = st.sampled_from([
    b"a", b"b2", b"NOOP", b"LOGIN", b"IDLE", b"DONE", b"AUTHENTICATE", b"PLAIN", b"APPEND", b"UID", b"FETCH",
    b"SEARCH",
    b"STORE", b"+FLAGS", b"(\\Seen)", b"LIST", b"RETURN", b"(STATUS (UNSEEN))", b"SELECT", b"STATUS", b"COPY",
    b"1:*",
    b"4294967296", b"BODY[1.HEADER.FIELDS (a)]<0.1>", b"OR", b"NOT", b"(", b")", b'"', b'"x"', b"\\",
    b"&AOk-", b"*", b"%",
    b"CHARSET", b"UTF-8", b"SINCE", b"1-Feb-1994", b'""', b"{0}", b"{3}", b"{3+}", b"{17}", b"{17+}", b"{61}",
    b"{61+}",
    b"{500+}", b"{99999999999999999999999+}", b"\r\n", b"\r\n", b"\r\n", b"\n", b"\r", b"\0", b"\xff",
    b"AGEAYg==", b"ID",
])
SOUP = st.lists(st.tuples(WORDS, st.sampled_from([b" ", b" ", b" ", b""])), max_size=30).map(
    lambda pieces: b"".join(word + gap for word, gap in pieces))
OCTETS = st.one_of(st.binary(max_size=200), SOUP, st.lists(SOUP, max_size=4).map(b"\r\n".join))
LONG = st.lists(
    st.sampled_from([b"a NOOP ", b"x" * 50, b"x" * 111, b" {3+}\r\nabc", b"\r\n", b"\n"]), max_size=12).map(b"".join)


def events_of(segments: list[bytes], limits: WireLimits = TIGHT, *, utf8: bool = False) -> list[Event]:
    """Run a stream as a session would: IDLE and SASL granted, wider limits after LOGIN."""
    stream, events = ImapStream(limits), []
    stream.utf8_accept = utf8
    for segment in segments:
        stream.feed(segment)
        while (event := stream.next_event()) is not None:
            events.append(event)
            if isinstance(event, Request) and isinstance(event.command, Idle):
                stream.expect_done()
            elif isinstance(event, Request) and isinstance(event.command, Authenticate):
                stream.expect_sasl()
            elif isinstance(event, Request) and isinstance(event.command, Login):
                stream.limits = AFTER_SIGN_IN
    return events


@settings(max_examples=400, deadline=None)
@given(OCTETS | LONG, st.lists(st.integers(0, 400), max_size=8), st.booleans())
@example(b"a NOOP" + b"x" * 200 + b"\r\n", [39, 40, 41, 42, 43, 44], False)
@example(b"a " + b"x" * 36 + b"\r\n" + b"b " + b"x" * 38 + b"\r\nc " + b"x" * 39 + b"\r\n", [40, 41, 82, 83], False)
@example(b"a NOOP" + b"x" * 60 + b" {3+}\r\nabc\r\nb NOOP\r\n", [50, 70, 72, 73, 75], False)
def test_any_split_of_the_octets_gives_the_same_events(octets: bytes, cuts: list[int], utf8: bool) -> None:
    whole = events_of([octets], utf8=utf8)
    assert events_of([bytes([octet]) for octet in octets], utf8=utf8) == whole
    ends = sorted({min(cut, len(octets)) for cut in cuts} | {0, len(octets)})
    assert events_of([octets[low:high] for low, high in pairwise(ends)], utf8=utf8) == whole


@settings(max_examples=600, deadline=None)
@given(SOUP)
def test_any_command_line_gives_one_answer_with_its_tag(soup: bytes) -> None:
    line = b"tag " + soup.translate(None, b"\r\n\0{")
    events = events_of([line + b"\r\n"], AFTER_SIGN_IN)
    assert [event.tag for event in events if isinstance(event, Request | Rejected)] == [b"tag"]


@settings(max_examples=300, deadline=None)
@given(OCTETS | LONG)
def test_a_stream_holds_no_more_than_its_limits(octets: bytes) -> None:
    stream = ImapStream(TIGHT)
    for octet in octets:
        stream.feed(bytes([octet]))
        while stream.next_event() is not None:
            pass
        assert stream.backlog <= max(TIGHT.line, HEAD) + 2


@settings(max_examples=300, deadline=None)
@given(OCTETS)
def test_a_rejection_is_answered_by_whole_lines_that_hold_nothing_of_the_client_but_its_tag(octets: bytes) -> None:
    for event in events_of([octets]):
        if isinstance(event, Rejected):
            answer = rejection(event)
            assert answer.isascii()
            assert answer.endswith(b"\r\n")
            assert answer.count(b"\r\n") == answer.count(b"\n") == (2 if event.fatal else 1)


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=60))
def test_octets_of_a_literal_never_become_commands(data: bytes) -> None:
    events = events_of([b"a LOGIN {%d+}\r\n%b x\r\nb NOOP\r\n" % (len(data), data)])
    assert [event.tag for event in events if isinstance(event, Request | Rejected)] == [b"a", b"b"]
