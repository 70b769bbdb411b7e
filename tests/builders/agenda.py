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


def a_calendar(*lines: str, method: str = "REQUEST", kind: str = "VEVENT", **fields: str) -> bytes:
    """Write a calendar of one entry; `fields` are its properties, `lines` further lines of it."""
    known = {"UID": "essai-1@cabinet.example", "DTSTART": "20260309T083000Z", "SUMMARY": "Consultation"} | {
        name.replace("_", "-"): value for name, value in fields.items()
    }
    own = [
        f"{name}{'' if value.startswith(';') else ':'}{value}" for name, value in known.items() if value
    ]
    return calendar_of(f"BEGIN:{kind}", *own, *lines, f"END:{kind}", method=method)


def calendar_of(*lines: str, method: str = "REQUEST") -> bytes:
    """Write a calendar of lines."""
    asked = [f"METHOD:{method}"] if method else []
    return "\r\n".join(["BEGIN:VCALENDAR", "VERSION:2.0", *asked, *lines, "END:VCALENDAR", ""]).encode()
