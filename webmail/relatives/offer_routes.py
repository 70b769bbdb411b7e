"""A second legal representative: asked by the first, in the child's space; answered in one's own, with a code."""

from collections.abc import Iterable

from aiohttp import web

from gateway.domain.access import Actor, Role
from gateway.domain.errors import Conflict, InvalidValue, NotFound
from gateway.domain.identity import BirthDate
from gateway.domain.mandates import MandateKind, NamedPerson
from gateway.services.representation.offers import MadeOffer, ShownOffer
from webmail.context import page, person_of, pulse_of, see_other
from webmail.downloads import send_file
from webmail.forms import Form, read_form
from webmail.paths import ID, RELATIVES_PATH
from webmail.relatives.model import ShownRepresentative
from webmail.relatives.port import RELATIVES
from webmail.relatives.wording import BAD_CODE, ENDED, ENOUGH, NOT_NOW, WHO

routes = web.RouteTableDef()
REPRESENTATIVES, CODE = f"{RELATIVES_PATH}/representants", f"{RELATIVES_PATH}/code"
_LONGEST = 60
_NOTHING = {"nom": "", "prenom": "", "naissance": ""}


@routes.get(REPRESENTATIVES, name="representatives")
async def representatives(request: web.Request) -> web.Response:
    """Show who acts in the space; whoever acts for a child may ask one more."""
    return await _representatives(request)


@routes.post(REPRESENTATIVES, name="representatives")
async def invite(request: web.Request) -> web.Response:
    """Ask one more, and show the code to hand over, this once."""
    form = await read_form(request)
    typed = {name: form.text(name).strip()[:_LONGEST] for name in ("nom", "prenom", "naissance")}
    try:
        asked = NamedPerson(typed["nom"], typed["prenom"], BirthDate.parse(typed["naissance"]))
    except InvalidValue:
        asked = None
    if asked is None or not (asked.birth_name and asked.first_name and asked.born.day):
        return await _representatives(request, typed=typed, refusal=WHO, status=422)
    try:
        made = await request.app[RELATIVES].invite_guardian(person_of(request).actor, asked)
    except Conflict:
        return await _representatives(request, typed=typed, refusal=NOT_NOW, status=409)
    return await _representatives(request, made=made)


@routes.post(f"{REPRESENTATIVES}/retrait", name="withdraw_offer")
async def withdraw(request: web.Request) -> web.Response:
    """Take an offer back."""
    form = await read_form(request)
    await request.app[RELATIVES].withdraw_offer(person_of(request).actor, form.text("invitation")[:40])
    return see_other(f"{REPRESENTATIVES}?fait=retrait#fait")


@routes.get(CODE, name="offer_code")
async def show_code(request: web.Request) -> web.Response:
    """Ask for the code that one was given."""
    return await _code_page(request)


@routes.post(CODE, name="offer_code")
async def read_code(request: web.Request) -> web.Response:
    """Show the offer of a code; or keep the answer to it."""
    form = await read_form(request)
    service, actor, code = request.app[RELATIVES], person_of(request).actor, form.text("code")[:_LONGEST]
    try:
        if form.text("reponse") in ("oui", "non"):
            return await _answered(request, form, code)
        return await _code_page(request, code=code, offer=await service.offer(actor, code))
    except NotFound:
        return await _code_page(request, refusal=BAD_CODE, status=404)
    except Conflict:
        return await _code_page(request, refusal=ENOUGH, status=409)


@routes.get(f"{RELATIVES_PATH}/preuves/{{mandat:{ID}}}", name="mandate_proof")
async def proof(request: web.Request) -> web.StreamResponse:
    """Send the proof of what one was given as a carer."""
    actor, name = person_of(request).actor, request.match_info["mandat"]
    return await send_file(request, await request.app[RELATIVES].mandate_proof(actor, name))


@routes.post(f"{REPRESENTATIVES}/fin", name="take_back")
async def take_back(request: web.Request) -> web.Response:
    """Let somebody act in the space no more."""
    form = await read_form(request)
    await request.app[RELATIVES].take_back(person_of(request).actor, form.text("representant")[:40])
    return see_other(f"{REPRESENTATIVES}?fait=fin#fait")


@routes.get(f"{REPRESENTATIVES}/fin")
@routes.get(f"{REPRESENTATIVES}/retrait")
async def withdrawn(_request: web.Request) -> web.Response:
    """Lead to the list: a refused form leaves this address in the browser, which may ask for it."""
    return see_other(REPRESENTATIVES)


async def _answered(request: web.Request, form: Form, code: str) -> web.Response:
    accepts = form.text("reponse") == "oui"
    await request.app[RELATIVES].answer_offer(person_of(request).actor, code, accepts=accepts)
    return see_other(f"{RELATIVES_PATH}?fait={'accepte' if accepts else 'decline'}#fait")


async def _code_page(
    request: web.Request, *, code: str = "", offer: ShownOffer | None = None, refusal: str = "", status: int = 200
) -> web.Response:
    person = person_of(request)
    return page(
        request, "offer_code.html", tab="proches", pulse=None if person.ended_for else await pulse_of(request),
        status=status, code=code, offer=offer, refusal=refusal,
    )  # fmt: skip


async def _representatives(
    request: web.Request,
    *,
    typed: dict[str, str] | None = None,
    made: MadeOffer | None = None,
    refusal: str = "",
    status: int = 200,
) -> web.Response:
    actor = person_of(request).actor
    people = await request.app[RELATIVES].representatives(actor)
    if not people:
        raise NotFound("nobody is represented here")
    return page(
        request, "representatives.html", tab="proches", pulse=await pulse_of(request), status=status,
        people=people, typed=typed or _NOTHING, made=made, refusal=refusal, may_invite=_may_invite(actor, people),
        done=ENDED.get(request.query.get("fait", ""), ""), own_path=REPRESENTATIVES,
    )  # fmt: skip


def _may_invite(actor: Actor, people: Iterable[ShownRepresentative]) -> bool:
    return actor.role is Role.GUARDIAN and any(one.kind is MandateKind.MINOR for one in people)
