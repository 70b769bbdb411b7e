"""The ports of the web space, implemented over `gateway.services`: values and names are translated, nothing decided."""

from webmail.service.patient_space import PatientSpace
from webmail.sign_in.stored_sessions import StoredSessions

__all__ = ["PatientSpace", "StoredSessions"]
