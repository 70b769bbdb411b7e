"""« Signaler »: the operator is told of a professional or an application, and answers on « Vos droits » (E80)."""

from collections.abc import Mapping

from aiohttp import web

from gateway.domain.rights_requests import MAX_WORDS
from gateway.services.requests.reports import MAX_NAME, Reported
from webmail.context import page, person_of, pulse_of, see_other
from webmail.forms import read_form
from webmail.rights.port import RIGHTS
from webmail.rights.wording import REPORT_FAULTS

PATH = "/parametres/droits/signaler"
routes = web.RouteTableDef()
_NOTHING = {"sujet": "professional", "qui": "", "recit": ""}


@routes.get(PATH, name="report")
async def report(request: web.Request) -> web.Response:
    """Offer to tell the operator."""
    return await _page(request, _NOTHING, "")


@routes.post(PATH, name="report")
async def send_report(request: web.Request) -> web.Response:
    """Tell them; a form with a fault keeps what was typed."""
    form = await read_form(request)
    typed = {"sujet": form.text("sujet"), "qui": form.text("qui")[:MAX_NAME]}
    typed["recit"] = form.text("recit").replace("\r\n", "\n")
    what = Reported.APPLICATION if typed["sujet"] == Reported.APPLICATION.value else Reported.PROFESSIONAL
    fault = await request.app[RIGHTS].report(person_of(request).actor, what, typed["qui"], typed["recit"])
    if fault:
        return await _page(request, typed, REPORT_FAULTS[fault])
    return see_other("/parametres/droits?fait=signalement#fait")


async def _page(request: web.Request, typed: Mapping[str, str], refusal: str) -> web.Response:
    pulse, status = await pulse_of(request), 422 if refusal else 200
    return page(
        request, "report.html", tab="parametres", pulse=pulse, status=status, typed=typed, refusal=refusal,
        longest=MAX_WORDS, longest_name=MAX_NAME,
    )  # fmt: skip
