"""A page of letters stays small whatever was written, and says what it leaves out."""

import jinja2
import pytest
from markupsafe import escape

from webmail.messages.long_texts import PAGE_COST, cost_of, fitted
from webmail.messages.message_text import MAX_BLOCKS, MAX_LINKS, blocks_of, spans_of

MEGABYTE = 1_000_000


@pytest.mark.parametrize(
    "line",
    [
        "> a\n", ">\n", "&" * 70 + "\n", "'\"<>&\n", "> a\nb\n\n", "https://a.example/b ", "> https://a.example\nb\n",
        "https://a.example\n> b\n", "é" * 9,
    ],
)  # fmt: skip
def test_texts_of_a_page_take_less_than_a_megabyte(line: str) -> None:
    shown = [text for text, _ in fitted([line * (260_000 // len(line))] * 30)]
    assert sum(len(_written(text)) for text in shown) < MEGABYTE
    assert "n’est pas affichée" in shown[0]


def test_ordinary_texts_are_shown_whole() -> None:
    texts = ["Bonjour,\n" * 200, "> cité\n" * 100] * 15
    assert fitted(texts) == [(text, False) for text in texts]


def test_newest_text_is_cut_last() -> None:
    (old, old_is_cut), (new, new_is_cut) = fitted(["a" * PAGE_COST, "b" * (PAGE_COST - 1_000)])
    assert (old_is_cut, new_is_cut) == (True, False)
    assert len(old) < 10_000 < len(new)


def test_text_of_more_folds_than_a_page_has_keeps_all_its_words() -> None:
    text = "> a\nb\n" * 1_000
    blocks = blocks_of(text)
    assert len(blocks) == MAX_BLOCKS
    assert sum(block.text.count("b") for block in blocks) == 1_000


def test_more_links_than_a_block_has_stay_as_words() -> None:
    spans = spans_of("https://a.example/b " * (MAX_LINKS + 5))
    assert sum(bool(span.href) for span in spans) == MAX_LINKS
    assert "".join(span.text for span in spans).count("https://") == MAX_LINKS + 5


def test_cost_counts_what_is_escaped() -> None:
    assert cost_of("&" * 100) > len(str(escape("&" * 100)))


def _written(text: str) -> bytes:
    """Write a text as the page of a conversation does, folds and links included."""
    fold = "<details class='quote'><summary>" + "x" * 300 + "</summary></details>"
    link = jinja2.Template("<a href='{{ h|e }}' target='_blank' rel='noopener noreferrer nofollow'>{{ h|e }}</a>")
    pieces = []
    for block in blocks_of(text):
        if block.part.value == "quoted":
            pieces += [fold, str(escape(block.text))]
        else:
            pieces += [link.render(h=s.href) if s.href else str(escape(s.text)) for s in spans_of(block.text)]
    return "".join(pieces).encode()
