"""Programs and macros inside zip and gzip are known by their octets, however the archive is written (E96)."""

import gzip
import io
import zipfile

import pytest

from gateway.domain.mime import marks, zip_programs
from gateway.domain.mime.zip_programs import bears_program, gzip_bears_program, names_program

PROGRAM = b"MZ\x90\0\x03" + bytes(600)
MACROS = marks.COMPOUND + bytes(9_000) + "_VBA_PROJECT".encode("utf-16-le")
WORDS = b"Bonjour. " * 400


def packed(*files: bytes, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", method) as archive:
        for number, data in enumerate(files):
            archive.writestr(f"{number}.txt", data)
    return written.getvalue()


@pytest.mark.parametrize("method", [zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED])
@pytest.mark.parametrize(
    "file", [PROGRAM, MACROS, b"#!/bin/sh\n", marks.COMPOUND + bytes(99) + b"This program cannot be run in DOS mode"]
)
def test_program_is_found_in_a_zip(file: bytes, method: int) -> None:
    assert bears_program(packed(WORDS, file, method=method))


@pytest.mark.parametrize("outer", [zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED])
def test_program_is_found_in_a_zip_in_a_zip(outer: int) -> None:
    assert bears_program(packed(packed(WORDS, PROGRAM), method=outer))


def test_file_that_the_directory_leaves_out_is_found() -> None:
    whole = packed(PROGRAM)
    assert bears_program(whole[: whole.index(b"PK\x01\x02")])


@pytest.mark.parametrize(
    "archive",
    [packed(WORDS), packed(marks.COMPOUND + bytes(99)), b"PK\x03\x04", packed(), b"PK\x03\x04" + b"\xff" * 99,
     b"PK\x03\x04" + bytes(4) + b"\x08" + bytes(21) + b"\xff" * 99],
)  # fmt: skip
def test_ordinary_or_damaged_archive_bears_none(archive: bytes) -> None:
    assert not bears_program(archive)


def test_search_ends_at_its_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(zip_programs, "_MAX_FILES", 3)
    assert bears_program(packed(WORDS, WORDS, PROGRAM))
    assert not bears_program(packed(WORDS, WORDS, WORDS, PROGRAM))
    monkeypatch.setattr(zip_programs, "_MAX_FILES", 99)
    monkeypatch.setattr(zip_programs, "_MAX_INFLATED", 1_000)
    assert bears_program(packed(WORDS, WORDS, WORDS, PROGRAM))
    assert not bears_program(packed(MACROS))
    monkeypatch.setattr(zip_programs, "_MAX_INFLATED", len(MACROS) - 30)
    assert not bears_program(packed(packed(WORDS), marks.COMPOUND + bytes(len(MACROS)), packed(PROGRAM)))


def test_search_ends_at_its_depth() -> None:
    deep = packed(PROGRAM)
    for _ in range(3):
        deep = packed(deep)
    assert bears_program(deep)
    assert not bears_program(packed(deep))


def test_encrypted_file_is_not_guessed() -> None:
    whole = bytearray(packed(PROGRAM, method=zipfile.ZIP_STORED))
    whole[6] |= 1
    assert not bears_program(bytes(whole))


def test_program_is_found_in_a_gzip() -> None:
    assert gzip_bears_program(gzip.compress(PROGRAM))
    assert not gzip_bears_program(gzip.compress(WORDS))
    assert not gzip_bears_program(b"\x1f\x8b damaged")


@pytest.mark.parametrize(
    ("name", "answer"),
    [
        (b"word/vbaProject.bin", True), (b"XL/VBAPROJECT.BIN", True), (b"xl/macrosheets/sheet1.xml", True),
        (b"Basic/Standard/Module1.xml", True), (b"Basic/Standard/script-lb.xml", False), (b"word/document.xml", False),
        (b"a/lance.BAT .", True), (b"lisezmoi", False), (b"a" * 60_000 + b".xml", False),
        (b"xl/macrosheets/" + b"a" * 60_000, True), (b"a/" * 30_000 + b"lance.exe", True),
    ],
)  # fmt: skip
def test_programs_and_macros_of_office_are_known_by_their_names(name: bytes, answer: bool) -> None:
    assert names_program(name) is answer
