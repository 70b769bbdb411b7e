"""``pli documents doubts|settle|release``: the operator decides of single documents, and reads none."""

import asyncio
import json
from dataclasses import replace
from datetime import timedelta

from gateway.config import load_settings
from gateway.core import core
from gateway.domain.access import Audience
from gateway.domain.address import MailAddress
from gateway.domain.dossier import FiledDocument
from gateway.domain.space import SpaceState
from gateway.domain.withholdings import DocumentHold
from gateway.domain.written_results import NO_RESULTS
from gateway.ports.store import Tx
from gateway.services.access.actors import holder_of
from gateway.services.withholding.document_doubts import DocumentDoubts
from tests.builders.command_line import OPEN, PATIENTS, Gateway
from tests.builders.patient_site import a_document

ADDRESS = f"{OPEN}@{PATIENTS}"


async def _three_documents(gateway: Gateway) -> tuple[FiledDocument, FiledDocument, FiledDocument]:
    """File one that is doubted, one that its author presents first, and one that was so before days were kept."""
    doubted = a_document((), ())
    held, before = (replace(a_document((), ()), hidden_from=Audience.PATIENT) for _ in range(2))
    async with core(load_settings(gateway.config)) as it:
        found = await it.store.read(lambda tx: tx.spaces.resolve(MailAddress.parse(ADDRESS)))
        assert found is not None
        vault, until = found[0], it.clock.now() + timedelta(days=7)

        def file(tx: Tx) -> None:
            for document in (doubted, held, before):
                assert tx.documents.add(vault, document, NO_RESULTS)
            tx.withholdings.save_hold(vault, DocumentHold(document=held.id, until=until, next=until))
            # Only who has an active space doubts: the state does not matter to the commands.
            tx.spaces.save(replace(tx.spaces.space(vault), state=SpaceState.ACTIVE))

        await it.store.write(file)
        space = await it.store.read(lambda tx: tx.spaces.space(vault))
        await DocumentDoubts(it.store, it.clock).doubt(holder_of(space, "web"), doubted.id)
    return doubted, held, before


def test_doubts_are_listed_and_decided_and_announced_documents_released(gateway: Gateway) -> None:
    assert gateway.run("documents", "doubts").talk == "nobody doubts a document\n"
    doubted, held, before = asyncio.run(_three_documents(gateway))
    (line,) = gateway.run("documents", "doubts", "--json").out.splitlines()
    told = json.loads(line)
    assert (told["address"], told["document"], told["sender"]) == (ADDRESS, f"{doubted.id:x}", doubted.sender)
    assert doubted.entry.title not in line
    assert "! 1 document is doubted by its patient: « pli documents doubts »" in gateway.run("doctor").out
    words = "documents", "settle", OPEN, f"{doubted.id:x}", "--reason", "vu avec le laboratoire"
    settled = gateway.run(*words, "--decision", "give-back", "--json")
    assert settled.data == {"address": ADDRESS, "document": f"{doubted.id:x}", "decision": "give-back"}
    again = gateway.run(*words, "--decision", "keep-aside")
    assert (again.code, "there is no open doubt" in again.talk) == (1, True)
    release = "documents", "release", ADDRESS, f"{held.id:x}", "--reason", "consultation du 2 mars"
    assert gateway.run(*release, "--json").data["released"] is True
    late = gateway.run(*release)
    assert (late.code, "waits to be shown" in late.talk) == (1, True)
    earlier = "documents", "release", ADDRESS, f"{before.id:x}", "--reason", "consultation de 2025"
    assert gateway.run(*earlier, "--json").data["released"] is True
    assert gateway.run(*earlier).code == 1
