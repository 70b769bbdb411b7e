"""What is put right in what is known of a person: which fields change, and who is told of a changed contact."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeVar

from gateway.domain.account import PostalAddress, Space
from gateway.domain.notices import NoticeKind
from gateway.ports.store import Tx
from gateway.services.space.addressees import AT_ONCE, addressee_of
from gateway.services.space.notices import contact_of
from gateway.services.space.telling import tell_contact

T = TypeVar("T")


@dataclass(frozen=True, slots=True, repr=False, kw_only=True)
class Correction:
    """What is put right; None leaves a field as it is, an empty text empties it."""

    email: str | None = None
    phone: str | None = None
    postal: PostalAddress | None = None
    card_serials: tuple[str, ...] | None = None
    birth_name: str | None = None
    given_names: tuple[str, ...] | None = None
    used_name: str | None = None
    birth_place: str | None = None


def tell_of_contact(tx: Tx, before: Space, after: Space, now: datetime) -> None:
    """End what is open when a contact changed, and tell the person where they were reached and where they are now."""
    if (before.email, before.phone) == (after.email, after.phone):
        return
    # Whoever reads what goes to the wrong contact may be signed in by a code that went there.
    tx.spaces.drop_sessions(after.vault)
    addressee = addressee_of(tx, after.vault, now)
    usual = addressee.reached(None, AT_ONCE)
    tell_contact(tx, after.vault, usual, NoticeKind.CONTACT_CORRECTED, now, **addressee.named)
    # A wrong contact may be anybody's: a child is not named there.
    for contact in {contact_of(before), contact_of(after)} - {usual}:
        tell_contact(tx, after.vault, contact, NoticeKind.CONTACT_CORRECTED, now)


def corrected(space: Space, new: Correction) -> Space:
    """Give a space as it is once it is put right."""
    traits = space.identity.traits
    right = replace(
        traits,
        birth_name=_kept(new.birth_name, traits.birth_name),
        given_names=_kept(new.given_names, traits.given_names),
        used_name=_kept(new.used_name, traits.used_name),
    )
    return replace(
        space,
        identity=replace(space.identity, traits=right),
        email=_kept(new.email, space.email),
        phone=_kept(new.phone, space.phone),
        postal=_kept(new.postal, space.postal),
        card_serials=_kept(new.card_serials, space.card_serials),
        birth_place=_kept(new.birth_place, space.birth_place),
    )


def _kept(new: T | None, old: T) -> T:
    return old if new is None else new


_FIELDS = ("email", "phone", "postal", "birth_place", "birth_country", "card_serials", "guardians", "scheme")
_TRAITS = ("birth_name", "given_names", "used_name", "sex", "birth_date")


def changed_fields(before: Space, after: Space) -> tuple[str, ...]:
    """Name the fields in which a space differs from what it was; never their values."""
    old, new = before.identity.traits, after.identity.traits
    return (
        *(name for name in _TRAITS if getattr(old, name) != getattr(new, name)),
        *(name for name in _FIELDS if getattr(before, name) != getattr(after, name)),
    )
