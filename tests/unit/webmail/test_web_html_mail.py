"""The sanitiser of HTML mail: what it keeps, what it takes away."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.builders.web_people import HOSTILE_HTML, PNG
from webmail.messages.html_mail import inert_document, inert_html
from webmail.messages.model import HtmlBody, InlineImage

HAZARDS = (
    "spy.example", "script", "alert", "url(", "data:", "mailto", "onclick", "id=", "class=", "<form", "<svg",
)  # fmt: skip


def inert(html: str, **images: bytes) -> str:
    return inert_html(HtmlBody(html, {name: InlineImage("image/png", data) for name, data in images.items()}))


@pytest.mark.parametrize(
    "html",
    [
        "<script>alert(1)</script>",
        "<img src=https://spy.example/p.gif>",
        "<img src='//spy.example/p.gif'>",
        "<img src='/connexion'>",
        "<img srcset='https://spy.example/p.gif 2x'>",
        "<p style='background:url(https://spy.example/)'>x</p>",
        "<p style='background-image:image-set(\"https://spy.example/\" 1x)'>x</p>",
        "<p style='width:u\\72l(https://spy.example/)'>x</p>",
        "<body background=https://spy.example/><table background=https://spy.example/><td>x</td></table>",
        "<style>@import 'https://spy.example/'</style>",
        "<link rel=stylesheet href=https://spy.example/>",
        "<iframe src=https://spy.example/></iframe>",
        "<video src=https://spy.example/ poster=https://spy.example/></video>",
        "<object data=https://spy.example/></object><embed src=https://spy.example/>",
        "<form action=https://spy.example/><input name=x></form>",
        "<meta http-equiv=refresh content='0;url=https://spy.example/'>",
        "<base href=https://spy.example/>",
        "<svg><image href=https://spy.example/ /></svg>",
        "<math><mtext><table><mglyph><style><img src=https://spy.example/ onerror=alert(1)>",
        "<a href=javascript:alert(1)>x</a>",
        "<a href='data:text/html,<script>alert(1)</script>'>x</a>",
        "<img src='data:image/svg+xml;base64,PHN2Zz4='>",
        "<img src='data:text/html;base64,PHNjcmlwdD4='>",
        "<a href=mailto:quelquun@ailleurs.example>x</a>",
        "<p onclick=alert(1) id=contenu class=tab name=csrf>x</p>",
    ],
)
def test_nothing_that_runs_or_fetches_is_left(html: str) -> None:
    clean = inert(html)
    for hazard in HAZARDS:
        assert hazard not in clean


def test_message_keeps_its_words_and_its_structure() -> None:
    words = "<h2>Titre</h2><ul><li><b>un</b></li></ul>"
    clean = inert(f"{words}<table><tr><td colspan=2 style='text-align:right'>x</td></tr></table>")
    assert words in clean
    assert re.search(r'<td [^>]*colspan="2"', clean)
    assert "text-align:right" in clean


def test_colours_of_the_sender_are_dropped() -> None:
    assert inert("<p style='color:#fff;background-color:#000;font-weight:bold' bgcolor=#000>x</p>") == (
        '<p style="font-weight:bold">x</p>'
    )


def test_picture_of_the_message_is_put_in() -> None:
    assert 'src="data:image/png;base64,' in inert("<img src='CID:courbe' alt=Courbe>", courbe=PNG)


@pytest.mark.parametrize("reference", ["cid:autre", "cid:", "cid:courbe%00"])
def test_picture_that_is_not_in_the_message_disappears(reference: str) -> None:
    assert "src=" not in inert(f"<img src='{reference}' alt=x>", courbe=PNG)


def test_inline_svg_part_is_not_a_picture() -> None:
    body = HtmlBody("<img src=cid:a>", {"a": InlineImage("image/svg+xml", b"<svg onload=alert(1)>")})
    assert "src=" not in inert_html(body)


def test_pictures_past_ten_megabytes_are_left_out() -> None:
    body = HtmlBody("<img src=cid:a>", {"a": InlineImage("image/png", bytes(10_000_001))})
    assert "src=" not in inert_html(body)


def test_link_opens_elsewhere_and_tells_nothing() -> None:
    clean = inert("<a href=https://rdv.example/ target=_self rel=opener>RDV</a>")
    assert 'href="https://rdv.example/"' in clean
    assert 'target="_blank"' in clean
    assert 'rel="noopener noreferrer nofollow"' in clean


def test_hostile_message_stays_readable() -> None:
    clean = inert(HOSTILE_HTML)
    assert "Votre rendez-vous" in clean
    assert "spy.example" not in clean


@pytest.mark.parametrize(("theme", "mark"), [("dark", ' data-theme="dark"'), ("", ""), ('"><script>', "")])
def test_frame_follows_the_chosen_theme_only(theme: str, mark: str) -> None:
    assert inert_document(HtmlBody("x", {}), theme).startswith(f'<!doctype html><html lang="fr"{mark}>')


@given(st.text(alphabet="<>/='\"&;:()! abimgstylercod\n\\\x00", max_size=200))
def test_any_text_gives_no_script_and_no_handler(html: str) -> None:
    clean = inert(html).lower()
    assert "<script" not in clean
    assert not re.search(r"<[^>]*\son\w+=", clean)


def test_fence_that_a_removed_tag_leaves_open_lets_nothing_out() -> None:
    assert "<img" not in inert("<noscript><p title='</noscript><img src=https://spy.example/>'>")
    assert "src=" not in inert("<svg><style><!--</style><svg onload=x><img src=https://spy.example/>--></style>")


@pytest.mark.parametrize(
    "html",
    [
        "<noscript><p>Des <b>mots</b></p></noscript>", "<math><mrow><mtext>Des <b>mots</b></mtext></mrow></math>",
        "<svg><text>Des <b>mots</b></text></svg>",
        "<object data=x><p>Des <b>mots</b></p></object>", "<noframes><p>Des <b>mots</b></p></noframes>",
        "<svg><style>p{}</style><title>x</title><foreignObject><p>Des <b>mots</b></p></foreignObject></svg>",
    ],
)  # fmt: skip
def test_words_in_place_of_scripts_and_drawings_stay(html: str) -> None:
    assert "Des <b>mots</b>" in inert(html)


def test_texts_of_a_letter_are_cleaned_apart() -> None:
    clean = inert_html(HtmlBody("<p>un<!--", {}, ("<p>deux<style>", "<p>trois</p>")))
    assert [word in clean for word in ("un", "deux", "trois")] == [True] * 3


@pytest.mark.parametrize(
    "style",
    [
        "display:none", "DISPLAY : NONE ; font-size:1px", "visibility:hidden", "mso-hide:all",
        "color:red;mso-hide: all;",
        "display:none !important; max-height:0", "display:block;display:none", "background:url(x);display:none",
        "max-height:0;overflow:hidden", "max-height : 0px", "opacity:0", "visibility:collapse",
    ],
)  # fmt: skip
def test_what_a_sender_hides_stays_hidden(style: str) -> None:
    assert inert(f"<div style='{style}'>Aperçu</div>") == '<div style="display:none">Aperçu</div>'


def test_what_a_sender_hides_by_a_word_stays_hidden() -> None:
    assert inert("<p hidden>Aperçu</p>") == '<p hidden="">Aperçu</p>'


@pytest.mark.parametrize("style", ["max-height:0.5em", "opacity:0.9", "font-size:0", "max-height:100px"])
def test_what_a_sender_makes_small_is_shown(style: str) -> None:
    assert "display" not in inert(f"<div style='{style}'>Aperçu</div>")


@pytest.mark.parametrize("style", ["display:block", "display:table-cell;width:3px", "DISPLAY : flex"])
def test_letter_is_laid_out_by_no_display_of_its_sender(style: str) -> None:
    assert not re.search("(?i)display", inert(f"<div style='{style}'>Aperçu</div>"))
