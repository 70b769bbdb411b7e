"""Vaccinations of a record: the list, and the button that confirms one or takes that back (E23)."""

from aiohttp import web

from gateway.domain.errors import ChangedMeanwhile
from webmail.context import page, see_other
from webmail.forms import read_form
from webmail.paths import ID
from webpro.record.entering import RECORD_PATH, in_record
from webpro.record.model import EnteredRecord
from webpro.vaccinations.port import VACCINATIONS

routes = web.RouteTableDef()
_LIST = f"{RECORD_PATH}/vaccinations"
_DONE = {
    "confirme": "La vaccination est confirmée. Votre patient ne peut plus la modifier.",
    "retire": "La confirmation est retirée. Votre patient peut de nouveau la modifier.",
    "trop-tard": "Cette vaccination a changé entre-temps. Relisez-la avant de la confirmer.",
}


@routes.get(_LIST, name="console_vaccinations")
@in_record
async def vaccinations(request: web.Request, record: EnteredRecord) -> web.Response:
    """List the vaccinations."""
    shown = await request.app[VACCINATIONS].vaccinations(record.actor)
    said = _DONE.get(request.query.get("fait", ""), "")
    return page(request, "record_vaccinations.html", tab="patients", record=record, vaccinations=shown, said=said)


@routes.post(f"{_LIST}/{{fiche:{ID}}}", name="console_vaccination")
@in_record
async def confirm(request: web.Request, record: EnteredRecord) -> web.Response:
    """Confirm one as it was shown, or take that back."""
    form, service = await read_form(request), request.app[VACCINATIONS]
    version, is_right = form.text("version"), form.text("geste") != "retirer"
    filled_from = int(version) if version.isascii() and version.isdigit() and len(version) <= 9 else 0
    try:
        await service.confirm(record.actor, request.match_info["fiche"], filled_from, is_right=is_right)
    except ChangedMeanwhile:
        return see_other(f"{record.path}/vaccinations?fait=trop-tard")
    return see_other(f"{record.path}/vaccinations?fait={'confirme' if is_right else 'retire'}")
