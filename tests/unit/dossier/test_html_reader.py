"""An HTML page that is the body of a document: its words stay, what runs or is fetched does not."""

import pytest

from dossier_bridge.file_words import words_of
from dossier_bridge.html import reader
from dossier_bridge.html.reader import html_text
from gateway.domain.readable_html import html_of


def shown(page: str | bytes) -> str:
    return html_of(html_text(page.encode() if isinstance(page, str) else page))


@pytest.mark.parametrize(
    ("page", "expected"),
    [
        ("<p>Un <b>mot</b> l&eacute;ger</p>", '<div class="para">Un <span class="is-bold">mot</span> léger</div>'),
        ("<h2>Conclusion</h2>", '<div class="para is-bold">Conclusion</div>'),
        ("<ul><li>un<li>deux</ul>", "<ul><li>un</li><li>deux</li></ul>"),
        ("<p>a<br>b</p>", '<div class="para">a<br>b</div>'),
        ("<p>10<sup>9</sup></p>", '<div class="para">10<sup>9</sup></div>'),
        ("<img alt='Schéma du dos' src='http://x.example/a.png'>", "Schéma du dos"),
        ("<svg><text>Mots</text></svg>", "Mots"),
        ("<tr><td>seul</td></tr>", '<div class="para"><div class="para">seul</div></div>'),
    ],
)  # fmt: skip
def test_page_keeps_its_words_and_their_order(page: str, expected: str) -> None:
    assert shown(page) == expected


def test_table_keeps_its_cells_apart() -> None:
    rows = "<tr><th colspan='2' rowspan='x'>Nom<td>Val</tr><tr><td>Na<td>140"
    html = shown(f"<table><caption>Bilan</caption>{rows}</table>")
    assert "<caption>Bilan</caption>" in html
    assert '<th scope="row" colspan="2">Nom</th><td>Val</td>' in html
    assert "<td>Na</td><td>140</td>" in html


@pytest.mark.parametrize(
    "page",
    [
        "<script>alert(1)</script>", "<style>p{}</style>", "<head><title>x</title></head>", "<iframe>x</iframe>",
        "<!-- x -->", "<object><p>x</p></object>",
    ],
)  # fmt: skip
def test_what_is_no_text_is_left_out(page: str) -> None:
    assert shown(f"<html>{page}<body>Voilà</body></html>") == "Voilà"


def test_link_leads_to_a_web_page_or_nowhere() -> None:
    assert "https://labo.example/x" in shown('<a href="https://labo.example/x">ici</a>')
    assert shown('<a href="javascript:alert(1)" onclick="x">ici</a>') == "ici"


def test_page_in_windows_letters_is_read() -> None:
    assert shown("<p>Résultat à 5 €</p>".encode("cp1252")) == '<div class="para">Résultat à 5 €</div>'


def test_page_beyond_the_limit_says_that_it_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "MAX_HTML_BYTES", 9)
    text = html_text("<p>été été été</p>".encode())
    assert text.is_cut
    assert html_of(text) == '<div class="para">été </div>'


def test_empty_page_has_no_words() -> None:
    assert not html_text(b"").has_words


@pytest.mark.parametrize("media_type", ["text/html", "application/xhtml+xml"])
def test_body_of_that_type_is_read_in_place(media_type: str) -> None:
    assert words_of(media_type, b"<p>Bonjour</p>").has_words
