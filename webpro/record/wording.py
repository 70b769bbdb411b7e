"""The synthesis in words, as a doctor reads it in a minute. Pure."""

from gateway.domain.local_days import birth_in_words, day_in_words, local_day
from gateway.domain.measure_kinds import KINDS
from gateway.domain.measures import Measure
from gateway.domain.patient_names import shown_name
from gateway.domain.profile import ProfileEntry
from gateway.domain.profile_checks import shown_value
from gateway.domain.profile_sections import SECTIONS
from gateway.domain.synthesis import SynthesisPart
from gateway.services.openings.record_openings import OpenRecord
from gateway.services.synthesis.synthesis_reading import Synthesis
from webmail.wording import NBSP
from webpro.record.model import ShownPart, ShownRecord

READ = tuple(part for part in SynthesisPart if part is not SynthesisPart.PIECES)
"""Administrative pieces are documents, and are read as such."""
_ALWAYS_TOLD = frozenset({SynthesisPart.ALLERGIES, SynthesisPart.TREATMENTS, SynthesisPart.ILLNESSES})
_NOTHING, _UNSAID = "Rien à déclarer, dit le patient.", "Non renseigné."


def shown_record(synthesis: Synthesis, opened: OpenRecord) -> ShownRecord:
    """Give what the page shows."""
    traits = synthesis.patient.traits
    return ShownRecord(
        name=shown_name(traits),
        born=birth_in_words(traits.birth_date) if traits.birth_date else "",
        how=opened.how,
        ends=opened.ends,
        parts=[_part(synthesis, part) for part in synthesis.parts],
    )


def _part(synthesis: Synthesis, part: SynthesisPart) -> ShownPart:
    if part.section is None:
        measures = [_measure(one) for one in synthesis.measures]
        return ShownPart(title="Mesures", entries=measures, said="" if measures else _UNSAID)
    found = synthesis.sections[part]
    past = [(f"{name} (passé)", facts) for name, facts in map(_entry, found.past)]
    entries = [*map(_entry, found.current), *past]
    said = "" if entries else _NOTHING if found.says_nothing else _UNSAID
    title, told = SECTIONS[part.section].label, found.says_nothing or part in _ALWAYS_TOLD
    left_out = synthesis.left_out[part]
    return ShownPart(title=title, entries=entries, said=said, is_always_told=told, left_out=left_out)


def _entry(entry: ProfileEntry) -> tuple[str, list[str]]:
    rules = SECTIONS[entry.section]
    said = [(field, text) for field in rules.fields if (text := shown_value(field, entry.fields.get(field.name, "")))]
    facts = [f"{field.label}{NBSP}: {text}" for field, text in said[1:]]
    if entry.is_locked:
        facts.append("Confirmé par un soignant")
    return said[0][1] if said else rules.label, facts


def _measure(measure: Measure) -> tuple[str, list[str]]:
    rules, value = KINDS[measure.kind], measure.now.value
    unit = (rules.unit_named(value.unit) or rules.unit).words
    numbers = "/".join(f"{number:f}".replace(".", ",") for number in value.numbers)
    return f"{rules.label}{NBSP}: {numbers}{NBSP}{unit}", [day_in_words(local_day(value.at))]
