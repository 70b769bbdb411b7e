"""A professional confirms a vaccination of a patient, who then changes it no more; or takes that back (E23)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from gateway.domain.access import Action, Actor, SpacePart
from gateway.domain.errors import ChangedMeanwhile, NotFound
from gateway.domain.profile import STATEMENT, EntryState, ProfileEntry, ProfileSection
from gateway.domain.profile_links import EntryName
from gateway.domain.rights_requests import RequestState, RightsRequest
from gateway.policy.access.facts import ConfirmationFacts
from gateway.ports.clock import Clock
from gateway.ports.store import Store, Tx
from gateway.services.access.annotations import entry_annotations_of
from gateway.services.access.permission import allow, taking_back, traces_refusals
from gateway.services.profile.entry_authors import author_of, is_author, writer_of
from gateway.services.profile.profile_reading import ProfileReading, object_name
from gateway.services.profile.source_documents import stands

_SECTION = ProfileSection.VACCINATIONS


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Vaccination:
    """One vaccination, with the corrections of it that stand, the newest first (E52).

    `may_take_back` says that the reader may take its confirmation back.
    """

    entry: ProfileEntry
    may_take_back: bool = False
    annotations: Sequence[RightsRequest] = ()


class VaccinationConfirmations:
    """Confirms vaccinations of the space in which an actor acts."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._reading = ProfileReading(store, clock)

    async def listed(self, actor: Actor) -> Sequence[Vaccination]:
        """List the vaccinations of a patient, the newest first. Raises `AccessRefused`."""
        found, now = (await self._reading.section(actor, _SECTION)).current, self._clock.now()

        def look(tx: Tx) -> Sequence[Vaccination]:
            annotations, may_take_back = entry_annotations_of(tx, actor), taking_back(tx, actor, now)
            asked = [(one, annotations.get(_name(one.id), ())) for one in found]
            return [
                Vaccination(
                    entry=one,
                    annotations=beside,
                    may_take_back=one.is_locked and may_take_back(_confirmation(actor, one, beside)),
                )
                for one, beside in asked
            ]

        return await self._store.read(look)

    @traces_refusals
    async def confirm(self, actor: Actor, number: int, filled_from: int, *, is_right: bool) -> None:
        """Confirm a vaccination as one version says it, or take the confirmation back; done once if asked twice.

        What is taken back answers the corrections that were asked of it: the patient may change it again.

        Raises:
            AccessRefused: also where the confirmation is not theirs to take back (ACC-18).
            NotFound: there is none that they are shown.
            ChangedMeanwhile: there is a later version: what they saw is not what they would confirm.
        """
        now = self._clock.now()

        def keep(tx: Tx) -> None:
            allow(tx, actor, Action.ADD, SpacePart.PROFILE, now)
            before = tx.profile.get(actor.vault, _SECTION, number)
            if before is None or number == STATEMENT or before.state is not EntryState.KEPT:
                raise NotFound(f"the profile of {actor.vault:x} has no vaccination {number:x}")
            if not stands(tx, actor, before, now):
                raise NotFound(f"the vaccination {number:x} is of a document that they are not shown")
            if before.is_locked is is_right:
                return
            if before.revision != filled_from:
                raise ChangedMeanwhile(f"version {before.revision} stands, not {filled_from}")
            if not is_right:
                found = _confirmation(actor, before, entry_annotations_of(tx, actor).get(_name(number), ()))
                allow(tx, actor, Action.ADD, SpacePart.PROFILE, now, confirmation=found)
            after = replace(
                before, revision=before.revision + 1, written_by=writer_of(actor), written_at=now, is_locked=is_right,
                author=author_of(actor),
            )  # fmt: skip
            tx.profile.add(actor.vault, after)
            action = "profile.confirmed" if is_right else "profile.unconfirmed"
            tx.audit.append(actor.vault, actor.event(now, action, objects=(object_name(_SECTION, number),)))
            if not is_right:
                _answer_by_taking_back(tx, actor, number, now)
            tx.changed(actor.vault)

        await self._store.write(keep)


def _name(number: int) -> str:
    return str(EntryName(_SECTION, number))


def _confirmation(actor: Actor, entry: ProfileEntry, beside: Sequence[RightsRequest]) -> ConfirmationFacts:
    return ConfirmationFacts(is_theirs=is_author(actor, entry), is_contested=any(one.waits for one in beside))


def _answer_by_taking_back(tx: Tx, actor: Actor, number: int, now: datetime) -> None:
    for one in tx.rights_requests.all_of(actor.vault):
        if one.waits and one.entry == _name(number):
            ended = replace(
                one, state=RequestState.ANSWERED, ended_at=now, next=None, answered_by=actor.named, taken_back=True
            )
            tx.rights_requests.save(actor.vault, ended)
            tx.audit.append(actor.vault, actor.event(now, "correction.answered", objects=(one.name,)))
