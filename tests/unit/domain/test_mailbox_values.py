"""Values of mailboxes: flags in their one order, dates of entries, files of documents."""

from datetime import UTC, datetime

import pytest

from gateway.domain.dossier import ORIGINAL, PRESENTATION
from gateway.domain.instants import micros_of
from gateway.domain.mailbox import ANSWERED, SEEN, BlobKey, BlobRef, Entry, MessageId, ModSeq, ThreadId, Uid, flags_text
from tests.builders.patient_site import a_document

NOON = datetime(2026, 11, 26, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("flags", "text"),
    [((), ""), ((SEEN,), "\\Seen"), ((SEEN, "work", ANSWERED, "$Junk"), "$Junk \\Answered \\Seen work")],
)
def test_flags_have_one_order(flags: tuple[str, ...], text: str) -> None:
    assert flags_text(frozenset(flags)) == flags_text(frozenset(reversed(flags))) == text


def test_entry_gives_its_date_in_utc() -> None:
    entry = Entry(Uid(1), MessageId(2), ModSeq(3), "", micros_of(NOON), 4, ThreadId(5))
    assert entry.internal_date == NOON


def test_document_finds_its_files_by_name() -> None:
    document = a_document((), [(ORIGINAL, "text/xml", BlobKey(BlobRef(bytes(16)), bytes(32), 9))])
    original = document.file(ORIGINAL)
    assert original is not None
    assert (original.media_type, original.size, document.file(PRESENTATION)) == ("text/xml", 9, None)
