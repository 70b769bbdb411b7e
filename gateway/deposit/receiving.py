"""How any request of the face is received: who is at the other end, and its body within the budget of all."""

import asyncio
import secrets
import ssl
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

import structlog
from aiohttp import web

from gateway.deposit.errors import busy, outcome
from gateway.domain.directory import PeerIdentity
from gateway.domain.errors import PliError
from gateway.domain.smtp_connection import SmtpConnection, SmtpListener
from gateway.listening import OctetBudget
from gateway.ports.clock import Clock
from gateway.services.filing.care_feeds import CareFeeds
from gateway.services.filing.deposit_gate import DepositGate
from gateway.services.filing.deposited_documents import DepositedDocuments

AT_ONCE = 8
"""Bodies of the greatest size that may be held together."""
_SHARE = AT_ONCE // 2
"""Bodies of one depositor that are still coming: whoever sends slowly leaves room for the others."""
_BODY_SECONDS = 300
_log = structlog.get_logger("pli.deposit")


@dataclass(frozen=True, slots=True, kw_only=True)
class DepositServices:
    """What the face calls; `identify` gives the holder of the client certificate, a `PliError` refuses it."""

    gate: DepositGate
    documents: DepositedDocuments
    care: CareFeeds
    clock: Clock
    identify: Callable[[ssl.SSLObject], PeerIdentity | None]


SERVICES = web.AppKey("services", DepositServices)
MAX_BYTES = web.AppKey("max_bytes", int)
BUDGET = web.AppKey("budget", OctetBudget)
COMING = web.AppKey("coming", Counter[str])


@asynccontextmanager
async def body_of(request: web.Request, depositor: str, limit: int) -> AsyncIterator[bytes | web.Response]:
    """Give the body, or the answer that refuses it; its place in the budget is held until the context ends."""
    if (request.content_length or 0) > limit:
        yield _too_large(limit)
        return
    if "Content-Encoding" in request.headers:
        yield outcome(
            415, "encoding",
            "Contenu compressé (Content-Encoding) non pris en charge\N{NO-BREAK SPACE}; envoyez-le tel quel.",
            "Content-Encoding is not supported; send the octets as they are.",
        )  # fmt: skip
        return
    budget = request.app[BUDGET]
    if request.app[COMING][depositor] >= _SHARE or not budget.take(limit):
        yield busy()
        return
    try:
        data = await _read(request, depositor, limit)
        yield _too_large(limit) if data is None else data
    finally:
        budget.give_back(limit)


async def _read(request: web.Request, depositor: str, limit: int) -> bytes | None:
    """Read the body; None as soon as it is larger than it may be."""
    data, coming = bytearray(), request.app[COMING]
    coming[depositor] += 1
    try:
        async with asyncio.timeout(_BODY_SECONDS):
            async for piece in request.content.iter_any():
                data += piece
                if len(data) > limit:
                    return None
    finally:
        coming[depositor] -= 1
        if not coming[depositor]:
            del coming[depositor]
    return bytes(data)


def connection_of(request: web.Request) -> SmtpConnection:
    """Say who is at the other end, as the relay does: the same facts are judged by the same rules."""
    tls: ssl.SSLObject | None = request.get_extra_info("ssl_object")
    number = secrets.token_hex(6)
    try:
        peer = request.app[SERVICES].identify(tls) if tls else None
    except PliError as error:
        peer = None
        _log.info("deposit.peer_refused", connection=number, code=error.code)
    return SmtpConnection(
        id=number,
        listener=SmtpListener.RELAY,
        remote_ip=request.remote or "",
        tls_version=tls.version() if tls else None,
        peer=peer,
    )


def _too_large(limit: int) -> web.Response:
    size = f"{limit / 1_000_000:.3g}".replace(".", ",")
    return outcome(
        413, "too-large",
        f"Contenu de plus de {size}\N{NO-BREAK SPACE}Mo\N{NO-BREAK SPACE}; allégez-le ou séparez-le.",
        f"Larger than {limit} octets; reduce or split it.",
    )  # fmt: skip
