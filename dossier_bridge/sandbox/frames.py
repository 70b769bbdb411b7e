"""Requests and outcomes as bytes, for the socket between a server and its reader processes.

The head of a frame (`octets`) is JSON, its body all files end to end. A file of the outcome that is one of the request
is named, not sent back. Either side checks what it gets: the reader may have been taken over by what it read.
"""

from collections.abc import Callable, Sequence

# Any: a decoded head may hold anything; every value is checked or converted as it is taken out.
from typing import Annotated, Any

import msgspec
import orjson

from dossier_bridge.faults import FaultReason
from dossier_bridge.request import AttachedFile, ReadFailure, ReadOutcome, ReadRequest
from dossier_bridge.sandbox.octets import cut, framed
from gateway.domain.brought import NOTHING_BROUGHT, Brought
from gateway.domain.document import Media, ReadDocument
from gateway.domain.document_json import entry_of, sparse_entry
from gateway.domain.errors import MalformedContent
from gateway.domain.glance import Glance
from gateway.domain.mime.kinds import Kind
from gateway.domain.written_results import NO_RESULTS, WrittenResults

_Head = dict[str, Any]

_Number = Annotated[int, msgspec.Meta(ge=0)]


class _ResultsTold(msgspec.Struct, frozen=True, kw_only=True):
    """What a head says of a document's results: the numbers of the files that hold them, and what lists need."""

    at: _Number
    lines: _Number
    count: _Number
    critical: bool
    glance: Glance


def reading(entry: Callable[[ReadRequest], ReadOutcome]) -> Callable[[memoryview, memoryview], Sequence[bytes]]:
    """Make a worker's job of octets of a reader."""

    def job(head: memoryview, body: memoryview) -> Sequence[bytes]:
        request = decode_request(head, body)
        return encode_outcome(entry(request), request)

    return job


def encode_request(request: ReadRequest) -> list[bytes]:
    """Write a request as the buffers of one frame."""
    parts = request.attachments
    head = [{"s": a.section, "k": a.kind.value, "f": a.filename, "n": len(a.data)} for a in parts]
    return framed({"parts": head}, [a.data for a in parts])


def decode_request(head: memoryview, body: memoryview) -> ReadRequest:
    """Read a request; raise `MalformedContent` when it is not one."""
    try:
        parts = orjson.loads(head)["parts"]
        files = cut(body, [part["n"] for part in parts])
        return ReadRequest(
            tuple(
                AttachedFile(part["s"], Kind(part["k"]), part["f"], data)
                for part, data in zip(parts, files, strict=True)
            )
        )
    except (KeyError, TypeError, ValueError) as error:
        raise MalformedContent("not a reader's request") from error


def encode_outcome(outcome: ReadOutcome, request: ReadRequest) -> list[bytes]:
    """Write an outcome as the buffers of one frame; files that are the request's own stay behind."""
    table = _Files([attachment.data for attachment in request.attachments])
    head = {
        "documents": [_document_head(document, table) for document in outcome.documents],
        "failures": [
            {"s": f.section, "u": f.uri, "r": f.reason.value, "d": f.bears_documents} for f in outcome.failures
        ],
        "companions": outcome.companions,
        "files": [len(data) for data in table.sent],
    }
    return framed(head, table.sent)


def decode_outcome(head: memoryview, body: memoryview, request: ReadRequest) -> ReadOutcome:
    """Read an outcome; raise `MalformedContent` when it is not one."""
    try:
        plain = orjson.loads(head)
        own = [attachment.data for attachment in request.attachments]
        files = [*own, *cut(body, plain["files"])]
        return ReadOutcome(
            documents=tuple(_document(item, files) for item in plain["documents"]),
            failures=tuple(ReadFailure(f["s"], f["u"], FaultReason(f["r"]), bool(f["d"])) for f in plain["failures"]),
            companions=tuple(plain["companions"]),
        )
    except (KeyError, TypeError, ValueError, IndexError, msgspec.ValidationError) as error:
        raise MalformedContent("not a reader's outcome") from error


class _Files:
    """The files of an outcome by number: first those of the request, then those sent."""

    def __init__(self, own: list[bytes]) -> None:
        self._numbers = {id(data): number for number, data in enumerate(own)}
        self._next = len(own)
        self.sent: list[bytes] = []

    def number(self, data: bytes) -> int:
        # By identity: the outcome keeps alive what it holds, so an id stands for one object throughout.
        if id(data) not in self._numbers:
            self._numbers[id(data)] = self._next
            self._next += 1
            self.sent.append(data)
        return self._numbers[id(data)]


def _document_head(document: ReadDocument, files: _Files) -> _Head:
    return {
        "entry": sparse_entry(document.entry),
        "results": _results_head(document.results, files),
        "at": (document.section, document.uri, document.media_type, document.sha256),
        "original": files.number(document.original),
        "copy": None if document.presentation is None else files.number(document.presentation),
        "copy_type": document.presentation_media_type,
        "text": files.number(document.readable) if document.readable else None,
        "media": _media_head(document.media, files),
        "joined": _media_head(document.joined, files),
        "brought": document.brought or None,
    }


def _results_head(results: WrittenResults, files: _Files) -> _Head | None:
    if not results.count:
        return None
    at = files.number(results.json)
    lines = files.number(results.lines)
    told = {"count": results.count, "critical": results.has_critical, "glance": results.glance}
    return {"at": at, "lines": lines, **told}


def _results(plain: _Head | None, files: list[bytes]) -> WrittenResults:
    if plain is None:
        return NO_RESULTS
    told = msgspec.convert(plain, _ResultsTold)
    return WrittenResults(
        json=files[told.at],
        count=told.count,
        has_critical=told.critical,
        glance=told.glance,
        lines=files[told.lines],
    )


def _media_head(several: tuple[Media, ...], files: _Files) -> list[tuple[str, str, int]]:
    return [(media.id, media.media_type, files.number(media.data)) for media in several]


def _media(plain: list[tuple[str, str, int]], files: list[bytes]) -> tuple[Media, ...]:
    return tuple(Media(name, kind, files[number]) for name, kind, number in plain)


def _document(plain: _Head, files: list[bytes]) -> ReadDocument:
    section, uri, media_type, sha256 = plain["at"]
    return ReadDocument(
        entry=entry_of(plain["entry"]),
        results=_results(plain["results"], files),
        section=section,
        uri=uri,
        media_type=media_type,
        sha256=sha256,
        original=files[plain["original"]],
        presentation=None if plain["copy"] is None else files[plain["copy"]],
        presentation_media_type=plain["copy_type"],
        readable=b"" if plain["text"] is None else files[plain["text"]],
        media=_media(plain["media"], files),
        joined=_media(plain["joined"], files),
        brought=NOTHING_BROUGHT if plain["brought"] is None else msgspec.convert(plain["brought"], Brought),
    )
