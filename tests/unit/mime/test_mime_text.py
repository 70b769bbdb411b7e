"""Decoded texts, extracts, previews, HTML, subjects."""

import pytest

from gateway.domain.mime import (
    MessageLimitExceeded,
    MimeFault,
    base_subject,
    decoded_body,
    html_to_text,
    normalised_subject,
    preview,
    scan_message,
    search_fold,
    shown_subject,
    text_extract,
    text_of,
)


def crlf(text: str) -> bytes:
    return text.encode().replace(b"\n", b"\r\n")


def body_of(encoding: str, body: bytes) -> bytes:
    raw = crlf(f"Content-Transfer-Encoding: {encoding}\n\n") + body
    return decoded_body(raw, scan_message(raw).root)


@pytest.mark.parametrize(
    ("encoding", "body", "decoded"),
    [
        ("7bit", b"a=3D\r\n", b"a=3D\r\n"),
        ("8bit", b"\xe9", b"\xe9"),
        ("x-unknown", b"a", b"a"),
        ("base64", b"aGVsbG8=\r\n", b"hello"),
        ("base64", b"aGVs\r\nbG8=\r\n", b"hello"),
        ("base64", b"aGVsbG8", b"hello"),
        ("base64", b"aGVsbG8gd29ybGQ", b"hello world"),
        ("base64", b"aGVs!bG*8=", b"hello"),
        ("base64", b"aGVsb", b"hel"),
        ("base64", b"aGVsbG8=aGVsbG8=", b"hello"),
        ("base64", b"a===", b""),
        ("base64", b"", b""),
        ("quoted-printable", b"caf=C3=A9 =\r\nau lait", "café au lait".encode()),
        ("quoted-printable", b"1 = 2 =zz =", b"1 = 2 =zz "),
        ("quoted-printable", b"a=c3=a9", "aé".encode()),
    ],
)
def test_bodies_are_decoded_with_tolerance(encoding: str, body: bytes, decoded: bytes) -> None:
    assert body_of(encoding, body) == decoded


def test_body_longer_than_asked_for_is_refused() -> None:
    raw = b"\r\n12345"
    assert decoded_body(raw, scan_message(raw).root, 5) == b"12345"
    with pytest.raises(MessageLimitExceeded) as caught:
        decoded_body(raw, scan_message(raw).root, 4)
    assert caught.value.fault is MimeFault.BODY_BYTES


def text(content_type: str, body: bytes, max_bytes: int | None = None) -> str:
    raw = crlf(f"Content-Type: {content_type}\nContent-Transfer-Encoding: 8bit\n\n") + body
    return text_of(raw, scan_message(raw).root, max_bytes)


@pytest.mark.parametrize(
    ("content_type", "body", "expected"),
    [
        ("text/plain; charset=iso-8859-1", b"\xe9", "é"),
        ("text/plain; charset=iso-8859-15", b"\xa4", "€"),
        ("text/plain; charset=utf-8", b"\xe9", "é"),
        ("text/plain", b"\xe9", "é"),
        ("text/plain", "é".encode(), "é"),
        ("text/plain; charset=us-ascii", "é".encode(), "é"),
        ("text/plain; charset=nonsense", "é".encode(), "é"),
        ("text/plain; charset=zip", b"x", "x"),
        ("text/plain; charset=windows-1251", b"\xe9", "й"),
        ("text/plain; charset=iso-2022-jp", b"\xe9", "\ufffd"),
        ("text/plain; charset=utf-8", b"\xef\xbb\xbfa\r\nb", "a\nb"),
        ("text/html", b'<meta charset="windows-1251"><p>\xe9', '<meta charset="windows-1251"><p>й'),
        ("text/html", b"<p>\xe9", "<p>é"),
    ],
)
def test_texts_are_decoded_as_labelled_or_as_they_look(content_type: str, body: bytes, expected: str) -> None:
    assert text(content_type, body) == expected


@pytest.mark.parametrize("content_type", ["text/plain", "text/plain; charset=utf-8"])
def test_character_cut_by_the_limit_is_left_out(content_type: str) -> None:
    assert text(content_type, "aéb".encode(), 2) == "a"


@pytest.mark.parametrize(
    ("markup", "expected"),
    [
        ("", ""),
        ("plain", "plain"),
        ("<p>one</p><p>two</p>", "one\ntwo"),
        ("one<br>two<BR/>three", "one\ntwo\nthree"),
        ("<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>", "a b\nc"),
        ("a\n  b&nbsp;c", "a b c"),
        ("<style>x{}</style>a<script>1</script >b<!-- c -->d<title>t</title>", "a b d"),
        ("a<!-- never closed", "a"),
        ("a<script>never closed", "a"),
        ("5 &lt; 6 &amp; &eacute;&#233;&#xE9;", "5 < 6 & ééé"),
        ("&#" + "9" * 5000 + ";x", "\ufffdx"),
        ("&#xD800;&#0;", "\ufffd\ufffd"),
        ("a < b", "a < b"),
        ("a<b", "a"),
        ("<a href='x'>link</a> <b>bold</b>text", "link boldtext"),
        ('<div style="color:red;DISPLAY : none">aper\u00e7u</div><p>Bonjour</p>', "Bonjour"),
        ('<span style="visibility:hidden">a</span>b<td style="mso-hide:all">c</td>d', "b d"),
        ('<div style="display:none">never closed', "never closed"),
        ('<div style="display:none">' + "a" * 1001 + "</div>", "a" * 1001),
        ('<div style="display:block">a</div><p>display:none</p>', "a\ndisplay:none"),
    ],
)
def test_text_of_html(markup: str, expected: str) -> None:
    assert html_to_text(markup) == expected


@pytest.mark.parametrize(
    ("written", "folded"),
    [("ÉLÈVE", "eleve"), ("Cœur l’été", "coeur l'ete"), ("a \n\t b", "a b"), ("Straße", "strasse"), ("ﬁn", "fin")],
)
def test_search_folds_case_accents_and_blanks(written: str, folded: str) -> None:
    assert search_fold(written) == folded


MIXED = crlf("""Subject: not here
Content-Type: multipart/mixed; boundary=b

--b
Content-Type: text/plain; charset=utf-8

Bonjour,
Voici vos RÉSULTATS.
--b
Content-Type: text/html

<p>Gly&eacute;mie&nbsp;: 5
--b
Content-Type: application/pdf; name="compte rendu.pdf"
Content-Description: Étude

%PDF-
--b

--b
Content-Type: message/rfc822

Subject: Transféré

intérieur
--b--
""")


def test_extract_holds_texts_names_and_nested_subjects() -> None:
    assert text_extract(MIXED, scan_message(MIXED)).split("\n") == [
        "bonjour, voici vos resultats.", "glyemie : 5", "compte rendu.pdf", "etude", "transfere", "interieur",
    ]  # fmt: skip


@pytest.mark.parametrize("room", [0, 1, 10, 29, 30, 31, 45])
def test_extract_is_bounded(room: int) -> None:
    extract = text_extract(MIXED, scan_message(MIXED), room)
    assert len(extract) <= room
    assert text_extract(MIXED, scan_message(MIXED)).startswith(extract.rstrip("\n"))


ALTERNATIVE = "Content-Type: multipart/alternative; boundary=b\n\n"


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("\nBonjour,\n\nVoici.\n", "Bonjour, Voici."),
        ("\nMerci.\n\nLe 5 mai 2024, Dr Légaré a écrit :\n> Bonjour\n> ça va ?\n-- \nÉlise\n", "Merci."),
        ("\nOui\n--- Message d'origine ---\n> x", "Oui"),
        ("\n" + "mot " * 100, "mot " * 49 + "mot…"),
        ("\n> tout est cité\n", ""),
        ("Content-Type: text/html\n\n<p>un<p>deux", "un deux"),
        ("Content-Type: application/pdf\n\n%PDF-", ""),
        (f"{ALTERNATIVE}--b\nContent-Type: text/html\n\n<p>h\n--b\n\nplain\n--b--", "plain"),
        (f"{ALTERNATIVE}--b\n\n \n--b\nContent-Type: text/html\n\n<p>h\n--b--", "h"),
        ("\na\u202eb\u0007c", "ab c"),
    ],
)
def test_preview_is_what_the_author_wrote(raw: str, expected: str) -> None:
    message = crlf(raw)
    assert preview(message, scan_message(message)) == expected


@pytest.mark.parametrize(
    ("subject", "base"),
    [
        ("Résultats", "Résultats"),
        ("Re: Résultats", "Résultats"),
        ("RE : TR: Fwd : Résultats", "Résultats"),
        ("Re[2]: Résultats", "Résultats"),
        ("Réf : x", "x"),
        ("Re: XDM/1.0/DDM+CR-BIO DUPONT Élise", "CR-BIO DUPONT Élise"),
        ("[Annule et remplace] XDM/1.0/DDM+CR", "CR"),
        ("[KO Intégration système !][904] XDM/1.0/DDM+CR", "CR"),
        ("Résultats (fwd)", "Résultats"),
        ("  a   b ", "a b"),
        ("Rendez-vous : lundi", "Rendez-vous : lundi"),
        ("Retour", "Retour"),
        ("Re:", ""),
    ],
)
def test_base_subject_strips_marks(subject: str, base: str) -> None:
    assert base_subject(subject) == base
    assert normalised_subject(subject.upper()) == base.casefold()


def test_reader_hides_the_document_prefix() -> None:
    assert shown_subject("XDM/1.0/DDM+CR-BIO DUPONT") == "CR-BIO DUPONT"
    assert shown_subject("[Annule et remplace] XDM/1.0/DDM+CR") == "[Annule et remplace] CR"
    assert shown_subject("Re: bonjour") == "Re: bonjour"
