"""``POST /patients/{address}/documents``: one document, its octets as the body, for one patient (F99).

Answers 201 once the document is committed, 200 when it was there before, with the same numbers. Who deposits and for
whom is judged before a body is read. What payers tell of care comes in beside it (`gateway.deposit.care_api`).
"""

from collections import Counter

import orjson
from aiohttp import web

from gateway.deposit.care_api import routes as care_routes
from gateway.deposit.errors import answer_failures, of_refusal, of_verdict, outcome
from gateway.deposit.receiving import (
    AT_ONCE,
    BUDGET,
    COMING,
    MAX_BYTES,
    SERVICES,
    DepositServices,
    body_of,
    connection_of,
)
from gateway.deposit.requests import depositor_named, title_given
from gateway.domain.address import MailAddress
from gateway.domain.errors import InvalidValue
from gateway.listening import OctetBudget
from gateway.services.filing.deposit_gate import AdmittedDepositor
from gateway.services.filing.deposited_documents import Deposited, DepositedFile, DepositRefused
from gateway.shared_memory import SharedTotal

routes = web.RouteTableDef()


def make_app(services: DepositServices, max_bytes: int, octets: SharedTotal | None = None) -> web.Application:
    """Make the application; `max_bytes` is the size of the largest document, `octets` are those in hand."""
    app = web.Application(middlewares=[answer_failures])
    app[SERVICES], app[MAX_BYTES], app[BUDGET] = services, max_bytes, OctetBudget(AT_ONCE * max_bytes, octets)
    app[COMING] = Counter()
    app.add_routes(routes)
    app.add_routes(care_routes)
    app.on_response_prepare.append(_add_headers)
    return app


@routes.post("/patients/{address}/documents")
async def deposit(request: web.Request) -> web.Response:
    """Take one document for one patient."""
    services = request.app[SERVICES]
    try:
        patient = MailAddress.parse(request.match_info["address"])
        named, title = depositor_named(request.headers.get("From")), title_given(request.headers.get("Slug"))
    except InvalidValue:
        return outcome(
            400, "invalid",
            "Adresse du patient, champ From ou champ Slug illisible\N{NO-BREAK SPACE}; corrigez-le et recommencez.",
            "The patient's address, From or Slug cannot be read; correct it and try again.",
        )  # fmt: skip
    admitted = await services.gate.judge(connection_of(request), named, patient)
    if not isinstance(admitted, AdmittedDepositor):
        return of_verdict(admitted)
    return await _taken(request, admitted, title)


async def _taken(request: web.Request, by: AdmittedDepositor, title: str) -> web.Response:
    """Hold the body as long as it is worked on, within the budget of all."""
    async with body_of(request, by.address, request.app[MAX_BYTES]) as data:
        if isinstance(data, web.Response):
            return data
        if not data:
            return outcome(
                400, "empty",
                "Document vide\N{NO-BREAK SPACE}; envoyez ses octets dans le corps de la requête.",
                "The document is empty; send its octets as the body.",
            )  # fmt: skip
        done = await request.app[SERVICES].documents.file(by, DepositedFile(request.content_type, title, data))
    if isinstance(done, Deposited):
        return _answer(done)
    return of_refusal(done) if isinstance(done, DepositRefused) else of_verdict(done)


def _answer(done: Deposited) -> web.Response:
    body = {"documents": [f"{number:x}" for number in done.numbers], "new": done.is_new, "note": done.note}
    return web.Response(
        body=orjson.dumps(body), status=201 if done.is_new else 200, content_type="application/json", charset="utf-8"
    )


async def _add_headers(_request: web.Request, response: web.StreamResponse) -> None:
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers.pop("Server", None)
