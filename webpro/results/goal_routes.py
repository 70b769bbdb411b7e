"""The goal that a doctor sets for one examination: its form, and the button that takes it away (E45)."""

from decimal import Decimal

from aiohttp import web

from gateway.domain.goals import GoalFault
from webmail.context import page, see_other
from webmail.examination_views import goal_of, line_of
from webmail.forms import read_form
from webmail.paths import ID
from webpro.record.entering import RECORD_PATH, in_record
from webpro.record.model import EnteredRecord
from webpro.results.port import RESULTS

routes = web.RouteTableDef()
_GOAL = f"{RECORD_PATH}/resultats/{{examination:{ID}}}/objectif"
_LONGEST = 20
_FAULTS = {
    GoalFault.EMPTY: "Écrivez au moins une des deux valeurs.",
    GoalFault.NO_NUMBER: "Écrivez des nombres, par exemple 1,80.",
    GoalFault.ORDER: "La première valeur doit être plus petite que la seconde.",
}


@routes.get(_GOAL, name="console_goal")
@in_record
async def show_goal(request: web.Request, record: EnteredRecord) -> web.Response:
    """Show the form, filled with the goal that stands."""
    return await _form_page(request, record)


@routes.post(_GOAL, name="console_goal")
@in_record
async def set_goal(request: web.Request, record: EnteredRecord) -> web.Response:
    """Set the goal, or take it away; what is wrong comes back as it was typed."""
    form, reference = await read_form(request), request.match_info["examination"]
    place = f"{record.path}/resultats/{reference}"
    if form.text("geste") == "retirer":
        await request.app[RESULTS].end_goal(record.actor, reference)
        return see_other(f"{place}?fait=retire")
    typed = (form.text("de")[:_LONGEST], form.text("a")[:_LONGEST])
    fault = await request.app[RESULTS].set_goal(record.actor, reference, *typed)
    if fault is not None:
        return await _form_page(request, record, typed, _FAULTS[fault])
    return see_other(f"{place}?fait=objectif")


async def _form_page(
    request: web.Request, record: EnteredRecord, typed: tuple[str, str] | None = None, refusal: str = ""
) -> web.Response:
    found = await request.app[RESULTS].examination(record.actor, request.match_info["examination"], 1)
    line, goal = line_of(found.examination, record.actor.vault), found.goal
    stands = (_typed(goal.low), _typed(goal.high)) if goal else ("", "")
    return page(
        request,
        "record_goal.html",
        tab="patients",
        status=422 if refusal else 200,
        own_path=f"{record.path}/resultats/{line.reference}/objectif",
        record=record,
        line=line,
        goal=goal_of(goal, found.examination) if goal else None,
        typed=stands if typed is None else typed,
        unit=found.examination.last.line.unit,
        refusal=refusal,
    )


def _typed(bound: Decimal | None) -> str:
    return "" if bound is None else f"{bound:f}".replace(".", ",")
