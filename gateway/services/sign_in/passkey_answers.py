"""What a browser answers about a passkey, checked by `webauthn`: origin, site, challenge, signature, counter.

Answers come from outside: whatever is wrong with one, it is refused and nothing else happens. The library is loaded
when the first passkey is asked for: commands, and gateways without any, need not have it.
"""

import binascii
from dataclasses import dataclass
from urllib.parse import urlsplit

from gateway.domain.passkey import Passkey

MAX_ANSWER = 16 * 1024


def _wrong() -> tuple[type[Exception], ...]:
    """Give what the library raises for an answer that is none."""
    from webauthn.helpers.exceptions import WebAuthnException

    return (
        WebAuthnException, ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError, OverflowError,
        binascii.Error,
    )  # fmt: skip


@dataclass(frozen=True, slots=True, repr=False)
class Challenged:
    """Which passkey answers which challenge; nothing of it is proved yet."""

    credential: bytes
    challenge: bytes
    user: bytes


@dataclass(frozen=True, slots=True, repr=False)
class NewCredential:
    """A passkey that a device has just made."""

    credential: bytes
    public_key: bytes
    counter: int


def site_of(origin: str) -> str:
    """Give the name that passkeys of an origin are bound to (WebAuthn §5.1.2)."""
    return urlsplit(origin).hostname or ""


def challenged(answer: str) -> Challenged | None:
    """Read which passkey answers which challenge."""
    from webauthn.helpers import parse_authentication_credential_json, parse_client_data_json

    if len(answer) > MAX_ANSWER:
        return None
    try:
        found = parse_authentication_credential_json(answer)
        client = parse_client_data_json(found.response.client_data_json)
    except _wrong():
        return None
    return Challenged(found.raw_id, client.challenge, found.response.user_handle or b"")


def challenge_of_new(answer: str) -> bytes | None:
    """Read which challenge a new passkey answers."""
    from webauthn.helpers import parse_client_data_json, parse_registration_credential_json

    if len(answer) > MAX_ANSWER:
        return None
    try:
        return parse_client_data_json(parse_registration_credential_json(answer).response.client_data_json).challenge
    except _wrong():
        return None


def counter_of(answer: str, passkey: Passkey, challenge: bytes, origin: str) -> int | None:
    """Check an answer, and give the passkey's counter; None when anything is wrong, such as a counter that stands."""
    from webauthn import verify_authentication_response

    try:
        found = verify_authentication_response(
            credential=answer,
            expected_challenge=challenge,
            expected_rp_id=site_of(origin),
            expected_origin=origin,
            credential_public_key=passkey.public_key,
            credential_current_sign_count=passkey.counter,
            require_user_verification=True,
        )
    except _wrong():
        return None
    return found.new_sign_count


def new_credential(answer: str, challenge: bytes, origin: str) -> NewCredential | None:
    """Check what a device says of a passkey that it has made; None when anything is wrong."""
    from webauthn import verify_registration_response

    try:
        found = verify_registration_response(
            credential=answer,
            expected_challenge=challenge,
            expected_rp_id=site_of(origin),
            expected_origin=origin,
            require_user_verification=True,
        )
    except _wrong():
        return None
    return NewCredential(found.credential_id, found.credential_public_key, found.sign_count)
