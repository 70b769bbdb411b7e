"""An archive is taken back (E83): whole and equal where an operator vouches for it, marked where none does."""

import hashlib
import io
import zipfile
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeAlias

import orjson
import pytest

from gateway.domain.access import Audience
from gateway.domain.account import Space
from gateway.domain.address import MailAddress
from gateway.domain.care_history import CareAct, CareKind, CareLine
from gateway.domain.document_lists import DocumentChoice, DocumentFolder
from gateway.domain.errors import ArchiveRefused, Conflict, LimitExceeded, MalformedContent
from gateway.domain.examinations import SpaceObservations, examination_number
from gateway.domain.exchange import Exchange, ExchangeState
from gateway.domain.fingerprints import plain_fingerprint
from gateway.domain.goals import Goal
from gateway.domain.identity import DEMO_OIDS, BirthDate
from gateway.domain.mandates import NamedPerson
from gateway.domain.patient_choices import EmergencyConsent, PartyChoice, PartyStanding, PatientChoices
from gateway.domain.profile import ProfileSection
from gateway.domain.readable import ReadableText, readable_to_json
from gateway.domain.rights_requests import (
    AskedPerson,
    Relation,
    RequestKind,
    RequestState,
    RightsRequest,
    request_clocks,
)
from gateway.domain.space import SpaceEvent, SpaceState
from gateway.ports.store import Priority, Tx
from gateway.services.access.actors import operator_of
from gateway.services.export.exported import SUBJECTS
from gateway.services.export.signing import fingerprint_of, signing_key
from gateway.services.restoring.restored_requests import NOT_MOVED
from gateway.services.restoring.restoring import ArchiveRestoring, Restored
from gateway.services.space.erasure import Erasure
from gateway.services.space.provisioning import Provisioning
from gateway.store.sql_store import SqlStore
from tests.builders.agenda import an_entry
from tests.builders.archives import archive_of, files_of, manifest_of
from tests.builders.clinical import a_result
from tests.builders.letters import a_letter
from tests.builders.passkeys import SESSION, a_session
from tests.builders.patient_site import CLAIRE, PatientSite, patient_site
from tests.builders.pdfs import a_pdf
from tests.builders.store import NOON
from webmail.messages.model import ConversationSummary

LETTER = a_letter(CLAIRE)
EXECUTABLE = b"MZ" + bytes(58) + b"\x40\0\0\0PE\0\0" + bytes(200)
SCRIPTED = a_pdf("Ordonnance").replace(b"/Type/Catalog", b"/Type/Catalog/OpenAction<</S/JavaScript/JS(app.alert(1))>>")
WORDS = readable_to_json(ReadableText(("Le cholestérol a baissé.",)))
Write: TypeAlias = Callable[[Tx], object]
Left: TypeAlias = Iterator[int]
CARRIED = ("documents/", "messages/", "profil/", "mesures/", "agenda/", "fhir/")


_CLAIRE = PartyChoice(
    number=7, names=frozenset({"mail:claire@medecin.example", "rpps:10001234567"}), label="Dr Claire Martin",
    standing=PartyStanding.BLOCKED, since=NOON, shown=frozenset({1}), hidden=frozenset({2, 3}),
)  # fmt: skip
ASKED = RightsRequest(
    number=1 << 61 | 9, kind=RequestKind.DOCTOR, state=RequestState.WAITING, asked_at=NOON, asked_by="Camille",
    to="Dr Claire Martin", to_address="claire@medecin.example", words="Mes comptes rendus.",
    clocks=request_clocks(NOON, older=True), next=NOON + timedelta(days=3),
)  # fmt: skip
OF_A_MOTHER = replace(
    ASKED, number=1 << 61 | 10, kind=RequestKind.ACCESS, clocks=None, next=None, relation=Relation.HEIR,
    about=AskedPerson(named=NamedPerson("Lune", "Ada", BirthDate(1950, 0, 0)), number="250017512345678"),
    state=RequestState.REFUSED, ended_at=NOON, answer="Non.",
)  # fmt: skip
DELAYS = (("biologie", 7), ("imagerie", 3))
CHOICES = PatientChoices(parties=(_CLAIRE,), emergency=frozenset(EmergencyConsent))


@pytest.fixture
async def site(ram: Path) -> AsyncIterator[PatientSite]:
    """Camille has something of every kind."""
    async with patient_site(ram / "one") as opened:
        store, vault = opened.at.store, opened.camille.vault
        await a_session(opened, opened.camille, SESSION)
        mid = await opened.receive(LETTER)
        document = await opened.file([a_result()], words=WORDS, mid=mid, seen=True)
        hidden = await opened.file(hidden_from=Audience.PROFESSIONALS)
        await opened.write_allergy("Pénicilline")
        await opened.write_weight()
        await an_entry(opened)

        act = CareAct(id=5, kind=CareKind.VISIT, day=NOON.date(), lines=(CareLine("Visite"),), told_at=NOON)

        aimed = Goal(low=None, high=Decimal("1.80"), unit="g/L", set_by="Dr Claire Martin", set_on=NOON.date())

        def choose(tx: Tx) -> None:
            for key in SpaceObservations(tx.observed.all_of(vault, Audience.NOBODY)[0]).keys:
                tx.goals.save(vault, examination_number(vault, key), aimed)
            tx.care_acts.put(vault, act)
            tx.patient_choices.put(vault, CHOICES)
            tx.rights_requests.save(vault, ASKED)
            tx.rights_requests.save(vault, OF_A_MOTHER)
            space = tx.spaces.space(vault)
            tx.spaces.save(replace(space, hides_care=True, hides_documents=True, delays=DELAYS))
            tx.document_lists.save_folder(vault, DocumentFolder(7, "Cœur"))
            tx.document_lists.choose(vault, document.id, DocumentChoice(title="Mon bilan", pinned=True, folder=7))
            tx.document_lists.choose(vault, hidden.id, DocumentChoice(day=date(2026, 2, 1)))
            tx.exchanges.put(vault, Exchange(MailAddress.parse("fini@medecin.example"), ExchangeState.ENDED, "Fini"))

        await store.write(choose)
        yield opened


@pytest.fixture
async def other(ram: Path) -> AsyncIterator[PatientSite]:
    """Another operator, with keys of their own."""
    async with patient_site(ram / "two") as opened:
        yield opened


def restoring(at: PatientSite, *trusted: PatientSite, room: int = 5_000_000_000) -> ArchiveRestoring:
    keys = {plain_fingerprint(fingerprint_of(signing_key(one.at.store).public_key())) for one in (at, *trusted)}
    provisioning = Provisioning(at.at.store, at.at.clock, at.camille.address.domain, DEMO_OIDS)
    return ArchiveRestoring(at.at.store, at.at.blobs, at.at.clock, provisioning, keys, room)


async def restored(
    archive: bytes, at: PatientSite, *trusted: PatientSite, into: str | None = None, erased_too: bool = False
) -> Restored:
    return await restoring(at, *trusted).restore(io.BytesIO(archive), into, erased_too=erased_too)


async def activated(at: PatientSite, space: Space) -> PatientSite:
    """Let the holder of a space that was made activate it, and sign in."""
    active = replace(await at.at.store.read(lambda tx: tx.spaces.space(space.vault)), state=SpaceState.ACTIVE)
    await at.at.store.write(lambda tx: tx.spaces.save(active))
    there = replace(at, camille=active)
    await a_session(there, active, SESSION)
    return there


def carried(archive: bytes) -> dict[str, object]:
    """Give the files that say what the space holds, by their hashes, but for who keeps it and the log."""
    files = manifest_of(files_of(archive))["files"]
    return {
        name: said["sha256"]
        for name, said in files.items()
        if name.startswith(CARRIED) and name != "profil/espace.json"
    }


# ---------------------------------------------------------------- elsewhere and back


def test_every_subject_of_an_archive_is_taken_back_or_follows_from_the_rest() -> None:
    taken = {
        "Documents", "Classement des documents", "Messages", "Identité et choix", "Profil médical", "Mesures",
        "Historique de soins", "Agenda", "Journal", "Confidentialité",
        "Demandes", "Objectifs des examens",
    }  # fmt: skip
    follows = {"Pour un logiciel"}
    assert {subject.title for subject in SUBJECTS} == taken | follows, "add it to gateway/services/restoring as well"


async def test_request_between_two_persons_that_waits_does_not_move(site: PatientSite, other: PatientSite) -> None:
    waits = replace(OF_A_MOTHER, state=RequestState.WAITING, ended_at=None, answer="")
    await site.at.store.write(lambda tx: tx.rights_requests.save(site.camille.vault, waits))
    vault = (await restored(await archive_of(site), other, site)).space.vault
    kept = await other.at.store.read(lambda tx: tx.rights_requests.get(vault, waits.number))
    assert kept is not None
    assert (kept.state, kept.answer) == (RequestState.WITHDRAWN, NOT_MOVED)


async def test_space_moves_elsewhere_and_back_equal_by_hash(site: PatientSite, other: PatientSite) -> None:
    archive = await archive_of(site)
    first = await restored(archive, other, site)
    assert (first.is_new, first.is_trusted, first.lacking) == (True, True, 0)
    assert first.space.state is SpaceState.CREATED
    assert (first.space.hides_care, first.space.hides_documents, first.space.delays) == (True, True, DELAYS)
    assert await other.at.store.read(lambda tx: tx.patient_choices.get(first.space.vault)) == CHOICES
    kept = await other.at.store.read(lambda tx: tx.rights_requests.all_of(first.space.vault))
    assert sorted(kept, key=lambda one: one.number) == [ASKED, OF_A_MOTHER]
    there = await activated(other, first.space)
    again = await archive_of(there)
    before, after = carried(archive), carried(again)
    log = {name for name in after if "_journal-tenu-par-pli-example_" in name}
    assert log
    assert {name: digest for name, digest in after.items() if name not in log and name[:5] != "fhir/"} == {
        name: digest for name, digest in before.items() if name[:5] != "fhir/"
    }
    log_kept = files_of(again)[next(name for name in log if name.endswith("/original.txt"))]
    assert log_kept == files_of(archive)["journal/journal.jsonl"]

    await Erasure(site.at.store, site.at.clock).erase(
        site.camille.vault, "essai", operator_of(site.camille.vault), event=SpaceEvent.ERASURE_REQUESTED
    )
    back = await activated(site, (await restored(again, site, other, erased_too=True)).space)
    home = carried(await archive_of(back))
    assert {name: home.get(name) for name in after if name[:5] != "fhir/"} == {
        name: digest for name, digest in after.items() if name[:5] != "fhir/"
    }


async def test_second_run_doubles_nothing(site: PatientSite, other: PatientSite) -> None:
    archive = await archive_of(site)
    first = await restored(archive, other, site)
    second = await restored(archive, other, site)
    assert (second.is_new, sum(second.added.values())) == (False, 0)
    assert sum(second.there.values()) == sum(first.added.values())
    assert len(await other.trace("archive.restored", first.space.vault)) == 1


async def test_run_that_was_killed_anywhere_is_ended_by_the_next(
    site: PatientSite, other: PatientSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive = await archive_of(site)
    write = SqlStore.write
    for allowed in (2, 1, 3, 1):
        left = iter(range(allowed))

        async def killed(
            store: SqlStore, fn: Write, *, priority: Priority = Priority.MAIL, left: Left = left
        ) -> object:
            if next(left, None) is None:
                raise KeyboardInterrupt
            return await write(store, fn, priority=priority)

        with monkeypatch.context() as patch:
            patch.setattr(SqlStore, "write", killed)
            with pytest.raises(KeyboardInterrupt):
                await restored(archive, other, site)
    last = await restored(archive, other, site)
    there = await activated(other, last.space)
    before, after = carried(archive), carried(await archive_of(there))
    assert {name: after.get(name) for name in before if name[:5] != "fhir/"} == {
        name: digest for name, digest in before.items() if name[:5] != "fhir/"
    }
    assert sum(name.endswith(".eml") for name in after) == 1


async def test_archive_of_ones_own_operator_brings_back_what_is_gone(site: PatientSite) -> None:
    archive = await archive_of(site)
    document = (await site.at.store.read(lambda tx: tx.documents.numbers(site.camille.vault, Audience.NOBODY)))[0]
    await site.at.store.write(lambda tx: tx.documents.take_away(site.camille.vault, document))
    done = await restored(archive, site)
    assert (done.is_new, dict(done.added)) == (False, {"documents": 1, "log": 1})


# ---------------------------------------------------------------- not believed


def rewritten(archive: bytes, change: Callable[[dict[str, bytes]], None]) -> bytes:
    files = files_of(archive)
    change(files)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name, data in files.items():
            made.writestr(name, data)
    return out.getvalue()


def _unsigned(files: dict[str, bytes]) -> None:
    del files["manifest.sig"]


def _forged(files: dict[str, bytes]) -> None:
    name = next(name for name in files if name.endswith("original.xml"))
    files[name] += b" "


def _added_to(files: dict[str, bytes]) -> None:
    files["documents/plus.txt"] = b"de plus"


def _signed_by_nobody(files: dict[str, bytes]) -> None:
    files["manifest.sig"] = bytes(64)


def _bad_manifest(files: dict[str, bytes]) -> None:
    files["manifest.json"] = b"[" * 100_000


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (_unsigned, "is not signed"),
        (_bad_manifest, "is not signed"),
        (_forged, "1 of its files"),
        (_added_to, "1 of its files"),
        (_signed_by_nobody, "signature is of another key"),
    ],
)
async def test_what_no_operator_vouches_for_is_told_and_not_taken(
    site: PatientSite, change: Callable[[dict[str, bytes]], None], why: str
) -> None:
    archive = rewritten(await archive_of(site), change)
    with pytest.raises(ArchiveRefused, match=why):
        await restored(archive, site)
    assert await site.trace("document.restored") == []


async def test_archive_of_an_operator_who_is_not_trusted_names_the_key(site: PatientSite, other: PatientSite) -> None:
    archive = await archive_of(site)
    with pytest.raises(ArchiveRefused, match=fingerprint_of(signing_key(site.at.store).public_key())):
        await restored(archive, other)


async def test_archive_of_somebody_else_is_not_taken(site: PatientSite) -> None:
    archive = await archive_of(site)
    for one in (archive, rewritten(archive, _unsigned)):
        with pytest.raises(ArchiveRefused, match="of somebody else"):
            await restored(one, site, into=str(site.louis.address))
    assert site.at.behind_its_back("SELECT 1 FROM document WHERE vault = ?", site.louis.vault) == []


@pytest.mark.parametrize("length", [0, 21, 3000, -1, -30])
async def test_archive_that_is_cut_is_told_and_not_taken(site: PatientSite, length: int) -> None:
    archive = (await archive_of(site))[:length]
    with pytest.raises(MalformedContent, match="cut"):
        await restored(archive, site, into=str(site.camille.address))
    assert await site.trace("document.restored") == []


async def test_what_is_not_believed_arrives_as_imported_and_of_no_verified_identity(site: PatientSite) -> None:
    archive = rewritten(await archive_of(site), _forged)
    address, vault = str(site.camille.address), site.camille.vault
    done = await restored(archive, site, into=address)
    assert not done.is_trusted
    documents = await site.at.store.read(lambda tx: tx.documents.all_of(vault, Audience.NOBODY))
    imported = [one for one in documents if one.is_imported]
    assert len(imported) == len(documents) - 2 == done.added["documents"] + done.added["files"] + done.added["log"]
    assert all("importé, identité non vérifiée" in one.entry.title for one in imported)
    assert not any(one.identity_verified or one.result_count or one.sender for one in imported)
    allergies = await site.at.store.read(lambda tx: tx.profile.newest(vault, ProfileSection.ALLERGIES))
    assert len(allergies) == 1  # what the archive says of allergies is a file to read
    details = [one.correspondent.detail for one in await threads(site)]
    assert details.count("Importé, identité non vérifiée") == 1
    assert sum((await restored(archive, site, into=address)).added.values()) == 0


def changed_sheet(archive: bytes, end: str, change: Callable[[dict[str, Any]], None]) -> bytes:  # Any: JSON
    """Give the archive with another sheet; nobody vouches for it any more."""

    def change_it(files: dict[str, bytes]) -> None:
        name = next(name for name in files if name.endswith(end))
        sheet = orjson.loads(files[name])
        change(sheet)
        files[name] = orjson.dumps(sheet)

    return rewritten(archive, change_it)


def _named_as_our_sheet(sheet: dict[str, Any]) -> None:
    sheet["files"][0] |= {"which": "pli", "type": "application/json"}


def _named_twice(sheet: dict[str, Any]) -> None:
    sheet["files"] += sheet["files"][:1]


def _of_no_zone(sheet: dict[str, Any]) -> None:
    sheet["messages"][0]["at"] = "2026-01-01T00:00:00"


@pytest.mark.parametrize(
    ("end", "change", "why"),
    [
        ("/pli.json", _named_as_our_sheet, "files that no document has"),
        ("/pli.json", _named_twice, "files that no document has"),
        ("/conversation.json", _of_no_zone, "cannot be read"),
    ],
)
async def test_sheet_that_would_spoil_what_comes_after_is_refused(
    site: PatientSite, end: str, change: Callable[[dict[str, Any]], None], why: str
) -> None:
    archive = changed_sheet(await archive_of(site), end, change)
    with pytest.raises(MalformedContent, match=why):
        await restored(archive, site, into=str(site.camille.address))
    assert await site.trace("document.restored") == await site.trace("message.restored") == []
    assert "manifest.sig" in files_of(await archive_of(site))


def signed_again(archive: bytes, name: str, change: Callable[[Any], object], site: PatientSite) -> bytes:  # Any: JSON
    """Give the archive with another sheet, for which its operator vouches all the same."""

    def change_it(files: dict[str, bytes]) -> None:
        sheet, manifest = orjson.loads(files[name]), orjson.loads(files["manifest.json"])
        change(sheet)
        files[name] = orjson.dumps(sheet)
        manifest["files"][name] = {"size": len(files[name]), "sha256": hashlib.sha256(files[name]).hexdigest()}
        files["manifest.json"] = orjson.dumps(manifest)
        files["manifest.sig"] = signing_key(site.at.store).sign(files["manifest.json"])

    return rewritten(archive, change_it)


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("agenda/agenda.json", lambda sheet: sheet["entries"][0].update(start="hier")),
        ("documents/classement.json", lambda sheet: sheet["choices"].update(zut=sheet["choices"].popitem()[1])),
        ("messages/correspondants.json", lambda sheet: sheet[0].update(address="personne")),
        ("profil/allergies.json", lambda sheet: sheet.update(section="humeur")),
        ("profil/demandes.json", lambda sheet: sheet[0].update(next="2026-04-05T12:00:00")),
        ("profil/demandes.json", lambda sheet: sheet[0].update(number=-1)),
    ],
)
async def test_bad_sheet_of_a_trusted_archive_makes_no_space_and_takes_nothing(
    site: PatientSite, other: PatientSite, name: str, change: Callable[[Any], object]
) -> None:
    archive = await archive_of(site)
    with pytest.raises(MalformedContent, match="archive"):
        await restored(signed_again(archive, name, change, site), other, site)
    assert (await restored(archive, other, site)).is_new


def _bearing_programs(files: dict[str, bytes]) -> None:
    sheets = [name for name in files if name.endswith("/pli.json")]
    for name, data in zip(sheets, (EXECUTABLE, SCRIPTED), strict=False):
        files[orjson.loads(files[name])["files"][0]["name"]] = data
    (letter,) = [name for name in files if name.endswith(".eml")]
    files[letter] = a_letter(CLAIRE, files=(("bilan.pdf", EXECUTABLE),))
    files["profil/vie.json"] = EXECUTABLE


async def test_program_in_what_nobody_vouches_for_is_left_out_and_the_rest_is_taken(site: PatientSite) -> None:
    archive, address = await archive_of(site), str(site.camille.address)
    done = await restored(rewritten(archive, _bearing_programs), site, into=address)
    assert done.refused == 4
    assert done.added["documents"] == done.added["messages"] == 0
    assert done.added["files"] > 3
    documents = await site.at.store.read(lambda tx: tx.documents.all_of(site.camille.vault, Audience.NOBODY))
    blobs = [file.blob for one in documents if one.is_imported for file in one.files]
    keys = await site.at.store.read(lambda tx: [tx.blobs.open(site.camille.vault, blob) for blob in blobs])
    held = [site.at.blobs.read(key) for key in keys]
    assert not any(data.startswith(b"MZ") or b"/JavaScript" in data for data in held)


async def test_what_is_taken_back_takes_of_the_room_of_its_space(site: PatientSite) -> None:
    archive, address = rewritten(await archive_of(site), _forged), str(site.camille.address)
    with pytest.raises(LimitExceeded, match="max_added_bytes"):
        await restoring(site, room=1).restore(io.BytesIO(archive), address)
    await restored(archive, site, into=address)
    documents = await site.at.store.read(lambda tx: tx.documents.all_of(site.camille.vault, Audience.NOBODY))
    own = [one for one in documents if one.is_own]
    space = await site.at.store.read(lambda tx: tx.spaces.space(site.camille.vault))
    assert space.added_bytes == sum(file.size for one in own for file in one.files) > 1_000


async def test_message_of_odd_headers_and_of_a_day_to_come_is_taken_and_stands_in_its_place(site: PatientSite) -> None:
    def change(sheet: dict[str, Any]) -> None:
        said = sheet["messages"][0]
        said |= {"at": "9999-12-31T23:59:59.999999Z", "only_words": True}
        said["card"] |= {"sender": "<@", "message_id": "<é\n@x>", "subject": "\u202eécrit"}

    archive = changed_sheet(await archive_of(site), "/conversation.json", change)
    done = await restored(archive, site, into=str(site.camille.address))
    assert done.added["messages"] == 1
    newest = (await threads(site))[0]
    assert newest.correspondent.detail == "Importé, identité non vérifiée"
    assert newest.at <= site.at.clock.now()
    assert sum((await restored(archive, site, into=str(site.camille.address))).added.values()) == 0


async def test_nothing_goes_into_a_space_that_is_closed_meanwhile(
    site: PatientSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive = await archive_of(site)
    write, left = SqlStore.write, iter(range(2))
    closed = replace(await site.at.store.read(lambda tx: tx.spaces.space(site.camille.vault)), state=SpaceState.CLOSED)

    async def closing(store: SqlStore, fn: Write, *, priority: Priority = Priority.MAIL) -> object:
        if next(left, None) is None:
            await write(store, lambda tx: tx.spaces.save(closed))
        return await write(store, fn, priority=priority)

    forged = rewritten(archive, _forged)
    monkeypatch.setattr(SqlStore, "write", closing)
    with pytest.raises(Conflict, match="is closed: nothing more"):
        await restored(forged, site, into=str(site.camille.address))
    assert len(await site.trace("document.restored")) + len(await site.trace("message.restored")) == 2


async def threads(site: PatientSite) -> Sequence[ConversationSummary]:
    return (await site.pages.conversations(site.actor)).items
