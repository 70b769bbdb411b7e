"""What a person aims at, for one kind of measure."""

from collections.abc import Mapping

from aiohttp import web

from gateway.domain.errors import ChangedMeanwhile
from gateway.domain.measure_checks import MeasureFault
from gateway.domain.measure_kinds import KINDS
from gateway.domain.measure_words import goal_in_words
from gateway.domain.measures import MeasureGoal, MeasureKind
from gateway.domain.profile_sections import SECTIONS
from webmail.context import page, person_of, pulse_of, see_other
from webmail.forms import read_form
from webmail.measures.port import MEASURES
from webmail.measures.routes import KIND, kind_of, version_of
from webmail.measures.wording import faults_in_words, typed_of_goal

routes = web.RouteTableDef()
_NAMES = ("de", "a", "de_2", "a_2")


@routes.get(KIND + "/objectif", name="measure_goal")
async def goal(request: web.Request) -> web.Response:
    """Show what is aimed at, in its form."""
    of = kind_of(request)
    found = await request.app[MEASURES].measure_goal(person_of(request).actor, of)
    return await _goal_page(request, of, found, typed_of_goal(found))


@routes.post(KIND + "/objectif", name="measure_goal")
async def aim(request: web.Request) -> web.Response:
    """Keep what is aimed at; empty fields give it up."""
    form, of = await read_form(request), kind_of(request)
    service, actor = request.app[MEASURES], person_of(request).actor
    typed = {name: form.text(name) for name in _NAMES}
    try:
        faults = await service.aim(actor, of, version_of(form), typed)
    except ChangedMeanwhile:
        return await _goal_page(request, of, await service.measure_goal(actor, of), typed, is_changed=True)
    if faults:
        return await _goal_page(request, of, await service.measure_goal(actor, of), typed, faults=faults)
    return see_other(f"/profil/mesures/{of.value}?fait=objectif")


async def _goal_page(
    request: web.Request,
    of: MeasureKind,
    found: MeasureGoal | None,
    typed: Mapping[str, str],
    *,
    faults: Mapping[str, MeasureFault] | None = None,
    is_changed: bool = False,
) -> web.Response:
    pulse = await pulse_of(request)
    return page(
        request,
        "measure_goal.html",
        tab="profil",
        pulse=pulse,
        status=409 if is_changed else 422 if faults else 200,
        own_path=f"/profil/mesures/{of.value}/objectif",
        rules=SECTIONS,
        section="mesures",
        kind=KINDS[of],
        version=found.version if found else 0,
        typed=typed,
        faults=faults_in_words(of, faults or {}, typed),
        refusal="Vérifiez ce qui est indiqué ci-dessous." if faults else "",
        stands=[("Objectif", goal_in_words(of, found) or "aucun")] if is_changed else None,
    )
