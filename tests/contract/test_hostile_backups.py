"""A backup that somebody changed is believed within its own folder only; nothing is written outside the new one."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from gateway.backup.making import DATA, KEYS
from gateway.backup.manifest import CopiedFile, Manifest, write_manifest
from gateway.backup.restoring import put_back, read_backup
from gateway.domain.errors import ConfigurationError, MalformedContent

_SUM = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
"""SHA-256 of « abc »."""


def _backup(folder: Path, files: Sequence[CopiedFile], erased: tuple[str, ...] = ()) -> tuple[Path, Path]:
    places = folder / "backup", folder / "safe"
    for place, part in zip(places, (DATA, KEYS), strict=True):
        place.mkdir()
        said = files if part == DATA else ()
        manifest = Manifest(
            id="1", part=part, made_at="2026-11-29", hostname="a.example", files=tuple(said), erased=erased
        )
        write_manifest(place, manifest)
    return places


def _restored(places: tuple[Path, Path], target: Path) -> None:
    put_back(*places, target, lambda _: None)


@pytest.mark.parametrize(
    "name",
    ["../out", "a/../../out", "/{}/out", "..", "", "a//out", "./out", "a\\..\\out", "a/\n", "a/b/c/d/e", "x" * 256],
)
def test_name_that_leads_out_of_the_folder_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / "out").write_text("abc")
    file = CopiedFile(name.format(tmp_path), 3, _SUM)
    with pytest.raises(MalformedContent, match="names what no backup has"):
        _restored(_backup(tmp_path, [file]), tmp_path / "deep" / "new")
    assert not (tmp_path / "deep").exists()


def test_name_given_twice_is_refused(tmp_path: Path) -> None:
    with pytest.raises(MalformedContent, match="names what no backup has"):
        _restored(_backup(tmp_path, [CopiedFile("a", 3, _SUM)] * 2), tmp_path / "new")


@pytest.mark.parametrize("vault", ["zz", "", "1", "-5", "1" * 17])
def test_erased_vault_that_is_no_space_is_refused(tmp_path: Path, vault: str) -> None:
    with pytest.raises(MalformedContent, match="names what no backup has"):
        _restored(_backup(tmp_path, [], (vault,)), tmp_path / "new")


@pytest.mark.parametrize("linked", ["file", "folder"])
def test_link_to_a_file_of_this_machine_is_not_followed(tmp_path: Path, linked: str) -> None:
    (tmp_path / "secrets").mkdir()
    (tmp_path / "secrets" / "one").write_text("abc")
    places = _backup(tmp_path, [CopiedFile("directory/one", 3, _SUM)])
    if linked == "folder":
        (places[0] / "directory").symlink_to(tmp_path / "secrets")
    else:
        (places[0] / "directory").mkdir()
        (places[0] / "directory" / "one").symlink_to(tmp_path / "secrets" / "one")
    with pytest.raises(MalformedContent, match="directory/one of the backup is not as it was written"):
        _restored(places, tmp_path / "new")
    assert not (tmp_path / "new" / "directory" / "one").exists()


def test_file_of_another_length_is_refused_before_it_is_copied(tmp_path: Path) -> None:
    places = _backup(tmp_path, [CopiedFile("data", 3, _SUM)])
    with (places[0] / "data").open("wb") as file:
        file.truncate(1 << 42)
    with pytest.raises(MalformedContent, match="data of the backup is not as it was written"):
        _restored(places, tmp_path / "new")
    assert not (tmp_path / "new" / "data").exists()


def test_folder_in_place_of_a_file_is_refused(tmp_path: Path) -> None:
    places = _backup(tmp_path, [CopiedFile("data", 3, _SUM)])
    (places[0] / "data").mkdir()
    with pytest.raises(MalformedContent, match="is not as it was written"):
        _restored(places, tmp_path / "new")


@pytest.mark.parametrize(("made_at", "hostname"), [("2026-11-28", "a.example"), ("2026-11-30", "b.example")])
def test_keys_that_are_older_or_of_another_gateway_are_no_later_ones(
    tmp_path: Path, made_at: str, hostname: str
) -> None:
    data, keys = _backup(tmp_path, [])
    write_manifest(keys, Manifest(id="2", part=KEYS, made_at=made_at, hostname=hostname, files=()))
    with pytest.raises(ConfigurationError, match="are no later keys of what"):
        read_backup(data, keys, later_keys=True)
