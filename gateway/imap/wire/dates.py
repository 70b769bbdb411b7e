"""The two date forms of IMAP: the day of SEARCH and the date-time of INTERNALDATE and APPEND.

Month names are English whatever the locale, so neither `strftime` nor `strptime` is used.
"""

import re
from datetime import UTC, date, datetime, timedelta, timezone

from gateway.domain.errors import MalformedContent

_MONTHS = (b"Jan", b"Feb", b"Mar", b"Apr", b"May", b"Jun", b"Jul", b"Aug", b"Sep", b"Oct", b"Nov", b"Dec")
_MONTH_NUMBER = {name.lower(): number for number, name in enumerate(_MONTHS, 1)}

_DATE = re.compile(rb"(\d{1,2})-([A-Za-z]{3})-(\d{4})")
_DATE_TIME = re.compile(
    rb"([ \d]\d)-([A-Za-z]{3})-(\d{4}) (\d{2}):(\d{2}):(\d{2}) ([+-])(\d{2})([0-5]\d)"
)


def parse_date(text: bytes) -> date:
    """Read a date-text such as ``1-Feb-1994`` (RFC 3501 §9).

    Raises:
        MalformedContent: for another form, or a day that does not exist.
    """
    found = _DATE.fullmatch(text)
    if not found:
        raise MalformedContent("not a date")
    try:
        return date(int(found[3]), _MONTH_NUMBER[found[2].lower()], int(found[1]))
    except (ValueError, KeyError) as error:
        raise MalformedContent("no such day") from error


def parse_date_time(text: bytes) -> datetime:
    """Read a date-time such as ``17-Jul-1996 02:44:25 -0700``, without its quotes, as a UTC instant.

    Raises:
        MalformedContent: for another form, or an instant that does not exist.
    """
    found = _DATE_TIME.fullmatch(text)
    if not found:
        raise MalformedContent("not a date-time")
    offset = timedelta(hours=int(found[8]), minutes=int(found[9]))
    try:
        zone = timezone(-offset if found[7] == b"-" else offset)
        return datetime(
            int(found[3]), _MONTH_NUMBER[found[2].lower()], int(found[1]),
            int(found[4]), int(found[5]), int(found[6]), tzinfo=zone,
        ).astimezone(UTC)
    except (ValueError, KeyError, OverflowError) as error:
        raise MalformedContent("no such instant") from error


def internal_date(instant: datetime) -> bytes:
    """Write an INTERNALDATE value with its quotes; a one-digit day takes a leading space (RFC 3501 §9)."""
    when = instant.astimezone(UTC)
    return b'"%2d-%b-%04d %02d:%02d:%02d +0000"' % (
        when.day, _MONTHS[when.month - 1], when.year, when.hour, when.minute, when.second,
    )
