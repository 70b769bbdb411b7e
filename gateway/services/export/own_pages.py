"""Pages of an archive that say what its JSON says of profile and measures: tables for people, without script. Pure.

`pli patients restore` reads the JSON beside a page, and never the page.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape

from gateway.domain.local_days import PLACE, day_in_words, known_in_words, local_day
from gateway.domain.measure_kinds import KINDS
from gateway.domain.measure_words import NBSP, goal_in_words, value_in_words
from gateway.domain.measures import Measure, MeasureKind, MeasurePlan, MeasureVersion
from gateway.domain.profile import STATEMENT, EntryState, ProfileEntry, ProfileSection, Writer
from gateway.domain.profile_checks import shown_value
from gateway.domain.profile_fields import Field, FieldKind, SectionRules
from gateway.domain.profile_sections import SECTIONS
from gateway.domain.timestamp import Timestamp
from gateway.services.export.page_style import STYLE

_WRITERS = {Writer.PATIENT: "par vous", Writer.DOCUMENT: "d’après un document", Writer.PROFESSIONAL: "par un soignant"}
_PARTS = (
    ("Ce qui est noté", frozenset({EntryState.KEPT})),
    ("Proposé par un document", frozenset({EntryState.PROPOSED})),
    ("Supprimé ou écarté", frozenset({EntryState.DELETED, EntryState.REFUSED})),
)
_UNSHOWN = {
    ProfileSection.PROPOSED_MEASURES: "Mesures proposées par des documents",
    ProfileSection.FIRST_VISIT: "Questions de la première visite",
    ProfileSection.SYNTHESIS: "Rubriques choisies pour la synthèse",
}


@dataclass(frozen=True, slots=True)
class _Table:
    """One table: its heading, its columns and its rows; cells are plain text."""

    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]


def section_title(section: ProfileSection) -> str:
    """Name a section of the profile as the web does; one that is not shown there, by what it is for."""
    return SECTIONS[section].label if section in SECTIONS else _UNSHOWN[section]


def section_page(rules: SectionRules, entries: Sequence[Sequence[ProfileEntry]]) -> bytes:
    """Write a section: what stands, what is proposed, what was deleted, and what entries said before.

    Args:
        rules: of the section.
        entries: the versions of each entry, the newest first.
    """
    told = [versions for versions in entries if versions[0].id != STATEMENT]
    newest, earlier = [versions[0] for versions in told], [one for versions in told for one in versions[1:]]
    if not rules.is_ordered:
        newest.sort(key=lambda one: (one.fields.get("date", "") or one.fields.get("debut", "")), reverse=True)
    tables = [_entries(rules, title, [one for one in newest if one.state in states]) for title, states in _PARTS]
    tables.append(_entries(rules, "Ce qui était noté avant", earlier))
    says_nothing = any(versions[0].state is EntryState.NOTHING for versions in entries)
    otherwise = "Rien à déclarer." if says_nothing else "Rien n’est noté."
    return _page(rules.label, [] if newest else [otherwise], tables)


def _entries(rules: SectionRules, title: str, entries: Sequence[ProfileEntry]) -> _Table:
    filled = [one for one in rules.fields if any(entry.fields.get(one.name) for entry in entries)]
    rows = [(*(_value(one, entry.fields) for one in filled), _written(entry)) for entry in entries]
    return _Table(title, (*(one.label for one in filled), "Noté"), rows)


def _written(entry: ProfileEntry) -> str:
    by = f"par {entry.author.named}" if entry.author else _WRITERS[entry.written_by]
    return f"le {day_in_words(local_day(entry.written_at))}, {by}"


def _value(field: Field, fields: Mapping[str, str]) -> str:
    value = fields.get(field.name, "")
    if field.kind is not FieldKind.DATE:
        return shown_value(field, value)
    known = Timestamp(value).known
    return known_in_words(*known) if known else value


def measures_page(kind: MeasureKind, measures: Sequence[Measure]) -> bytes:
    """Write the measures of a kind, the newest first, each with what it said before it was corrected."""
    rows = [
        (
            _moment(one.now),
            value_in_words(kind, one.now.value),
            one.now.value.note,
            "\n".join(_earlier(kind, said) for said in one.earlier if said.value != one.now.value),
        )
        for one in measures
    ]
    columns = ("Date", KINDS[kind].label, "Remarque", "Avant correction")
    return _page(f"Mesures{NBSP}: {KINDS[kind].label}", [], [_Table("", *_filled(columns, rows))])


def _earlier(kind: MeasureKind, said: MeasureVersion) -> str:
    return f"{value_in_words(kind, said.value)}, {_moment(said)}"


def _filled(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> tuple[Sequence[str], Sequence[Sequence[str]]]:
    """Leave out the columns that are empty in every row."""
    places = [place for place in range(len(columns)) if any(row[place] for row in rows)]
    return [columns[place] for place in places], [[row[place] for place in places] for row in rows]


def plan_page(plan: MeasurePlan, labels: Mapping[str, str]) -> bytes:
    """Write what is aimed at, and which sets are followed; `labels` name them by their codes."""
    goals = [(KINDS[kind].label, goal_in_words(kind, goal)) for kind, goal in plan.goals.items() if goal.is_set]
    followed = [(labels.get(code, code), day_in_words(one.since)) for code, one in plan.followed.items()]
    tables = [
        _Table("Objectifs", ("Mesure", "Objectif"), goals),
        _Table("Suivis choisis", ("Suivi", "Depuis le"), followed),
    ]
    said = [] if goals or followed else ["Vous n’avez choisi ni objectif ni suivi."]
    return _page("Objectifs et suivis", said, tables)


def _moment(said: MeasureVersion) -> str:
    local = said.value.at.astimezone(PLACE)
    clock = f" à {local.hour}{NBSP}h{NBSP}{local.minute:02}" if said.value.is_timed else ""
    return f"{day_in_words(local.date())}{clock}"


def _page(title: str, said: Iterable[str], tables: Iterable[_Table]) -> bytes:
    return "".join(_parts(title, said, tables)).encode()


def _parts(title: str, said: Iterable[str], tables: Iterable[_Table]) -> Iterator[str]:
    yield f'<!doctype html><html lang="fr"><head><meta charset="utf-8"><title>{escape(title)}</title>'
    yield f'<meta name="viewport" content="width=device-width, initial-scale=1"><style>{STYLE}</style></head>'
    yield '<body class="wide"><nav aria-label="Archive"><a href="../index.html">Retour au sommaire</a></nav>'
    yield f"<main><h1>{escape(title)}</h1>"
    yield from (f"<p>{escape(one)}</p>" for one in said)
    for table in tables:
        if table.rows:
            yield from _table(table)
    yield "</main></body></html>"


def _table(table: _Table) -> Iterator[str]:
    if table.title:
        yield f"<h2>{escape(table.title)}</h2>"
    yield "<table><thead><tr>"
    yield from (f'<th scope="col">{escape(one)}</th>' for one in table.columns)
    yield "</tr></thead><tbody>"
    for row in table.rows:
        yield "<tr>"
        for column, cell in zip(table.columns, row, strict=True):
            empty = "" if cell else ' class="empty"'
            yield f'<td data-label="{escape(column)}"{empty}>{escape(cell)}</td>'
        yield "</tr>"
    yield "</tbody></table>"
