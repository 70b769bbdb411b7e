"""Which version of the schema a database has, and which this version of the program needs."""

from functools import cache
from pathlib import Path

from gateway.domain.errors import ConfigurationError

HEAD = "pli1"
"""The newest revision of `gateway/store/migrations`: a database that has it is opened without loading Alembic."""
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
    if made == HEAD:
        return True
    if made not in revisions():
        raise ConfigurationError(
            f"{name} has a schema this version does not know: install the version that made it, or a later one"
        )
    if not for_upgrade:
        raise ConfigurationError(f"{name} has the schema of an earlier version: start « pli serve », which upgrades it")
    return False


@cache
def revisions() -> tuple[str, ...]:
    """List the revisions of the schema, the newest first."""
    # Imported here: it takes 11 MiB that a gateway of the present schema need not have.
    from alembic.script import ScriptDirectory

    return tuple(revision.revision for revision in ScriptDirectory(str(SCRIPTS)).walk_revisions())
