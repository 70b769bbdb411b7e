"""Parts of a profile in words, as a doctor reads them in a minute, for all pages of the console. Pure."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from gateway.domain.local_days import day_in_words, local_day
from gateway.domain.measure_kinds import KINDS
from gateway.domain.measures import Measure
from gateway.domain.profile import ProfileEntry
from gateway.domain.profile_checks import shown_value
from gateway.domain.profile_fields import Field
from gateway.domain.profile_sections import SECTIONS
from gateway.domain.synthesis import SynthesisPart
from gateway.services.synthesis.synthesis_reading import Synthesis
from webmail.wording import NBSP

_ALWAYS_TOLD = frozenset({SynthesisPart.ALLERGIES, SynthesisPart.TREATMENTS, SynthesisPart.ILLNESSES})
_ASKED = {
    "genre": "", "reaction": "", "posologie": "", "nom": "", "debut": "Depuis", "fin": "Fin", "raison": "Raison",
    "motif": "Raison", "parent": "Parent", "age": "Âge", "aide": "Aide d’une personne",
}  # fmt: skip
"""What stands before an answer where the patient's page asks a question, by the names of fields."""
_NOTHING, _UNSAID = "Rien à déclarer, dit le patient.", "Non renseigné."


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownPart:
    """One part of the synthesis: its entries, each as what it is and what is said of it; `said` where there is none.

    `is_always_told` is for what nobody may take for forgotten.
    """

    title: str
    entries: Sequence[tuple[str, Sequence[str]]]
    said: str = ""
    is_always_told: bool = False
    left_out: int = 0


def shown_part(synthesis: Synthesis, part: SynthesisPart, *, with_past: bool = True) -> ShownPart:
    """Give one part of a synthesis: what is said to be nothing is told, as is what nobody may take for forgotten."""
    if part.section is None:
        measures = [_measure(one) for one in synthesis.measures]
        return ShownPart(title="Mesures", entries=measures, said="" if measures else _UNSAID)
    found = synthesis.sections[part]
    past = [] if not with_past else [(f"{name} (passé)", facts) for name, facts in map(_entry, found.past)]
    entries = [*map(_entry, found.current), *past]
    said = "" if entries else _NOTHING if found.says_nothing else _UNSAID
    title, told = SECTIONS[part.section].label, found.says_nothing or part in _ALWAYS_TOLD
    left_out = synthesis.left_out[part]
    return ShownPart(title=title, entries=entries, said=said, is_always_told=told, left_out=left_out)


def facts_of(entry: ProfileEntry, without: Collection[str] = ()) -> list[str]:
    """Say what stands in the fields of an entry, some apart, and whether a professional has confirmed it."""
    rules = SECTIONS[entry.section]
    said = [
        _said(field, entry.fields[field.name])
        for field in rules.fields
        if field.name not in without and entry.fields.get(field.name)
    ]
    return [*said, "Confirmé par un soignant"] if entry.is_locked else said


def _entry(entry: ProfileEntry) -> tuple[str, list[str]]:
    rules = SECTIONS[entry.section]
    first = next((field for field in rules.fields if entry.fields.get(field.name)), None)
    if first is None:
        return rules.label, facts_of(entry)
    return shown_value(first, entry.fields[first.name]), facts_of(entry, without=(first.name,))


def _said(field: Field, value: str) -> str:
    label = _ASKED.get(field.name, field.label) if field.label.endswith("?") else field.label
    text = shown_value(field, value)
    return f"{label}{NBSP}: {text}" if label else text


def _measure(measure: Measure) -> tuple[str, list[str]]:
    rules, value = KINDS[measure.kind], measure.now.value
    unit = (rules.unit_named(value.unit) or rules.unit).words
    numbers = "/".join(f"{number:f}".replace(".", ",") for number in value.numbers)
    return f"{rules.label}{NBSP}: {numbers}{NBSP}{unit}", [day_in_words(local_day(value.at))]
