"""A notice outside the gateway, as a value: it says that something waits, never from whom nor about what (F71, F88)."""

from dataclasses import dataclass
from enum import Enum


class NoticeKind(Enum):
    """What a notice is about; what each says is in `gateway.services.space.notice_texts`."""

    OPENING = "opening"
    CODE = "code"
    PROVISIONAL_CODE = "provisional-code"
    CODE_HANDED_OUT = "code-handed-out"
    CONTACT_CODE = "contact-code"
    CONTACT_CHANGED = "contact-changed"
    CONTACT_REMOVED = "contact-removed"
    ACTIVATED = "activated"
    REPRESENTATIVE_ADDED = "representative-added"
    REPRESENTATIVE_DECLINED = "representative-declined"
    REPRESENTATION_BEGAN = "representation-began"
    REPRESENTATION_ENDED = "representation-ended"
    REPRESENTATIVE_GONE = "representative-gone"
    REPRESENTATION_RECORDED = "representation-recorded"
    REPRESENTATION_RENOUNCED = "representation-renounced"
    REPRESENTATION_TAKEN_BACK = "representation-taken-back"
    CARER_ADDED = "carer-added"
    CARER_CHANGED = "carer-changed"
    CARER_OVER = "carer-over"
    CAME_OF_AGE = "came-of-age"
    OPPOSED = "opposed"
    MESSAGE = "message"
    DOCUMENT = "document"
    REMINDER = "reminder"
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
    IDENTIFIER_CHANGED = "identifier-changed"
    NEW_DEVICE = "new-device"
    PASSKEY_ADDED = "passkey-added"
    EXPORT_READY = "export-ready"
    RECORD_OPENED = "record-opened"
    EMERGENCY_OPENING = "emergency-opening"
    READER_STOPPED = "reader-stopped"
    READER_ALARM = "reader-alarm"
    REQUEST_OVERDUE = "request-overdue"
    ACCESS_ASKED = "access-asked"
    PASSWORD_CHANGED = "password-changed"  # noqa: S105 - as above


class Channel(Enum):
    """How a notice goes out."""

    EMAIL = "email"
    SMS = "sms"
    LETTER = "letter"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """What a notice says: plain sentences, and steps to be followed in order.

    Attributes:
        subject: title of an e-mail or a letter.
        lines: paragraphs before the steps.
        steps: what to do, one after another.
        after: paragraphs after the steps.
    """

    subject: str
    lines: tuple[str, ...]
    steps: tuple[str, ...] = ()
    after: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """Give the whole as plain text, a blank line between paragraphs."""
        numbered = "\n".join(f"{number}. {step}" for number, step in enumerate(self.steps, 1))
        return "\n\n".join(filter(None, (*self.lines, numbered, *self.after)))


@dataclass(frozen=True, slots=True, repr=False, kw_only=True)
class Notice:
    """One notice to one person.

    Attributes:
        id: the same at each try, and of no other notice.
        to: an e-mail address, a telephone number, or the lines of a postal address.
        code: the code that `wording` holds, to be printed large, or read by programs.
        issuer: in whose name it is sent (F98); empty where none was named.
        batch: the mailing that a letter belongs to, printed and posted together.
    """

    id: str
    channel: Channel
    to: str
    kind: NoticeKind
    wording: Wording
    code: str | None = None
    issuer: str = ""
    batch: str = ""

    def __repr__(self) -> str:
        """Hide the person and the code."""
        return f"Notice({self.id}, {self.channel.value}, {self.kind.value})"
