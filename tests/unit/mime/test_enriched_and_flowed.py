"""Enriched text and flowed text, read as people are meant to read them; in linear time."""

import time

import pytest

from gateway.domain.mime.enriched import enriched_to_text
from gateway.domain.mime.flowed import unflowed


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("<bold>Un</bold> deux", "Un deux"),
        ("a\nb\n\nc\n\n\nd", "a b\nc\n\nd"),
        ("<nofill>a\nb</nofill>\nc", "a\nb c"),
        ("5 << 6 <x y> 7 < 8", "5 < 6 <x y> 7 < 8"),
        ("<color><param>red</param>rouge</color>", "rouge"),
        ("<param>jamais <param>fermé", "jamais fermé"),
        ("a<nl>b<lt>c<comment>rien <bold></comment>d", "a\nb<cd"),
    ],
)
def test_enriched_text_loses_its_commands_and_no_word(markup: str, text: str) -> None:
    assert enriched_to_text(markup) == text


@pytest.mark.parametrize(
    ("text", "joined"),
    [
        ("Une phrase qui \ncontinue.\n From ici.", "Une phrase qui continue.\nFrom ici."),
        ("> a \n> b\n>> c \nd", "> a b\n>> c \nd"),
        ("-- \nnom \nsuite", "-- \nnom suite"),
        ("a \n-- \nb", "a \n-- \nb"),
        ("fin ", "fin "),
        ("", ""),
    ],
)
def test_flowed_lines_are_joined_within_a_quotation(text: str, joined: str) -> None:
    assert unflowed(text) == joined


def test_both_are_linear() -> None:
    began = time.process_time()
    for piece in ("<param>", "<comment>", "<<", "<", "\n", "</param>", "<param></param>"):
        enriched_to_text(piece * 200_000)
    for piece in ("> \n", "a \n", ">" * 500 + "\n", " \n"):
        unflowed(piece * 100_000)
    assert time.process_time() - began < 5
