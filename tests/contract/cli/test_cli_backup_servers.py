"""The backup of a gateway on PostgreSQL and S3, as `docs/operations.md` says: made while it serves, restored apart."""

import os
import re
import shutil
import subprocess
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import obstore
import pytest

from gateway.demonstration.opening import open_exchanges, send_result, wait_until_filed
from gateway.store.blobs.s3_blobs import S3Place
from tests.builders.command_line import Gateway
from tests.builders.postgres_server import PostgresServer
from tests.builders.repository import section, text
from tests.builders.running_world import Site, running_world
from tests.builders.s3_server import S3Server, s3_client


@dataclass(frozen=True, slots=True)
class Served:
    """A gateway that serves from both servers, and where it is."""

    site: Site
    database: str
    place: S3Place


@pytest.fixture
async def served(empty_postgres: str, s3: S3Server) -> AsyncIterator[Served]:
    """Serve the invented world, with one result filed and letters written."""
    place = s3.place()
    async with running_world(empty_postgres, place) as site:
        await open_exchanges(site.world, site.post)
        await send_result(site.world, site.post)
        await wait_until_filed(site.running.core)
        yield Served(site, empty_postgres, place)


def _of_the_page(program: str) -> str:
    """Give the command line that the page says for a program."""
    found = re.search(rf"`({program} [^`]+)`", section(text("docs/operations.md"), "Backup"))
    assert found is not None
    return found[1]


def _run(command: str, programs: Path, **names: str) -> None:
    path = f"{programs}:{os.environ['PATH']}"
    subprocess.run(["sh", "-euc", command], env={**os.environ, "PATH": path, **names}, check=True, timeout=18)


def _copied(of: S3Place, to: S3Place) -> None:
    here, there = s3_client(of), s3_client(to)
    for page in obstore.list(here):
        for found in page:
            obstore.put(there, found["path"], obstore.get(here, found["path"]).bytes())


async def test_backup_made_while_serving_is_restored_whole(
    served: Served, postgres: PostgresServer, s3: S3Server, tmp_path: Path
) -> None:
    folder, backup, copy = served.site.world.settings.root, tmp_path / "backup", s3.place()
    refused = Gateway(folder).run("backup", tmp_path / "mine", "--keys", tmp_path / "keys")
    assert (refused.code, "take its backup with pg_dump" in refused.talk) == (3, True)
    backup.mkdir()
    _copied(served.place, copy)
    _run(_of_the_page("pg_dump"), postgres.programs, BACKUP=str(backup), DATABASE=served.database)
    _copied(served.place, copy)
    for name in ("keys", "tls", "directory"):
        shutil.copytree(folder / name, backup / name)

    name = postgres.new_database()
    _run(_of_the_page("pg_restore"), postgres.programs, BACKUP=str(backup), DATABASE=postgres.url(name))
    (backup / "data").mkdir()
    (backup / "notices").mkdir()
    settings = (folder / "pli.toml").read_text()
    settings = settings.replace(served.database, postgres.url(name)).replace(served.place.prefix, copy.prefix)
    (backup / "pli.toml").write_text(settings)
    restored = Gateway(backup)
    verified = restored.run("verify", "--json")
    assert verified.code == 0, verified.talk
    assert (verified.data["damaged"], verified.data["records"] > 0, verified.data["blobs"] > 0) == (0, True, True)
    assert "✓ the S3 store of the blobs" in restored.run("doctor").out
    postgres.drop_database(name)
