"""HTML letters as octets, for the processes that make them inert: a letter there, a page back. Pure.

No library that parses HTML ends soon on every input, and none can be interrupted; a process can.
"""

from collections.abc import Callable, Sequence

import orjson

from dossier_bridge.sandbox.octets import cut, framed
from gateway.domain.errors import MalformedContent
from webmail.messages.model import HtmlBody, InlineImage

Render = Callable[[HtmlBody, str], str]
"""Makes the page of an HTML body in a theme."""


def encode_letter(body: HtmlBody, theme: str) -> list[bytes]:
    """Write an HTML body and a theme as the buffers of a frame."""
    texts = [text.encode("utf-8", "replace") for text in (body.html, *body.further)]
    pictures = [(name, image.media_type, len(image.content)) for name, image in body.images.items()]
    head = {"theme": theme, "texts": list(map(len, texts)), "pictures": pictures}
    return framed(head, [*texts, *(image.content for image in body.images.values())])


def decode_page(_head: memoryview, body: memoryview) -> str:
    """Read a page; raise `MalformedContent` when it is none."""
    try:
        return bytes(body).decode()
    except UnicodeError as error:
        raise MalformedContent("not a page") from error


def rendering(entry: Render) -> Callable[[memoryview, memoryview], Sequence[bytes]]:
    """Make a process's job of octets of what makes pages."""

    def job(head: memoryview, body: memoryview) -> Sequence[bytes]:
        plain = orjson.loads(head)
        pictures, texts = plain["pictures"], len(plain["texts"])
        files = cut(body, [*plain["texts"], *(length for *_, length in pictures)])
        html, *further = (text.decode() for text in files[:texts])
        images = {
            name: InlineImage(kind, octets) for (name, kind, _), octets in zip(pictures, files[texts:], strict=True)
        }
        return framed({}, [entry(HtmlBody(html, images, tuple(further)), plain["theme"]).encode()])

    return job
