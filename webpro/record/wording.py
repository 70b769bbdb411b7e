"""The first page of a record in words. Pure."""

from gateway.domain.local_days import birth_in_words
from gateway.domain.patient_names import shown_name
from gateway.domain.synthesis import SynthesisPart
from gateway.services.openings.record_openings import OpenRecord
from gateway.services.synthesis.synthesis_reading import Synthesis
from webpro.profile_parts import shown_part
from webpro.record.model import ShownRecord

READ = tuple(part for part in SynthesisPart if part is not SynthesisPart.PIECES)
"""Administrative pieces are documents, and are read as such."""


def shown_record(synthesis: Synthesis, opened: OpenRecord) -> ShownRecord:
    """Give what the page shows."""
    traits = synthesis.patient.traits
    return ShownRecord(
        name=shown_name(traits),
        born=birth_in_words(traits.birth_date) if traits.birth_date else "",
        how=opened.how,
        ends=opened.ends,
        parts=[shown_part(synthesis, part) for part in synthesis.parts],
    )
