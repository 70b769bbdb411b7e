"""The terms of use are read from files: those of the program, or those of an operator's folder."""

from datetime import date
from pathlib import Path

import pytest

from gateway.domain.errors import ConfigurationError
from gateway.terms.terms_files import TEXTS, terms_of_use

TODAY = date(2030, 1, 1)


def test_program_has_terms_of_its_own() -> None:
    terms = terms_of_use()
    assert terms.current(TODAY).name == sorted(file.stem for file in TEXTS.iterdir())[-1]
    assert terms.readable == ()


def test_operators_terms_are_in_force_and_the_programs_stay_readable(tmp_path: Path) -> None:
    (tmp_path / "2025-05-01.txt").write_text("Nos conditions.", encoding="utf-8")
    (tmp_path / "notes.md").write_text("", encoding="utf-8")
    terms = terms_of_use(tmp_path)
    assert terms.current(TODAY).name == "2025-05-01"
    assert terms.version(terms_of_use().current(TODAY).name) is not None


@pytest.mark.parametrize(
    ("name", "octets"),
    [
        ("2025-05-01.txt", b""), ("2025-05-01.txt", b"\xff"), ("2025-05-01.txt", b"x" * 200_001), ("mai.txt", b"x"),
        ("2026-11-29.txt", b"x"), ("notes.md", b"x"),
    ],
)  # fmt: skip
def test_folder_that_cannot_be_used_stops_the_start(tmp_path: Path, name: str, octets: bytes) -> None:
    (tmp_path / name).write_bytes(octets)
    with pytest.raises(ConfigurationError, match="terms"):
        terms_of_use(tmp_path)


def test_folder_that_is_not_there_stops_the_start(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="terms"):
        terms_of_use(tmp_path / "nowhere")
