"""« Mes patients », the search of one, and a patient's page, from which an exchange is ended (A8)."""

from aiohttp import web

from gateway.domain.health_card import birth_date_typed, number_typed
from webmail.context import context_of, page, see_other
from webmail.forms import read_form
from webmail.paths import ID
from webpro.patients.port import PATIENTS
from webpro.professional import professional_in

routes = web.RouteTableDef()
_PATIENT = f"/patients/{{patient:{ID}}}"
_NUMBER = "Ce numéro n’a pas la bonne forme. Saisissez les 15 caractères du matricule INS, ou les 13 premiers."
_NOT_WRONG = {"numero": "", "naissance": ""}
_BORN = "Écrivez le jour, le mois et l’année. Par exemple\u00a0: 30/05/1990."


@routes.get("/", name="console_patients")
async def show_patients(request: web.Request) -> web.Response:
    """List the professional's patients, the latest first."""
    actor = professional_in(request).actor
    before = request.query.get("avant", "")[:40]
    found = await request.app[PATIENTS].listed(actor, before)
    return page(request, "own_patients.html", tab="patients", found=found, is_first=not before)


@routes.get("/recherche", name="console_search")
async def show_search(request: web.Request) -> web.Response:
    """Ask for number and birth date of whoever is looked for."""
    return page(request, "patient_search.html", tab="recherche", number="", born="", wrong=_NOT_WRONG)


@routes.post("/recherche", name="console_search")
async def search(request: web.Request) -> web.Response:
    """Go to a page that is there whoever was looked for, and whether or not they are here."""
    form = await read_form(request)
    number, born = form.text("numero")[:40], form.text("naissance")[:40]
    read, birth = number_typed(number), birth_date_typed(born)
    if read is None or birth is None:
        wrong = {"numero": "" if read else _NUMBER, "naissance": "" if birth else _BORN}
        return page(
            request, "patient_search.html", tab="recherche", status=400, number=number, born=born, wrong=wrong
        )
    return see_other(f"/pro/patients/{await request.app[PATIENTS].find(read, birth)}")


@routes.get(_PATIENT, name="console_patient")
async def show_patient(request: web.Request) -> web.Response:
    """Show a patient, or say that this record is not open to them, whether or not there is one."""
    reference = request.match_info["patient"]
    patient = await request.app[PATIENTS].patient(professional_in(request).actor, reference)
    return page(request, "own_patient.html", tab="patients", patient=patient, reference=reference)


@routes.post(f"{_PATIENT}/fin", name="console_exchange_end")
async def end_exchange(request: web.Request) -> web.Response:
    """End the exchange with a patient."""
    await read_form(request)
    reference = request.match_info["patient"]
    await request.app[PATIENTS].end_exchange(professional_in(request).actor, reference)
    return see_other(f"{context_of(request).entrance.home}patients/{reference}")
