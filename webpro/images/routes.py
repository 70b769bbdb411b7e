"""Pictures of an examination of a record: the page of the patient's space, with the head of the record above it."""

from aiohttp import web

from webmail.context import page
from webmail.identifiers import DocumentId
from webmail.paths import ID
from webmail.picture_pages import ONE_PICTURE, answered_picture, viewer_of
from webpro.images.port import RECORD_IMAGES
from webpro.record.entering import RECORD_PATH, in_record
from webpro.record.model import EnteredRecord

routes = web.RouteTableDef()
_ONE = f"{RECORD_PATH}/documents/{{document:{ID}}}"


@routes.get(f"{_ONE}/images", name="console_images")
@in_record
async def images(request: web.Request, record: EnteredRecord) -> web.Response:
    """Show one picture of one series, with what leads to the others."""
    document = DocumentId(request.match_info["document"])
    found = await request.app[RECORD_IMAGES].examination_pictures(record.actor, document)
    viewer = viewer_of(request, found, f"{record.path}/documents")
    return page(request, "record_images.html", tab="patients", record=record, viewer=viewer)


@routes.get(f"{_ONE}/images/{ONE_PICTURE}", name="console_image")
@in_record
async def image(request: web.Request, record: EnteredRecord) -> web.Response:
    """Give a picture as a PNG, in the window that is asked for."""
    return await answered_picture(request, request.app[RECORD_IMAGES], record.actor)


@routes.get(f"{_ONE}/pixels/{ONE_PICTURE}", name="console_pixels")
@in_record
async def pixels(request: web.Request, record: EnteredRecord) -> web.Response:
    """Give the stored values of a picture, packed by gzip."""
    return await answered_picture(request, request.app[RECORD_IMAGES], record.actor, values=True)
