"""The first page of the console: « Mes patients »."""

from aiohttp import web

from webmail.context import page

routes = web.RouteTableDef()


@routes.get("/", name="console_patients")
async def show_patients(request: web.Request) -> web.Response:
    """List the professional's patients."""
    return page(request, "own_patients.html", tab="patients", patients=())
