"""``pli backup`` and ``pli restore``: made while serving, whole, apart from its keys, and put back as a gateway."""

import shutil
import sqlite3
from dataclasses import dataclass
from pathlib import Path

import pytest

from gateway.backup.making import make_copy, sealed
from gateway.clock import SystemClock
from gateway.config import load_settings
from gateway.core import store_paths
from gateway.domain.mailbox import VaultId
from gateway.store.seal.keys import KeyStore, read_kek
from tests.builders.command_line import Answer, Gateway, pli


@dataclass(frozen=True, slots=True)
class Backup:
    """The two folders of a backup."""

    data: Path
    keys: Path

    def restored(self, to: Path) -> Answer:
        """Put it back."""
        return pli("restore", self.data, "--keys", self.keys, "--to", to, "--json")


def _at(folder: Path) -> Backup:
    return Backup(folder / "backup", folder / "safe")


def _backed_up(gateway: Gateway, folder: Path) -> Backup:
    backup = _at(folder)
    made = gateway.run("backup", backup.data, "--keys", backup.keys, "--json")
    assert (made.code, made.data["damaged"]) == (0, 0), made.talk
    return backup


def _validities(gateway: Gateway) -> dict[tuple[int, int], int]:
    with sqlite3.connect(gateway.database) as database:
        return {(row[0], row[1]): row[2] for row in database.execute("SELECT vault, folder, uid_validity FROM folder")}


@pytest.fixture
def saved(gateway: Gateway, tmp_path: Path) -> Backup:
    """A backup of the test's own gateway."""
    return _backed_up(gateway, tmp_path)


def test_backup_made_while_serving_is_put_back_as_a_gateway_that_serves(gateway: Gateway, tmp_path: Path) -> None:
    with gateway.serving():
        backup = _backed_up(gateway, tmp_path)
    answer = backup.restored(tmp_path / "new")
    assert (answer.code, answer.data["damaged"]) == (0, 0), answer.talk
    restored = Gateway(tmp_path / "new")
    assert restored.run("doctor").code == 0
    counts = [one.run("verify", "--json").data for one in (gateway, restored)]
    assert counts[0] == counts[1]
    with restored.serving():
        pass


def test_mail_programs_fetch_restored_folders_again(gateway: Gateway, saved: Backup, tmp_path: Path) -> None:
    assert saved.restored(tmp_path / "new").code == 0
    before, after = _validities(gateway), _validities(Gateway(tmp_path / "new"))
    assert before
    assert before.keys() == after.keys()
    assert all(after[folder] > before[folder] for folder in before)


def test_data_hold_no_key(gateway: Gateway, saved: Backup) -> None:
    kek = (gateway.folder / "keys" / "kek").read_bytes().strip()
    octets = [file.read_bytes() for file in saved.data.rglob("*") if file.is_file()]
    assert octets
    assert not any(kek in found or b"PRIVATE KEY" in found for found in octets)
    assert not any(file.stat().st_mode & 0o077 for file in (*saved.data.rglob("*"), *saved.keys.rglob("*")))


def test_keys_of_another_backup_are_refused(gateway: Gateway, saved: Backup, tmp_path: Path) -> None:
    other = _backed_up(gateway, tmp_path / "other")
    refused = Backup(saved.data, other.keys).restored(tmp_path / "new")
    assert refused.code == 3
    assert "are of two backups" in refused.talk
    assert not (tmp_path / "new").exists()


def test_folders_that_were_exchanged_are_named(saved: Backup, tmp_path: Path) -> None:
    refused = Backup(saved.keys, saved.data).restored(tmp_path / "new")
    assert refused.code == 3
    assert "exchange the folders" in refused.talk


@pytest.mark.parametrize("name", ["data/pli.sqlite", "pli.toml"])
def test_changed_file_is_named_and_nothing_becomes_a_gateway(saved: Backup, tmp_path: Path, name: str) -> None:
    with (saved.data / name).open("r+b") as file:
        file.seek(30)
        octet = file.read(1)
        file.seek(30)
        file.write(bytes([octet[0] ^ 1]))
    refused = saved.restored(tmp_path / "new")
    assert refused.code == 1
    assert f"{name} of the backup is not as it was written" in refused.talk
    assert not (tmp_path / "new" / "pli.toml").exists()


def test_missing_file_is_named(saved: Backup, tmp_path: Path) -> None:
    (saved.keys / "kek").unlink()
    refused = saved.restored(tmp_path / "new")
    assert refused.code == 3
    assert "kek is missing in the backup" in refused.talk


def test_backup_that_was_cut_short_is_none(saved: Backup, tmp_path: Path) -> None:
    (saved.data / "manifest.json").unlink()
    refused = saved.restored(tmp_path / "new")
    assert refused.code == 3
    assert "holds no whole backup" in refused.talk


def test_folder_in_use_is_never_written_to(gateway: Gateway, saved: Backup, tmp_path: Path) -> None:
    again = gateway.run("backup", saved.data, "--keys", tmp_path / "more")
    assert (again.code, "is not empty" in again.talk) == (3, True)
    over = saved.restored(gateway.folder)
    assert (over.code, "holds a gateway already" in over.talk) == (3, True)


def test_data_and_keys_go_apart_and_out_of_the_gateway(gateway: Gateway, tmp_path: Path) -> None:
    together = gateway.run("backup", tmp_path / "one", "--keys", tmp_path / "one")
    assert (together.code, "a folder each" in together.talk) == (3, True)
    inside = gateway.run("backup", gateway.folder / "blobs" / "copy", "--keys", tmp_path / "keys")
    assert (inside.code, "inside the gateway's own folder" in inside.talk) == (3, True)


def test_parts_that_were_kept_elsewhere_come_back_below_the_new_folder(gateway: Gateway, tmp_path: Path) -> None:
    for name in ("keys", "blobs"):
        shutil.move(gateway.folder / name, tmp_path / f"volume-{name}")
    lines = "".join(f'{name} = "{tmp_path}/volume-{name}"\n' for name in ("keys", "blobs"))
    gateway.config.write_text(f"{gateway.config.read_text()}\n[paths]\n{lines}")
    backup = _backed_up(gateway, tmp_path)
    assert backup.restored(tmp_path / "new").code == 0
    for name in ("keys", "blobs"):
        shutil.rmtree(tmp_path / f"volume-{name}")
    assert Gateway(tmp_path / "new").run("verify").code == 0


def test_secrets_that_settings_name_go_with_the_keys_and_come_back(gateway: Gateway, tmp_path: Path) -> None:
    secrets = {"sms-token": "jeton", "secrets/relay": "motdepasse", "secrets/openid": "secret"}
    secrets |= {"secrets/psc": "autre", "log-token": "preuve"}
    for name, words in (*secrets.items(), ("authorities.pem", "-----BEGIN")):
        file = gateway.folder / name
        file.parent.mkdir(exist_ok=True)
        file.write_text(words)
    lines = 'sms_token = "sms-token"\nrelay_password = "secrets/relay"\nauthorities = "authorities.pem"\n'
    lines = f'[notices]\n{lines}[openid]\nclient_secret = "secrets/openid"\nauthorities = "authorities.pem"\n'
    lines += '[pro_openid]\nclient_secret = "secrets/psc"\n[log]\ntoken = "log-token"\n'
    gateway.config.write_text(f"{gateway.config.read_text()}\n{lines}")
    backup = _backed_up(gateway, tmp_path)
    copied = [file.read_bytes() for file in backup.data.rglob("*") if file.is_file()]
    assert not any(word in octets for word in (b"jeton", b"preuve") for octets in copied)
    assert backup.restored(tmp_path / "new").code == 0
    assert {name: (tmp_path / "new" / name).read_text() for name in secrets} == secrets
    assert (tmp_path / "new" / "authorities.pem").read_text() == "-----BEGIN"


def test_own_terms_of_use_come_back(gateway: Gateway, tmp_path: Path) -> None:
    (gateway.folder / "terms").mkdir()
    (gateway.folder / "terms" / "2027-01-31.txt").write_text("Nos conditions.")
    gateway.config.write_text(f'{gateway.config.read_text()}\n[spaces]\nterms = "terms"\n')
    assert _backed_up(gateway, tmp_path).restored(tmp_path / "new").code == 0
    assert (tmp_path / "new" / "terms" / "2027-01-31.txt").read_text() == "Nos conditions."


def test_damage_is_told_when_the_backup_is_made(gateway: Gateway, tmp_path: Path) -> None:
    with sqlite3.connect(gateway.database) as database:
        database.execute("UPDATE space SET record = zeroblob(100) WHERE vault = (SELECT min(vault) FROM space)")
    backup = _at(tmp_path)
    made = gateway.run("backup", backup.data, "--keys", backup.keys, "--json")
    assert (made.code, made.data["damaged"] > 0) == (1, True)


def test_whoever_is_erased_while_the_backup_is_made_stays_erased(gateway: Gateway, tmp_path: Path) -> None:
    settings = load_settings(gateway.config)
    paths, backup = store_paths(settings), _at(tmp_path)
    # A segment, so that there is a moment between the copy of the database and that of the keys.
    (paths.blobs / "0123456789ab").write_bytes(b"octets")
    with sqlite3.connect(gateway.database) as database:
        (vault,) = database.execute("SELECT min(vault) FROM space").fetchone()

    def erase(_octets: int) -> None:
        keys = KeyStore(paths.key_store, read_kek(paths.kek))
        keys.destroy(VaultId(vault))
        keys.close()
        with sqlite3.connect(gateway.database) as database:
            for table in ("vault", "space", "folder"):
                database.execute(f"DELETE FROM {table} WHERE vault = ?", (vault,))

    copy = make_copy(settings, backup.data, backup.keys, erase)
    sealed(copy, SystemClock().now())
    restored = backup.restored(tmp_path / "new")
    assert (restored.code, restored.data["damaged"]) == (0, 0), restored.talk
    with sqlite3.connect(tmp_path / "new" / "data" / "pli.sqlite") as database:
        assert not database.execute("SELECT 1 FROM space WHERE vault = ?", (vault,)).fetchall()
