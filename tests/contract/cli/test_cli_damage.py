"""A store that cannot be opened is named as what it is, with what to do, by every command; never a traceback."""

import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from tests.builders.command_line import Answer, Gateway, in_a_folder_that_is_read_only
from tests.builders.command_tree import commands, takes_settings, words_of
from tests.builders.recipes import follow
from tests.builders.repository import PACKAGES, ROOT

NEEDS_NO_STORE = {
    ("directory", "import"), ("whitelist", "import"), ("keys", "rotate"), ("vocabulary", "import"),
    ("growth", "import"),
}  # fmt: skip
"""Trust lists, lists of terms and keys are files of their own: they can be seen to while the database is not there."""
OPENING = sorted(name for name, command in commands().items() if takes_settings(command) and name not in NEEDS_NO_STORE)
PROBES = [("policy", "explain"), ("serve",)]


def answer(gateway: Gateway, name: tuple[str, ...]) -> Answer:
    done = gateway.run(*words_of(name, gateway))
    assert "Traceback" not in done.talk + done.out
    return done


def overwritten(path: Path, start: int, octets: bytes) -> None:
    with path.open("r+b") as file:
        file.seek(start)
        file.write(octets)


@pytest.mark.parametrize("name", OPENING, ids=" ".join)
def test_every_command_calls_a_garbled_database_damaged(gateway: Gateway, name: tuple[str, ...]) -> None:
    overwritten(gateway.database, 0, os.urandom(100))
    done = answer(gateway, name)
    assert done.code == (1 if name == ("doctor",) else 3), done.talk
    assert "[PLI-203]" in done.talk + done.out
    assert "is damaged: stop the gateway, keep a copy, and restore it from your backup" in done.talk + done.out


def cut(gateway: Gateway) -> None:
    os.truncate(gateway.database, gateway.database.stat().st_size // 2)


def emptied(gateway: Gateway) -> None:
    os.truncate(gateway.database, 0)


def of_another_program(gateway: Gateway) -> None:
    gateway.database.unlink()
    with closing(sqlite3.connect(gateway.database)) as db, db:
        db.execute("CREATE TABLE moz_places (url TEXT)")


def _with_schema(gateway: Gateway, revision: str) -> None:
    with closing(sqlite3.connect(gateway.database)) as db, db:
        db.execute("UPDATE alembic_version SET version_num = ?", (revision,))


def of_a_later_version(gateway: Gateway) -> None:
    _with_schema(gateway, "9999")


def missing(gateway: Gateway) -> None:
    gateway.database.unlink()


def folder_in_its_place(gateway: Gateway) -> None:
    gateway.database.unlink()
    gateway.database.mkdir()


def without_key_store(gateway: Gateway) -> None:
    (gateway.folder / "keys" / "keys.sqlite").unlink()


def with_garbled_key_store(gateway: Gateway) -> None:
    overwritten(gateway.folder / "keys" / "keys.sqlite", 0, os.urandom(100))


def with_another_database_for_key_store(gateway: Gateway) -> None:
    (gateway.folder / "keys" / "keys.sqlite").write_bytes(gateway.database.read_bytes())


def without_kek(gateway: Gateway) -> None:
    (gateway.folder / "keys" / "kek").unlink()


def with_garbled_kek(gateway: Gateway) -> None:
    (gateway.folder / "keys" / "kek").write_bytes(os.urandom(32))


def with_another_kek(gateway: Gateway) -> None:
    (gateway.folder / "keys" / "kek").write_text("00" * 32)


FAULTS: list[tuple[Callable[[Gateway], None], int, str]] = [
    (cut, 3, "[PLI-203]"),
    (emptied, 3, "[PLI-203]"),
    (of_another_program, 3, "is a database of another program"),
    (of_a_later_version, 3, "has a schema this version does not know"),
    (missing, 3, "there is no database at"),
    (folder_in_its_place, 3, "[PLI-501]"),
    (without_key_store, 3, "[PLI-202]"),
    (with_garbled_key_store, 3, "[PLI-202]"),
    (with_another_database_for_key_store, 3, "[PLI-202]"),
    (without_kek, 3, "restore it from your key backup"),
    (with_garbled_kek, 3, "restore it from your key backup"),
    (with_another_kek, 3, "[PLI-202]"),
]


@pytest.mark.parametrize("name", PROBES, ids=" ".join)
@pytest.mark.parametrize(("spoil", "code", "says"), FAULTS, ids=lambda item: getattr(item, "__name__", ""))
def test_what_cannot_be_opened_is_named(
    gateway: Gateway, name: tuple[str, ...], spoil: Callable[[Gateway], None], code: int, says: str
) -> None:
    spoil(gateway)
    was_there = gateway.database.exists()
    done = answer(gateway, name)
    assert done.code == code, done.talk
    assert says in done.talk
    assert gateway.database.exists() == was_there


def test_a_database_of_another_program_is_left_as_it_is(gateway: Gateway) -> None:
    of_another_program(gateway)
    before = gateway.database.read_bytes()
    answer(gateway, ("serve",))
    assert gateway.database.read_bytes() == before


def test_a_command_of_the_next_version_does_not_work_on_this_schema(gateway: Gateway, tmp_path: Path) -> None:
    # The next version is this one with a table more, as docs/recipes.md adds one.
    for package in PACKAGES:
        shutil.copytree(ROOT / package, tmp_path / "next" / package, ignore=shutil.ignore_patterns("__pycache__"))
    follow("A table", tmp_path / "next")
    words = [sys.executable, "-m", "gateway.cli", *words_of(("policy", "explain"), gateway), "--config", gateway.config]
    environment = {**os.environ, "PYTHONPATH": str(tmp_path / "next")}
    done = subprocess.run(
        words, env=environment, cwd=tmp_path / "next", capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 3
    assert "has the schema of an earlier version: start « pli serve »" in done.stderr


@pytest.mark.parametrize("name", PROBES, ids=" ".join)
def test_a_data_folder_that_is_read_only_is_named(gateway: Gateway, name: tuple[str, ...]) -> None:
    words = (*words_of(name, gateway), "--config", gateway.config)
    done = in_a_folder_that_is_read_only(gateway.folder / "data", *words)
    assert "Traceback" not in done.talk
    assert done.code == 3
    assert "give the gateway's user the right to write" in done.talk


@contextmanager
def held(path: Path) -> Iterator[None]:
    """Hold a database as a program does that wants it for itself."""
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.execute("PRAGMA locking_mode=EXCLUSIVE")
        db.execute("BEGIN EXCLUSIVE")
        yield
        db.execute("ROLLBACK")


@pytest.mark.parametrize("name", PROBES, ids=" ".join)
def test_a_database_that_another_program_holds_is_tried_again(gateway: Gateway, name: tuple[str, ...]) -> None:
    with held(gateway.database):
        done = answer(gateway, name)
    assert done.code == 4
    assert "is locked by another program" in done.talk
