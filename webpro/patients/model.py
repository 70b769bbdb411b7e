"""Patients as the console shows them."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class ShownPatient:
    """A patient of a professional.

    Attributes:
        reference: as it stands in addresses of pages.
        born: birth date in words; empty when it is not known.
        exchange: ``open``, ``ended`` or ``none``.
        last: when they last wrote to each other; None where that was not looked for.
    """

    reference: str
    name: str
    born: str
    exchange: str
    last: datetime | None = None


@dataclass(frozen=True, slots=True)
class PatientPage:
    """One page of the list, the latest first; `older` leads to the next, empty where there is none."""

    items: tuple[ShownPatient, ...]
    older: str = ""
