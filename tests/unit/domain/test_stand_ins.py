"""What stands in for a damaged record is itself sound."""

from email.header import decode_header, make_header

from gateway.domain import stand_ins
from gateway.domain.card import Card
from gateway.domain.document import DocumentCategory
from gateway.domain.mailbox import SpecialUse
from gateway.domain.mime import Layout


def test_the_stand_in_of_a_message_is_read_as_any_other() -> None:
    summary = stand_ins.SUMMARY
    assert Card.from_json(summary.card).subject == stand_ins.DAMAGED_MESSAGE
    assert Layout.from_bytes(summary.layout).parts == ()
    subject = stand_ins.HEADER_BLOCK.decode("ascii").removeprefix("Subject: ").strip()
    assert str(make_header(decode_header(subject))) == stand_ins.DAMAGED_MESSAGE


def test_the_wire_forms_are_balanced_and_ascii() -> None:
    for form in (stand_ins.ENVELOPE, stand_ins.BODYSTRUCTURE, stand_ins.SUMMARY.body):
        assert form.isascii()
        assert b"\n" not in form
        assert form.count(b"(") == form.count(b")")
        assert form.count(b'"') % 2 == 0


def test_a_document_keeps_its_folder() -> None:
    entry = stand_ins.damaged_entry(DocumentCategory.BIOLOGY.value)
    assert (entry.title, entry.category) == (stand_ins.DAMAGED_DOCUMENT, DocumentCategory.BIOLOGY)


def test_inbox_keeps_its_name() -> None:
    assert stand_ins.damaged_folder_name(1, SpecialUse.INBOX) == "INBOX"
    assert stand_ins.damaged_folder_name(7, SpecialUse.NONE) == "Dossier 7 (nom illisible)"
