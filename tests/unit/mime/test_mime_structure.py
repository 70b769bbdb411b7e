"""The tree of parts: boundaries, offsets, sections, defaults, limits, broken structure."""

import pytest

from gateway.domain.mime import Defect, MessageLimitExceeded, MimeFault, MimeLimits, Part, scan_message


def crlf(text: str) -> bytes:
    return text.encode().replace(b"\n", b"\r\n")


def multipart(*parts: str, boundary: str = "b", subtype: str = "mixed", end: str = "--b--\n") -> bytes:
    body = "".join(f"--{boundary}\n{part}\n" for part in parts)
    return crlf(f"Content-Type: multipart/{subtype}; boundary={boundary}\n\n{body}{end}")


def bodies(raw: bytes) -> list[tuple[str, bytes]]:
    leaves = (part for part in scan_message(raw).root.walk() if not part.parts)
    return [(part.section, raw[part.body_start : part.body_end]) for part in leaves]


RFC_2046_SECTION_5_1_1 = crlf("""From: Nathaniel Borenstein <nsb@bellcore.example>
To: Ned Freed <ned@innosoft.example>
Date: Sun, 21 Mar 1993 23:56:48 -0800 (PST)
Subject: Sample message
MIME-Version: 1.0
Content-type: multipart/mixed; boundary="simple boundary"

This is the preamble.  It is to be ignored, though it
is a handy place for composition agents to include an
explanatory note to non-MIME conformant readers.

--simple boundary

This is implicitly typed plain US-ASCII text.
It does NOT end with a linebreak.
--simple boundary
Content-type: text/plain; charset=us-ascii

This is explicitly typed plain US-ASCII text.
It DOES end with a linebreak.

--simple boundary--

This is the epilogue.  It is also to be ignored.
""")


def test_example_of_rfc_2046() -> None:
    root = scan_message(RFC_2046_SECTION_5_1_1).root
    assert (root.media_type, root.section) == ("multipart/mixed", "")
    assert bodies(RFC_2046_SECTION_5_1_1) == [
        ("1", b"This is implicitly typed plain US-ASCII text.\r\nIt does NOT end with a linebreak."),
        ("2", b"This is explicitly typed plain US-ASCII text.\r\nIt DOES end with a linebreak.\r\n"),
    ]
    assert [part.charset for part in root.parts] == [None, "us-ascii"]
    assert [part.lines for part in root.parts] == [1, 2]


def test_message_without_mime_is_one_text() -> None:
    part = scan_message(b"Subject: a\r\n\r\none\r\ntwo\r\n").root
    assert (part.section, part.media_type, part.encoding, part.lines) == ("1", "text/plain", "7bit", 2)
    assert (part.header_start, part.body_start, part.body_end) == (0, 14, 24)


@pytest.mark.parametrize("raw", [b"", b"\r\n", b"Subject: a", b"Subject: a\r\n", b"Subject: a\r\n\r\n"])
def test_message_without_body_has_an_empty_text(raw: bytes) -> None:
    scanned = scan_message(raw)
    assert scanned.root.body_start == scanned.root.body_end == scanned.size == scanned.header_length


def test_sections_count_as_imap_does() -> None:
    # The figure of RFC 3501 §6.4.5.
    inner = "Content-Type: message/rfc822\n\nSubject: in\nContent-Type: multipart/mixed; boundary=i\n\n"
    raw = multipart(
        "Content-Type: text/plain\n\n1",
        "Content-Type: application/octet-stream\n\n2",
        inner + "--i\n\n3.1\n--i\n\n3.2\n--i--",
        "Content-Type: multipart/mixed; boundary=m\n\n--m\nContent-Type: image/gif\n\n4.1\n--m\n"
        "Content-Type: message/rfc822\n\nContent-Type: text/plain\n\n4.2.1\n--m--",
    )
    assert [part.section for part in scan_message(raw).root.walk()] == [
        "", "1", "2", "3", "", "3.1", "3.2", "4", "4.1", "4.2", "4.2.1",
    ]  # fmt: skip
    assert bodies(raw)[-1] == ("4.2.1", b"4.2.1")


def test_nested_message_keeps_its_own_fields() -> None:
    raw = multipart("Content-Type: message/rfc822\n\nSubject: =?utf-8?Q?=C3=A9?=\nTo: a@b.test\n\nhello\n")
    (part,) = scan_message(raw).root.parts
    assert part.message is not None
    assert part.message.headers.text("subject") == "é"
    assert set(part.message.addresses) == {"to"}
    assert part.message.root.section == "1.1"
    assert part.lines == 4


def test_encoded_nested_message_stays_a_leaf() -> None:
    raw = multipart("Content-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\nU3ViamVjdDogYQ==\n")
    assert scan_message(raw).root.parts[0].message is None


def test_parts_of_a_digest_are_messages() -> None:
    raw = multipart("\nSubject: a\n\nb\n", subtype="digest")
    assert scan_message(raw).root.parts[0].message is not None


@pytest.mark.parametrize(
    ("line", "parts"),
    [
        ("--b  \t", 2),
        ("--bb", 1),
        ("--b x", 1),
        ("--b-", 1),
        (" --b", 1),
        ("---b", 1),
        ("--B", 1),
        ("--b--", 1),
        ("--b-- \t", 1),
    ],
)
def test_delimiter_is_a_whole_line(line: str, parts: int) -> None:
    raw = multipart(f"\none\n{line}\n\ntwo")
    assert len(scan_message(raw).root.parts) == parts


def test_lines_that_only_look_like_delimiters_are_bounded() -> None:
    assert len(scan_message(multipart("\n" + "--bb\n" * 2000)).root.parts) == 1
    with pytest.raises(MessageLimitExceeded) as caught:
        scan_message(multipart("\n" + "--bb\n" * 2001))
    assert caught.value.fault is MimeFault.PARTS


def test_boundary_that_begins_another_does_not_match_it() -> None:
    raw = multipart("Content-Type: multipart/mixed; boundary=bb\n\n--bb\n\none\n--bb--", "\ntwo")
    assert bodies(raw) == [("1.1", b"one"), ("2", b"two")]


def test_delimiters_without_anything_between_give_empty_parts() -> None:
    raw = crlf("Content-Type: multipart/mixed; boundary=b\n\n--b\n--b\n\n--b\n\nx\n--b--")
    assert bodies(raw) == [("1", b""), ("2", b""), ("3", b"x")]


def test_part_whose_empty_line_was_forgotten_is_text() -> None:
    assert bodies(multipart("hello\nworld")) == [("1", b"hello\r\nworld")]


def test_part_of_fields_only_has_no_body() -> None:
    raw = multipart("Content-Type: application/pdf\nContent-Disposition: attachment")
    (part,) = scan_message(raw).root.parts
    assert (part.media_type, part.body_end - part.body_start) == ("application/pdf", 0)


def test_outer_boundary_wins_inside_an_unterminated_part() -> None:
    raw = multipart("Content-Type: multipart/mixed; boundary=i\n\n--i\n\ninner", "\nouter")
    assert bodies(raw) == [("1.1", b"inner"), ("2", b"outer")]
    assert scan_message(raw).defects == {Defect.UNTERMINATED}


def test_unterminated_multipart_ends_with_the_message() -> None:
    raw = multipart("\none", end="")
    assert bodies(raw) == [("1", b"one\r\n")]
    assert scan_message(raw).defects == {Defect.UNTERMINATED}


@pytest.mark.parametrize(
    ("parameter", "defect"),
    [
        ("", Defect.NO_BOUNDARY),
        ("; boundary=", Defect.NO_BOUNDARY),
        ('; boundary=""', Defect.NO_BOUNDARY),
        ('; boundary="   "', Defect.NO_BOUNDARY),
        (f"; boundary={'x' * 201}", Defect.NO_BOUNDARY),
        ("; boundary=other", Defect.NO_DELIMITER),
    ],
)
def test_multipart_that_cannot_be_cut_has_one_implicit_text(parameter: str, defect: Defect) -> None:
    raw = crlf(f"Content-Type: multipart/mixed{parameter}\n\n--b\n\nhidden?\n--b--\n")
    scanned = scan_message(raw)
    assert scanned.defects == {defect}
    assert bodies(raw) == [("1", b"--b\r\n\r\nhidden?\r\n--b--\r\n")]
    assert scanned.root.parts[0].media_type == "text/plain"


def test_boundary_of_the_parent_used_again_is_noticed() -> None:
    raw = multipart("Content-Type: multipart/mixed; boundary=b\n\n--b\n\none\n--b--", "\ntwo")
    scanned = scan_message(raw)
    assert Defect.DUPLICATE_BOUNDARY in scanned.defects
    assert all(part.body_end <= len(raw) for part in scanned.root.walk())


def test_field_given_twice_is_noticed_and_the_first_counts() -> None:
    raw = b"Content-Type: text/plain\r\nContent-Type: text/html\r\n\r\nx"
    scanned = scan_message(raw)
    assert scanned.root.media_type == "text/plain"
    assert scanned.defects == {Defect.DUPLICATE_FIELD}


@pytest.mark.parametrize("value", ["text", "text/", "/plain", "te xt/pl,ain", "text/plain/x", "é/à", ""])
def test_senseless_media_type_is_read_as_text(value: str) -> None:
    scanned = scan_message(crlf(f"Content-Type: {value}\n\nx"))
    assert scanned.root.media_type == "text/plain"
    assert scanned.defects == {Defect.BAD_MEDIA_TYPE}


def test_senseless_media_type_of_a_file_is_no_text() -> None:
    assert scan_message(b"Content-Type: pdf; name=a.pdf\r\n\r\nx").root.media_type == "application/octet-stream"
    raw = b"Content-Type: pdf\r\nContent-Disposition: attachment\r\n\r\nx"
    assert scan_message(raw).root.media_type == "application/octet-stream"


@pytest.mark.parametrize(
    ("value", "encoding"),
    [("BASE64", "base64"), (" 8Bit (yes)", "8bit"), ('"7bit"', "7bit"), ("base64;", "base64"), ("", "7bit")],
)
def test_transfer_encodings_are_read_with_tolerance(value: str, encoding: str) -> None:
    scanned = scan_message(crlf(f"Content-Transfer-Encoding: {value}\n\nx"))
    assert (scanned.root.encoding, scanned.defects) == (encoding, frozenset())


def test_unknown_transfer_encoding_is_noticed() -> None:
    assert scan_message(b"Content-Transfer-Encoding: uuencode\r\n\r\nx").defects == {Defect.UNKNOWN_ENCODING}


def test_part_gives_what_its_fields_say() -> None:
    raw = crlf(
        "Content-Type: image/png (a picture); name=a.png\nContent-Disposition: INLINE; filename=b.png\n"
        "Content-ID: <c@d.test>\nContent-Description: =?utf-8?Q?une_=C3=A9tude?=\n\nx"
    )
    part = scan_message(raw).root
    assert (part.media_type, part.filename, part.raw_filename) == ("image/png", "b.png", "b.png")
    assert part.disposition is not None
    assert part.disposition.value == "inline"
    assert (part.content_id, part.description, part.charset) == ("<c@d.test>", "une étude", None)


def nested(depth: int) -> bytes:
    opening = "".join(f"Content-Type: multipart/mixed; boundary=b{n}\n\n--b{n}\n" for n in range(depth))
    return crlf(f"{opening}\nx\n") + b"".join(b"--b%d--\r\n" % n for n in reversed(range(depth)))


def test_depth_is_bounded() -> None:
    assert list(scan_message(nested(20)).root.walk())[-1].section == ".".join(["1"] * 20)
    with pytest.raises(MessageLimitExceeded) as caught:
        scan_message(nested(21))
    assert caught.value.fault is MimeFault.DEPTH


def test_depth_of_nested_messages_is_bounded() -> None:
    with pytest.raises(MessageLimitExceeded) as caught:
        scan_message(b"Content-Type: message/rfc822\r\n\r\n" * 21)
    assert caught.value.fault is MimeFault.DEPTH


def test_parts_are_bounded() -> None:
    assert len(scan_message(multipart(*["\nx"] * 499)).root.parts) == 499
    with pytest.raises(MessageLimitExceeded) as caught:
        scan_message(multipart(*["\nx"] * 500))
    assert caught.value.fault is MimeFault.PARTS


def test_parts_are_bounded_over_the_whole_tree() -> None:
    inner = "Content-Type: multipart/mixed; boundary=i\n\n" + "--i\n\nx\n" * 3 + "--i--"
    assert scan_message(multipart(inner, inner), MimeLimits(max_parts=9)).root.parts
    with pytest.raises(MessageLimitExceeded):
        scan_message(multipart(inner, inner), MimeLimits(max_parts=8))


def test_headers_of_parts_are_bounded() -> None:
    with pytest.raises(MessageLimitExceeded) as caught:
        scan_message(multipart("X: y\n" * 1001 + "\nx"))
    assert caught.value.fault is MimeFault.HEADER_LINES


def test_parameters_are_bounded() -> None:
    parameters = "".join(f";\n p{n}=v" for n in range(101))
    with pytest.raises(MessageLimitExceeded) as caught:
        scan_message(crlf(f"Content-Type: text/plain{parameters}\n\nx"))
    assert caught.value.fault is MimeFault.PARAMETERS


def test_walk_follows_the_message() -> None:
    parts: list[Part] = list(scan_message(multipart("\none", "\ntwo")).root.walk())
    assert [part.section for part in parts] == ["", "1", "2"]


def test_nested_messages_count_as_parts() -> None:
    raw = b"Content-Type: message/rfc822\r\n\r\nSubject: a\r\n\r\nx"
    assert scan_message(raw, MimeLimits(max_parts=2)).root.message
    with pytest.raises(MessageLimitExceeded) as caught:
        scan_message(raw, MimeLimits(max_parts=1))
    assert caught.value.fault is MimeFault.PARTS
