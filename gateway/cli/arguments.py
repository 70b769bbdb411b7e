"""Arguments of the command line, parsed once; what cannot be read is wrong use, and says how to write it."""

import re
from datetime import date, datetime
from enum import Enum
from typing import Annotated

import typer

from gateway.domain.address import MailAddress
from gateway.domain.contact_reading import email_of, mobile_of
from gateway.domain.errors import InvalidValue
from gateway.domain.notices import Channel
from gateway.domain.place_names import is_host_name

_RPPS, _FINESS = re.compile(r"8[0-9]{11}"), re.compile(r"1[0-9][0-9ABab][0-9]{7}")

_LONGEST_TEXT = 200
Patient = Annotated[str, typer.Argument(metavar="PATIENT", help="Address of the space, or the person's number (INS).")]


class HexNumber(int):
    """Number of one thing of a space, as the trace and the lists of commands write it."""


HexNumber.__name__ = "hex"
"""What help says of such an argument."""


def hex_number(text: str) -> HexNumber:
    """Read the number of a document or a request, as the trace or a list writes it."""
    try:
        number = HexNumber(text.rpartition(":")[2], 16)
    except ValueError as error:
        raise typer.BadParameter("not a number; write it in hexadecimal, as the trace does") from error
    if not 0 < number < 2**62:
        raise typer.BadParameter("no such number: it is below 2 to the power of 62")
    return number


def mail_address(text: str) -> MailAddress:
    """Read a mail address."""
    try:
        return MailAddress.parse(text)
    except InvalidValue as error:
        raise typer.BadParameter("not a mail address; write name@domain.example") from error


def instant(text: str) -> datetime:
    """Read an ISO 8601 instant; one without a zone is of this machine's zone."""
    try:
        return datetime.fromisoformat(text).astimezone()
    except (ValueError, OverflowError) as error:
        raise typer.BadParameter("not an ISO 8601 date; write 2026-11-23T06:00:00+01:00") from error


def calendar_day(text: str) -> date:
    """Read a day as ISO 8601 writes it."""
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise typer.BadParameter("not a day; write 2026-11-29") from error


def plain_text(text: str) -> str:
    """Read one line of words for a trace."""
    line = text.strip()
    if not line or len(line) > _LONGEST_TEXT or not line.isprintable():
        raise typer.BadParameter(f"write one line of 1 to {_LONGEST_TEXT} signs")
    return line


def e_mail(text: str) -> str:
    """Read an e-mail address for notices; an empty one is none."""
    found = email_of(text) if text.strip() else ""
    if found is None:
        raise typer.BadParameter("not an e-mail address; write name@domain.example, or '' for none")
    return found


def phone_number(text: str) -> str:
    """Read a number for notices; an empty one is none."""
    found = mobile_of(text) if text.strip() else ""
    if found is None:
        raise typer.BadParameter("not a number that takes an SMS; write 06 12 34 56 78 or +33612345678, or '' for none")
    return found


def host_name(text: str) -> str:
    """Read a host or domain name, in lower case."""
    name = text.lower()
    if not is_host_name(name):
        raise typer.BadParameter("not a host name; write pli.hospital.example, in ASCII")
    return name


def rpps(text: str) -> str:
    """Read a person's number as the directory writes it (STD §3.3); official examples fail its check digit."""
    if not _RPPS.fullmatch(text):
        raise typer.BadParameter("not an RPPS as the directory writes it; write 8 and its 11 digits")
    return text


def finess(text: str) -> str:
    """Read an organisation's number as the directory writes it (STD §3.3)."""
    if not _FINESS.fullmatch(text):
        raise typer.BadParameter("not a FINESS as the directory writes it; write 1 and its 9 characters")
    return text.upper()


def finess_or_none(text: str) -> str:
    """Read an organisation's number, or that there is none: an empty text."""
    return finess(text) if text else ""


class UnreachableBy(Enum):
    """By which way nobody can be told of a space; `ANY`: by none that there is."""

    EMAIL = "email"
    SMS = "sms"
    LETTER = "letter"
    ANY = "any"

    @property
    def ways(self) -> tuple[Channel, ...]:
        """Give the ways that are all missing."""
        return tuple(Channel) if self is UnreachableBy.ANY else (Channel(self.value),)


def shown_name(text: str) -> str:
    """Read a name that people are shown: it has a letter, no control character, and no space around it."""
    name = " ".join(text.split())
    if not any(letter.isalpha() for letter in name) or not name.isprintable() or len(name) > _LONGEST_TEXT:
        raise typer.BadParameter(f"not a name; write it as patients read it, in {_LONGEST_TEXT} characters at most")
    return name
