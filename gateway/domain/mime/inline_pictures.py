"""Pictures that an HTML text shows in their place: named there by their Content-ID (RFC 2392).

A picture that no text names is a file like any other, whatever it calls itself.
"""

import re
from collections.abc import Iterator
from html import unescape
from urllib.parse import unquote

from gateway.domain.mime.message_tree import Part
from gateway.domain.mime.transfer import EncodedBody

SHOWN_PICTURES = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})
"""Media types of pictures that pages show in place; any other is offered as a file."""
_NAMED = re.compile(rb"(?i)\bcid:([^\s\"'<>()]{1,250})")


def own_parts(part: Part) -> Iterator[Part]:
    """Give a part and all below it that is of the same message, in its order: nothing of messages inside."""
    yield part
    for child in part.parts:
        yield from own_parts(child)


def named_pictures(raw: bytes, root: Part) -> frozenset[str]:
    """Give the Content-IDs, without angle brackets, that the HTML of a message names; none where it has no pictures."""
    parts = list(own_parts(root))
    if not any(part.content_id and part.media_type in SHOWN_PICTURES for part in parts):
        return frozenset()
    return frozenset(
        unquote(unescape(found.decode("latin-1")))
        for part in parts
        if part.media_type == "text/html" and not part.parts
        for found in _NAMED.findall(EncodedBody(raw, part.body_start, part.body_end, part.encoding).whole())
    )


def content_id_of(part: Part) -> str:
    """Give a part's Content-ID without angle brackets, or an empty text."""
    return (part.content_id or "").strip(" \t<>")
