"""A record at the console: opened by a form that is there for everybody, read page by page while it is open."""

from dataclasses import dataclass

from aiohttp import web

from gateway.domain.errors import AccessRefused
from gateway.domain.record_openings import OpenedBy
from gateway.policy.access import reasons
from gateway.policy.access.verdict import AccessReason
from gateway.services.openings.paused_openings import PausedOpening
from gateway.services.openings.record_openings import AskedOpening
from webmail.context import TOKEN, page, see_other
from webmail.forms import Form, read_form
from webpro.coming_back import drop_paused, keep_paused, paused_token, record_path
from webpro.leaving import leave_console
from webpro.professional import professional_in
from webpro.record.entering import RECORD_PATH, leaving_by_itself
from webpro.record.model import EnteredRecord
from webpro.record.port import RECORD

_WAYS = {"accord": OpenedBy.CONSENT, "code": OpenedBy.CODE}
_TOLD = (reasons.SECOND_FACTOR, reasons.STOPPED)
"""Refusals that are about the professional; every other reads as one does of nobody."""
routes = web.RouteTableDef()


@routes.get(RECORD_PATH, name="console_record")
async def show_record(request: web.Request) -> web.Response:
    """Show the synthesis, or ask by what the record may be opened."""
    reference = request.match_info["patient"]
    service, actor = request.app[RECORD], professional_in(request).actor
    record = await service.enter(actor, reference)
    if record is None:
        paused = await service.paused(actor, reference, paused_token(request))
        return _opening(request, reference, _form_of(paused) if paused else _Filled())
    return await _synthesis(request, record)


async def _synthesis(request: web.Request, record: EnteredRecord) -> web.Response:
    try:
        parts = await request.app[RECORD].synthesis(record)
    except AccessRefused:  # it has ended meanwhile
        return _opening(request, record.reference, _Filled())
    shown = page(request, "record.html", tab="patients", record=record, parts=parts)
    return leaving_by_itself(request, record, shown)


@routes.post(RECORD_PATH, name="console_record_open")
async def open_record(request: web.Request) -> web.Response:
    """Open it by what was chosen."""
    form, reference = await read_form(request), request.match_info["patient"]
    actor, asked = professional_in(request).actor, _asked(form)
    why = await request.app[RECORD].open_record(actor, reference, asked, request[TOKEN])
    if why is None:
        response = see_other(record_path(reference))
        drop_paused(response)
        return response
    told = why if why in _TOLD else reasons.NO_CONSENT
    filled = _Filled(form.text("par"), form.text("motif")[:500])
    return _opening(request, reference, filled, told)


@routes.post(f"{RECORD_PATH}/confirmation", name="console_record_confirm")
async def sign_in_afresh(request: web.Request) -> web.Response:
    """Keep what was asked for and end the session: whoever comes in again comes back here."""
    form, reference = await read_form(request), request.match_info["patient"]
    token = await request.app[RECORD].pause(professional_in(request).actor, reference, _asked(form))
    response = await leave_console(request)
    keep_paused(response, token)
    return response


@dataclass(frozen=True, slots=True)
class _Filled:
    """What stands in the forms; `is_back` after a fresh sign-in."""

    way: str = ""
    reason: str = ""
    is_back: bool = False


def _form_of(paused: PausedOpening) -> _Filled:
    way = next(word for word, how in _WAYS.items() if how is paused.how)
    return _Filled(way, paused.reason, is_back=True)


def _asked(form: Form) -> AskedOpening:
    return AskedOpening(
        how=_WAYS.get(form.text("par"), OpenedBy.CONSENT),
        code=form.text("code")[:40],
        reason=form.text("motif")[:500],
    )


def _opening(
    request: web.Request, reference: str, filled: _Filled, refusal: AccessReason | None = None
) -> web.Response:
    return page(
        request,
        "open_record.html",
        tab="patients",
        status=403 if refusal else 200,
        reference=reference,
        refusal=refusal.french if refusal else "",
        confirms=refusal is reasons.SECOND_FACTOR,
        filled=filled,
    )
