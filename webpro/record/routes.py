"""A record at the console: opened by a form that is there for everybody, read page by page while it is open."""

from datetime import timedelta

from aiohttp import web

from gateway.domain.record_openings import OpenedBy
from gateway.policy.access import reasons
from gateway.services.openings.record_openings import AskedOpening
from webmail.context import TOKEN, context_of, page, see_other
from webmail.forms import Form, read_form
from webmail.paths import ID
from webpro.professional import professional_in
from webpro.record.port import RECORD

_RECORD = f"/patients/{{patient:{ID}}}/dossier"
_WAYS = {"accord": OpenedBy.CONSENT, "code": OpenedBy.CODE, "urgence": OpenedBy.BREAK_GLASS}
SPANS = {"1": "1 heure", "4": "4 heures", "24": "24 heures"}
"""How long an emergency may last, in hours."""
HOW = {
    OpenedBy.CONSENT: "avec l’accord du patient, jusqu’à minuit",
    OpenedBy.CODE: "avec le code du patient",
    OpenedBy.BREAK_GLASS: "en urgence",
    OpenedBy.SERVICES: "en urgence",
}
_TOLD = (reasons.SECOND_FACTOR, reasons.STOPPED)
"""Refusals that are about the professional; every other reads as one does of nobody, by the way that was chosen."""
routes = web.RouteTableDef()


@routes.get(_RECORD, name="console_record")
async def show_record(request: web.Request) -> web.Response:
    """Show the synthesis, or ask by what the record may be opened."""
    reference = request.match_info["patient"]
    record = await request.app[RECORD].open_synthesis(professional_in(request).actor, reference)
    if record is None:
        return _opening(request, reference)
    return page(request, "record.html", tab="patients", record=record, reference=reference, how=HOW)


@routes.post(_RECORD, name="console_record_open")
async def open_record(request: web.Request) -> web.Response:
    """Open it by what was chosen."""
    form, reference = await read_form(request), request.match_info["patient"]
    actor, asked = professional_in(request).actor, _asked(form)
    why = await request.app[RECORD].open_record(actor, reference, asked, request[TOKEN])
    if why is None:
        return see_other(f"{context_of(request).entrance.home}patients/{reference}/dossier")
    of_nobody = reasons.NO_EMERGENCY if asked.how.is_emergency else reasons.NO_CONSENT
    told = why if why in _TOLD else of_nobody
    return _opening(request, reference, told.french, form.text("par"), form.text("motif")[:500])


def _asked(form: Form) -> AskedOpening:
    hours = form.text("duree") if form.text("duree") in SPANS else "1"
    return AskedOpening(
        how=_WAYS.get(form.text("par"), OpenedBy.CONSENT),
        code=form.text("code")[:40],
        reason=form.text("motif")[:500],
        lasts=timedelta(hours=int(hours)),
    )


def _opening(
    request: web.Request, reference: str, refusal: str = "", way: str = "", reason: str = ""
) -> web.Response:
    return page(
        request,
        "open_record.html",
        tab="patients",
        status=403 if refusal else 200,
        reference=reference,
        refusal=refusal,
        way=way,
        reason=reason,
        spans=SPANS,
    )
