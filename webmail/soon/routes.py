"""Say what a section will hold, and that it is not open."""

from aiohttp import web

from webmail.context import page, pulse_of

routes = web.RouteTableDef()


@routes.get("/profil", name="profile")
async def profile(request: web.Request) -> web.Response:
    """Say what the medical profile will hold, and that it is not open."""
    purpose = (
        "Vous y noterez, si vous le voulez, vos maladies, vos traitements, vos allergies et vos vaccins. "
        "Vous choisirez qui peut les lire."
    )
    pulse = await pulse_of(request)
    return page(request, "soon.html", tab="profil", pulse=pulse, title="Profil médical", purpose=purpose)
