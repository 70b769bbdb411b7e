"""Who writes a version of an entry: its holder, or somebody in their place, who is named in it (E12, E15, E23)."""

from gateway.domain.access import Actor, Role
from gateway.domain.address import MailAddress
from gateway.domain.care_party import mailbox_name
from gateway.domain.errors import InvalidValue
from gateway.domain.profile import EntryAuthor, ProfileEntry, Writer


def writer_of(actor: Actor) -> Writer:
    """Say as whom somebody writes; whoever acts for the patient writes as the patient does."""
    return Writer.PROFESSIONAL if actor.is_visitor else Writer.PATIENT


def author_of(actor: Actor) -> EntryAuthor | None:
    """Name whoever writes; None for the holder themself, and for what is no person."""
    if actor.role is Role.PATIENT or not actor.person:
        return None
    if not actor.is_visitor:
        return EntryAuthor(actor.person)
    return EntryAuthor(actor.person, actor.organisation, actor.account, actor.responsible)


def is_author(actor: Actor, entry: ProfileEntry) -> bool:
    """Say whether a professional wrote a version by a mailbox of theirs, or a delegate for them."""
    try:
        return entry.author is not None and mailbox_name(MailAddress.parse(entry.author.address)) in actor.identifiers
    except InvalidValue:
        return False
