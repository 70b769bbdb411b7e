"""What the professional directory and the white list say: mailboxes, trusted domains, certificate bindings.

These are facts. Whether they are enough to accept a message is for `gateway.policy`.
"""

from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum

from gateway.domain.address import MailAddress
from gateway.domain.distinguished_name import DistinguishedName

__all__ = [
    "CertificateBinding",
    "DirectoryEntry",
    "DistinguishedName",
    "LocalMailbox",
    "MailboxKind",
    "MailboxState",
    "PeerIdentity",
    "TrustedDomain",
]


class MailboxKind(Enum):
    """The kinds of a professional mailbox; an address never changes its kind (STD §1.9)."""

    PERSON = "PER"
    ORGANISATION = "ORG"
    APPLICATION = "APP"
    PRACTICE = "CAB"


class MailboxState(Enum):
    """What the operator has made of a mailbox of this gateway."""

    IN_USE = "in-use"
    SUSPENDED = "suspended"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True, repr=False, kw_only=True)
class DirectoryEntry:
    """One professional mailbox as the directory publishes it; texts that are not given are empty.

    Attributes:
        identifier: RPPS of a person, FINESS (or other structure identifier) of the rest (STD §3.3).
        name: what people are shown: « Dr Claire Martin », « Laboratoire des Lilas ».
        red_listed: trusted like any other, but never shown in a search (STD §1.9).
        organisation_id: of a person, the structure in which this mailbox is used (FINESS or SIRET); empty for the rest.
        valid: false once the holder or the operator has withdrawn it: known, no longer trusted.
    """

    address: MailAddress
    kind: MailboxKind
    identifier: str
    name: str
    family_name: str = ""
    given_name: str = ""
    profession: str = ""
    speciality: str = ""
    organisation: str = ""
    city: str = ""
    postal_code: str = ""
    red_listed: bool = False
    valid: bool = True
    organisation_id: str = ""

    @property
    def issuer(self) -> str:
        """Name the organisation that answers for what is sent; empty for a person, who answers alone (A20)."""
        return "" if self.kind is MailboxKind.PERSON or not self.identifier else f"finess:{self.identifier}"

    @property
    def detail(self) -> str:
        """Give profession, organisation and place in one line, as far as they are known."""
        return " · ".join(part for part in (self.profession or self.organisation, self.city) if part)

    def __repr__(self) -> str:
        """Hide the holder: representations end up in logs."""
        return f"DirectoryEntry({self.kind.value}, …)"


@dataclass(frozen=True, slots=True)
class TrustedDomain:
    """A domain of the white list and the certificate holders that may send for it (STD §1.2)."""

    name: str
    holders: frozenset[DistinguishedName]
    description: str = ""
    updated: datetime | None = None

    def binds(self, holder: DistinguishedName) -> bool:
        """Say whether the list binds this certificate holder to the domain."""
        return holder in self.holders


@dataclass(frozen=True, slots=True, repr=False)
class CertificateBinding:
    """A key that may send for exactly one local mailbox, such as a laboratory's (SHA-256 of its SPKI).

    `not_after` is the end of the certificate that it was bound from; None where that was never noted. The key of a
    `delegate`, who acts under the responsibility of the mailbox's holder, comes in to the console and sends nothing.
    """

    address: MailAddress
    spki_sha256: bytes
    not_after: datetime | None = None
    delegate: str = ""

    def __repr__(self) -> str:
        """Hide the mailbox, show which key."""
        return f"CertificateBinding({self.spki_sha256.hex()[:16]}…)"


@dataclass(frozen=True, slots=True, repr=False, kw_only=True)
class LocalMailbox:
    """A mailbox of this gateway as its operator keeps it.

    Attributes:
        since: when it came into its state; None when that was never noted.
        bindings: the keys that may send for it, the one that ends last first.
    """

    entry: DirectoryEntry
    state: MailboxState
    since: datetime | None
    bindings: tuple[CertificateBinding, ...] = ()

    def __repr__(self) -> str:
        """Hide the holder."""
        return f"LocalMailbox({self.entry!r}, {self.state.value})"


@dataclass(frozen=True, slots=True, kw_only=True)
class PeerIdentity:
    """The holder of a client certificate that has passed the handshake and the checks of `certs.peer`."""

    dn: DistinguishedName
    spki_sha256: bytes = field(repr=False)
    serial: int
    not_before: datetime
    not_after: datetime

    def valid_at(self, instant: datetime) -> bool:
        """Say whether the certificate is within its dates.

        The handshake has checked it once; a long connection, or a TLS 1.2 session that is taken up again
        without a new check, may have outlived it.
        """
        return self.not_before <= instant <= self.not_after
