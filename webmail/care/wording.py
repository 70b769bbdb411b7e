"""How acts of care are said on pages."""

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType

from gateway.domain.care_history import CareKind

KINDS: Mapping[CareKind, str] = MappingProxyType(
    {
        CareKind.VISIT: "Consultations et soins",
        CareKind.STAY: "Hospitalisations",
        CareKind.VACCINATION: "Vaccins",
        CareKind.DISPENSING: "Pharmacie",
        CareKind.BIOLOGY: "Biologie",
        CareKind.IMAGING: "Imagerie",
        CareKind.DENTAL: "Soins dentaires",
        CareKind.DEVICE: "Appareillage",
        CareKind.OTHER: "Autres",
    }
)
_MONTHS = (
    "Janvier", "Février", "Mars", "Avril", "Mai", "Juin", "Juillet", "Août", "Septembre", "Octobre", "Novembre",
    "Décembre",
)  # fmt: skip


def month_of(day: date) -> str:
    """Name the month of a day."""
    return f"{_MONTHS[day.month - 1]} {day.year}"
