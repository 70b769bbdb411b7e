"""Turn a laboratory's figures into the unit of another's, where that is certain: a power of ten, or a molar mass. Pure.

A number that was turned by a power of ten keeps its figures; one that was turned by a molar mass is rounded to as many
figures as were sent, three at least.
"""

from decimal import ROUND_HALF_EVEN, Context, Decimal

from gateway.domain.analytes import grams_per_mole
from gateway.domain.units import same_unit, scale_and_dimension

_FEWEST = 3
_MOST = 12


def converted(number: Decimal, unit: str, to: str, loinc: str = "") -> Decimal | None:
    """Turn a number of one unit into another; None where it is not certain how."""
    if same_unit(unit, to):
        return number
    here, there = scale_and_dimension(unit), scale_and_dimension(to)
    if here is None or there is None:
        return None
    power = here[0] - there[0]
    if here[1] == there[1]:
        return number.scaleb(power)
    mass = grams_per_mole(loinc)
    if mass is None:
        return None
    if _in_moles(here[1]) == there[1]:
        return _rounded(number.scaleb(power) / mass, number)
    if here[1] == _in_moles(there[1]):
        return _rounded(number.scaleb(power) * mass, number)
    return None


def _in_moles(dimension: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(sorted("mol1" if part == "g1" else part for part in dimension))


def _rounded(number: Decimal, sent: Decimal) -> Decimal:
    figures = min(max(len(sent.as_tuple().digits), _FEWEST), _MOST)
    return Context(prec=figures, rounding=ROUND_HALF_EVEN).plus(number)
