"""Encoded words and raw 8-bit text of header fields."""

import pytest

from gateway.domain.mime import decode_words, encode_words

RFC_2047_SECTION_8 = [
    (b"(=?ISO-8859-1?Q?a?=)", "(a)"),
    (b"(=?ISO-8859-1?Q?a?= b)", "(a b)"),
    (b"(=?ISO-8859-1?Q?a?= =?ISO-8859-1?Q?b?=)", "(ab)"),
    (b"(=?ISO-8859-1?Q?a?=  =?ISO-8859-1?Q?b?=)", "(ab)"),
    (b"(=?ISO-8859-1?Q?a_b?=)", "(a b)"),
    (b"(=?ISO-8859-1?Q?a?= =?ISO-8859-2?Q?_b?=)", "(a b)"),
    (b"=?US-ASCII?Q?Keith_Moore?=", "Keith Moore"),
    (b"=?ISO-8859-1?Q?Andr=E9?= Pirard", "André Pirard"),
    (b"=?ISO-8859-1?B?SWYgeW91IGNhbiByZWFkIHRoaXMgeW8=?= =?ISO-8859-2?B?dSB1bmRlcnN0YW5kIHRoZSBleGFtcGxlLg==?=",
     "If you can read this you understand the example."),
    (b"=?US-ASCII*EN?Q?Keith_Moore?=", "Keith Moore"),
]  # fmt: skip


@pytest.mark.parametrize(("value", "text"), RFC_2047_SECTION_8)
def test_examples_of_rfc_2047(value: bytes, text: str) -> None:
    assert decode_words(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (b"plain", "plain"),
        ("Résultats".encode(), "Résultats"),
        ("Résultats".encode("latin-1"), "Résultats"),
        ("5 € – œdème".encode("cp1252"), "5 € – œdème"),
        (b"=?utf-8?b?w6k?=", "é"),
        (b"=?utf-8?Q?r=C3=A9sultat d'analyse?=", "résultat d'analyse"),
        (b"=?utf-8?B?ww==?= =?utf-8?B?qQ==?=", "é"),
        (b"=?utf-8?Q?caf=C3?= =?utf-8?Q?=A9?=", "café"),
        (b"=?utf-8?Q?caf=E9?=", "café"),
        (b"=?us-ascii?Q?caf=C3=A9?=", "café"),
        (b"=?unknown-8bit?Q?caf=C3=A9?=", "café"),
        (b"=?iso-8859-15?Q?=A4?=", "€"),
        (b"=?shift_jis?B?k/qWew==?=", "日本"),
        (b"a =?utf-8?Q?b?= c =?utf-8?Q?d?= e", "a b c d e"),
        (b"=?utf-8?X?abc?=", "=?utf-8?X?abc?="),
        (b"=?utf-8?Q?unfinished", "=?utf-8?Q?unfinished"),
    ],
)
def test_what_senders_really_write(value: bytes, text: str) -> None:
    assert decode_words(value) == text


def test_encoded_line_end_in_subject_becomes_a_blank() -> None:
    assert decode_words(b"=?utf-8?Q?hello=0D=0ABcc:_eve@evil.test?=") == "hello Bcc: eve@evil.test"


def test_bidirectional_overrides_are_removed() -> None:
    assert decode_words(b"=?utf-8?Q?rapport=E2=80=AEfdp.exe?=") == "rapportfdp.exe"


def test_text_is_composed() -> None:
    assert decode_words("e\u0301".encode()) == "é"


@pytest.mark.parametrize("text", ["", "plain", "é", "=?utf-8?Q?a?=", "é" * 300, "😀" * 50, "a" + "é b" * 30])
def test_words_are_read_back_as_written(text: str) -> None:
    words = encode_words(text)
    assert all(len(word) <= 75 or word == text for word in words)
    assert decode_words(" ".join(words).encode("ascii")) == text
