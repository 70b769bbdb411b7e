"""Contacts as people type them: an address for e-mail, a number that takes an SMS."""

import re

from gateway.domain.address import MailAddress
from gateway.domain.errors import InvalidValue

_GAPS = re.compile(r"[\s.\-/()\u00a0]+")
_FRENCH_MOBILE = re.compile(r"0[67][0-9]{8}", re.ASCII)
_ABROAD = re.compile(r"\+[1-9][0-9]{7,14}", re.ASCII)
_LONGEST = 254


def email_of(text: str) -> str | None:
    """Read an address for e-mail; None for what is none."""
    try:
        address = MailAddress.parse(text.strip()[: _LONGEST + 1])
    except InvalidValue:
        return None
    return str(address) if "." in address.domain and len(str(address)) <= _LONGEST else None


def mobile_of(text: str) -> str | None:
    """Read a telephone number that takes an SMS, as ``+33…``; None for what is none."""
    plain = _GAPS.sub("", text[:_LONGEST])
    plain = f"+{plain[2:]}" if plain.startswith("00") else plain
    national = f"0{plain.removeprefix('+33').removeprefix('0')}" if plain.startswith("+33") else plain
    if _FRENCH_MOBILE.fullmatch(national):
        return f"+33{national[1:]}"
    return plain if _ABROAD.fullmatch(plain) and not plain.startswith("+33") else None
