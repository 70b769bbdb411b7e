"""A search over ten thousand documents; its figure stands in `docs/performance.md`."""

import time
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from gateway.domain.access import Audience
from gateway.domain.document_lists import DocumentFilter
from gateway.domain.written_results import NO_RESULTS
from gateway.ports.store import Tx
from tests.builders.patient_site import a_document
from tests.builders.store import NOON, a_space, store_at

DOCUMENTS = 10_000
TEXT = " ".join(f"mot{number % 700} compte rendu de consultation" for number in range(110))[:4096]


@pytest.mark.long
@pytest.mark.timeout(300)
async def test_ten_thousand_documents_are_looked_through_quickly(ram: Path) -> None:
    async with store_at(ram) as at:
        vault = (await a_space(at.store)).vault

        def fill(tx: Tx, start: int) -> None:
            for number in range(start, start + 500):
                document = replace(a_document((), ()), dated=NOON + timedelta(minutes=number))
                tx.documents.add(vault, document, NO_RESULTS)
                tx.document_lists.save_words(vault, document.id, date(2026, 1, 1), "dr leroy\nbilan", TEXT)

        for start in range(0, DOCUMENTS, 500):
            await at.store.write(lambda tx, start=start: fill(tx, start))  # type: ignore[misc]  # a default of its own
        wanted = DocumentFilter(words=("introuvable",))
        spent = []
        for _ in range(5):
            before = time.process_time()
            assert await at.store.read(lambda tx: tx.document_lists.find(vault, Audience.PATIENT, wanted, 31)) == []
            spent.append(time.process_time() - before)
        print(f"search: {1000 * min(spent):.0f} to {1000 * max(spent):.0f} ms of processor time")
        assert min(spent) < 1
