"""How one comes into a site of pages: its first page, where one signs in, and the cookie of its sessions. Pure."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteEntrance:
    """The patients' site, or one beside it with sessions of its own.

    Attributes:
        home: path of the first page; it ends with a slash, and every page of the site is below it.
        sign_in: path of the page on which one signs in.
        cookie: name of the cookie of its sessions; each site has its own, so none opens another.
    """

    home: str
    sign_in: str
    cookie: str


OF_PATIENTS: Final = SiteEntrance(home="/", sign_in="/connexion", cookie="__Host-pli")
