"""The examples in Python that documents begin with do what the page says."""

import doctest

import pytest

from tests.builders.repository import ROOT, named, text

PAGES = sorted(named(path) for path in ROOT.glob("docs/*.md") if ">>> " in path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("page", PAGES)
def test_example_of_a_page_runs(page: str) -> None:
    example = doctest.DocTestParser().get_doctest(text(page), {}, page, page, 0)
    assert doctest.DocTestRunner().run(example).failed == 0


def test_there_are_examples() -> None:
    assert "docs/mime.md" in PAGES
