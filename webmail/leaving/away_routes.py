"""The one page of a closed space: its day, and how to open it again (A17, F27)."""

from aiohttp import web

from gateway.domain.errors import Conflict
from webmail.context import page, person_of, see_other
from webmail.forms import read_form
from webmail.leaving.port import LEAVING
from webmail.paths import AWAY_PATH

routes = web.RouteTableDef()


@routes.get(AWAY_PATH, name="away")
async def show_away(request: web.Request) -> web.Response:
    """Show it; whose space is open goes home."""
    found = await request.app[LEAVING].away_space(person_of(request).actor)
    return page(request, "away.html", away=found) if found else see_other("/")


@routes.post(AWAY_PATH, name="reopen")
async def reopen(request: web.Request) -> web.Response:
    """Open the space again, as it was."""
    await read_form(request)
    try:
        cancelled = await request.app[LEAVING].reopen_space(person_of(request).actor)
    except Conflict:
        return see_other(AWAY_PATH)
    return page(request, "reopened.html", cancelled=cancelled)


@routes.get(f"{AWAY_PATH}/preuve", name="proof_of_asking")
async def proof_of_asking(request: web.Request) -> web.Response:
    """Give the proof of an erasure that is asked for."""
    try:
        proof = await request.app[LEAVING].proof_of_asking(person_of(request).actor)
    except Conflict:
        return see_other(AWAY_PATH)
    disposition = 'attachment; filename="preuve-effacement.pdf"'
    return web.Response(body=proof, content_type="application/pdf", headers={"Content-Disposition": disposition})
