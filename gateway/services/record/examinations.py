"""Examinations of a space, each across its documents and laboratories; what is withheld or replaced is left out.

What is read has its line in the trace before it is given. Documents that were filed before their results were listed
by examination are listed when somebody first looks.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import TypeVar

from gateway.domain.access import Action, Actor, SpacePart
from gateway.domain.account import Space
from gateway.domain.errors import NotFound, SealBroken
from gateway.domain.examinations import Examination, SpaceObservations, examination_number
from gateway.domain.goals import Goal
from gateway.domain.identity import PatientIdentity
from gateway.domain.observed import written_lines
from gateway.domain.plain_ascii import plain_ascii
from gateway.ports.clock import Clock
from gateway.ports.store import Priority, Store, Tx
from gateway.services.access.permission import allow, traces_refusals
from gateway.services.access.permitted import permitted_document, permitted_observed, permitted_results
from gateway.services.record.long_reads import LongReads
from gateway.services.record.plain_words import plain_words_of
from gateway.services.record.record_queries import FoundResult

T = TypeVar("T")
_AT_ONCE = 20
_NEWEST = 8
"""Results of each examination that a list shows."""
CSV, FHIR = "csv", "fhir"
"""Forms of files."""
PAGE = 40
"""Examinations on a page of the list."""


@dataclass(frozen=True, slots=True, repr=False, kw_only=True)
class ExaminationList:
    """One page of examinations; how many there are in all, and how many are outside their range (E95)."""

    examinations: tuple[Examination, ...]
    has_more: bool
    total: int
    outside: int


@dataclass(frozen=True, slots=True, repr=False)
class ExaminationPage:
    """Some results of one examination, newest first, whether there are older ones, and the goal that a doctor set."""

    examination: Examination
    has_more: bool
    goal: Goal | None = None


@dataclass(frozen=True, slots=True, repr=False)
class TakenExamination:
    """Every result of an examination, newest first; `results` are whole where the form of the file needs them."""

    patient: PatientIdentity
    examination: Examination
    results: tuple[FoundResult, ...]
    at: datetime


class Examinations:
    """Reads the examinations of one space at a time."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._long = LongReads(store)
        self._clock = clock

    @traces_refusals
    async def listed(self, actor: Actor, words: str, page: int, *, only_outside: bool = False) -> ExaminationList:
        """List one page of the examinations whose name has these words, what calls for a look first."""
        now, end, sought = self._clock.now(), page * PAGE, _folded(words).split()

        def look(found: SpaceObservations) -> ExaminationList:
            heads = [head for key in found.keys if (head := found.newest(key)) is not None]
            named = [head for head in heads if _has(head, sought)]
            outside = [head for head in named if head.last.is_outside]
            wanted = sorted(outside if only_outside else named, key=_order)
            shown = (found.examination(head.key, limit=_NEWEST) for head in wanted[end - PAGE : end])
            return ExaminationList(
                examinations=tuple(one for one in shown if one is not None),
                has_more=len(wanted) > end,
                total=len(named),
                outside=len(outside),
            )

        examinations = await self._read(actor, now, look, lambda _: True)
        await self._traced(actor, now, "results.listed", ())
        return examinations

    @traces_refusals
    async def read(self, actor: Actor, number: int, page: int, size: int) -> ExaminationPage:
        """Read one page of an examination, counted from 1. Raises `NotFound`."""
        now, first = self._clock.now(), (page - 1) * size

        def look(found: SpaceObservations) -> ExaminationPage | None:
            shown = next((found.examination(key, first, size) for key in found.keys), None)
            return None if shown is None else ExaminationPage(shown, shown.count > first + size)

        shown = await self._read(actor, now, look, lambda key: examination_number(actor.vault, key) == number)
        if shown is None:
            raise NotFound("this space has no such examination")
        documents = dict.fromkeys(f"document:{point.document:x}" for point in shown.examination.points)
        await self._traced(actor, now, "results.read", tuple(documents))
        return replace(shown, goal=await self._store.read(partial(_goal, actor=actor, number=number)))

    @traces_refusals
    async def taken_away(self, actor: Actor, number: int, form: str) -> TakenExamination:
        """Give every result of an examination, to be written as a file of a `form`. Raises `NotFound`.

        It is an export: a carer reads results and takes none away.
        """
        now, action = self._clock.now(), Action.LIST if actor.is_visitor else Action.EXPORT
        await self._store.read(lambda tx: allow(tx, actor, action, SpacePart.DOCUMENTS, now))

        def look(found: SpaceObservations) -> Examination | None:
            return next((found.examination(key) for key in found.keys), None)

        examination = await self._read(actor, now, look, lambda key: examination_number(actor.vault, key) == number)
        if examination is None:
            raise NotFound("this space has no such examination")
        results = await self._whole(actor, examination, now) if form == FHIR else ()
        documents = dict.fromkeys(f"document:{point.document:x}" for point in examination.points)
        event = actor.event(now, "results.read", objects=tuple(documents), detail=f"{actor.face} {form}")

        def take(tx: Tx) -> PatientIdentity:
            tx.audit.append(actor.vault, event)
            space: Space = tx.spaces.space(actor.vault)
            return space.identity

        return TakenExamination(await self._store.write(take), examination, results, now)

    async def _whole(self, actor: Actor, examination: Examination, at: datetime) -> tuple[FoundResult, ...]:
        """Give the whole results of an examination; each document, which may hold thousands, is read once."""
        points, found = examination.points, dict[tuple[int, int], FoundResult]()
        places: dict[int, list[int]] = {}
        for point in points:
            places.setdefault(point.document, []).append(point.line.index)
        for number, indices in places.items():
            look = partial(_results_at, actor=actor, number=number, indices=indices, at=at)
            found |= await self._long.read(len(indices), look)
        return tuple(found[place] for point in points if (place := (point.document, point.line.index)) in found)

    async def _read(
        self, actor: Actor, at: datetime, look: Callable[[SpaceObservations], T], wanted: Callable[[int], bool]
    ) -> T:
        def read(tx: Tx) -> tuple[T, list[int]]:
            allow(tx, actor, Action.LIST, SpacePart.DOCUMENTS, at)
            documents, missing = permitted_observed(tx, actor, at)
            return look(SpaceObservations(documents, wanted)), missing

        found, missing = await self._store.read(read)
        if not missing:
            return found
        for start in range(0, len(missing), _AT_ONCE):
            fill = partial(_fill, actor=actor, numbers=missing[start : start + _AT_ONCE], at=at)
            await self._store.write(fill, priority=Priority.BULK)
        return (await self._store.read(read))[0]

    async def _traced(self, actor: Actor, at: datetime, action: str, objects: tuple[str, ...]) -> None:
        event = actor.event(at, action, objects=objects, detail=actor.face)
        await self._store.write(lambda tx: tx.audit.append(actor.vault, event))


def _fill(tx: Tx, actor: Actor, numbers: Sequence[int], at: datetime) -> None:
    """List the results of documents by examination, as filing does; what does not open keeps its own place."""
    for number in numbers:
        try:
            document = permitted_document(tx, actor, number, at)
            results = permitted_results(tx, actor, at, number) if document.result_count else ()
        except (NotFound, SealBroken):
            continue  # gone since, or damaged: the store has told of it
        tx.observed.add(actor.vault, document, written_lines(results))


def _goal(tx: Tx, actor: Actor, number: int) -> Goal | None:
    """Give the goal of an examination; a damaged one is none, and the store has told of it."""
    try:
        return tx.goals.get(actor.vault, number)
    except SealBroken:
        return None


def _results_at(
    tx: Tx, actor: Actor, number: int, indices: Sequence[int], at: datetime
) -> dict[tuple[int, int], FoundResult]:
    """Give some whole results of a document; none when it is gone, withheld or damaged since."""
    try:
        document = permitted_document(tx, actor, number, at)
        results = permitted_results(tx, actor, at, number)
    except (NotFound, SealBroken):
        return {}
    return {(number, here): FoundResult(document, here, results[here]) for here in indices if here < len(results)}


def _order(head: Examination) -> tuple[bool, bool, str]:
    return not head.last.is_critical, not head.last.is_outside, _folded(head.label)


def _has(head: Examination, sought: Sequence[str]) -> bool:
    """Say whether all words stand in an examination's name, or in those under which people look for it."""
    if not sought:
        return True
    plain = plain_words_of(head.loinc)
    name = _folded(" ".join((head.label, plain.name, *plain.also) if plain else (head.label,)))
    return all(word in name for word in sought)


def _folded(text: str) -> str:
    return plain_ascii(text).casefold()
