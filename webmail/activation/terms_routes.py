"""The terms of use: every version at an address of its own, for ever (E91)."""

from aiohttp import web

from gateway.domain.errors import NotFound
from gateway.domain.terms_of_use import TermsVersion
from webmail.activation.port import ACTIVATION
from webmail.activation.steps import step_page

routes = web.RouteTableDef()


@routes.get("/conditions", name="terms")
async def current_terms(request: web.Request) -> web.Response:
    """Show the terms of today."""
    return _shown(request, request.app[ACTIVATION].current_terms())


@routes.get("/conditions/{version}", name="terms_version")
async def terms_of(request: web.Request) -> web.Response:
    """Show one version, of today or before."""
    version = request.app[ACTIVATION].terms_version(request.match_info["version"])
    if version is None:
        raise NotFound("there are no such terms")
    return _shown(request, version)


def _shown(request: web.Request, version: TermsVersion) -> web.Response:
    is_current = version == request.app[ACTIVATION].current_terms()
    return step_page(request, "terms.html", version=version, is_current=is_current)
