"""An archive is encrypted to a person's OpenPGP key and opened by gpg on their machine; bad keys are told apart."""

import bz2
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from gateway.domain.account import digest_of
from gateway.domain.errors import EncryptionFailed
from gateway.domain.openpgp import MAX_KEY, KeyFault, OpenPgpKey
from gateway.domain.own_export import ExportState
from gateway.openpgp import gnupg_program
from gateway.openpgp.gnupg_program import GnupgProgram
from gateway.services.access.actors import holder_of
from gateway.services.export import archive_encryption, archive_making
from tests.builders.archives import files_of, made, making, octets_of, waiting
from tests.builders.openpgp_keys import OpenPgpHome
from tests.builders.passkeys import SESSION, a_session
from tests.builders.patient_site import PDF, PatientSite, patient_site

PRESENT = digest_of(SESSION)


@pytest.fixture(scope="module")
def home() -> Iterator[OpenPgpHome]:
    """A folder of keys; its path is short, since gpg's helper listens in it."""
    folder = Path(tempfile.mkdtemp(prefix="gpg-"))
    there = OpenPgpHome(folder)
    yield there
    there.close()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="module")
def camille(home: OpenPgpHome) -> bytes:
    return home.made("camille")


@pytest.fixture
async def site(ram: Path) -> AsyncIterator[PatientSite]:
    async with patient_site(ram) as opened:
        await a_session(opened, opened.camille, SESSION)
        await opened.file()
        yield opened


async def test_archive_is_encrypted_to_the_key_and_opened_by_gpg(
    site: PatientSite, home: OpenPgpHome, camille: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (archive_making, archive_encryption):
        monkeypatch.setattr(module, "PIECE", 1000)  # so that there are several
    actor, exports = holder_of(site.camille, "web"), site.services.exports
    key = await exports.read_key(actor, PRESENT, camille)
    assert isinstance(key, OpenPgpKey)
    assert key.fingerprint == home.fingerprint("camille")
    assert key.people == ("Camille <camille@famille.example>",)
    assert await exports.ask(actor, PRESENT, key)
    assert await made(site) == 1
    sealed = await octets_of(site)
    assert b"PK\x03\x04" not in sealed[:100]
    opened = files_of(home.run("--decrypt", given=sealed))
    assert next(data for name, data in opened.items() if name.endswith("pdf.pdf")) == PDF
    file = await exports.open(actor, PRESENT)
    assert file is not None
    assert file.name.endswith(".zip.gpg")
    assert (await site.trace("export.asked"))[0].detail == f"OpenPGP {key.fingerprint}"


async def test_keys_that_cannot_be_used_are_told_apart(home: OpenPgpHome, camille: bytes) -> None:
    home.made("signe", "sign")
    home.made("ancienne")
    old = home.run(
        "--faked-system-time", "20200101T000000", "--quick-generate-key", "Passee <passee@famille.example>",
        "future-default", "default", "2020-02-01",
    )  # fmt: skip
    assert old == b""
    program = GnupgProgram()
    assert {
        "signs": await program.read_key(home.public("signe")),
        "revoked": await program.read_key(home.revoked("ancienne")),
        "expired": await program.read_key(home.public("passee")),
        "several": await program.read_key(home.public("camille", "signe")),
        "private": await program.read_key(home.private("camille")),
        "none": await program.read_key(b"ceci n'est pas une cle"),
        "empty": await program.read_key(b""),
        "cut": await program.read_key(camille[:200]),
        "large": await program.read_key(camille + b"\n" * MAX_KEY),
    } == {
        "signs": KeyFault.SIGNS_ONLY,
        "revoked": KeyFault.REVOKED,
        "expired": KeyFault.EXPIRED,
        "several": KeyFault.SEVERAL,
        "private": KeyFault.PRIVATE,
        "none": KeyFault.NO_KEY,
        "empty": KeyFault.NO_KEY,
        "cut": KeyFault.NO_KEY,
        "large": KeyFault.TOO_LARGE,
    }


async def test_small_file_that_opens_to_a_key_of_any_size_is_stopped(
    home: OpenPgpHome, camille: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gnupg_program, "_PROCESSOR", 1)
    key = home.run("--dearmor", given=camille)
    person = b"\xb4\xff" + b"x" * 255  # RFC 4880 §5.11
    bomb = b"\xa3\x03" + bz2.compress(key + person * 100_000)  # § 5.6: 25 MB
    assert len(bomb) < 1000
    assert await GnupgProgram().read_key(bomb) is KeyFault.NO_KEY


async def test_key_that_is_not_good_any_more_makes_no_archive_and_says_so(site: PatientSite, camille: bytes) -> None:
    actor, exports = holder_of(site.camille, "web"), site.services.exports
    key = OpenPgpKey(data=camille, fingerprint="00" * 20, people=(), expires=None)
    assert await exports.ask(actor, PRESENT, key)
    (step,) = await waiting(site)
    with pytest.raises(EncryptionFailed):
        await making(site).make(step)
    await site.at.store.write(await making(site).give_up(step))
    found = await exports.present(actor)
    assert found is not None
    assert found.state is ExportState.FAILED


async def test_octets_that_do_not_come_to_their_end_are_no_archive(camille: bytes, home: OpenPgpHome) -> None:
    def broken() -> Iterator[bytes]:
        yield b"the beginning"
        raise EncryptionFailed("lost")

    with pytest.raises(EncryptionFailed):
        await GnupgProgram().encrypt(camille, home.fingerprint("camille"), broken(), lambda _: None)


async def test_missing_program_is_told(camille: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gnupg_program, "PROGRAM", "gpg-that-is-not-there")
    assert await GnupgProgram().read_key(camille) is KeyFault.NO_PROGRAM
    with pytest.raises(EncryptionFailed, match="install the Debian package gnupg"):
        await GnupgProgram().encrypt(camille, "00", iter(()), lambda _: None)


def test_home_of_a_killed_process_is_removed_and_one_in_use_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    left = tmp_path / "pli-gpg-left"
    left.mkdir()
    (left / "pubring.kbx").write_bytes(b"Camille <camille@famille.example>")
    (tmp_path / "pli-gpg-link").symlink_to(tmp_path / "else")
    (tmp_path / "else").mkdir()
    with gnupg_program._gpg(20) as gpg:
        GnupgProgram()
        assert sorted(path.name for path in tmp_path.iterdir()) == sorted(
            [Path(gpg.gnupghome).name, "pli-gpg-link", "else"]
        )
    GnupgProgram()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["else", "pli-gpg-link"]
