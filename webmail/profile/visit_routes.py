"""The questions of the first visit: one a page, each skipped in one touch, all of them too (F29)."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field

from aiohttp import web

from gateway.domain.errors import ChangedMeanwhile, Conflict
from gateway.domain.local_days import local_day
from gateway.domain.measure_checks import CheckedMeasure, MeasureFault
from gateway.domain.measures import MeasureKind
from gateway.domain.profile import ProfileSection
from gateway.domain.profile_checks import CheckedFields
from gateway.domain.profile_fields import Field
from gateway.domain.profile_sections import SECTIONS
from gateway.services.random_numbers import random_number
from webmail.context import context_of, page, person_of, pulse_of, see_other
from webmail.entry_forms import FAULTS
from webmail.forms import Form, read_form
from webmail.measures.port import MEASURES
from webmail.measures.wording import faults_in_words
from webmail.profile.port import PROFILE
from webmail.references import number_of, reference_of

routes = web.RouteTableDef()
PATH = "/profil/premiere-visite"
_ANSWERED = "Vous avez déjà donné une autre réponse, qui est gardée. Envoyez de nouveau pour ajouter celle-ci."
_NUMBER = Field(name="valeur", label="Valeur", longest=12, is_needed=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitQuestion:
    """One question.

    Attributes:
        section: where the answer goes; a kind of measure takes one number, of today.
        names: the fields that it asks for, of its section.
        fixed: what the question itself says of others.
        unit: what stands behind a number.
        goes_on: an answer leads to the next question, since there is only one answer.
    """

    section: ProfileSection | MeasureKind
    words: str
    names: tuple[str, ...]
    about: str = ""
    fixed: Mapping[str, str] = field(default_factory=dict)
    unit: str = ""
    goes_on: bool = False


QUESTIONS = (
    VisitQuestion(
        section=MeasureKind.HEIGHT, words="Quelle est votre taille\u00a0?", names=("valeur",),
        unit="En centimètres, par exemple 168.", goes_on=True,
    ),
    VisitQuestion(
        section=MeasureKind.WEIGHT, words="Quel est votre poids\u00a0?", names=("valeur",),
        unit="En kilogrammes, par exemple 72,5.", goes_on=True,
    ),
    VisitQuestion(
        section=ProfileSection.ALLERGIES, words="Avez-vous des allergies\u00a0?", names=("nom",),
        about="Médicaments, aliments, pollens, piqûres…",
    ),
    VisitQuestion(
        section=ProfileSection.ILLNESSES, words="Avez-vous une maladie\u00a0?", names=("nom",),
        about="Asthme, diabète, hypertension… Une à la fois.",
    ),
    VisitQuestion(
        section=ProfileSection.TREATMENTS, words="Prenez-vous des médicaments\u00a0?", names=("nom", "posologie"),
        about="Un à la fois, comme sur la boîte.",
    ),
    VisitQuestion(
        section=ProfileSection.CONTACTS, words="Qui prévenir en cas d’urgence\u00a0?", names=("nom", "telephone"),
        fixed={"role": "urgence"}, goes_on=True,
    ),
)  # fmt: skip


@routes.get(PATH, name="first_visit")
async def question(request: web.Request) -> web.Response:
    """Show one question."""
    return await _question_page(request, _step(request.query.get("etape", "")))


@routes.post(PATH, name="first_visit")
async def answer(request: web.Request) -> web.Response:
    """Keep an answer, or go on without one."""
    form = await read_form(request)
    step, act = _step(form.text("etape")), form.text("geste")
    asked, actor = QUESTIONS[step], person_of(request).actor
    if act == "finir":
        return await _end(request)
    if act == "rien":
        if isinstance(asked.section, ProfileSection):
            with suppress(Conflict):  # something stands there by now: there is nothing to say of it
                await request.app[PROFILE].declare_nothing(actor, asked.section, said=True)
    elif act != "passer":
        told = await _keep(request, asked, form)
        if told is not None:
            return await _question_page(request, step, form, told)
        if not asked.goes_on:
            return see_other(f"{PATH}?etape={step + 1}")
    return await _end(request) if step + 1 == len(QUESTIONS) else see_other(f"{PATH}?etape={step + 2}")


@dataclass(frozen=True, slots=True)
class _Told:
    """What is wrong, by field; `said` is an unlikely number that may be said again.

    `is_answered` when another answer was kept of this form: what is typed now is another one, never dropped.
    """

    faults: Mapping[str, str]
    said: str = ""
    is_answered: bool = False


async def _keep(request: web.Request, asked: VisitQuestion, form: Form) -> _Told | None:
    """Keep an answer; gives what is wrong with it."""
    try:
        return await _kept(request, asked, form)
    except ChangedMeanwhile:
        return _Told({asked.names[0]: _ANSWERED}, is_answered=True)


async def _kept(request: web.Request, asked: VisitQuestion, form: Form) -> _Told | None:
    actor, number = person_of(request).actor, number_of(form.text("fiche"))
    typed = {name: form.text(name) for name in asked.names}
    if isinstance(asked.section, MeasureKind):
        today = local_day(context_of(request).clock.now()).isoformat()
        typed |= {"jour": today, "confirme": form.text("confirme")}
        measured = await request.app[MEASURES].save_measure(actor, asked.section, number, 0, typed)
        if not isinstance(measured, CheckedMeasure):
            return None
        asks = MeasureFault.UNLIKELY in measured.faults.values()
        return _Told(faults_in_words(asked.section, measured.faults, typed), measured.said if asks else "")
    saved = await request.app[PROFILE].save_profile_entry(actor, asked.section, number, 0, {**typed, **asked.fixed})
    if not isinstance(saved, CheckedFields):
        return None
    return _Told({name: FAULTS[fault] for name, fault in saved.faults.items()})


async def _end(request: web.Request) -> web.Response:
    await request.app[PROFILE].end_first_visit(person_of(request).actor)
    return see_other("/profil?fait=visite")


def _step(text: str) -> int:
    number = int(text) if text.isascii() and text.isdigit() and len(text) <= 2 else 1
    return min(max(number, 1), len(QUESTIONS)) - 1


_NO_FAULT = _Told({})


async def _question_page(
    request: web.Request, step: int, form: Form | None = None, told: _Told = _NO_FAULT
) -> web.Response:
    pulse, asked = await pulse_of(request), QUESTIONS[step]
    found, fields = None, [_NUMBER]
    if isinstance(asked.section, ProfileSection):
        found = await request.app[PROFILE].profile_section(person_of(request).actor, asked.section)
        fields = [SECTIONS[asked.section].field(name) for name in asked.names]
    return page(
        request,
        "profile_visit.html",
        tab="profil",
        pulse=pulse,
        status=422 if told.faults else 200,
        own_path=f"{PATH}?etape={step + 1}",
        step=step + 1,
        steps=len(QUESTIONS),
        asked=asked,
        fields=fields,
        may_be_nothing=found is not None and SECTIONS[found.section].may_be_nothing and not found.count,
        entries=() if asked.goes_on or found is None else found.current,
        number=form.text("fiche") if form and not told.is_answered else reference_of(random_number()),
        typed={name: form.text(name) if form else "" for name in asked.names},
        faults=told.faults,
        said=told.said,
    )
