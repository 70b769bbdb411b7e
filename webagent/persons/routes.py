"""A person on the telephone: looked for by number and birth date, then a page with what may be done for them."""

from collections.abc import Awaitable, Callable
from datetime import date

from aiohttp import web

from gateway.domain.agents import LONGEST_REASON, reason_typed
from gateway.domain.errors import Conflict, NotFound
from gateway.domain.health_card import birth_date_typed, number_typed
from gateway.services.agents.agent_looks import LookFault
from webagent.agent import entry_of
from webagent.persons.model import ShownPerson
from webagent.persons.port import PERSONS
from webmail.context import context_of, page, see_other
from webmail.downloads import content_disposition
from webmail.forms import Form, read_form
from webmail.paths import ID

routes = web.RouteTableDef()
_PERSON = f"/personnes/{{person:{ID}}}"
_WRONG = {
    "numero": "Ce numéro n’a pas la bonne forme. Saisissez 15 caractères, ou les 13 premiers.",
    "naissance": "Écrivez le jour, le mois et l’année. Par exemple\u00a0: 30/05/1990.",
    "motif": "Écrivez pourquoi. La personne le lit.",
}
_FAULTS = {
    LookFault.NOBODY: "Personne n’a ce numéro et cette date de naissance ici. Relisez-les avec la personne.",
    LookFault.TOO_MANY: (
        "Vous avez cherché trop de personnes aujourd’hui. Demain, vous pourrez continuer. "
        "Si c’est normal, prévenez votre opérateur."
    ),
}
_DONE = {
    "opposition": "L’opposition est enregistrée, et la personne en est prévenue. Imprimez la preuve pour elle.",
    "deces": "Le décès est enregistré. Plus personne ne se connecte, et les messages sont refusés.",
    "erreur": "Le décès est retiré. L’espace est comme avant.",
}
_NO_REASON = "Écrivez le motif. La personne le lit dans son historique."
_NO_DAY = "Choisissez le jour du décès."
_WRONG_DAY = "Ce jour n’est pas possible\u00a0: il est à venir, ou avant la naissance. Rien n’est enregistré."


@routes.get("/", name="agent_search")
async def show_search(request: web.Request) -> web.Response:
    """Ask for number, birth date and reason."""
    return _search(request, {"numero": "", "naissance": "", "motif": ""})


@routes.post("/", name="agent_search")
async def search(request: web.Request) -> web.Response:
    """Look for somebody; whoever is found reads it in their trace."""
    form = await read_form(request)
    typed = {name: form.text(name)[:LONGEST_REASON] for name in _WRONG}
    number, born = number_typed(typed["numero"]), birth_date_typed(typed["naissance"])
    reason = reason_typed(typed["motif"])
    if number is None or born is None or not reason:
        read = {"numero": number, "naissance": born, "motif": reason}
        return _search(request, typed, frozenset(name for name, value in read.items() if not value), status=400)
    found = await request.app[PERSONS].find(entry_of(request), number, born, reason)
    if isinstance(found, LookFault):
        return _search(request, typed, refusal=_FAULTS[found], status=404 if found is LookFault.NOBODY else 429)
    return see_other(_path(request, found))


def _search(
    request: web.Request,
    typed: dict[str, str],
    wrong: frozenset[str] = frozenset(),
    *,
    refusal: str = "",
    status: int = 200,
) -> web.Response:
    faults = {name: words if name in wrong else "" for name, words in _WRONG.items()}
    return page(
        request, "agent_search.html", tab="recherche", status=status, typed=typed, wrong=faults, refusal=refusal
    )


@routes.get(_PERSON, name="agent_person")
async def show_person(request: web.Request) -> web.Response:
    """Show somebody whom this agent looked for; of anybody else it says the same, whoever it is."""
    try:
        person = await request.app[PERSONS].person(entry_of(request), request.match_info["person"])
    except NotFound:
        return page(request, "agent_nobody.html", status=404)
    return _person(request, person, done=_DONE.get(request.query.get("fait", ""), ""))


@routes.post(f"{_PERSON}/opposition", name="agent_opposition")
async def oppose(request: web.Request) -> web.Response:
    """Note a refusal that was said by telephone."""
    return await _act(request, "opposition", request.app[PERSONS].oppose)


@routes.get(f"{_PERSON}/preuve", name="agent_proof")
async def show_proof(request: web.Request) -> web.Response:
    """Give the proof of a refusal, to be printed and posted."""
    made = await request.app[PERSONS].proof(entry_of(request), request.match_info["person"])
    name = {"Content-Disposition": content_disposition("attachment", "Preuve d’opposition.pdf")}
    return web.Response(body=made, content_type="application/pdf", headers=name)


@routes.post(f"{_PERSON}/code", name="agent_code")
async def hand_out(request: web.Request) -> web.Response:
    """Give a code and show it once: it is on no page that can be read again."""
    form, desk, reference = await read_form(request), request.app[PERSONS], request.match_info["person"]
    reason = reason_typed(form.text("motif"))
    if not reason:
        return await _again(request, form, _NO_REASON)
    code = await desk.hand_out_code(entry_of(request), reference, reason)
    person = await desk.person(entry_of(request), reference)
    return page(request, "agent_code.html", tab="recherche", person=person, code=code)


@routes.post(f"{_PERSON}/deces", name="agent_death")
async def note_death(request: web.Request) -> web.Response:
    """Note the day of a death."""
    form, reference = await read_form(request), request.match_info["person"]
    try:
        day = date.fromisoformat(form.text("jour"))
    except ValueError:
        return await _again(request, form, _NO_DAY)
    reason = reason_typed(form.text("motif"))
    if not reason:
        return await _again(request, form, _NO_REASON)
    try:
        await request.app[PERSONS].note_death(entry_of(request), reference, day, reason)
    except Conflict:
        if (await request.app[PERSONS].person(entry_of(request), reference)).is_dead:
            raise
        return await _again(request, form, _WRONG_DAY)
    return see_other(f"{_path(request, reference)}?fait=deces")


@routes.post(f"{_PERSON}/deces/erreur", name="agent_death_mistake")
async def take_back_death(request: web.Request) -> web.Response:
    """Take back a death that was noted by mistake."""
    return await _act(request, "erreur", request.app[PERSONS].take_back_death)


async def _act(request: web.Request, done: str, act: Callable[..., Awaitable[None]]) -> web.Response:
    form, reference = await read_form(request), request.match_info["person"]
    reason = reason_typed(form.text("motif"))
    if not reason:
        return await _again(request, form, _NO_REASON)
    await act(entry_of(request), reference, reason)
    return see_other(f"{_path(request, reference)}?fait={done}")


async def _again(request: web.Request, form: Form, refusal: str) -> web.Response:
    person = await request.app[PERSONS].person(entry_of(request), request.match_info["person"])
    return _person(request, person, refusal=refusal, day=form.text("jour")[:10], status=400)


def _person(
    request: web.Request, person: ShownPerson, *, done: str = "", refusal: str = "", day: str = "", status: int = 200
) -> web.Response:
    return page(
        request,
        "agent_person.html",
        tab="recherche",
        status=status,
        own_path=_path(request, person.reference),
        person=person,
        done=done,
        refusal=refusal,
        day=day,
    )


def _path(request: web.Request, reference: str) -> str:
    return f"{context_of(request).entrance.home}personnes/{reference}"
