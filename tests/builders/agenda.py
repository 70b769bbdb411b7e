"""Entries of agendas: each names only what the test is about."""

from dataclasses import replace
from datetime import UTC, datetime

from gateway.domain.agenda.events import AgendaEvent
from tests.builders.patient_site import PatientSite
from tests.builders.store import a_number

MONDAY = datetime(2026, 3, 9, 8, 30, tzinfo=UTC)
"""Half past nine in Paris, a week after the clock of tests."""


def an_event(**changes: object) -> AgendaEvent:
    """Make an appointment of one's own."""
    event = AgendaEvent(vault=changes.pop("vault", 7), id=a_number(), title="Contrôle", start=MONDAY)  # type: ignore[arg-type]  # fields of the caller
    return replace(event, **changes)  # type: ignore[arg-type]  # as above


async def an_entry(site: PatientSite, **changes: object) -> AgendaEvent:
    """Put an appointment into Camille's agenda."""
    event = an_event(vault=site.camille.vault, **changes)
    await site.at.store.write(lambda tx: tx.agendas.save(event))
    return event
