"""AUTHENTICATE and LOGIN (RFC 3501 §6.2.2, §6.2.3)."""

import re
from dataclasses import dataclass, field

from gateway.imap.wire.cursor import CommandCursor
from gateway.imap.wire.refusal import CommandRefused
from gateway.imap.wire.syntax import BEFORE_SIGN_IN, Command, State, StateRule, Syntax
from gateway.sasl import decode_response

_INITIAL = re.compile(rb"[A-Za-z0-9+/=]+")


@dataclass(frozen=True, slots=True)
class Authenticate(Command):
    """AUTHENTICATE (RFC 3501 §6.2.2); without an initial response the server asks for one with ``+``."""

    mechanism: str
    initial_response: bytes | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Login(Command):
    """LOGIN (RFC 3501 §6.2.3)."""

    name: str = field(repr=False)
    password: str = field(repr=False)


def decode_base64(text: bytes) -> bytes:
    """Read a SASL response.

    Raises:
        CommandRefused: for anything else.
    """
    found = decode_response(text)
    if found is None:
        raise CommandRefused("invalid base64")
    return found


def _authenticate(cursor: CommandCursor) -> Command:
    cursor.space()
    mechanism = cursor.word().decode("ascii")
    if not cursor.accept(b" "):
        return Authenticate(mechanism)
    initial = cursor.take(_INITIAL, "an initial response")
    return Authenticate(mechanism, decode_base64(initial))  # RFC 4959 §3


def _login(cursor: CommandCursor) -> Command:
    cursor.space()
    name = cursor.text_astring()
    cursor.space()
    return Login(name, cursor.text_astring())


_OPENS = StateRule(BEFORE_SIGN_IN.legal, after_ok=State.AUTHENTICATED)

SYNTAX = (
    Syntax(b"AUTHENTICATE", Authenticate, _OPENS, _authenticate),
    Syntax(b"LOGIN", Login, _OPENS, _login),
)
