"""What an observation is: a laboratory's result, a measure of the body, a thing still to come, or none of these.

Numbers that no laboratory found (a weight, an Apgar score, the number of a dose, a goal) are not called its results.
"""

import re

_MEASURES = frozenset({
    "29463-7", "3141-9", "3142-7", "8302-2", "3137-7", "8306-3", "8287-5", "9843-4", "8289-1", "39156-5", "8335-2",
    "8867-4", "8480-6", "8462-4", "85354-9", "8310-5", "8331-1", "9279-1", "59408-5", "2710-2", "8280-0", "8277-6",
})  # fmt: skip
"""LOINC codes of weight, height, head, pulse, pressure, temperature, breathing: vital signs wherever they stand."""
_SURVEYS = frozenset({"9271-8", "9272-6", "9273-4", "9274-2", "9276-7"})
"""LOINC codes of the Apgar score."""
_BY_SECTION = {
    "8716-3": "vital-signs", "29762-2": "social-history", "11369-6": "therapy", "30973-2": "therapy",
    "55111-9": "imaging", "73569-6": "imaging", "18782-3": "imaging",
}  # fmt: skip
_BY_CODE = {"30973-2": "therapy", "74011-8": "social-history"}
_COMMENTARIES = frozenset({"55112-7", "55110-1", "48767-8", "51848-0", "59776-5"})
_TITLES = re.compile(r"conclusion|comment|interpr|conseil|non[ -]conformit|avis|synth", re.IGNORECASE)
_COMING = frozenset({"RQO", "INT", "PRMS", "APT", "ARQ", "PRP"})


def kind_of_result(code: str, section_code: str, is_laboratory: bool) -> str:
    """Give the FHIR category of an observation; ``exam`` for a number that nothing else is known of."""
    if code in _MEASURES:
        return "vital-signs"
    if code in _SURVEYS:
        return "survey"
    if is_laboratory and section_code != "8716-3":
        return "laboratory"
    return _BY_CODE.get(code) or _BY_SECTION.get(section_code, "exam")


def is_to_be_shown(mood: str) -> bool:
    """Say whether what stands in this mood took place or is awaited: a goal, a definition or a criterion is neither."""
    return not mood or mood in _COMING


def is_conclusion(section_code: str, title: str) -> bool:
    """Say whether a section without results is what the laboratory concludes or remarks."""
    return section_code in _COMMENTARIES or _TITLES.search(title) is not None
