"""Whether the files of the program are still those that a gateway began with."""

import os
import tomllib
from pathlib import Path

import pytest

from gateway.domain.errors import ServingFailed
from gateway.processes.program_files import PACKAGES, ProgramFiles

ROOT = Path(__file__).parents[3]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with two files of a program."""
    for name in ("a.py", "inner/b.py"):
        file = tmp_path / "gateway" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("VERSION = 1")
    return tmp_path


@pytest.mark.parametrize("change", ["written", "touched", "added", "removed", "template"])
def test_change_of_a_file_is_found(folder: Path, change: str) -> None:
    program, file = ProgramFiles(folder), folder / "gateway" / "inner" / "b.py"
    program.require_unchanged()
    match change:
        case "written":
            file.write_text("VERSION = 11")
        case "touched":
            os.utime(file, (1, 1))
        case "added":
            file.with_name("c.py").touch()
        case "removed":
            file.unlink()
        case "template":
            (folder / "gateway" / "page.html").touch()
    with pytest.raises(ServingFailed, match="stop the gateway and start it again"):
        program.require_unchanged()


def test_what_python_compiles_meanwhile_is_no_change(folder: Path) -> None:
    program = ProgramFiles(folder)
    compiled = folder / "gateway" / "__pycache__" / "a.cpython-313.pyc"
    compiled.parent.mkdir()
    compiled.touch()
    program.require_unchanged()


def test_what_an_editor_leaves_is_no_change(folder: Path) -> None:
    program = ProgramFiles(folder)
    (folder / "gateway" / ".#a.py").symlink_to("nobody@nowhere.1234")
    (folder / "gateway" / "gone.py").symlink_to("nowhere")
    program.require_unchanged()


def test_all_packages_of_the_program_are_looked_at() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    assert set(PACKAGES) == set(project["tool"]["importlinter"]["root_packages"])
