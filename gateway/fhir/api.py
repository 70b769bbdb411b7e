"""The FHIR R4 face: a patient's documents and results, read by programs that hold the patient's token.

Read only: ``metadata``, ``DocumentReference``, ``Observation`` and the ``Binary`` of a document's files. Every
answer is a resource; every reading leaves its trace in the transaction that finds what is read.
"""

import asyncio
import re
from collections.abc import Mapping
from contextlib import aclosing
from dataclasses import dataclass
from urllib.parse import urlencode

from aiohttp import web
from aiohttp.typedefs import Handler

from gateway.domain.access import Actor
from gateway.domain.dossier import READABLE
from gateway.domain.errors import InvalidValue, NotFound
from gateway.domain.readable_html import ShownFile, html_page
from gateway.fhir import resources
from gateway.fhir.errors import STARTED, answer, answer_failures, outcome
from gateway.fhir.observations import observation
from gateway.ports.clock import Clock
from gateway.ports.store import Store
from gateway.services.record.document_access import DocumentAccess
from gateway.services.record.record_queries import RecordQueries, Window
from gateway.services.sign_in.application_tokens import program_of_token
from gateway.services.sign_in.sign_in_trace import SignInTrace

_COUNT, _MAX_COUNT, _MAX_OFFSET = 50, 200, 1_000_000
_ID = re.compile(r"[1-3][0-9a-f]{15}|[1-9a-f][0-9a-f]{0,14}")  # below 2**62: a store takes no more


@dataclass(frozen=True, slots=True, kw_only=True)
class FhirServices:
    """What the face calls."""

    store: Store
    clock: Clock
    sign_ins: SignInTrace
    queries: RecordQueries
    documents: DocumentAccess


_SERVICES = web.AppKey("services", FhirServices)
_BASE = web.AppKey("base", str)
_ACTOR = web.RequestKey("actor", Actor)
routes = web.RouteTableDef()


def make_app(services: FhirServices, base: str) -> web.Application:
    """Make the application; `base` is its address as programs see it, without a final slash."""
    app = web.Application(middlewares=[answer_failures, _bearer], client_max_size=1024)
    app[_SERVICES], app[_BASE] = services, base
    app.add_routes(routes)
    app.on_response_prepare.append(_add_headers)
    return app


# ---------------------------------------------------------------- interactions


@routes.get("/metadata", name="metadata")
async def metadata(request: web.Request) -> web.Response:
    """Say what this server does; needs no token (FHIR R4 §3.1.0.16)."""
    statement = resources.capability_statement(request.app[_BASE], request.app[_SERVICES].clock.now())
    return answer(statement)


@routes.get("/DocumentReference")
async def search_documents(request: web.Request) -> web.Response:
    """List the documents of the space, newest first."""
    window = _window(request)
    found = await request.app[_SERVICES].queries.documents(request[_ACTOR], window)
    base = request.app[_BASE]
    entries = [resources.document_reference(document, found.patient, base) for document in found.documents]
    return _bundle(request, "DocumentReference", entries, found.total, window, {}, found.damaged)


@routes.get("/DocumentReference/{id}")
async def read_document(request: web.Request) -> web.Response:
    """Read one document's description."""
    found = await request.app[_SERVICES].queries.document(request[_ACTOR], _number(request.match_info["id"]))
    return answer(resources.document_reference(found.documents[0], found.patient, request.app[_BASE]))


@routes.get("/Observation")
async def search_results(request: web.Request) -> web.Response:
    """List the results of the space, those of the newest document first; `code` chooses among them."""
    window, codes = _window(request), request.query.getall("code", [])
    # Commas are « or », a parameter given twice is « and » (FHIR R4 §3.1.1.3.1).
    tests = [[resources.code_token(token) for token in code.split(",")] for code in codes]
    wanted = (lambda result: all(any(token(result) for token in test) for test in tests)) if tests else None
    found = await request.app[_SERVICES].queries.results(request[_ACTOR], window, wanted)
    entries = [observation(it, found.patient) for it in found.results]
    return _bundle(request, "Observation", entries, found.total, window, {"code": codes}, found.damaged)


@routes.get("/Observation/{id}")
async def read_result(request: web.Request) -> web.Response:
    """Read one result."""
    document, _, index = request.match_info["id"].partition("-")
    if not re.fullmatch(r"0|[1-9][0-9]{0,5}", index):
        raise NotFound("no such result")
    found = await request.app[_SERVICES].queries.result(request[_ACTOR], _number(document), int(index))
    it = found.results[0]
    return answer(observation(it, found.patient))


@routes.get("/Binary/{id}")
async def read_file(request: web.Request) -> web.StreamResponse:
    """Give a file of a document as it was received (FHIR R4 §2.40: the native content)."""
    document, _, which = request.match_info["id"].partition("-")
    if which == READABLE:
        return await _words(request, document)
    _, file = await request.app[_SERVICES].documents.open_file(request[_ACTOR], _number(document), which)
    headers = {"Content-Type": file.media_type, "Content-Length": str(file.size), "Content-Disposition": "attachment"}
    response = web.StreamResponse(headers=headers)
    async with aclosing(file.pieces) as pieces:
        request[STARTED] = True
        await response.prepare(request)
        async for piece in pieces:
            await response.write(piece)
    await response.write_eof()
    return response


async def _words(request: web.Request, reference: str) -> web.Response:
    """Give what a document says in words as HTML of our own; its pictures are Binaries too."""
    document, text = await request.app[_SERVICES].documents.read_text(request[_ACTOR], _number(reference))
    base, title = request.app[_BASE], document.entry.title or document.entry.type_label
    files = {
        file.which: ShownFile(f"{base}/Binary/{reference}-{file.which}", file.media_type.startswith("image/"), title)
        for file in document.files
    }
    page = await asyncio.to_thread(html_page, title, text, files)
    headers = {"Content-Disposition": "attachment"}
    return web.Response(text=page, content_type="text/html", charset="utf-8", headers=headers)


# ---------------------------------------------------------------- requests and answers


def _number(reference: str) -> int:
    if not _ID.fullmatch(reference):
        raise NotFound("this reference names nothing")
    return int(reference, 16)


def _window(request: web.Request) -> Window:
    offset, count = _natural(request.query, "_offset", 0), _natural(request.query, "_count", _COUNT)
    return Window(min(offset, _MAX_OFFSET), min(count, _MAX_COUNT))


def _natural(query: Mapping[str, str], name: str, default: int) -> int:
    text = query.get(name, str(default))
    if not (text.isascii() and text.isdigit() and len(text) <= 9):
        raise InvalidValue(f"{name} must be a whole number")
    return int(text)


def _bundle(
    request: web.Request,
    kind: str,
    entries: list[resources.Resource],
    total: int,
    window: Window,
    filters: Mapping[str, list[str]],
    damaged: int,
) -> web.Response:
    base = request.app[_BASE]

    def link(offset: int) -> str:
        pairs = [*((name, value) for name, values in filters.items() for value in values), ("_count", window.count)]
        return f"{base}/{kind}?{urlencode([*pairs, ('_offset', offset)])}"

    links = {"self": link(window.offset)}
    if window.count and window.offset + window.count < total:
        links["next"] = link(window.offset + window.count)
    if window.count and window.offset:
        links["previous"] = link(max(window.offset - window.count, 0))
    return answer(resources.searchset(base, entries, total, links, damaged))


# ---------------------------------------------------------------- around every handler


@web.middleware
async def _bearer(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Find whose space the token opens; nothing but `metadata` is answered without one."""
    if request.match_info.route.name == "metadata":
        return await handler(request)
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    known = token and scheme.lower() == "bearer"
    actor = await _program_of(request, token.strip()) if known else None
    if actor is None:
        challenge = {"WWW-Authenticate": 'Bearer realm="pli", error="invalid_token"' if token else 'Bearer realm="pli"'}
        return outcome(401, "login", "A valid access token is required.", challenge)
    request[_ACTOR] = actor
    return await handler(request)


async def _program_of(request: web.Request, token: str) -> Actor | None:
    it = request.app[_SERVICES]
    return await program_of_token(it.store, it.clock, it.sign_ins, token, request.remote or "")


async def _add_headers(_request: web.Request, response: web.StreamResponse) -> None:
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "default-src 'none'; frame-ancestors 'none'; sandbox"
    response.headers.pop("Server", None)
