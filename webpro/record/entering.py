"""A record that is open, as every page of it begins: whose it is, and by what they read in it.

What a page asks for is judged again by each service. Whoever must open the record first, or once more since it ended
meanwhile, is led to the page that opens it: the same one whether or not there is such a patient.
"""

from collections.abc import Awaitable, Callable
from functools import wraps
from typing import TypeAlias, TypeVar

from aiohttp import web
from aiohttp.typedefs import Handler

from gateway.domain.errors import AccessRefused
from webmail.context import context_of, see_other
from webmail.paths import ID
from webpro.coming_back import record_path
from webpro.professional import professional_in
from webpro.record.model import EnteredRecord
from webpro.record.port import RECORD

RECORD_PATH = f"/patients/{{patient:{ID}}}/dossier"
"""The route of a record, below which are its pages."""
R = TypeVar("R", bound=web.StreamResponse)
PageOfRecord: TypeAlias = Callable[[web.Request, EnteredRecord], Awaitable[web.StreamResponse]]
"""A handler of a page of a record that is open."""


def in_record(handler: PageOfRecord) -> Handler:
    """Make a handler of one that needs an open record."""

    @wraps(handler)
    async def entered(request: web.Request) -> web.StreamResponse:
        record = await _entered(request)
        if record is None:
            return _to_open(request)
        try:
            response = await handler(request, record)
        except AccessRefused:
            if await _entered(request) is None:
                return _to_open(request)
            raise
        return response if response.prepared else leaving_by_itself(request, record, response)

    return entered


def leaving_by_itself(request: web.Request, record: EnteredRecord, response: R) -> R:
    """Have a page leave the screen by itself when an emergency is over and nobody may read it any longer."""
    if record.is_emergency and record.ends is not None:
        left = record.ends - context_of(request).clock.now()
        response.headers["Refresh"] = str(max(int(left.total_seconds()) + 1, 1))
    return response


async def _entered(request: web.Request) -> EnteredRecord | None:
    return await request.app[RECORD].enter(professional_in(request).actor, request.match_info["patient"])


def _to_open(request: web.Request) -> web.Response:
    return see_other(record_path(request.match_info["patient"]))
