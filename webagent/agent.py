"""Who is signed in at the agents' site."""

from dataclasses import dataclass

from aiohttp import web

from gateway.domain.access import Actor
from gateway.domain.agents import AgentEntry
from webmail.context import person_of
from webmail.signed_in import SignedIn


@dataclass(frozen=True, slots=True, repr=False, kw_only=True)
class SignedInAgent(SignedIn):
    """An agent; the actor acts in no space, until something is done in one."""

    entry: AgentEntry


def signed_in_agent(actor: Actor, entry: AgentEntry) -> SignedInAgent:
    """Name whoever came in by an entry."""
    return SignedInAgent(actor=actor, name=entry.name, address="", entry=entry)


def entry_of(request: web.Request) -> AgentEntry:
    """Give who the signed-in agent is; the session middleware lets nobody else through."""
    person = person_of(request)
    assert isinstance(person, SignedInAgent)  # noqa: S101 - the site's store of sessions gives no other
    return person.entry
