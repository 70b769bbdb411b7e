"""What an operator chooses about access (`docs/access.md`): values that each transaction decides by."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from gateway.domain.document import DocumentCategory


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessSettings:
    """What an operator may choose about access.

    A profession is named by its code of the directory (TRE_G15), or in words where no code is known.

    Attributes:
        readings_a_day: persons a professional may open outside their own exchanges.
        readings_by_profession: the same for some professions.
        emergency_readings: the same in regulation centres and emergency departments.
        emergency_organisations: their structure identifiers.
        readable: what each profession reads; empty for no restriction (E17).
        tells_hidden: whether a professional reads that documents are hidden from them; never which, nor how many.
        consent_age: from how many years on the holder of a space consents themself; younger ones read and write (E40).
    """

    readings_a_day: int = 30
    readings_by_profession: Mapping[str, int] = field(default_factory=dict)
    emergency_readings: int = 200
    emergency_organisations: frozenset[str] = frozenset()
    readable: Mapping[str, frozenset[DocumentCategory]] = field(default_factory=dict)
    tells_hidden: bool = False
    consent_age: int = 18

    def budget(self, profession: str, organisation_id: str) -> int:
        """Give how many persons may be opened a day: the organisation's number, the profession's, or the general."""
        if self.is_emergency_service(organisation_id):
            return self.emergency_readings
        return self.readings_by_profession.get(profession, self.readings_a_day)

    def is_emergency_service(self, organisation_id: str) -> bool:
        """Say whether whoever acts for this organisation comes as an emergency service, not as any professional."""
        return organisation_id in self.emergency_organisations


NOTHING_CHOSEN: Final = AccessSettings()
