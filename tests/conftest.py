"""Real servers that many tests share: each is started when the first test asks for it, once a process."""

import signal
from collections.abc import Iterator

import psycopg
import pytest

from gateway.store.backend.migrate import migrate
from tests.builders.postgres_server import PostgresServer, postgres_server
from tests.builders.s3_server import S3Server, s3_server

SHARED = "pli_shared"


def pytest_configure() -> None:
    """Take SIGINT again: a shell that starts tests in the background leaves it ignored, for all that they start too."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """A PostgreSQL server; its database `SHARED` has the present schema."""
    with postgres_server() as server:
        server.new_database(name=SHARED)
        migrate(server.url(SHARED))
        yield server


@pytest.fixture
def postgres_url(postgres: PostgresServer) -> str:
    """The address of a database with the present schema, emptied: that takes a tenth of the time of a new one."""
    with psycopg.connect(postgres.url(SHARED), autocommit=True) as db:
        tables = db.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
        emptied = "; ".join(f"DELETE FROM {name}" for (name,) in tables if name != "alembic_version")
        db.execute(emptied.encode())
    return postgres.url(SHARED)


@pytest.fixture
def empty_postgres(postgres: PostgresServer) -> Iterator[str]:
    """The address of a new database, without tables."""
    name = postgres.new_database()
    yield postgres.url(name)
    postgres.drop_database(name)


@pytest.fixture(scope="session")
def s3() -> Iterator[S3Server]:
    """An S3 server."""
    with s3_server() as server:
        yield server
