"""What a change of contact needs, on « Sécurité » and at activation alike: who is told, and what a code proves."""

from dataclasses import replace
from datetime import datetime

from gateway.domain.access import Actor
from gateway.domain.account import Space
from gateway.domain.notices import Channel, NoticeKind
from gateway.ports.store import Tx
from gateway.services.space.masked_contacts import masked
from gateway.services.space.notices import contact_of
from gateway.services.space.telling import tell_contact

Reached = tuple[Channel, str]
"""A way, and the contact by it."""


def reached(space: Space) -> tuple[Reached, ...]:
    """Give every contact at which its holder is reached: all of them are told of a change."""
    return tuple(to for channel in (Channel.EMAIL, Channel.SMS) if (to := contact_of(space, channel)) is not None)


def with_contact(space: Space, to: Reached) -> Space:
    """Give a space with a contact in place of the earlier one of the same way."""
    return replace(space, email=to[1]) if to[0] is Channel.EMAIL else replace(space, phone=to[1])


def proved_by_code(to: Reached) -> str:
    """Give what the code that was sent to a contact proves: that contact, by that way and no other."""
    return f"{to[0].value}:{to[1]}"


def tell_changes(tx: Tx, before: Space, after: Space, now: datetime, actor: Actor) -> None:
    """Tell every contact that there was of each that is new, masked, and leave a line in the trace."""
    earlier = reached(before)
    for new in reached(after):
        if new in earlier:
            continue
        tx.audit.append(before.vault, actor.event(now, "contact.changed", detail=new[0].value))
        for told in earlier:
            tell_contact(tx, before.vault, told, NoticeKind.CONTACT_CHANGED, now, new=masked(new))
