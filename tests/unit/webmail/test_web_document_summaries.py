"""A document as a line of a list: who wrote it, and where."""

from datetime import UTC, datetime

import pytest

from gateway.domain.document import DocumentEntry, Participant
from gateway.domain.dossier import FiledDocument
from webmail.documents.adapter import document_summary_of

NOON = datetime(2026, 3, 12, 12, tzinfo=UTC)
HALLES = Participant(organisation="Laboratoire des Halles")


@pytest.mark.parametrize(
    ("author", "custodian", "said"),
    [
        (Participant(name="Anne Leroy", organisation="Le Lilas"), HALLES, "Anne Leroy, Le Lilas"),
        (Participant(name="Anne Leroy"), HALLES, "Anne Leroy, Laboratoire des Halles"),
        (Participant(name="Laboratoire des Halles"), HALLES, "Laboratoire des Halles"),
        (None, HALLES, "Laboratoire des Halles"),
        (Participant(name="Anne Leroy"), None, "Anne Leroy"),
        (None, None, ""),
    ],
)  # fmt: skip
def test_author_is_told_with_the_place_where_it_was_written(
    author: Participant | None, custodian: Participant | None, said: str
) -> None:
    entry = DocumentEntry(unique_id="1.2.3", authors=(author,) if author else (), custodian=custodian)
    filed = FiledDocument(
        id=1, mid=None, filed_at=NOON, dated=NOON, entry=entry, sha256=b"", sender="", identity_verified=True,
        result_count=0, has_alert=False, files=(),
    )  # fmt: skip
    assert document_summary_of(filed).author == said
