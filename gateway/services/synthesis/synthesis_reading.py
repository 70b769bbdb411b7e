"""The synthesis of a profile as it is read: the chosen parts as they stand at one instant, within limits (F44, E76).

Only what its holder keeps stands in it: proposals that nobody accepted and what was deleted never do. Documents are
those that may be read. Each making leaves its line in the trace.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from gateway.domain.access import Action, Actor, Audience, SpacePart
from gateway.domain.document import DocumentCategory
from gateway.domain.dossier import FiledDocument
from gateway.domain.identity import PatientIdentity
from gateway.domain.measure_kinds import KINDS
from gateway.domain.measures import Measure
from gateway.domain.profile import STATEMENT, EntryState, ProfileEntry, ProfileSection, Writer
from gateway.domain.profile_sections import SECTIONS
from gateway.domain.synthesis import EVERY_PART, SynthesisPart
from gateway.ports.clock import Clock
from gateway.ports.store import Store, Tx
from gateway.services.access.permission import allow, keep_from_visitors, traces_refusals
from gateway.services.access.permitted import permitted_documents
from gateway.services.profile.measure_reading import last_measure
from gateway.services.profile.profile_reading import SectionEntries, section_of

MOST_ENTRIES = 100
"""Entries that a part shows."""
MOST_LETTERS = 200_000
"""Letters of the whole; what comes after is counted and left out."""
_CHOICE = "rubriques"


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Synthesis:
    """The chosen parts of a profile.

    Attributes:
        sections: what stands in each chosen section, in the order of printing.
        left_out: how many entries of a part are beyond the limits.
        measures: the last one of each kind that there is.
        pieces: administrative documents, the newest first.
    """

    patient: PatientIdentity
    at: datetime
    parts: Sequence[SynthesisPart]
    sections: Mapping[SynthesisPart, SectionEntries]
    left_out: Mapping[SynthesisPart, int]
    measures: Sequence[Measure] = ()
    pieces: Sequence[FiledDocument] = ()


class SynthesisReading:
    """Reads syntheses of one space, and keeps which parts its holder wants in them."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    @traces_refusals
    async def chosen(self, actor: Actor) -> Sequence[SynthesisPart]:
        """Give the parts that were chosen last; all of them before anybody chose."""
        now = self._clock.now()

        def look(tx: Tx) -> Sequence[SynthesisPart]:
            allow(tx, actor, Action.LIST, SpacePart.PROFILE, now)
            return _chosen(tx, actor)

        return await self._store.read(look)

    @traces_refusals
    async def choose(self, actor: Actor, parts: Collection[SynthesisPart]) -> None:
        """Keep which parts are wanted from now on; the same ones chosen again change nothing."""
        now = self._clock.now()
        wanted = [part for part in EVERY_PART if part in parts]

        def keep(tx: Tx) -> None:
            keep_from_visitors(actor)
            allow(tx, actor, Action.CHANGE, SpacePart.PROFILE, now)
            if list(_chosen(tx, actor)) == wanted:
                return
            before = tx.profile.get(actor.vault, ProfileSection.SYNTHESIS, STATEMENT)
            said = ProfileEntry(
                section=ProfileSection.SYNTHESIS,
                id=STATEMENT,
                revision=before.revision + 1 if before else 1,
                state=EntryState.KEPT,
                fields={_CHOICE: " ".join(part.value for part in wanted)},
                written_by=Writer.PATIENT,
                written_at=now,
            )
            tx.profile.add(actor.vault, said)
            tx.audit.append(actor.vault, actor.event(now, "synthesis.chosen"))

        await self._store.write(keep)

    @traces_refusals
    async def shown(self, actor: Actor, parts: Collection[SynthesisPart]) -> Synthesis:
        """Read some parts to look at them, as a professional does whom the holder lets in (F92)."""
        now = self._clock.now()
        wanted = [part for part in EVERY_PART if part in parts]

        def look(tx: Tx) -> Synthesis:
            allow(tx, actor, Action.READ, SpacePart.PROFILE, now)
            return synthesis_of(tx, actor, wanted, now)

        found = await self._store.read(look)
        event = actor.event(now, "synthesis.read", objects=tuple(f"profile:{part.value}" for part in wanted))
        await self._store.write(lambda tx: tx.audit.append(actor.vault, event))
        return found

    @traces_refusals
    async def read(self, actor: Actor, parts: Collection[SynthesisPart], making: str) -> Synthesis:
        """Read some parts to take them away; `making` is the action that the trace tells."""
        now = self._clock.now()
        wanted = [part for part in EVERY_PART if part in parts]

        def look(tx: Tx) -> Synthesis:
            allow(tx, actor, Action.EXPORT, SpacePart.PROFILE, now)
            return synthesis_of(tx, actor, wanted, now)

        found = await self._store.read(look)
        event = actor.event(now, making, objects=tuple(f"profile:{part.value}" for part in wanted))
        await self._store.write(lambda tx: tx.audit.append(actor.vault, event))
        return found


def _chosen(tx: Tx, actor: Actor) -> Sequence[SynthesisPart]:
    said = tx.profile.get(actor.vault, ProfileSection.SYNTHESIS, STATEMENT)
    if said is None:
        return EVERY_PART
    names = said.fields.get(_CHOICE, "").split()
    return [part for part in EVERY_PART if part.value in names]


def synthesis_of(tx: Tx, actor: Actor, wanted: Sequence[SynthesisPart], now: datetime) -> Synthesis:
    """Read some parts in the caller's transaction, which has asked whether that is permitted."""
    found, left_out, room = dict[SynthesisPart, SectionEntries](), dict[SynthesisPart, int](), MOST_LETTERS
    for part in wanted:
        if part.section is not None:
            whole = _undisputed(section_of(tx, actor, part.section, now))
            found[part], room = _within(whole, room)
            left_out[part] = whole.count - found[part].count
    pieces: list[FiledDocument] = []
    if SynthesisPart.PIECES in wanted:
        administrative = DocumentCategory.ADMINISTRATIVE.value
        found_pieces = permitted_documents(tx, actor, now, administrative, MOST_ENTRIES)
        # A synthesis is made to be shown: what is hidden from professionals stays out.
        pieces = [one for one in found_pieces if Audience.PROFESSIONALS not in one.hidden_from]
    of_each = (last_measure(tx, actor, kind) for kind in KINDS) if SynthesisPart.MEASURES in wanted else ()
    return Synthesis(
        patient=tx.spaces.space(actor.vault).identity,
        at=now,
        parts=wanted,
        sections=found,
        left_out=left_out,
        measures=[measure for measure in of_each if measure is not None],
        pieces=pieces,
    )


def _undisputed(section: SectionEntries) -> SectionEntries:
    """Leave out what documents alone say, and do not agree on, where there is one answer: a blood group."""
    unsure = [one for one in section.current if one.written_by is Writer.DOCUMENT]
    if not unsure or not SECTIONS[section.section].is_single or len(section.current) + len(section.proposed) == 1:
        return section
    return replace(section, current=[one for one in section.current if one not in unsure])


def _within(section: SectionEntries, room: int) -> tuple[SectionEntries, int]:
    """Keep the entries that there is room for, present ones before past ones; give what room is left."""
    kept: list[list[ProfileEntry]] = []
    places = MOST_ENTRIES
    for entries in (section.current, section.past):
        some: list[ProfileEntry] = []
        for entry in entries[:places]:
            room -= sum(map(len, entry.fields.values()))
            if room < 0:
                break
            some.append(entry)
        places -= len(some)
        kept.append(some)
    current, past = kept
    return replace(section, current=current, past=past, proposed=(), deleted=()), max(room, 0)
