"""Read forms, plain or with files, within limits, and never without their token.

Every handler of a POST reads its form here, so none can forget the token. Files stay in memory, never in a
temporary file: they are medical documents in clear. How many forms with files are read at once is bounded.
"""

import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from urllib.parse import parse_qsl

from aiohttp import BodyPartReader, web
from aiohttp.http_exceptions import HttpProcessingError

from webmail.context import context_of, person_of
from webmail.csrf import check_origin, check_token
from webmail.upload import Upload

MAX_FIELD_BYTES = 256 * 1024
_BEFORE_THE_TEXT = 12
"""Fields that a form may have before the text of a message."""
_NOT_TYPED = {"csrf", "envoi", "destinataire"}
"""Fields that pages put in by themselves, and that are another's in the next session."""
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_MEDIA_TYPE = re.compile(r"[a-z0-9][a-z0-9!#$&^_.+-]{0,63}/[a-z0-9][a-z0-9!#$&^_.+-]{0,63}")


@dataclass(frozen=True, slots=True, repr=False)
class Form:
    """A form whose token was right; `too_large` and `too_many` say which limit its files broke."""

    fields: Mapping[str, str]
    uploads: tuple[Upload, ...] = ()
    too_large: bool = False
    too_many: bool = False

    def text(self, name: str) -> str:
        """Give a field, with plain line ends and without control characters; empty when absent."""
        return _CONTROLS.sub("", self.fields.get(name, "").replace("\r\n", "\n").replace("\r", "\n"))


async def read_form(request: web.Request) -> Form:
    """Read a form without files (``application/x-www-form-urlencoded``).

    Raises:
        web.HTTPForbidden: the token is wrong.
        AnotherPlace: the form is of the space of another person.
        web.HTTPBadRequest: the body is no such form.
    """
    if request.content_type != "application/x-www-form-urlencoded":
        raise web.HTTPBadRequest
    try:
        pairs = parse_qsl((await request.read()).decode("ascii"), keep_blank_values=True, max_num_fields=50)
    except ValueError as error:
        raise web.HTTPBadRequest from error
    fields = dict(pairs)
    check_token(request, fields)
    return Form(fields)


@dataclass(slots=True)
class _Gathering:
    fields: dict[str, str] = field(default_factory=dict)
    uploads: list[Upload] = field(default_factory=list)
    octets: int = 0
    too_large: bool = False
    too_many: bool = False


async def read_form_with_files(request: web.Request, max_bytes: int = 0) -> Form:
    """Read a ``multipart/form-data`` form whose first field is the token; see `read_form` for what is raised.

    A form that is too large is read on, and dropped, up to four times the limit: the browser then shows the
    page that says so, instead of a broken connection. `max_bytes` is the limit where it is not that of a reply.
    """
    async with form_with_files(request, max_bytes) as form:
        return form


@asynccontextmanager
async def form_with_files(request: web.Request, max_bytes: int = 0) -> AsyncIterator[Form]:
    """Read a form as `read_form_with_files`, and keep its turn while its files are worked on in memory."""
    context = context_of(request)
    limit = max_bytes or context.settings.max_upload_bytes
    if request.content_type != "multipart/form-data":
        raise web.HTTPBadRequest
    if (request.content_length or 0) > 4 * limit:
        raise web.HTTPRequestEntityTooLarge(4 * limit, request.content_length or 0)
    async with context.upload_turns.turn(person_of(request).actor.account):
        gathered = _Gathering()
        try:
            async for part in await request.multipart():
                if not isinstance(part, BodyPartReader) or part.name is None:
                    raise web.HTTPBadRequest
                await _gather(request, part, gathered, limit, context.settings.max_uploads)
        except ValueError as error:
            raise web.HTTPBadRequest from error
        check_token(request, gathered.fields)
        yield Form(gathered.fields, tuple(gathered.uploads), gathered.too_large, gathered.too_many)


async def unsent_fields(request: web.Request) -> dict[str, str]:
    """Read what was typed in a message whose session has ended, for its writer alone; nothing from other sites."""
    fields = dict[str, str]()
    try:
        check_origin(request)
        parts = await request.multipart() if request.content_type == "multipart/form-data" else None
        for _ in range(_BEFORE_THE_TEXT if parts else 0):
            part = await parts.next() if parts else None
            if not isinstance(part, BodyPartReader) or part.filename is not None:
                break
            content, _ = await _content(part, MAX_FIELD_BYTES)
            fields[part.name or ""] = content.decode("utf-8")
            if part.name == "texte":
                typed = Form(fields)
                return {name: typed.text(name) for name in fields if name not in _NOT_TYPED}
    except (ValueError, web.HTTPException, HttpProcessingError):
        pass  # it is no form of ours: there is nothing to give back
    return {}


async def _gather(
    request: web.Request, part: BodyPartReader, gathered: _Gathering, limit: int, max_uploads: int
) -> None:
    name = part.name or ""
    if part.filename is None:
        if len(gathered.fields) >= 20:
            raise web.HTTPBadRequest
        content, _ = await _content(part, MAX_FIELD_BYTES)
        gathered.fields[name] = content.decode("utf-8")
        return
    # The token comes before any file: nobody else's page makes us hold files.
    check_token(request, gathered.fields)
    room = 0 if gathered.too_large or gathered.too_many else limit - gathered.octets
    content, complete = await _content(part, room, drop_up_to=4 * limit)
    if not complete:
        gathered.too_large = gathered.too_large or not gathered.too_many
        gathered.uploads.clear()
    elif part.filename and len(gathered.uploads) >= max_uploads:
        gathered.too_many = True
        gathered.uploads.clear()
    elif part.filename:
        gathered.octets += len(content)
        gathered.uploads.append(Upload(file_name(as_chosen(part.filename)), _media_type(part), bytes(content)))


async def _content(part: BodyPartReader, limit: int, drop_up_to: int = 0) -> tuple[bytearray, bool]:
    content, dropped = bytearray(), 0
    while chunk := await part.read_chunk(64 * 1024):
        if dropped or len(content) + len(chunk) > limit:
            dropped += len(chunk)
            content.clear()
            if dropped > drop_up_to:
                raise web.HTTPRequestEntityTooLarge(limit, dropped)
        else:
            content += chunk
    return content, not dropped


def _media_type(part: BodyPartReader) -> str:
    claimed = part.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    return claimed if _MEDIA_TYPE.fullmatch(claimed) else "application/octet-stream"


def as_chosen(claimed: str) -> str:
    """Undo what browsers do to quotes and line ends in file names (HTML, « Multipart form data »), and no more."""
    return claimed.replace("%22", '"').replace("%0D", "\r").replace("%0A", "\n")


def file_name(claimed: str) -> str:
    """Give a file's own name, without folders, control or direction characters, at most 120 characters."""
    # What was not UTF-8 comes as lone surrogates, which could be written nowhere.
    own = re.split(r"[/\\]", claimed.encode("utf-8", "replace").decode("utf-8"))[-1]
    own = re.sub(r"[\x00-\x1f\x7f\u200e\u200f\u202a-\u202e\u2066-\u2069]", "", own).strip(" .")
    stem, dot, suffix = own.rpartition(".")
    if len(own) > 120 and dot and len(suffix) <= 10:
        own = f"{stem[: 119 - len(suffix)]}.{suffix}"
    return own[:120] or "fichier"
