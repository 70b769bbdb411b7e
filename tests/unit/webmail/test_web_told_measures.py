"""A measure that the text of its document says is not said a second time."""

from datetime import UTC, datetime

import pytest

from gateway.domain.document import DocumentCategory
from gateway.domain.readable import ReadableText
from webmail.identifiers import DocumentId
from webmail.shown_documents import Document, DocumentSummary, Result, ResultGroup
from webmail.told_measures import measures_of

NOON = datetime(2026, 3, 12, 12, tzinfo=UTC)
WEIGHT, HEIGHT = Result(label="Poids", value="3900", unit="g"), Result(label="Taille", value="170", unit="cm")


def a_document(*words: str) -> Document:
    summary = DocumentSummary(
        id=DocumentId("1"), title="Mesures", category=DocumentCategory.REPORTS, dated=NOON, received_at=NOON
    )
    measures = (ResultGroup("Signes vitaux", (WEIGHT, HEIGHT)),)
    return Document(summary=summary, type_label="", measures=measures, text=ReadableText(words))


def told(document: Document) -> list[str]:
    return [measure.label for group in measures_of(document)[0] for measure in group.results]


def untold(document: Document) -> list[str]:
    return [measure.label for group in measures_of(document)[1] for measure in group.results]


@pytest.mark.parametrize("words", [("Poids", "3900 g", "1,70 m"), ("3.9 kg et 170 cm",)])
def test_measure_of_the_text_is_told_in_whatever_unit(words: tuple[str, ...]) -> None:
    assert (told(a_document(*words)), untold(a_document(*words))) == (["Poids", "Taille"], [])


@pytest.mark.parametrize("words", [(), ("Né le 13/09/2000",), ("39001", "1 70")])
def test_measure_that_the_text_does_not_say_is_shown(words: tuple[str, ...]) -> None:
    assert (told(a_document(*words)), untold(a_document(*words))) == ([], ["Poids", "Taille"])


def test_measures_of_a_group_are_parted() -> None:
    assert (told(a_document("3,9 kg")), untold(a_document("3,9 kg"))) == (["Poids"], ["Taille"])
