"""Vaccinations as the console shows them."""

from collections.abc import Sequence
from dataclasses import dataclass

from gateway.domain.rights_requests import RightsRequest


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class ShownVaccination:
    """One vaccination.

    Attributes:
        version: what a form confirms.
        confirmed_by: who confirmed it; empty when that is not known.
        may_take_back: whether this professional may take its confirmation back.
        corrections: those that its patient asked for, the newest first.
        to_answer: the one of them that this professional is to answer; empty for none.
    """

    reference: str
    version: int
    name: str
    facts: Sequence[str]
    is_confirmed: bool
    confirmed_by: str = ""
    may_take_back: bool = False
    corrections: Sequence[RightsRequest] = ()
    to_answer: str = ""
