"""PLAIN (RFC 4616), and LOGIN (draft-murchison-sasl-login-00) for old clients; each ends in a claim or a fault."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum, auto
from functools import partial
from types import MappingProxyType
from typing import TypeAlias


@dataclass(frozen=True, slots=True, repr=False)
class PasswordClaim:
    """Whom a client says it is, by a password."""

    login: str
    password: str


class SaslFault(Enum):
    """Why a response leads nowhere."""

    MALFORMED = auto()
    FOR_ANOTHER = auto()
    """It would act as somebody else than it signs in as."""


@dataclass(frozen=True, slots=True, repr=False)
class SaslChallenge:
    """What the server says next, and what takes the client's response to it."""

    octets: bytes
    answer: Callable[[bytes], "SaslOutcome"]


SaslOutcome: TypeAlias = SaslChallenge | PasswordClaim | SaslFault


def _plain(response: bytes) -> SaslOutcome:
    try:
        authorization, login, password = response.decode().split("\0")
    except ValueError:  # not UTF-8, or not three parts
        return SaslFault.MALFORMED
    claim = _claim(login, password)
    if isinstance(claim, PasswordClaim) and authorization and authorization.lower() != login.lower():
        return SaslFault.FOR_ANOTHER
    return claim


def _login_name(response: bytes) -> SaslOutcome:
    return SaslChallenge(b"Password:", partial(_login_password, response))


def _login_password(name: bytes, response: bytes) -> SaslOutcome:
    try:
        return _claim(name.decode(), response.decode())
    except UnicodeDecodeError:
        return SaslFault.MALFORMED


def _claim(login: str, password: str) -> PasswordClaim | SaslFault:
    empty = not login or not password or "\0" in login + password
    return SaslFault.MALFORMED if empty else PasswordClaim(login, password)


MECHANISMS: Mapping[str, SaslChallenge] = MappingProxyType(
    {"PLAIN": SaslChallenge(b"", _plain), "LOGIN": SaslChallenge(b"Username:", _login_name)}
)
"""The challenge that opens each mechanism, by its name; an initial response answers it before it is said."""
