"""Plain text of messages as a page shows it."""

from webmail.messages.message_text import Span, TextPart, blocks_of, spans_of


def test_quotation_is_set_apart_with_the_line_that_opens_it() -> None:
    text = "Oui.\n\nLe 11 mars 2026, Camille Martin a écrit :\n> Dois-je venir ?\n>\n> Merci\n\nÀ demain."
    blocks = blocks_of(text)
    assert [block.part for block in blocks] == [TextPart.WRITTEN, TextPart.QUOTED, TextPart.WRITTEN]
    assert blocks[0].text == "Oui."
    assert blocks[1].text.startswith("Le 11 mars 2026")
    assert blocks[2].text == "À demain."


def test_line_before_a_quotation_stays_when_it_opens_nothing() -> None:
    assert blocks_of("Je réponds ci-dessous.\n> Question ?")[0].text == "Je réponds ci-dessous."


def test_text_that_is_only_a_quotation_has_no_written_part() -> None:
    assert [block.part for block in blocks_of("> seul")] == [TextPart.QUOTED]


def test_blank_text_has_no_block() -> None:
    assert blocks_of(" \r\n\r\n") == ()


def test_secure_links_are_found_without_the_punctuation_around_them() -> None:
    assert spans_of("Voir (https://sante.example/a?b=1).") == (
        Span("Voir ("),
        Span("https://sante.example/a?b=1", "https://sante.example/a?b=1"),
        Span(")."),
    )


def test_only_secure_links_become_links() -> None:
    for text in ("http://sante.example/", "javascript:alert(1)", "ftp://x.example/y", "www.sante.example"):
        assert spans_of(text) == (Span(text),)


def test_link_never_shows_another_address_than_its_own() -> None:
    for span in spans_of('Cliquez https://bon.example/"onmouseover="x https://autre.example/ fin'):
        assert span.href in ("", span.text)
