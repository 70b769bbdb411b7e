"""``POST /patients/{address}/care-history``: a payer tells of the care that a person was given (F46, F47).

The body is a FHIR R4 bundle (`gateway.deposit.explanations`). Answers 200 once all of it is committed, and says what
became of the acts; any fault refuses the whole.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import asdict
from types import MappingProxyType

import orjson
from aiohttp import web

from gateway.deposit.errors import of_verdict, outcome, said_of
from gateway.deposit.explanations import FeedUnreadable, read_feed
from gateway.deposit.receiving import SERVICES, body_of, connection_of
from gateway.deposit.requests import depositor_named
from gateway.domain.address import MailAddress
from gateway.domain.errors import InvalidValue
from gateway.domain.local_days import local_day
from gateway.services.filing.care_feeds import BEFORE_BIRTH, FULL, NOT_A_PAYER, FeedRefused, FeedTaken, NamedAct
from gateway.services.filing.deposit_gate import AdmittedDepositor

MAX_FEED_BYTES = 1_000_000
routes = web.RouteTableDef()
_NBSP = "\N{NO-BREAK SPACE}"
_REFUSED: Mapping[str, tuple[int, str, str]] = MappingProxyType(
    {
        NOT_A_PAYER: (
            403,
            f"Cette boîte n'est pas celle d'un organisme payeur{_NBSP}; demandez à l'opérateur de l'inscrire.",
            "This mailbox is no payer's; ask the operator to list it in [deposit] payers.",
        ),
        FULL: (
            422,
            f"Trop d'actes pour ce patient{_NBSP}; annulez ceux qui ne valent plus.",
            "Too many acts of this patient; cancel those that no longer hold.",
        ),
        BEFORE_BIRTH: (
            422,
            f"Un acte est daté d'avant la naissance du patient{_NBSP}; vérifiez de qui il s'agit.",
            "An act is dated before the patient's birth; check whose it is.",
        ),
    }
)


@routes.post("/patients/{address}/care-history")
async def tell_of_care(request: web.Request) -> web.Response:
    """Take what a payer tells of one patient."""
    services = request.app[SERVICES]
    try:
        patient = MailAddress.parse(request.match_info["address"])
        named = depositor_named(request.headers.get("From"))
    except InvalidValue:
        return outcome(
            400, "invalid",
            f"Adresse du patient ou champ From illisible{_NBSP}; corrigez-le et recommencez.",
            "The patient's address or From cannot be read; correct it and try again.",
        )  # fmt: skip
    admitted = await services.gate.judge(connection_of(request), named, patient)
    if not isinstance(admitted, AdmittedDepositor):
        return of_verdict(admitted)
    refused = await services.care.check(admitted)
    return _refusal(refused) if refused else await _taken(request, admitted)


async def _taken(request: web.Request, by: AdmittedDepositor) -> web.Response:
    services = request.app[SERVICES]
    async with body_of(request, by.address, MAX_FEED_BYTES) as data:
        if isinstance(data, web.Response):
            return data
        now = services.clock.now()
        try:
            feed = await asyncio.to_thread(read_feed, data, now, local_day(now))
        except FeedUnreadable as error:
            await services.care.refused(by, FeedRefused("feed"), str(error))
            return outcome(
                422, "feed",
                f"Ce contenu n'est pas l'historique attendu (FHIR R4){_NBSP}; voyez diagnostics et corrigez-le.",
                f"This is not the expected FHIR R4 bundle; nothing was kept: {error}.",
            )  # fmt: skip
        done = await services.care.take(by, feed.patient, [NamedAct(told.name, told.act) for told in feed.acts])
    if isinstance(done, FeedTaken):
        return web.Response(body=orjson.dumps(asdict(done)), content_type="application/json", charset="utf-8")
    return _refusal(done) if isinstance(done, FeedRefused) else of_verdict(done)


def _refusal(refused: FeedRefused) -> web.Response:
    if refused.code in _REFUSED:
        status, french, english = _REFUSED[refused.code]
        return outcome(status, refused.code, french, english)
    return outcome(422, refused.code, *said_of(refused.code))
