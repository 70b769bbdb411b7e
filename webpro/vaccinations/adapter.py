"""Vaccinations at the console, over `gateway.services.profile.vaccination_confirmations`."""

from collections.abc import Sequence
from dataclasses import replace

from gateway.domain.access import Actor
from gateway.services.profile.vaccination_confirmations import Vaccination, VaccinationConfirmations
from gateway.services.requests.entry_corrections import EntryCorrections, is_asked
from gateway.services.requests.own_requests import RequestFault
from webmail.references import number_of, reference_of
from webpro.profile_parts import facts_of
from webpro.services import ConsoleServices
from webpro.vaccinations.model import ShownVaccination

_NAME = "nom"


class RecordVaccinations:
    """Implements `webpro.vaccinations.port.RecordVaccinationService`."""

    def __init__(self, services: ConsoleServices) -> None:
        self._confirmations = VaccinationConfirmations(services.store, services.clock)
        self._corrections = EntryCorrections(services.store, services.clock)

    async def vaccinations(self, actor: Actor) -> Sequence[ShownVaccination]:
        """List them."""
        return [_shown(actor, one) for one in await self._confirmations.listed(actor)]

    async def confirm(self, actor: Actor, reference: str, version: int, *, is_right: bool) -> None:
        """Confirm one, or take that back."""
        await self._confirmations.confirm(actor, number_of(reference), version, is_right=is_right)

    async def answer_correction(self, actor: Actor, reference: str, words: str) -> RequestFault | None:
        """Answer a correction that was asked of them."""
        return await self._corrections.answer(actor, number_of(reference), words)


def _shown(actor: Actor, vaccination: Vaccination) -> ShownVaccination:
    entry = vaccination.entry
    asked = [one for one in vaccination.annotations if one.waits and is_asked(actor, one)]
    return ShownVaccination(
        reference=reference_of(entry.id),
        version=entry.revision,
        name=entry.fields.get(_NAME, ""),
        facts=facts_of(replace(entry, is_locked=False), without=(_NAME,)),
        is_confirmed=entry.is_locked,
        confirmed_by=entry.author.named if entry.is_locked and entry.author else "",
        may_take_back=vaccination.may_take_back,
        corrections=vaccination.annotations,
        to_answer=reference_of(asked[0].number) if asked else "",
    )
