"""Secrets of cookies, and what is derived from them."""

import hashlib
import hmac
import secrets


def new_token() -> str:
    """Make 256 random bits, as text for a cookie."""
    return secrets.token_urlsafe(32)


def form_token_of(secret: str) -> str:
    """Derive the form token that goes with a cookie's secret; it tells nothing about the secret."""
    return hmac.new(secret.encode("utf-8", "replace"), b"pli form token 1", hashlib.sha256).hexdigest()


def is_form_token(given: str, secret: str) -> bool:
    """Say whether `given` is the form token of `secret`, in constant time."""
    return bool(secret) and hmac.compare_digest(form_token_of(secret).encode(), given.encode("utf-8", "replace"))
