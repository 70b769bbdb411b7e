"""LOGIN and AUTHENTICATE (RFC 3501 §6.2), with the time that a wrong answer takes."""

from gateway.imap import farewells, replies
from gateway.imap.replies import Answer
from gateway.imap.session.session import ImapSession
from gateway.imap.session.talk import Handlers
from gateway.imap.session_ended import SessionEnded
from gateway.imap.wire.codes import Condition, ResponseCode
from gateway.imap.wire.commands.sign_in import Authenticate, Login
from gateway.imap.wire.events import Rejected, SaslResponse
from gateway.imap.wire.refusal import advised, told
from gateway.imap.wire.responses import challenge
from gateway.sasl import MECHANISMS, PasswordClaim, SaslChallenge, SaslFault, SaslOutcome, encode_challenge
from gateway.services.sign_in.mail_client_attempt import Refused, attempt

OFFERED = ("PLAIN",)
"""Mechanisms that CAPABILITY names; for old clients IMAP has a command LOGIN of its own."""
_MALFORMED = replies.bad(
    "not a response of this mechanism: have the mail client checked",
    "réponse SASL mal formée : faites vérifier le logiciel de messagerie",
)
_CANCELLED = Answer(Condition.BAD, told("sign-in cancelled: begin again", "connexion abandonnée : recommencez"))
_NO_SUCH_MECHANISM = replies.no(
    told("mechanism not offered: use PLAIN or LOGIN", "mécanisme non proposé : utilisez PLAIN ou LOGIN"),
    ResponseCode.CANNOT,
)
_LOCKED = "too many failed sign-ins"


async def login(session: ImapSession, command: Login) -> Answer:
    """Sign in with a name and a password."""
    return await _check(session, PasswordClaim(command.name, command.password))


async def authenticate(session: ImapSession, command: Authenticate) -> Answer:
    """Sign in by SASL; without an initial response the client is asked for one (RFC 4959)."""
    if command.mechanism not in OFFERED:
        return _NO_SUCH_MECHANISM
    outcome: SaslOutcome = MECHANISMS[command.mechanism]
    response = command.initial_response
    while isinstance(outcome, SaslChallenge):
        if response is None:
            answered = await _response(session, outcome.octets)
            if isinstance(answered, Answer):
                return answered
            response = answered
        outcome, response = outcome.answer(response), None
    match outcome:
        case SaslFault.MALFORMED:
            return _MALFORMED
        case SaslFault.FOR_ANOTHER:
            return replies.NOT_ANOTHER
    return await _check(session, outcome)


async def _response(session: ImapSession, octets: bytes) -> bytes | Answer:
    """Say a challenge and read the response to it; the answer when the client gives up or writes nonsense."""
    session.channel.stream.expect_sasl()
    session.write(challenge(encode_challenge(octets)))
    event = await session.next_event()
    if isinstance(event, Rejected):
        if event.fatal:
            raise SessionEnded("broken framing", advised(event.text))
        return Answer(event.condition, advised(event.text), event.code)
    data = event.data if isinstance(event, SaslResponse) else None
    return _CANCELLED if data is None else data


async def _check(session: ImapSession, claim: PasswordClaim) -> Answer:
    outcome = await attempt(
        session.around.throttle,
        claim.login,
        (session.id, session.source),
        lambda: session.around.mailboxes.sign_in(claim.login, claim.password, session.source),
        lambda until: session.channel.pause(min(until, session.deadline())),
    )
    match outcome:
        case Refused.WRONG:
            return replies.WRONG_CREDENTIALS
        case Refused.LOCKED:
            limits = session.settings
            farewell = farewells.too_many_failures(limits.max_auth_failures, limits.auth_failure_window)
            raise SessionEnded(_LOCKED, farewell, ResponseCode.UNAVAILABLE)
    return await session.signed_in(outcome)


HANDLERS: Handlers = {Login: login, Authenticate: authenticate}
