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
    "tests/contract/test_activity_history",
    "tests/contract/test_activity_pages",
    "tests/contract/test_care_pages",
    "tests/contract/test_document_pages",
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
_SERVICE, _MISSING = "service only: ", "; missing: "


def rows() -> list[tuple[str, int, str]]:
    """Give the letter, the number and what shows each feature."""
    found = [_ROW.fullmatch(line) for line in PAGE.read_text().splitlines()]
    return [(row[1], int(row[2]), row[4]) for row in found if row]


def test_every_feature_is_on_the_page_once() -> None:
    found = [(letter, number) for letter, number, _ in rows()]
    assert found == [(letter, number) for letter, numbers in NUMBERS.items() for number in numbers]


def parts(cell: str) -> tuple[str, str]:
    """Give the tests of a public face and those of a service; what is missing stands after them."""
    shown = cell.partition(_MISSING)[0]
    if shown.startswith(_SERVICE):
        return "", shown.removeprefix(_SERVICE)
    face, _, service = shown.partition(f"; {_SERVICE}")
    return face, service


def test_every_row_names_tests_or_says_not_yet() -> None:
    odd = []
    for letter, number, cell in rows():
        if cell == "not yet":
            continue
        face, service = (", ".join(f"`{path}::{name}`" for path, name in _TEST.findall(one)) for one in parts(cell))
        shown = f"{face}; {_SERVICE}{service}" if face and service else face or _SERVICE + service
        if not (face or service) or cell.partition(_MISSING)[0] != shown or cell.endswith(_MISSING):
            odd.append(f"{letter}{number}: {cell}")
    assert odd == []


def test_every_test_that_a_row_names_is_there() -> None:
    named = [test for _, _, shown in rows() for test in _TEST.findall(shown)]
    assert len(named) > 50
    assert [f"{path}::{name}" for path, name in named if name not in _tests_of(path)] == []


def test_every_test_goes_through_a_public_face_unless_its_row_says_so() -> None:
    wrong = []
    for _, _, cell in rows():
        face, service = parts(cell)
        wrong += [path for path, _ in _TEST.findall(face) if not path.startswith(FACES)]
        wrong += [path for path, _ in _TEST.findall(service) if path.startswith(FACES)]
    assert wrong == []


@cache
def _tests_of(path: str) -> frozenset[str]:
    file = ROOT / Path(path)
    tree = ast.parse(file.read_text()) if file.is_file() else ast.Module([], [])
    return frozenset(
        node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    )
