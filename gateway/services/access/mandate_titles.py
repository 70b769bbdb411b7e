"""By what somebody acts for somebody else: the mandates that stand in the space of whoever is acted for (ACC-05).

The mandate of a minor, and that of a minor's carer, end at midnight, where the child lives, on the day on which they
are 18, whatever is kept.
"""

from datetime import datetime

from gateway.domain.access import Actor, Role
from gateway.domain.account import Space, majority_of
from gateway.domain.errors import NotFound
from gateway.domain.mailbox import VaultId
from gateway.domain.mandates import KeptMandate, MandateKind, MandateState
from gateway.domain.space import may_sign_in
from gateway.policy.access.facts import Mandate
from gateway.policy.facts import UNKNOWN, Unknown
from gateway.ports.store import Tx

_REPRESENTATIVES = frozenset({Role.GUARDIAN, Role.CARER})


def mandate_of(tx: Tx, actor: Actor, at: datetime) -> Mandate | Unknown | None:
    """Give by what a guardian or a carer acts in the space of their actor; None for nothing."""
    if actor.role not in _REPRESENTATIVES or actor.home is None:
        return None
    try:
        space = tx.spaces.space(actor.vault)
    except NotFound:
        return None
    kept = _best(tx, actor.home, space, at, (actor.role,))
    if kept is None:
        return None
    ends = end_of(kept, space)
    # A minor whose birth date is not known would be one for ever.
    if kept.kind is MandateKind.MINOR and ends is None:
        return UNKNOWN
    return Mandate(kind=kept.kind, accepted=kept.state is MandateState.ACCEPTED, ends=ends, rights=kept.rights)


def mandate_in_effect(tx: Tx, home: VaultId, space: Space, at: datetime) -> KeptMandate | None:
    """Give the mandate by which the holder of `home` may act in a space at this instant; None for none."""
    kept = _best(tx, home, space, at, tuple(_REPRESENTATIVES))
    return kept if kept is not None and may_sign_in(space.state) and counts(kept, space, at) else None


def counts(kept: KeptMandate, space: Space, at: datetime) -> bool:
    """Say whether a mandate was accepted, and is not over."""
    ends = end_of(kept, space)
    if kept.state is not MandateState.ACCEPTED or (ends is None and kept.kind in _WITH_AN_END):
        return False
    return ends is None or at < ends


_WITH_AN_END = frozenset({MandateKind.MINOR, MandateKind.CARER})


def end_of(kept: KeptMandate, space: Space) -> datetime | None:
    """Give the first instant at which a mandate does not count any more; None for no end."""
    majority = majority_of(space)
    # Whom a child's representatives asked to help, the adult asks anew.
    is_of_a_minor = majority is not None and kept.kind is MandateKind.CARER and kept.begun < majority
    by_age = majority if is_of_a_minor or kept.kind is MandateKind.MINOR else None
    return min((end for end in (kept.until, by_age) if end is not None), default=None)


def _best(tx: Tx, home: VaultId, space: Space, at: datetime, roles: tuple[Role, ...]) -> KeptMandate | None:
    held = [one for one in tx.mandates.all_of(space.vault) if one.home == home and role_of(one.kind) in roles]
    return max(held, key=lambda one: (counts(one, space, at), role_of(one.kind) is Role.GUARDIAN), default=None)


def role_of(kind: MandateKind) -> Role:
    """Give as what somebody acts by a mandate."""
    return Role.CARER if kind is MandateKind.CARER else Role.GUARDIAN
