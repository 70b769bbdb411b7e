"""Serve the few static files from memory, compressed once; their address changes with their content."""

import gzip
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final

from aiohttp import web

from webmail.pages import FOLDER

FILES = frozenset({"static", "icon"})
"""Names of the routes of our own files, the same for everybody."""
_TYPES = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml"}

NAME: Final = "[a-z.]{1,40}"
"""How static files are called; nothing else is served."""


@dataclass(frozen=True, slots=True)
class _StaticFile:
    media_type: str
    plain: bytes
    small: bytes


@cache
def _known() -> Mapping[str, _StaticFile]:
    """Read and compress the files, once for all sites of the process."""
    return {
        path.name: _StaticFile(_TYPES[path.suffix], path.read_bytes(), gzip.compress(path.read_bytes(), 9, mtime=0))
        for path in (FOLDER / "static").iterdir()
    }


def add_static(app: web.Application) -> None:
    """Read the files and add their route."""
    known = _known()

    async def serve(request: web.Request) -> web.Response:
        file = known.get(request.match_info["name"])
        if file is None:
            raise web.HTTPNotFound
        headers = {
            "Content-Type": file.media_type,
            "Vary": "Accept-Encoding",
            "Cache-Control": "public, max-age=31536000, immutable" if "v" in request.query else "no-cache",
        }
        if "gzip" in request.headers.get("Accept-Encoding", ""):
            return web.Response(body=file.small, headers=headers | {"Content-Encoding": "gzip"})
        return web.Response(body=file.plain, headers=headers)

    async def serve_icon(_: web.Request) -> web.Response:
        icon = known["pli.svg"]
        headers = {"Content-Type": icon.media_type, "Cache-Control": "max-age=86400"}
        return web.Response(body=icon.plain, headers=headers)

    app.router.add_get(f"/static/{{name:{NAME}}}", serve, name="static")
    # Browsers ask for it by themselves beside a PDF, which has no page to name another.
    app.router.add_get("/favicon.ico", serve_icon, name="icon")
