"""Patients of a professional, over `gateway.services.console.own_patients`."""

from gateway.domain.access import Actor
from gateway.domain.errors import NotFound
from gateway.domain.identity import BirthDate
from gateway.domain.local_days import birth_in_words
from gateway.domain.mailbox import THE_END, ThreadId, ThreadPlace, VaultId
from gateway.services.console.own_patients import OwnPatient
from webmail.references import number_of, reference_of
from webpro.patients.model import PatientPage, ShownPatient
from webpro.services import ConsoleServices


class PatientPages:
    """Implements `webpro.patients.port.PatientService`."""

    def __init__(self, services: ConsoleServices) -> None:
        self._patients = services.patients

    async def listed(self, actor: Actor, before: str) -> PatientPage:
        """List a page of patients."""
        found, following = await self._patients.listed(actor, _place_of(before))
        older = f"{following.at:x}-{following.thread:x}" if following else ""
        return PatientPage(tuple(map(_shown, found)), older)

    async def find(self, number: str, born: BirthDate) -> str:
        """Give a reference to whoever has this number and birth date, or one to nobody."""
        return reference_of(await self._patients.find(number, born))

    async def patient(self, actor: Actor, reference: str) -> ShownPatient | None:
        """Give a patient of theirs; None for anybody else."""
        found = await self._patients.patient(actor, VaultId(number_of(reference)))
        return None if found is None else _shown(found)

    async def end_exchange(self, actor: Actor, reference: str) -> None:
        """End their exchange."""
        await self._patients.end_exchange(actor, VaultId(number_of(reference)))


def _shown(patient: OwnPatient) -> ShownPatient:
    return ShownPatient(
        reference=reference_of(patient.vault),
        name=patient.name,
        born=birth_in_words(patient.born) if patient.born else "",
        exchange=patient.exchange.value,
        last=patient.last,
    )


def _place_of(key: str) -> ThreadPlace:
    """Read a key; whatever is none leads to the first page."""
    at, _, thread = key.partition("-")
    try:
        return ThreadPlace(number_of(at), ThreadId(number_of(thread)))
    except NotFound:
        return THE_END
