"""What a line of an import puts right in a space that is there already; who the person is it never changes."""

from dataclasses import replace
from datetime import datetime

from gateway.domain.account import NO_ADDRESS, Space
from gateway.domain.mailbox import VaultId
from gateway.domain.space import SpaceState
from gateway.ports.store import Tx
from gateway.services.access.actors import operator_of
from gateway.services.space.patients_file import NewPatient
from gateway.services.space.space_corrections import changed_fields


def put_right(tx: Tx, vault: VaultId, new: NewPatient, now: datetime) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Write what the line tells anew, with a line in the trace; name the fields that changed, and contacts that stay.

    What the line leaves empty stays. So does a contact of somebody who has activated their space: they alone change it,
    by a code (`own_contacts`), and the import says so line by line.
    """
    space = tx.spaces.space(vault)
    corrected = _corrected(space, new)
    changed = changed_fields(space, corrected)
    if changed:
        tx.spaces.save(corrected)
        detail = f"import: {', '.join(changed)}"
        tx.audit.append(vault, operator_of(vault).event(now, "space.corrected", space.state.value, detail=detail))
    kept = _kept(space, new) if _is_confirmed(space) else ()
    return changed, kept


def _is_confirmed(space: Space) -> bool:
    return space.state is SpaceState.ACTIVE or bool(space.identifier)


def _kept(space: Space, new: NewPatient) -> tuple[str, ...]:
    told = (("email", new.email, space.email), ("phone", new.phone, space.phone))
    return tuple(name for name, wanted, present in told if wanted and wanted != present)


def is_of(space: Space, new: NewPatient) -> bool:
    """Say whether a space bears the number of a line as its holder's own, not as a representative's."""
    earlier = (number for _, number in space.identity.earlier)
    return new.identity.ins.value in (space.identity.ins.value, *earlier)


def _corrected(space: Space, new: NewPatient) -> Space:
    traits = space.identity.traits
    is_confirmed = _is_confirmed(space)
    return replace(
        space,
        identity=replace(
            space.identity, traits=replace(traits, used_name=new.identity.traits.used_name or traits.used_name)
        ),
        email=space.email if is_confirmed else new.email or space.email,
        phone=space.phone if is_confirmed else new.phone or space.phone,
        postal=space.postal if new.postal == NO_ADDRESS else new.postal,
        birth_place=new.birth_place or space.birth_place,
        birth_country=new.birth_country or space.birth_country,
        card_serials=new.card_serials or space.card_serials,
        guardians=new.guardians or space.guardians,
        scheme=new.scheme or space.scheme,
    )
