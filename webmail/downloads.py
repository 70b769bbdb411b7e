"""Send files: as downloads, or shown by the browser when they are a PDF or a plain picture."""

from contextlib import aclosing
from unicodedata import combining, normalize
from urllib.parse import quote

from aiohttp import web

from webmail.context import STARTED
from webmail.file_streams import File
from webmail.forms import file_name
from webmail.security import FILE_POLICY, PREVIEW_POLICY

VIEWABLE = frozenset({"application/pdf", "image/png", "image/jpeg", "image/gif", "image/webp"})
"""Media types that a browser may show by itself; SVG, HTML and XML carry scripts and are never among them."""


def is_shown_picture(media_type: str) -> bool:
    """Say whether a page may show such a file as a picture."""
    return media_type in VIEWABLE and media_type.startswith("image/")


def content_disposition(kind: str, name: str) -> str:
    """Name a file for the browser (RFC 6266): in ASCII for the old, in full for the others."""
    own = file_name(name)
    bare = "".join(c for c in normalize("NFKD", own.replace("’", "'")) if not combining(c))
    plain = "".join(c if c.isascii() and c.isprintable() and c not in '"\\%;' else "_" for c in bare)
    return f"{kind}; filename=\"{plain}\"; filename*=UTF-8''{quote(own, safe='')}"


async def send_file(
    request: web.Request, file: File, *, inline: bool = False, framed: bool = False
) -> web.StreamResponse:
    """Stream a file; `inline` shows it, if its type is one that may be shown, and `framed` inside a page of ours.

    A type that is not known to be inert is sent as octets, so that no page can load it as script or style.
    """
    shown, policy = file.media_type in VIEWABLE, PREVIEW_POLICY if framed else FILE_POLICY
    response = web.StreamResponse(
        headers={
            "Content-Type": file.media_type if shown else "application/octet-stream",
            "Content-Disposition": content_disposition("inline" if inline and shown else "attachment", file.name),
            "Content-Length": str(file.size),
            "Content-Security-Policy": policy if inline and shown else "sandbox; default-src 'none'",
            **({"X-Frame-Options": "SAMEORIGIN"} if framed else {}),
        }
    )
    async with aclosing(file.chunks) as chunks:
        await response.prepare(request)
        request[STARTED] = response
        async for chunk in chunks:
            await response.write(chunk)
    await response.write_eof()
    return response
