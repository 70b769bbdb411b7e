"""Paths inside the site: identifiers in routes, and where to go back to, without ever leaving the site. Pure."""

import re
from collections.abc import Collection
from urllib.parse import quote

from webmail.entrance import OF_PATIENTS, SiteEntrance

ID = "[A-Za-z0-9._-]{1,80}"
"""The form of an identifier in a route."""
AWAY_PATH = "/espace-ferme"
"""The one page that the holder of a closed space sees."""
RELATIVES_PATH = "/proches"
"""The page of everybody for whom one acts."""
OF_ONESELF = f"{RELATIVES_PATH}?soi=1"
"""The same, which says that what was asked concerns whoever is signed in alone."""
NEW_TERMS_PATH = "/nouvelles-conditions"
"""The page that comes first while the terms of today are not accepted."""
PROOF_PATH = "/parametres/securite/confirmation"
"""Where one shows once more who one is."""

_INSIDE = re.compile(rf"/|(?:/(?!\.{{1,2}}(?:/|$)){ID}){{1,4}}", re.ASCII)


def inside_path(asked: str, sections: Collection[str], home: str = "/") -> str:
    """Give `asked` when it is the path of a section of the site, or of a page just below one; else the home page."""
    known = asked in sections or asked.rpartition("/")[0] in sections
    return asked if known and _INSIDE.fullmatch(asked) else home


def sign_in_path(path: str, entrance: SiteEntrance = OF_PATIENTS) -> str:
    """Give the sign-in page's address, from which one goes on to a page of the site."""
    return entrance.sign_in if path == entrance.home else f"{entrance.sign_in}?suite={quote(path, safe='')}"


def new_terms_path(path: str) -> str:
    """Give the address of the page that asks for the terms, from which one goes on to a page of the site."""
    return f"{NEW_TERMS_PATH}?suite={quote(path, safe='')}"


def proof_path(what: str) -> str:
    """Give the address of the page on which one shows once more who one is, and then goes on to `what`."""
    return f"{PROOF_PATH}?pour={what}"
