"""To whom the notice of a space goes, by which way, and how its text names them (A22).

A child's goes to the legal representative named in the import: to the contact of the representative's own space, else
to the contact that the child's space has. That lasts until the child is 18, where they live; from then on nothing
goes to a contact of theirs, even where the space bears it. Who said not to be the representative is told nothing.
Keys are another matter: what signs in to a space goes to the contact that was confirmed for it (`notices`).
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from gateway.domain.account import PostalAddress, Space, majority_of
from gateway.domain.errors import NotFound, SealBroken
from gateway.domain.mailbox import VaultId
from gateway.domain.mandates import NOBODY, MandateState
from gateway.domain.notices import Channel
from gateway.domain.patient_names import shown_name
from gateway.domain.space import SpaceState
from gateway.ports.store import Tx

AT_ONCE = (Channel.EMAIL, Channel.SMS)
"""Ways that need nobody who prints and posts."""
_SEEN_TO_WITHIN = timedelta(days=365)
"""Longest time after a coming of age at which it is seen to; before that, it is the import's business."""
_ALIVE = frozenset({SpaceState.CREATED, SpaceState.NOTIFIED, SpaceState.OPEN, SpaceState.ACTIVE})
_HERE = frozenset({"", "france", "fr", "fra"})


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Addressee:
    """Who is told of a space.

    Attributes:
        space: of which they are told.
        contacts: spaces whose contacts are theirs, the best first.
        is_representative: whether they are told for a child.
    """

    space: Space
    contacts: tuple[Space, ...]
    is_representative: bool

    def reached(
        self, wanted: Channel | None, ways: Collection[Channel] = tuple(Channel)
    ) -> tuple[Channel, str] | None:
        """Give how they are reached: by `wanted` only, or by the first of `ways` at the best contact that has any."""
        for contact in self.contacts:
            for channel in (wanted,) if wanted else ways:
                if to := self._contact(contact, channel):
                    return channel, to
        return None

    @property
    def named(self) -> dict[str, str]:
        """Give what `worded` needs to say whose space a notice is about, when it is not the reader's."""
        return {"child": self.first_name} if self.is_representative else {}

    @property
    def first_name(self) -> str:
        """Give by which name a representative knows the child; twins have different ones."""
        names = self.space.identity.traits.given_names
        return (names[0].title() if names[0].isupper() else names[0]) if names else shown_name(
            self.space.identity.traits
        )

    def _contact(self, contact: Space, channel: Channel) -> str:
        if channel is Channel.EMAIL:
            return contact.email
        if channel is Channel.SMS:
            return contact.phone
        name = shown_name(contact.identity.traits)
        if self.is_representative and contact is self.space:
            name = f"Aux représentants légaux de {name}"
        return _address_lines(name, contact.postal)

    def __repr__(self) -> str:
        """Hide the person."""
        return f"Addressee({self.space!r})"


def addressee_of(tx: Tx, vault: VaultId, now: datetime) -> Addressee:
    """Find who is told of a space. Raises `NotFound`."""
    space = tx.spaces.space(vault)
    if not is_minor(space, now):
        own = of_their_own(tx, space, now)
        return Addressee(space=own, contacts=(own,), is_representative=False)
    refused = {one.home for one in tx.mandates.all_of(vault) if one.state is MandateState.REFUSED}
    guardians = tuple(one for one in _guardians(tx, space) if one.state in _ALIVE and one.vault not in refused)
    return Addressee(space=space, contacts=(*guardians, space), is_representative=True)


def apart_in(tx: Tx, vault: VaultId, now: datetime) -> Space:
    """Give a space with the contacts that are its holder's alone: of nobody who represents them, or ever did.

    Raises `NotFound`.
    """
    space = tx.spaces.space(vault)
    theirs = {to for one in _representing(tx, space) for to in (one.email, one.phone)}
    # A minor's contact that was never confirmed for a sign-in of their own may be anybody's.
    is_confirmed = space.identifier or not is_minor(space, now)
    return _without(space if is_confirmed else replace(space, email="", phone=""), theirs)


def _representing(tx: Tx, space: Space) -> Iterator[Space]:
    yield from _guardians(tx, space)
    for home in {one.home for one in tx.mandates.all_of(space.vault)} - {NOBODY}:
        try:
            yield tx.spaces.space(home)
        except (NotFound, SealBroken):  # it is gone, and nobody is there
            continue


def of_their_own(tx: Tx, space: Space, now: datetime) -> Space:
    """Give the space of somebody who has come of age without the contacts of who represented them until then.

    Once that was seen to, whatever the space bears is its holder's. The import may name who represents a grown-up.
    """
    majority = majority_of(space)
    if space.of_age or not space.guardians or majority is None or not majority <= now < majority + _SEEN_TO_WITHIN:
        return space
    theirs = {to for one in _guardians(tx, space) for to in (one.email, one.phone)}
    return _without(space, theirs)


def _without(space: Space, theirs: Collection[str]) -> Space:
    return replace(
        space,
        email="" if space.email in theirs else space.email,
        phone="" if space.phone in theirs else space.phone,
    )


def _guardians(tx: Tx, space: Space) -> tuple[Space, ...]:
    known = (found for number in space.guardians for found in tx.spaces.with_number(number) if _has(found, number))
    return tuple(known)


def with_contacts(tx: Tx, vault: VaultId, now: datetime) -> Space:
    """Give a space with the e-mail address and the number where is told of it, to be read only. Raises `NotFound`."""
    addressee = addressee_of(tx, vault, now)
    best = next((contact for contact in addressee.contacts if contact.email or contact.phone), addressee.space)
    return replace(addressee.space, email=best.email, phone=best.phone)


def _has(space: Space, number: str) -> bool:
    return number == space.identity.ins.value or any(number == earlier for _, earlier in space.identity.earlier)


def is_minor(space: Space, now: datetime) -> bool:
    """Say whether the holder of a space is under 18; of an unknown day, the last of its month or year counts."""
    majority = majority_of(space)
    return majority is not None and now < majority


def _address_lines(name: str, postal: PostalAddress) -> str:
    # Empty when it is not complete: a letter that cannot arrive would begin no six weeks.
    if not postal.is_postable:
        return ""
    town = f"{postal.postal_code} {postal.city}".strip()
    abroad = () if postal.country.casefold() in _HERE else (postal.country.upper(),)
    return "\n".join((name, *postal.lines, town, *abroad))
