"""A synthesis in words, as its template prints it. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any

from gateway.domain.identity import PatientIdentity, Sex
from gateway.domain.local_days import birth_in_words, day_in_words, local_day
from gateway.domain.measure_kinds import KINDS
from gateway.domain.measure_words import NBSP, value_in_words
from gateway.domain.partial_date import PartialDate
from gateway.domain.patient_names import shown_name
from gateway.domain.profile import ProfileEntry, Writer
from gateway.domain.profile_checks import shown_value
from gateway.domain.profile_fields import Field, FieldKind
from gateway.domain.profile_sections import SECTIONS
from gateway.domain.synthesis import SynthesisPart
from gateway.ports.papers import PaperValue
from gateway.services.profile.profile_reading import SectionEntries
from gateway.services.synthesis.synthesis_reading import Synthesis

NOTHING, UNSAID = "Rien à déclarer.", "Non renseigné."
"""« Nothing », said by the person, is not the same as nothing said."""
_LABELS = {SynthesisPart.MEASURES: "Mesures", SynthesisPart.PIECES: "Pièces administratives"}
_ALWAYS_TOLD = frozenset({SynthesisPart.ALLERGIES, SynthesisPart.TREATMENTS, SynthesisPart.ILLNESSES})
"""What a reader must not take for forgotten."""
_AS_TABLE: Mapping[SynthesisPart, Sequence[str]] = {
    SynthesisPart.VACCINATIONS: ("nom", "date", "lot", "par"),
    SynthesisPart.CONTACTS: ("nom", "role", "lien", "telephone"),
}
"""Parts whose entries are compared line by line, and the fields that are columns."""
_SEXES = {Sex.MALE: "Masculin", Sex.FEMALE: "Féminin", Sex.UNKNOWN: "Non précisé"}
_WRITERS = {Writer.PATIENT: "", Writer.DOCUMENT: "d’après un document", Writer.PROFESSIONAL: "noté par un soignant"}
Paper = Mapping[str, PaperValue]
"""Values of a template."""


def part_label(part: SynthesisPart) -> str:
    """Name a part as pages and papers do."""
    return SECTIONS[part.section].label if part.section else _LABELS[part]


def synthesis_paper(synthesis: Synthesis) -> Paper:
    """Give the values of the template `synthesis`."""
    return {
        "title": "Synthèse de santé",
        "person": shown_name(synthesis.patient.traits),
        "made": day_in_words(local_day(synthesis.at)),
        "facts": identity_facts(synthesis.patient),
        "parts": [paper for part in synthesis.parts if (paper := _part(synthesis, part))],
    }


def identity_facts(patient: PatientIdentity) -> Sequence[Sequence[str]]:
    """Give who the person is, as pairs."""
    traits = patient.traits
    facts = (
        ("Nom de naissance", traits.birth_name),
        ("Nom utilisé", traits.used_name),
        ("Prénoms", ", ".join(traits.given_names)),
        ("Date de naissance", birth_in_words(traits.birth_date) if traits.birth_date else ""),
        ("Sexe", _SEXES[traits.sex]),
        ("Matricule de santé", patient.ins.value),
    )
    return [(said_label(label), fact) for label, fact in facts if fact]


def _part(synthesis: Synthesis, part: SynthesisPart) -> Paper:
    """Give one part; nothing of one that has nothing to say."""
    if part is SynthesisPart.MEASURES:
        rows = [
            [KINDS[one.kind].label, value_in_words(one.kind, one.now.value), day_in_words(local_day(one.now.value.at))]
            for one in synthesis.measures
        ]
        return _table(part, ("Mesure", "Dernière valeur", "Date"), rows)
    if part is SynthesisPart.PIECES:
        pieces = [
            [one.choice.title or one.entry.title or one.entry.category.label, day_in_words(local_day(one.filed_at))]
            for one in synthesis.pieces
        ]
        return _table(part, ("Document", "Reçu le"), pieces)
    found, more = synthesis.sections[part], _more(synthesis.left_out[part])
    if not found.count and not more:
        said = NOTHING if found.says_nothing else UNSAID if part in _ALWAYS_TOLD else ""
        empty: Paper = {"title": part_label(part), "said": said, "groups": (), "head": (), "rows": (), "more": ""}
        return empty if said else {}
    if part in _AS_TABLE:
        return {**_section_table(part, found), "more": more}
    groups: list[Paper] = [
        {"title": title if found.current and found.past else "", "items": [_item(one) for one in entries]}
        for title, entries in (("En cours", found.current), ("Dans le passé", found.past))
        if entries
    ]
    return {"title": part_label(part), "said": "", "groups": groups, "head": [], "rows": [], "more": more}


def _table(part: SynthesisPart, head: Sequence[str], rows: Sequence[Sequence[str]]) -> Paper:
    shown = {"title": part_label(part), "said": "", "groups": [], "head": head, "rows": rows, "more": ""}
    return shown if rows else {}


def _section_table(part: SynthesisPart, found: SectionEntries) -> Paper:
    assert part.section is not None  # noqa: S101 - a table of entries is of a section
    fields = [SECTIONS[part.section].field(name) for name in _AS_TABLE[part]]
    rows = [[said_field(field, one) for field in fields] for one in (*found.current, *found.past)]
    filled = [place for place in range(len(fields)) if any(row[place] for row in rows)]
    head = [fields[place].label for place in filled]
    return _table(part, head, [[row[place] for place in filled] for row in rows])


def _item(entry: ProfileEntry) -> Paper:
    rules = SECTIONS[entry.section]
    said = [(field, text) for field in rules.fields if (text := said_field(field, entry))]
    name = said[0][1] if said else rules.label
    known = "confirmé par un soignant" if entry.is_locked else _WRITERS[entry.written_by]
    return {"name": name, "known": known, "facts": [[said_label(field.label), text] for field, text in said[1:]]}


def said_label(label: str) -> str:
    """Give a label as it stands before what it names; a question needs no colon."""
    return label if label.endswith("?") else f"{label}{NBSP}:"


def said_field(field: Field, entry: ProfileEntry) -> str:
    """Say what stands in a field of an entry; a day as it is read."""
    value = entry.fields.get(field.name, "")
    if field.kind is FieldKind.DATE and len(value) == len("2026-03-09"):
        return day_in_words(PartialDate.parse(value).earliest)
    return shown_value(field, value)


def _more(left_out: int) -> str:
    return f"Et {left_out} de plus, à lire dans l’espace santé." if left_out else ""


def told_parts(synthesis: Synthesis) -> Mapping[SynthesisPart, tuple[str, Sequence[str]]]:
    """Say each part that has something to say as a title and lines."""
    return {part: (part_label(part), _lines(paper)) for part in synthesis.parts if (paper := _part(synthesis, part))}


def _lines(paper: Paper) -> Sequence[str]:
    # Any: values of papers are of one type, whatever they are for.
    shown: Any = paper
    lines = [shown["said"]] if shown["said"] else []
    for group in shown["groups"]:
        lines += [f"{group['title']}{NBSP}:"] if group["title"] else []
        for item in group["items"]:
            known = f" ({item['known']})" if item["known"] else ""
            lines.append(", ".join([item["name"] + known, *(f"{label} {fact}" for label, fact in item["facts"])]))
    for row in shown["rows"]:
        cells = zip(shown["head"], row, strict=True)
        lines.append(", ".join(f"{label}{NBSP}: {cell}" for label, cell in cells if cell))
    return [*lines, shown["more"]] if shown["more"] else lines
