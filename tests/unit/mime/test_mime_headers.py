"""Header blocks: cutting, unfolding, selecting, searching."""

import pytest

from gateway.domain.mime import (
    Headers,
    MessageLimitExceeded,
    MimeFault,
    MimeLimits,
    header_block,
    header_text,
    search_header,
    select_header_fields,
)

BLOCK = (
    b"Received: from a.example\r\n\tby b.example;\r\n Mon, 6 May 2024 07:08:09 +0000\r\n"
    b"SUBJECT : one\r\n two\r\n"
    b"not a field\r\n"
    b"From: a@b.example\r\n"
    b"Received: second\r\n"
    b"X-Empty:\r\n"
    b"\r\n"
)


def test_names_compare_without_case_and_order_is_kept() -> None:
    headers = Headers.parse(BLOCK)
    assert headers.get_all("subject") == [b"one two"]
    assert headers.get_all("ReCeIvEd") == [b"from a.example\tby b.example; Mon, 6 May 2024 07:08:09 +0000", b"second"]
    assert [name for name, _ in headers.fields] == [b"received", b"subject", b"from", b"received", b"x-empty"]


def test_absent_and_empty_fields_differ() -> None:
    headers = Headers.parse(BLOCK)
    assert headers.first("x-empty") == b""
    assert headers.first("x-absent") is None
    assert headers.text("x-absent") == ""
    assert headers.get_all("x-absent") == []
    assert headers.count("received") == 2


def test_line_that_begins_with_a_blank_opens_no_field() -> None:
    assert Headers.parse(b" From: eve@evil.test\r\nTo: a@b.example\r\n\r\n").count("from") == 0


def test_name_with_a_blank_or_8_bit_inside_is_no_field() -> None:
    assert Headers.parse(b"Fro m: a@b.example\r\nFr\xd0\xbem: c@d.example\r\n: empty\r\n\r\n").fields == ()


def test_block_is_cut_at_the_first_empty_line() -> None:
    assert header_block(b"A: b\r\n\r\nbody\r\n\r\nmore") == b"A: b\r\n\r\n"
    assert header_block(b"A: b\r\n") == b"A: b\r\n"
    assert header_block(b"\r\nbody") == b"\r\n"


@pytest.mark.parametrize("ending", [b"\r\n\r\nbody", b"\r\n", b""])
def test_oversize_block_is_refused(ending: bytes) -> None:
    with pytest.raises(MessageLimitExceeded) as caught:
        header_block(b"A: b\r\n" * 20_000 + ending)
    assert caught.value.fault is MimeFault.HEADER_BYTES


def test_block_of_exactly_the_limit_passes() -> None:
    raw = b"A: " + b"b" * 91 + b"\r\n\r\n" + b"body"
    assert len(header_block(raw, MimeLimits(max_header_bytes=98))) == 98
    with pytest.raises(MessageLimitExceeded):
        header_block(raw, MimeLimits(max_header_bytes=97))


def test_too_many_lines_are_refused() -> None:
    with pytest.raises(MessageLimitExceeded) as caught:
        header_block(b"A: b\r\n" * 1001 + b"\r\n")
    assert caught.value.fault is MimeFault.HEADER_LINES


def test_selected_fields_stand_as_they_were_sent() -> None:
    assert select_header_fields(BLOCK, {b"Subject", b"FROM"}) == (
        b"SUBJECT : one\r\n two\r\nFrom: a@b.example\r\n\r\n"
    )


def test_inverted_selection_gives_the_other_fields() -> None:
    assert select_header_fields(BLOCK, [b"received", b"x-empty"], invert=True) == (
        b"SUBJECT : one\r\n two\r\nFrom: a@b.example\r\n\r\n"
    )


def test_selection_without_match_is_one_empty_line() -> None:
    assert select_header_fields(BLOCK, [b"x-none"]) == b"\r\n"
    assert select_header_fields(b"", [b"x-none"]) == b"\r\n"


def test_last_field_without_its_line_end_is_selected_whole() -> None:
    assert select_header_fields(b"A: b\r\nC: d", [b"c"]) == b"C: d\r\n\r\n"


@pytest.mark.parametrize(
    ("name", "needle", "found"),
    [
        ("subject", "RÉSUL", True),
        ("Subject", "analyse", True),
        ("subject", "absent", False),
        ("subject", "", True),
        ("x-absent", "", False),
        ("x-absent", "a", False),
        ("é", "", False),
    ],
)
def test_search_looks_at_decoded_text_without_case(name: str, needle: str, found: bool) -> None:
    block = b"Subject: =?utf-8?Q?r=C3=A9sultat?= d'analyse\r\n\r\n"
    assert search_header(block, name, needle) is found


def test_header_text_decodes_every_field() -> None:
    assert header_text(b"Subject: =?utf-8?Q?=C3=A9?=\r\nX-A: b\r\n\r\n") == "subject: é\nx-a: b"
