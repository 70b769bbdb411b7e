"""A patient adds a document: judged by its octets, kept as theirs, once however often it is sent (F51)."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from dossier_bridge.reading import read_attachments
from dossier_bridge.request import ReadOutcome, ReadRequest
from dossier_bridge.synthetic import zipped
from dossier_bridge.synthetic.imaging import SyntheticScan, synthetic_scan
from gateway.domain.access import Audience, Role
from gateway.domain.document import DocumentCategory
from gateway.domain.dossier import FiledDocument
from gateway.domain.errors import AccessRefused
from gateway.domain.identity import DEMO_OIDS
from gateway.domain.mailbox import BlobKey
from gateway.domain.mandates import MandateKind
from gateway.domain.space import SpaceState
from gateway.services.filing.added_documents import AddedDocuments
from gateway.services.filing.added_files import AddFault, NamedFile
from gateway.services.filing.added_reading import Added, NewDocument
from gateway.services.record.document_keeping import DocumentKeeping
from tests.builders.family import a_mandate
from tests.builders.patient_site import PatientSite, patient_site
from tests.builders.pdfs import with_object_stream
from tests.builders.pictures import a_jpeg, a_png

PDF = b"%PDF-1.7\n1 0 obj <</Type /Page>> endobj\nstartxref\n9\n%%EOF\n"
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


@pytest.fixture
async def site(ram: Path) -> AsyncIterator[PatientSite]:
    """Camille's and Louis's spaces."""
    async with patient_site(ram) as opened:
        yield opened


def a_new(data: bytes, name: str = "scan.pdf", **changes: object) -> NewDocument:
    new = NewDocument(
        file=NamedFile(name, data), title="Compte rendu de 2019", category=DocumentCategory.REPORTS,
        day=date(2019, 5, 2),
    )  # fmt: skip
    return replace(new, **changes)  # type: ignore[arg-type]  # fields of the caller


async def _documents(site: PatientSite) -> list[FiledDocument]:
    return await site.at.store.read(lambda tx: tx.documents.all_of(site.camille.vault, Audience.PATIENT))


async def test_added_document_is_filed_as_the_patients_own(site: PatientSite) -> None:
    added = await site.services.added_documents.add(site.actor, a_new(PDF))
    assert isinstance(added, Added)
    (filed,) = await _documents(site)
    assert (filed.id, filed.is_own, filed.seen, filed.mid) == (added.number, True, True, None)
    assert (filed.entry.title, filed.entry.category.value) == ("Compte rendu de 2019", "comptes-rendus")
    assert filed.entry.effective_time is not None
    assert filed.entry.effective_time.day == date(2019, 5, 2)
    assert filed.sender == str(site.camille.address.mail)
    (event,) = await site.trace("document.added")
    assert (event.actor, event.objects) == (site.actor.account, (f"document:{filed.id:x}",))
    _, file = await site.documents.open_file(site.actor, filed.id, "original")
    assert b"".join([piece async for piece in file.pieces]) == PDF


async def test_same_file_sent_twice_makes_one(site: PatientSite) -> None:
    first = await site.services.added_documents.add(site.actor, a_new(PDF))
    second = await site.services.added_documents.add(site.actor, a_new(PDF, title="Autre titre"))
    assert isinstance(first, Added)
    assert second == Added(first.number, was_there=True)
    assert len(await _documents(site)) == 1
    assert len(await site.trace("document.added")) == 1


async def test_guardian_does_not_learn_of_the_same_file_that_is_hidden_from_them(site: PatientSite) -> None:
    await a_mandate(site.at.store, site.camille, site.louis, MandateKind.TUTELLE)
    guardian = replace(site.actor, role=Role.GUARDIAN, account="guardian", home=site.louis.vault)
    add = site.services.added_documents.add
    first = await add(site.actor, a_new(PDF))
    assert isinstance(first, Added)
    vault, apart = site.camille.vault, Audience.REPRESENTATIVES
    await site.at.store.write(lambda tx: tx.documents.withhold(vault, first.number, apart))
    second = await add(guardian, a_new(PDF))
    assert isinstance(second, Added)
    assert (second.number == first.number, second.was_there) == (False, False)
    assert await add(guardian, a_new(PDF)) == Added(second.number, was_there=True)
    await site.at.store.write(lambda tx: tx.documents.withhold(vault, second.number, apart))
    third = await add(guardian, a_new(PDF))
    assert isinstance(third, Added)
    assert (third.number in {first.number, second.number}, third.was_there) == (False, False)


async def test_own_copy_of_a_professionals_document_stands_beside_it(site: PatientSite) -> None:
    filed = await site.file()
    added = await site.services.added_documents.add(site.actor, a_new(PDF, title=filed.entry.title))
    assert isinstance(added, Added)
    assert {document.replaced_by for document in await _documents(site)} == {None}


@pytest.mark.parametrize(
    ("data", "name", "fault"),
    [
        (b"", "vide.pdf", AddFault.EMPTY),
        (EICAR, "eicar.com", AddFault.PROGRAM),
        (EICAR, "radio.pdf", AddFault.PROGRAM),
        (b"MZ\x90\0\x03\0\0\0\x04\0\0\0\xff\xff", "photo.jpg", AddFault.PROGRAM),
        (b"alert(1)", "lisez-moi.js", AddFault.PROGRAM),
        (b"PK\x05\x06" + bytes(18), "dossier.zip", AddFault.ARCHIVE),
        (b"<html><script>alert(1)</script></html>", "compte-rendu.pdf", AddFault.UNKNOWN),
        (b"II*\0" + bytes(40), "radio.tif", AddFault.UNKNOWN),
        (b"\0\x01\x02\x03" * 300, "donnees.bin", AddFault.UNKNOWN),
        (PDF.replace(b"/Type", b"/OpenAction <</S /JavaScript /JS (app.alert(1))>> /Type"), "a", AddFault.PDF_SCRIPT),
        (PDF.replace(b"/Type", b"/S /Launch /F (calc.exe)"), "a.pdf", AddFault.PDF_SCRIPT),
        (PDF.replace(b"/Type", b"/S /#4caunch /F (calc.exe)"), "a.pdf", AddFault.PDF_SCRIPT),
        (PDF.replace(b"/Type", b"/S /J#61vaScri#70t /#4a#53 (x) /Type"), "a.pdf", AddFault.PDF_SCRIPT),
        (PDF.replace(b"/Type", b"/AcroForm << /X#46A 3 0 R >> /Type"), "a.pdf", AddFault.PDF_SCRIPT),
        (with_object_stream(PDF, b"7 0 << /S /J#61vaScript /JS (app.alert(1)) >>"), "a.pdf", AddFault.PDF_SCRIPT),
        (with_object_stream(PDF, b"7 0 << /S /Launch >>", kind=b"/Obj#53tm"), "a.pdf", AddFault.PDF_SCRIPT),
        (with_object_stream(PDF, b"7 0 << /S /Launch >>", filters=b"/LZWDecode"), "a.pdf", AddFault.PDF_UNSEEN),
        (PDF[:20], "coupe.pdf", AddFault.CUT),
        (a_png(40_000, 40_000), "grand.png", AddFault.PICTURE_TOO_LARGE),
        (a_jpeg(40_000, 40_000), "grand.jpg", AddFault.PICTURE_TOO_LARGE),
        (b"\x89PNG\r\n\x1a\n" + bytes(40), "abime.png", AddFault.CUT),
        (a_png()[:40], "coupe.png", AddFault.CUT),
    ],
)  # fmt: skip
async def test_file_that_must_not_be_kept_is_refused(
    site: PatientSite, data: bytes, name: str, fault: AddFault
) -> None:
    assert await site.services.added_documents.add(site.actor, a_new(data, name)) is fault
    assert (await _documents(site), await site.trace("document.added")) == ([], [])


@pytest.mark.parametrize(
    ("data", "name", "media_type"),
    [
        (a_png(), "menteur.pdf", "image/png"),
        (a_jpeg(10, 10), "photo", "image/jpeg"),
        (b"Mes vaccins de 1999.", "notes.txt", "text/plain"),
        (b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n", "rdv.ics", "text/calendar"),
    ],
)
async def test_type_is_that_of_the_octets(site: PatientSite, data: bytes, name: str, media_type: str) -> None:
    assert isinstance(await site.services.added_documents.add(site.actor, a_new(data, name)), Added)
    (filed,) = await _documents(site)
    assert filed.files[0].media_type == media_type


async def test_object_stream_without_anything_that_runs_is_no_matter(site: PatientSite) -> None:
    sound = with_object_stream(PDF, b"7 0 << /Type /Font /BaseFont /Helvetica >>")
    assert isinstance(await site.services.added_documents.add(site.actor, a_new(sound)), Added)


async def test_space_that_is_full_takes_nothing_more_until_something_is_deleted(site: PatientSite) -> None:
    own = AddedDocuments(site.at.store, site.at.blobs, None, site.at.clock, DEMO_OIDS, max_bytes=len(PDF) + 20)
    first = await own.add(site.actor, a_new(PDF))
    assert isinstance(first, Added)
    other = PDF.replace(b"/Page", b"/Page /Rotate 90")
    assert await own.add(site.actor, a_new(other)) is AddFault.FULL
    assert await own.add(site.actor, a_new(PDF[:-1])) is AddFault.FULL
    assert await DocumentKeeping(site.at.store, site.at.clock).delete(site.actor, first.number)
    assert isinstance(await own.add(site.actor, a_new(PDF[:-1])), Added)


async def test_choice_that_is_made_while_a_file_is_read_holds_for_it(site: PatientSite) -> None:
    class SlowBlobs:
        """Puts files while the patient chooses otherwise."""

        def put_many(self, several: list[bytes]) -> list[BlobKey]:
            hidden = replace(site.camille, hides_documents=True)
            future = asyncio.run_coroutine_threadsafe(site.at.store.write(lambda tx: tx.spaces.save(hidden)), loop)
            future.result(10)
            return site.at.blobs.put_many(several)

    loop, slow = asyncio.get_running_loop(), SlowBlobs()
    own = AddedDocuments(site.at.store, slow, None, site.at.clock, DEMO_OIDS)  # type: ignore[arg-type]  # puts alone
    assert isinstance(await own.add(site.actor, a_new(PDF)), Added)
    (filed,) = await _documents(site)
    assert filed.hidden_from == Audience.PROFESSIONALS


async def test_without_a_title_the_name_of_the_file_is_one(site: PatientSite) -> None:
    await site.services.added_documents.add(site.actor, a_new(PDF, "Scanner genou.pdf", title="", day=None))
    (filed,) = await _documents(site)
    assert (filed.entry.title, filed.entry.effective_time) == ("Scanner genou", None)


async def test_document_that_must_be_read_waits_where_nobody_reads(site: PatientSite) -> None:
    cda = b'<?xml version="1.0"?><ClinicalDocument xmlns="urn:hl7-org:v3"></ClinicalDocument>'
    assert await site.services.added_documents.add(site.actor, a_new(cda, "cr.xml")) is AddFault.BUSY


async def test_who_may_not_add_is_refused_with_a_line(site: PatientSite) -> None:
    closed = replace(site.camille, state=SpaceState.CLOSED)
    await site.at.store.write(lambda tx: tx.spaces.save(closed))
    with pytest.raises(AccessRefused):
        await site.services.added_documents.add(site.actor, a_new(PDF))
    assert len(await site.trace("access.refused")) == 1


@pytest.mark.parametrize("text", ["Fièvre jaune\n\n1999", "Fièvre jaune"])
@pytest.mark.parametrize("encoding", ["utf-8", "cp1252"])
async def test_text_is_shown_in_place(site: PatientSite, text: str, encoding: str) -> None:
    added = await site.services.added_documents.add(site.actor, a_new(text.encode(encoding), "notes.txt"))
    assert isinstance(added, Added)
    shown = (await site.documents.read(site.actor, added.number)).text
    assert shown is not None
    assert [token for token in shown.tokens if isinstance(token, str)] == text.replace("\n\n", "\n").split("\n")


class ReadersHere:
    """Read in this process what a reader process would; satisfies `gateway.ports.readers.Readers`."""

    async def read(self, request: ReadRequest, sender: str = "", *, at_leisure: bool = False) -> ReadOutcome:  # noqa: ARG002
        return read_attachments(request)


def _a_scan(site: PatientSite) -> dict[str, bytes]:
    identity = site.camille.identity
    scan = SyntheticScan(
        name=f"{identity.traits.birth_name}^{identity.traits.given_names[0]}", number=identity.ins.value,
        issuer_oid=identity.ins_oid, born=str(identity.traits.birth_date).replace("-", ""),
        sex=identity.traits.sex.value, day=date(2026, 3, 1), slices=2,
    )  # fmt: skip
    return dict(synthetic_scan(scan))


async def test_archive_of_one_examination_is_one_document(site: PatientSite) -> None:
    added = AddedDocuments(site.at.store, site.at.blobs, ReadersHere(), site.at.clock, DEMO_OIDS)
    files = _a_scan(site)
    assert isinstance(await added.add(site.actor, a_new(zipped(files), "cd.zip")), Added)
    (filed,) = await _documents(site)
    assert [file.media_type for file in filed.files] == ["application/dicom"] * 2
    (first, _) = files.values()
    assert isinstance(await added.add(site.actor, a_new(zipped({"IM1": first}), "cd.zip")), Added)
    assert len(await _documents(site)) == 2
    for others in ({"lettre.pdf": PDF}, files | {"lettre.pdf": PDF}, {}):
        assert await added.add(site.actor, a_new(zipped(others), "cd.zip")) is AddFault.ARCHIVE


async def test_calendar_is_told_in_words(site: PatientSite) -> None:
    calendar = (
        b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nBEGIN:VEVENT\r\nUID:1\r\nDTSTAMP:20260301T100000Z\r\n"
        b"DTSTART;VALUE=DATE:20260312\r\nSUMMARY:Radio\r\nLOCATION:Cabinet\r\nSTATUS:CANCELLED\r\n"
        b"END:VEVENT\r\nEND:VCALENDAR\r\n"
    )
    added = await site.services.added_documents.add(site.actor, a_new(calendar, "rdv.ics"))
    assert isinstance(added, Added)
    _, text = await site.documents.read_text(site.actor, added.number)
    said = [token for token in text.tokens if isinstance(token, str)]
    said = [line.replace("\N{NO-BREAK SPACE}", " ") for line in said]
    assert said == ["Radio", "Annulé : ce rendez-vous n’a plus lieu", "Quand : 12 mars 2026", "Où : Cabinet"]
