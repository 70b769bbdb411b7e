"""« Mes données »: what the archive holds, in plain words; asked for, downloaded, removed."""

from aiohttp import web

from gateway.domain.account import digest_of
from gateway.domain.errors import NotFound
from webmail.context import TOKEN, page, person_of, pulse_of, see_other
from webmail.downloads import send_file
from webmail.forms import read_form
from webmail.own_data.port import OWN_DATA
from webmail.paths import proof_path

PATH = "/mes-donnees"
routes = web.RouteTableDef()


@routes.get(PATH, name="own_data")
async def own_data(request: web.Request) -> web.Response:
    """Say what the archive holds, and how far it is."""
    pulse = await pulse_of(request)
    archive = await request.app[OWN_DATA].own_archive(person_of(request).actor)
    return page(request, "own_data.html", tab="mes-donnees", pulse=pulse, archive=archive)


@routes.post(PATH, name="ask_archive")
async def ask_archive(request: web.Request) -> web.Response:
    """Have the archive made, once it is shown who asks."""
    await read_form(request)
    asked = await request.app[OWN_DATA].ask_for_archive(person_of(request).actor, digest_of(request[TOKEN]))
    return see_other(PATH if asked else proof_path("donnees"))


@routes.get(f"{PATH}/archive", name="archive")
async def archive(request: web.Request) -> web.StreamResponse:
    """Send the archive, once it is shown who asks."""
    try:
        file = await request.app[OWN_DATA].download_archive(person_of(request).actor, digest_of(request[TOKEN]))
    except NotFound:
        return see_other(PATH)
    return see_other(proof_path("donnees")) if file is None else await send_file(request, file)


@routes.post(f"{PATH}/suppression", name="remove_archive")
async def remove_archive(request: web.Request) -> web.Response:
    """Remove it."""
    await read_form(request)
    await request.app[OWN_DATA].remove_archive(person_of(request).actor)
    return see_other(PATH)
