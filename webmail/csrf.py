"""Forms are answered only when they come from a page of this site, in this session.

The token of a form is derived from the secret cookie it goes with: the session's, or before sign-in the
visit's. Nothing is stored, and a new session makes every older token void. The browser's own word on
where a request comes from is checked beside it.
"""

from aiohttp import web

from webmail.context import TOKEN, context_of
from webmail.cookie_secrets import is_form_token, new_token

VISIT_COOKIE = "__Host-pli-visite"


def visit_of(request: web.Request) -> str:
    """Give the visit's secret, or a new one that the answer must set as `VISIT_COOKIE`."""
    given = request.cookies.get(VISIT_COOKIE, "")
    return given if given and given.isascii() else new_token()


def check_token(request: web.Request, given: str) -> None:
    """Raise 403 unless `given` is the token of this session, or of this visit before sign-in."""
    secret = request.get(TOKEN) or request.cookies.get(VISIT_COOKIE, "")
    if not is_form_token(given, secret):
        raise web.HTTPForbidden


def check_origin(request: web.Request) -> None:
    """Raise 403 when the browser says that a form comes from elsewhere.

    ``Sec-Fetch-Site`` cannot be set by a page; browsers without it send ``Origin``.
    """
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        allowed = site == "same-origin"
    else:
        allowed = request.headers.get("Origin") in (None, context_of(request).settings.origin)
    if not allowed:
        raise web.HTTPForbidden
