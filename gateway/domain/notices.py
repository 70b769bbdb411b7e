"""A notice outside the gateway, as a value: it says that something waits, never from whom nor about what (F71, F88)."""

from dataclasses import dataclass
from enum import Enum


class NoticeKind(Enum):
    """What a notice is about; what each says is in `gateway.services.space.notice_texts`."""

    CODE = "code"
    PROVISIONAL_CODE = "provisional-code"
    CONTACT_CODE = "contact-code"
    CONTACT_CHANGED = "contact-changed"
    ACTIVATED = "activated"
    OPPOSED = "opposed"
    MESSAGE = "message"
    HELP = "help"
    SPACE_OPENED = "space-opened"
    SPACE_OPENED_ON_REQUEST = "space-opened-on-request"
    OPPOSED_BY_TELEPHONE = "opposed-by-telephone"
    SPACE_SUSPENDED = "space-suspended"
    SUSPENSION_TAKEN_BACK = "suspension-taken-back"
    SPACE_CLOSED_UNOBJECTED = "space-closed-unobjected"
    SPACE_CLOSED = "space-closed"
    SPACE_REOPENED = "space-reopened"
    ERASURE_ASKED = "erasure-asked"
    ERASURE_CANCELLED = "erasure-cancelled"
    ERASURE_CODE = "erasure-code"
    SPACE_ERASED = "space-erased"
    CONTACT_CORRECTED = "contact-corrected"
    NEW_PASSWORD_LINK = "new-password-link"  # noqa: S105 - the name of a kind
    IDENTIFIER_FOUND = "identifier-found"
    PASSWORD_CHANGED = "password-changed"  # noqa: S105 - as above


class Channel(Enum):
    """How a notice goes out."""

    EMAIL = "email"
    SMS = "sms"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """What a notice says, in plain sentences; `subject` is the title of an e-mail."""

    subject: str
    lines: tuple[str, ...]

    @property
    def text(self) -> str:
        """Give the whole as one paragraph of plain text."""
        return " ".join(self.lines)


@dataclass(frozen=True, slots=True, repr=False, kw_only=True)
class Notice:
    """One notice to one person.

    Attributes:
        id: the same at each try, and of no other notice.
        to: an e-mail address or a telephone number.
        code: the code that `wording` holds, for programs that read it.
    """

    id: str
    channel: Channel
    to: str
    kind: NoticeKind
    wording: Wording
    code: str | None = None

    def __repr__(self) -> str:
        """Hide the person and the code."""
        return f"Notice({self.id}, {self.channel.value}, {self.kind.value})"
