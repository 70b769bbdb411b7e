"""Queries of applications that hold a patient's token: documents and results, page by page.

What leaves has its line in the trace before. A program's reading is not the patient's: nothing is marked as seen.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from gateway.domain.access import Actor
from gateway.domain.account import Space
from gateway.domain.document import LabResult
from gateway.domain.dossier import FiledDocument
from gateway.domain.errors import NotFound, SealBroken
from gateway.domain.identity import PatientIdentity
from gateway.ports.clock import Clock
from gateway.ports.store import Store, Tx
from gateway.services.access.permission import traces_refusals
from gateway.services.access.permitted import (
    permitted_counts,
    permitted_document,
    permitted_documents,
    permitted_results,
)
from gateway.services.record.long_reads import LongReads

ResultTest = Callable[[LabResult], bool]


@dataclass(frozen=True, slots=True)
class Window:
    """Which part of a list is wanted."""

    offset: int
    count: int


@dataclass(frozen=True, slots=True, repr=False)
class FoundDocuments:
    """One part of a list of documents, newest first; how many there are in all, and damaged ones in this part."""

    patient: PatientIdentity
    documents: tuple[FiledDocument, ...]
    total: int
    damaged: int = 0


@dataclass(frozen=True, slots=True, repr=False)
class FoundResult:
    """One result: the document it stands in, its place there, counted from 0, and those of the results under it."""

    document: FiledDocument
    index: int
    result: LabResult
    members: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, repr=False)
class FoundResults:
    """One part of a list of results, newest document first, how many there are in all, and damaged documents."""

    patient: PatientIdentity
    results: tuple[FoundResult, ...]
    total: int
    damaged: int = 0


class RecordQueries:
    """Reads one space at a time for a program."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._long = LongReads(store)
        self._clock = clock

    @traces_refusals
    async def documents(self, actor: Actor, window: Window) -> FoundDocuments:
        """List documents."""
        now = self._clock.now()

        def look(tx: Tx) -> FoundDocuments:
            found = permitted_documents(tx, actor, now, limit=window.offset + window.count)[window.offset :]
            _trace(tx, actor, now, "documents.listed", [document.id for document in found])
            total = sum(permitted_counts(tx, actor, now).values())
            sound = tuple(document for document in found if not document.is_damaged)
            return FoundDocuments(_patient(tx, actor), sound, total, len(found) - len(sound))

        return await self._store.write(look)

    @traces_refusals
    async def document(self, actor: Actor, number: int) -> FoundDocuments:
        """Read one document. Raises `NotFound`."""
        now = self._clock.now()

        def look(tx: Tx) -> FoundDocuments:
            found = permitted_document(tx, actor, number, now)
            _trace(tx, actor, now, "document.read", [number])
            return FoundDocuments(_patient(tx, actor), (found,), 1)

        return await self._store.write(look)

    @traces_refusals
    async def results(self, actor: Actor, window: Window, wanted: ResultTest | None = None) -> FoundResults:
        """List results, all or those that pass a test."""
        now = self._clock.now()
        patient, documents = await self._store.read(
            lambda tx: (_patient(tx, actor), permitted_documents(tx, actor, now))
        )
        found: list[FoundResult] = []
        total, damaged = 0, set[int]()
        # One document at a time: a record of ten years holds thousands of results, and others read meanwhile.
        for document in documents:
            part = Window(max(window.offset - total, 0), window.offset + window.count - max(total, window.offset))
            counted = document.result_count if wanted is None else 0
            try:
                if document.is_damaged or not document.result_count:
                    damaged |= {document.id} if document.is_damaged else set()
                elif wanted is not None or (part.offset < counted and part.count > 0):
                    look = partial(_results_in, actor=actor, document=document, at=now, part=part, wanted=wanted)
                    shown, counted = await self._long.read(document.result_count, look)
                    found += shown
            except SealBroken:
                damaged.add(document.id)
            except NotFound:
                counted = 0  # gone since it was listed
            total += counted
        numbers = list(dict.fromkeys(one.document.id for one in found))
        await self._store.write(lambda tx: _trace(tx, actor, now, "results.read", numbers))
        return FoundResults(patient, tuple(found), total, len(damaged))

    @traces_refusals
    async def result(self, actor: Actor, number: int, index: int) -> FoundResults:
        """Read one result. Raises `NotFound`."""
        now = self._clock.now()

        def look(tx: Tx) -> FoundResults:
            document, results = _with_results(tx, actor, number, now)
            if not 0 <= index < len(results):
                raise NotFound("this document has no such result")
            _trace(tx, actor, now, "results.read", [number])
            return FoundResults(_patient(tx, actor), (found_result(document, index, results),), 1)

        return await self._store.write(look)


def found_result(document: FiledDocument, index: int, results: Sequence[LabResult]) -> FoundResult:
    """Give one result of a document with its place, and those under it."""
    result = results[index]
    members = range(index + 1, len(results)) if result.is_head else ()
    return FoundResult(
        document, index, result, tuple(place for place in members if results[place].family == result.family)
    )


def _trace(tx: Tx, actor: Actor, at: datetime, action: str, numbers: Sequence[int]) -> None:
    objects = tuple(f"document:{number:x}" for number in numbers)
    tx.audit.append(actor.vault, actor.event(at, action, objects=objects, detail=actor.face))


def _with_results(tx: Tx, actor: Actor, number: int, at: datetime) -> tuple[FiledDocument, list[LabResult]]:
    document = permitted_document(tx, actor, number, at)
    return document, permitted_results(tx, actor, at, number)


def _patient(tx: Tx, actor: Actor) -> PatientIdentity:
    space: Space = tx.spaces.space(actor.vault)
    return space.identity


def _results_in(
    tx: Tx, actor: Actor, document: FiledDocument, at: datetime, part: Window, wanted: ResultTest | None
) -> tuple[list[FoundResult], int]:
    """Give those results of a document that a window shows, and how many pass the test."""
    results = permitted_results(tx, actor, at, document.id)
    passed = [index for index, result in enumerate(results) if wanted is None or wanted(result)]
    shown = passed[part.offset : part.offset + max(part.count, 0)]
    current = permitted_document(tx, actor, document.id, at) if shown else document
    return [found_result(current, index, results) for index in shown], len(passed)
