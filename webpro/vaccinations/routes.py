"""Vaccinations of a record: the list, and the button that confirms one or takes that back (E23)."""

from aiohttp import web

from gateway.domain.errors import ChangedMeanwhile
from gateway.domain.rights_requests import MAX_WORDS
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
    "repondu": "Votre réponse est notée à côté de la vaccination. Votre patient la lit.",
    "trop-tard": "Cette vaccination a changé entre-temps. Relisez-la avant de la confirmer.",
}


@routes.get(_LIST, name="console_vaccinations")
@in_record
async def vaccinations(request: web.Request, record: EnteredRecord) -> web.Response:
    """List the vaccinations."""
    return await _page(request, record)


async def _page(request: web.Request, record: EnteredRecord, answered: str = "", typed: str = "") -> web.Response:
    """Show the list; with what was typed, where the answer to the correction `answered` has a fault."""
    return page(
        request,
        "record_vaccinations.html",
        tab="patients",
        status=422 if answered else 200,
        record=record,
        vaccinations=await request.app[VACCINATIONS].vaccinations(record.actor),
        said=_DONE.get(request.query.get("fait", ""), ""),
        answered=answered,
        typed=typed,
        longest=MAX_WORDS,
    )


@routes.post(f"{_LIST}/corrections/{{demande:{ID}}}", name="console_answer_correction")
@in_record
async def answer_correction(request: web.Request, record: EnteredRecord) -> web.Response:
    """Answer a correction of a vaccination that they confirmed; it stays, and the answer stands beside it (E52)."""
    form, asked = await read_form(request), request.match_info["demande"]
    words = form.text("reponse").replace("\r\n", "\n")
    if await request.app[VACCINATIONS].answer_correction(record.actor, asked, words):
        return await _page(request, record, asked, words)
    return see_other(f"{record.path}/vaccinations?fait=repondu")


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
