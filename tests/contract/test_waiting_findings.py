"""What the doctor says of notices and letters that lie there, and of who is asked for help."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from gateway.cli.waiting_findings import waiting_findings
from gateway.config import settings_of

NOW = datetime(2026, 11, 29, 9, 0, tzinfo=UTC)


def found(folder: Path, **sections: Any) -> list[str]:  # Any: TOML
    return [str(finding) for finding in waiting_findings(settings_of(sections, folder), NOW)]


def laid(file: Path, since: datetime) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.touch()
    os.utime(file, (since.timestamp(), since.timestamp()))


def test_nobody_who_answers_for_help_is_told_with_what_to_do(tmp_path: Path) -> None:
    (line,) = found(tmp_path)
    assert line.startswith("! requests for help go nowhere: set support.address")
    assert found(tmp_path, support={"address": "aide@operateur.example"}) == [
        "✓ requests for help go to aide@operateur.example"
    ]


@pytest.mark.parametrize(("age", "mark"), [(timedelta(hours=23), "✓"), (timedelta(hours=25), "!")])
def test_notices_that_nobody_takes_are_counted_with_the_day_of_the_oldest(
    tmp_path: Path, age: timedelta, mark: str
) -> None:
    laid(tmp_path / "notices" / "1.json", NOW - age)
    laid(tmp_path / "notices" / "2.json", NOW)
    laid(tmp_path / "notices" / ".3.json", NOW - timedelta(days=9))
    line = found(tmp_path)[1]
    assert line.startswith(f"{mark} 2 notices lie in paths.notices, the oldest since {NOW - age:%Y-%m-%d %H:%M} UTC")


def test_letters_are_counted_by_mailing_with_what_to_do(tmp_path: Path) -> None:
    for name in ("2026-11-02/1.pdf", "2026-11-02/2.pdf", "2026-11-09/3.pdf"):
        laid(tmp_path / "letters" / name, NOW - timedelta(days=3))
    (tmp_path / "letters" / "2026-11-16").mkdir()
    support = {"telephone": "01 99 00 12 34"}
    lines = found(tmp_path, notices={"letters": "letters"}, support=support)[1:]
    assert [line.partition(" in ")[0] for line in lines] == ["! 2 letters lie", "! 1 letter lies"]
    assert "run pli notices posted 2026-11-02, and remove the folder" in lines[0]
    assert len(found(tmp_path, notices={"letters": "nowhere"}, support=support)) == 1


def test_letters_that_say_nowhere_to_call_or_write_are_told(tmp_path: Path) -> None:
    letters = {"letters": "letters"}
    (line,) = found(tmp_path, notices=letters)[1:]
    assert line.startswith("! letters name no telephone number and no postal address: set support.telephone or")
    for support in ({"telephone": "3646"}, {"postal": "1 rue de l'Essai, 75001 Paris"}):
        assert found(tmp_path, notices=letters, support=support)[1:] == []
