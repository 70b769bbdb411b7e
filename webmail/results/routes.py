"""List examinations, show one with its trend, put two of its dates side by side."""

from aiohttp import web

from gateway.services.record.examinations import CSV, FHIR, ExaminationPage
from webmail.context import page, page_number, person_of, pulse_of
from webmail.downloads import content_disposition
from webmail.examination_views import comparison_of, goal_of, line_of, view_of
from webmail.paged_lists import Page
from webmail.paths import ID
from webmail.results.port import RESULTS

routes = web.RouteTableDef()
_LONGEST = 80
OUTSIDE = "hors-intervalle"


@routes.get("/resultats", name="results")
async def results(request: web.Request) -> web.Response:
    """List examinations, all or those outside their range, whose name has the words that are searched."""
    pulse, actor = await pulse_of(request), person_of(request).actor
    words = " ".join(request.query.get("q", "")[:_LONGEST].split())
    only_outside, number = request.query.get("filtre") == OUTSIDE, page_number(request)
    found = await request.app[RESULTS].examinations(actor, words, number, only_outside=only_outside)
    lines = tuple(line_of(examination, actor.vault) for examination in found.examinations)
    return page(
        request,
        "results.html",
        tab="documents",
        pulse=pulse,
        page=Page(lines, number, found.has_more),
        total=found.total,
        outside=found.outside,
        words=words,
        only_outside=only_outside,
    )


@routes.get(f"/resultats/{{examination:{ID}}}", name="examination")
async def examination(request: web.Request) -> web.Response:
    """Show one examination: its last value, its trend, every value in a table, two dates side by side."""
    pulse, number = await pulse_of(request), page_number(request)
    found = await _read(request, number)
    view = view_of(found.examination, person_of(request).actor.vault)
    chosen = (request.query.get("avant", ""), request.query.get("apres", ""))
    return page(
        request,
        "examination.html",
        tab="documents",
        pulse=pulse,
        it=view,
        page=Page((), number, found.has_more),
        comparison=comparison_of(found.examination, *chosen),
        goal=goal_of(found.goal, found.examination) if found.goal and number == 1 else None,
    )


@routes.get(f"/resultats/{{examination:{ID}}}/csv", name="results_csv")
async def results_csv(request: web.Request) -> web.Response:
    """Download every result of an examination for a spreadsheet."""
    return await _file(request, CSV)


@routes.get(f"/resultats/{{examination:{ID}}}/fhir", name="results_fhir")
async def results_fhir(request: web.Request) -> web.Response:
    """Download every result of an examination for programs."""
    return await _file(request, FHIR)


async def _file(request: web.Request, form: str) -> web.Response:
    found = await request.app[RESULTS].result_file(
        person_of(request).actor, request.match_info["examination"], form
    )
    # As octets, so that nothing but the one who saves it opens it.
    headers = {
        "Content-Type": "application/octet-stream",
        "Content-Disposition": content_disposition("attachment", found.name),
        "Content-Security-Policy": "sandbox; default-src 'none'",
    }
    return web.Response(body=found.data, headers=headers)


async def _read(request: web.Request, number: int) -> ExaminationPage:
    return await request.app[RESULTS].examination(
        person_of(request).actor, request.match_info["examination"], number
    )
