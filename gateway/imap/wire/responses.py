"""The server's side of the wire: every response as octets, CRLF included.

Texts are fixed sentences of ours and never the client's words. ENVELOPE, BODYSTRUCTURE and body parts come ready
made; a FETCH response is one ``template % values``, so that listing a mailbox costs little more than a copy.
"""

from collections.abc import Iterable, Mapping, Sequence

import orjson

from gateway.imap.wire.codes import Condition
from gateway.imap.wire.commands.list_mailboxes import StatusItem
from gateway.imap.wire.events import Rejected
from gateway.imap.wire.fetch import Attribute, FetchItem
from gateway.imap.wire.mailbox_name import DELIMITER
from gateway.imap.wire.refusal import advised
from gateway.imap.wire.sequence import compact
from gateway.imap.wire.strings import mailbox, string

_NUMERIC = {Attribute.UID: b"%d", Attribute.RFC822_SIZE: b"%d", Attribute.MODSEQ: b"(%d)"}


def tagged(tag: bytes, condition: Condition, text: str, code: bytes | None = None) -> bytes:
    """Write the answer that completes a command."""
    if code is None:
        return b"%b %b %b\r\n" % (tag, condition.value, _text(text))
    return b"%b %b [%b] %b\r\n" % (tag, condition.value, code, _text(text))


def untagged(condition: Condition, text: str, code: bytes | None = None) -> bytes:
    """Write a status response that completes nothing: the greeting, a warning, BYE."""
    return tagged(b"*", condition, text, code)


def continuation(text: str = "go ahead") -> bytes:
    """Write the ``+`` that a literal or IDLE waits for."""
    return b"+ %b\r\n" % _text(text)


def challenge(encoded: bytes = b"") -> bytes:
    """Write a SASL challenge, already base64; empty to ask for the initial response."""
    return b"+ %b\r\n" % encoded


def rejection(event: Rejected) -> bytes:
    """Write the answer to octets that are no command, BYE included when it is fatal."""
    text = advised(event.text)
    answer = tagged(event.tag or b"*", event.condition, text, event.code)
    return answer + untagged(Condition.BYE, f"closing: {text}", event.code) if event.fatal else answer


def capability(names: Iterable[bytes]) -> bytes:
    """Write CAPABILITY."""
    return b"* CAPABILITY %b\r\n" % b" ".join(names)


def enabled(names: Iterable[bytes]) -> bytes:
    """Write ENABLED, also for none (RFC 5161 §3.2)."""
    return b" ".join([b"* ENABLED", *names]) + b"\r\n"


def identification(fields: Mapping[str, str]) -> bytes:
    """Write ID (RFC 2971 §3.2); NIL when there is nothing to say."""
    if not fields:
        return b"* ID NIL\r\n"
    pairs = b" ".join(string(key.encode()) + b" " + string(value.encode()) for key, value in fields.items())
    return b"* ID (%b)\r\n" % pairs


def namespace() -> bytes:
    """Write NAMESPACE: one personal namespace at the root, no others (RFC 2342 §5)."""
    return b'* NAMESPACE (("" "%b")) NIL NIL\r\n' % DELIMITER.encode()


def exists(count: int) -> bytes:
    """Write EXISTS."""
    return b"* %d EXISTS\r\n" % count


def recent(count: int) -> bytes:
    """Write RECENT."""
    return b"* %d RECENT\r\n" % count


def expunges(numbers: Iterable[int]) -> bytes:
    """Write EXPUNGE lines; give the numbers in descending order, so that each is right when it is read."""
    return b"".join([b"* %d EXPUNGE\r\n" % number for number in numbers])


def vanished(uids: Iterable[int], *, earlier: bool = False) -> bytes:
    """Write VANISHED (RFC 7162 §3.2.10)."""
    return b"* VANISHED %b%b\r\n" % (b"(EARLIER) " if earlier else b"", compact(uids))


def flags(rendered: bytes) -> bytes:
    """Write FLAGS from a rendered list."""
    return b"* FLAGS %b\r\n" % rendered


def listing(verb: bytes, attributes: Iterable[bytes], name: str, *, utf8: bool = False, extended: bytes = b"") -> bytes:
    """Write LIST, LSUB or XLIST of one mailbox; `extended` is the rendered extended data, if any (RFC 5258 §6)."""
    tail = b" (%b)" % extended if extended else b""
    return b'* %b (%b) "%b" %b%b\r\n' % (
        verb, b" ".join(attributes), DELIMITER.encode(), mailbox(name, utf8=utf8), tail)


def delimiter(verb: bytes) -> bytes:
    """Write the answer to an empty pattern: the delimiter and the root (RFC 3501 §6.3.8)."""
    return b'* %b (\\Noselect) "%b" ""\r\n' % (verb, DELIMITER.encode())


def status(name: str, figures: Mapping[StatusItem, int | bytes], *, utf8: bool = False) -> bytes:
    """Write STATUS; a value that is no number is given rendered (MAILBOXID is ``(id)``)."""
    pairs = b" ".join(
        b"%b %b" % (item.value, b"%d" % value if isinstance(value, int) else value) for item, value in figures.items())
    return b"* STATUS %b (%b)\r\n" % (mailbox(name, utf8=utf8), pairs)


def search(numbers: Sequence[int], *, modseq: int | None = None) -> bytes:
    """Write SEARCH; the highest mod-sequence only where CONDSTORE asks for it (RFC 7162 §3.1.5)."""
    # A list of ten thousand numbers as JSON, then with blanks: a tenth of the time of writing each.
    listed = b" " + orjson.dumps(numbers)[1:-1].replace(b",", b" ") if numbers else b""
    tail = b"" if modseq is None else b" (MODSEQ %d)" % modseq
    return b"* SEARCH%b%b\r\n" % (listed, tail)


def extended_search(
    tag: bytes, *, uid: bool, minimum: int | None = None, maximum: int | None = None, count: int | None = None,
    every: Sequence[int] = (), modseq: int | None = None,
) -> bytes:
    """Write ESEARCH (RFC 4731 §3.1); the tag is always quoted, for Outlook reads no other form."""
    pairs = [(b"MIN", minimum), (b"MAX", maximum), (b"COUNT", count), (b"MODSEQ", modseq)]
    words = [b"* ESEARCH (TAG %b)" % string(tag), *([b"UID"] if uid else [])]
    words += [b"%b %d" % (name, value) for name, value in pairs if value is not None]
    if every:
        words.append(b"ALL " + compact(every))
    return b" ".join(words) + b"\r\n"


def fetch_template(items: Sequence[FetchItem]) -> bytes:
    """Compile fetch items to a format, to be made once a command: ``template % (number, *values)`` is a response.

    After the message number it takes one value an item, in their order: an `int` for UID, RFC822.SIZE and
    MODSEQ; for all others `bytes` as they go on the wire (flag list, quoted date, envelope, string, literal).
    """
    return b"* %%d FETCH (%b)\r\n" % b" ".join(_slot(item) for item in items)


def fetch_flags(number: int, rendered: bytes, *, uid: int | None = None, modseq: int | None = None) -> bytes:
    """Write the FETCH that tells of changed flags, with UID for answers to UID STORE."""
    words = [] if uid is None else [b"UID %d" % uid]
    if modseq is not None:
        words.append(b"MODSEQ (%d)" % modseq)
    return b"* %d FETCH (%b)\r\n" % (number, b" ".join([*words, b"FLAGS " + rendered]))


def _slot(item: FetchItem) -> bytes:
    if isinstance(item, Attribute):
        return item.value + b" " + _NUMERIC.get(item, b"%b")
    return item.label.replace(b"%", b"%%") + b" %b"


def _text(text: str) -> bytes:
    """Keep a status text on one line of ASCII: a stray line end would be a response of its own."""
    return " ".join(text.split()).encode("ascii", "replace") or b"-"
