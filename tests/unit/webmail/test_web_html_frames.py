"""HTML letters as octets: a letter goes there, a page comes back."""

import pytest

from dossier_bridge.sandbox.octets import LENGTHS
from gateway.domain.errors import MalformedContent
from webmail.messages.html_frames import decode_page, encode_letter, rendering
from webmail.messages.model import HtmlBody, InlineImage

PICTURES = {"a@b": InlineImage("image/png", b"PNG"), "c@d": InlineImage("image/gif", b"")}
LETTER = HtmlBody("<p>é</p>", PICTURES, ("b", ""))


def _parts(buffers: object) -> tuple[memoryview, memoryview]:
    assert isinstance(buffers, list)
    frame = memoryview(b"".join(buffers))
    head, _ = LENGTHS.unpack(frame[: LENGTHS.size])
    return frame[LENGTHS.size : LENGTHS.size + head], frame[LENGTHS.size + head :]


def test_letter_and_page_come_as_they_left() -> None:
    got = []

    def entry(body: HtmlBody, theme: str) -> str:
        got.append((body, theme))
        return "<p>é</p>"

    answer = rendering(entry)(*_parts(encode_letter(LETTER, "dark")))
    assert decode_page(*_parts(answer)) == "<p>é</p>"
    assert got == [(LETTER, "dark")]


def test_half_a_surrogate_costs_itself() -> None:
    _, body = _parts(encode_letter(HtmlBody("a\ud800b", {}), ""))
    assert bytes(body) == b"a?b"


def test_answer_that_is_no_text_is_refused() -> None:
    with pytest.raises(MalformedContent):
        decode_page(memoryview(b""), memoryview(b"\xff"))
