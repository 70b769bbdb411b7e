"""What a report of a laboratory says at a glance: the first examinations, and those that call for a look. Pure.

It is made when a document is filed and stands in its record, so that a list tells reports of one title apart without
reading their results.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from gateway.domain.interpretation import is_abnormal_code
from gateway.domain.lab_result import LabResult
from gateway.domain.result_words import name_of
from gateway.domain.value_place import ValuePlace, place_of

_FIRST = 3
_LONGEST = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Glance:
    """Names of examinations, three at most of each sort.

    Attributes:
        examinations: the first ones of the report.
        outside: those whose value is outside its range; `outside_count` says how many there are.
        flagged: those that the laboratory marks although no range says so; `flagged_count` says how many.
    """

    examinations: tuple[str, ...] = ()
    outside: tuple[str, ...] = ()
    outside_count: int = 0
    flagged: tuple[str, ...] = ()
    flagged_count: int = 0


NO_GLANCE = Glance()
"""That of a document without a laboratory's results, or filed before this was noted."""


def glance_of(results: Sequence[LabResult]) -> Glance:
    """Note what a list says of a laboratory's results."""
    examined = [result for result in results if result.category == "laboratory" and not _is_heading(result)]
    if not examined:
        return NO_GLANCE
    outside, flagged = [], []
    for result in examined:
        place = place_of(result) if result.ranges else ValuePlace.UNKNOWN
        if place in (ValuePlace.ABOVE, ValuePlace.BELOW):
            outside.append(result)
        elif result.interpretation and any(map(is_abnormal_code, result.interpretation)) and result.counts:
            flagged.append(result)
    return Glance(
        examinations=_names(examined),
        outside=_names(outside),
        outside_count=len(outside),
        flagged=_names(flagged),
        flagged_count=len(flagged),
    )


def _is_heading(result: LabResult) -> bool:
    """Say whether it only names the germ that others stand under."""
    return result.is_head and not result.code and not result.local_code


def _names(results: Sequence[LabResult]) -> tuple[str, ...]:
    names: dict[str, None] = {}
    for result in results:
        if len(names) == _FIRST:
            break
        name = name_of(result)[0]
        names[name if len(name) <= _LONGEST else f"{name[: _LONGEST - 1].rstrip()}…"] = None
    return tuple(names)
