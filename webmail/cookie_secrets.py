"""Secrets of cookies, and what is derived from them."""

import hashlib
import hmac
import secrets


def new_token() -> str:
    """Make 256 random bits, as text for a cookie."""
    return secrets.token_urlsafe(32)


def form_token_of(secret: str, place: str = "") -> str:
    """Derive the form token that goes with a cookie's secret; it tells nothing about the secret.

    `place` names the space of somebody else that the form is of: it is for none but that one.
    """
    token = _derived(secret, b"pli form token 1")
    return f"{token}.{_derived(secret, b'pli form place 1 ' + place.encode())}" if place else token


def place_mark_of(secret: str, place: str) -> str:
    """Give what a page that is read again says of whose space it shows; it tells nothing to anybody else."""
    return _derived(secret, b"pli place 1 " + place.encode())[:16]


def _derived(secret: str, what: bytes) -> str:
    return hmac.new(secret.encode("utf-8", "replace"), what, hashlib.sha256).hexdigest()


def is_form_token(given: str, secret: str) -> bool:
    """Say whether `given` is a form token of `secret`, of whichever place, in constant time."""
    return bool(secret) and _same(given.partition(".")[0], form_token_of(secret))


def is_of_place(given: str, secret: str, place: str) -> bool:
    """Say whether a form token of `secret` is of this place."""
    return _same(given, form_token_of(secret, place))


def _same(given: str, right: str) -> bool:
    return hmac.compare_digest(right.encode(), given.encode("utf-8", "replace"))
