"""Address lists of header fields, read by our own bounded parser (RFC 5322 §3.4 with its obsolete forms).

No field makes it fail: what is not an address becomes a `Mailbox` that is not `valid`, so that nobody can
hide a recipient in a syntax error, and a decision may ask for validity. `alice@good.fr)<bob@evil.com>`
is bob, invalid; never alice.
"""

import re
from dataclasses import dataclass
from itertools import chain

from gateway.domain.mime.address_parser import AddressParser, mailbox_named
from gateway.domain.mime.headers import Headers
from gateway.domain.mime.limits import DEFAULT_LIMITS, MessageLimitExceeded, MimeFault, MimeLimits
from gateway.domain.mime.mailboxes import Entry, GroupEnd, Mailbox, mailboxes_of

_ADDRESS_FIELDS = ("from", "sender", "reply-to", "to", "cc", "bcc", "disposition-notification-to")
_ATEXT = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
# What nearly every field is: one mailbox, with at most a plain name. The rest goes through the tokens.
_SIMPLE = re.compile(
    rf"""(?:"([^"\\\r\n]*+)"|([A-Za-z0-9!#$%&'*+/=?^_`{{|}}~ \t-]*+))[ \t]*<({_ATEXT}(?:\.{_ATEXT})*)@"""
    r"([A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*)>"
)
_BARE = re.compile(rf"{_ATEXT}(?:\.{_ATEXT})*@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*")


def parse_addresses(value: bytes, limits: MimeLimits = DEFAULT_LIMITS) -> tuple[Entry, ...]:
    """Read an unfolded address field: mailboxes in order, with the marks of groups between them.

    Raises:
        MessageLimitExceeded: when there are more addresses than allowed.
    """
    return _parsed(value, limits.max_addresses)


@dataclass(frozen=True, slots=True, repr=False)
class AddressField:
    """A field with what stands in it beside its addresses; see `AddressParser` for `asides`, `lost`, `has_route`."""

    mailboxes: tuple[Mailbox, ...]
    asides: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()
    has_route: bool = False


def read_field(value: bytes) -> AddressField:
    """Read an unfolded address field of a header that was scanned: its length is the bound."""
    text = value.decode("latin-1").strip(" \t\r\n")
    if _BARE.fullmatch(text):
        return AddressField((mailbox_named("", *text.split("@"), valid=True),))
    if simple := _SIMPLE.fullmatch(text):
        quoted, bare, local, domain = simple.groups()
        name = quoted if quoted is not None else " ".join(bare.split())
        return AddressField((mailbox_named(name, local, domain, valid=True),), (name,) if name else ())
    parser = AddressParser(text, len(text) + 1)
    entries = parser.run()
    return AddressField(mailboxes_of(tuple(entries)), tuple(parser.asides), tuple(parser.lost), parser.has_route)


def _parsed(value: bytes, max_addresses: int) -> tuple[Entry, ...]:
    text = value.decode("latin-1").strip(" \t\r\n")
    if _BARE.fullmatch(text):
        return (mailbox_named("", *text.split("@"), valid=True),)
    if simple := _SIMPLE.fullmatch(text):
        quoted, bare, local, domain = simple.groups()
        return (mailbox_named(quoted if quoted is not None else " ".join(bare.split()), local, domain, valid=True),)
    return tuple(AddressParser(text, max_addresses).run())


def plain_addresses(value: bytes) -> str:
    """Write an unfolded address field plainly, as its envelope has it: names decoded, without comments and quotes.

    Args:
        value: of a header that was scanned: its length is the bound.
    """
    entries = AddressParser(value.decode("latin-1").strip(" \t\r\n"), len(value) + 1).run()
    return ", ".join(
        f"{entry.name} <{entry.local}@{entry.domain}>" if entry.name else f"{entry.local}@{entry.domain}"
        for entry in mailboxes_of(tuple(entries))
    )


class AddressBudget:
    """What one message may still spend on addresses, its nested messages included."""

    def __init__(self, limits: MimeLimits) -> None:
        self.addresses = limits.max_addresses
        self.octets = limits.max_address_bytes

    def parse(self, value: bytes) -> tuple[Entry, ...]:
        """Read a field within what is left; its octets are weighed before they are read.

        Raises:
            MessageLimitExceeded: when there is not enough left.
        """
        self.octets -= len(value)
        if self.octets < 0 or self.addresses <= 0:
            raise MessageLimitExceeded(MimeFault.ADDRESSES)
        entries = _parsed(value, self.addresses)
        self.addresses -= sum(not isinstance(entry, GroupEnd) for entry in entries)
        return entries


def address_fields(headers: Headers, budget: AddressBudget) -> dict[str, tuple[Entry, ...]]:
    """Parse every address field that is present; fields of one name count as one, but none ends another's comment.

    Raises:
        MessageLimitExceeded: when there are more addresses than the message has left.
    """
    fields: dict[str, tuple[Entry, ...]] = {}
    for name in _ADDRESS_FIELDS:
        if values := headers.get_all(name):
            fields[name] = tuple(chain.from_iterable(map(budget.parse, values)))
    return fields
