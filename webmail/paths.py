"""Paths inside the site: identifiers in routes, and where to go back to, without ever leaving the site. Pure."""

import re
from urllib.parse import quote

ID = "[A-Za-z0-9._-]{1,80}"
"""The form of an identifier in a route."""

_INSIDE = re.compile(rf"/|/(?:messages|documents|profil|agenda)(?:/(?!\.{{1,2}}(?:/|$)){ID})?", re.ASCII)


def inside_path(asked: str) -> str:
    """Give `asked` when it is the path of a page that one may come back to, else the home page."""
    return asked if _INSIDE.fullmatch(asked) else "/"


def sign_in_path(wanted: str) -> str:
    """Give the sign-in page's address, from which one goes on to `wanted`."""
    path = inside_path(wanted)
    return "/connexion" if path == "/" else f"/connexion?suite={quote(path, safe='')}"
