"""The card for emergencies in words: what is printed, and the same once more for its QR code. Pure.

The code holds plain words, no link: any telephone shows them without a network, and whoever reads it learns what is
printed beside it, nothing else.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from gateway.domain.local_days import birth_in_words, day_in_words, local_day
from gateway.domain.patient_names import shown_name
from gateway.domain.profile import ProfileEntry, ProfileSection
from gateway.domain.profile_sections import SECTIONS
from gateway.domain.synthesis import ON_EMERGENCY_CARD, SynthesisPart
from gateway.services.synthesis.synthesis_reading import Synthesis
from webmail.synthesis.wording import Paper, said_field

MOST_LINES, LONGEST_LINE, LONGEST_CODE = 10, 90, 700
"""Lines of a part; letters of a line; octets of a code that every telephone still reads from paper."""
_TITLES = {
    SynthesisPart.TREATMENTS: "Traitements en cours",
    SynthesisPart.ILLNESSES: "Maladies",
    SynthesisPart.BLOOD_GROUP: "Groupe sanguin",
    SynthesisPart.CONTACTS: "Personnes à prévenir",
}
_ALLERGIES = "Allergies"
_FIELDS = {
    ProfileSection.ALLERGIES: ("nom", "gravite", "reaction"),
    ProfileSection.TREATMENTS: ("nom", "posologie"),
    ProfileSection.ILLNESSES: ("nom",),
    ProfileSection.BLOOD_GROUP: ("groupe",),
    ProfileSection.CONTACTS: ("nom", "lien", "telephone"),
}
_TO_CALL = "urgence"


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class CardPart:
    """One part of the card.

    Attributes:
        lines: one an entry; none when the person said nothing of it.
        said: what stands in the place of lines.
        more: how many entries there was no room for.
    """

    title: str
    lines: Sequence[str]
    said: str = ""
    more: int = 0


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class EmergencyCard:
    """What stands on the card, allergies first; `code` is what its QR code says."""

    person: str
    born: str
    made: str
    parts: Sequence[CardPart]
    code: str


def emergency_card(synthesis: Synthesis) -> EmergencyCard:
    """Say what rescuers should know."""
    traits = synthesis.patient.traits
    person, made = shown_name(traits), day_in_words(local_day(synthesis.at))
    born = birth_in_words(traits.birth_date) if traits.birth_date else ""
    parts = [_part(synthesis, part) for part in ON_EMERGENCY_CARD]
    heading = f"CARTE D’URGENCE\n{person}" + (f"\nDate de naissance : {born}" if born else "")
    code = _code(heading, parts, f"Carte du {made}.")
    return EmergencyCard(person=person, born=born, made=made, parts=parts, code=code)


def card_paper(card: EmergencyCard, svg: str) -> Paper:
    """Give the values of the template `emergency_card`; `svg` draws the code, and is empty for none."""
    return {
        "title": "Carte d’urgence",
        "person": card.person,
        "born": card.born,
        "made": card.made,
        "code": svg,
        "parts": [
            {"title": part.title, "lines": part.lines, "said": part.said, "more": more_words(part.more)}
            for part in card.parts
        ],
    }


def more_words(number: int) -> str:
    """Say that something is left out."""
    return f"Et {number} de plus, dans l’espace santé." if number else ""


def _part(synthesis: Synthesis, part: SynthesisPart) -> CardPart:
    found = synthesis.sections[part]
    entries = list(found.current)
    if part is SynthesisPart.CONTACTS:
        entries.sort(key=lambda one: one.fields.get("role") != _TO_CALL)
    lines = [_line(entry) for entry in entries]
    said = "" if lines else "Aucune déclarée." if found.says_nothing else "Non renseigné."
    if part is SynthesisPart.TREATMENTS and found.says_nothing:
        said = "Aucun déclaré."
    return CardPart(
        title=_TITLES.get(part, _ALLERGIES),
        lines=lines[:MOST_LINES],
        said=said,
        more=max(len(lines) - MOST_LINES, 0) + synthesis.left_out[part],
    )


def _line(entry: ProfileEntry) -> str:
    rules = SECTIONS[entry.section]
    said = [said_field(rules.field(name), entry) for name in _FIELDS[entry.section]]
    name, *others = said
    line = " – ".join(filter(None, (" ".join(name.split()), *(" ".join(other.split()) for other in others))))
    return line if len(line) <= LONGEST_LINE else line[: LONGEST_LINE - 1].rstrip() + "…"


def _code(heading: str, parts: Sequence[CardPart], end: str) -> str:
    """Write the card as plain words; what there is no room for is said to stand on the card."""
    said, cut = heading, "(Suite sur la carte.)"
    room = LONGEST_CODE - len(f"\n{cut}\n{end}".encode())
    for part in parts:
        lines = [*part.lines, *filter(None, [more_words(part.more)])] or [part.said]
        for place, line in enumerate(lines):
            longer = said + (f"\n{part.title.upper()} :" if not place else "") + f"\n- {line}"
            if len(longer.encode()) > room:
                return f"{said}\n{cut}\n{end}"
            said = longer
    return f"{said}\n{end}"
