"""The day on which somebody is 18: who acted for them as a minor does not any more, and both are told (A22).

Rights end at midnight by themselves (`gateway.services.access.mandate_titles`); this puts the rows in order after it.
Contacts of who represented them are taken out of the space: they are not its holder's.
"""

from dataclasses import replace
from datetime import datetime

from gateway.domain.account import Space, majority_of
from gateway.domain.errors import NotFound, SealBroken
from gateway.domain.local_days import local_day
from gateway.domain.mailbox import VaultId
from gateway.domain.mandates import KeptMandate, MandateKind, MandateState
from gateway.domain.notices import NoticeKind
from gateway.domain.space import SpaceState
from gateway.ports.store import Tx
from gateway.services.access.actors import system_in
from gateway.services.space.addressees import of_their_own
from gateway.services.space.notices import contact_of
from gateway.services.space.telling import tell_contact, tell_holder

_OPEN = frozenset({MandateState.OFFERED, MandateState.ACCEPTED})


def came_of_age(tx: Tx, space: Space, now: datetime) -> bool:
    """See to the coming of age of a space's holder, when it has come and was not seen to; say whether it was."""
    majority = majority_of(space)
    if majority is None or now < majority or space.of_age or not space.guardians:
        return False
    own = replace(of_their_own(tx, space, now), of_age=True)
    tx.spaces.save(own)
    ended = [one for one in tx.mandates.all_of(space.vault) if one.kind is MandateKind.MINOR and one.state in _OPEN]
    for mandate in ended:
        tx.mandates.save(replace(mandate, state=MandateState.ENDED, changed=now))
        _tell_representative(tx, space.vault, mandate, now)
    tx.audit.append(space.vault, system_in(space.vault).event(now, "space.of-age", detail=str(local_day(majority))))
    if ended and space.state is SpaceState.ACTIVE:
        tell_holder(tx, space.vault, NoticeKind.CAME_OF_AGE, now)
    return True


def _tell_representative(tx: Tx, vault: VaultId, mandate: KeptMandate, now: datetime) -> None:
    try:
        home = tx.spaces.space(mandate.home)
    except (NotFound, SealBroken):  # it is gone, and nobody is there to be told
        return
    if mandate.state is MandateState.ACCEPTED:
        tell_contact(tx, vault, contact_of(home), NoticeKind.REPRESENTATION_ENDED, now)
