"""One SMTP connection as policy sees it: its door, its certificate, its sign-in."""

from dataclasses import dataclass
from enum import Enum

from gateway.domain.access import Actor
from gateway.domain.address import MailAddress
from gateway.domain.directory import PeerIdentity
from gateway.domain.mailbox import VaultId


class SmtpListener(Enum):
    """Which door a message came through: it decides how the sender is proved (STD §1.1, §1.2)."""

    RELAY = "relay"
    """Other operators and laboratories: the client certificate proves the sender."""
    SUBMISSION = "submission"
    """Local professionals' mail clients: the sign-in proves the sender."""


@dataclass(frozen=True, slots=True, repr=False)
class SignedInMailbox:
    """Whose mailbox a sign-in opened, who acts in it, and how often the mailbox's sign-ins had been ended by then."""

    vault: VaultId
    address: MailAddress
    actor: Actor
    ended_before: int = 0

    def __repr__(self) -> str:
        """Hide the mailbox: representations end up in logs."""
        return "SignedInMailbox(…)"


@dataclass(frozen=True, slots=True, kw_only=True)
class SmtpConnection:
    """One SMTP connection as policy sees it.

    Attributes:
        id: random hexadecimal name, the same in every log line of the connection.
        remote_ip: address of the client in text form.
        tls_version: as OpenSSL names it, ``TLSv1.3``; None before TLS.
        peer: holder of the client certificate; always present on the relay listener once TLS runs.
        signed_in: whom AUTH proved; always present on the submission listener when `mail` is called.
        helo: what the client calls itself; proves nothing.
    """

    id: str
    listener: SmtpListener
    remote_ip: str
    tls_version: str | None = None
    peer: PeerIdentity | None = None
    signed_in: SignedInMailbox | None = None
    helo: str = ""
