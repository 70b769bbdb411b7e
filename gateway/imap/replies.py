"""The one table from outcomes and failures to IMAP answers (RFC 3501 §7.1, RFC 5530).

Whatever goes wrong inside, the client reads one of these lines: fixed words, a code, at most an incident id.
The cause goes to the log, without the texts of exceptions: they may quote a name.
"""

from collections.abc import Awaitable
from dataclasses import dataclass

import structlog

from gateway.domain.errors import (
    Conflict,
    LimitExceeded,
    MalformedContent,
    NotFound,
    PliError,
    StoreUnavailable,
)
from gateway.imap.session_ended import SessionEnded
from gateway.imap.wire.codes import Condition, ResponseCode
from gateway.imap.wire.refusal import CommandRefused
from gateway.services.incidents import frames_of, new_incident
from gateway.services.mailbox.changes import MessagesGone
from gateway.services.mailbox.folders import FolderExists, FolderHasInferiors

_log = structlog.get_logger("pli.imap")


@dataclass(frozen=True, slots=True)
class Answer:
    """What completes a command."""

    condition: Condition
    text: str
    code: bytes | None = None

    @property
    def is_ok(self) -> bool:
        """Say whether the command succeeded."""
        return self.condition is Condition.OK


def done(code: bytes | None = None) -> Answer:
    """Complete a command that succeeded."""
    return DONE if code is None else Answer(Condition.OK, "done", code)


def no(text: str, code: bytes | None = None) -> Answer:
    """Refuse a command that was well formed."""
    return Answer(Condition.NO, text, code)


def bad(text: str) -> Answer:
    """Refuse a command that the client should not have given."""
    return Answer(Condition.BAD, text, ResponseCode.CLIENTBUG)


DONE = Answer(Condition.OK, "done")
READ_ONLY = no("this mailbox was opened with EXAMINE", ResponseCode.CANNOT)
NO_SUCH_MAILBOX = no("no such mailbox", ResponseCode.NONEXISTENT)
TRY_CREATE = no("no such mailbox: create it first", ResponseCode.TRYCREATE)
EXISTS = no("this mailbox exists", ResponseCode.ALREADYEXISTS)
HAS_INFERIORS = no("mailboxes stand below it: delete them first", ResponseCode.HASCHILDREN)
CANNOT = no("this mailbox does not allow that", ResponseCode.CANNOT)
LIMIT = no(
    "beyond a limit of this server: ask for less at once / limite du serveur depassee : demandez moins a la fois",
    ResponseCode.LIMIT,
)
GONE = no("some of these messages are gone", ResponseCode.EXPUNGEISSUED)
MALFORMED = no("not a message: lines end with CRLF and hold no NUL", ResponseCode.CANNOT)
UNAVAILABLE = no("temporarily unavailable, try again later", ResponseCode.UNAVAILABLE)
WRONG_CREDENTIALS = no("login or password is wrong", ResponseCode.AUTHENTICATIONFAILED)
NOT_ANOTHER = no("nobody acts for another here", ResponseCode.AUTHORIZATIONFAILED)
NOT_NOW = Answer(Condition.BAD, "not in this state", ResponseCode.CLIENTBUG)
NO_MESSAGE = Answer(Condition.BAD, "no such message number", ResponseCode.CLIENTBUG)
NO_CONDSTORE = Answer(Condition.BAD, "CONDSTORE is not offered", ResponseCode.CLIENTBUG)


async def guarded(connection: str, verb: str, work: Awaitable[Answer]) -> Answer:
    """Await a command; a failure becomes its answer, and a log line when nobody could have foreseen it."""
    try:
        return await work
    except SessionEnded:
        raise
    except CommandRefused as refused:
        return Answer(refused.condition, refused.text, refused.response_code)
    except PliError as error:
        return _expected(connection, verb, error)
    except Exception as error:  # noqa: BLE001 - the edge's last resort
        return _incident(connection, verb, error)


def _expected(connection: str, verb: str, error: PliError) -> Answer:
    match error:
        case MessagesGone():
            return GONE
        case NotFound():
            return NO_SUCH_MAILBOX
        case FolderExists():
            return EXISTS
        case FolderHasInferiors():
            return HAS_INFERIORS
        case Conflict():
            return CANNOT
        case LimitExceeded():
            return LIMIT
        case MalformedContent():
            return MALFORMED
        case StoreUnavailable():
            _log.warning("imap.unavailable", connection=connection, verb=verb, code=error.code)
            return UNAVAILABLE
    return _incident(connection, verb, error)


def _incident(connection: str, verb: str, error: Exception) -> Answer:
    incident = new_incident()
    _log.error(
        "imap.failed", connection=connection, verb=verb, incident=incident,
        error=type(error).__name__, frames=frames_of(error),
    )  # fmt: skip
    return no(f"internal failure, incident {incident}", ResponseCode.SERVERBUG)
