"""Queries of applications that hold a patient's token: documents and results, page by page.

What leaves is read in the transaction that writes the trace. A program's reading is not the patient's: nothing
is marked as seen.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from gateway.domain.access import Audience
from gateway.domain.account import Space
from gateway.domain.audit import AuditEvent
from gateway.domain.document import LabResult
from gateway.domain.dossier import FiledDocument
from gateway.domain.errors import NotFound
from gateway.domain.identity import PatientIdentity
from gateway.domain.mailbox import VaultId
from gateway.ports.clock import Clock
from gateway.ports.store import Store, Tx

ResultTest = Callable[[LabResult], bool]
_WHO = Audience.PATIENT


@dataclass(frozen=True, slots=True)
class Window:
    """Which part of a list is wanted."""

    offset: int
    count: int


@dataclass(frozen=True, slots=True, repr=False)
class FoundDocuments:
    """One part of a list of documents, newest first, and how many there are in all."""

    patient: PatientIdentity
    documents: tuple[FiledDocument, ...]
    total: int


@dataclass(frozen=True, slots=True, repr=False)
class FoundResult:
    """One result: the document it stands in, and its place there, counted from 0."""

    document: FiledDocument
    index: int
    result: LabResult


@dataclass(frozen=True, slots=True, repr=False)
class FoundResults:
    """One part of a list of results, newest document first, and how many there are in all."""

    patient: PatientIdentity
    results: tuple[FoundResult, ...]
    total: int


class RecordQueries:
    """Reads one space at a time for a program."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    async def documents(self, vault: VaultId, window: Window) -> FoundDocuments:
        """List documents."""
        def look(tx: Tx) -> FoundDocuments:
            found = tx.documents.all_of(vault, _WHO, None, window.offset + window.count)[window.offset :]
            self._trace(tx, vault, "documents.listed", [document.id for document in found])
            return FoundDocuments(_patient(tx, vault), tuple(found), sum(tx.documents.counts(vault, _WHO).values()))

        return await self._store.write(look)

    async def document(self, vault: VaultId, number: int) -> FoundDocuments:
        """Read one document. Raises `NotFound`."""
        def look(tx: Tx) -> FoundDocuments:
            found = tx.documents.get(vault, _WHO, number)
            self._trace(tx, vault, "document.read", [number])
            return FoundDocuments(_patient(tx, vault), (found,), 1)

        return await self._store.write(look)

    async def results(self, vault: VaultId, window: Window, wanted: ResultTest | None = None) -> FoundResults:
        """List results, all or those that pass a test."""
        places, total = await self._store.read(lambda tx: _places(tx, vault, window, wanted))

        def look(tx: Tx) -> FoundResults:
            found: list[FoundResult] = []
            for number, indexes in places:
                document, results = tx.documents.get(vault, _WHO, number), tx.documents.results(vault, _WHO, number)
                found += [FoundResult(document, index, results[index]) for index in indexes]
            self._trace(tx, vault, "results.read", [number for number, _ in places])
            return FoundResults(_patient(tx, vault), tuple(found), total)

        return await self._store.write(look)

    async def result(self, vault: VaultId, number: int, index: int) -> FoundResults:
        """Read one result. Raises `NotFound`."""
        def look(tx: Tx) -> FoundResults:
            document, results = tx.documents.get(vault, _WHO, number), tx.documents.results(vault, _WHO, number)
            if not 0 <= index < len(results):
                raise NotFound("this document has no such result")
            self._trace(tx, vault, "results.read", [number])
            return FoundResults(_patient(tx, vault), (FoundResult(document, index, results[index]),), 1)

        return await self._store.write(look)

    def _trace(self, tx: Tx, vault: VaultId, action: str, numbers: Sequence[int]) -> None:
        objects = tuple(f"document:{number:x}" for number in numbers)
        tx.audit.append(vault, AuditEvent(self._clock.now(), "patient", action, "ok", objects, "fhir"))


def _patient(tx: Tx, vault: VaultId) -> PatientIdentity:
    space: Space = tx.spaces.space(vault)
    return space.identity


def _places(
    tx: Tx, vault: VaultId, window: Window, wanted: ResultTest | None
) -> tuple[list[tuple[int, list[int]]], int]:
    """Say where the results of a window stand, as (document, indexes), and how many results there are in all."""
    places: list[tuple[int, list[int]]] = []
    total = 0
    for document in tx.documents.all_of(vault, _WHO):
        every = list(_indexes(tx, vault, document, wanted))
        start, end = max(window.offset - total, 0), max(window.offset + window.count - total, 0)
        if every[start:end]:
            places.append((document.id, every[start:end]))
        total += len(every)
    return places, total


def _indexes(tx: Tx, vault: VaultId, document: FiledDocument, wanted: ResultTest | None) -> Iterator[int]:
    if wanted is None or not document.result_count:
        # How many there are is known without opening them.
        yield from range(document.result_count)
        return
    for index, result in enumerate(tx.documents.results(vault, _WHO, document.id)):
        if wanted(result):
            yield index
