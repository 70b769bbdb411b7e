"""« Plan du site », how to help somebody, and how accessible the site is: for everybody, signed in or not."""

from aiohttp import web

from webmail.context import context_of, page, pulse_of_anybody

routes = web.RouteTableDef()

AUDITED = "29 novembre 2026"
"""The day of the audit that `docs/accessibility.md` tells of; the page says what that document says."""


@routes.get("/plan", name="plan")
async def show_plan(request: web.Request) -> web.Response:
    """Show every part of the site in one list, the second way to find a page (RGAA 4.1, 12.1)."""
    entries = context_of(request).settings_entries
    return page(request, "plan.html", tab="plan", pulse=await pulse_of_anybody(request), entries=entries)


@routes.get("/aide/accompagner", name="helper_sheet")
async def show_helper_sheet(request: web.Request) -> web.Response:
    """Show the steps by which one helps somebody who is far from computers, to be printed (F23)."""
    settings = context_of(request).settings
    return page(
        request,
        "helper_sheet.html",
        tab="aide",
        pulse=await pulse_of_anybody(request),
        host=request.host,
        telephone=settings.telephone,
        postal=settings.postal,
    )


@routes.get("/accessibilite", name="accessibility")
async def show_accessibility(request: web.Request) -> web.Response:
    """Show the accessibility statement that French law asks for (decree 2019-768)."""
    settings = context_of(request).settings
    return page(
        request,
        "accessibility.html",
        tab="accessibilite",
        pulse=await pulse_of_anybody(request),
        audited=AUDITED,
        telephone=settings.telephone,
        postal=settings.postal,
    )
