"""« À traiter »: the list of what waits, an entry that an agent opened, and what they decide of it."""

from aiohttp import web

from gateway.domain.agents import reason_typed
from gateway.domain.errors import NotFound
from gateway.services.agents.desk_queue import LISTED
from webagent.agent import entry_of
from webagent.queue.port import QUEUE
from webagent.queue.wording import KINDS, SETTLED
from webmail.context import context_of, page, see_other
from webmail.forms import read_form
from webmail.paths import ID

routes = web.RouteTableDef()
_ENTRY = f"/file/{{kind:{ID}}}/{{person:{ID}}}/{{number:{ID}}}"
_OPENED_FIRST = "Ouvrez-la dans la liste. Si elle n’y est plus, un autre agent l’a réglée."
_NO_REASON = "Écrivez le motif. La personne le lit dans son historique."


@routes.get("/file", name="agent_queue")
async def show_queue(request: web.Request) -> web.Response:
    """List what waits, by kind, the longest first; it names nobody."""
    waiting = await request.app[QUEUE].waiting()
    done = SETTLED if "fait" in request.query else ""
    return page(request, "agent_queue.html", tab="file", waiting=waiting, kinds=KINDS, most=LISTED, done=done)


@routes.post(_ENTRY + "/ouvrir", name="agent_entry_open")
async def open_entry(request: web.Request) -> web.Response:
    """Open an entry: whoever it concerns reads it in their history."""
    await read_form(request)
    kind, person, number = _named(request)
    try:
        await request.app[QUEUE].open(entry_of(request), kind, person, number)
    except NotFound:
        return _not_there(request)
    return see_other(_path(request))


@routes.get(_ENTRY, name="agent_entry")
async def show_entry(request: web.Request) -> web.Response:
    """Show an entry that this agent opened; of any other it says the same, whoever it concerns."""
    return await _entry(request)


@routes.post(_ENTRY, name="agent_entry")
async def settle(request: web.Request) -> web.Response:
    """Settle an entry."""
    form = await read_form(request)
    reason = reason_typed(form.text("motif"))
    if not reason:
        return await _entry(request, _NO_REASON)
    kind, person, number = _named(request)
    try:
        await request.app[QUEUE].settle(entry_of(request), kind, person, number, form.text("decision"), reason)
    except NotFound:
        return _not_there(request)
    return see_other(f"{context_of(request).entrance.home}file?fait=1")


async def _entry(request: web.Request, refusal: str = "") -> web.Response:
    kind, person, number = _named(request)
    try:
        entry, shown = await request.app[QUEUE].entry(entry_of(request), kind, person, number)
    except NotFound:
        return _not_there(request)
    return page(
        request,
        "agent_entry.html",
        tab="file",
        status=400 if refusal else 200,
        own_path=_path(request),
        entry=entry,
        person=shown,
        title=KINDS[kind][0],
        refusal=refusal,
    )


def _not_there(request: web.Request) -> web.Response:
    """Say the same of what this agent did not open, of what is settled, and of what never was."""
    return page(request, "agent_no_entry.html", tab="file", status=404, words=_OPENED_FIRST)


def _named(request: web.Request) -> tuple[str, str, str]:
    found = request.match_info
    return found["kind"], found["person"], found["number"]


def _path(request: web.Request) -> str:
    return f"{context_of(request).entrance.home}file/{'/'.join(_named(request))}"
