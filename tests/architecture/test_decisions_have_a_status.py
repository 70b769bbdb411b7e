"""Every decision has a date, a heading and a status, and stands under its year."""

import re

from tests.builders.repository import text

_HEADING = re.compile(
    r"^### (\d{4})-\d\d-\d\d · [^\n]*[^.\n]\n\nStatus: (?:in force|replaced|extended)[^\n]*\.\n\n\S", re.MULTILINE
)


def test_every_decision_has_a_date_a_heading_and_a_status() -> None:
    page = text("docs/decisions.md")
    assert len(_HEADING.findall(page)) == len(re.findall(r"^###", page, re.MULTILINE)) > 40
    assert not re.findall(r"^\*\*20[^\n]*", page, re.MULTILINE), "a decision is a heading: ### date · Title"


def test_every_decision_stands_under_its_year() -> None:
    page = text("docs/decisions.md")
    for year in re.split(r"^## ", page, flags=re.MULTILINE)[1:]:
        assert {found[:4] for found in re.findall(r"^### (\d{4})", year, re.MULTILINE)} == {year[:4]}


def test_a_decision_that_is_replaced_names_one_that_is_there() -> None:
    page = text("docs/decisions.md")
    titles = set(re.findall(r"^### [\d-]+ · (.*)$", page, re.MULTILINE))
    assert {
        name for line in re.findall(r"^Status: .*$", page, re.MULTILINE) for name in re.findall(r"« (.*?) »", line)
    } <= titles
