"""``pli documents doubts|settle|release``: the operator decides of single documents, and reads none."""

import asyncio
import json
import re
from dataclasses import replace
from datetime import timedelta

from gateway.config import load_settings
from gateway.core import core, store_paths
from gateway.domain.access import Audience
from gateway.domain.address import MailAddress
from gateway.domain.dossier import FiledDocument
from gateway.domain.space import SpaceState
from gateway.domain.withholdings import DocumentDelay, DocumentHold
from gateway.domain.written_results import NO_RESULTS
from gateway.ports.store import Tx
from gateway.services.access.actors import holder_of
from gateway.services.withholding.document_doubts import DocumentDoubts
from tests.builders.command_line import OPEN, PATIENTS, Gateway
from tests.builders.patient_site import a_document
from tests.builders.store import behind_the_store

ADDRESS = f"{OPEN}@{PATIENTS}"


SPOILT = {"document_hold": "hold", "document_delay": "delay", "document_doubt": "doubt"}


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


async def _withheld_ones(gateway: Gateway) -> list[FiledDocument]:
    """File one that its author presents, three that their patient put off, two that are doubted."""
    hidden = [Audience.PATIENT, Audience.LATER, Audience.LATER, Audience.LATER, Audience.NOBODY, Audience.NOBODY]
    documents = [replace(a_document((), ()), hidden_from=bit) for bit in hidden]
    async with core(load_settings(gateway.config)) as it:
        found = await it.store.read(lambda tx: tx.spaces.resolve(MailAddress.parse(ADDRESS)))
        assert found is not None
        vault, until = found[0], it.clock.now() + timedelta(days=7)

        def file(tx: Tx) -> None:
            for document in documents:
                assert tx.documents.add(vault, document, NO_RESULTS)
            tx.withholdings.save_hold(vault, DocumentHold(document=documents[0].id, until=until, next=until))
            for document in documents[1:4]:
                tx.withholdings.save_delay(vault, DocumentDelay(document=document.id, until=until, kind="biologie"))
            tx.spaces.save(replace(tx.spaces.space(vault), state=SpaceState.ACTIVE))

        await it.store.write(file)
        space = await it.store.read(lambda tx: tx.spaces.space(vault))
        for document in documents[4:]:
            await DocumentDoubts(it.store, it.clock).doubt(holder_of(space, "web"), document.id)
    return documents


def test_number_of_a_document_or_request_is_hexadecimal_in_help(gateway: Gateway) -> None:
    for words, name in ((("documents", "release"), "DOCUMENT"), (("requests", "show"), "REQUEST")):
        assert re.search(rf"{name}\s+<hex>", gateway.run(*words, "--help").out)
    wrong = gateway.run("requests", "show", ADDRESS, "zz")
    assert (wrong.code, "write it in hexadecimal" in wrong.talk) == (2, True)


def test_what_withholds_and_is_damaged_or_gone_is_named_and_ended_by_the_operator(gateway: Gateway) -> None:
    held, put_off, without_day, sound, doubted, without_doubt = asyncio.run(_withheld_ones(gateway))
    paths = store_paths(load_settings(gateway.config))
    for table, one in zip(SPOILT, (held, put_off, doubted), strict=True):
        behind_the_store(paths, f"UPDATE {table} SET record = zeroblob(60) WHERE document = ?", one.id)
    for table, one in (("document_delay", without_day), ("document_doubt", without_doubt)):
        behind_the_store(paths, f"DELETE FROM {table} WHERE document = ?", one.id)
    verified = gateway.run("verify", "--json")
    named = {(one["what"], one["number"]) for one in verified.data["findings"]}
    named_at_all = [(what, f"{one.id:x}") for what, one in (
        ("hold", held), ("delay", put_off), ("delay", without_day), ("doubt", doubted), ("doubt", without_doubt)
    )]  # fmt: skip
    assert (verified.code, named) == (1, set(named_at_all))
    assert "« pli documents release »" in verified.talk
    assert "« pli documents settle »" in verified.talk
    why = "--reason", "ligne abîmée"
    for one in (held, put_off, without_day):
        assert gateway.run("documents", "release", ADDRESS, f"{one.id:x}", *why, "--json").data["released"] is True
    kept = gateway.run("documents", "release", ADDRESS, f"{sound.id:x}", *why)  # its patient's choice, until its day
    assert (kept.code, "waits to be shown" in kept.talk) == (1, True)
    for one, decision in ((doubted, "give-back"), (without_doubt, "keep-aside")):
        words = "documents", "settle", OPEN, f"{one.id:x}", *why, "--decision", decision
        assert gateway.run(*words, "--json").data["decision"] == decision
    assert gateway.run("verify", "--json").data["findings"] == []
    hidden = {row[0]: row[1] for row in behind_the_store(paths, "SELECT document, hidden_from FROM document")}
    assert [hidden[one.id] for one in (held, put_off, without_day, sound, doubted, without_doubt)] == [
        0, 0, 0, Audience.LATER, 0, Audience.EVERYBODY,
    ]  # fmt: skip
