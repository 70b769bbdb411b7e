"""What the pages call, over the real services and store: ids, conversations, documents, news, sessions."""

import asyncio
import hashlib
from collections.abc import AsyncIterator
from contextlib import aclosing
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import msgspec
import pytest

from gateway.domain.access import Audience
from gateway.domain.account import digest_of
from gateway.domain.document import DocumentCategory
from gateway.domain.errors import LimitExceeded, NotFound, PliError, ReaderBusy, ReaderSpent
from gateway.domain.lab_result import LabResult, ReferenceRange, ResultValue, ValueKind
from gateway.domain.space import SpaceState
from gateway.domain.timestamp import Timestamp
from gateway.ports.store import Tx
from gateway.services.sign_in.application_tokens import issue_token
from tests.builders.letters import a_letter
from tests.builders.patient_site import CLAIRE, LABORATORY, PDF, PatientSite, patient_site
from tests.builders.patient_space import PatientSpaceService
from tests.builders.store import NOON, move_space
from webmail.correspondent import CorrespondentKind
from webmail.file_streams import File
from webmail.identifiers import ConversationId, DocumentId, MessageRef
from webmail.messages.model import DeliveryProgress, ReplyDraft, ReplyRefused, ReplySent, ReplyState
from webmail.paged_lists import ListPlace
from webmail.references import person_of
from webmail.sessions import BrowserSession, Sessions, SessionStore
from webmail.settings import WebSettings
from webmail.shown_documents import DocumentSearch
from webmail.sign_in.stored_sessions import StoredSessions
from webmail.upload import Upload

LOINC = "2.16.840.1.113883.6.1"
POTASSIUM = LabResult(
    label="Potassium",
    value=ResultValue(kind=ValueKind.QUANTITY, text="4,10", number=Decimal("4.10"), unit="mmol/L"),
    code="2823-3",
    code_system=LOINC,
    second=ResultValue(kind=ValueKind.QUANTITY, text="160", number=Decimal(160), unit="mg/L"),
    ranges=(ReferenceRange(low=Decimal("3.5"), high=Decimal("5.1"), unit="mmol/L", interpretation="N"),),
    interpretation=("N", "HH"),
    method="Potentiométrie",
    chapter="Biochimie",
)
CENSORED = LabResult(
    label="CRP",
    value=ResultValue(kind=ValueKind.INTERVAL, text="1.0", number=Decimal("1.0"), comparator="<", unit="mg/L"),
    chapter="Biochimie",
)
LOCAL = LabResult(
    label="Aspect", value=ResultValue(kind=ValueKind.TEXT, text="Limpide"), local_code="ASP", chapter="Urines"
)


@pytest.fixture
async def site(ram: Path) -> AsyncIterator[PatientSite]:
    """Camille's and Louis's spaces."""
    async with patient_site(ram) as opened:
        yield opened


def _types_agree(site: PatientSite) -> tuple[PatientSpaceService, SessionStore]:
    """Give the adapters as what the pages ask for; mypy checks it."""
    return site.pages, site.stored_sessions


# ---------------------------------------------------------------- references


@pytest.mark.parametrize("reference", ["", "0", "01a", "1A", "0x1a", "-1", "1a ", "１", "1" * 17, "f" * 16, "g"])
async def test_reference_written_in_any_other_way_names_nothing(site: PatientSite, reference: str) -> None:
    actor = site.person.actor
    with pytest.raises(NotFound):
        await site.pages.conversation(actor, ConversationId(reference))
    with pytest.raises(NotFound):
        await site.pages.document(actor, DocumentId(reference))


async def test_references_of_another_space_name_nothing(site: PatientSite) -> None:
    mid = await site.receive(a_letter(CLAIRE, html="<p>Bonjour</p>", files=(("a.pdf", PDF),)), space=site.louis)
    document = await site.file([POTASSIUM], space=site.louis)
    actor, message, filed = site.person.actor, MessageRef(f"{mid:x}"), DocumentId(f"{document.id:x}")
    for attempt in (
        site.pages.conversation(actor, ConversationId(message)),
        site.pages.reply(actor, ConversationId(message), ReplyDraft(submission="s", text="t")),
        site.pages.attachment(actor, message, "2"),
        site.pages.html_page(actor, message, ""),
        site.pages.whole_text(actor, message),
        site.pages.document(actor, filed),
        site.pages.document_file(actor, filed, "pdf"),
    ):
        with pytest.raises(NotFound):
            await attempt


# ---------------------------------------------------------------- conversations


async def test_conversation_shows_the_directorys_name_and_the_text(site: PatientSite) -> None:
    mid = await site.receive(a_letter(CLAIRE, "Où en êtes-vous ?\n"))
    shown = await site.pages.conversation(site.person.actor, ConversationId(f"{mid:x}"))
    assert shown.correspondent.name == "Dr Claire Martin"
    assert shown.correspondent.detail == "Médecin · Rennes"
    assert shown.correspondent.kind is CorrespondentKind.PERSON
    assert (shown.state, shown.subject) == (ReplyState.OPEN, "Votre bilan")
    assert [(m.text, m.unread, m.delivery) for m in shown.messages] == [("Où en êtes-vous ?\n", True, None)]


async def test_result_of_an_application_is_automatic(site: PatientSite) -> None:
    mid = await site.receive(a_letter(LABORATORY), LABORATORY)
    shown = await site.pages.conversation(site.person.actor, ConversationId(f"{mid:x}"))
    assert shown.state is ReplyState.AUTOMATIC
    assert shown.correspondent.kind is CorrespondentKind.APPLICATION


async def test_application_that_names_a_doctor_is_answered_to_the_doctor(site: PatientSite) -> None:
    mid = await site.receive(a_letter(LABORATORY, Reply_To=str(CLAIRE.address)), LABORATORY)
    shown = await site.pages.conversation(site.person.actor, ConversationId(f"{mid:x}"))
    assert (shown.state, shown.correspondent.name) == (ReplyState.OPEN, "Dr Claire Martin")


async def test_ended_exchange_is_shown_as_ended(site: PatientSite) -> None:
    mid = await site.receive(a_letter(CLAIRE))
    await site.receive(a_letter(CLAIRE, subject="[FIN]"))
    shown = await site.pages.conversation(site.person.actor, ConversationId(f"{mid:x}"))
    assert shown.state is ReplyState.ENDED


async def test_conversations_are_listed_by_last_message_page_by_page(site: PatientSite) -> None:
    for number in range(32):
        letter = a_letter(CLAIRE, subject=f"Sujet {number}")
        await site.receive(letter, at=NOON + timedelta(minutes=number))
    first = await site.pages.conversations(site.person.actor)
    second = await site.pages.conversations(site.person.actor, ListPlace(first.older))
    assert [first.items[0].subject, first.items[-1].subject] == ["Sujet 31", "Sujet 2"]
    assert (first.newer, second.older, first.is_first, second.is_first) == ("", "", True, False)
    assert [item.subject for item in second.items] == ["Sujet 1", "Sujet 0"]
    assert await site.pages.conversations(site.person.actor, ListPlace(second.newer, newer=True)) == first
    past = await site.pages.conversations(site.person.actor, ListPlace("1-1"))
    assert (past.items, past.newer, past.older, past.is_first) == ((), "", "", False)
    assert await site.pages.conversations(site.person.actor, ListPlace("nothing")) == first


async def test_page_of_newer_conversations_is_the_one_right_above(site: PatientSite) -> None:
    for number in range(95):
        await site.receive(a_letter(CLAIRE, subject=f"Sujet {number}"), at=NOON + timedelta(minutes=number))
    pages = [await site.pages.conversations(site.person.actor)]
    while pages[-1].older:
        pages.append(await site.pages.conversations(site.person.actor, ListPlace(pages[-1].older)))
    assert [item.subject for page in pages for item in page.items] == [f"Sujet {n}" for n in range(94, -1, -1)]
    third = await site.pages.conversations(site.person.actor, ListPlace(pages[3].newer, newer=True))
    assert [item.subject for item in third.items] == [item.subject for item in pages[2].items]
    assert (third.newer, third.older) == (pages[2].newer, pages[2].older)


async def test_reply_is_shown_on_its_way_and_makes_the_conversation_mine(site: PatientSite) -> None:
    mid = await site.receive(a_letter(CLAIRE))
    conversation = ConversationId(f"{mid:x}")
    upload = Upload("tension.txt", "text/plain", b"12/8\n")
    draft = ReplyDraft(submission="form-1", text="Merci.", uploads=(upload,))
    sent = await site.pages.reply(site.person.actor, conversation, draft)
    assert isinstance(sent, ReplySent)
    shown = await site.pages.conversation(site.person.actor, conversation)
    assert [(m.id, m.delivery) for m in shown.messages][1:] == [(sent.message, DeliveryProgress.ON_ITS_WAY)]
    assert [file.name for file in shown.messages[1].attachments] == ["tension.txt"]
    assert (await site.pages.conversations(site.person.actor)).items[0].last_is_mine


async def test_refused_reply_says_who_ended_the_exchange(site: PatientSite) -> None:
    mid = await site.receive(a_letter(CLAIRE))
    await site.receive(a_letter(CLAIRE, X_MSS_MES="FIN"))
    draft = ReplyDraft(submission="form-1", text="Merci.")
    answer = await site.pages.reply(site.person.actor, ConversationId(f"{mid:x}"), draft)
    assert answer == ReplyRefused("Dr Claire Martin a mis fin à vos échanges.")


async def test_attachment_is_given_whole_with_its_true_size(site: PatientSite) -> None:
    mid = await site.receive(a_letter(CLAIRE, files=(("bilan.pdf", PDF),)))
    file = await site.pages.attachment(site.person.actor, MessageRef(f"{mid:x}"), "2")
    assert (file.name, file.media_type, file.size) == ("bilan.pdf", "application/pdf", len(PDF))
    assert await _octets(file) == PDF


async def test_html_is_given_as_received_with_its_pictures(site: PatientSite) -> None:
    html = '<p>Voir <img src="cid:coeur@exemple"></p>\n'
    mid = await site.receive(a_letter(CLAIRE, html=html, pictures=(("coeur@exemple", b"\x89PNG-octets"),)))
    view = await site.parts.html(site.person.actor, mid)
    assert (view.texts, view.sender) == ((html,), str(CLAIRE.address))
    assert {name: picture.data for name, picture in view.pictures.items()} == {"coeur@exemple": b"\x89PNG-octets"}


async def test_html_is_shown_inert_with_its_pictures_in_place(site: PatientSite) -> None:
    html = '<p onclick="x()">Voir <img src="cid:coeur@exemple"></p>\n'
    mid = await site.receive(a_letter(CLAIRE, html=html, pictures=(("coeur@exemple", b"\x89PNG-octets"),)))
    page = await site.pages.html_page(site.person.actor, MessageRef(f"{mid:x}"), "dark")
    assert page is not None
    assert 'data-theme="dark"' in page
    assert '<p>Voir <img src="data:image/png;base64,iVBORy1vY3RldHM="></p>' in page


@pytest.mark.parametrize("fault", [ReaderSpent("x"), ReaderBusy("x"), LimitExceeded("x")])
async def test_html_of_which_no_page_can_be_made_is_said_to_be_so_and_its_text_is_there(
    site: PatientSite, fault: PliError
) -> None:
    mid = await site.receive(a_letter(CLAIRE, html="<p>Bonjour</p>"))
    site.letters.fault = fault
    assert await site.pages.html_page(site.person.actor, MessageRef(f"{mid:x}"), "") is None
    assert "Bonjour" in await site.pages.whole_text(site.person.actor, MessageRef(f"{mid:x}"))


async def test_picture_that_the_html_shows_is_not_listed_as_a_file(site: PatientSite) -> None:
    mid = await site.receive(a_letter(CLAIRE, html='<img src="cid:a@b">', pictures=(("a@b", b"\x89PNG\r\n\x1a\n"),)))
    shown = await site.pages.conversation(site.person.actor, ConversationId(f"{mid:x}"))
    assert (shown.messages[0].attachments, shown.messages[0].has_html) == ((), True)


# ---------------------------------------------------------------- documents


async def test_documents_are_listed_with_the_counts_of_every_category(site: PatientSite) -> None:
    await site.file([POTASSIUM])
    other = await site.file()
    entry = replace(other.entry, unique_id="9.9", category=DocumentCategory.IMAGING)
    await site.file(entry=entry, dated=NOON + timedelta(days=1))
    listed = await site.pages.documents(site.person.actor, DocumentSearch())
    assert listed.counts == {DocumentCategory.BIOLOGY: 2, DocumentCategory.IMAGING: 1}
    assert listed.items[0].category is DocumentCategory.IMAGING
    imaging = await site.pages.documents(
        site.person.actor, DocumentSearch(category=DocumentCategory.IMAGING)
    )
    assert len(imaging.items) == 1


async def test_document_says_its_own_day_and_author(site: PatientSite) -> None:
    document = await site.file([POTASSIUM])
    summary = (await site.pages.document(site.person.actor, DocumentId(f"{document.id:x}"))).summary
    assert (summary.title, summary.dated) == ("Bilan de contrôle", date(2026, 3, 1))
    assert (summary.author, summary.results, summary.has_alert) == ("Dr Iris Modèle, Laboratoire des Lilas", 1, True)


async def test_document_without_a_date_has_none(site: PatientSite) -> None:
    document = await site.file()
    undated = await site.file(entry=replace(document.entry, unique_id="9.9", effective_time=Timestamp("20261302")))
    summary = (await site.pages.document(site.person.actor, DocumentId(f"{undated.id:x}"))).summary
    assert (summary.dated, summary.received_at) == (None, NOON)


async def test_results_keep_the_senders_figures_by_chapter(site: PatientSite) -> None:
    document = await site.file([POTASSIUM, LOCAL, CENSORED])
    shown = await site.pages.document(site.person.actor, DocumentId(f"{document.id:x}"))
    assert [(g.title, [r.label for r in g.results]) for g in shown.results] == [
        ("Biochimie", ["Potassium", "CRP"]),
        ("Urines", ["Aspect"]),
    ]
    potassium, crp = shown.results[0].results
    assert (potassium.loinc, potassium.value, potassium.unit) == ("2823-3", "4.10", "mmol/L")
    assert (potassium.low, potassium.high) == (Decimal("3.5"), Decimal("5.1"))
    assert (potassium.interpretation, potassium.other_unit) == ("HH", "160\xa0mg/L")
    assert (crp.value, shown.results[1].results[0].loinc) == ("<1.0", "ASP")


async def test_range_in_another_unit_is_shown_in_words_and_not_compared(site: PatientSite) -> None:
    ranges = (ReferenceRange(low=Decimal(137), high=Decimal(199), unit="mg/L"),)
    other = msgspec.structs.replace(POTASSIUM, ranges=ranges)
    document = await site.file([other])
    result = (await site.pages.document(site.person.actor, DocumentId(f"{document.id:x}"))).results[0].results[0]
    assert (result.low, result.high, result.reference) == (None, None, "137 à 199\xa0mg/L")


async def test_document_names_the_conversation_that_brought_it(site: PatientSite) -> None:
    mid = await site.receive(a_letter(LABORATORY), LABORATORY)
    document = await site.file(mid=mid)
    shown = await site.pages.document(site.person.actor, DocumentId(f"{document.id:x}"))
    assert shown.sender is not None
    assert (shown.sender.name, shown.conversation) == ("Laboratoire des Lilas", f"{mid:x}")


async def test_files_are_named_by_title_and_read_piece_by_piece(site: PatientSite) -> None:
    document = await site.file()
    reference = DocumentId(f"{document.id:x}")
    shown = await site.pages.document(site.person.actor, reference)
    stem = "Bilan de contrôle - 2026-03-01 - Laboratoire des Lilas"
    assert [(file.which, file.name) for file in shown.files] == [("pdf", f"{stem}.pdf"), ("original", f"{stem}.xml")]
    file = await site.pages.document_file(site.person.actor, reference, "pdf")
    assert (file.name, file.size, await _octets(file)) == (f"{stem}.pdf", len(PDF), PDF)


async def test_corrected_document_and_its_correction_name_each_other(site: PatientSite) -> None:
    first = await site.file()
    second = await site.file(entry=replace(first.entry, unique_id="2.2", replaces=(first.entry.unique_id,)))
    old = await site.pages.document(site.person.actor, DocumentId(f"{first.id:x}"))
    new = await site.pages.document(site.person.actor, DocumentId(f"{second.id:x}"))
    assert (old.replaced_by, new.replaces) == (new.summary.id, old.summary.id)
    assert old.summary.is_replaced


# ---------------------------------------------------------------- the whole space


async def test_pulse_counts_what_is_unread_and_new(site: PatientSite) -> None:
    await site.receive(a_letter(CLAIRE))
    await site.file()
    pulse = await site.pages.pulse(site.person.actor)
    assert (pulse.unread, pulse.new_documents) == (1, 1)


async def test_every_change_gives_another_revision(site: PatientSite) -> None:
    actor, revisions = site.person.actor, [(await site.pages.pulse(site.person.actor)).revision]

    async def note() -> None:
        revisions.append((await site.pages.pulse(actor)).revision)

    mid = await site.receive(a_letter(CLAIRE))
    await note()
    document = await site.file()
    await note()
    await site.pages.conversation(actor, ConversationId(f"{mid:x}"))
    await note()
    await site.pages.document(actor, DocumentId(f"{document.id:x}"))
    await note()
    await site.pages.reply(actor, ConversationId(f"{mid:x}"), ReplyDraft(submission="f", text="Merci."))
    await note()
    await withhold(site, document.id, Audience.PATIENT)
    await note()
    assert len(revisions) == len(set(revisions))


async def withhold(site: PatientSite, document: int, hidden_from: Audience) -> None:
    """Withhold a document of Camille's."""

    def change(tx: Tx) -> None:
        tx.documents.withhold(site.camille.vault, document, hidden_from)
        tx.changed(site.camille.vault)

    await site.at.store.write(change)


async def test_open_page_is_told_when_a_document_is_taken_away_and_another_comes(site: PatientSite) -> None:
    actor, one, two = site.person.actor, await site.file(), await site.file(hidden_from=Audience.PATIENT)
    shown = await site.pages.pulse(actor)
    async with aclosing(site.pages.changes(actor, shown.revision)) as pulses:
        later = asyncio.ensure_future(anext(pulses))
        await withhold(site, one.id, Audience.PATIENT)
        assert (await later).new_documents == 0
        await withhold(site, two.id, Audience.NOBODY)
        assert (await anext(pulses)).new_documents == 1


async def test_what_is_hidden_from_others_changes_nothing_on_the_patient_s_pages(site: PatientSite) -> None:
    document, actor = await site.file(), site.person.actor
    before = await site.pages.pulse(actor)
    await withhold(site, document.id, Audience.PROFESSIONALS)
    assert await site.pages.pulse(actor) == before


async def test_reading_again_changes_nothing(site: PatientSite) -> None:
    actor, mid, document = site.person.actor, await site.receive(a_letter(CLAIRE)), await site.file()
    for _ in range(2):
        await site.pages.conversation(actor, ConversationId(f"{mid:x}"))
        await site.pages.document(actor, DocumentId(f"{document.id:x}"))
        before = await site.pages.pulse(actor)
    assert await site.pages.pulse(actor) == before


async def test_changes_tell_at_once_what_a_page_has_missed(site: PatientSite) -> None:
    shown = await site.pages.pulse(site.person.actor)
    await site.receive(a_letter(CLAIRE))
    async with aclosing(site.pages.changes(site.person.actor, shown.revision)) as pulses:
        assert (await anext(pulses)).unread == 1


async def test_changes_tell_what_happens_later(site: PatientSite) -> None:
    shown = await site.pages.pulse(site.person.actor)
    async with aclosing(site.pages.changes(site.person.actor, shown.revision)) as pulses:
        later = asyncio.ensure_future(anext(pulses))
        await site.receive(a_letter(CLAIRE), space=site.louis)
        await site.file()
        assert (await later).new_documents == 1


async def test_home_shows_the_newest_and_marks_nothing(site: PatientSite) -> None:
    await site.receive(a_letter(CLAIRE))
    await site.file()
    home = await site.pages.home(site.person.actor)
    assert (home.conversations[0].unread, home.documents[0].is_new) == (1, True)
    assert (await site.pages.pulse(site.person.actor)).unread == 1


# ---------------------------------------------------------------- sessions


async def test_session_is_found_by_its_digest_until_it_is_deleted(site: PatientSite) -> None:
    sessions, session = site.stored_sessions, BrowserSession(site.person, NOON, NOON)
    await sessions.put(bytes(32), session)
    found = await sessions.get(bytes(32))
    assert found is not None
    assert (found.person, found.opened_at, found.seen_at) == (site.person, NOON, NOON)
    assert (found.person.name, found.person.address) == ("Camille Lefèvre", str(site.camille.address.mail))
    await sessions.delete(bytes(32))
    assert await sessions.get(bytes(32)) is None


async def test_session_moves_its_last_use_and_not_its_beginning(site: PatientSite) -> None:
    sessions, later = site.stored_sessions, NOON + timedelta(minutes=5)
    await sessions.put(bytes(32), BrowserSession(site.person, NOON, NOON))
    assert await sessions.seen(bytes(32), BrowserSession(site.person, NOON, later))
    found = await sessions.get(bytes(32))
    assert found is not None
    assert (found.opened_at, found.seen_at) == (NOON, later)


async def test_session_that_ends_while_a_page_is_asked_for_stays_ended(site: PatientSite) -> None:
    class EndedMeanwhile(StoredSessions):
        async def get(self, digest: bytes) -> BrowserSession | None:
            found = await super().get(digest)
            await self.delete(digest)
            return found

    stored = EndedMeanwhile(site.at.store, site.at.clock, site.services.terms)
    sessions = Sessions(stored, site.at.clock, WebSettings(origin="https://pli.example"))
    token = await sessions.open(site.person)
    site.at.clock.advance(timedelta(minutes=2))
    assert await sessions.find(token) is None
    assert await site.stored_sessions.get(digest_of(token)) is None


@pytest.mark.parametrize("state", [SpaceState.SUSPENDED, SpaceState.OPPOSED, SpaceState.DECEASED, SpaceState.ERASED])
async def test_space_that_nobody_enters_opens_to_no_session(site: PatientSite, state: SpaceState) -> None:
    sessions = site.stored_sessions
    await sessions.put(bytes(32), BrowserSession(person_of(site.camille), NOON, NOON))
    await site.at.store.write(lambda tx: move_space(tx, site.camille.vault, state))
    assert await sessions.get(bytes(32)) is None


async def test_session_of_a_closed_space_sees_one_page_only(site: PatientSite) -> None:
    sessions = site.stored_sessions
    await sessions.put(bytes(32), BrowserSession(person_of(site.camille), NOON, NOON))
    await site.at.store.write(lambda tx: move_space(tx, site.camille.vault, SpaceState.CLOSED))
    found = await sessions.get(bytes(32))
    assert found is not None
    assert found.person.is_away


async def test_token_of_a_program_opens_no_page(site: PatientSite) -> None:
    digest = await _digest_of_a_token(site)
    assert await site.stored_sessions.get(digest) is None


async def _digest_of_a_token(site: PatientSite) -> bytes:
    token = await issue_token(site.at.store, site.at.clock, site.camille.vault, timedelta(days=1))
    return hashlib.sha256(token.encode()).digest()


async def _octets(file: File) -> bytes:
    async with aclosing(file.chunks) as chunks:
        return b"".join([chunk async for chunk in chunks])
