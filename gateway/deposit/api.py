"""``POST /patients/{address}/documents``: one document, its octets as the body, for one patient (F99).

Answers 201 once the document is committed, 200 when it was there before, with the same numbers. Who deposits and for
whom is judged before a body is read.
"""

import asyncio
import secrets
import ssl
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

import orjson
import structlog
from aiohttp import web

from gateway.deposit.errors import answer_failures, busy, of_refusal, of_verdict, outcome
from gateway.deposit.requests import depositor_named, title_given
from gateway.domain.address import MailAddress
from gateway.domain.directory import PeerIdentity
from gateway.domain.errors import InvalidValue, PliError
from gateway.domain.smtp_connection import SmtpConnection, SmtpListener
from gateway.listening import OctetBudget
from gateway.services.filing.deposit_gate import AdmittedDepositor, DepositGate
from gateway.services.filing.deposited_documents import Deposited, DepositedDocuments, DepositedFile, DepositRefused

_AT_ONCE = 8
"""Bodies of the greatest size that may be held together."""
_SHARE = _AT_ONCE // 2
"""Bodies of one depositor that are still coming: whoever sends slowly leaves room for the others."""
_BODY_SECONDS = 300
_log = structlog.get_logger("pli.deposit")


@dataclass(frozen=True, slots=True, kw_only=True)
class DepositServices:
    """What the face calls; `identify` gives the holder of the client certificate, a `PliError` refuses it."""

    gate: DepositGate
    documents: DepositedDocuments
    identify: Callable[[ssl.SSLObject], PeerIdentity | None]


_SERVICES = web.AppKey("services", DepositServices)
_MAX_BYTES = web.AppKey("max_bytes", int)
_BUDGET = web.AppKey("budget", OctetBudget)
_COMING = web.AppKey("coming", Counter[str])
routes = web.RouteTableDef()


def make_app(services: DepositServices, max_bytes: int) -> web.Application:
    """Make the application; `max_bytes` is the size of the largest document."""
    app = web.Application(middlewares=[answer_failures])
    app[_SERVICES], app[_MAX_BYTES], app[_BUDGET] = services, max_bytes, OctetBudget(_AT_ONCE * max_bytes)
    app[_COMING] = Counter()
    app.add_routes(routes)
    app.on_response_prepare.append(_add_headers)
    return app


@routes.post("/patients/{address}/documents")
async def deposit(request: web.Request) -> web.Response:
    """Take one document for one patient."""
    services = request.app[_SERVICES]
    try:
        patient = MailAddress.parse(request.match_info["address"])
        named, title = depositor_named(request.headers.get("From")), title_given(request.headers.get("Slug"))
    except InvalidValue:
        return outcome(
            400, "invalid",
            "Adresse du patient, champ From ou champ Slug illisible\N{NO-BREAK SPACE}; corrigez-le et recommencez.",
            "The patient's address, From or Slug cannot be read; correct it and try again.",
        )  # fmt: skip
    admitted = await services.gate.judge(_connection(request), named, patient)
    if not isinstance(admitted, AdmittedDepositor):
        return of_verdict(admitted)
    return await _taken(request, admitted, title)


async def _taken(request: web.Request, by: AdmittedDepositor, title: str) -> web.Response:
    """Hold the body as long as it is worked on, within the budget of all."""
    limit, budget = request.app[_MAX_BYTES], request.app[_BUDGET]
    if (request.content_length or 0) > limit:
        return _too_large(limit)
    if "Content-Encoding" in request.headers:
        return outcome(
            415, "encoding",
            "Contenu compressé (Content-Encoding) non pris en charge\N{NO-BREAK SPACE}; envoyez-le tel quel.",
            "Content-Encoding is not supported; send the octets of the document.",
        )  # fmt: skip
    if request.app[_COMING][by.address] >= _SHARE or not budget.take(limit):
        return busy()
    try:
        data = await _body(request, by.address, limit)
        if data is None:
            return _too_large(limit)
        if not data:
            return outcome(
                400, "empty",
                "Document vide\N{NO-BREAK SPACE}; envoyez ses octets dans le corps de la requête.",
                "The document is empty; send its octets as the body.",
            )  # fmt: skip
        file = DepositedFile(request.content_type, title, data)
        done = await request.app[_SERVICES].documents.file(by, file)
    finally:
        budget.give_back(limit)
    if isinstance(done, Deposited):
        return _answer(done)
    return of_refusal(done) if isinstance(done, DepositRefused) else of_verdict(done)


async def _body(request: web.Request, depositor: str, limit: int) -> bytes | None:
    """Read the body; None as soon as it is larger than it may be."""
    data, coming = bytearray(), request.app[_COMING]
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


def _connection(request: web.Request) -> SmtpConnection:
    """Say who is at the other end, as the relay does: the same facts are judged by the same rules."""
    tls: ssl.SSLObject | None = request.get_extra_info("ssl_object")
    number = secrets.token_hex(6)
    try:
        peer = request.app[_SERVICES].identify(tls) if tls else None
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


def _answer(done: Deposited) -> web.Response:
    body = {"documents": [f"{number:x}" for number in done.numbers], "new": done.is_new, "note": done.note}
    return web.Response(
        body=orjson.dumps(body), status=201 if done.is_new else 200, content_type="application/json", charset="utf-8"
    )


def _too_large(limit: int) -> web.Response:
    size = f"{limit / 1_000_000:.3g}".replace(".", ",")
    return outcome(
        413, "too-large",
        f"Document de plus de {size}\N{NO-BREAK SPACE}Mo\N{NO-BREAK SPACE}; allégez-le ou séparez-le.",
        f"Document larger than {limit} octets; reduce or split it.",
    )  # fmt: skip


async def _add_headers(_request: web.Request, response: web.StreamResponse) -> None:
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers.pop("Server", None)
