"""A calendar that a patient adds, in words: what, when, where (E57). What is none is shown as the text it is."""

from collections.abc import Iterator
from datetime import date, datetime

from gateway.domain.agenda.calendar_items import CalendarItem
from gateway.domain.agenda.calendar_reading import read_calendar
from gateway.domain.agenda.events import When
from gateway.domain.errors import MalformedContent
from gateway.domain.local_days import PLACE, day_in_words
from gateway.domain.readable import CLOSING, Closing, Opening, ReadableText, TextTag

_MOST_TIMES = 12
_COLON = "\N{NO-BREAK SPACE}: "


def calendar_words(data: bytes, received: date) -> ReadableText | None:
    """Give what a calendar says; None for what is none."""
    try:
        found = read_calendar(data, received)
    except MalformedContent:
        return None
    tokens = tuple(token for item in found.items for token in _item(item))
    return ReadableText(tokens, is_cut=bool(found.more)) if tokens else None


def _item(item: CalendarItem) -> Iterator[Opening | Closing | str]:
    yield from (Opening(TextTag.TITLE), item.title or "Rendez-vous", CLOSING)
    times = (item.start, *item.also)
    facts = [("Annulé", "ce rendez-vous n’a plus lieu")] if item.is_cancelled else []
    facts += [("Quand", _span(item.start, item.end))]
    facts += [("Et aussi", ", ".join(map(_when, times[1:_MOST_TIMES])))] if item.also else []
    facts += [("Où", item.place), ("Organisateur indiqué", item.organiser), ("À savoir", item.about)]
    for label, text in facts:
        for line in text.splitlines():
            yield from (Opening(TextTag.PARAGRAPH), f"{label}{_COLON}{line}", CLOSING)


def _span(start: When, end: When | None) -> str:
    if isinstance(start, datetime) and isinstance(end, datetime) and _local(start).date() == _local(end).date():
        return f"{_when(start)} à {_hour(end)}"
    return _when(start) if end is None or end == start else f"du {_when(start)} au {_when(end)}"


def _when(at: When) -> str:
    day = _local(at) if isinstance(at, datetime) else at
    said = day_in_words(day)
    return f"{said}, {_hour(at)}" if isinstance(at, datetime) else said


def _hour(at: datetime) -> str:
    return f"{_local(at):%H h %M}"


def _local(at: datetime) -> datetime:
    return at if at.tzinfo is None else at.astimezone(PLACE)
