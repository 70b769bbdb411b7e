"""The command line on a PostgreSQL server and an S3 store: looked after, away, wrong, and already served."""

import re
import shutil
from pathlib import Path

import pytest

from tests.builders.command_line import NAMED, OPEN, Gateway, patient_line, pli
from tests.builders.s3_server import S3Server, served_places


@pytest.fixture
def pair(empty_postgres: str, s3: S3Server, tmp_path: Path) -> Gateway:
    """A gateway on both servers; its credentials and ports filled in, its lists not imported."""
    places = served_places(empty_postgres, s3.place(), tmp_path)
    made = pli("init", tmp_path / "pair", *NAMED, "--database", empty_postgres, "--blobs", places.blobs)
    assert "2. fill in [s3] of" in made.talk
    gateway = Gateway(tmp_path / "pair")
    text = gateway.config.read_text().partition("\n[s3]")[0] + places.extra
    gateway.config.write_text(re.sub(r"port = \d+", "port = 0", text))
    return gateway


def test_gateway_on_servers_is_verified_and_looked_after(pair: Gateway) -> None:
    imported = pair.run("patients", "import", pair.patients(patient_line(OPEN)))
    looked = pair.run("doctor")
    verified = pair.run("verify", "--json")
    assert imported.code == verified.code == 0
    assert "✓ the S3 store of the blobs" in looked.out
    assert verified.data["records"] > 0
    assert verified.data["damaged"] == 0


def test_second_server_of_one_database_is_refused_though_its_folder_is_another(pair: Gateway) -> None:
    other = Gateway(pair.folder.with_name("other"))
    shutil.copytree(pair.folder, other.folder)
    with pair.serving() as serving:
        refused = other.run("serve")
    assert refused.code == 3
    assert f"the PostgreSQL database is being served by process {serving.process.pid} on " in refused.talk
    with other.serving() as serving:
        assert serving.stop().code == 0


def test_database_that_cannot_be_reached_says_why(pair: Gateway, empty_postgres: str) -> None:
    pair.set(empty_postgres, empty_postgres + "_of_nobody")
    refused = pair.run("serve")
    assert refused.code == 4
    assert "cannot be reached: database" in refused.talk
    assert "does not exist" in refused.talk
    assert "Traceback" not in refused.talk


def test_doctor_without_credentials_fails_on_the_store_alone(pair: Gateway) -> None:
    pair.config.write_text(re.sub(r'endpoint = ".*"', 'endpoint = "http://127.0.0.1:1"', pair.config.read_text()))
    pair.set("credentials", "patience_seconds = 1\ncredentials")
    looked = pair.run("doctor")
    assert looked.code == 1
    assert "✗ the S3 store of the blobs: [PLI-201] the S3 store does not answer" in looked.out
    assert "s3.endpoint" in looked.out
