"""Results of a record: examinations, and one with its curve and every value."""

from aiohttp import web

from webmail.context import page, page_number
from webmail.examination_views import comparison_of, goal_of, line_of, view_of
from webmail.paged_lists import Page
from webmail.paths import ID
from webpro.record.entering import RECORD_PATH, in_record
from webpro.record.model import EnteredRecord
from webpro.results.port import RESULTS

routes = web.RouteTableDef()
_LIST = f"{RECORD_PATH}/resultats"
_ONE = f"{_LIST}/{{examination:{ID}}}"
_LONGEST = 80
OUTSIDE = "hors-intervalle"
_DONE = {
    "objectif": "L’objectif est fixé. Votre patient le voit.",
    "retire": "L’objectif est retiré. Votre patient en est prévenu.",
}


@routes.get(_LIST, name="console_results")
@in_record
async def results(request: web.Request, record: EnteredRecord) -> web.Response:
    """List examinations, all or those outside their range, whose name has the words that are searched."""
    words = " ".join(request.query.get("q", "")[:_LONGEST].split())
    only_outside, number = request.query.get("filtre") == OUTSIDE, page_number(request)
    found = await request.app[RESULTS].examinations(record.actor, words, number, only_outside=only_outside)
    lines = tuple(line_of(one, record.actor.vault) for one in found.examinations)
    return page(
        request,
        "record_results.html",
        tab="patients",
        record=record,
        page=Page(lines, number, found.has_more),
        total=found.total,
        outside=found.outside,
        words=words,
        only_outside=only_outside,
    )


@routes.get(_ONE, name="console_examination")
@in_record
async def examination(request: web.Request, record: EnteredRecord) -> web.Response:
    """Show one examination: its last value, its curve, every value in a table, two dates side by side."""
    number = page_number(request)
    found = await request.app[RESULTS].examination(record.actor, request.match_info["examination"], number)
    return page(
        request,
        "record_examination.html",
        tab="patients",
        record=record,
        it=view_of(found.examination, record.actor.vault),
        page=Page((), number, found.has_more),
        comparison=comparison_of(found.examination, "", ""),
        said=_DONE.get(request.query.get("fait", ""), ""),
        goal=goal_of(found.goal, found.examination) if found.goal and number == 1 else None,
    )
