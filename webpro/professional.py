"""Who is signed in at the console, and by what."""

from dataclasses import dataclass

from aiohttp import web

from gateway.domain.access import Actor
from gateway.domain.console import ConsoleEntry
from webmail.context import person_of
from webmail.signed_in import SignedIn


@dataclass(frozen=True, slots=True, repr=False, kw_only=True)
class Professional(SignedIn):
    """The holder of a mailbox, or a delegate; the actor acts in the mailbox until a record is opened."""

    entry: ConsoleEntry


def professional_of(actor: Actor, entry: ConsoleEntry) -> Professional:
    """Name whoever came in by an entry."""
    name = f"{entry.delegate}, pour {entry.name}" if entry.delegate else entry.name
    return Professional(actor=actor, name=name, address=entry.address, entry=entry)


def professional_in(request: web.Request) -> Professional:
    """Give the signed-in professional; the session middleware lets nobody else through."""
    person = person_of(request)
    assert isinstance(person, Professional)  # noqa: S101 - the console's store of sessions gives no other
    return person
