"""Arguments of the command line, parsed once; what cannot be read is wrong use, and says how to write it."""

from datetime import datetime

import typer

from gateway.config import is_host_name
from gateway.domain.address import MailAddress
from gateway.domain.errors import InvalidValue


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


def host_name(text: str) -> str:
    """Read a host or domain name, in lower case."""
    name = text.lower()
    if not is_host_name(name):
        raise typer.BadParameter("not a host name; write pli.hospital.example, in ASCII")
    return name
