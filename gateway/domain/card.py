"""The card of a message: what people are shown of it in lists and pages, decoded once at ingest.

Sealed with the message and never computed again. Names of correspondents are the directory's (STD §2.2).
"""

from dataclasses import dataclass

import msgspec
import orjson


@dataclass(frozen=True, slots=True, repr=False, kw_only=True)
class CardAttachment:
    """A file of the message; `section` is its IMAP part number, `kind` what was recognised in it."""

    section: str
    name: str
    media_type: str
    size: int
    kind: str
    content_id: str = ""


@dataclass(frozen=True, slots=True, repr=False, kw_only=True)
class Card:
    """A message as people see it.

    Attributes:
        sender: address of `From`; `sender_name` is the directory's name, or the address.
        kind: kind of the sender's mailbox (PER, ORG, APP, CAB), ``patient``, or empty.
        correspondent: whom the patient answers; empty when nobody reads answers.
        subject: decoded, without the technical prefix of STD §1.4.
        receipt_to: address of Disposition-Notification-To, empty when no receipt is asked.
        issuer: the organisation of the sender, which may replace what it sent (features A20); empty for a person.
        text_section, html_section: IMAP part numbers of the first text and HTML bodies, or empty.
    """

    sender: str
    sender_name: str
    kind: str
    detail: str
    correspondent: str
    correspondent_name: str
    to: tuple[str, ...]
    subject: str
    preview: str
    message_id: str
    references: tuple[str, ...]
    receipt_to: str
    text_section: str
    html_section: str
    attachments: tuple[CardAttachment, ...]
    no_reply: bool = False
    issuer: str = ""

    def to_json(self) -> bytes:
        """Write as UTF-8 JSON."""
        return orjson.dumps(self)

    @classmethod
    def from_json(cls, data: bytes) -> "Card":
        """Read what `to_json` wrote, in this version or another: what is not known is passed over."""
        return _decode(data)


_decode = msgspec.json.Decoder(Card).decode
