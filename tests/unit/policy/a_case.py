"""Facts of messages that every rule accepts; a test changes the one fact that it is about."""

from typing import Any, TypeAlias

from gateway.domain.address import MailAddress, PatientAddress
from gateway.domain.directory import DirectoryEntry, MailboxKind
from gateway.domain.exchange import ExchangeState
from gateway.domain.space import SpaceState
from gateway.policy.facts import (
    Attempts,
    Certificate,
    ConnectionFacts,
    ContentFacts,
    DataFacts,
    Entrance,
    Freshness,
    MailFacts,
    RcptFacts,
    RecipientFacts,
    SenderFacts,
    Sources,
    Tls,
)
from gateway.policy.settings import PolicySettings

SETTINGS = PolicySettings(local_domains=frozenset({"medecin.mssante.fr"}))

DOCTOR = MailAddress.parse("claire.martin@medecin.mssante.fr")
REMOTE_DOCTOR = MailAddress.parse("hugo.petit@hopital.example")
LABORATORY = MailAddress.parse("automate@labo.example")
OUTSIDER = MailAddress.parse("quelqu.un@courrier.example")
PATIENT = MailAddress.parse("295109912611193@patient.mssante.fr")
OTHER_PATIENT = MailAddress.parse("279035121518989@patient.mssante.fr")

FRESH = Sources(Freshness.FRESH, Freshness.FRESH)
STALE = Sources(Freshness.STALE, Freshness.STALE)
ABSENT = Sources(Freshness.ABSENT, Freshness.ABSENT)

# Any: one field of any type is overridden by name; a wrong name fails in the constructor.
Changes: TypeAlias = dict[str, Any]


def entry(address: MailAddress, **changes: Any) -> DirectoryEntry:
    """Make a directory entry."""
    return DirectoryEntry(address=address, **{"kind": MailboxKind.PERSON, "identifier": "8", "name": "Dr", **changes})


def connection(listener: Entrance = Entrance.RELAY, **changes: Any) -> ConnectionFacts:
    """Make a good connection: an operator's, a signed-in doctor's, or the web space's."""
    known: Changes = {"tls": Tls.ADEQUATE, "certificate": Certificate.ABSENT, "signed_in": None}
    if listener is Entrance.RELAY:
        known |= {"certificate": Certificate.VALID, "peer_domains": frozenset({"hopital.example"})}
    if listener is Entrance.SUBMISSION:
        known |= {"signed_in": DOCTOR}
    return ConnectionFacts(listener=listener, **known | changes)


def sender(address: MailAddress | None = REMOTE_DOCTOR, **changes: Any) -> SenderFacts:
    """Make a trusted sender: a remote doctor unless another is named."""
    known: Changes = {"white_listed": True, "entry": entry(address) if address else None, "space": None}
    if address is not None and SETTINGS.is_patient(address):
        known |= {"entry": None, "space": SpaceState.ACTIVE}
    return SenderFacts(address, **known | changes)


def recipient(address: MailAddress = PATIENT, **changes: Any) -> RecipientFacts:
    """Make a reachable recipient: a patient with an active space unless another is named."""
    known: Changes = {"attempts": Attempts(), "blocked": False, "exchange": ExchangeState.OPEN}
    if SETTINGS.is_patient(address):
        known |= {"patient": PatientAddress.of(address, address.domain), "space": SpaceState.ACTIVE}
    else:
        known |= {"mailbox_known": True, "white_listed": True}
    return RecipientFacts(address=address, **known | changes)


def content(author: MailAddress | None = REMOTE_DOCTOR, **changes: Any) -> ContentFacts:
    """Make an ordinary small message to one patient."""
    known: Changes = {
        "size": 100_000, "header_bytes": 900, "header_lines": 14, "received": 2, "from_fields": 1,
        "from_mailboxes": (author,), "addressed": frozenset({PATIENT}), "answers": True,
        "unclear": False, "stray_file": False, "lacks_document": False, "also_authors": (), "bears_program": False,
    }  # fmt: skip
    return ContentFacts(**known | changes)


RELAY = connection()
SUBMISSION = connection(Entrance.SUBMISSION)
INTERNAL = connection(Entrance.INTERNAL)


def at_mail(
    peer: ConnectionFacts = RELAY, of: SenderFacts | None = None, sources: Sources = FRESH
) -> MailFacts:
    """Make facts at MAIL."""
    return MailFacts(peer, sources, of or sender())


def at_rcpt(
    to: RecipientFacts | None = None,
    peer: ConnectionFacts = RELAY,
    of: SenderFacts | None = None,
    sources: Sources = FRESH,
) -> RcptFacts:
    """Make facts at RCPT."""
    return RcptFacts(peer, sources, of or sender(), to or recipient())


def at_data(
    message: ContentFacts | None = None,
    peer: ConnectionFacts = RELAY,
    of: SenderFacts | None = None,
    sources: Sources = FRESH,
) -> DataFacts:
    """Make facts after the final dot."""
    return DataFacts(peer, sources, of or sender(), message or content())
