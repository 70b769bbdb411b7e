"""Notices by e-mail, through the SMTP relay of the operator: TLS always, its certificate checked, one connection each.

A relay that answers « not now », or not at all, or refuses us as a sender, defers: nothing is lost while it is down.
Only a mailbox that it refuses for good ends a notice. `Message-ID` is the same at each try.
"""

import asyncio
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from email.errors import HeaderParseError
from email.message import EmailMessage
from email.policy import SMTP as SMTP_LINES
from email.utils import format_datetime

from aiosmtplib import SMTP, SMTPException, SMTPRecipientRefused

from gateway.domain.address import MailAddress
from gateway.domain.errors import InvalidValue, NoticeDeferred, NoticeRefused
from gateway.domain.notices import Notice
from gateway.notices.dkim_signing import DkimSigner
from gateway.ports.clock import Clock

_REFUSED = range(500, 600)


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class RelaySettings:
    """Where e-mail goes.

    Attributes:
        sender: address of the notices.
        implicit_tls: TLS from the first octet, instead of STARTTLS.
        user: for a relay that asks for a sign-in; empty for none.
        timeout: for one notice in all.
        at_once: connections; more notices wait.
    """

    hostname: str
    host: str
    port: int
    sender: MailAddress
    implicit_tls: bool = False
    user: str = ""
    password: str = ""
    timeout: timedelta = timedelta(seconds=60)
    at_once: int = 8


class EmailRelay:
    """Implements `gateway.ports.notices.Notices` for e-mail; `context` is asked at each connection."""

    def __init__(
        self, settings: RelaySettings, context: Callable[[], ssl.SSLContext], clock: Clock, signer: DkimSigner | None
    ) -> None:
        self._settings = settings
        self._context = context
        self._clock = clock
        self._signer = signer
        self._places = asyncio.Semaphore(settings.at_once)

    async def send(self, notice: Notice) -> None:
        """Hand over to the relay; see `gateway.ports.notices.Notices`."""
        try:
            MailAddress.parse(notice.to.strip())
            message = await asyncio.to_thread(self._message, notice)
        except (InvalidValue, ValueError, HeaderParseError) as error:
            raise NoticeRefused("5.1.3 the contact is no mail address") from error
        async with self._places:
            try:
                async with asyncio.timeout(self._settings.timeout.total_seconds()):
                    await self._hand_over(notice.to.strip(), message)
            except SMTPRecipientRefused as error:
                if error.code in _REFUSED:
                    raise NoticeRefused(str(error.code)) from error
                raise NoticeDeferred(str(error.code)) from error
            except (SMTPException, OSError) as error:  # a TimeoutError is an OSError
                raise NoticeDeferred(type(error).__name__) from error

    async def _hand_over(self, to: str, message: bytes) -> None:
        settings = self._settings
        smtp = SMTP(
            hostname=settings.host,
            port=settings.port,
            local_hostname=settings.hostname,
            use_tls=settings.implicit_tls,
            start_tls=not settings.implicit_tls,
            tls_context=self._context(),
        )
        try:
            await smtp.connect()
            if settings.user:
                await smtp.login(settings.user, settings.password)
            await smtp.mail(str(settings.sender))
            await smtp.rcpt(to)
            await smtp.data(message)
        finally:
            # The notice is the relay's once it has said so: whatever it would answer to QUIT changes nothing.
            smtp.close()

    def _message(self, notice: Notice) -> bytes:
        message = EmailMessage(policy=SMTP_LINES)
        message["From"] = str(self._settings.sender)
        message["To"] = notice.to.strip()
        message["Subject"] = notice.wording.subject
        message["Date"] = format_datetime(self._clock.now())
        message["Message-ID"] = f"<notice.{notice.id}@{self._settings.sender.domain}>"
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(notice.wording.text, cte="base64")
        raw = message.as_bytes()
        return self._signer.signed(raw) if self._signer else raw
