"""What documents propose among « Mesures »: accepted or refused."""

from aiohttp import web

from gateway.domain.errors import ChangedMeanwhile
from webmail.context import person_of, see_other
from webmail.forms import read_form
from webmail.measures.port import MEASURES
from webmail.paths import ID
from webmail.references import number_of

routes = web.RouteTableDef()


@routes.post("/profil/mesures/propositions/{proposition:" + ID + "}", name="proposed_measure")
async def answer(request: web.Request) -> web.Response:
    """Accept a measure, or refuse it."""
    accepted = (await read_form(request)).text("geste") == "accepter"
    number = number_of(request.match_info["proposition"])
    try:
        await request.app[MEASURES].answer_proposed_measure(person_of(request).actor, number, accepted=accepted)
    except ChangedMeanwhile:
        return see_other("/profil/mesures")
    return see_other(f"/profil/mesures?fait={'accepter' if accepted else 'refuser'}")
