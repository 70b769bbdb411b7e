"""What a carer may do, in plain words: the same where it is chosen, accepted and looked up."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from types import MappingProxyType

from gateway.domain.access import Right, SpacePart
from gateway.domain.carers import LEVELS, CarerLevel, levels_of

PARTS: Mapping[SpacePart, str] = MappingProxyType({
    SpacePart.MESSAGES: "Messages",
    SpacePart.DOCUMENTS: "Documents et résultats",
    SpacePart.PROFILE: "Profil médical et mesures",
    SpacePart.AGENDA: "Agenda",
    SpacePart.CARE_HISTORY: "Historique de soins",
    SpacePart.TRACE: "Historique d’activité",
})
_ACTS = MappingProxyType({
    SpacePart.MESSAGES: "Lire, écrire et classer",
    SpacePart.DOCUMENTS: "Lire, ajouter, classer et masquer",
    SpacePart.PROFILE: "Lire et modifier",
    SpacePart.AGENDA: "Lire et modifier",
})


def part_words(part: SpacePart) -> str:
    """Name a part."""
    return PARTS[part]


def level_words(part: SpacePart, level: CarerLevel) -> str:
    """Say how much of a part."""
    if level is CarerLevel.ACT:
        return _ACTS[part]
    return "Lire" if level is CarerLevel.READ else "Ne rien voir"


def choices_of(part: SpacePart) -> list[tuple[str, str]]:
    """Give what may be chosen for a part: its name in forms, and its words."""
    return [(level.value, level_words(part, level)) for level in LEVELS[part]]


def rights_words(rights: Iterable[Right]) -> list[str]:
    """Say all that rights give, a line a part; parts of which nothing is given are left out."""
    given = levels_of(rights)
    return [
        f"{PARTS[part]}\u00a0: {level_words(part, level).lower()}"
        for part, level in given.items()
        if level is not CarerLevel.NOTHING
    ]


def last_day_before(end: datetime) -> date:
    """Give the last day of rights that end at this instant, which is midnight where the person lives."""
    return (end - timedelta(seconds=1)).date()
