"""What a gateway on SQLite and files does not use, it does not load."""

import subprocess
import sys

from tests.builders.repository import ROOT

LOADED = "import sys, gateway.app, gateway.cli.app; print(*sorted({name.partition('.')[0] for name in sys.modules}))"


def test_libraries_of_migrations_other_databases_and_stores_are_not_loaded() -> None:
    command = [sys.executable, "-c", LOADED]
    loaded = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
    assert "sqlalchemy" in loaded
    assert not {"alembic", "psycopg", "obstore", "typst", "zxcvbn", "webauthn", "dns", "jwt"} & set(loaded)
