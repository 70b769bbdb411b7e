"""The ENVELOPE of a message as IMAP writes it (RFC 3501 §7.4.2).

Values are those of the fields: encoded words stay, folding goes, tabs become spaces, 8-bit text becomes a
literal.
"""

from gateway.domain.mime.headers import Headers
from gateway.domain.mime.mailboxes import Entry, GroupEnd, GroupStart
from gateway.domain.mime.message import ScannedMessage
from gateway.domain.mime.wire import NIL, nstring, string


def envelope_wire(scanned: ScannedMessage) -> bytes:
    """Write the message's ENVELOPE list."""
    return render_envelope(scanned.headers, scanned.addresses)


def render_envelope(headers: Headers, addresses: dict[str, tuple[Entry, ...]]) -> bytes:
    """Write an ENVELOPE list from fields and their parsed addresses."""
    authors = _list(addresses.get("from", ()))
    # RFC 3501 §7.4.2: Sender and Reply-To absent or empty are those of From.
    sender, reply_to = (_list(addresses.get(name, ())) for name in ("sender", "reply-to"))
    people = (
        authors,
        authors if sender == NIL else sender,
        authors if reply_to == NIL else reply_to,
        *(_list(addresses.get(name, ())) for name in ("to", "cc", "bcc")),
    )
    subject = headers.first("subject")
    return b"(%b %b %b %b %b)" % (
        nstring(headers.first("date")),
        nstring(subject if subject is None else subject.replace(b"\t", b" ")),
        b" ".join(people),
        nstring(headers.first("in-reply-to")),
        nstring(headers.first("message-id")),
    )


def _list(entries: tuple[Entry, ...]) -> bytes:
    return b"(" + b"".join(map(_address, entries)) + b")" if entries else NIL


def _address(entry: Entry) -> bytes:
    if isinstance(entry, GroupStart):
        return b"(NIL NIL %b NIL)" % string(entry.raw_name)
    if isinstance(entry, GroupEnd):
        return b"(NIL NIL NIL NIL)"
    local, domain = entry.local.encode("latin-1", "replace"), entry.domain.encode("latin-1", "replace")
    route = nstring(entry.route.encode("latin-1", "replace") or None)
    return b"(%b %b %b %b)" % (nstring(entry.raw_name or None), route, string(local), string(domain))
