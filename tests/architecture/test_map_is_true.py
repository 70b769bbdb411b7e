"""What `docs/` says of files, folders, functions and tests is there."""

import re
from pathlib import Path

import pytest

from tests.builders.repository import PACKAGES, ROOT, named, text

PAGES = sorted(named(path) for path in (*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")))
SOURCE = re.compile(r"`((?:gateway|webmail|webpro|webagent|dossier_bridge|certs|tests|docs|scripts)/[\w./-]*)`")
TO_BE_ADDED = re.compile(r"^\+.*$", re.MULTILINE)
LINK = re.compile(r"\]\((?!https?:|#)([^)#]+)")
MEMBER = re.compile(r"`(\w+/[\w/]+\.py)`,\s+`((?!\w+\.py)[\w.]+)`")
TEST = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")


@pytest.mark.parametrize("page", PAGES)
def test_every_path_a_page_names_exists(page: str) -> None:
    said = TO_BE_ADDED.sub("", text(page))
    assert [path for path in SOURCE.findall(said) if not (ROOT / path).exists()] == []


@pytest.mark.parametrize("page", PAGES)
def test_every_link_of_a_page_leads_somewhere(page: str) -> None:
    folder = (ROOT / page).parent
    assert [target for target in LINK.findall(text(page)) if not (folder / target).exists()] == []


@pytest.mark.parametrize("page", ["docs/architecture.md", "docs/journeys.md"])
def test_every_function_a_page_places_in_a_file_is_defined_there(page: str) -> None:
    missing = []
    for path, member in MEMBER.findall(text(page)):
        code = text(path)
        missing += [
            f"{path}: {name}"
            for name in member.split(".")
            if not re.search(rf"^\s*(?:class|def|async def) {name}\b|^{name}\b.*=", code, re.MULTILINE)
        ]
    assert missing == []


@pytest.mark.parametrize("page", PAGES)
def test_every_test_a_page_relies_on_exists(page: str) -> None:
    assert [
        f"{path}::{name}"
        for path, name in TEST.findall(text(page))
        if not (ROOT / path).exists() or not re.search(rf"def {name}\(", text(path))
    ] == []


def test_the_journeys_name_functions_at_all() -> None:
    assert len(MEMBER.findall(text("docs/journeys.md"))) > 5


def test_the_map_shows_every_folder_of_code_and_tests() -> None:
    shown = set(SOURCE.findall(text("docs/architecture.md")))
    packages = {init.parent for package in PACKAGES for init in (ROOT / package).rglob("__init__.py")}
    # A format's folder is named by the table of formats, and its first line says which it is.
    packages -= {reader.parent for reader in (ROOT / "dossier_bridge").glob("*/reader.py")}
    suites = {path for path in (ROOT / "tests").iterdir() if path.is_dir() and path.name != "__pycache__"}
    assert sorted(name for name in map(_folder, packages | suites) if name not in shown) == []


def test_the_map_shows_every_module_beside_the_packages_of_the_gateway() -> None:
    shown = set(SOURCE.findall(text("docs/architecture.md")))
    alone = [named(path) for path in sorted((ROOT / "gateway").glob("*.py")) if path.name != "__init__.py"]
    assert [name for name in alone if name not in shown] == []


def test_the_map_leads_to_every_page_of_documents() -> None:
    linked = set(LINK.findall(text("docs/architecture.md")))
    pages = {path.name for path in ROOT.glob("docs/*.md")} - {"architecture.md"}
    assert sorted(pages - linked) == []


def _folder(path: Path) -> str:
    return f"{named(path)}/"
