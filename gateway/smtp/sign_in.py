"""Sign-in by AUTH: the SASL exchange of PLAIN and LOGIN, and the answer to it (RFC 4954, RFC 4616)."""

import asyncio
from dataclasses import dataclass
from typing import Final

from gateway.domain.smtp_connection import SignedInMailbox, SmtpConnection
from gateway.services.sign_in.attempt import Refused, attempt
from gateway.smtp import commands, replies
from gateway.smtp.channel import SmtpChannel
from gateway.smtp.doors import SmtpSurroundings
from gateway.smtp.replies import Reply

_USERNAME: Final = "VXNlcm5hbWU6"  # "Username:"
_PASSWORD: Final = "UGFzc3dvcmQ6"  # noqa: S105 - the prompt "Password:"


@dataclass(frozen=True, slots=True, repr=False)
class Credentials:
    """What a client claims."""

    login: str
    password: str


async def credentials(channel: SmtpChannel, argument: str) -> Credentials | Reply | None:
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


async def _response(channel: SmtpChannel, challenge: str, initial: str) -> str | Reply | None:
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
    channel: SmtpChannel, around: SmtpSurroundings, connection: SmtpConnection, given: Credentials
) -> SignedInMailbox | Reply:
    """Ask the service; the failure that reaches the limit ends the connection."""
    loop, source, throttle = asyncio.get_running_loop(), connection.remote_ip, around.throttle
    trying = attempt(
        throttle,
        given.login,
        (connection.id, source),
        lambda: around.intake.authenticate(given.login, given.password, source),
        lambda until: channel.pause(until - loop.time()),
    )
    outcome = await replies.guarded(connection.id, "authenticate", trying, around.settings.commit_timeout)
    match outcome:
        case Reply():
            return replies.AUTH_UNAVAILABLE
        case Refused.WRONG if not throttle.is_locked(given.login, source, loop.time()):
            return replies.WRONG_CREDENTIALS
        case Refused():
            return replies.TOO_MANY_FAILURES
    return outcome
