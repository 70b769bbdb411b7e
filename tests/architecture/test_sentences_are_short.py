"""Sentences of documents have 25 words at most."""

import pytest

from tests.builders.prose import sentences, words
from tests.builders.repository import ROOT, named, text

PAGES = sorted(named(path) for path in (*ROOT.glob("docs/*.md"), ROOT / "README.md"))
MOST_WORDS = 25


@pytest.mark.parametrize("page", PAGES)
def test_sentences_of_a_page_have_twenty_five_words_at_most(page: str) -> None:
    long = [sentence for sentence in sentences(text(page)) if words(sentence) > MOST_WORDS]
    assert long == []


def test_sentences_are_told_from_lists_tables_and_code() -> None:
    page = "# Title\n\nOne, e.g. this. Two!\n\n- three\n- [four](x.md) `a b c`\n\n```\nno prose\n```\n| no | row |\n"
    assert list(sentences(page)) == ["One, e.g this.", "Two!", "three", "four c"]
    assert words("four `c`, and l'eau") == 4
