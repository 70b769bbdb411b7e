"""« Demander une correction » of an entry of the profile that a professional confirmed: asked of them (E52)."""

from aiohttp import web

from gateway.domain.errors import NotFound
from gateway.domain.profile_links import EntryName
from gateway.domain.profile_sections import SECTIONS
from gateway.domain.rights_requests import MAX_WORDS
from webmail.context import page, person_of, pulse_of, see_other
from webmail.forms import read_form
from webmail.paths import ID
from webmail.references import number_of, reference_of
from webmail.rights.port import RIGHTS
from webmail.rights.wording import DONE, ENTRY_CORRECTION_FAULTS

PATH = f"/profil/{{rubrique:[a-z-]{{1,40}}}}/{{fiche:{ID}}}/correction"
routes = web.RouteTableDef()


@routes.get(PATH, name="entry_correction")
async def entry_correction(request: web.Request) -> web.Response:
    """Offer to ask for a correction, and show those that were asked for."""
    return await _page(request, "", "")


@routes.post(PATH, name="ask_entry_correction")
async def ask_entry_correction(request: web.Request) -> web.Response:
    """Ask for one; a form with a fault keeps what was typed."""
    form, name = await read_form(request), _entry(request)
    words = form.text("corriger").replace("\r\n", "\n")
    fault = await request.app[RIGHTS].ask_entry_correction(person_of(request).actor, name, words)
    if fault:
        return await _page(request, words, ENTRY_CORRECTION_FAULTS[fault])
    return see_other(f"{_path(name)}/correction?fait=correction-fiche#fait")


def _entry(request: web.Request) -> EntryName:
    section = next((one for one in SECTIONS if one.value == request.match_info["rubrique"]), None)
    if section is None:
        raise NotFound("there is no such section")
    return EntryName(section, number_of(request.match_info["fiche"]))


def _path(name: EntryName) -> str:
    return f"/profil/{name.section.value}/{reference_of(name.id)}"


async def _page(request: web.Request, typed: str, refusal: str) -> web.Response:
    pulse, name = await pulse_of(request), _entry(request)
    found = await request.app[RIGHTS].entry_corrections_of(person_of(request).actor, name)
    author = found.entry.author
    return page(
        request,
        "correction.html",
        tab="profil",
        pulse=pulse,
        status=422 if refusal else 200,
        title=found.heading,
        back=_path(name),
        form=f"{_path(name)}/correction",
        asked_of=author.answers_for_it if author else "",
        is_entry=True,
        requests=found.requests,
        waits=any(one.waits for one in found.requests),
        typed=typed,
        refusal=refusal,
        longest=MAX_WORDS,
        done=DONE.get(request.query.get("fait", ""), ""),
    )
