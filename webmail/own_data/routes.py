"""« Mes données »: what the archive holds, in plain words; asked for, downloaded, removed."""

from aiohttp import web

from gateway.domain.account import digest_of
from gateway.domain.errors import InvalidValue, NotFound
from gateway.domain.openpgp import MAX_KEY, KeyFault
from webmail.context import TOKEN, page, person_of, pulse_of, see_other
from webmail.downloads import send_file
from webmail.forms import read_form, read_form_with_files
from webmail.own_data.model import FAULTS, OTHER_KEY, ShownKey, key_of
from webmail.own_data.port import OWN_DATA
from webmail.paths import proof_path

PATH = "/mes-donnees"
KEY_PATH = "/cle-des-archives.pem"
routes = web.RouteTableDef()


@routes.get(PATH, name="own_data")
async def own_data(request: web.Request) -> web.Response:
    """Say what the archive holds, and how far it is."""
    pulse = await pulse_of(request)
    archive = await request.app[OWN_DATA].own_archive(person_of(request).actor)
    fingerprint, _ = request.app[OWN_DATA].signing_key()
    return page(request, "own_data.html", tab="mes-donnees", pulse=pulse, archive=archive, fingerprint=fingerprint)


@routes.get(KEY_PATH, name="operator_key")
async def operator_key(request: web.Request) -> web.Response:
    """Give anybody the public key by which archives are signed."""
    _, pem = request.app[OWN_DATA].signing_key()
    return web.Response(body=pem, content_type="application/x-pem-file")


@routes.post(PATH, name="ask_archive")
async def ask_archive(request: web.Request) -> web.Response:
    """Have the archive made, once it is shown who asks; encrypted to the key whose fingerprint they confirmed."""
    form = await read_form(request)
    key, fingerprint = b"", form.text("empreinte")
    if fingerprint:
        try:
            key = key_of(form.text("cle"))
        except InvalidValue as error:
            raise web.HTTPBadRequest from error
        if not form.text("confirme"):
            return see_other(f"{PATH}/cle")
    asked = await request.app[OWN_DATA].ask_for_archive(
        person_of(request).actor, digest_of(request[TOKEN]), key, fingerprint
    )
    if isinstance(asked, KeyFault):
        return await _key_page(request, fault=FAULTS[asked] if asked is not KeyFault.NO_KEY else OTHER_KEY)
    return see_other(PATH if asked else proof_path("donnees"))


@routes.get(f"{PATH}/cle", name="archive_key")
async def archive_key(request: web.Request) -> web.Response:
    """Ask for the key that the archive is to be encrypted to."""
    return await _key_page(request)


@routes.post(f"{PATH}/cle", name="read_archive_key")
async def read_archive_key(request: web.Request) -> web.Response:
    """Read the key, and show its whole fingerprint to be compared."""
    form = await read_form_with_files(request, 4 * MAX_KEY)
    if form.too_large:
        return await _key_page(request, fault=FAULTS[KeyFault.TOO_LARGE])
    data = form.uploads[0].content if form.uploads else b""
    read = await request.app[OWN_DATA].read_key(person_of(request).actor, digest_of(request[TOKEN]), data)
    if read is None:
        return see_other(proof_path("donnees"))
    if isinstance(read, KeyFault):
        return await _key_page(request, fault=FAULTS[read])
    return await _key_page(request, key=read)


async def _key_page(request: web.Request, *, key: ShownKey | None = None, fault: str = "") -> web.Response:
    pulse, status = await pulse_of(request), 422 if fault else 200
    own = f"{PATH}/cle"
    return page(
        request, "archive_key.html", tab="mes-donnees", pulse=pulse, status=status, own_path=own, key=key, fault=fault
    )


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
