"""What a change of contact needs, on « Sécurité » and at activation alike: who is told, and what a code proves."""

from dataclasses import replace

from gateway.domain.account import Space
from gateway.domain.notices import Channel
from gateway.services.space.notices import contact_of

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
