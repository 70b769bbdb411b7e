"""Who was erased is in no backup any more, once the keys of those from before are destroyed (A17).

A gateway is copied, a person erased, the key-encryption key renewed, the gateway copied again; then the older keys
are destroyed, as `docs/operations.md` says. What is left are the older data, today's keys, and the newer backup.
"""

import asyncio
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from gateway.config import Settings, load_settings
from gateway.config_sections import PathsSection
from gateway.core import core
from gateway.domain.errors import KeyUnavailable
from gateway.domain.mailbox import VaultId
from tests.builders.command_line import Answer, pli
from tests.builders.gateway_mail import LILAS, letter, relay, result_letter
from tests.builders.gateway_site import GatewaySite, Patient, lives_of_a_gateway
from tests.builders.octets_left import Needle, found_below, plain, sealed_of
from tests.builders.store import ram_folder

pytestmark = [pytest.mark.xdist_group("gateway"), pytest.mark.slow, pytest.mark.timeout(90)]
SUBJECT, WORDS, KEPT = "Obscurcissement 9917", "Vermiculaire 60317 quotidien", "Ponctualis 55102 au coucher"

IDENTIFIER, PASSWORD = "crecelle-9917", "Fougère-Lente-31-Opaline"


@dataclass(frozen=True, kw_only=True)
class Left:
    """What is left when all is done, and what there was of the person.

    Attributes:
        before: what the older backup gave by its own keys while these were there.
    """

    settings: Settings
    folder: Path
    erased: VaultId
    kept: VaultId
    address: str
    cleartext: list[Needle]
    sealed: list[Needle]
    before: bytes

    @property
    def older(self) -> Path:
        """Give the data of the older backup."""
        return self.folder / "older"

    def restored(self, to: str, *words: str) -> Answer:
        """Restore the older data by the newer keys."""
        keys = self.folder / "newer-keys"
        return pli("restore", self.older, "--keys", keys, "--to", self.folder / to, "--json", *words)


def _run(settings: Settings, *words: str | Path) -> None:
    done = pli(*words, "--config", settings.root / "pli.toml")
    assert done.code == 0, done.talk


def _octets(settings: Settings, vault: VaultId) -> bytes:
    """Read all messages and documents of a vault."""

    async def read() -> bytes:
        async with core(settings) as it:
            found = await it.store.read(lambda tx: [tx.blobs.open(vault, ref) for ref in tx.blobs.of(vault)])
            return b"".join(it.blobs.read(key) for key in found)

    return asyncio.run(read())


def _backed_up(settings: Settings, folder: Path, name: str) -> None:
    _run(settings, "backup", folder / name, "--keys", folder / f"{name}-keys")


def _opened_by(settings: Settings, data: Path, keys: Path) -> Settings:
    """Open data of a backup by keys of one's choice, as whoever has both can; `data` is written to."""
    return replace(settings, root=data, paths=PathsSection(keys=str(keys)))


def _sent(site: GatewaySite, patient: Patient, subject: str, words: str) -> None:
    assert relay(site, LILAS, patient.address, letter(LILAS, patient.address, subject, text=words).raw).code == 250
    assert relay(site, LILAS, patient.address, result_letter(LILAS, patient).raw).code == 250


@pytest.fixture(scope="module")
def left() -> Iterator[Left]:
    """Go through all of it once."""
    with ram_folder() as folder, lives_of_a_gateway() as life:
        with life() as site:
            settings, (gone, stays) = site.world.settings, site.new_patients(2)
            site.give_password(gone, IDENTIFIER, PASSWORD)
            _sent(site, gone, SUBJECT, WORDS)
            _sent(site, stays, "Suivi", KEPT)
            site.settle()
            vault, kept = site.vault(gone.address), site.vault(stays.address)
            sealed = sealed_of(settings, vault)
            _backed_up(settings, folder, "older")
            shutil.copytree(folder / "older", folder / "opened")
            before = _octets(_opened_by(settings, folder / "opened", folder / "older-keys"), vault)
            _sent(site, site.new_patient(), "Plus tard", "Bonjour.")
            _run(settings, "erase", gone.address, "--reason", "demande écrite", "--yes")
        _run(settings, "keys", "rotate")
        _backed_up(settings, folder, "newer")
        shutil.rmtree(folder / "older-keys")
        person = gone.email, gone.identity.ins.value, gone.identity.traits.birth_name
        words = *person, SUBJECT, WORDS, IDENTIFIER, PASSWORD
        yield Left(
            settings=settings, folder=folder, erased=vault, kept=kept, address=gone.address, sealed=sealed,
            cleartext=[needle for word in words for needle in plain(word)], before=before,
        )  # fmt: skip


def test_older_backup_held_the_person_as_long_as_its_keys_were_there(left: Left) -> None:
    assert WORDS.encode() in left.before
    held = {name.partition(" in ")[0] for name in found_below(left.older, left.sealed)}
    assert {"content.summary", "document.record", "account.secret"} - held == set()


def test_no_octet_of_any_backup_is_plain_and_the_key_is_in_none(left: Left) -> None:
    key = [needle for needle in left.sealed if needle.name == "key"]
    assert key
    for folder in (left.folder, left.settings.path(left.settings.paths.keys)):
        assert found_below(folder, [*left.cleartext, *key]) == set()


def test_newer_backup_has_no_octet_that_was_sealed_for_the_person(left: Left) -> None:
    for name in ("newer", "newer-keys"):
        assert found_below(left.folder / name, left.sealed) == set()


@pytest.mark.parametrize("keys", ["of the gateway", "of the newer backup"])
def test_no_key_that_is_left_opens_the_person_in_the_older_data(left: Left, keys: str) -> None:
    live = left.settings.path(left.settings.paths.keys)
    place = live if keys == "of the gateway" else left.folder / "newer-keys"
    opened = _opened_by(left.settings, left.folder / "opened", place)
    with pytest.raises(KeyUnavailable):
        _octets(opened, left.erased)
    assert KEPT.encode() in _octets(opened, left.kept)


def test_older_data_are_restored_by_newer_keys_without_the_person(left: Left) -> None:
    refused = left.restored("refused")
    assert (refused.code, "or say --later-keys when these are newer" in refused.talk) == (3, True)
    done = left.restored("restored", "--later-keys")
    assert (done.code, done.data["damaged"], done.data["erased"]) == (0, 0, 1), done.talk
    restored = left.folder / "restored"
    assert found_below(restored, [*left.cleartext, *left.sealed]) == set()
    shown = pli("patients", "show", left.address, "--config", restored / "pli.toml")
    assert (shown.code, "no patient here has this address or number" in shown.talk) == (1, True)
    assert KEPT.encode() in _octets(load_settings(restored / "pli.toml"), left.kept)
