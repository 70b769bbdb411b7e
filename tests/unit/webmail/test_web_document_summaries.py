"""A document as a line of a list: who wrote it, and where."""

from datetime import UTC, datetime
from urllib.parse import quote

import pytest

from gateway.domain.document import DocumentEntry, Participant
from gateway.domain.dossier import FiledDocument
from webmail.document_views import document_summary_of
from webmail.downloads import content_disposition
from webmail.wording import kind_beside

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


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ("Résultats d’été.pdf", "Resultats d'ete.pdf"), ("Œil\"; x.pdf", "_il__ x.pdf"), ("日.pdf", "_.pdf"),
        ("100 %.pdf", "100 _.pdf"),
    ],
)  # fmt: skip
def test_name_of_a_file_is_readable_where_only_ascii_is_understood(name: str, plain: str) -> None:
    said = content_disposition("attachment", name)
    assert said == f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"


@pytest.mark.parametrize(
    ("title", "label", "said"),
    [
        ("Dispensation médicamenteuse", "Dispensation de médicaments", ""),
        ("Bilan", "Bilan", ""),
        ("Carnet de santé", "Mesures de signes vitaux", "Mesures de signes vitaux"),
    ],
)
def test_type_of_a_document_is_said_unless_its_title_says_it(title: str, label: str, said: str) -> None:
    assert kind_beside(title, label) == said
