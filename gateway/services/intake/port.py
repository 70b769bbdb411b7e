"""What the SMTP edge asks of the services: sign-in, one verdict a command, and the commit of a message.

The edge knows sockets, TLS and the grammar of RFC 5321; the service behind `Intake` knows policy, directory
and store. Neither sees the other's half: certificates cross as `PeerIdentity`, replies cross as verdicts.
"""

from dataclasses import dataclass
from typing import Protocol

from gateway.domain.address import MailAddress
from gateway.domain.smtp_connection import SignedInMailbox, SmtpConnection
from gateway.domain.verdict import Verdict


@dataclass(frozen=True, slots=True)
class MailParameters:
    """Parameters of MAIL that were understood; all others are refused by the edge (RFC 5321 §4.1.1.11).

    Attributes:
        size: octets announced by SIZE= (RFC 1870), already within the limit.
        eight_bit: whether BODY=8BITMIME was given (RFC 6152).
    """

    size: int | None = None
    eight_bit: bool = False


@dataclass(frozen=True, slots=True)
class Envelope:
    """Envelope of one message as far as it has been accepted; recipients are distinct and in order."""

    reverse_path: MailAddress | None
    recipients: tuple[MailAddress, ...] = ()
    parameters: MailParameters = MailParameters()


@dataclass(frozen=True, slots=True)
class Receipt:
    """Outcome of DATA; `queue_id` names what was stored, in the reply and in logs, and is empty otherwise."""

    verdict: Verdict
    queue_id: str = ""


class Intake(Protocol):
    """The service behind both SMTP listeners.

    Any verdict may carry the code 421: the edge then answers and closes the connection. Any exception
    becomes `451 4.3.0` with an incident id; nothing is known about the message then.
    """

    async def authenticate(self, login: str, password: str, source: str) -> SignedInMailbox | None:
        """Check credentials; None for an unknown login and a wrong password alike, in the same time.

        Raises:
            StoreUnavailable: not known now; the edge answers `454 4.7.0`.
        """
        ...

    async def mail(
        self, connection: SmtpConnection, reverse_path: MailAddress | None, parameters: MailParameters
    ) -> Verdict:
        """Judge the sender against certificate or sign-in; None is the null sender ``<>``."""
        ...

    async def rcpt(self, connection: SmtpConnection, envelope: Envelope, recipient: MailAddress) -> Verdict:
        """Judge one recipient, given the envelope accepted so far."""
        ...

    async def data(self, connection: SmtpConnection, envelope: Envelope, raw: bytes) -> Receipt:
        """Judge and store a message; return only after the commit.

        `raw` is the content as sent: lines end with CRLF, no other CR or LF, no NUL, dots unstuffed. The call
        runs to its end even when the client leaves.
        """
        ...
