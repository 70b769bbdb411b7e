"""Measures that documents propose: shown beside the measures, accepted or refused by the person, never kept unasked."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from gateway.domain.access import Action, Actor, SpacePart
from gateway.domain.dossier import FiledDocument
from gateway.domain.errors import ChangedMeanwhile, NotFound
from gateway.domain.measure_checks import proposed_measure
from gateway.domain.measures import Measure, MeasureVersion
from gateway.domain.profile import EntryState, ProfileEntry, ProfileSection, Writer
from gateway.ports.clock import Clock
from gateway.ports.store import Store, Tx
from gateway.services.access.permission import allow, keep_from_visitors, traces_refusals
from gateway.services.profile.measure_reading import measure_name
from gateway.services.profile.measure_writing import write_measure
from gateway.services.profile.source_documents import proposals_in, stands

_SECTION = ProfileSection.PROPOSED_MEASURES


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class ProposedMeasure:
    """A proposal: the entry that it is, the measure that it would be, the document that it is from."""

    entry: ProfileEntry
    measure: Measure
    source: FiledDocument


class MeasureProposals:
    """Reads and answers the proposals of one space."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    @traces_refusals
    async def proposed(self, actor: Actor) -> Sequence[ProposedMeasure]:
        """List what stands; the page that asks leaves its line by the measures that it lists."""
        now = self._clock.now()

        def look(tx: Tx) -> Sequence[ProposedMeasure]:
            keep_from_visitors(actor)
            allow(tx, actor, Action.LIST, SpacePart.PROFILE, now)
            entries, sources = proposals_in(tx, actor, _SECTION, tx.profile.newest(actor.vault, _SECTION), now)
            born = _born(tx, actor)
            found = [(one, _measure(one, born, now)) for one in entries]
            return [
                ProposedMeasure(entry=one, measure=measure, source=sources[one.source or 0])
                for one, measure in found
                if measure is not None
            ]

        return await self._store.read(look)

    @traces_refusals
    async def answer(self, actor: Actor, number: int, *, accepted: bool) -> None:
        """Take a proposal into the measures, or leave it out for good; answered twice, the first time counts.

        Raises:
            NotFound: there is no such proposal, or its document does not stand.
            ChangedMeanwhile: it was answered otherwise.
        """
        now = self._clock.now()

        def turn(tx: Tx) -> None:
            allow(tx, actor, Action.CHANGE, SpacePart.PROFILE, now)
            entry = tx.profile.get(actor.vault, _SECTION, number)
            becomes = EntryState.KEPT if accepted else EntryState.REFUSED
            if entry is None or not stands(tx, actor, entry, now):
                raise NotFound("there is no such proposal")
            if entry.state is becomes:
                return
            measure = _measure(entry, _born(tx, actor), now)
            if entry.state is not EntryState.PROPOSED or measure is None:
                raise ChangedMeanwhile("this proposal was answered")
            answered = replace(
                entry, revision=entry.revision + 1, state=becomes, written_by=Writer.PATIENT, written_at=now
            )
            tx.profile.add(actor.vault, answered)
            if accepted:
                write_measure(tx, actor, measure, "measure.added")
                return
            name = measure_name(measure.kind, measure.id)
            tx.audit.append(actor.vault, actor.event(now, "profile.refused", objects=(name,)))
            tx.changed(actor.vault)

        await self._store.write(turn)


def _born(tx: Tx, actor: Actor) -> date | None:
    birth_date = tx.spaces.space(actor.vault).identity.traits.birth_date
    return birth_date.earliest if birth_date else None


def _measure(entry: ProfileEntry, born: date | None, now: datetime) -> Measure | None:
    found = proposed_measure(entry.fields, born, now)
    if found is None:
        return None
    kind, value = found
    version = MeasureVersion(value=value, written_by=Writer.DOCUMENT, written_at=now)
    return Measure(id=entry.id, kind=kind, now=version)
