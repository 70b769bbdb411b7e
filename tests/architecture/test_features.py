"""`docs/features.md` is true: every row once, every test that it names there, and through a public face."""

import ast
import re
from functools import cache
from pathlib import Path

from tests.builders.repository import ROOT

PAGE = ROOT / "docs" / "features.md"
NUMBERS = {"F": range(1, 101), "E": range(1, 100)}
FACES = (
    "tests/browser/",
    "tests/contract/cli/",
    "tests/contract/test_fhir_",
    "tests/contract/test_care_pages",
    "tests/contract/test_measure_pages",
    "tests/contract/test_profile_link_pages",
    "tests/contract/test_profile_pages",
    "tests/contract/test_proposed_pages",
    "tests/dialogs/",
    "tests/interop/",
    "tests/journeys/",
)
_ROW = re.compile(r"\| ([FE])(\d+) \| ([^|]+) \| ([^|]+) \|")
_TEST = re.compile(r"`(tests/[\w/]+/test_\w+\.py)::(test_\w+)`")
_SERVICE = "service only: "


def rows() -> list[tuple[str, int, str]]:
    """Give the letter, the number and what shows each feature."""
    found = [_ROW.fullmatch(line) for line in PAGE.read_text().splitlines()]
    return [(row[1], int(row[2]), row[4]) for row in found if row]


def test_every_feature_is_on_the_page_once() -> None:
    found = [(letter, number) for letter, number, _ in rows()]
    assert found == [(letter, number) for letter, numbers in NUMBERS.items() for number in numbers]


def test_every_row_names_tests_or_says_not_yet() -> None:
    odd = []
    for letter, number, shown in rows():
        named = ", ".join(f"`{path}::{name}`" for path, name in _TEST.findall(shown))
        if shown not in ("not yet", named, _SERVICE + named) or shown == _SERVICE:
            odd.append(f"{letter}{number}: {shown}")
    assert odd == []


def test_every_test_that_a_row_names_is_there() -> None:
    named = [test for _, _, shown in rows() for test in _TEST.findall(shown)]
    assert len(named) > 50
    assert [f"{path}::{name}" for path, name in named if name not in _tests_of(path)] == []


def test_every_test_goes_through_a_public_face_unless_its_row_says_so() -> None:
    below = [
        path
        for _, _, shown in rows()
        for path, _ in _TEST.findall(shown)
        if path.startswith(FACES) is shown.startswith(_SERVICE)
    ]
    assert below == []


@cache
def _tests_of(path: str) -> frozenset[str]:
    file = ROOT / Path(path)
    tree = ast.parse(file.read_text()) if file.is_file() else ast.Module([], [])
    return frozenset(
        node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    )
