"""Vaccinations at the console, over `gateway.services.profile.vaccination_confirmations`."""

from collections.abc import Sequence
from dataclasses import replace

from gateway.domain.access import Actor
from gateway.domain.profile import ProfileEntry
from gateway.services.profile.vaccination_confirmations import VaccinationConfirmations
from webmail.references import number_of, reference_of
from webpro.profile_parts import facts_of
from webpro.services import ConsoleServices
from webpro.vaccinations.model import ShownVaccination

_NAME = "nom"


class RecordVaccinations:
    """Implements `webpro.vaccinations.port.RecordVaccinationService`."""

    def __init__(self, services: ConsoleServices) -> None:
        self._confirmations = VaccinationConfirmations(services.store, services.clock)

    async def vaccinations(self, actor: Actor) -> Sequence[ShownVaccination]:
        """List them."""
        return [_shown(one) for one in await self._confirmations.listed(actor)]

    async def confirm(self, actor: Actor, reference: str, version: int, *, is_right: bool) -> None:
        """Confirm one, or take that back."""
        await self._confirmations.confirm(actor, number_of(reference), version, is_right=is_right)


def _shown(entry: ProfileEntry) -> ShownVaccination:
    return ShownVaccination(
        reference=reference_of(entry.id),
        version=entry.revision,
        name=entry.fields.get(_NAME, ""),
        facts=facts_of(replace(entry, is_locked=False), without=(_NAME,)),
        is_confirmed=entry.is_locked,
    )
