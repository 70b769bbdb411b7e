"""The doors of the SMTP edge, and what every connection through them shares."""

import asyncio
import ssl
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from enum import Enum
from typing import Any

from gateway.domain.directory import PeerIdentity
from gateway.domain.smtp_connection import SmtpListener
from gateway.listening import OctetBudget
from gateway.services.even_pace import EvenPace
from gateway.services.intake.port import Intake, Receipt
from gateway.services.sign_in.throttle import SignInThrottle
from gateway.smtp.settings import SmtpSettings


class SmtpDoor(Enum):
    """A listener's port: what it asks of the client first."""

    RELAY = "relay"
    SUBMISSION = "submission"
    SUBMISSION_STARTTLS = "submission-starttls"

    @property
    def listener(self) -> SmtpListener:
        """Give the side of the service that this door leads to."""
        return SmtpListener.RELAY if self is SmtpDoor.RELAY else SmtpListener.SUBMISSION

    @property
    def implicit_tls(self) -> bool:
        """Say whether TLS begins with the connection (RFC 8314 §3.3)."""
        return self is SmtpDoor.SUBMISSION


@dataclass(frozen=True, slots=True)
class TlsRoles:
    """What the listeners need of `certs`; contexts are asked for at each handshake, so that they can be renewed.

    `identify` gives the holder of the client certificate; a `PliError` refuses it.
    """

    relay: Callable[[], ssl.SSLContext]
    submission: Callable[[], ssl.SSLContext]
    identify: Callable[[ssl.SSLObject], PeerIdentity | None]

    def context(self, door: SmtpDoor) -> ssl.SSLContext:
        """Give the context of a door."""
        return self.relay() if door is SmtpDoor.RELAY else self.submission()


@dataclass(frozen=True, slots=True, kw_only=True)
class SmtpSurroundings:
    """What all connections of a server share; `own` runs a commit that no connection may cancel."""

    intake: Intake
    settings: SmtpSettings
    tls: TlsRoles
    budget: OctetBudget
    letters: EvenPace
    throttle: SignInThrottle
    own: Callable[[Coroutine[Any, Any, Receipt]], asyncio.Task[Receipt]]  # Any: what a coroutine sends and takes
