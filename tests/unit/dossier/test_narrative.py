"""The narrative of a CDA document: everything its author wrote, in order, and nothing of the author's markup."""

import re
import time
from collections.abc import Sequence

import pytest

from dossier_bridge.cda.narrative import narrative_of
from dossier_bridge.readable_writer import MAX_CHARACTERS, MAX_MARKS, MAX_OPEN, ReadableWriter
from dossier_bridge.xml_source import parse_xml
from gateway.domain.errors import MalformedContent
from gateway.domain.readable import (
    CLOSING,
    WORDLESS,
    Opening,
    ReadableText,
    TextTag,
    readable_from_json,
    readable_to_json,
)
from gateway.domain.readable_html import STYLES, ShownFile, html_of, html_page
from webmail.pages import FOLDER

PICTURE = ShownFile("/p", is_picture=True, name="Courbe <1>")


def read(sections: str, files: dict[str, str] | None = None) -> ReadableText:
    written = f'<structuredBody xmlns="urn:hl7-org:v3">{sections}</structuredBody>'
    return narrative_of(parse_xml(written.encode(), 50_000_000), files or {})


def shown(text: str, files: dict[str, str] | None = None) -> str:
    whole = html_of(read(f"<component><section><text>{text}</text></section></component>", files), {"media-1": PICTURE})
    return whole.removeprefix("<section>").removesuffix("</section>")


def test_sections_are_nested_as_the_document_nests_them() -> None:
    inner = "<component><section><title>Fer</title><text>bas</text></section></component>"
    text = read(f"<component><section><title>Sang</title><text>vu</text>{inner}</section></component>")
    assert html_of(text) == "<section><h3>Sang</h3>vu<section><h4>Fer</h4>bas</section></section>"


def test_headings_end_at_the_sixth_level() -> None:
    opening, end = "<component><section><title>t</title>", "</section></component>"
    assert "<h6>t</h6>" in html_of(read(opening * 9 + end * 9))
    assert "<h7" not in html_of(read(opening * 9 + end * 9))


def test_section_without_title_is_called_by_its_code() -> None:
    text = read('<component><section><code displayName="Allergies"/><text>aucune</text></section></component>')
    assert html_of(text) == "<section><h3>Allergies</h3>aucune</section>"


def test_section_without_title_and_code_gives_its_words() -> None:
    assert html_of(read("<component><section><text>seul</text></section></component>")) == "<section>seul</section>"


def test_entries_and_other_parts_are_no_narrative() -> None:
    entry = "<entry><act><text>code</text></act></entry><author><x/></author>"
    text = read(f"<component><section>{entry}<text>dit</text></section></component>")
    assert html_of(text) == "<section>dit</section>"


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("<paragraph>a</paragraph>b", '<div class="para">a</div>b'),
        ("a<br/>b", "a<br>b"),
        ("<sub>2</sub><sup>3</sup>", "<sub>2</sub><sup>3</sup>"),
        ("<list><item>a</item><item>b</item></list>", "<ul><li>a</li><li>b</li></ul>"),
        ('<list listType="ordered"><item>a</item></list>', "<ol><li>a</li></ol>"),
        ('<list styleCode="LittleRoman"><item>a</item></list>', "<ol><li>a</li></ol>"),
        ("<list><caption>c</caption></list>", '<ul><li class="is-bold">c</li></ul>'),
        ('<content styleCode="Bold Italics">a</content>', '<span class="is-bold is-italic">a</span>'),
        ('<content styleCode="xHighlight Rrule">a</content>', "a"),
        ('<content revised="delete">a</content>', '<span class="is-struck">a</span>'),
        ("<content ID='x'>a</content>b", "ab"),
        ('<paragraph align="center">a</paragraph>', '<div class="para is-centre">a</div>'),
        ("a <b>b</b><em>c</em>", 'a <span class="is-bold">b</span><span class="is-italic">c</span>'),
        ("<div>a</div><div>b</div>", '<div class="para">a</div><div class="para">b</div>'),
        ("<who>a</who> <knows>b</knows>", "a b"),
        ("1 &lt; 2 &amp; « ' »", "1 &lt; 2 &amp; « &#x27; »"),
        ("a\n   b\tc", "a b c"),
    ],
)
def test_markup_becomes_ours(written: str, expected: str) -> None:
    assert shown(written) == expected


def test_tables_keep_heads_spans_and_captions() -> None:
    table = (
        "<table border='1'><caption>Sang</caption><col width='3'/><thead><tr><th colspan='2'>Fer</th></tr></thead>\n"
        "<tbody><tr><th>a</th><td rowspan='3' align='right'>1</td></tr></tbody><tfoot><tr><td/></tr></tfoot></table>"
    )
    box = '<div class="table-box" tabindex="0" role="group" aria-label="Tableau"><table>'
    assert shown(table) == (
        f'{box}<caption>Sang</caption><thead><tr><th scope="col" colspan="2">Fer</th></tr></thead>'
        '<tbody><tr><th scope="row">a</th><td class="is-right" rowspan="3">1</td></tr></tbody>'
        "<tfoot><tr><td></td></tr></tfoot></table></div>"
    )


@pytest.mark.parametrize(
    ("span", "expected"),
    [("0", ""), ("-1", ""), ("x", ""), ("٣", ""), ("999999", ""), ("99999", ' colspan="50"'), (" 2 ", ' colspan="2"')],
)
def test_spans_are_bounded(span: str, expected: str) -> None:
    assert f"<td{expected}>a</td>" in shown(f"<table><tr><td colspan='{span}'>a</td></tr></table>")


def test_footnotes_are_numbered_where_they_stand() -> None:
    text = "<footnoteRef IDREF='b'/>x<footnote ID='a'>A</footnote><footnote ID='b'>B</footnote><footnote>C</footnote>"
    assert shown(text) == " [voir note 1] x<small>[note 2] A</small><small>[note 1] B</small><small>[note 3] C</small>"


def test_pictures_of_the_document_are_shown_in_their_place() -> None:
    picture = '<renderMultiMedia referencedObject="a b"><caption>Pic</caption></renderMultiMedia>'
    assert shown(picture, {"a": "media-1"}) == (
        '<img src="/p" alt="Courbe &lt;1&gt;" loading="lazy">'
        '<span class="absent">[image ou fichier non transmis]</span>'
        '<div class="para is-bold">Pic</div>'
    )


def test_file_that_is_no_picture_is_a_link() -> None:
    text = ReadableText((Opening(TextTag.FILE, target="pdf"),))
    assert html_of(text, {"pdf": ShownFile("/f", is_picture=False, name="Ouvrir")}) == (
        '<a class="file-link" href="/f" target="_blank" rel="noopener">Ouvrir</a>'
    )


@pytest.mark.parametrize(
    "address", ["javascript:alert(1)", "#ref", "data:text/html,x", "//evil.example", "https://x\"onclick='y'", ""]
)
def test_addresses_that_are_no_web_page_are_words(address: str) -> None:
    escaped = address.replace('"', "&quot;")
    assert shown(f'<linkHtml href="{escaped}">ici</linkHtml>') == "<span>ici</span>"


def test_links_say_where_they_lead() -> None:
    assert shown('<linkHtml href="https://sante.example/a?b=1&amp;c">ici</linkHtml>') == (
        '<a href="https://sante.example/a?b=1&amp;c" target="_blank" rel="noopener noreferrer nofollow">ici'
        ' <span class="address">(https://sante.example/a?b=1&amp;c)</span></a>'
    )


@pytest.mark.parametrize("tag", ["script", "style", "reference"])
def test_what_holds_no_words_is_left_out(tag: str) -> None:
    assert shown(f"a<{tag}>alert(1)<b>x</b></{tag}>b") == "ab"


def test_nothing_of_the_sender_becomes_an_attribute() -> None:
    hostile = '<paragraph styleCode="x&quot;&gt;" onclick="a" style="b" class="c" ID="d">e</paragraph>'
    assert shown(hostile) == '<div class="para">e</div>'


def test_words_are_escaped_wherever_they_stand() -> None:
    text = read("<component><section><title>&lt;img src=x onerror=y&gt;</title><text/></section></component>")
    assert html_of(text) == "<section><h3>&lt;img src=x onerror=y&gt;</h3></section>"
    assert "<title>&lt;b&gt;</title>" in html_page("<b>", text, {})


def test_text_that_is_too_long_is_cut_and_says_so() -> None:
    text = read("<component><section><text>" + "mot " * MAX_CHARACTERS + "</text></section></component>")
    assert text.is_cut
    assert sum(len(token) for token in text.tokens if isinstance(token, str)) == MAX_CHARACTERS
    assert "La suite" in html_page("t", text, {})


def test_too_many_parts_are_cut_and_stay_balanced() -> None:
    text = read("<component><section><text>" + "<paragraph>a</paragraph>" * MAX_MARKS + "</text></section></component>")
    assert text.is_cut
    assert len(text.tokens) < 2 * MAX_MARKS + 4
    assert sum(isinstance(t, Opening) for t in text.tokens) == sum(t is CLOSING for t in text.tokens)


def test_parts_that_are_too_deep_give_their_words() -> None:
    deep = "<list><item>" * 60 + "a" + "</item></list>" * 60
    text = read(f"<component><section><text>{deep}</text></section></component>")
    assert not text.is_cut
    assert html_of(text).count("<li>") < MAX_OPEN
    assert ">a<" in html_of(text)


def _seconds(sections: str) -> float:
    start = time.process_time()
    html_of(read(sections))
    return time.process_time() - start


@pytest.mark.parametrize(
    "piece",
    ["<paragraph>a</paragraph>", "<br/>", "a<content/>", "<footnote/>", "<renderMultiMedia referencedObject='a'/>"],
)
def test_time_grows_no_faster_than_the_text(piece: str) -> None:
    def of(size: int) -> float:
        return min(_seconds(f"<component><section><text>{piece * size}</text></section></component>") for _ in range(3))

    assert of(40_000) < 16 * max(of(5_000), 0.01)


@pytest.mark.parametrize("text", [WORDLESS, ReadableText(("a", Opening(TextTag.TITLE), "b", CLOSING), True)])
def test_stored_text_comes_back(text: ReadableText) -> None:
    assert readable_from_json(readable_to_json(text)) == text


def test_stored_marks_come_back_with_all_they_say() -> None:
    text = read(
        "<component><section><text><table><tr><td colspan='2' align='right'>a</td></tr></table>"
        "<linkHtml href='https://a.example/b'>l</linkHtml><renderMultiMedia referencedObject='i'/></text></section>"
        "</component>",
        {"i": "media-12"},
    )
    assert readable_from_json(readable_to_json(text)) == text


@pytest.mark.parametrize(
    "data",
    [
        b"", b"{}", b"[]", b"[0,[]]", b'[0,["script"]]', b"[0,null]", b'[0,["a",1,1,[],"javascript:x"]]',
        b'[0,["file",1,1,[],"../x"]]', b'[0,["p",1,1,["evil"]]]', b'[0,["p",1,1,[],"x"]]', b'[0,["td","x"]]',
    ],
)  # fmt: skip
def test_what_a_taken_over_reader_may_say_is_refused(data: bytes) -> None:
    with pytest.raises(MalformedContent):
        readable_from_json(data)


@pytest.mark.parametrize(
    ("tokens", "has_words"),
    [
        ((), False), ((" ",), False), ((Opening(TextTag.TABLE), CLOSING), False), (("a",), True),
        ((Opening(TextTag.FILE),), True),
    ],
)
def test_text_without_words_and_pictures_is_none(tokens: Sequence[str | Opening], has_words: bool) -> None:
    assert ReadableText(tuple(tokens)).has_words is has_words


def test_unbalanced_tokens_make_balanced_html() -> None:
    assert html_of(ReadableText((CLOSING, Opening(TextTag.PARAGRAPH), "a"))) == '<div class="para">a</div>'


def test_plain_lines_are_paragraphs_up_to_the_bounds() -> None:
    writer = ReadableWriter(max_characters=3)
    writer.paragraphs(["ab", "", "cd", "ef"])
    writer.paragraphs(["gh"])
    assert html_of(writer.written()) == '<div class="para">ab</div><div class="para">c</div>'


def test_style_sheet_knows_every_manner_of_writing() -> None:
    sheet = (FOLDER / "static" / "pli.css").read_text()
    assert [name for name in STYLES if f".{name}" not in sheet] == []


# ---------------------------------------------------------------- wide tables

HEADS = "<thead><tr><th colspan='2'>Date</th><th>Vaccin</th><th>Dose<br/>en mL</th></tr></thead>"
LINE = "<tr><td>1975</td><td>ou 1976</td><td>BCG</td><td>0,1</td></tr>"


def labels(table: str) -> list[str]:
    return re.findall(r'data-label="([^"]*)"', shown(f"<table>{table}</table>"))


def test_cells_of_a_wide_table_are_called_by_their_columns() -> None:
    assert labels(f"{HEADS}<tbody>{LINE}</tbody>") == ["Date", "Date", "Vaccin", "Dose en mL"]
    assert '<table class="cards">' in shown(f"<table>{HEADS}<tbody>{LINE}</tbody></table>")


@pytest.mark.parametrize(
    "table",
    [
        f"{HEADS}<tbody><tr><td colspan='4'>Note</td></tr></tbody>",
        f"{HEADS}<tbody><tr><td>1975</td></tr></tbody>",
        f"<tbody>{LINE}</tbody>",
        f"{HEADS}<tbody><tr><td><table/></td></tr>{LINE}</tbody>",
        "<thead><tr><th>a</th><th>b</th><th>c</th></tr></thead><tbody><tr><td>1</td><td>2</td><td>3</td></tr></tbody>",
        f"{HEADS}<tbody><td>loose</td></tbody>",
        f"<thead><tr>{'<th>a</th>' * 31}</tr></thead><tbody><tr>{'<td>a</td>' * 31}</tr></tbody>",
        f"<thead><tr><th>{'Immunoturbidimétrie ' * 3}</th></tr></thead><tbody><tr><td>a</td></tr></tbody>",
    ],
)
def test_cells_are_called_by_no_column_where_it_is_not_certain(table: str) -> None:
    assert labels(table) == []


def test_table_without_rows_before_its_cells_is_shown_as_it_is() -> None:
    assert labels("<td>loose</td>") == []


def test_table_of_few_columns_with_long_words_is_wide_too() -> None:
    heads = "<thead><tr><th>Période du séjour</th><th>Nature du séjour</th><th>Lieu</th></tr></thead>"
    line = "<tr><td>15/05/2019</td><td>Interventions</td><td>CLINIQUE GENEVIEVE</td></tr>"
    assert labels(f"{heads}<tbody>{line}</tbody>") == ["Période du séjour", "Nature du séjour", "Lieu"]


def test_columns_under_several_heads_are_called_by_all_of_them() -> None:
    heads = """<thead><tr><th colspan='4'>Hémogramme</th></tr><tr><th rowspan='2'>Examen</th><th>Résultat</th>
      <th>Résultat</th><th rowspan='2'/></tr><tr><th>2 mars</th><th>3 mars</th></tr></thead>"""
    table = f"{heads}<tbody>{LINE}</tbody>"
    assert labels(table) == ["Examen", "Résultat · 2 mars", "Résultat · 3 mars"]
    assert shown(f"<table>{table}</table>").count("<tr data-title>") == 1


def test_what_is_said_for_several_rows_is_said_in_each_card() -> None:
    heads = "<thead><tr><th colspan='2'>Isolat</th><th>CMI</th><th>Avis</th></tr></thead>"
    lines = """<tr><td colspan='2'>Nombre</td><td>120</td><td/></tr>
      <tr><td rowspan='3'>Antibiogramme</td><td>Amoxicilline</td><td>0,5</td><td>R</td></tr>
      <tr><td>Gentamicine</td><td>0,1</td><td>S</td></tr><tr><td>a</td><td>b</td><td>c</td></tr>"""
    first = ["Isolat", "CMI", "Isolat", "Isolat", "CMI", "Avis"]
    again = ["Antibiogramme · Isolat", "CMI", "Avis"]
    assert labels(f"{heads}<tbody>{lines}</tbody>") == [*first, *again, *again]


def test_cell_below_different_heads_is_called_by_none() -> None:
    lines = f"{LINE}<tr><td>1975</td><td colspan='2'>BCG</td><td>0,1</td></tr>"
    assert labels(f"{HEADS}<tbody>{lines}</tbody>")[4:] == ["Date", "Dose en mL"]


def test_cells_and_rows_that_hold_nothing_are_left_out_of_cards() -> None:
    lines = f"<tr><td>.</td><td/><td>…</td><td> </td></tr><tr><td>a</td><td/><td>b</td><td>c</td></tr>{LINE}"
    html = shown(f"<table>{HEADS}<tbody>{lines}</tbody></table>")
    assert html.count("<tr data-blank>") == 1
    assert html.count("<td data-blank>") == 5


def test_cell_with_a_picture_is_not_blank() -> None:
    picture = "<td><renderMultiMedia referencedObject='x'/></td>"
    line = f"<tr>{picture}<td>a</td><td>b</td><td>c</td></tr>"
    assert "data-blank" not in shown(f"<table>{HEADS}<tbody>{line}</tbody></table>")


def test_dots_that_only_lead_the_eye_are_no_part_of_a_name() -> None:
    heads = "<thead><tr><th>BILAN THYROIDIEN......</th><th>Voie admin.</th><th>b</th><th>c</th></tr></thead>"
    assert labels(f"{heads}<tbody>{LINE}</tbody>") == ["BILAN THYROIDIEN", "Voie admin.", "b", "c"]


def test_name_of_a_column_is_short() -> None:
    heads = "<thead><tr>" + "<th>" + "long <br/>" * 500 + "</th><th/><th/><th/></tr></thead>"
    assert max(map(len, labels(f"{heads}<tbody>{LINE}</tbody>"))) <= 60


def test_name_of_a_column_is_escaped() -> None:
    heads = "<thead><tr>" + "<th>a\"&lt;</th>" * 4 + "</tr></thead>"
    assert labels(f"{heads}<tbody>{LINE}</tbody>") == ["a&quot;&lt;"] * 4


def test_long_words_of_tables_may_break_and_stay_escaped() -> None:
    html = shown(f"<table><tbody><tr><td>{'1.2.250&lt;' * 4} court</td></tr></tbody></table>")
    assert html.count("<wbr>") == 2
    assert html.replace("<wbr>", "").count("1.2.250&lt;") == 4
    assert "<wbr>" not in shown(f"<paragraph>{'1.2.250.' * 9}</paragraph>")


def test_head_that_names_nothing_is_no_head() -> None:
    heads = "<thead><tr><th/><th colspan='2'> </th><th>a</th></tr></thead>"
    html = shown(f"<table>{heads}<tbody><tr><th/></tr></tbody></table>")
    assert html.count("<th ") == 1
    assert html.count("<td></td>") == 2
    assert '<td colspan="2"> </td>' in html


@pytest.mark.parametrize(
    ("columns", "letters", "classes"),
    [(4, 5, "cards"), (4, 20, "cards many"), (5, 21, "cards many"), (5, 22, "cards many cards-always")],
)
def test_table_that_fits_no_screen_is_cards_everywhere(columns: int, letters: int, classes: str) -> None:
    heads, line = f"<th>{'x' * letters}</th>" * columns, "<td>1</td>" * columns
    html = shown(f"<table><thead><tr>{heads}</tr></thead><tbody><tr>{line}</tr></tbody></table>")
    assert f'<table class="{classes}">' in html
