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
from gateway.imap.wire.refusal import CommandRefused, advised, beyond, told
from gateway.services.incidents import frames_of, new_incident
from gateway.services.mailbox.changes import MessagesGone
from gateway.services.mailbox.folders import (
    MAX_FOLDERS,
    MAX_LEVELS,
    MAX_NAME_BYTES,
    FolderExists,
    FolderHasInferiors,
    FolderNameTooLong,
    TooManyFolders,
)

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


def limit(number: int, english: str, french: str) -> Answer:
    """Refuse what is beyond a limit of this server; the words name what is counted."""
    return no(beyond(number, english, french), ResponseCode.LIMIT)


def bad(english: str, french: str) -> Answer:
    """Refuse a command that the client should not have given."""
    return Answer(Condition.BAD, told(english, french), ResponseCode.CLIENTBUG)


def _no(code: bytes, english: str, french: str) -> Answer:
    return no(told(english, french), code)


DONE = Answer(Condition.OK, "done")
READ_ONLY = _no(
    ResponseCode.CANNOT,
    "this mailbox was opened with EXAMINE: open it with SELECT",
    "dossier ouvert par EXAMINE : ouvrez-le par SELECT",
)
NO_SUCH_MAILBOX = _no(
    ResponseCode.NONEXISTENT, "no such mailbox: list them again", "dossier inconnu : demandez la liste à nouveau",
)
TRY_CREATE = _no(
    ResponseCode.TRYCREATE, "no such mailbox: create it first", "dossier inconnu : créez-le d'abord",
)
EXISTS = _no(
    ResponseCode.ALREADYEXISTS,
    "this mailbox exists: choose another name",
    "ce dossier existe : choisissez un autre nom",
)
HAS_INFERIORS = _no(
    ResponseCode.HASCHILDREN,
    "mailboxes stand below it: delete them first",
    "des dossiers sont au-dessous : supprimez-les d'abord",
)
CANNOT = _no(
    ResponseCode.CANNOT,
    "this mailbox does not allow that: use one that you made",
    "ce dossier ne le permet pas : utilisez un dossier que vous avez créé",
)
LIMIT = _no(
    ResponseCode.LIMIT,
    "beyond a limit of this server: ask for less at once",
    "limite du serveur dépassée : demandez moins à la fois",
)
TOO_MANY_FOLDERS = limit(MAX_FOLDERS, "mailboxes", "dossiers")
NAME_TOO_LONG = limit(
    MAX_NAME_BYTES, f"octets of a name, or {MAX_LEVELS} levels", f"octets dans un nom, ou {MAX_LEVELS} niveaux"
)
_GONE = told("some of these messages are gone: look again", "certains de ces messages ont disparu : actualisez")
GONE = no(_GONE, ResponseCode.EXPUNGEISSUED)
WITHOUT_THE_GONE = Answer(Condition.OK, _GONE, ResponseCode.EXPUNGEISSUED)
LOST = _no(
    ResponseCode.CORRUPTION,
    "some of these messages cannot be read: ask the operator",
    "certains de ces messages sont illisibles : demandez à l'exploitant",
)
MALFORMED = _no(
    ResponseCode.CANNOT,
    "not a message: lines end with CRLF and hold no NUL; have the mail client checked",
    "message mal formé : les lignes doivent finir par CRLF, sans octet NUL ; faites vérifier le logiciel de messagerie",
)
UNAVAILABLE = _no(
    ResponseCode.UNAVAILABLE, "temporarily unavailable: try again later", "panne momentanée : réessayez plus tard",
)
WRONG_CREDENTIALS = _no(
    ResponseCode.AUTHENTICATIONFAILED,
    "login or password is wrong: use your mailbox's application password",
    "identifiant ou mot de passe faux : utilisez le mot de passe d'application de votre boîte",
)
NOT_ANOTHER = _no(
    ResponseCode.AUTHORIZATIONFAILED,
    "nobody acts for another here: sign in for yourself",
    "nul n'agit ici pour autrui : connectez-vous pour vous-même",
)
NOT_NOW = bad("not in this state: sign in or select first", "pas dans cet état : connectez-vous, ou ouvrez un dossier")
UNKNOWN_COMMAND = bad(
    "unknown command: have the mail client checked", "commande inconnue : faites vérifier le logiciel de messagerie"
)
NO_MESSAGE = bad("no such message number: look again", "numéro de message inconnu : actualisez")
NO_CONDSTORE = bad("CONDSTORE is not offered: do without it", "CONDSTORE n'est pas proposé : faites sans")


async def guarded(connection: str, verb: str, work: Awaitable[Answer]) -> Answer:
    """Await a command; a failure becomes its answer, and a log line when nobody could have foreseen it."""
    try:
        return await work
    except SessionEnded:
        raise
    except CommandRefused as refused:
        return Answer(refused.condition, advised(refused.text), refused.response_code)
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
        case TooManyFolders():
            return TOO_MANY_FOLDERS
        case FolderNameTooLong():
            return NAME_TOO_LONG
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
    return _no(
        ResponseCode.SERVERBUG,
        f"internal failure: try again later, incident {incident}",
        f"panne interne : réessayez plus tard, incident {incident}",
    )
