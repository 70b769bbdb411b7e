"""Sign-in by AUTH: the SASL exchange of PLAIN and LOGIN, and the answer to it (RFC 4954, RFC 4616)."""

import asyncio
from dataclasses import dataclass
from typing import Final

import structlog

from gateway.services.intake import Connection, SignedIn
from gateway.smtp import commands, replies
from gateway.smtp.channel import Channel
from gateway.smtp.doors import Surroundings
from gateway.smtp.replies import Reply

_log = structlog.get_logger("pli.smtp")

_USERNAME: Final = "VXNlcm5hbWU6"  # "Username:"
_PASSWORD: Final = "UGFzc3dvcmQ6"  # noqa: S105 - the prompt "Password:"


@dataclass(frozen=True, slots=True, repr=False)
class Credentials:
    """What a client claims."""

    login: str
    password: str


async def credentials(channel: Channel, argument: str) -> Credentials | Reply | None:
    """Read the credentials that AUTH gives; the reply when they are none, None when the client left."""
    mechanism, _, initial = argument.partition(" ")
    match mechanism.upper():
        case "PLAIN":
            message = await _response(channel, "", initial.strip(" "))
            if not isinstance(message, str):
                return message
            pair = commands.plain_credentials(message)
            return Credentials(*pair) if pair else replies.AUTH_MALFORMED
        case "LOGIN":
            login = await _response(channel, _USERNAME, initial.strip(" "))
            if not isinstance(login, str):
                return login
            password = await _response(channel, _PASSWORD, "")
            return Credentials(login, password) if isinstance(password, str) else password
        case _:
            return replies.NO_SUCH_MECHANISM


async def _response(channel: Channel, challenge: str, initial: str) -> str | Reply | None:
    text: bytes | Reply | None = initial.encode("ascii")
    if not text:
        channel.say(replies.challenge(challenge))
        text = await channel.read_line(channel.settings.max_auth_bytes)
    if not isinstance(text, bytes):
        return text
    if text == b"*":
        return replies.AUTH_CANCELLED
    message = commands.decoded(text)
    return replies.AUTH_MALFORMED if message is None else message


async def check(
    channel: Channel, around: Surroundings, connection: Connection, given: Credentials
) -> SignedIn | Reply:
    """Ask the service; an unknown login and a wrong password read the same, after the same time."""
    throttle, source, loop = around.throttle, connection.remote_ip, asyncio.get_running_loop()
    started = loop.time()
    if throttle.is_locked(given.login, source, started):
        return replies.TOO_MANY_FAILURES
    found = await replies.guarded(
        connection.id, "authenticate", around.intake.authenticate(given.login, given.password, source),
        around.settings.commit_timeout,
    )  # fmt: skip
    if isinstance(found, Reply):
        return replies.AUTH_UNAVAILABLE
    if throttle.is_locked(given.login, source, started):
        # Guesses sent all at once pass the first check together: each counts before the next is answered.
        return replies.TOO_MANY_FAILURES
    if found is not None:
        throttle.succeeded(given.login, source)
        return found
    _log.info("smtp_sign_in_failed", connection=connection.id)
    # The answer leaves at a time of ours, whatever the service took to find nothing.
    await channel.pause(started + throttle.failed(given.login, source, started) - loop.time())
    locked = throttle.is_locked(given.login, source, started)
    return replies.TOO_MANY_FAILURES if locked else replies.WRONG_CREDENTIALS
