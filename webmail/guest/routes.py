"""The way to the sample space for who types its address without the last slash."""

from aiohttp import web

from webmail.context import see_other
from webmail.guest.guest_app import PREFIX

routes = web.RouteTableDef()


@routes.get(PREFIX, name="guest")
async def to_sample_space(_: web.Request) -> web.Response:
    """Lead to the first page of the sample space."""
    return see_other(f"{PREFIX}/")
