"""The form of an entry: read into a draft, and given back as it was typed when something is wrong. Pure."""

import re
from dataclasses import dataclass
from datetime import date, datetime, time

from gateway.domain.agenda.drafts import DraftFault, EventDraft
from gateway.domain.agenda.events import MAX_LINE, MAX_NOTE, MAX_TITLE, EventSort
from gateway.domain.errors import NotFound
from webmail.forms import Form
from webmail.references import number_of, reference_of

REMINDERS = (
    ("", "Pas de rappel"), ("0", "À l’heure dite"), ("30", "30 minutes avant"), ("120", "2 heures avant"),
    ("1440", "La veille"), ("2880", "2 jours avant"), ("10080", "Une semaine avant"),
)  # fmt: skip
SENTENCES = {
    DraftFault.NO_TITLE: ("titre", "Donnez un titre à cet événement."),
    DraftFault.TOO_LONG: ("titre", "Un des textes est trop long. Raccourcissez-le."),
    DraftFault.DAY_OUT_OF_RANGE: ("jour", "Cette date est trop lointaine. Vérifiez l’année."),
    DraftFault.NO_SUCH_TIME: ("debut", "Cette heure n’existe pas ce jour-là : on passe à l’heure d’été."),
    DraftFault.ENDS_BEFORE: ("fin", "La fin vient avant le début. Vérifiez les dates et les heures."),
    DraftFault.LASTS_TOO_LONG: ("dernier_jour", "Un événement dure un an au plus."),
    DraftFault.BAD_REMINDER: ("rappel", "Choisissez un rappel dans la liste."),
}
"""Which field is wrong, and what the page says."""
_UNREADABLE_DAY = ("jour", "Écrivez la date ainsi : 15/03/2026.")
_UNREADABLE_LAST = ("dernier_jour", "Écrivez la date ainsi : 15/03/2026.")
_UNREADABLE_TIME = ("debut", "Écrivez l’heure ainsi : 9:30.")
_UNREADABLE_END = ("fin", "Écrivez l’heure ainsi : 9:30.")
_DAY = re.compile(r"(\d{4})-(\d{2})-(\d{2})|(\d{1,2})[/.](\d{1,2})[/.](\d{4})", re.ASCII)
_TIME = re.compile(r"(\d{1,2})\s*[:hH]\s*(\d{2})?", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class TypedEntry:
    """What stands in the form, field by field, as it was typed."""

    titre: str = ""
    jour: str = ""
    debut: str = ""
    fin: str = ""
    dernier_jour: str = ""
    lieu: str = ""
    avec: str = ""
    note: str = ""
    apporter: str = ""
    rappel: str = ""
    documents: frozenset[str] = frozenset()
    a_faire: bool = False


Fault = tuple[str, str]
"""The field that is wrong, and the sentence that says so."""


def typed_of(form: Form) -> TypedEntry:
    """Read what was typed, cut to what a field takes."""
    texts = {name: form.text(name).strip()[:40] for name in ("jour", "debut", "fin", "dernier_jour", "rappel")}
    return TypedEntry(
        titre=form.text("titre")[: MAX_TITLE + 1],
        lieu=form.text("lieu")[: MAX_LINE + 1],
        avec=form.text("avec")[: MAX_LINE + 1],
        note=form.text("note")[: MAX_NOTE + 1],
        apporter=form.text("apporter")[: MAX_NOTE + 1],
        documents=frozenset(name[4:] for name in form.fields if name.startswith("doc-")),
        a_faire=bool(form.text("a_faire")),
        **texts,
    )


def typed_from(draft: EventDraft) -> TypedEntry:
    """Give what a form shows of an entry that is there."""
    start, end = draft.start, draft.end
    last = end if end is not None and _day(end) != _day(start) else None
    return TypedEntry(
        titre=draft.title,
        jour=_day(start).isoformat(),
        debut=f"{start:%H:%M}" if isinstance(start, datetime) else "",
        fin=f"{end:%H:%M}" if isinstance(end, datetime) else "",
        dernier_jour=_day(last).isoformat() if last else "",
        lieu=draft.place,
        avec=draft.people,
        note=draft.note,
        apporter=draft.bring,
        rappel="" if draft.reminder is None else str(draft.reminder),
        documents=frozenset(map(reference_of, draft.documents)),
        a_faire=draft.sort is EventSort.TASK,
    )


def draft_of(typed: TypedEntry, before: EventDraft | None = None) -> EventDraft | Fault:
    """Read a draft, or say which field cannot be read; `before` keeps a reminder that the list does not have."""
    day = _read_day(typed.jour)
    if day is None:
        return _UNREADABLE_DAY
    last = _read_day(typed.dernier_jour) if typed.dernier_jour else day
    if last is None:
        return _UNREADABLE_LAST
    start, end = _read_time(typed.debut), _read_time(typed.fin)
    if typed.debut and start is None:
        return _UNREADABLE_TIME
    if typed.fin and end is None:
        return _UNREADABLE_END
    if end is not None and start is None:
        return "debut", "Donnez aussi l’heure de début."
    known = {value for value, _ in REMINDERS} | ({str(before.reminder)} if before else set())
    if typed.rappel not in known:
        return SENTENCES[DraftFault.BAD_REMINDER]
    begins, ends = _times(day, last, start, end)
    return EventDraft(
        title=typed.titre,
        start=begins,
        end=ends,
        place=typed.lieu,
        people=typed.avec,
        note=typed.note,
        bring=typed.apporter,
        documents=_numbers(typed.documents),
        reminder=int(typed.rappel) if typed.rappel.isdecimal() else None,
        sort=EventSort.TASK if typed.a_faire else EventSort.APPOINTMENT,
    )


def _times(day: date, last: date, start: time | None, end: time | None) -> tuple[date, date | None]:
    if start is None:
        return day, last if last != day else None
    begins = datetime.combine(day, start)
    if end is None:
        return begins, datetime.combine(last, start) if last != day else None
    return begins, datetime.combine(last, end)


def _read_day(text: str) -> date | None:
    found = _DAY.fullmatch(text)
    if not found:
        return None
    year, month, day = (found[1], found[2], found[3]) if found[1] else (found[6], found[5], found[4])
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None


def _read_time(text: str) -> time | None:
    found = _TIME.fullmatch(text)
    try:
        return time(int(found[1]), int(found[2] or 0)) if found else None
    except ValueError:
        return None


def _numbers(references: frozenset[str]) -> tuple[int, ...]:
    found = []
    for reference in sorted(references)[:100]:
        try:
            found.append(number_of(reference))
        except NotFound:
            continue
    return tuple(found)


def _day(when: date) -> date:
    return when.date() if isinstance(when, datetime) else when
