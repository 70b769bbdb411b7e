"""« Demander un accès »: asked of another person, whoever they are; what others ask of oneself is decided (F89)."""

from collections.abc import Mapping

from aiohttp import web

from gateway.domain.errors import Conflict, InvalidValue
from gateway.domain.health_card import birth_date_typed
from gateway.domain.identity import Ins
from gateway.domain.rights_requests import MAX_WORDS, Relation
from gateway.services.requests.access_requests import AccessQuestion
from webmail.context import page, person_of, pulse_of, see_other
from webmail.forms import read_form
from webmail.rights.port import RIGHTS
from webmail.rights.wording import ACCESS_FAULTS, NOT_FOR_OTHERS, RELATIONS, WHOM

PATH = "/parametres/droits/acces"
routes = web.RouteTableDef()
_LONGEST = 60
_FIELDS = ("nom", "prenom", "naissance", "numero", "lien")
_NOTHING = {**dict.fromkeys(_FIELDS, ""), "motif": ""}


@routes.get(PATH, name="ask_access")
async def ask_access(request: web.Request) -> web.Response:
    """Offer to ask for access."""
    return await _page(request, _NOTHING, "")


@routes.post(PATH, name="ask_access")
async def send_access(request: web.Request) -> web.Response:
    """Ask for it; a form with a fault keeps what was typed, and nothing says whether there is such a person."""
    form = await read_form(request)
    typed = {name: form.text(name).strip()[:_LONGEST] for name in _FIELDS}
    typed["motif"] = form.text("motif").replace("\r\n", "\n")
    question = _question(typed)
    if question is None:
        return await _page(request, typed, WHOM)
    try:
        fault = await request.app[RIGHTS].ask_access(person_of(request).actor, question)
    except Conflict:
        return await _page(request, typed, NOT_FOR_OTHERS)
    if fault:
        return await _page(request, typed, ACCESS_FAULTS[fault])
    return see_other("/parametres/droits?fait=acces#fait")


def _question(typed: Mapping[str, str]) -> AccessQuestion | None:
    born, number = birth_date_typed(typed["naissance"]), "".join(typed["numero"].split())
    relation = next((one for one in Relation if one.value == typed["lien"]), None)
    try:
        parsed = Ins.parse(number)
    except InvalidValue:
        return None
    if born is None or relation is None or not (typed["nom"] and typed["prenom"]):
        return None
    return AccessQuestion(
        birth_name=typed["nom"], first_name=typed["prenom"], born=born, number=parsed, relation=relation,
        words=typed["motif"],
    )  # fmt: skip


async def _page(request: web.Request, typed: Mapping[str, str], refusal: str) -> web.Response:
    pulse, status = await pulse_of(request), 422 if refusal else 200
    return page(
        request, "ask_access.html", tab="parametres", pulse=pulse, status=status, typed=typed, refusal=refusal,
        relations=RELATIONS, longest=MAX_WORDS,
    )  # fmt: skip
