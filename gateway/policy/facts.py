"""What the rules judge by: services fill these in, rules read them and look nothing up.

`None` is something known to be absent. What could not be established is `UNKNOWN`, or comes from a source
that is not `FRESH`; a rule that needs it defers. Look-ups default to `UNKNOWN`, sources to `ABSENT`: a fact
that a service forgets puts mail off, it never lets mail through.
"""

from dataclasses import dataclass
from enum import Enum
from typing import Final, Literal, TypeAlias

from gateway.domain.address import MailAddress, PatientAddress
from gateway.domain.directory import DirectoryEntry
from gateway.domain.exchange import ExchangeState
from gateway.domain.space import SpaceState


class _Fact(Enum):
    UNKNOWN = "unknown"


Unknown: TypeAlias = Literal[_Fact.UNKNOWN]
UNKNOWN: Final = _Fact.UNKNOWN
"""Stand for a fact that could not be established now (store down, revocation list missing)."""


class Entrance(Enum):
    """Where a message comes in: operators and laboratories, professionals' clients, or the web space and API."""

    RELAY = "relay"
    SUBMISSION = "submission"
    INTERNAL = "internal"


class Tls(Enum):
    """How a connection is protected: not at all, by TLS older than 1.2, or well (STD §1.1)."""

    CLEAR = "clear"
    OBSOLETE = "obsolete"
    ADEQUATE = "adequate"


class Certificate(Enum):
    """What became of the client's certificate: none shown, valid, or refused (expired, revoked, wrong CA or use)."""

    ABSENT = "absent"
    VALID = "valid"
    REFUSED = "refused"


class Freshness(Enum):
    """Whether a source may be concluded from: recent enough, too old, or not loaded."""

    FRESH = "fresh"
    STALE = "stale"
    ABSENT = "absent"


@dataclass(frozen=True, slots=True)
class Sources:
    """How far the white list and the directory may be relied on while this message is judged."""

    white_list: Freshness = Freshness.ABSENT
    directory: Freshness = Freshness.ABSENT


@dataclass(frozen=True, slots=True, repr=False, kw_only=True)
class ConnectionFacts:
    """Who is at the other end.

    Attributes:
        certificate: `UNKNOWN` when its revocation could not be checked.
        peer_domains: domains that the white list, as loaded, binds the certificate's holder to.
        laboratory: the local mailbox that the certificate's key is bound to.
        signed_in: the mailbox signed in to; `UNKNOWN` when accounts cannot be read.
    """

    listener: Entrance
    tls: Tls | Unknown = UNKNOWN
    certificate: Certificate | Unknown = UNKNOWN
    peer_domains: frozenset[str] = frozenset()
    laboratory: MailAddress | None = None
    signed_in: MailAddress | Unknown | None = UNKNOWN


@dataclass(frozen=True, slots=True, repr=False)
class SenderFacts:
    """Who the message says it is from.

    Attributes:
        reverse_path: envelope sender; None for ``<>``.
        white_listed: whether the white list, as loaded, holds its domain.
        entry: its entry in the directory, or among our own mailboxes when its domain is ours.
        space: a patient's own space.
    """

    reverse_path: MailAddress | None
    white_listed: bool = False
    entry: DirectoryEntry | Unknown | None = UNKNOWN
    space: SpaceState | Unknown | None = UNKNOWN


@dataclass(frozen=True, slots=True)
class Attempts:
    """Distinct recipients that one sender mailbox has tried lately: not reachable, and reachable."""

    misses: int = 0
    hits: int = 0


@dataclass(frozen=True, slots=True, repr=False, kw_only=True)
class RecipientFacts:
    """One recipient of the envelope.

    Attributes:
        position: 1 for the first recipient of this envelope.
        patient: the same as a patient's address; None for another domain, a wrong form or a wrong key.
        space: state of that patient's space; None when there is none.
        blocked: whether the patient of the pair has blocked the professional of the pair.
        mailbox_known: whether a local professional's mailbox exists.
        white_listed: whether the white list, as loaded, holds its domain.
        exchange: state of a sending patient's exchange with this recipient.
        attempts: what this sender has tried lately, this recipient not counted.
        ahead: what comes is deposited by an issuer whose pieces may be given before the space is open (F53).
    """

    address: MailAddress
    position: int = 1
    patient: PatientAddress | None = None
    space: SpaceState | Unknown | None = UNKNOWN
    blocked: bool | Unknown = UNKNOWN
    mailbox_known: bool | Unknown = UNKNOWN
    white_listed: bool = False
    exchange: ExchangeState | Unknown = UNKNOWN
    attempts: Attempts | Unknown = UNKNOWN
    ahead: bool = False


@dataclass(frozen=True, slots=True, repr=False, kw_only=True)
class ContentFacts:
    """What the header says, and how large it all is.

    Attributes:
        from_fields: number of `From` fields.
        from_mailboxes: mailboxes of all `From` fields; None for one that cannot be read.
        addressed: every address of the envelope, To, Cc and Bcc, and every patient's that the header shows elsewhere.
        white_listed: those of their domains that the white list, as loaded, holds.
        is_report: the content is `multipart/report` (RFC 6522).
        answers: for a report, whether it is about a message sent from here; for a patient's message,
            whether it answers one of its exchange.
        unclear: whether the header holds what looks like an address and cannot be judged.
        bears_program: whether an attachment runs when it is opened.
        also_authors: mailboxes of `Sender`, `Resent-From` and `Resent-Sender`; None for one that cannot be read.
        named_beside: addresses in display names, comments and groups of `From` and these, in lower case.
        folded_name: whether the name of a field is folded before its colon.
        stray_file: whether a file stands where no part is, so that nobody would find it.
        lacks_document: whether the subject announces a document and nothing that could be one is attached.
    """

    size: int
    header_bytes: int
    header_lines: int
    received: int
    from_fields: int
    from_mailboxes: tuple[MailAddress | None, ...]
    addressed: frozenset[MailAddress]
    white_listed: frozenset[str] = frozenset()
    is_report: bool = False
    answers: bool | Unknown = UNKNOWN
    unclear: bool | Unknown = UNKNOWN
    also_authors: tuple[MailAddress | None, ...] | Unknown = UNKNOWN
    named_beside: frozenset[str] = frozenset()
    folded_name: bool = False
    bears_program: bool | Unknown = UNKNOWN
    stray_file: bool | Unknown = UNKNOWN
    lacks_document: bool | Unknown = UNKNOWN


@dataclass(frozen=True, slots=True)
class MailFacts:
    """All that is known at MAIL: for the transport and trust stages."""

    connection: ConnectionFacts
    sources: Sources
    sender: SenderFacts


@dataclass(frozen=True, slots=True)
class RcptFacts:
    """All that is known at RCPT, of one recipient: for the initiation stage."""

    connection: ConnectionFacts
    sources: Sources
    sender: SenderFacts
    recipient: RecipientFacts


@dataclass(frozen=True, slots=True)
class DataFacts:
    """All that is known after the final dot; `content` is `UNKNOWN` when it could not be scanned now."""

    connection: ConnectionFacts
    sources: Sources
    sender: SenderFacts
    content: ContentFacts | Unknown
