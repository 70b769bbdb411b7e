"""The kinds of steps, and what each is told: one class a kind, sealed in the outbox until the step is done.

Written by name, the kind among them: a later version may add a field with a default.
"""

from datetime import datetime
from enum import Enum
from typing import TypeAlias

from gateway.domain.mailbox import MessageId
from gateway.domain.notices import Channel, NoticeKind
from gateway.domain.request_payloads import AskForData, EndRequest, PassOnRequest
from gateway.domain.sealed_payload import SealedPayload as _Payload


class StepKind(Enum):
    """What a step does; one handler each, in `gateway.services`."""

    FILE = "file"
    QUARANTINE = "quarantine"
    RECEIPT = "receipt"
    REPORT = "report"
    DISPLAYED = "displayed"
    DELIVER = "deliver"
    NOTIFY = "notify"
    NOTIFY_DOCUMENT = "notify-document"
    NOTIFY_APART = "notify-apart"
    CODE = "code"
    TELL = "tell"
    OPENING = "opening"
    UNLINK = "unlink"
    ERASE = "erase"
    FIND_AGAIN = "find-again"
    EXPORT = "export"
    TELL_SENDER = "tell-sender"
    READER_STOPPED = "reader-stopped"
    SHOW_LEGACY = "show-legacy"
    ASK = "ask"
    PASS_ON = "pass-on"  # noqa: S105 - the name of a kind
    END_REQUEST = "end-request"


class FileDocuments(_Payload, frozen=True, tag="file"):
    """Read the documents of a message, and file them or refuse the whole.

    Attributes:
        octets: size of the message, which reading it holds in memory.
        correspondent: whose exchange the message moves once it is visible; empty when it moves none.
        event: how it moves it (`ExchangeEvent`).
    """

    mid: MessageId
    octets: int = 0
    correspondent: str = ""
    event: str = ""


class MoveToQuarantine(_Payload, frozen=True, tag="quarantine"):
    """Move a refused message under the operator's key."""

    mid: MessageId


class SendReceipt(_Payload, frozen=True, tag="receipt"):
    """Tell a sender what became of the documents of a message."""

    mid: MessageId


class ReportUndelivered(_Payload, frozen=True, tag="report"):
    """Tell a sender that a recipient did not get a message that was acknowledged; `header` is its header block."""

    sender: str
    recipient: str
    header: bytes


class TellDisplayed(_Payload, frozen=True, tag="displayed"):
    """Tell a sender that the patient has opened a message."""

    mid: MessageId
    to: str
    patient: str
    message_id: str
    subject: str
    opened: datetime


class DeliverMessage(_Payload, frozen=True, tag="deliver"):
    """Hand a message over to one recipient.

    Attributes:
        blob: name of the message's octets.
        mid: the sender's own copy, whose fate is noted; None when there is none.
        recipients: to how many the message goes, one step each.
    """

    blob: bytes
    sender: str
    recipient: str
    mid: MessageId | None = None
    recipients: int = 1


class NotifyPatient(_Payload, frozen=True, tag="notify"):
    """Tell a patient that a message waits."""


class NotifyOfDocument(_Payload, frozen=True, tag="notify-document"):
    """Tell a patient that a document waits: a step apart, since either kind of notice may be switched off."""


class NotifyApart(_Payload, frozen=True, tag="notify-apart"):
    """Tell a patient, and nobody who represents them, of what is not for representatives (STD §4.5).

    A step apart: one that is for everybody must not be left out because this one waits.
    """

    kind: NoticeKind = NoticeKind.MESSAGE


class TellHolder(_Payload, frozen=True, tag="tell"):
    """Tell the holder of a space of something that happened to it, whatever its state.

    Attributes:
        kind: what is told.
        values: what its text names, such as a date.
        channel: by which way; None for the best of those that the space has.
        to: the contact, for a space that may be gone by then; empty for that of the space.
        until: when the code or link in it is over: told later, it would only mislead; None for what stays true.
    """

    kind: NoticeKind
    values: dict[str, str] = {}  # noqa: RUF012 - msgspec gives each a dictionary of its own
    channel: Channel | None = None
    to: str = ""
    until: datetime | None = None


class SendOpening(_Payload, frozen=True, tag="opening"):
    """Tell somebody that they have a space, with the code by which they activate or refuse it (F4, F98).

    Attributes:
        issuer: in whose name.
        batch: the day of its campaign, by which letters are kept together.
        channel: by which way; None for the best of those that the space has.
    """

    code: str
    issuer: str
    batch: str
    channel: Channel | None = None


class SendCode(_Payload, frozen=True, tag="code"):
    """Send a patient the code they asked for, unless it is over: from `until`, None for one that an old step holds."""

    code: str
    until: datetime | None = None


class FindAgain(_Payload, frozen=True, tag="find-again"):
    """Help somebody who has forgotten how to sign in, if there is such a person.

    Attributes:
        identifier: what was typed, by whoever knows theirs.
        number: number (INS) and, with it, birth date (ISO 8601) of whoever does not.
        site: scheme, host and port of the pages, for the link.
    """

    site: str
    identifier: str = ""
    number: str = ""
    born: str = ""


class UnlinkBlob(_Payload, frozen=True, tag="unlink"):
    """Remove a blob's octets when no vault holds it any more."""

    blob: bytes


class EraseSpace(_Payload, frozen=True, tag="erase"):
    """Bring the erasure of a space to its end; a step of the operator's, since the space has no key any more.

    Attributes:
        space: number of its vault.
        contacts: for which notices may still be kept.
        again: it was ended, and is looked at once more.
    """

    space: int
    contacts: tuple[str, ...] = ()
    again: bool = False


class TellSender(_Payload, frozen=True, tag="tell-sender"):
    """Tell whoever sent a document what became of it after it was filed.

    Attributes:
        what: what is told (`gateway.domain.withholdings.SenderNews`).
        to: mail address of the sender.
        recipient: address that the document was sent to.
        document: identifier that its author gave it.
        subject, message_id: of the message that brought it; empty for a deposit.
        day: the last day of a hold, in words.
    """

    what: str
    to: str
    recipient: str
    document: str
    subject: str = ""
    message_id: str = ""
    day: str = ""


class MakeExport(_Payload, frozen=True, tag="export"):
    """Make the archive of a space that is waited for under a number."""

    number: int


class ReaderStopped(_Payload, frozen=True, tag="reader-stopped"):
    """Alarm the operator that a professional opened too many records, and tell each person concerned.

    Attributes:
        account: of the professional, in whose vault the step is.
        at: when they were stopped.
        day: on which the records were opened, in France (ISO 8601).
    """

    account: str
    at: datetime
    day: str


class ShowLegacyRecord(_Payload, frozen=True, tag="show-legacy"):
    """Show the documents of a record that is older than the space: those whose number is above `after`."""

    after: int = -1


Payload: TypeAlias = (
    FileDocuments
    | MoveToQuarantine
    | SendReceipt
    | ReportUndelivered
    | TellDisplayed
    | DeliverMessage
    | NotifyPatient
    | NotifyOfDocument
    | NotifyApart
    | SendCode
    | TellHolder
    | SendOpening
    | UnlinkBlob
    | EraseSpace
    | FindAgain
    | MakeExport
    | TellSender
    | ReaderStopped
    | ShowLegacyRecord
    | AskForData
    | PassOnRequest
    | EndRequest
)
"""What a step may be told."""

