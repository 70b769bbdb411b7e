"""Who may end a mandate by hand; it ends by itself too (ACC-05). Pure.

Whoever acts may stop. A first legal representative takes back what they gave to a second one, never what the import or
a judge gave. An adult takes back what takes their express agreement: carers, and measures but `tutelle` (A22). Who
stands in the place of a minor, or of an adult by `tutelle`, takes back carers for them.
"""

from collections.abc import Iterable

from gateway.domain.access import Role
from gateway.domain.mandates import KeptMandate, MandateKind

_IN_THEIR_PLACE = frozenset({MandateKind.MINOR, MandateKind.TUTELLE})
_BY_THE_PERSON = frozenset({MandateKind.CURATELLE, MandateKind.SAUVEGARDE, MandateKind.CARER})


def may_take_back(role: Role, own: Iterable[KeptMandate], mandate: KeptMandate) -> bool:
    """Say whether somebody may take back another's mandate.

    Args:
        role: as what they act in the space.
        own: the mandates by which they do, that count now; none for its holder.
        mandate: of somebody else, that counts now.
    """
    if role is Role.PATIENT:
        return mandate.kind in _BY_THE_PERSON
    if role is not Role.GUARDIAN:
        return False
    if mandate.kind is MandateKind.CARER:
        return any(one.kind in _IN_THEIR_PLACE for one in own)
    if not mandate.offered_by or mandate.kind is not MandateKind.MINOR:
        return False
    return any(one.kind is MandateKind.MINOR and not one.offered_by for one in own)
