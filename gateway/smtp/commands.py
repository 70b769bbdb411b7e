"""Grammar of SMTP commands (RFC 5321 §4.1.1), strict; does no I/O."""

import re
from dataclasses import dataclass
from typing import Final

from gateway.domain.address import MailAddress
from gateway.domain.errors import InvalidValue
from gateway.services.intake.port import MailParameters
from gateway.smtp import limit_replies, replies
from gateway.smtp.replies import Reply

# Outlook puts a space after the colon; nothing else is forgiven. A path holds neither brackets nor spaces:
# quoted local parts, literals and source routes are no addresses of this network.
_PATH: Final = re.compile(r"(FROM|TO): ?<([^<>\s]*)>(?: +(\S.*?))? *", re.ASCII | re.IGNORECASE)
_PARAMETER: Final = re.compile(r"([A-Za-z0-9][A-Za-z0-9-]*)(?:=([!-<>-~]+))?", re.ASCII)
_DOMAIN: Final = re.compile(r"[A-Za-z0-9._:\[\]-]{1,255}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Path:
    """Argument of MAIL or RCPT: the mailbox text, and parameters by upper-case name, their values as sent."""

    mailbox: str
    parameters: dict[str, str | None]


def parse_path(keyword: str, argument: str) -> Path | Reply:
    """Read ``FROM:<…> parameters`` or ``TO:<…> parameters``."""
    found = _PATH.fullmatch(argument)
    if not found or found[1].upper() != keyword:
        return replies.SYNTAX
    parameters: dict[str, str | None] = {}
    for text in (found[3] or "").split():
        parameter = _PARAMETER.fullmatch(text)
        if not parameter or parameter[1].upper() in parameters:
            return replies.SYNTAX
        parameters[parameter[1].upper()] = parameter[2]
    return Path(found[2], parameters)


def parse_mail(argument: str, max_bytes: int) -> tuple[MailAddress | None, MailParameters] | Reply:
    """Read the argument of MAIL: the reverse path, None for ``<>``, and its parameters."""
    path = parse_path("FROM", argument)
    if isinstance(path, Reply):
        return path
    parameters = _mail_parameters(path.parameters, max_bytes)
    if isinstance(parameters, Reply):
        return parameters
    if not path.mailbox:
        return None, parameters
    try:
        return MailAddress.parse(path.mailbox), parameters
    except InvalidValue:
        return replies.BAD_SENDER


def _mail_parameters(given: dict[str, str | None], max_bytes: int) -> MailParameters | Reply:
    # AUTH= (RFC 4954 §5) is understood and not believed: the sign-in or the certificate proves the sender.
    if not given.keys() <= {"SIZE", "BODY", "AUTH"}:
        return replies.UNKNOWN_PARAMETER
    if None in given.values():
        return replies.SYNTAX
    size, body = given.get("SIZE") or "0", (given.get("BODY") or "7BIT").upper()
    if not re.fullmatch(r"[0-9]{1,20}", size, re.ASCII) or body not in ("7BIT", "8BITMIME"):
        return replies.SYNTAX
    if int(size) > max_bytes:
        return limit_replies.too_big(max_bytes)
    return MailParameters(int(size) or None, body == "8BITMIME")


def parse_rcpt(argument: str, hostname: str) -> MailAddress | Reply:
    """Read the argument of RCPT; a bare ``<postmaster>`` is that of `hostname` (RFC 5321 §4.5.1)."""
    path = parse_path("TO", argument)
    if isinstance(path, Reply):
        return path
    if path.parameters:
        return replies.UNKNOWN_PARAMETER
    mailbox = f"postmaster@{hostname}" if path.mailbox.lower() == "postmaster" else path.mailbox
    try:
        return MailAddress.parse(mailbox)
    except InvalidValue:
        return replies.BAD_RECIPIENT


def is_helo_name(argument: str) -> bool:
    """Say whether the argument of EHLO or HELO has the form of a domain or address literal."""
    return bool(_DOMAIN.fullmatch(argument))
