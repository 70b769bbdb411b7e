"""What changed between two results of an examination, in French words that only describe. Pure.

Nothing is judged: « en baisse » says that a number is smaller, not that it is better. What cannot be compared, such as
« < 5 », is not.
"""

from dataclasses import dataclass
from decimal import Decimal
from enum import Enum

from gateway.domain.examinations import Curve, Point
from gateway.domain.result_words import NBSP, day_words, number_words
from gateway.domain.units import unit_words


class Direction(Enum):
    """Which way a number went; `label` is what pages say."""

    UP = "up"
    DOWN = "down"
    SAME = "same"

    @property
    def label(self) -> str:
        """Say it in French."""
        return {"up": "En hausse", "down": "En baisse", "same": "Inchangé"}[self.value]


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Change:
    """What changed between two results; `is_about` says that one of them was turned into the unit of the other."""

    direction: Direction
    difference: Decimal
    before: Point
    is_about: bool


def change_between(last: Point, before: Point) -> Change | None:
    """Compare two results of one curve; None where that is not certain."""
    if last.number is None or before.number is None or last.line.comparator or before.line.comparator:
        return None
    difference = last.number - before.number
    is_about = last.is_converted or before.is_converted
    direction = Direction.SAME if not difference else Direction.UP if difference > 0 else Direction.DOWN
    return Change(direction=direction, difference=abs(difference), before=before, is_about=is_about)


def last_change(curve: Curve) -> Change | None:
    """Compare the newest result of a curve with the one before it."""
    return change_between(*curve.points[:2]) if len(curve.points) > 1 else None


def change_words(change: Change, unit: str) -> str:
    """Say a change in one sentence: « En baisse : 0,30 g/L de moins que le 3 mars 2025. »."""
    when = since_words(change.before)
    if change.direction is Direction.SAME:
        return f"Inchangé{NBSP}: même valeur {when}." if when else "Inchangé."
    about = "environ " if change.is_about else ""
    amount = quantity_words(change.difference, unit)
    side = "de moins" if change.direction is Direction.DOWN else "de plus"
    return f"{change.direction.label}{NBSP}: {about}{amount} {side} {when}.".replace(" .", ".")


def since_words(point: Point) -> str:
    """Say when a result was that another is compared with: « que le 3 mars 2025 », « qu’en mars 2025 »."""
    said = day_words(point.at)
    return "" if not said else f"que le {said}" if point.at.day else f"qu’en {said}"


def span_words(curve: Curve) -> str:
    """Say between which numbers the results of a curve lie; nothing for fewer than three."""
    numbers = [point.number for point in curve.points if point.number is not None and not point.line.comparator]
    if len(numbers) < 3:
        return ""
    low, high = number_words(min(numbers)), quantity_words(max(numbers), curve.unit)
    if min(numbers) == max(numbers):
        return f"Les {len(numbers)} valeurs affichées sont les mêmes{NBSP}: {high}."
    return f"Sur les {len(numbers)} valeurs affichées, la plus basse est {low} et la plus haute {high}."


def quantity_words(number: Decimal, unit: str) -> str:
    """Say a number and its unit."""
    said = unit_words(unit)
    return f"{number_words(number)}{NBSP}{said}" if said else number_words(number)
