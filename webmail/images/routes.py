"""Pictures of an examination of one's own: a page with its series, pictures that any browser shows, values."""

from aiohttp import web

from webmail.context import page, person_of, pulse_of
from webmail.identifiers import DocumentId
from webmail.images.port import IMAGES
from webmail.paths import ID
from webmail.picture_pages import ONE_PICTURE, answered_picture, viewer_of

routes = web.RouteTableDef()
_ONE = f"/documents/{{document:{ID}}}"


@routes.get(f"{_ONE}/images", name="images")
async def images(request: web.Request) -> web.Response:
    """Show one picture of one series, with what leads to the others."""
    pulse = await pulse_of(request)
    found = await request.app[IMAGES].examination_pictures(
        person_of(request).actor, DocumentId(request.match_info["document"])
    )
    return page(
        request, "images.html", tab="documents", pulse=pulse, viewer=viewer_of(request, found, "/documents")
    )


@routes.get(f"{_ONE}/images/{ONE_PICTURE}", name="image")
async def image(request: web.Request) -> web.Response:
    """Give a picture as a PNG, in the window that is asked for."""
    return await answered_picture(request, request.app[IMAGES], person_of(request).actor)


@routes.get(f"{_ONE}/pixels/{ONE_PICTURE}", name="pixels")
async def pixels(request: web.Request) -> web.Response:
    """Give the stored values of a picture, packed by gzip."""
    return await answered_picture(request, request.app[IMAGES], person_of(request).actor, values=True)
