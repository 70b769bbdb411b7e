"""« Mesures »: kinds, one kind with its curve, a measure added, corrected, deleted, taken back."""

from collections.abc import Mapping

from aiohttp import web

from gateway.domain.access import Action, SpacePart
from gateway.domain.errors import ChangedMeanwhile, NotFound
from gateway.domain.local_days import PLACE, local_day
from gateway.domain.measure_checks import CheckedMeasure, MeasureFault, number_field
from gateway.domain.measure_kinds import KINDS
from gateway.domain.measure_words import value_in_words
from gateway.domain.measures import Measure, MeasureKind, MeasureVersion
from gateway.domain.profile_sections import SECTIONS
from gateway.services.profile.measure_reading import MeasurePeriod
from gateway.services.random_numbers import random_number
from webmail.context import context_of, page, person_of, pulse_of, require, see_other
from webmail.forms import Form, read_form
from webmail.measure_views import line_of_kind, row_of_measure, view_of_kind
from webmail.measures.acts import MeasureAct
from webmail.measures.follow_up_routes import view_of
from webmail.measures.port import MEASURES
from webmail.measures.wording import faults_in_words, typed_of_value
from webmail.paths import ID
from webmail.references import number_of, reference_of

routes = web.RouteTableDef()
KIND = "/profil/mesures/{mesure:[a-z0-9-]{1,40}}"
_ONE = KIND + "/{releve:" + ID + "}"
_DONE = {
    "enregistre": "C’est enregistré.",
    "supprimer": "C’est supprimé.",
    "retablir": "C’est rétabli.",
    "accepter": "C’est ajouté à vos mesures.",
    "refuser": "La proposition est écartée.",
    "objectif": "Votre objectif est enregistré.",
    "trop-tard": "Cette mesure a changé entre-temps. Voici ce qui est enregistré.",
}
_NOTHING: Mapping[str, MeasureFault] = {}


@routes.get("/profil/mesures", name="measures")
async def measures(request: web.Request) -> web.Response:
    """List the kinds, each with its last measure."""
    pulse = await pulse_of(request)
    service, actor = request.app[MEASURES], person_of(request).actor
    found, today = await service.measures(actor), local_day(context_of(request).clock.now())
    sets = [view_of(one, today) for one in await service.follow_ups(actor, is_told=True)]
    proposed = await service.proposed_measures(actor)
    return page(
        request,
        "measures.html",
        tab="profil",
        pulse=pulse,
        rules=SECTIONS,
        section="mesures",
        lines=list(map(line_of_kind, found)),
        followed=[one.state.set.label for one in sets if one.since],
        due_count=sum(one.due_count for one in sets),
        proposed=[(one, row_of_measure(one.measure, None)) for one in proposed],
        done=_DONE.get(request.query.get("fait", ""), ""),
    )


@routes.get(KIND, name="measure_kind")
async def kind(request: web.Request) -> web.Response:
    """Show one kind: its curve, its goal, its measures."""
    of, period = kind_of(request), _period(request)
    pulse, before = await pulse_of(request), request.query.get("avant", "")
    found = await request.app[MEASURES].measure_series(
        person_of(request).actor, of, period, number_of(before) if before else None
    )
    view, undone = view_of_kind(found), request.query.get("de", "")
    return page(
        request,
        "measure_kind.html",
        tab="profil",
        pulse=pulse,
        rules=SECTIONS,
        section="mesures",
        it=view,
        period=period.value,
        is_first=not before,
        done=_DONE.get(request.query.get("fait", ""), ""),
        undone=next((row for row in view.deleted if row.reference == undone), None),
        versions={reference_of(one.id): one.version for one in found.deleted},
    )


@routes.get(KIND + "/ajouter", name="new_measure")
async def new(request: web.Request) -> web.Response:
    """Show the form of a new measure, for now."""
    require(request, SpacePart.PROFILE, Action.ADD)
    now = context_of(request).clock.now().astimezone(PLACE)
    typed = {"jour": f"{now:%Y-%m-%d}", "heure": f"{now:%H:%M}"}
    return await _form_page(request, typed_kind_of(request), random_number(), typed)


@routes.post(KIND + "/ajouter", name="new_measure")
async def add(request: web.Request) -> web.Response:
    """Keep a new measure; the same form sent twice makes one."""
    form = await read_form(request)
    return await _save(request, typed_kind_of(request), number_of(form.text("entree")), 0, form)


@routes.get(_ONE, name="measure")
async def measure(request: web.Request) -> web.Response:
    """Show a measure in its form, with its versions."""
    of, number = typed_kind_of(request), number_of(request.match_info["releve"])
    found = await request.app[MEASURES].measure(person_of(request).actor, of, number)
    return await _form_page(request, of, number, _typed(found), found=found)


@routes.post(_ONE, name="measure")
async def change(request: web.Request) -> web.Response:
    """Correct a measure, delete it, or take it back."""
    form = await read_form(request)
    of, number = typed_kind_of(request), number_of(request.match_info["releve"])
    act = next((one for one in MeasureAct if one.value == form.text("geste")), None)
    if act is None:
        return await _save(request, of, number, version_of(form) or 1, form)
    path = f"/profil/mesures/{of.value}"
    try:
        await request.app[MEASURES].act_on_measure(person_of(request).actor, of, number, version_of(form), act)
    except ChangedMeanwhile:
        return see_other(f"{path}?fait=trop-tard")
    return see_other(f"{path}?fait={act.value}&de={reference_of(number)}")


async def _save(
    request: web.Request, of: MeasureKind, number: int, filled_from: int, form: Form
) -> web.Response:
    service, actor = request.app[MEASURES], person_of(request).actor
    names = [*map(number_field, range(len(KINDS[of].numbers))), "unite", "jour", "heure", "note", "confirme"]
    typed = {name: form.text(name) for name in names}
    try:
        saved = await service.save_measure(actor, of, number, filled_from, typed)
    except ChangedMeanwhile:
        found = await service.measure(actor, of, number)
        if found.now.is_deleted:  # what was typed may be kept as a new measure
            return await _form_page(request, of, random_number(), typed, stands=[])
        return await _form_page(request, of, number, typed, found=found, stands=_facts(request, of, found.now))
    if isinstance(saved, CheckedMeasure):
        stood = await service.measure(actor, of, number) if filled_from else None
        return await _form_page(request, of, number, typed, found=stood, told=saved)
    return see_other(f"/profil/mesures/{of.value}?fait=enregistre")


async def _form_page(
    request: web.Request,
    of: MeasureKind,
    number: int,
    typed: Mapping[str, str],
    *,
    found: Measure | None = None,
    told: CheckedMeasure | None = None,
    stands: list[tuple[str, str]] | None = None,
) -> web.Response:
    pulse, faults = await pulse_of(request), told.faults if told else _NOTHING
    return page(
        request,
        "measure_form.html",
        tab="profil",
        pulse=pulse,
        status=409 if stands is not None else 422 if faults else 200,
        own_path=f"/profil/mesures/{of.value}/{reference_of(number) if found else 'ajouter'}",
        rules=SECTIONS,
        section="mesures",
        kind=KINDS[of],
        number=reference_of(number),
        found=found,
        row=row_of_measure(found, None) if found else None,
        typed=typed,
        faults=faults_in_words(of, faults, typed),
        said=told.said if told and MeasureFault.UNLIKELY in faults.values() else "",
        refusal="Vérifiez ce qui est indiqué ci-dessous." if faults else "",
        stands=stands,
        told=[
            ("Supprimé" if one.is_deleted else "Valeur", _facts(request, of, one), one.written_at)
            for one in ((found.now, *reversed(found.earlier)) if found else ())
        ],
        came_back=False,
    )


def _typed(found: Measure) -> dict[str, str]:
    local = found.now.value.at.astimezone(PLACE)
    return typed_of_value(found.kind, found.now.value, f"{local:%Y-%m-%d}", f"{local:%H:%M}")


def _facts(request: web.Request, of: MeasureKind, said: MeasureVersion) -> list[tuple[str, str]]:
    context = context_of(request)
    say, value = context.pages.speech(context.clock.now()), said.value
    when = say.full(value.at) if value.is_timed else say.date(value.at)
    facts = [(KINDS[of].label, value_in_words(of, value)), ("Mesuré", when)]
    return [*facts, ("Remarque", value.note)] if value.note else facts


def kind_of(request: web.Request) -> MeasureKind:
    """Read which kind a page is of. Raises `NotFound`."""
    named = request.match_info["mesure"]
    found = next((one for one in KINDS if one.value == named), None)
    if found is None:
        raise NotFound("there is no such kind of measure")
    return found


def typed_kind_of(request: web.Request) -> MeasureKind:
    """Read the same, of a kind that people type. Raises `NotFound`."""
    found = kind_of(request)
    if not KINDS[found].is_typed:
        raise NotFound(f"{found.value} is computed")
    return found


def version_of(form: Form) -> int:
    """Read from which version a form was filled; 0 when there was none."""
    text = form.text("version")
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 9 else 0


def _period(request: web.Request) -> MeasurePeriod:
    asked = request.query.get("periode", "")
    return next((one for one in MeasurePeriod if one.value == asked), MeasurePeriod.YEAR)
