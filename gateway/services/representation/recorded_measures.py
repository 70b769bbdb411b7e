"""Measures of protection of adults, and their end, as an operator records them by a document (A22, FACTS a18).

`tutelle` gives the guardian all that the person has. `curatelle` and `sauvegarde` give nothing by themselves: with an
express mandate of the person they give what a carer may have.
"""

from dataclasses import replace
from datetime import datetime

from gateway.domain.access import Role
from gateway.domain.account import Space
from gateway.domain.errors import Conflict, NotFound
from gateway.domain.mandates import KeptMandate, MandateKind, MandateState
from gateway.domain.notices import NoticeKind
from gateway.domain.patient_names import shown_name
from gateway.domain.space import SpaceState
from gateway.policy.access.standing import BELONGS
from gateway.ports.clock import Clock
from gateway.ports.store import Store, Tx
from gateway.services.access.actors import operator_of
from gateway.services.access.mandate_titles import counts
from gateway.services.random_numbers import random_number
from gateway.services.representation.endings import ended
from gateway.services.space.addressees import is_minor
from gateway.services.space.notices import contact_of
from gateway.services.space.operator_acts import found
from gateway.services.space.telling import tell_contact, tell_holder

MEASURES = frozenset({MandateKind.TUTELLE, MandateKind.CURATELLE, MandateKind.SAUVEGARDE})


class RecordedMeasures:
    """Records measures; persons are named by the address of their space, or their number (INS)."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    async def record(self, who: str, by: str, kind: MandateKind, why: str, *, is_express: bool) -> Space:
        """Record that `by` represents `who`; another measure by the same person ends, the same one changes nothing.

        Args:
            who: the protected adult.
            by: whoever represents them, with a space of their own.
            kind: one of `MEASURES`.
            why: document and reason, for the trace that the person reads.
            is_express: whether the person gave an express mandate beside the measure.

        Raises:
            NotFound: there is no such space.
            Conflict: it is a minor, the same person, or a representative without a space that is active.
        """
        now, number = self._clock.now(), random_number()

        def record(tx: Tx) -> Space:
            space, home = tx.spaces.space(found(tx, who)), tx.spaces.space(found(tx, by))
            _require(space, home, now)
            rights = BELONGS[Role.CARER] if is_express and kind is not MandateKind.TUTELLE else None
            held = [one for one in _measures(tx, space, now) if one.home == home.vault]
            if any(one.kind is kind and one.rights == rights for one in held):
                return space
            for one in held:
                tx.mandates.save(replace(one, state=MandateState.ENDED, changed=now))
            tx.mandates.save(
                KeptMandate(
                    vault=space.vault, number=number, kind=kind, state=MandateState.ACCEPTED, home=home.vault,
                    name=shown_name(home.identity.traits), begun=now, changed=now, rights=rights,
                )
            )  # fmt: skip
            detail = f"{kind.value}: {why}"
            tx.audit.append(space.vault, operator_of(space.vault).event(now, "mandate.recorded", detail=detail))
            tell_holder(tx, space.vault, NoticeKind.REPRESENTATIVE_ADDED, now)
            tell_contact(tx, space.vault, contact_of(home), NoticeKind.REPRESENTATION_RECORDED, now)
            return space

        return await self._store.write(record)

    async def end(self, who: str, by: str, why: str) -> Space:
        """End every measure by which `by` represents `who`. Raises `NotFound` when there is none."""
        now = self._clock.now()

        def end(tx: Tx) -> Space:
            space, home = tx.spaces.space(found(tx, who)), found(tx, by)
            held = [one for one in _measures(tx, space, now) if one.home == home]
            if not held:
                raise NotFound(f"{by} does not represent {who} by a measure that was recorded")
            for one in held:
                ended(tx, one, NoticeKind.REPRESENTATION_TAKEN_BACK, now)
            tx.audit.append(space.vault, operator_of(space.vault).event(now, "mandate.record-ended", detail=why))
            return space

        return await self._store.write(end)


def _measures(tx: Tx, space: Space, now: datetime) -> list[KeptMandate]:
    return [one for one in tx.mandates.all_of(space.vault) if one.kind in MEASURES and counts(one, space, now)]


def _require(space: Space, home: Space, now: datetime) -> None:
    if space.vault == home.vault:
        raise Conflict("nobody represents themself: name two persons")
    if is_minor(space, now):
        raise Conflict("this person is a minor: their legal representative certifies it in the web space")
    if space.state is not SpaceState.ACTIVE or home.state is not SpaceState.ACTIVE:
        raise Conflict("both spaces must be active: have each activated first")
