"""The part of a transaction about who sees what: who acts for whom, what was chosen, opened, withheld, asked."""

from typing import Protocol

from gateway.ports.agents import Agents
from gateway.ports.mandates import Mandates
from gateway.ports.patient_choices import PatientChoiceRows
from gateway.ports.record_openings import RecordOpeningStore
from gateway.ports.rights_requests import RightsRequests
from gateway.ports.withholdings import Withholdings


class AccessTables(Protocol):
    """Tables of access, in one transaction."""

    @property
    def mandates(self) -> Mandates:
        """Who acts for whom."""
        ...

    @property
    def agents(self) -> Agents:
        """Agents of the operator."""
        ...

    @property
    def withholdings(self) -> Withholdings:
        """Documents that are withheld for a while."""
        ...

    @property
    def rights_requests(self) -> RightsRequests:
        """What people ask for about health data."""
        ...

    @property
    def patient_choices(self) -> PatientChoiceRows:
        """What patients chose about who may see their space."""
        ...

    @property
    def record_openings(self) -> RecordOpeningStore:
        """Records that professionals open."""
        ...
