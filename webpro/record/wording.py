"""What a record is opened by, in words, and which parts its first page shows. Pure."""

from gateway.domain.record_openings import OpenedBy
from gateway.domain.synthesis import SynthesisPart

READ = tuple(part for part in SynthesisPart if part is not SynthesisPart.PIECES)
"""Administrative pieces are documents, and are read as such."""
HOW = {
    OpenedBy.CONSENT: "avec l’accord du patient, jusqu’à minuit",
    OpenedBy.CODE: "avec le code du patient",
    OpenedBy.BREAK_GLASS: "en urgence",
    OpenedBy.SERVICES: "en urgence",
}
"""By what a record is open."""
