"""The questions of the first visit: one a page, each skipped in one touch, all of them too (F29)."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field

from aiohttp import web

from gateway.domain.errors import Conflict
from gateway.domain.profile import ProfileSection
from gateway.domain.profile_checks import CheckedFields
from gateway.domain.profile_sections import SECTIONS
from gateway.services.random_numbers import random_number
from webmail.context import page, person_of, pulse_of, see_other
from webmail.forms import Form, read_form
from webmail.profile.port import PROFILE
from webmail.profile.wording import FAULTS
from webmail.references import number_of, reference_of

routes = web.RouteTableDef()
PATH = "/profil/premiere-visite"


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitQuestion:
    """One question.

    Attributes:
        names: the fields that it asks for, of its section.
        fixed: what the question itself says of others.
        unit: what stands behind a number.
        goes_on: an answer leads to the next question, since there is only one answer.
    """

    section: ProfileSection
    words: str
    names: tuple[str, ...]
    about: str = ""
    fixed: Mapping[str, str] = field(default_factory=dict)
    unit: str = ""
    goes_on: bool = False


QUESTIONS = (
    VisitQuestion(
        section=ProfileSection.MEASURES, words="Quelle est votre taille\u00a0?", names=("valeur",),
        fixed={"genre": "taille"}, unit="en centimètres, par exemple 168", goes_on=True,
    ),
    VisitQuestion(
        section=ProfileSection.MEASURES, words="Quel est votre poids\u00a0?", names=("valeur",),
        fixed={"genre": "poids"}, unit="en kilogrammes, par exemple 72,5", goes_on=True,
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
    asked, service, actor = QUESTIONS[step], request.app[PROFILE], person_of(request).actor
    if act == "finir":
        return await _end(request)
    if act == "rien":
        with suppress(Conflict):  # something stands there by now: there is nothing to say of it
            await service.declare_nothing(actor, asked.section, said=True)
    elif act != "passer":
        typed = {name: form.text(name) for name in asked.names}
        number = number_of(form.text("fiche"))
        saved = await service.save_profile_entry(actor, asked.section, number, 0, {**typed, **asked.fixed})
        if isinstance(saved, CheckedFields):
            return await _question_page(request, step, form, saved)
        if not asked.goes_on:
            return see_other(f"{PATH}?etape={step + 1}")
    return await _end(request) if step + 1 == len(QUESTIONS) else see_other(f"{PATH}?etape={step + 2}")


async def _end(request: web.Request) -> web.Response:
    await request.app[PROFILE].end_first_visit(person_of(request).actor)
    return see_other("/profil?fait=visite")


def _step(text: str) -> int:
    number = int(text) if text.isascii() and text.isdigit() and len(text) <= 2 else 1
    return min(max(number, 1), len(QUESTIONS)) - 1


async def _question_page(
    request: web.Request, step: int, form: Form | None = None, told: CheckedFields | None = None
) -> web.Response:
    pulse, asked = await pulse_of(request), QUESTIONS[step]
    rules = SECTIONS[asked.section]
    found = await request.app[PROFILE].profile_section(person_of(request).actor, asked.section)
    return page(
        request,
        "profile_visit.html",
        tab="profil",
        pulse=pulse,
        status=422 if told else 200,
        own_path=f"{PATH}?etape={step + 1}",
        step=step + 1,
        steps=len(QUESTIONS),
        asked=asked,
        fields=[rules.field(name) for name in asked.names],
        may_be_nothing=rules.may_be_nothing and not found.count,
        entries=() if asked.goes_on else found.current,
        number=form.text("fiche") if form else reference_of(random_number()),
        typed={name: form.text(name) if form else "" for name in asked.names},
        faults={name: FAULTS[fault] for name, fault in told.faults.items()} if told else {},
    )
