"""An emergency: a form that is there for everybody, what one reads first while access lasts, and its end."""

from dataclasses import dataclass
from datetime import timedelta

from aiohttp import web

from gateway.domain.record_openings import LONGEST_REASON, OpenedBy
from gateway.policy.access import reasons
from gateway.policy.access.verdict import AccessReason
from gateway.services.openings.paused_openings import PausedOpening
from gateway.services.openings.record_openings import AskedOpening
from webmail.context import TOKEN, context_of, page, see_other
from webmail.forms import Form, read_form
from webmail.paths import ID
from webpro.coming_back import drop_paused, emergency_path, keep_paused, paused_token
from webpro.emergency.port import EMERGENCY
from webpro.leaving import leave_console
from webpro.professional import professional_in

_EMERGENCY = f"/patients/{{patient:{ID}}}/urgence"
SPANS = {"1": "1 heure", "4": "4 heures", "24": "24 heures"}
"""How long an emergency may last, in hours."""
_TOLD = (reasons.SECOND_FACTOR, reasons.STOPPED)
"""Refusals that are about the professional; every other reads as one does of nobody."""
_OVER = "Votre accès en urgence a pris fin. S’il le faut encore, demandez-le de nouveau."
_STAYS = {
    OpenedBy.CONSENT: "Votre accès en urgence a pris fin. Ce dossier vous reste ouvert avec l’accord du patient.",
    OpenedBy.CODE: "Votre accès en urgence a pris fin. Ce dossier vous reste ouvert avec le code du patient.",
}
routes = web.RouteTableDef()


@dataclass(frozen=True, slots=True)
class _Filled:
    """What stands in the form; `is_back` after a fresh sign-in, `is_over` after an access that has ended."""

    reason: str = ""
    hours: str = ""
    is_back: bool = False
    is_over: bool = False


@routes.get(_EMERGENCY, name="console_emergency")
async def show_emergency(request: web.Request) -> web.Response:
    """Show what one reads first, or ask for the reason and for how long."""
    reference, service = request.match_info["patient"], request.app[EMERGENCY]
    actor = professional_in(request).actor
    shown = await service.read(actor, reference)
    if shown is None:
        paused = await service.paused(actor, reference, paused_token(request))
        is_over = paused is None and await service.was_open(actor, reference)
        return _opening(request, reference, _of_paused(paused) if paused else _Filled(is_over=is_over))
    stays = _STAYS.get(shown.how, "") if await service.was_open(actor, reference) else ""
    is_urgent = shown.how.is_emergency
    response = page(
        request, "emergency.html", tab="patients", shown=shown, reference=reference, is_urgent=is_urgent, stays=stays
    )
    if shown.how.is_emergency:
        # What nobody may read any longer leaves the screen by itself.
        left = shown.ends - context_of(request).clock.now()
        response.headers["Refresh"] = str(max(int(left.total_seconds()) + 1, 1))
    return response


@routes.post(_EMERGENCY, name="console_emergency_open")
async def open_in_emergency(request: web.Request) -> web.Response:
    """Open the record for a reason and a time."""
    form, reference = await read_form(request), request.match_info["patient"]
    actor, service = professional_in(request).actor, request.app[EMERGENCY]
    why = await service.open_record(actor, reference, _asked(form), request[TOKEN])
    if why is None:
        response = see_other(emergency_path(reference))
        drop_paused(response)
        return response
    told = why if why in _TOLD else reasons.NO_EMERGENCY
    return _opening(request, reference, _Filled(form.text("motif")[:LONGEST_REASON], form.text("duree")), told)


@routes.post(f"{_EMERGENCY}/confirmation", name="console_emergency_confirm")
async def sign_in_afresh(request: web.Request) -> web.Response:
    """Keep what was asked for and end the session: whoever comes in again comes back here."""
    form, reference = await read_form(request), request.match_info["patient"]
    token = await request.app[EMERGENCY].pause(professional_in(request).actor, reference, _asked(form))
    response = await leave_console(request)
    keep_paused(response, token)
    return response


@routes.post(f"{_EMERGENCY}/fin", name="console_emergency_end")
async def end_emergency(request: web.Request) -> web.Response:
    """End the access before its time."""
    await read_form(request)
    reference = request.match_info["patient"]
    await request.app[EMERGENCY].end(professional_in(request).actor, reference)
    return see_other(emergency_path(reference))


def _of_paused(paused: PausedOpening) -> _Filled:
    return _Filled(paused.reason, str(int(paused.lasts / timedelta(hours=1))), is_back=True)


def _asked(form: Form) -> AskedOpening:
    hours = form.text("duree") if form.text("duree") in SPANS else "1"
    return AskedOpening(
        how=OpenedBy.BREAK_GLASS, reason=form.text("motif")[:LONGEST_REASON], lasts=timedelta(hours=int(hours))
    )


def _opening(
    request: web.Request, reference: str, filled: _Filled, refusal: AccessReason | None = None
) -> web.Response:
    return page(
        request,
        "open_emergency.html",
        tab="patients",
        status=403 if refusal else 200,
        reference=reference,
        refusal=refusal.french if refusal else "",
        over=_OVER if filled.is_over else "",
        confirms=refusal is reasons.SECOND_FACTOR,
        filled=filled,
        spans=SPANS,
    )
