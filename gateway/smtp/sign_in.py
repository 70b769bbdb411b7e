"""Sign-in by AUTH: the SASL exchange on the lines of SMTP, and the answer to it (RFC 4954)."""

import asyncio
from typing import Final

from gateway.domain.smtp_connection import SignedInMailbox, SmtpConnection
from gateway.sasl import (
    MECHANISMS,
    PasswordClaim,
    SaslChallenge,
    SaslOutcome,
    decode_response,
    encode_challenge,
)
from gateway.services.sign_in.mail_client_attempt import Refused, attempt
from gateway.smtp import limit_replies, replies
from gateway.smtp.channel import SmtpChannel
from gateway.smtp.doors import SmtpSurroundings
from gateway.smtp.replies import Reply

OFFERED: Final = ("PLAIN", "LOGIN")
"""Mechanisms in the order of EHLO."""


async def claimed(channel: SmtpChannel, argument: str) -> PasswordClaim | Reply | None:
    """Read what AUTH claims; the reply when that is nothing, None when the client left."""
    name, _, initial = argument.partition(" ")
    if name.upper() not in OFFERED:
        return replies.NO_SUCH_MECHANISM
    outcome: SaslOutcome = MECHANISMS[name.upper()]
    line: bytes | Reply | None = initial.strip(" ").encode("ascii")
    while isinstance(outcome, SaslChallenge):
        if not line:
            channel.say(replies.challenge(encode_challenge(outcome.octets)))
            line = await channel.read_line(channel.settings.max_auth_bytes)
        if not isinstance(line, bytes):
            return line
        if line == b"*":
            return replies.AUTH_CANCELLED
        response = decode_response(line)
        if response is None:
            return replies.AUTH_MALFORMED
        outcome, line = outcome.answer(response), b""
    return outcome if isinstance(outcome, PasswordClaim) else replies.AUTH_MALFORMED


async def check(
    channel: SmtpChannel, around: SmtpSurroundings, connection: SmtpConnection, given: PasswordClaim
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
        case Refused.WRONG if not throttle.is_locked(given.login, source):
            return replies.WRONG_CREDENTIALS
        case Refused():
            settings = around.settings
            return limit_replies.too_many_failures(settings.max_auth_failures, settings.auth_failure_window)
    return outcome
