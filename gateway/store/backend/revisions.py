"""Which version of the schema a database has, and which this version of the program needs."""

from functools import cache
from pathlib import Path

from gateway.domain.errors import ConfigurationError

SCRIPTS = Path(__file__).parents[1] / "migrations"
VERSION_TABLE = "alembic_version"


def is_current(made: str, name: str, *, for_upgrade: bool) -> bool:
    """Say whether a database has the schema of this version.

    Args:
        made: its revision.
        name: what to call it in an error.
        for_upgrade: whether an earlier one will do.

    Raises:
        ConfigurationError: a later version made it, or an earlier one and it is not `for_upgrade`.
    """
    if made == head():
        return True
    if made not in revisions():
        raise ConfigurationError(
            f"{name} has a schema this version does not know: install the version that made it, or a later one"
        )
    if not for_upgrade:
        raise ConfigurationError(f"{name} has the schema of an earlier version: start « pli serve », which upgrades it")
    return False


@cache
def head() -> str:
    """Give the newest revision: the file ``0003_consent.py`` has ``pli3``. Alembic need not be loaded to know it."""
    return f"pli{max(int(file.name[:4]) for file in (SCRIPTS / 'versions').glob('[0-9]*.py'))}"


@cache
def revisions() -> tuple[str, ...]:
    """List the revisions of the schema, the newest first."""
    # Imported here: it takes 11 MiB that a gateway of the present schema need not have.
    from alembic.script import ScriptDirectory

    return tuple(revision.revision for revision in ScriptDirectory(str(SCRIPTS)).walk_revisions())
