"""What somebody types of a health insurance card and of themself, before anybody knows who they are (F6, FACTS a1).

The card with a photograph bears a long serial number, of which the last eleven digits are asked; the one without
bears eight to thirteen. Blanks, dots and hyphens are no part of any field.
"""

import re
from dataclasses import dataclass
from enum import Enum

from gateway.domain.account import Space
from gateway.domain.errors import InvalidValue
from gateway.domain.identity import BirthDate, Ins, ins_key

LAST_DIGITS = 11
"""Of the serial number of a card with a photograph."""
_GAPS = re.compile(r"[\s.\-_/]+")
_NUMBER = re.compile(r"[0-9]{5}(?:[0-9]{2}|2[AB])[0-9]{6}", re.ASCII)
_SERIAL = re.compile(r"[0-9]{8,24}", re.ASCII)
_DAY_FIRST = re.compile(
    r"([0-9]{1,2})[\s./\-]+([0-9]{1,2})[\s./\-]+([0-9]{4})|([0-9]{2})([0-9]{2})([0-9]{4})", re.ASCII
)
_YEAR_FIRST = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})", re.ASCII)
_LONGEST = 40


class CardField(Enum):
    """A field of the form."""

    NUMBER = "number"
    BORN = "born"
    SERIAL = "serial"


@dataclass(frozen=True, slots=True, repr=False)
class ShownCard:
    """A social-security number with its key, a birth date and a card's serial number, of the right form."""

    number: str
    born: BirthDate
    serial: str

    def __repr__(self) -> str:
        """Hide the person."""
        return "ShownCard(…)"


def shown_card(number: str, born: str, serial: str) -> ShownCard | frozenset[CardField]:
    """Read the three fields, or say which cannot be right; that says nothing of whether anybody is there."""
    read = number_typed(number), birth_date_typed(born), serial_typed(serial)
    wrong = frozenset(field for field, value in zip(CardField, read, strict=True) if value is None)
    number_read, born_read, serial_read = read
    if number_read is None or born_read is None or serial_read is None:
        return wrong
    return ShownCard(number_read, born_read, serial_read)


def card_is_of(card: ShownCard, space: Space) -> bool:
    """Say whether birth date and card are those of a space that was found by the number."""
    born = space.identity.traits.birth_date
    return born is not None and born.agrees_with(card.born) and any(
        _same_serial(card.serial, "".join(filter(str.isdigit, serial))) for serial in space.card_serials
    )


def _same_serial(typed: str, known: str) -> bool:
    if typed == known:
        return True
    return min(len(typed), len(known)) >= LAST_DIGITS and typed[-LAST_DIGITS:] == known[-LAST_DIGITS:]


def number_typed(text: str) -> str | None:
    """Read a social-security number, with its key or without; None for what cannot be right."""
    plain = _GAPS.sub("", text[:_LONGEST]).upper()
    if _NUMBER.fullmatch(plain):
        return f"{plain}{ins_key(plain):02}"
    return plain if Ins.is_well_formed(plain) else None


def serial_typed(text: str) -> str | None:
    """Read a card's serial number; None for what cannot be right."""
    plain = _GAPS.sub("", text[:_LONGEST])
    return plain if _SERIAL.fullmatch(plain) else None


def birth_date_typed(text: str) -> BirthDate | None:
    """Read a date as people write it, « 15/1/1950 » or « 15011950 », or as programs do; None for anything else."""
    text = text[:_LONGEST].strip()
    if found := _YEAR_FIRST.fullmatch(text):
        year, month, day = found.groups()
    elif found := _DAY_FIRST.fullmatch(text):
        day, month, year = (part for part in found.groups() if part is not None)
    else:
        return None
    try:
        return BirthDate.parse(f"{year}-{int(month):02}-{int(day):02}")
    except InvalidValue:
        return None
