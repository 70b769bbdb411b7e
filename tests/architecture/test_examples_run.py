"""Every page that explains how has an example, and what it says happens."""

import doctest

import pytest

from tests.builders.repository import ROOT, named, text

PAGES = sorted(named(path) for path in ROOT.glob("docs/*.md") if ">>> " in path.read_text(encoding="utf-8"))
TRIED_ELSEWHERE = {
    "docs/archives.md": "tests/browser/test_browser_own_data.py",
    "docs/operations.md": "tests/contract/cli/test_cli_backup.py",
    "docs/performance.md": "tests/contract/cli/test_cli_bench.py",
    "docs/recipes.md": "tests/architecture/test_recipes.py",
    "docs/reliability.md": "tests/crash/test_crash_kill.py",
}
"""Pages whose examples are commands or changes, and the test that does them."""
SAYS_WHAT = {
    "docs/accessibility.md", "docs/architecture.md", "docs/decisions.md", "docs/design-system.md", "docs/features.md",
    "docs/glossary.md", "docs/house_style.md", "docs/journeys.md", "docs/logs.md", "docs/standards.md",
    "docs/threat-model.md",
}  # fmt: skip
"""Pages that say what is there, and why, and explain how to do nothing."""


@pytest.mark.parametrize("page", PAGES)
def test_example_of_a_page_runs(page: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    example = doctest.DocTestParser().get_doctest(text(page), {}, page, page, 0)
    assert doctest.DocTestRunner(optionflags=doctest.ELLIPSIS).run(example).failed == 0


def test_every_page_that_explains_how_has_an_example() -> None:
    pages = {named(path) for path in ROOT.glob("docs/*.md")}
    assert pages == {*PAGES, *TRIED_ELSEWHERE, *SAYS_WHAT}
    assert not SAYS_WHAT.intersection(PAGES)


def test_examples_that_are_tried_elsewhere_are_tried() -> None:
    assert [test for test in TRIED_ELSEWHERE.values() if not (ROOT / test).exists()] == []
