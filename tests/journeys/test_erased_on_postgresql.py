"""Who was erased is nowhere in the files of a PostgreSQL server, but in ciphertext that no key opens (A17).

PostgreSQL keeps dead rows until it vacuums, and its log until it is reused. So every octet of its data folder is
looked at for clear words and for the key, a dump for everything, and tables once more when they were written anew.
"""

import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
import pytest

from gateway.domain.errors import KeyUnavailable, NotFound, SealBroken
from gateway.domain.mailbox import BlobKey
from gateway.ports.store import Tx
from tests.builders.command_line import pli
from tests.builders.gateway_mail import LILAS, letter, relay, result_letter
from tests.builders.gateway_site import GatewaySite, lives_of_a_gateway
from tests.builders.octets_left import Needle, found_below, plain, sealed_of
from tests.builders.postgres_server import PostgresServer, postgres_server

pytestmark = [pytest.mark.xdist_group("gateway"), pytest.mark.slow, pytest.mark.timeout(90)]
SUBJECT, WORDS = "Obscurcissement 3381", "Vermiculaire 27449 quotidien"
IDENTIFIER, PASSWORD = "crecelle-3381", "Fougère-Lente-31-Opaline"


@dataclass(kw_only=True)
class Erased:
    """A gateway on a server of its own, and what there was of a person who was erased there.

    Attributes:
        seen: names of what the search found of the person while they were there.
        plainly: what stood there in clear, then.
    """

    server: PostgresServer
    database: str
    site: GatewaySite
    sealed: list[Needle]
    cleartext: list[Needle]
    held: list[BlobKey]
    seen: set[str] = field(default_factory=set)
    plainly: set[str] = field(default_factory=set)

    def tell(self, *statements: str) -> None:
        """Have the server do something, and write all that it has in memory into its files."""
        with psycopg.connect(self.database, autocommit=True) as db:
            for statement in (*statements, "CHECKPOINT"):
                db.execute(statement.encode())

    def found(self, folder: Path, needles: list[Needle]) -> set[str]:
        """Name what is found of the person, whatever the file."""
        return {found.partition(" in ")[0] for found in found_below(folder, needles)}


@pytest.fixture(scope="module")
def erased() -> Iterator[Erased]:
    """Erase somebody who had an account, a message and a document."""
    with postgres_server() as server:
        database = server.url(server.new_database())
        with lives_of_a_gateway(database=database) as life, life() as site:
            patient = site.new_patient()
            site.give_password(patient, IDENTIFIER, PASSWORD)
            raw = letter(LILAS, patient.address, SUBJECT, text=WORDS).raw
            assert relay(site, LILAS, patient.address, raw).code == 250
            assert relay(site, LILAS, patient.address, result_letter(LILAS, patient).raw).code == 250
            site.settle()
            vault = site.vault(patient.address)

            def held(tx: Tx) -> list[BlobKey]:
                return [tx.blobs.open(vault, ref) for ref in tx.blobs.of(vault)]

            person = patient.email, patient.identity.ins.value, patient.identity.traits.birth_name
            words = *person, SUBJECT, WORDS, IDENTIFIER, PASSWORD
            done = Erased(
                server=server, database=database, site=site, sealed=sealed_of(site.world.settings, vault),
                cleartext=[needle for word in words for needle in plain(word)], held=site.observer.read(held),
            )  # fmt: skip
            done.tell()
            done.seen = done.found(server.data, done.sealed)
            done.plainly = done.found(server.data, done.cleartext)
            config = site.world.settings.root / "pli.toml"
            said = pli("erase", patient.address, "--reason", "demande écrite", "--yes", "--config", config)
            assert said.code == 0, said.talk
            yield done


def test_server_had_ciphertext_of_the_person_and_not_one_word(erased: Erased) -> None:
    assert {"content.summary", "document.record", "account.secret"} - erased.seen == set()
    assert erased.plainly == set()


def test_no_octet_of_the_server_s_files_is_plain_and_the_key_is_in_none(erased: Erased) -> None:
    erased.tell()
    key = [needle for needle in erased.sealed if needle.name == "key"]
    assert key
    paths = erased.site.world.settings.paths
    folders = erased.server.data, *map(erased.site.world.settings.path, (paths.data, paths.keys, paths.blobs))
    for folder in folders:
        assert erased.found(folder, [*erased.cleartext, *key]) == set()


def test_octets_of_messages_and_documents_are_gone(erased: Erased) -> None:
    assert erased.held
    for blob in erased.held:
        with pytest.raises((NotFound, SealBroken, KeyUnavailable)):
            erased.site.observer.core.blobs.read(blob)


def test_dump_has_nothing_that_was_sealed_for_the_person(erased: Erased) -> None:
    dump = subprocess.run(
        [erased.server.programs / "pg_dump", erased.database], check=True, capture_output=True, timeout=18
    ).stdout
    assert b"COPY public.content" in dump
    assert [needle.name for needle in erased.sealed if needle.octets.hex().encode() in dump] == []
    assert [needle.name for needle in erased.cleartext if needle.octets in dump] == []


def test_tables_that_are_written_anew_have_not_even_ciphertext(erased: Erased) -> None:
    erased.tell("VACUUM FULL")
    assert erased.found(erased.server.data / "base", erased.sealed) == set()
