"""Every command a client may give, as values; `Command` is their closed union.

What identifies people or holds their words (names, passwords, messages, searched text) stays out of `repr`,
because representations end up in logs.
"""

from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import TypeAlias

from gateway.imap.wire.fetch import FetchItem
from gateway.imap.wire.mailbox_name import MailboxName
from gateway.imap.wire.search import Return, SearchKey
from gateway.imap.wire.sequence import SequenceSet


class StatusItem(Enum):
    """Name a figure of STATUS (RFC 3501 §6.3.10, RFC 7162, RFC 8438, RFC 8474, RFC 7889)."""

    MESSAGES = b"MESSAGES"
    RECENT = b"RECENT"
    UIDNEXT = b"UIDNEXT"
    UIDVALIDITY = b"UIDVALIDITY"
    UNSEEN = b"UNSEEN"
    HIGHESTMODSEQ = b"HIGHESTMODSEQ"
    SIZE = b"SIZE"
    MAILBOXID = b"MAILBOXID"
    APPENDLIMIT = b"APPENDLIMIT"


class Selection(Enum):
    """Restrict LIST (RFC 5258 §3.1, RFC 6154 §4)."""

    SUBSCRIBED = b"SUBSCRIBED"
    REMOTE = b"REMOTE"
    RECURSIVEMATCH = b"RECURSIVEMATCH"
    SPECIAL_USE = b"SPECIAL-USE"


class ListReturn(Enum):
    """Ask LIST to tell more (RFC 5258 §3.2, RFC 6154 §4, RFC 5819)."""

    SUBSCRIBED = b"SUBSCRIBED"
    CHILDREN = b"CHILDREN"
    SPECIAL_USE = b"SPECIAL-USE"
    STATUS = b"STATUS"


class StoreMode(Enum):
    """Say what STORE does with the flags it names."""

    REPLACE = b""
    ADD = b"+"
    REMOVE = b"-"


@dataclass(frozen=True, slots=True)
class Capability:
    """CAPABILITY (RFC 3501 §6.1.1)."""


@dataclass(frozen=True, slots=True)
class Noop:
    """NOOP (RFC 3501 §6.1.2)."""


@dataclass(frozen=True, slots=True)
class Logout:
    """LOGOUT (RFC 3501 §6.1.3)."""


@dataclass(frozen=True, slots=True)
class Id:
    """ID (RFC 2971): what the client says it is; never to be relied on."""

    fields: tuple[tuple[str, str | None], ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class StartTls:
    """STARTTLS (RFC 3501 §6.2.1)."""


@dataclass(frozen=True, slots=True)
class Authenticate:
    """AUTHENTICATE (RFC 3501 §6.2.2); without an initial response the server asks for one with ``+``."""

    mechanism: str
    initial_response: bytes | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Login:
    """LOGIN (RFC 3501 §6.2.3)."""

    name: str = field(repr=False)
    password: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Enable:
    """ENABLE (RFC 5161); names in capitals, unknown ones included: the server ignores those."""

    capabilities: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Namespace:
    """NAMESPACE (RFC 2342)."""


@dataclass(frozen=True, slots=True)
class Select:
    """SELECT, or EXAMINE when `read_only` (RFC 3501 §6.3.1, §6.3.2)."""

    mailbox: MailboxName = field(repr=False)
    read_only: bool = False
    condstore: bool = False


@dataclass(frozen=True, slots=True)
class Create:
    """CREATE (RFC 3501 §6.3.3); a trailing delimiter is already gone."""

    mailbox: MailboxName = field(repr=False)


@dataclass(frozen=True, slots=True)
class Delete:
    """DELETE (RFC 3501 §6.3.4)."""

    mailbox: MailboxName = field(repr=False)


@dataclass(frozen=True, slots=True)
class Rename:
    """RENAME (RFC 3501 §6.3.5)."""

    mailbox: MailboxName = field(repr=False)
    new_name: MailboxName = field(repr=False)


@dataclass(frozen=True, slots=True)
class Subscribe:
    """SUBSCRIBE (RFC 3501 §6.3.6)."""

    mailbox: MailboxName = field(repr=False)


@dataclass(frozen=True, slots=True)
class Unsubscribe:
    """UNSUBSCRIBE (RFC 3501 §6.3.7)."""

    mailbox: MailboxName = field(repr=False)


@dataclass(frozen=True, slots=True)
class List:
    """LIST, plain or extended (RFC 3501 §6.3.8, RFC 5258).

    Attributes:
        reference: decoded text that goes before each pattern.
        patterns: decoded patterns; exactly one unless extended.
        status: the figures asked for by ``RETURN (STATUS (…))``.
        extended: whether any extended form was used, even an empty one.
    """

    reference: str = field(repr=False)
    patterns: tuple[str, ...] = field(repr=False)
    selection: frozenset[Selection] = frozenset()
    returns: frozenset[ListReturn] = frozenset()
    status: tuple[StatusItem, ...] = ()
    extended: bool = False


@dataclass(frozen=True, slots=True)
class Lsub:
    """LSUB (RFC 3501 §6.3.9)."""

    reference: str = field(repr=False)
    pattern: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Xlist:
    """XLIST: the forerunner of SPECIAL-USE that Outlook still tries."""

    reference: str = field(repr=False)
    pattern: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Status:
    """STATUS (RFC 3501 §6.3.10)."""

    mailbox: MailboxName = field(repr=False)
    items: tuple[StatusItem, ...]


@dataclass(frozen=True, slots=True)
class Append:
    """APPEND (RFC 3501 §6.3.11); an absent date means now."""

    mailbox: MailboxName = field(repr=False)
    message: bytes = field(repr=False)
    flags: tuple[str, ...] = ()
    internal_date: datetime | None = None


@dataclass(frozen=True, slots=True)
class Check:
    """CHECK (RFC 3501 §6.4.1)."""


@dataclass(frozen=True, slots=True)
class Close:
    """CLOSE (RFC 3501 §6.4.2): silent EXPUNGE unless read-only, then no mailbox is selected."""


@dataclass(frozen=True, slots=True)
class Unselect:
    """UNSELECT (RFC 3691): no EXPUNGE."""


@dataclass(frozen=True, slots=True)
class Expunge:
    """EXPUNGE, or UID EXPUNGE when `uids` restricts it (RFC 3501 §6.4.3, RFC 4315 §2.1)."""

    uids: SequenceSet | None = None


@dataclass(frozen=True, slots=True)
class Search:
    """SEARCH and UID SEARCH (RFC 3501 §6.4.4).

    Attributes:
        returns: what an extended SEARCH asks for; ``None`` for the plain one. ``RETURN ()`` means ALL.
    """

    key: SearchKey
    uid: bool = False
    returns: frozenset[Return] | None = None


@dataclass(frozen=True, slots=True)
class Fetch:
    """FETCH and UID FETCH (RFC 3501 §6.4.5); items are without repetition, UID is among them for UID FETCH."""

    numbers: SequenceSet
    items: tuple[FetchItem, ...]
    uid: bool = False
    changed_since: int | None = None
    vanished: bool = False


@dataclass(frozen=True, slots=True)
class StoreFlags:
    """STORE and UID STORE (RFC 3501 §6.4.6)."""

    numbers: SequenceSet
    mode: StoreMode
    flags: tuple[str, ...]
    silent: bool = False
    uid: bool = False
    unchanged_since: int | None = None


@dataclass(frozen=True, slots=True)
class Copy:
    """COPY and UID COPY (RFC 3501 §6.4.7)."""

    numbers: SequenceSet
    mailbox: MailboxName = field(repr=False)
    uid: bool = False


@dataclass(frozen=True, slots=True)
class Move:
    """MOVE and UID MOVE (RFC 6851)."""

    numbers: SequenceSet
    mailbox: MailboxName = field(repr=False)
    uid: bool = False


@dataclass(frozen=True, slots=True)
class Idle:
    """IDLE (RFC 2177); the client ends it with a line of its own, which is `events.Done`."""


Command: TypeAlias = (
    Capability | Noop | Logout | Id | StartTls | Authenticate | Login | Enable | Namespace | Select | Create | Delete
    | Rename | Subscribe | Unsubscribe | List | Lsub | Xlist | Status | Append | Check | Close | Unselect | Expunge
    | Search | Fetch | StoreFlags | Copy | Move | Idle
)
