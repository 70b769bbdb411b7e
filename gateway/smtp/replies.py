"""The one table from verdicts and failures to SMTP replies (RFC 5321 §4.2, RFC 3463); limits are in `limit_replies`.

Whatever goes wrong inside, the client reads one of these lines: fixed words, a code, at most an incident id.
The cause goes to the log, without the texts of exceptions: they may quote an address.
"""

import asyncio
from collections.abc import Awaitable
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from typing import Final, TypeVar

import structlog

from gateway.domain.errors import PliError
from gateway.domain.plain_ascii import plain_ascii
from gateway.domain.verdict import Accept, Reason, Verdict
from gateway.services.incidents import frames_of, new_incident

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
    lines = _folded(" ".join(plain_ascii(text).split()), room)
    wire = "".join(f"{code}-{prefix}{line}\r\n" for line in lines[:-1]) + f"{code} {prefix}{lines[-1]}\r\n"
    return Reply(code, wire.encode("ascii"), closes or code == 421)


def told(code: int, enhanced: str, english: str, french: str, *, closes: bool = False) -> Reply:
    """Make a refusal that a person may have to read: what is wrong, its limit, and what to do, in both languages."""
    return reply(code, enhanced, f"{english} / {french}", closes=closes)


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
    return told(
        451, "4.3.0",
        f"Temporary failure; try again later, incident {incident}",
        f"Panne momentanée ; réessayez plus tard, incident {incident}",
    )


BYE = reply(221, "2.0.0", "Bye", closes=True)
OK = reply(250, "2.0.0", "OK")
SENDER_OK = reply(250, "2.1.0", "Sender OK")
RECIPIENT_OK = reply(250, "2.1.5", "Recipient OK")
CANNOT_VERIFY = reply(252, "2.5.0", "Addresses are not verified here")
START_TLS = reply(220, "2.0.0", "Ready to start TLS")
START_DATA = reply(354, "", "End data with <CR><LF>.<CR><LF>")
SIGNED_IN = reply(235, "2.7.0", "Signed in")

SHUTTING_DOWN = told(
    421, "4.3.2", "Shutting down; try again later", "Arrêt du service ; réessayez plus tard",
)
SIGN_IN_ENDED = told(
    421, "4.7.0", "Your sign-in was ended by the operator; connect and sign in again, or ask them",
    "Votre connexion a été fermée par l'exploitant ; reconnectez-vous, ou demandez-lui pourquoi",
)
TEMPORARY = told(
    451, "4.3.0", "Temporary failure; try again later", "Panne momentanée ; réessayez plus tard",
)
NO_ROOM = told(
    452, "4.3.1", "Too much mail at once; try again later", "Trop de courrier à la fois ; réessayez plus tard",
)
AUTH_UNAVAILABLE = told(
    454, "4.7.0",
    "Sign-in is not possible now; try again later",
    "Connexion momentanément impossible ; réessayez plus tard",
)

NOT_A_COMMAND = told(
    500, "5.5.2",
    "Command not recognised; check the sending software",
    "Commande inconnue ; faites vérifier le logiciel d'envoi",
)
BARE_COMMAND = told(
    500, "5.5.2",
    "Commands end with CRLF and hold no other CR, LF or NUL; have the sending software checked",
    "Une commande finit par CRLF, sans autre CR, LF ou NUL ; faites vérifier le logiciel d'envoi", closes=True,
)
SYNTAX = told(
    501, "5.5.4",
    "Syntax error in parameters; check the sending software",
    "Paramètres mal formés ; faites vérifier le logiciel d'envoi",
)
BAD_SENDER = told(
    501, "5.1.7",
    "Sender is not a mail address; correct it",
    "L'expéditeur n'est pas une adresse ; corrigez-le",
)
BAD_RECIPIENT = told(
    501, "5.1.3",
    "Recipient is not a mail address; correct it",
    "Le destinataire n'est pas une adresse ; corrigez-le",
)
AUTH_CANCELLED = told(
    501, "5.7.0", "Sign-in cancelled; begin again", "Connexion abandonnée ; recommencez",
)
AUTH_MALFORMED = told(
    501, "5.5.2",
    "Not a valid SASL response; check the mail client",
    "Réponse SASL mal formée ; vérifiez le logiciel de messagerie",
)
NOT_IMPLEMENTED = told(
    502, "5.5.1",
    "Command not offered here; go on without it",
    "Commande non proposée ici ; continuez sans elle",
)
NOT_HTTP = told(
    502, "5.5.1",
    "This is not a web server; use a mail client",
    "Ceci n'est pas un site web ; utilisez un logiciel de messagerie", closes=True,
)
BAD_SEQUENCE = told(
    503, "5.5.1",
    "Command out of sequence; begin with EHLO, then MAIL, RCPT, DATA",
    "Commande hors de son tour ; commencez par EHLO, puis MAIL, RCPT, DATA",
)
TLS_ALREADY = told(
    503, "5.5.1", "TLS is already active; go on with EHLO", "TLS est déjà actif ; continuez par EHLO",
)
NO_SUCH_MECHANISM = told(
    504, "5.5.4",
    "Mechanism not supported; use PLAIN or LOGIN",
    "Mécanisme non pris en charge ; utilisez PLAIN ou LOGIN",
)
TLS_FIRST = told(
    530, "5.7.0",
    "Connection is not encrypted; issue STARTTLS first",
    "Connexion non chiffrée ; commencez par STARTTLS",
)
CERTIFICATE_FIRST = told(
    530, "5.7.0",
    "A client certificate is required; present your operator's",
    "Certificat client nécessaire ; présentez celui de votre opérateur", closes=True,
)
AUTH_FIRST = told(
    530, "5.7.0",
    "Authentication required; sign in to your mailbox first",
    "Authentification nécessaire ; connectez-vous d'abord à votre boîte",
)
WRONG_CREDENTIALS = told(
    535, "5.7.8",
    "Login or password is wrong; use your mailbox's application password",
    "Identifiant ou mot de passe faux ; utilisez le mot de passe d'application de votre boîte",
)
BARE_CONTENT = told(
    550, "5.6.11",
    "Content holds a CR, LF or NUL outside CRLF; have the sending software checked",
    "Contenu avec CR, LF ou NUL hors de CRLF ; faites vérifier le logiciel d'envoi", closes=True,
)
NOT_ASCII = told(
    553, "5.6.7",
    "Addresses are ASCII here; write it without accents",
    "Les adresses sont en ASCII ici ; écrivez-la sans accents",
)
TOO_EARLY = told(
    554, "5.5.0",
    "You spoke before your turn, closing; wait for each reply",
    "Vous avez parlé avant votre tour, fin de connexion ; attendez chaque réponse", closes=True,
)
NO_RECIPIENTS = told(
    554, "5.5.1",
    "No valid recipients; name one that is accepted",
    "Aucun destinataire valable ; indiquez-en un qui soit accepté",
)
UNKNOWN_PARAMETER = told(
    555, "5.5.4",
    "Parameter not offered here; use those of EHLO",
    "Paramètre non proposé ici ; utilisez ceux de EHLO",
)
