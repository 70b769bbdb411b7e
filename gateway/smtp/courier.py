"""Outbound mail to other operators: one message, one recipient, one connection with mutual TLS (STD §1.2).

Grammar, TLS and time limits are aiosmtplib's; the envelope and the content are put on the wire here, so that
nothing but canonical addresses and CRLF lines ever leaves. Says what happened as an exception of the domain;
retries and reports are the outbox's.
"""

import asyncio
import re
import ssl
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Final, NoReturn

from aiosmtplib import SMTP, SMTPException, SMTPResponse

from gateway.domain.address import MailAddress
from gateway.domain.directory import PeerIdentity
from gateway.domain.errors import CourierDeferred, CourierRefused, DirectoryUnavailable, InvalidValue, PliError
from gateway.shared_memory import Counted, SharedCounts, SharedMemory
from gateway.smtp.data import has_bare

_ENHANCED: Final = re.compile(r"[245]\.[0-9]{1,3}\.[0-9]{1,3}(?=\s|$)", re.ASCII)


@dataclass(frozen=True, slots=True)
class Route:
    """Where the mail of a domain goes; the name is the one that its server's certificate must bear."""

    host: str
    port: int = 25


@dataclass(frozen=True, slots=True, kw_only=True)
class CourierSettings:
    """Settings of outbound mail.

    Attributes:
        hostname: what we call ourselves in EHLO.
        routes: by domain, lower case.
        connect_timeout: connection, greeting and TLS, each.
        reply_timeout: one command (RFC 5321 §4.5.3.2).
        data_timeout: the reply to the end of data, which the peer gives after its commit.
        at_once: connections to one domain; more are deferred, so that one that keeps mail waiting stops no other's.
    """

    hostname: str
    routes: Mapping[str, Route]
    connect_timeout: timedelta = timedelta(seconds=30)
    reply_timeout: timedelta = timedelta(minutes=5)
    data_timeout: timedelta = timedelta(minutes=10)
    at_once: int = 4


class SmtpCourier:
    """The `gateway.ports.courier.Courier` of real networks.

    `context` gives the client context with our certificate, at each connection; `identify` reads the server's
    certificate, and `dn_ok` says whether its holder may take mail for a domain. `under_way` counts the connections of
    all processes.
    """

    def __init__(
        self,
        settings: CourierSettings,
        context: Callable[[], ssl.SSLContext],
        identify: Callable[[ssl.SSLObject], PeerIdentity | None],
        dn_ok: Callable[[str, PeerIdentity], bool],
        under_way: SharedCounts | None = None,
    ) -> None:
        self._settings = settings
        self._context = context
        self._identify = identify
        self._dn_ok = dn_ok
        self._under_way = under_way or SharedMemory().counts(Counted.COURIER)

    async def deliver(self, reverse_path: str, recipient: MailAddress, raw: bytes) -> None:
        """Hand over; return once the other operator has acknowledged. `reverse_path` is empty for reports.

        Raises:
            CourierDeferred: not now: too many at once, connection, TLS, an unbound certificate, or a reply 4yz.
            CourierRefused: never: no route, a reply 5yz, or content that another server could misread.
        """
        sender = _checked(reverse_path)
        if has_bare(raw) or not raw.endswith(b"\r\n"):
            raise CourierRefused("5.6.11 the content is not made of CRLF lines")
        route = self._settings.routes.get(recipient.domain)
        if route is None:
            raise CourierRefused("5.4.4 no route to the domain")
        with self._place(recipient.domain):
            await self._hand_over(route, sender, recipient, raw)

    @contextmanager
    def _place(self, domain: str) -> Iterator[None]:
        self._under_way.add(domain, 1)
        try:
            if self._under_way.of(domain) > self._settings.at_once:
                raise CourierDeferred("4.3.2 the server has enough to answer")
            yield
        finally:
            self._under_way.add(domain, -1)

    async def _hand_over(self, route: Route, sender: str, recipient: MailAddress, raw: bytes) -> None:
        smtp = SMTP(
            hostname=route.host, port=route.port, local_hostname=self._settings.hostname, start_tls=False,
            timeout=self._settings.connect_timeout.total_seconds(), tls_context=self._context(),
        )  # fmt: skip
        try:
            await self._connect(smtp, recipient.domain)
            await self._transact(smtp, sender, recipient, raw)
        except (SMTPException, OSError) as error:
            _defer(error)
        finally:
            smtp.close()

    async def _connect(self, smtp: SMTP, domain: str) -> None:
        await smtp.connect()
        await smtp.starttls()
        await smtp.ehlo()
        peer = self._peer(smtp)
        try:
            bound = peer is not None and self._dn_ok(domain, peer)
        except DirectoryUnavailable as error:
            raise CourierDeferred("4.3.0 the white list cannot be asked now") from error
        if not bound:
            raise CourierDeferred("4.7.5 the server's certificate is not bound to the domain")

    def _peer(self, smtp: SMTP) -> PeerIdentity | None:
        try:
            return self._identify(smtp.get_transport_info("ssl_object"))
        except PliError:
            return None

    async def _transact(self, smtp: SMTP, sender: str, recipient: MailAddress, raw: bytes) -> None:
        options = [f"SIZE={len(raw)}"] if smtp.supports_extension("size") else []
        if not raw.isascii():
            if not smtp.supports_extension("8bitmime"):
                raise CourierRefused("5.6.3 the server takes no 8-bit content")
            options.append("BODY=8BITMIME")
        await self._ask(smtp, " ".join([f"MAIL FROM:<{sender}>", *options]))
        await self._ask(smtp, f"RCPT TO:<{recipient}>")
        await self._ask(smtp, "DATA", accepted=354)
        await self._content(smtp, raw)
        # The message is theirs now: whatever QUIT answers changes nothing.
        try:
            async with asyncio.timeout(1):
                await smtp.quit()
        except (SMTPException, OSError):
            return

    async def _ask(self, smtp: SMTP, command: str, accepted: int = 250) -> None:
        limit = self._settings.reply_timeout.total_seconds()
        _judge(await smtp.execute_command(command.encode("ascii"), timeout=limit), accepted)

    async def _content(self, smtp: SMTP, raw: bytes) -> None:
        protocol = smtp.protocol
        if protocol is None:
            raise ConnectionResetError
        # Not `SMTP.data`: it rewrites content by regular expressions, 12 ms of the loop per megabyte.
        stuffed = raw.replace(b"\r\n.", b"\r\n..")
        protocol.write(b"." + stuffed if raw.startswith(b".") else stuffed)
        protocol.write(b".\r\n")
        _judge(await protocol.read_response(timeout=self._settings.data_timeout.total_seconds()), 250)


def _checked(reverse_path: str) -> str:
    if not reverse_path:
        return ""
    try:
        return str(MailAddress.parse(reverse_path))
    except InvalidValue as error:
        raise CourierRefused("5.1.7 the sender is not a mail address") from error


def _judge(response: SMTPResponse, accepted: int) -> None:
    """Translate a reply; only its codes go further, for its words may quote an address."""
    if response.code // 100 == accepted // 100:
        return
    enhanced = _ENHANCED.match(response.message)
    codes = f"{response.code} {enhanced[0]}" if enhanced else str(response.code)
    if 500 <= response.code < 600:
        raise CourierRefused(codes)
    raise CourierDeferred(codes)


def _defer(error: Exception) -> NoReturn:
    cause = error.__cause__ if isinstance(error.__cause__, OSError) else error
    fault = getattr(cause, "verify_message", None) or type(cause).__name__
    raise CourierDeferred(f"4.4.1 {fault}") from error
