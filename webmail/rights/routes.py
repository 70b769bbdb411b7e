"""« Vos droits »: what one may do with one's data, what was asked and by when it is due, and asking a doctor."""

from aiohttp import web

from gateway.domain.errors import NotFound
from gateway.domain.rights_requests import MAX_WORDS
from gateway.services.requests.doctor_requests import DoctorQuestion
from webmail.context import page, person_of, pulse_of, see_other
from webmail.forms import read_form
from webmail.rights.port import RIGHTS
from webmail.rights.wording import DONE, FAULTS, TO_YOU

PATH = "/parametres/droits"
DOCTOR, REQUESTS = f"{PATH}/medecin", f"{PATH}/demandes"
routes = web.RouteTableDef()
_LONGEST = 255
_NOTHING = {"medecin": "", "adresse": "", "age": "", "documents": ""}


@routes.get(PATH, name="rights")
async def rights(request: web.Request) -> web.Response:
    """List the rights, and what was asked."""
    pulse = await pulse_of(request)
    return page(
        request,
        "rights.html",
        tab="parametres",
        pulse=pulse,
        requests=await request.app[RIGHTS].own_requests(person_of(request).actor),
        relations=TO_YOU,
        done=DONE.get(request.query.get("fait", ""), ""),
    )


@routes.get(DOCTOR, name="ask_doctor")
async def ask_doctor(request: web.Request) -> web.Response:
    """Offer to ask a doctor of one's choice."""
    return await _doctor_page(request, _NOTHING, "")


@routes.post(DOCTOR, name="ask_doctor")
async def send_to_doctor(request: web.Request) -> web.Response:
    """Ask one; a form with a fault keeps what was typed."""
    form = await read_form(request)
    typed = {name: form.text(name)[:_LONGEST] for name in ("medecin", "adresse", "age")}
    typed["documents"] = form.text("documents").replace("\r\n", "\n")
    question = DoctorQuestion(
        reference="" if typed["adresse"].strip() else typed["medecin"],
        address=typed["adresse"],
        words=typed["documents"],
        older=typed["age"] == "ancien",
    )
    fault = await request.app[RIGHTS].ask_doctor(person_of(request).actor, question)
    return await _doctor_page(request, typed, FAULTS[fault]) if fault else see_other(f"{PATH}?fait=demande#fait")


@routes.post(REQUESTS, name="end_request")
async def end_request(request: web.Request) -> web.Response:
    """Take a request back, or note that what was asked for came."""
    form = await read_form(request)
    actor, name, act = person_of(request).actor, form.text("demande")[:40], form.text("acte")
    if act == "retirer":
        await request.app[RIGHTS].withdraw_request(actor, name)
        return see_other(f"{PATH}?fait=retiree#fait")
    if act == "recu":
        await request.app[RIGHTS].note_request_answered(actor, name)
        return see_other(f"{PATH}?fait=recue#fait")
    if act in ("accorder", "refuser"):
        await request.app[RIGHTS].decide_access_request(actor, name, grants=act == "accorder")
        return see_other(f"{PATH}?fait={'accord' if act == 'accorder' else 'refus'}#fait")
    raise NotFound("no such act")


@routes.get(REQUESTS, name="ended_request")
async def led_back(_: web.Request) -> web.Response:
    """Lead to the page: a refused form leaves its address in the browser, which may ask for it."""
    return see_other(PATH)


async def _doctor_page(request: web.Request, typed: dict[str, str], refusal: str) -> web.Response:
    pulse = await pulse_of(request)
    return page(
        request,
        "ask_doctor.html",
        tab="parametres",
        pulse=pulse,
        status=422 if refusal else 200,
        doctors=await request.app[RIGHTS].askable_doctors(person_of(request).actor),
        typed=typed,
        refusal=refusal,
        longest=MAX_WORDS,
    )
