"""French words for values: dates, sizes, subjects, counts. Pure; the pages use these as filters."""

import re
from collections.abc import Sequence
from datetime import date, datetime, tzinfo
from typing import TypeAlias
from unicodedata import normalize

from gateway.domain.timestamp import Timestamp

Moment: TypeAlias = date | datetime | Timestamp
"""An instant, a day, or a month or year alone."""

NBSP = "\u00a0"
_VOWELS = ("a", "e", "i", "o", "u", "œ", "æ")

_MONTHS = (
    "janvier", "février", "mars", "avril", "mai", "juin",
    "juillet", "août", "septembre", "octobre", "novembre", "décembre",
)  # fmt: skip
_SHORT_MONTHS = ("janv.", "févr.", "mars", "avr.", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.", "déc.")
_SMALL_WORDS = frozenset(["dr", "docteur", "pr", "mme", "m", "de", "du", "des", "la", "le", "les", "l", "d", "et"])
_DAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
_KINDS = {
    "application/pdf": "PDF",
    "application/zip": "Archive ZIP",
    "text/plain": "Texte",
    "text/rtf": "Texte",
    "text/calendar": "Rendez-vous",
    "application/xml": "Document structuré",
    "text/xml": "Document structuré",
    "application/dicom": "Image médicale",
}
_REPLIES = re.compile(r"^\s*(?:(?:re|ré|rép|tr|fw|fwd)\s*:\s*)+", re.IGNORECASE)
_END_MARK = "[FIN]"
_XDM_PREFIX = re.compile(r"^(\[Annule et remplace\]\s*)?XDM/[0-9.]+/DDM\+?\s*", re.IGNORECASE)


def plain_subject(subject: str) -> str:
    """Hide what software writes for software: reply marks, the XDM prefix (STD §1.4), the mark of an end (A8)."""
    text = _XDM_PREFIX.sub(lambda found: found[1] or "", _REPLIES.sub("", subject)).strip()
    return "Fin des échanges" if text == _END_MARK else " ".join(text.split()) or "Sans objet"


def local_day(at: date | datetime, zone: tzinfo) -> date:
    """Give the day of an instant in the zone; a bare date stays what it is."""
    return at.astimezone(zone).date() if isinstance(at, datetime) else at


def ordinal_day(day: int) -> str:
    """Give a day of the month as French reads it: « 1er », « 2 »."""
    return "1er" if day == 1 else str(day)


def known_date(at: Moment | None, zone: tzinfo) -> str:
    """Give a date as precisely as it is known: « 12 mars 2026 », « mars 2026 », « 2026 », « date inconnue »."""
    if at is None:
        return "date inconnue"
    if not isinstance(at, Timestamp):
        return long_date(at, zone)
    year, *month = at.known
    return f"{_MONTHS[month[0] - 1]} {year}" if month else str(year)


def moment_of(time: Timestamp | None) -> Moment | None:
    """Give a time of a document as precisely as it is known: an instant, a day, itself for less, else nothing."""
    if time is None or not time.known:
        return None
    return time.instant or time.day or time


def long_date(at: date | datetime, zone: tzinfo) -> str:
    """Give « 12 mars 2026 »."""
    day = local_day(at, zone)
    return f"{ordinal_day(day.day)}{NBSP}{_MONTHS[day.month - 1]} {day.year}"


def clock_time(at: datetime, zone: tzinfo) -> str:
    """Give « 9 h 05 »."""
    local = at.astimezone(zone)
    return f"{local.hour}{NBSP}h{NBSP}{local.minute:02}"


def full_time(at: datetime, zone: tzinfo) -> str:
    """Give « jeudi 12 mars 2026 à 9 h 05 »."""
    return f"{_DAYS[local_day(at, zone).weekday()]} {long_date(at, zone)} à{NBSP}{clock_time(at, zone)}"


def short_when(at: date | datetime, now: datetime, zone: tzinfo) -> str:
    """Give the shortest date that is clear today: « 9 h 05 », « hier », « mardi », « 12 mars », « 12 mars 2024 »."""
    day, today = local_day(at, zone), local_day(now, zone)
    age = (today - day).days
    if age == 0:
        return clock_time(at, zone) if isinstance(at, datetime) else "aujourd’hui"
    if age == 1:
        return "hier"
    if 1 < age < 7:
        return _DAYS[day.weekday()]
    text = f"{ordinal_day(day.day)}{NBSP}{_SHORT_MONTHS[day.month - 1]}"
    return text if 0 < age < 300 else f"{text} {day.year}"


def day_heading(at: datetime, now: datetime, zone: tzinfo) -> str:
    """Give a heading over the messages of one day: « Aujourd’hui », « Hier », « Jeudi 12 mars 2026 »."""
    day, today = local_day(at, zone), local_day(now, zone)
    age = (today - day).days
    if age in (0, 1):
        return "Hier" if age else "Aujourd’hui"
    return f"{_DAYS[day.weekday()].capitalize()} {long_date(day, zone)}"


def file_size(octets: int) -> str:
    """Give « 850 octets », « 12 ko », « 3,4 Mo »."""
    if octets < 1000:
        return count(octets, "octet")
    if octets < 999_500:
        return f"{octets / 1000:.0f}{NBSP}ko"
    return f"{octets / 1_000_000:.1f}".removesuffix(".0").replace(".", ",") + f"{NBSP}Mo"


def count(number: int, singular: str, plural: str = "", most: int = 0) -> str:
    """Give « 1 message », « 2 messages »; zero is singular in French. At `most`, if given: « plus de 99 messages »."""
    if most and number >= most:
        return f"plus de {most - 1}{NBSP}{plural or singular + 's'}"
    return f"{number}{NBSP}{singular if number < 2 else plural or singular + 's'}"


def of_name(name: str) -> str:
    """Put « de » before a name: « de Camille », « d’Odette »; h and y are not taken for mute."""
    return f"d’{name}" if normalize("NFD", name[:1]).casefold().startswith(_VOWELS) else f"de {name}"


def phone_number(number: str) -> str:
    """Write a French number as people do, « 06 12 34 56 78 »; any other stays as it is."""
    if not re.fullmatch(r"\+33[0-9]{9}", number, re.ASCII):
        return number
    return NBSP.join(re.findall("..", "0" + number[3:]))


def kind_beside(title: str, kind: str) -> str:
    """Give the kind of a document unless its title says it: « médicamenteuse » says « médicaments »."""
    return "" if _beginnings(kind) <= _beginnings(title) else kind


def _beginnings(words: str) -> set[str]:
    return {word[:6] for word in re.findall(r"\w+", words.casefold()) if len(word) > len("des")}


def names(first: Sequence[str], number: int) -> str:
    """Give the first names of so many: « Potassium, Sodium et 2 autres »."""
    rest = number - len(first)
    if rest <= 0:
        return ", ".join(first[:-1]) + f" et {first[-1]}" if len(first) > 1 else "".join(first)
    return f"{', '.join(first)} et {count(rest, 'autre')}"


def initials(name: str) -> str:
    """Give one or two capitals for a correspondent: « HV » for « Dr Hélène Vasseur »."""
    words = [w for w in re.split(r"[\s’'-]+", name) if w[:1].isalpha()]
    words = [w for w in words if w.rstrip(".").lower() not in _SMALL_WORDS]
    return "".join(w[0] for w in (words[:1] + words[-1:] if len(words) > 1 else words)).upper() or "·"


def file_kind(media_type: str, name: str) -> str:
    """Name a kind of file in a word or two."""
    if name.lower() == "ihe_xdm.zip":
        return "Pour les logiciels de santé"
    if media_type in _KINDS:
        return _KINDS[media_type]
    if media_type.startswith("image/"):
        return "Image"
    suffix = name.rpartition(".")[2] if "." in name else ""
    return suffix.upper() if 0 < len(suffix) <= 4 else "Fichier"
