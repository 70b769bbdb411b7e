"""The services that folders of the console reach through their adapters."""

import ssl
from collections.abc import Callable
from dataclasses import dataclass

from gateway.domain.directory import PeerIdentity
from gateway.ports.clock import Clock
from gateway.ports.growth import GrowthTables
from gateway.ports.store import Store
from gateway.services.console.own_patients import OwnPatients
from gateway.services.filing.professional_documents import ProfessionalDocuments
from gateway.services.record.document_access import DocumentAccess
from gateway.services.record.medical_pictures import MedicalPictures
from gateway.services.sign_in.professional_provider import ProfessionalProvider
from gateway.services.sign_in.professional_sign_in import ProfessionalSignIn


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsoleServices:
    """What professionals do at the console.

    Attributes:
        entry: who comes in, and whether that still stands.
        identify: gives the holder of the client certificate of a connection; a `PliError` refuses it.
        patients: whom a professional knows.
        documents: what stands in a record.
        pictures: those of its examinations.
        added_documents: what professionals add to one.
        growth: tables of growth, for measures of children.
        provider: by whom professionals may come in; None when none is set.
        site_origin: scheme, host and port of the console.
        card_origin: scheme, host and port at which a browser shows its certificate; empty when there is no such door.
    """

    store: Store
    clock: Clock
    entry: ProfessionalSignIn
    identify: Callable[[ssl.SSLObject], PeerIdentity | None]
    patients: OwnPatients
    documents: DocumentAccess
    pictures: MedicalPictures
    added_documents: ProfessionalDocuments
    growth: GrowthTables
    provider: ProfessionalProvider | None = None
    site_origin: str = ""
    card_origin: str = ""
