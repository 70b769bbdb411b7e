"""« Mes proches »: everybody for whom one acts, the choice of one, and minors whose space waits."""

from aiohttp import web

from gateway.domain.account import digest_of
from gateway.domain.carers import LEVELS
from gateway.domain.errors import Conflict, NotFound
from webmail.context import TOKEN, page, person_of, pulse_of, see_other
from webmail.forms import read_form
from webmail.paths import ID, RELATIVES_PATH
from webmail.relatives.port import RELATIVES
from webmail.relatives.wording import AGENT_FIRST, DONE, NOT_CERTIFIED

routes = web.RouteTableDef()
_DEPENDANT = f"{RELATIVES_PATH}/{{proche:{ID}}}"


@routes.get(RELATIVES_PATH, name="relatives")
async def relatives(request: web.Request) -> web.Response:
    """Show for whom one acts, and what is new for them."""
    person = person_of(request)
    return page(
        request,
        "relatives.html",
        tab="proches",
        # Who may not act any more is shown this page first, and nothing of the other space.
        pulse=None if person.ended_for else await pulse_of(request),
        family=await request.app[RELATIVES].family(person.actor),
        ended_for=person.ended_for,
        is_of_oneself="soi" in request.query,
        done=DONE.get(request.query.get("fait", ""), ""),
    )


@routes.post(f"{RELATIVES_PATH}/agir", name="act_for")
async def act_for(request: web.Request) -> web.Response:
    """Act for somebody from now on."""
    form = await read_form(request)
    actor = person_of(request).actor
    await request.app[RELATIVES].act_for(actor, digest_of(request[TOKEN]), form.text("personne")[:40])
    return see_other("/")


@routes.post(f"{RELATIVES_PATH}/moi", name="act_for_oneself")
async def act_for_oneself(request: web.Request) -> web.Response:
    """Go back to one's own space."""
    await read_form(request)
    await request.app[RELATIVES].act_for_oneself(person_of(request).actor, digest_of(request[TOKEN]))
    return see_other(RELATIVES_PATH)


@routes.post(f"{RELATIVES_PATH}/fin", name="renounce")
async def renounce(request: web.Request) -> web.Response:
    """Act for somebody no more, or in one part less."""
    form = await read_form(request)
    actor, service, name = person_of(request).actor, request.app[RELATIVES], form.text("personne")[:40]
    if given_up := form.text("partie"):
        part = next((one for one in LEVELS if one.value == given_up), None)
        if part is None:
            raise NotFound("there is no such part")
        await service.give_up_part(actor, name, part)
        return see_other(f"{RELATIVES_PATH}?fait=partie#fait")
    await service.renounce(actor, digest_of(request[TOKEN]), name)
    return see_other(f"{RELATIVES_PATH}?fait=fin#fait")


@routes.get(f"{RELATIVES_PATH}/fin")
@routes.get(f"{RELATIVES_PATH}/agir")
@routes.get(f"{RELATIVES_PATH}/moi")
async def chosen(_request: web.Request) -> web.Response:
    """Lead to the list: a refused form leaves such an address in the browser, which may ask for it."""
    return see_other(RELATIVES_PATH)


@routes.get(_DEPENDANT, name="dependant")
async def dependant(request: web.Request) -> web.Response:
    """Ask whether one is the legal representative of a minor."""
    return await _dependant_page(request)


@routes.post(_DEPENDANT, name="dependant")
async def answer(request: web.Request) -> web.Response:
    """Activate the space of a minor, or note that one is not the legal representative."""
    form = await read_form(request)
    service, actor, name = request.app[RELATIVES], person_of(request).actor, request.match_info["proche"]
    if form.text("reponse") == "non":
        await service.deny(actor, name)
        return see_other(f"{RELATIVES_PATH}?fait=refus#fait")
    if not form.text("certifie"):
        return await _dependant_page(request, refusal=NOT_CERTIFIED, status=422)
    try:
        await service.certify(actor, name)
    except Conflict:
        return await _dependant_page(request, refusal=AGENT_FIRST, status=409)
    return see_other(f"{RELATIVES_PATH}?fait=active#fait")


async def _dependant_page(request: web.Request, *, refusal: str = "", status: int = 200) -> web.Response:
    person = person_of(request)
    found = await request.app[RELATIVES].dependant(person.actor, request.match_info["proche"])
    return page(
        request, "dependant.html", tab="proches", pulse=None if person.ended_for else await pulse_of(request),
        status=status, child=found, refusal=refusal,
    )  # fmt: skip
