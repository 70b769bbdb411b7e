"""PLAIN and LOGIN: what a client claims, and what leads nowhere."""

from base64 import b64encode

import pytest

from gateway.sasl import MECHANISMS, PasswordClaim, SaslChallenge, SaslFault, decode_response, encode_challenge

PLAIN, LOGIN = MECHANISMS["PLAIN"], MECHANISMS["LOGIN"]


@pytest.mark.parametrize(
    ("message", "claim"),
    [
        ("\0a@b.test\0clé", PasswordClaim("a@b.test", "clé")),
        ("a\0a\0b", PasswordClaim("a", "b")),
        ("A\0a\0b", PasswordClaim("a", "b")),
        ("c\0a\0b", SaslFault.FOR_ANOTHER),
        ("a\0b", SaslFault.MALFORMED),
        ("\0\0b", SaslFault.MALFORMED),
        ("\0a\0", SaslFault.MALFORMED),
        ("\0a\0b\0c", SaslFault.MALFORMED),
        ("", SaslFault.MALFORMED),
    ],
)
def test_plain_claims_login_and_password_of_nobody_else(message: str, claim: object) -> None:
    assert PLAIN.answer(message.encode()) == claim


def test_plain_that_is_not_utf8_is_malformed() -> None:
    assert PLAIN.answer(b"\0\xff\0b") is SaslFault.MALFORMED


@pytest.mark.parametrize(
    ("login", "password", "claim"),
    [
        (b"a", "clé".encode(), PasswordClaim("a", "clé")),
        (b"", b"b", SaslFault.MALFORMED),
        (b"a", b"", SaslFault.MALFORMED),
        (b"a\0c", b"b", SaslFault.MALFORMED),
        (b"\xff", b"b", SaslFault.MALFORMED),
        (b"a", b"\xff", SaslFault.MALFORMED),
    ],
)
def test_login_asks_for_the_name_and_then_the_password(login: bytes, password: bytes, claim: object) -> None:
    following = LOGIN.answer(login)
    assert isinstance(following, SaslChallenge)
    assert (LOGIN.octets, following.octets) == (b"Username:", b"Password:")
    assert following.answer(password) == claim


def test_claim_shows_nothing_of_itself() -> None:
    assert "geheim" not in repr(PasswordClaim("geheim", "geheim"))


@pytest.mark.parametrize(
    ("line", "octets"),
    [(b64encode(b"\0a\0b"), b"\0a\0b"), (b"=", b""), (b"", b""), (b"!!!!", None), (b"YQ", None), (b"YQ==YQ==", None)],
)
def test_response_is_strict_base64(line: bytes, octets: bytes | None) -> None:
    assert decode_response(line) == octets


def test_challenge_is_base64() -> None:
    assert encode_challenge(LOGIN.octets) == b"VXNlcm5hbWU6"
