"""Pictures of DICOM files as octets, for the processes that draw them: files there, descriptions or a picture back."""

from collections.abc import Callable, Sequence

import msgspec
import orjson

from dossier_bridge.sandbox.octets import cut, framed
from gateway.domain.errors import MalformedContent
from gateway.domain.medical_picture import Described, Drawing, Obstacle, Shown, VoiWindow

PictureJobs = tuple[Callable[[list[tuple[bytes, bool]]], Described], Callable[[Drawing], tuple[Obstacle, bytes]]]
"""Describes files, each from its start and perhaps whole; draws a picture, or says why not."""
_DESCRIBED = msgspec.json.Decoder(Described)


def encode_files(files: Sequence[tuple[bytes, bool]]) -> list[bytes]:
    """Ask for descriptions of files: the start of each, and whether that is all of it."""
    told = [[len(data), whole] for data, whole in files]
    return framed({"files": told}, [data for data, _ in files])


def encode_drawing(drawing: Drawing) -> list[bytes]:
    """Ask for a picture."""
    window = drawing.window and [drawing.window.center, drawing.window.width]
    head = {"number": drawing.number, "shown": drawing.shown.value, "window": window}
    return framed(head, [drawing.data])


def decode_described(_head: memoryview, body: memoryview) -> Described:
    """Read descriptions; raise `MalformedContent` when they are none."""
    try:
        return _DESCRIBED.decode(body)
    except (msgspec.DecodeError, ValueError) as error:
        raise MalformedContent("no descriptions of pictures") from error


def decode_drawn(head: memoryview, body: memoryview) -> tuple[Obstacle, bytes]:
    """Read a picture, or why there is none; raise `MalformedContent` when it is neither."""
    try:
        return Obstacle(orjson.loads(head)["obstacle"]), bytes(body)
    except (KeyError, TypeError, ValueError) as error:
        raise MalformedContent("neither a picture nor a reason") from error


def picturing(entry: Callable[[], PictureJobs]) -> Callable[[memoryview, memoryview], Sequence[bytes]]:
    """Make a process's job of octets of what describes and what draws."""
    describe, draw = entry()

    def job(head: memoryview, body: memoryview) -> Sequence[bytes]:
        asked = orjson.loads(head)
        if "files" in asked:
            files = cut(body, [size for size, _ in asked["files"]])
            told = describe([(data, whole) for data, (_, whole) in zip(files, asked["files"], strict=True)])
            return framed({}, [msgspec.json.encode(told)])
        window = VoiWindow(*asked["window"]) if asked["window"] else None
        drawing = Drawing(data=bytes(body), number=asked["number"], shown=Shown(asked["shown"]), window=window)
        obstacle, data = draw(drawing)
        return framed({"obstacle": obstacle.value}, [data])

    return job
