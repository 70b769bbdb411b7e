"""What a person asked for about their health data, and what came of it, in an archive."""

from collections.abc import AsyncIterator, Sequence

import orjson

from gateway.domain.access import Action, SpacePart
from gateway.domain.rights_requests import RightsRequest
from gateway.ports.store import Tx
from gateway.services.access.permission import allow
from gateway.services.export.archive_files import ArchiveFile, ExportSource, whole

NAME = "profil/demandes.json"
_INNER = ("asker", "other")
"""Numbers of spaces of this gateway, which mean nothing elsewhere."""


async def request_files(source: ExportSource) -> AsyncIterator[ArchiveFile]:
    """Give the requests that whoever has the archive made may know of, when there are any."""

    def look(tx: Tx) -> Sequence[RightsRequest]:
        allow(tx, source.actor, Action.EXPORT, SpacePart.SPACE, source.at)
        return [one for one in tx.rights_requests.all_of(source.actor.vault) if one.is_known_to(source.actor)]

    found = await source.store.read(look)
    if found:
        plain: list[dict[str, object]] = orjson.loads(orjson.dumps(found, default=str))
        kept = [{name: value for name, value in one.items() if name not in _INNER} for one in plain]
        yield ArchiveFile(
            name=NAME, pieces=whole(orjson.dumps(kept, option=orjson.OPT_INDENT_2)), title="Mes demandes"
        )
