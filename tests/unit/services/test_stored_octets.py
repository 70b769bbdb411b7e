"""Decoding piece by piece gives what decoding at once gives, wherever the pieces are cut."""

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.domain.mime.transfer import decode_transfer
from gateway.services.stored_octets import decoded, decoded_size

BASE64 = b"UHLDqWzDqHZlbWVudCBkdSA1\r\nIGphbnZpZXI6IHBvdGFzc2l1bSA0LDE=\r\n"
QUOTED = b"Pr=C3=A9l=C3=A8vement du 5 janvier=\r\n : potassium 4,1\r\n= fin =3D=\r\n"


def _cut(data: bytes, size: int) -> Iterator[bytes]:
    return (data[at : at + size] for at in range(0, len(data), size))


@pytest.mark.parametrize("size", range(1, 40))
@pytest.mark.parametrize(("data", "encoding"), [(BASE64, "base64"), (QUOTED, "quoted-printable"), (BASE64, "7bit")])
def test_pieces_of_any_size_give_the_same_octets(data: bytes, encoding: str, size: int) -> None:
    assert b"".join(decoded(_cut(data, size), encoding)) == decode_transfer(data, encoding)


def test_size_is_that_of_the_decoded_octets() -> None:
    assert decoded_size(_cut(BASE64, 7), "base64") == len(decode_transfer(BASE64, "base64"))


def test_second_value_after_padding_is_not_read() -> None:
    assert b"".join(decoded([b"QQ==", b"Qg=="], "base64")) == b"A"


def test_missing_padding_is_forgiven() -> None:
    assert b"".join(decoded([b"QU", b"I"], "base64")) == b"AB"


@given(st.binary(max_size=300), st.integers(1, 50), st.sampled_from(["base64", "quoted-printable", "x-unknown"]))
def test_any_octets_give_a_value_and_the_size_that_was_announced(data: bytes, size: int, encoding: str) -> None:
    given_octets = b"".join(decoded(_cut(data, size), encoding))
    assert len(given_octets) == decoded_size(_cut(data, size), encoding)
