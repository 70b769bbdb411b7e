"""What handlers find on the application and on the request, by typed keys, and the one way to answer a page."""

import asyncio
from dataclasses import dataclass, field

from aiohttp import web

from gateway.domain.access import Action, SpacePart
from gateway.domain.errors import AccessRefused
from gateway.ports.clock import Clock
from webmail.account_turns import AccountTurns
from webmail.cookie_secrets import form_token_of, place_mark_of
from webmail.entrance import OF_PATIENTS, SiteEntrance
from webmail.feature import SettingsEntry
from webmail.large_pages import LargePages
from webmail.paged_lists import ListPlace
from webmail.pages import Frame, Pages
from webmail.paths import inside_path
from webmail.pulse import LIVE, Pulse
from webmail.sessions import Sessions
from webmail.settings import WebSettings
from webmail.signed_in import SignedIn
from webmail.typed_drafts import DRAFTS

_MAX_KEY = 80
THEME_COOKIE = "__Host-pli-theme"


@dataclass(frozen=True, slots=True, kw_only=True)
class RouteNames:
    """Routes that are not treated like every other; see `webmail.feature.Feature`."""

    public: frozenset[str]
    transfers: frozenset[str]
    streams: frozenset[str]
    queues: frozenset[str]
    away: frozenset[str]
    unasked: frozenset[str]
    agreed: frozenset[str]
    oneself: frozenset[str]
    acting: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """All that handlers need, made once by `webmail.app`."""

    sessions: Sessions
    settings: WebSettings
    clock: Clock
    pages: Pages
    upload_turns: AccountTurns
    large_pages: LargePages
    routes: RouteNames
    sections: tuple[str, ...]
    settings_entries: tuple[SettingsEntry, ...]
    closing: asyncio.Event
    is_guest: bool = False
    entrance: SiteEntrance = OF_PATIENTS
    live: dict[bytes, int] = field(default_factory=dict)
    page_timers: set[asyncio.Timeout] = field(default_factory=set)


CONTEXT = web.AppKey("context", Context)
TOKEN = web.RequestKey("token", str)
PERSON = web.RequestKey("person", SignedIn)
STARTED = web.RequestKey("started", web.StreamResponse)


def context_of(request: web.Request) -> Context:
    """Give the application's context."""
    return request.app[CONTEXT]


def person_of(request: web.Request) -> SignedIn:
    """Give the signed-in person; the session middleware lets nobody else through."""
    return request[PERSON]


def require(request: web.Request, part: SpacePart, action: Action) -> None:
    """Refuse a page that asks no service to whoever may not do what it offers. Raises `AccessRefused`."""
    if not person_of(request).may(part.value, action.value):
        raise AccessRefused("ACC-03", "not in the mandate")


async def pulse_of(request: web.Request) -> Pulse:
    """Read the space's pulse; a handler does it before it reads what its page shows."""
    return await request.app[LIVE].pulse(person_of(request).actor)


async def pulse_of_anybody(request: web.Request) -> Pulse | None:
    """Read the pulse for a page that is for everybody: None for whoever is not signed in, or whose space is closed."""
    person = request.get(PERSON)
    return await pulse_of(request) if person and not person.is_away else None


def way_back(request: web.Request, asked: str) -> str:
    """Give `asked` when it is the path of a page that one may come back to, else the home page."""
    context = context_of(request)
    return inside_path(asked, context.sections, context.entrance.home)


def page_number(request: web.Request) -> int:
    """Read the page asked for; anything but a small positive number is the first."""
    text = request.query.get("page", "1")
    return max(int(text), 1) if text.isascii() and text.isdigit() and len(text) <= 6 else 1


def list_place(request: web.Request) -> ListPlace:
    """Read which page of a list is asked for, by key."""
    before, after = request.query.get("avant", ""), request.query.get("apres", "")
    return ListPlace((before or after)[:_MAX_KEY], newer=not before and bool(after))


def theme_of(request: web.Request) -> str:
    """Give the chosen theme, or nothing when the device decides."""
    theme = request.cookies.get(THEME_COOKIE, "")
    return theme if theme in ("light", "dark") else ""


def page(
    request: web.Request,
    template: str,
    *,
    tab: str = "",
    pulse: Pulse | None = None,
    csrf: str = "",
    status: int = 200,
    own_path: str = "",
    **values: object,
) -> web.Response:
    """Answer with a page; `own_path` is for answers to forms, `values` are the names its template uses."""
    context = context_of(request)
    person = request.get(PERSON)
    drafts = request.app.get(DRAFTS) if person and pulse else None
    frame = Frame(
        csrf=csrf or (form_token_of(request[TOKEN], person.place) if person else ""),
        theme=theme_of(request),
        path=own_path or request.path,
        live_path=own_path or request.path_qs,
        tab=tab,
        person=person,
        pulse=pulse,
        is_guest=context.is_guest,
        home=context.entrance.home,
        draft_key=drafts.draft_key(person.actor) if drafts and person else "",
        draft_mark=drafts.draft_mark(person.actor) if drafts and person else "",
        is_answer=request.method == "POST",
        place_mark=place_mark_of(request[TOKEN], person.place) if person else "",
        idle_seconds=int(context.settings.idle_timeout.total_seconds()),
    )
    text = context.pages.render(template, frame, context.clock.now(), **values)
    return web.Response(text=text, content_type="text/html", charset="utf-8", status=status)


def see_other(path: str) -> web.Response:
    """Send the browser to another page after a form (303)."""
    return web.Response(status=303, headers={"Location": path})
