"""The scan of a message: the one place where it is read, at intake.

Everything that IMAP, policy, the dossier bridge and the web need later is drawn from a `ScannedMessage`.
"""

import re
from dataclasses import dataclass
from datetime import datetime

from gateway.domain.mime.dates import parse_date
from gateway.domain.mime.headers import Headers
from gateway.domain.mime.inline_pictures import named_pictures
from gateway.domain.mime.limits import DEFAULT_LIMITS, MimeLimits
from gateway.domain.mime.mailboxes import Entry, Mailbox, mailboxes_of
from gateway.domain.mime.message_tree import Defect, Part
from gateway.domain.mime.structure import scan_structure
from gateway.domain.mime.transparency import check_transparency

_MESSAGE_ID = re.compile(rb"<[^<>\s]{1,900}>")
_KEYWORD_END = re.compile(r"[\s;(]")
_MAX_REFERENCES = 100


@dataclass(frozen=True, slots=True, repr=False, kw_only=True)
class ScannedMessage:
    """A message as it was scanned, without its bytes.

    Attributes:
        size: bytes of the whole.
        header_length: bytes of the header block, its empty line included.
        root: the tree of parts.
        headers: the message's own fields.
        message_id: with its angle brackets, or None.
        in_reply_to: the first identifier there, or None.
        references: at most a hundred, the oldest and the newest kept.
        subject: decoded, on one line, NFC.
        date: aware, or None where the field is absent or senseless.
        addresses: parsed address fields by name in lower case, with the marks of groups.
        defects: broken structure that was read nevertheless.
        named_pictures: Content-IDs, without angle brackets, that its HTML names.
    """

    size: int
    header_length: int
    root: Part
    headers: Headers
    message_id: str | None
    in_reply_to: str | None
    references: tuple[str, ...]
    subject: str
    date: datetime | None
    addresses: dict[str, tuple[Entry, ...]]
    defects: frozenset[Defect]
    named_pictures: frozenset[str] = frozenset()

    @property
    def from_(self) -> tuple[Mailbox, ...]:
        """Give the authors."""
        return self._mailboxes("from")

    @property
    def sender(self) -> tuple[Mailbox, ...]:
        """Give the mailbox of Sender, where there is one."""
        return self._mailboxes("sender")

    @property
    def reply_to(self) -> tuple[Mailbox, ...]:
        """Give the mailboxes of Reply-To."""
        return self._mailboxes("reply-to")

    @property
    def to(self) -> tuple[Mailbox, ...]:
        """Give the mailboxes of every To field."""
        return self._mailboxes("to")

    @property
    def cc(self) -> tuple[Mailbox, ...]:
        """Give the mailboxes of every Cc field."""
        return self._mailboxes("cc")

    @property
    def bcc(self) -> tuple[Mailbox, ...]:
        """Give the mailboxes of every Bcc field."""
        return self._mailboxes("bcc")

    @property
    def disposition_notification_to(self) -> tuple[Mailbox, ...]:
        """Give the mailboxes that ask for a receipt (RFC 8098 §2.1)."""
        return self._mailboxes("disposition-notification-to")

    @property
    def author(self) -> Mailbox | None:
        """Give the one author, or None unless there is one From field with one valid mailbox."""
        authors = self.from_
        sound = self.headers.count("from") == 1 and len(authors) == 1 and authors[0].valid
        return authors[0] if sound else None

    @property
    def received_count(self) -> int:
        """Count the hops so far."""
        return self.headers.count("received")

    @property
    def is_automatic_reply(self) -> bool:
        """Say whether a program answered by itself: nobody wrote it (RFC 3834 §5)."""
        keyword = _KEYWORD_END.split(self.headers.text("auto-submitted").strip().lower(), maxsplit=1)[0]
        return keyword == "auto-replied"

    def _mailboxes(self, name: str) -> tuple[Mailbox, ...]:
        return mailboxes_of(self.addresses.get(name, ()))


def scan_message(raw: bytes, limits: MimeLimits = DEFAULT_LIMITS, *, transparent: bool = False) -> ScannedMessage:
    """Scan a message.

    Args:
        raw: the whole message.
        limits: its bounds.
        transparent: whether `check_transparency` has passed already.

    Raises:
        MalformedMessage: when it is not CRLF lines of bounded length without NUL.
        MessageLimitExceeded: when a limit is passed.
    """
    if not transparent:
        check_transparency(raw, limits)
    structure = scan_structure(raw, limits)
    headers = structure.root.headers
    return ScannedMessage(
        size=len(raw),
        header_length=structure.root.body_start,
        root=structure.root,
        headers=headers,
        message_id=_first_id(headers.first("message-id")),
        in_reply_to=_first_id(headers.first("in-reply-to")),
        references=_references(headers.first("references")),
        subject=headers.text("subject"),
        date=parse_date(headers.first("date") or b""),
        addresses=structure.addresses,
        defects=structure.defects,
        named_pictures=named_pictures(raw, structure.root),
    )


def _first_id(value: bytes | None) -> str | None:
    found = _MESSAGE_ID.search(value) if value else None
    return found[0].decode("ascii", "replace") if found else None


def _references(value: bytes | None) -> tuple[str, ...]:
    if not value:
        return ()
    found = [item.decode("ascii", "replace") for item in _MESSAGE_ID.findall(value)]
    # The first is the thread's root, the last the nearest ancestor.
    return tuple(found if len(found) <= _MAX_REFERENCES else found[:1] + found[1 - _MAX_REFERENCES :])
