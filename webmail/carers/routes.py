"""« Aidants »: asked with rights by part and a last day, changed, ended."""

from collections.abc import Mapping
from datetime import date, timedelta

from aiohttp import web

from gateway.domain.access import SpacePart
from gateway.domain.carers import LEVELS, LONGEST_DAYS, MOST_CARERS, CarerLevel, CarerTerms
from gateway.domain.errors import Conflict, InvalidValue
from gateway.domain.identity import BirthDate
from gateway.domain.local_days import local_day
from gateway.domain.mandates import NamedPerson
from gateway.services.representation.offers import MadeOffer
from webmail.carer_words import PARTS, choices_of
from webmail.carers.model import ShownCarer
from webmail.carers.port import CARERS
from webmail.context import context_of, page, person_of, pulse_of, see_other
from webmail.downloads import send_file
from webmail.forms import Form, read_form
from webmail.paths import ID

routes = web.RouteTableDef()
PATH = "/parametres/aidants"
INVITE = f"{PATH}/inviter"
_ONE = f"{PATH}/{{aidant:{ID}}}"
_LONGEST = 60
_WHO = ("nom", "prenom", "naissance")
_NAMED = "Donnez le nom de naissance, le premier prénom et la date de naissance complète."
_TERMS = "Choisissez au moins un droit, et un dernier jour d’aujourd’hui à un an."
_NOT_NOW = f"C’est le maximum\u00a0: {MOST_CARERS} aidants, et {MOST_CARERS} invitations qui attendent."
_DONE = {
    "change": "C’est fait. Les nouveaux droits comptent tout de suite, et nous vous prévenons tous les deux.",
    "fin": "C’est fait. Cette personne n’a plus accès à cet espace.",
}


@routes.get(PATH, name="carers")
async def carers(request: web.Request) -> web.Response:
    """List the carers of the space."""
    pulse = await pulse_of(request)
    people = await request.app[CARERS].carers(person_of(request).actor)
    return page(
        request, "carers.html", tab="parametres", pulse=pulse, carers=people, may_invite=len(people) < MOST_CARERS,
        most=MOST_CARERS, done=_DONE.get(request.query.get("fait", ""), ""),
    )  # fmt: skip


@routes.get(INVITE, name="invite_carer")
async def invite(request: web.Request) -> web.Response:
    """Ask whom one invites, and what they may do."""
    return await _invite_page(request)


@routes.post(INVITE, name="invite_carer")
async def invited(request: web.Request) -> web.Response:
    """Ask somebody to be a carer, and show the code to hand over, this once."""
    form = await read_form(request)
    typed = _typed(form)
    asked, terms = _named(typed), _terms(form)
    if asked is None:
        return await _invite_page(request, typed=typed, refusal=_NAMED, status=422)
    try:
        if terms is None:
            raise InvalidValue("no day")
        made = await request.app[CARERS].invite_carer(person_of(request).actor, asked, terms)
    except InvalidValue:
        return await _invite_page(request, typed=typed, refusal=_TERMS, status=422)
    except Conflict:
        return await _invite_page(request, typed=typed, refusal=_NOT_NOW, status=409)
    return await _invite_page(request, typed=typed, made=made)


@routes.get(_ONE, name="carer")
async def carer(request: web.Request) -> web.Response:
    """Show what a carer may do."""
    return await _carer_page(request)


@routes.post(_ONE, name="carer")
async def changed(request: web.Request) -> web.Response:
    """Give a carer more or less, or another last day."""
    form = await read_form(request)
    terms = _terms(form)
    try:
        if terms is None:
            raise InvalidValue("no day")
        await request.app[CARERS].change_carer(person_of(request).actor, request.match_info["aidant"], terms)
    except InvalidValue:
        return await _carer_page(request, typed=_typed(form), refusal=_TERMS, status=422)
    return see_other(f"{PATH}?fait=change#fait")


@routes.get(f"{_ONE}/preuve", name="carer_proof")
async def proof(request: web.Request) -> web.StreamResponse:
    """Send the proof of what a carer was given."""
    actor = person_of(request).actor
    return await send_file(request, await request.app[CARERS].carer_proof(actor, request.match_info["aidant"]))


@routes.post(f"{_ONE}/fin", name="end_carer")
async def ended(request: web.Request) -> web.Response:
    """Let a carer act no more, or take an invitation back."""
    await read_form(request)
    await request.app[CARERS].end_carer(person_of(request).actor, request.match_info["aidant"])
    return see_other(f"{PATH}?fait=fin#fait")


@routes.get(f"{_ONE}/fin", name="ended_carer")
async def led_back(_request: web.Request) -> web.Response:
    """Lead to the list: a refused form leaves its address in the browser, which may ask for it."""
    return see_other(PATH)


def _typed(form: Form) -> dict[str, str]:
    names = (*_WHO, "dernier_jour", *(part.value for part in LEVELS))
    return {name: form.text(name).strip()[:_LONGEST] for name in names}


def _named(typed: Mapping[str, str]) -> NamedPerson | None:
    try:
        asked = NamedPerson(typed["nom"], typed["prenom"], BirthDate.parse(typed["naissance"]))
    except InvalidValue:
        return None
    return asked if asked.birth_name and asked.first_name and asked.born.day else None


def _terms(form: Form) -> CarerTerms | None:
    """Read rights and last day; what is no level gives nothing, None for what is no day."""
    levels = {part: _level(form.text(part.value)) for part in LEVELS}
    try:
        return CarerTerms(levels=levels, last_day=date.fromisoformat(form.text("dernier_jour").strip()[:10]))
    except ValueError:
        return None


def _level(text: str) -> CarerLevel:
    return next((level for level in CarerLevel if level.value == text), CarerLevel.NOTHING)


def _fields(typed: Mapping[str, str]) -> list[tuple[str, str, str, list[tuple[str, str]]]]:
    """Give the name, the label, the chosen value and the choices of each part."""
    return [(part.value, PARTS[part], typed.get(part.value, ""), choices_of(part)) for part in LEVELS]


def _days(request: web.Request) -> tuple[date, date]:
    today = local_day(context_of(request).clock.now())
    return today, today + timedelta(days=LONGEST_DAYS)


async def _invite_page(
    request: web.Request, *, typed: Mapping[str, str] | None = None, made: MadeOffer | None = None,
    refusal: str = "", status: int = 200,
) -> web.Response:  # fmt: skip
    pulse = await pulse_of(request)
    await request.app[CARERS].carers(person_of(request).actor)  # who may not ask sees no form
    filled = typed or dict.fromkeys((*_WHO, "dernier_jour"), "")
    return page(
        request, "carer_invitation.html", tab="parametres", pulse=pulse, status=status, typed=filled,
        fields=_fields(filled), days=_days(request), made=made, refusal=refusal, own_path=INVITE,
    )  # fmt: skip


async def _carer_page(
    request: web.Request, *, typed: Mapping[str, str] | None = None, refusal: str = "", status: int = 200
) -> web.Response:
    pulse = await pulse_of(request)
    found = await request.app[CARERS].carer(person_of(request).actor, request.match_info["aidant"])
    filled = typed or _kept(found)
    return page(
        request, "carer.html", tab="parametres", pulse=pulse, status=status, carer=found, typed=filled,
        fields=_fields(filled), days=_days(request), refusal=refusal,
    )  # fmt: skip


def _kept(carer: ShownCarer) -> dict[str, str]:
    levels: Mapping[SpacePart, CarerLevel] = carer.levels
    return {part.value: level.value for part, level in levels.items()} | {"dernier_jour": str(carer.last_day)}
