"""Vaccinations as the console shows them."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class ShownVaccination:
    """One vaccination; `version` is what a form confirms."""

    reference: str
    version: int
    name: str
    facts: Sequence[str]
    is_confirmed: bool
