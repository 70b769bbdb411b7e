"""What a person chose about who may see their space, in an archive."""

from collections.abc import AsyncIterator

import orjson

from gateway.domain.access import Action, SpacePart
from gateway.domain.patient_choices import PatientChoices
from gateway.ports.store import Tx
from gateway.services.access.permission import allow
from gateway.services.export.archive_files import ArchiveFile, ExportSource, whole

NAME = "profil/confidentialite.json"


async def privacy_files(source: ExportSource) -> AsyncIterator[ArchiveFile]:
    """Give whom the person authorises or blocks and what else they chose, when they chose anything."""

    def look(tx: Tx) -> PatientChoices:
        allow(tx, source.actor, Action.EXPORT, SpacePart.SPACE, source.at)
        return tx.patient_choices.get(source.actor.vault)

    choices = await source.store.read(look)
    if choices != PatientChoices():
        said = orjson.dumps(choices, default=sorted_of, option=orjson.OPT_INDENT_2 | orjson.OPT_NON_STR_KEYS)
        yield ArchiveFile(name=NAME, pieces=whole(said), title="Qui peut voir mon espace")


def sorted_of(value: object) -> object:
    """Write a set as a list, in order. Raises `TypeError` for anything else."""
    if isinstance(value, frozenset):
        return sorted(value, key=lambda one: str(getattr(one, "value", one)))
    raise TypeError(f"no way to write a {type(value).__name__}")
