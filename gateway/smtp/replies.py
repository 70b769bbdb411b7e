"""The one table from verdicts, faults and failures to SMTP replies (RFC 5321 §4.2, RFC 3463).

Whatever goes wrong inside, the client reads one of these lines: fixed words, a code, at most an incident id.
The cause goes to the log, without the texts of exceptions: they may quote an address.
"""

import asyncio
import unicodedata
from collections.abc import Awaitable
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from typing import Final, TypeVar

import structlog

from gateway.domain.errors import PliError
from gateway.domain.verdict import Accept, Reason, Verdict
from gateway.services.incidents import frames_of, new_incident
from gateway.smtp.data import DataFault

T = TypeVar("T")
_log = structlog.get_logger("pli.smtp")

MAX_REPLY_BYTES: Final = 512  # RFC 5321 §4.5.3.1.5, with CRLF


@dataclass(frozen=True, slots=True)
class Reply:
    """One reply, ready for the wire; `closes` says that the connection ends with it."""

    code: int
    wire: bytes
    closes: bool = False

    @property
    def accepts(self) -> bool:
        """Say whether the command succeeded."""
        return self.code < 400


def reply(code: int, enhanced: str, text: str, *, closes: bool = False) -> Reply:
    """Make a reply of ASCII text, folded into several lines when it is long; 421 always closes."""
    prefix = f"{enhanced} " if enhanced else ""
    room = MAX_REPLY_BYTES - 2 - 4 - len(prefix)
    lines = _folded(" ".join(_ascii(text).split()), room)
    wire = "".join(f"{code}-{prefix}{line}\r\n" for line in lines[:-1]) + f"{code} {prefix}{lines[-1]}\r\n"
    return Reply(code, wire.encode("ascii"), closes or code == 421)


def _told(code: int, enhanced: str, english: str, french: str, *, closes: bool = False) -> Reply:
    """Make a refusal that a person may have to read: what is wrong, its limit, and what to do, in both languages."""
    return reply(code, enhanced, f"{english} / {french}", closes=closes)


def _ascii(text: str) -> str:
    text = text.replace("’", "'").replace("«", '"').replace("»", '"').replace("œ", "oe").replace("Œ", "OE")
    # NFKD first: no-break spaces become spaces, accents separate from their letters.
    return unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode("ascii")


def _folded(text: str, room: int) -> list[str]:
    lines = []
    while len(text) > room:
        cut = text.rfind(" ", 1, room)
        cut = cut if cut > 0 else room
        lines.append(text[:cut])
        text = text[cut:].lstrip()
    return [*lines, text]


@lru_cache(maxsize=256)
def refusal(reason: Reason) -> Reply:
    """Make the reply of a refusal: its English sentence, then the French one without accents."""
    return reply(reason.smtp_code, reason.enhanced, f"{reason.english} / {reason.french}")


def of_verdict(verdict: Verdict, accepted: Reply) -> Reply:
    """Give `accepted`, or the reply of the refusal."""
    return accepted if isinstance(verdict, Accept) else refusal(verdict.reason)


def stored(queue_id: str) -> Reply:
    """Acknowledge a committed message."""
    return reply(250, "2.0.0", f"Stored as {queue_id}" if queue_id else "Stored")


@lru_cache(maxsize=16)
def too_big(max_bytes: int) -> Reply:
    """Refuse a message that is larger than the setting allows."""
    return _told(
        552, "5.3.4",
        f"Message larger than {max_bytes} octets; reduce or split the attachments",
        f"Message de plus de {max_bytes} octets ; allégez ou séparez les pièces jointes",
    )


def of_fault(fault: DataFault, max_bytes: int) -> Reply:
    """Give the reply to content that is not taken."""
    return too_big(max_bytes) if fault is DataFault.SIZE else OF_FAULT[fault]


def challenge(encoded: bytes) -> Reply:
    """Ask for the next response of a SASL exchange, by a challenge in base64 (RFC 4954 §4)."""
    return Reply(334, b"334 %b\r\n" % encoded)


async def guarded(connection: str, stage: str, work: Awaitable[T], limit: timedelta | None) -> T | Reply:
    """Await `work`; a failure or a late answer becomes the reply that the client gets, and one log line."""
    try:
        async with asyncio.timeout(None if limit is None else limit.total_seconds()):
            return await work
    except TimeoutError:
        _log.error("smtp.timed_out", connection=connection, stage=stage)
        return TEMPORARY
    except PliError as error:
        _log.warning("smtp.deferred", connection=connection, stage=stage, code=error.code)
        return TEMPORARY
    except Exception as error:  # noqa: BLE001 - the edge's last resort: not knowing is temporary
        return _incident(connection, stage, error)


def _incident(connection: str, stage: str, error: Exception) -> Reply:
    incident = new_incident()
    _log.error(
        "smtp.failed", connection=connection, stage=stage, incident=incident,
        error=type(error).__name__, frames=frames_of(error),
    )  # fmt: skip
    return reply(451, "4.3.0", f"Temporary failure, try again later, incident {incident}")


BYE = reply(221, "2.0.0", "Bye", closes=True)
OK = reply(250, "2.0.0", "OK")
SENDER_OK = reply(250, "2.1.0", "Sender OK")
RECIPIENT_OK = reply(250, "2.1.5", "Recipient OK")
CANNOT_VERIFY = reply(252, "2.5.0", "Addresses are not verified here")
START_TLS = reply(220, "2.0.0", "Ready to start TLS")
START_DATA = reply(354, "", "End data with <CR><LF>.<CR><LF>")
SIGNED_IN = reply(235, "2.7.0", "Signed in")

SHUTTING_DOWN = reply(421, "4.3.2", "Shutting down, try again later")
TIMED_OUT = reply(421, "4.4.2", "Timeout, closing")
TOO_SLOW = reply(421, "4.4.2", "Data comes too slowly, closing")
TOO_MANY_CONNECTIONS = reply(421, "4.7.0", "Too many connections, try again later")
TOO_MANY_COMMANDS = reply(421, "4.7.0", "Too many commands without mail, closing")
TOO_MANY_FAILURES = reply(421, "4.7.0", "Too many failed sign-ins, try again later")
TEMPORARY = reply(451, "4.3.0", "Temporary failure, try again later")
NO_ROOM = reply(452, "4.3.1", "Too much mail at once, try again later")
TOO_MANY_RECIPIENTS = reply(452, "4.5.3", "Too many recipients, send the others separately")
AUTH_UNAVAILABLE = reply(454, "4.7.0", "Sign-in is not possible now, try again later")

LINE_TOO_LONG = reply(500, "5.5.6", "Line too long / Ligne trop longue")
ENDLESS_LINE = reply(500, "5.5.6", "Line too long / Ligne trop longue", closes=True)
NOT_A_COMMAND = reply(500, "5.5.2", "Command not recognised")
BARE_COMMAND = reply(500, "5.5.2", "Commands end with CRLF and hold no other CR, LF or NUL", closes=True)
SYNTAX = reply(501, "5.5.4", "Syntax error in parameters")
BAD_SENDER = reply(501, "5.1.7", "Sender is not a mail address")
BAD_RECIPIENT = reply(501, "5.1.3", "Recipient is not a mail address")
AUTH_CANCELLED = reply(501, "5.7.0", "Sign-in cancelled")
AUTH_MALFORMED = reply(501, "5.5.2", "Not a valid SASL response")
NOT_IMPLEMENTED = reply(502, "5.5.1", "Command not implemented")
NOT_HTTP = reply(502, "5.5.1", "This is not a web server", closes=True)
BAD_SEQUENCE = reply(503, "5.5.1", "Command out of sequence")
TLS_ALREADY = reply(503, "5.5.1", "TLS is already active")
NO_SUCH_MECHANISM = reply(504, "5.5.4", "Mechanism not supported")
TLS_FIRST = reply(530, "5.7.0", "Must issue a STARTTLS command first")
CERTIFICATE_FIRST = _told(
    530, "5.7.0",
    "A client certificate is required; present your operator's",
    "Certificat client nécessaire ; présentez celui de votre opérateur", closes=True,
)
AUTH_FIRST = reply(530, "5.7.0", "Authentication required")
WRONG_CREDENTIALS = reply(535, "5.7.8", "Login or password is wrong")
BARE_CONTENT = _told(
    550, "5.6.11",
    "Content holds a CR, LF or NUL outside CRLF; have the sending software checked",
    "Contenu avec CR, LF ou NUL hors de CRLF ; faites vérifier le logiciel d'envoi", closes=True,
)
NOT_ASCII = reply(553, "5.6.7", "Addresses are ASCII here")
TOO_EARLY = reply(554, "5.5.0", "You spoke before your turn", closes=True)
NO_RECIPIENTS = reply(554, "5.5.1", "No valid recipients")
UNKNOWN_PARAMETER = reply(555, "5.5.4", "Parameter not recognised")

OF_FAULT: Final = {
    DataFault.BARE: BARE_CONTENT,
    DataFault.LINE: _told(
        500, "5.6.0",
        "A line of the content is longer than 998 octets; encode the content in base64 or quoted-printable",
        "Une ligne du contenu dépasse 998 octets ; encodez le contenu en base64 ou quoted-printable",
    ),
    DataFault.FULL: NO_ROOM,
}
