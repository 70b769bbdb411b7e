"""What a gateway on SQLite and files does not use, it does not load."""

import subprocess
import sys

from tests.builders.repository import ROOT

LISTED = "print(*sorted({name.partition('.')[0] for name in sys.modules}))"
LOADED = f"import sys, gateway.app, gateway.cli.app; gateway.cli.app.tree(); {LISTED}"
PARENT = f"import sys, gateway.cli.serving; {LISTED}"


def test_libraries_of_migrations_other_databases_and_stores_are_not_loaded() -> None:
    command = [sys.executable, "-c", LOADED]
    loaded = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
    assert "sqlalchemy" in loaded
    assert not {"alembic", "psycopg", "obstore", "typst", "zxcvbn", "webauthn", "dns", "jwt"} & set(loaded)


def test_parent_of_what_serves_loads_neither_store_nor_pages() -> None:
    command = [sys.executable, "-c", PARENT]
    loaded = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
    assert "typer" in loaded
    assert not {"sqlalchemy", "aiohttp", "cryptography", "uvloop", "dossier_bridge", "webmail"} & set(loaded)
