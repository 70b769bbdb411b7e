"""What an operator may choose about policy; `gateway.config` fills it and `docs/configuration.md` explains it."""

from dataclasses import dataclass
from enum import Enum

from gateway.domain.address import MailAddress


class UnlistedSenders(Enum):
    """What to do with a mailbox of a white-listed domain that the public directory does not list (STD §1.9)."""

    REFUSE = "refuse"
    ACCEPT = "accept"


class PatientReplies(Enum):
    """What a patient may write in an open exchange: answers only, or new subjects as well (A7)."""

    THREAD = "thread"
    CONTACT = "contact"


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicySettings:
    """Settings of the rules; domains are in ASCII and lower case.

    Attributes:
        local_domains: domains of professionals and laboratories whose mailboxes are here.
        max_bytes: largest message, 25 MB by default (STD §1.8).
        max_received: most `Received` fields before a message is a loop (RFC 5321 §6.3).
        max_misses: distinct wrong recipients one sender may try, beyond which they may not outnumber the
            right ones.
    """

    patient_domain: str = "patient.mssante.fr"
    local_domains: frozenset[str] = frozenset()
    unlisted_senders: UnlistedSenders = UnlistedSenders.REFUSE
    patient_replies: PatientReplies = PatientReplies.THREAD
    max_recipients: int = 100
    max_bytes: int = 25 * 1024 * 1024
    max_header_bytes: int = 100 * 1024
    max_header_lines: int = 1_000
    max_received: int = 50
    max_misses: int = 50

    def is_patient(self, address: MailAddress) -> bool:
        """Say whether an address is of the patient domain, its key right or wrong."""
        return address.domain == self.patient_domain

    def is_ours(self, address: MailAddress) -> bool:
        """Say whether an address, if it exists at all, is of a mailbox kept here."""
        return not self.is_elsewhere(address.domain)

    def is_elsewhere(self, domain: str) -> bool:
        """Say whether mailboxes of a domain are kept by another operator."""
        return domain != self.patient_domain and domain not in self.local_domains
