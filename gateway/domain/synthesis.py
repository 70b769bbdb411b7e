"""What a synthesis of the profile may be made of, and in which order (F44, E76): allergies first."""

from enum import Enum

from gateway.domain.profile import ProfileSection


class SynthesisPart(Enum):
    """A part that may be chosen (FACTS a21); the values are stored, and those of sections are the sections' own."""

    ALLERGIES = "allergies"
    TREATMENTS = "traitements"
    ILLNESSES = "maladies"
    BLOOD_GROUP = "groupe-sanguin"
    HISTORY = "antecedents"
    STAYS = "hospitalisations"
    VACCINATIONS = "vaccinations"
    MEASURES = "mesures"
    FAMILY = "antecedents-familiaux"
    DISABILITIES = "handicaps"
    HABITS = "habitudes-de-vie"
    CONTACTS = "entourage"
    PROFESSIONALS = "professionnels"
    WISHES = "volontes"
    PIECES = "pieces-administratives"

    @property
    def section(self) -> ProfileSection | None:
        """Give the section of the profile that it is; None for measures and documents."""
        return None if self in {SynthesisPart.MEASURES, SynthesisPart.PIECES} else ProfileSection(self.value)


EVERY_PART = tuple(SynthesisPart)
"""In the order in which they are printed."""
ON_EMERGENCY_CARD = (
    SynthesisPart.ALLERGIES,
    SynthesisPart.TREATMENTS,
    SynthesisPart.ILLNESSES,
    SynthesisPart.BLOOD_GROUP,
    SynthesisPart.CONTACTS,
)
"""What rescuers read, in this order (E51)."""
IN_EMERGENCIES = (
    SynthesisPart.ALLERGIES,
    SynthesisPart.TREATMENTS,
    SynthesisPart.CONTACTS,
    SynthesisPart.BLOOD_GROUP,
    SynthesisPart.WISHES,
    SynthesisPart.ILLNESSES,
)
"""What a professional reads first in an emergency, in this order (F32, F38, F81)."""
