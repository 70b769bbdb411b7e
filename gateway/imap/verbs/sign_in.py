"""LOGIN and AUTHENTICATE PLAIN (RFC 3501 §6.2, RFC 4616), with the time that a wrong answer takes."""

from gateway.imap import replies
from gateway.imap.replies import Answer
from gateway.imap.session.channel import SessionEnded
from gateway.imap.session.session import ImapSession
from gateway.imap.session.talk import Handlers
from gateway.imap.wire.codes import Condition, ResponseCode
from gateway.imap.wire.commands.sign_in import Authenticate, Login
from gateway.imap.wire.events import Rejected, SaslResponse
from gateway.imap.wire.responses import challenge
from gateway.services.sign_in.attempt import Refused, attempt

_MALFORMED = Answer(Condition.BAD, "not a PLAIN message", ResponseCode.CLIENTBUG)
_CANCELLED = Answer(Condition.BAD, "sign-in cancelled")
_NO_SUCH_MECHANISM = replies.no("mechanism not offered", ResponseCode.CANNOT)
_LOCKED = "too many failed sign-ins"


async def login(session: ImapSession, command: Login) -> Answer:
    """Sign in with a name and a password."""
    return await _check(session, command.name, command.password)


async def authenticate(session: ImapSession, command: Authenticate) -> Answer:
    """Sign in by SASL; without an initial response the client is asked for one (RFC 4959)."""
    if command.mechanism != "PLAIN":
        return _NO_SUCH_MECHANISM
    message = command.initial_response
    if message is None:
        session.channel.stream.expect_sasl()
        session.write(challenge())
        event = await session.next_event()
        if isinstance(event, Rejected):
            if event.fatal:
                raise SessionEnded("broken framing", event.text)
            return Answer(event.condition, event.text, event.code)
        message = event.data if isinstance(event, SaslResponse) else None
        if message is None:
            return _CANCELLED
    return await _plain(session, message)


async def _plain(session: ImapSession, message: bytes) -> Answer:
    try:
        authorization, name, password = message.decode("utf-8").split("\0")
    except ValueError:  # not three parts, or not UTF-8
        return _MALFORMED
    if authorization and authorization.lower() != name.lower():
        return replies.NOT_ANOTHER
    return await _check(session, name, password)


async def _check(session: ImapSession, name: str, password: str) -> Answer:
    outcome = await attempt(
        session.around.throttle,
        name,
        (session.id, session.source),
        lambda: session.around.mailboxes.sign_in(name, password, session.source),
        lambda until: session.channel.pause(min(until, session.deadline())),
    )
    match outcome:
        case Refused.WRONG:
            return replies.WRONG_CREDENTIALS
        case Refused.LOCKED:
            raise SessionEnded(_LOCKED, f"{_LOCKED}, try again later", ResponseCode.UNAVAILABLE)
    return await session.signed_in(outcome)


HANDLERS: Handlers = {Login: login, Authenticate: authenticate}
