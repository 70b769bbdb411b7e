"""Whoever had to sign in afresh for one record comes back to it: a cookie finds what they asked for, and opens nothing.

Browsers bring it along from a provider's site, too.
"""

from aiohttp import web

from gateway.domain.access import Actor
from gateway.services.openings.paused_openings import PAUSED_LASTS, PausedOpening, PausedOpenings
from webmail.sessions import drop_cookie, set_returning_cookie

_COOKIE = "__Host-pli-pro-reprise"
HOME = "/pro/"


def record_path(reference: str) -> str:
    """Give the address of the record of a patient."""
    return f"{HOME}patients/{reference}/dossier"


def emergency_path(reference: str) -> str:
    """Give the address of what one reads of a patient in an emergency."""
    return f"{HOME}patients/{reference}/urgence"


def paused_token(request: web.Request) -> str:
    """Give the secret that a browser keeps; empty when it keeps none."""
    return request.cookies.get(_COOKIE, "")


def keep_paused(response: web.Response, token: str) -> None:
    """Have a browser keep the secret."""
    set_returning_cookie(response, _COOKIE, token, int(PAUSED_LASTS.total_seconds()))


def drop_paused(response: web.Response) -> None:
    """Have a browser forget it."""
    drop_cookie(response, _COOKIE)


async def paused_for(openings: PausedOpenings, actor: Actor, token: str) -> PausedOpening | None:
    """Give what waits for somebody who is signed in."""
    return await openings.paused(actor, token) if token else None


async def place_to_go_on(openings: PausedOpenings, actor: Actor, token: str) -> str:
    """Give the page at which somebody who has just come in goes on: what waits for them, or the first one."""
    found = await paused_for(openings, actor, token)
    if found is None:
        return HOME
    return (emergency_path if found.how.is_emergency else record_path)(f"{found.person:x}")
