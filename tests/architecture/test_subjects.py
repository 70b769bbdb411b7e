"""Import contracts bite: a cycle between subjects, or a subject that nobody placed, makes `make check` fail."""

import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.builders.repository import PACKAGES, ROOT, text

LINT = Path(sys.executable).with_name("lint-imports")
SERVICES = "gateway/services"


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """Give a copy of the program, to be spoilt."""
    for package in PACKAGES:
        shutil.copytree(ROOT / package, tmp_path / package, ignore=shutil.ignore_patterns("__pycache__", "static"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def _lint(copy: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([LINT, "--no-cache"], cwd=copy, capture_output=True, text=True, check=False)


def _spoil(copy: Path, module: str, line: str) -> None:
    path = copy / module
    path.write_text(f"{path.read_text(encoding='utf-8')}\n{line}\n", encoding="utf-8")


def test_the_copy_keeps_its_contracts(copy: Path) -> None:
    assert _lint(copy).returncode == 0


@pytest.mark.parametrize(
    ("module", "imported"),
    [
        ("filing/filing.py", "conversation.opening"),
        ("delivery/post.py", "conversation.replies"),
        ("sign_in/application_tokens.py", "trust.facts"),
        ("trust/facts.py", "delivery.acceptance"),
        ("record/document_access.py", "delivery.post"),
    ],
)
def test_an_import_against_the_contracts_is_found(copy: Path, module: str, imported: str) -> None:
    _spoil(copy, f"{SERVICES}/{module}", f"import gateway.services.{imported}")
    found = _lint(copy)
    assert found.returncode == 1
    assert f"gateway.services.{imported.split('.', maxsplit=1)[0]}" in found.stdout


@pytest.mark.parametrize(
    ("module", "imported"),
    [
        ("webmail/pulse.py", "webmail.live.routes"),
        ("gateway/imap/wire/cursor.py", "gateway.imap.wire.parser"),
    ],
)
def test_an_import_in_a_circle_is_found(copy: Path, module: str, imported: str) -> None:
    _spoil(copy, module, f"import {imported}")
    found = _lint(copy)
    assert found.returncode == 1
    assert "No folder and no module imports in a circle BROKEN" in found.stdout


def test_a_subject_that_nobody_placed_is_found(copy: Path) -> None:
    folder = copy / SERVICES / "almanac"
    folder.mkdir()
    (folder / "__init__.py").write_text('"""A new subject."""\n', encoding="utf-8")
    found = _lint(copy)
    assert found.returncode == 1
    assert "almanac" in found.stdout


def test_a_module_of_the_gateway_that_nobody_placed_is_found(copy: Path) -> None:
    (copy / "gateway" / "almanac.py").write_text('"""A new module."""\n', encoding="utf-8")
    found = _lint(copy)
    assert found.returncode == 1
    assert "almanac" in found.stdout


@pytest.mark.parametrize("reached", ["gateway.randomness", "gateway.clock", "gateway.config"])
def test_what_is_pure_cannot_reach_the_world_by_a_module_beside_the_layers(copy: Path, reached: str) -> None:
    _spoil(copy, "gateway/domain/space.py", f"import {reached}")
    found = _lint(copy)
    assert found.returncode == 1
    assert "Everything in the gateway has its layer BROKEN" in found.stdout


def test_contracts_name_packages_so_that_new_modules_fall_under_them() -> None:
    contracts = tomllib.loads(text("pyproject.toml"))["tool"]["importlinter"]["contracts"]
    named = {name for contract in contracts for name in contract.get("source_modules", ())}
    lone = {"gateway.app", "gateway.core", "gateway.deposit_serving", "gateway.running", "gateway.step_handlers"}
    modules = {name for name in named - lone if name.startswith("gateway") and _is_module(name)}
    assert modules == set()


def _is_module(name: str) -> bool:
    return (ROOT / f"{name.replace('.', '/')}.py").exists()
