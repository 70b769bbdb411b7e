"""Parameters of MIME fields: quoting, RFC 2231, encoded words where they do not belong, file names."""

import pytest

from gateway.domain.mime import MimeLimits, ParameterField, safe_filename, scan_message


def parameters(value: str) -> dict[str, str]:
    return ParameterField.parse(value.encode(), MimeLimits()).parameters


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("a/b", {}),
        ("a/b;", {}),
        ("a/b; ; ;", {}),
        ("a/b; x=y", {"x": "y"}),
        ("a/b;x=y;z=w", {"x": "y", "z": "w"}),
        ("a/b; X = y", {"x": "y"}),
        ('a/b; x="y; z=w"', {"x": "y; z=w"}),
        ('a/b; x="a \\"b\\" \\\\c"', {"x": 'a "b" \\c'}),
        ('a/b; x="never closed; z=w', {"x": "never closed; z=w"}),
        ('a/b; x="ends with\\', {"x": "ends with"}),
        ('a/b; x=""; z=w', {"x": "", "z": "w"}),
        ('a/b; x="y" junk; z=w', {"x": "y", "z": "w"}),
        ("a/b; x=y (comment); z=w", {"x": "y", "z": "w"}),
        ("a/b; filename=compte rendu.pdf", {"filename": "compte rendu.pdf"}),
        ("a/b; x=y; x=z", {"x": "y"}),
        ("a/b; junk; x=y", {"x": "y"}),
        ("a/b; =y; x=z", {"x": "z"}),
        ("a/b; x=é", {"x": "é"}),
        ("a/b; x*=utf-8'fr'%C3%A9t%C3%A9", {"x": "été"}),
        ("a/b; x*=iso-8859-1''%E9t%E9", {"x": "été"}),
        ("a/b; x*=%C3%A9", {"x": "é"}),
        ("a/b; x*='", {"x": "'"}),
        ("a/b; x*=''%C3%A9", {"x": "é"}),
        ("a/b; x*=utf-8''%C3%A9; x=e", {"x": "é"}),
        ("a/b; x=e; x*=utf-8''%C3%A9", {"x": "é"}),
        ("a/b; x*0=one; x*1=two", {"x": "onetwo"}),
        ("a/b; x*1=two; x*0=one", {"x": "onetwo"}),
        ("a/b; x*0=one; x*2=three", {"x": "one"}),
        ("a/b; x*1=two", {"x": "two"}),
        ("a/b; x*0*=utf-8''%C3; x*1*=%A9; x*2=\" = 100%25\"", {"x": "é = 100%25"}),
        ('a/b; x="=?utf-8?Q?=C3=A9t=C3=A9.pdf?="', {"x": "été.pdf"}),
        ('a/b; x="=?utf-8?Q?=C3=A9?=\t=?utf-8?Q?t=C3=A9?="', {"x": "été"}),
        ("a/b; x*y=z", {"x*y": "z"}),
    ],
)
def test_parameters_are_decoded(value: str, expected: dict[str, str]) -> None:
    assert parameters(value) == expected


def test_example_of_rfc_2231() -> None:
    value = """application/x-stuff; title*0*=us-ascii'en'This%20is%20even%20more%20;
        title*1*=%2A%2A%2Afun%2A%2A%2A%20; title*2="isn't it!\""""
    field = ParameterField.parse(value.replace("\n", "").encode(), MimeLimits())
    assert field.get("title") == "This is even more ***fun*** isn't it!"
    assert field.wire == (
        (b"title*", b"us-ascii'en'This%20is%20even%20more%20%2A%2A%2Afun%2A%2A%2A%20isn%27t%20it%21"),
    )


def test_imap_sees_what_was_sent_but_for_continuations() -> None:
    value = b'a/b; X="=?utf-8?Q?=C3=A9?="; y*=utf-8\'\'%C3%A9; z*0=one; z*1=two'
    field = ParameterField.parse(value, MimeLimits())
    assert field.wire == ((b"x", b"=?utf-8?Q?=C3=A9?="), (b"y*", b"utf-8''%C3%A9"), (b"z", b"onetwo"))


def test_value_loses_comments_blanks_and_case() -> None:
    assert ParameterField.parse(b" Text / (or so) HTML ; x=y", MimeLimits()).value == "text/html"


def filename_of(fields: bytes) -> str | None:
    return scan_message(fields + b"\r\n\r\nx").root.filename


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        (b"Content-Disposition: attachment; filename=a.pdf", "a.pdf"),
        (b"Content-Type: application/pdf; name=a.pdf", "a.pdf"),
        (b"Content-Type: application/pdf; name=a.pdf\r\nContent-Disposition: attachment", "a.pdf"),
        ("Content-Disposition: attachment; filename=\"r\u00e9sultat.pdf\"".encode(), "résultat.pdf"),
        ("Content-Disposition: attachment; filename=\"r\u00e9sultat.pdf\"".encode("latin-1"), "résultat.pdf"),
        ("Content-Disposition: attachment; filename=\"r\u00c3\u00a9sultat.pdf\"".encode(), "résultat.pdf"),
        (b"Content-Disposition: attachment; filename*=utf-8''r%C3%83%C2%A9sultat.pdf", "résultat.pdf"),
        (b"Content-Disposition: attachment; filename=\"=?iso-8859-1?Q?r=E9sultat.pdf?=\"", "résultat.pdf"),
        (b"Content-Disposition: attachment", None),
        (b'Content-Disposition: attachment; filename=""', None),
    ],
)
def test_file_names_survive_what_senders_do_to_them(fields: bytes, name: str | None) -> None:
    assert filename_of(fields) == name


@pytest.mark.parametrize(
    ("raw", "name"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\x\\r.pdf", "r.pdf"),
        ("file:///tmp/r.pdf", "r.pdf"),
        ("a/b/", "b"),
        ("a\0b\r\nc.pdf", "a b c.pdf"),
        ("rapport\u202efdp.exe", "rapportfdp.exe"),
        ("a\u200bb\u00adc.pdf", "abc.pdf"),
        ('a<b>:"c|d?*.pdf', "a_b_c_d_.pdf"),
        ("  .hidden. ", "hidden"),
        ("..", None),
        ("", None),
        ("/", None),
        ("\u202e", None),
        ("CON.txt", "_CON.txt"),
        ("nul", "_nul"),
        ("console.txt", "console.txt"),
        ("e\u0301.pdf", "é.pdf"),
        ("x" * 300 + ".pdf", "x" * 176 + ".pdf"),
        ("x" * 300, "x" * 180),
        ("x" * 100 + "." + "y" * 100, "x" * 100 + "." + "y" * 79),
        ("100% Ã", "100% Ã"),
        ("Ã\u0089\u0081 Ã©", "Ã Ã©"),
    ],
)
def test_file_names_are_safe_to_show(raw: str, name: str | None) -> None:
    assert safe_filename(raw) == name
