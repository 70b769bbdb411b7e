"""Who writes a version of an entry: its holder, or somebody in their place, who is named in it (E12, E15, E23)."""

from gateway.domain.access import Actor, Role
from gateway.domain.profile import EntryAuthor, Writer


def writer_of(actor: Actor) -> Writer:
    """Say as whom somebody writes; whoever acts for the patient writes as the patient does."""
    return Writer.PROFESSIONAL if actor.is_visitor else Writer.PATIENT


def author_of(actor: Actor) -> EntryAuthor | None:
    """Name whoever writes; None for the holder themself, and for what is no person."""
    if actor.role is Role.PATIENT or not actor.person:
        return None
    if not actor.is_visitor:
        return EntryAuthor(actor.person)
    name = f"{actor.person}, pour {actor.responsible}" if actor.responsible else actor.person
    return EntryAuthor(name, actor.organisation, actor.account)
