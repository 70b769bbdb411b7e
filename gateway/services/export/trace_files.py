"""The trace of a space in an archive, with what shows that no line was changed, taken out or added.

Each line bears the hash of the chain and the sealed record that it is over: `hash = SHA-256(hash before | vault | seq |
time | record)`, numbers in eight octets, the first hash before being 32 zeros. Of a document that its patient may not
read yet (A27), no line says that it came: hash and record stand there, the event does not.
"""

from collections.abc import AsyncIterator
from dataclasses import replace

import orjson

from gateway.domain.access import Action, SpacePart
from gateway.domain.audit import AuditLink
from gateway.ports.store import Tx
from gateway.services.access.permission import allow
from gateway.services.export.archive_files import ArchiveFile, ExportSource, whole
from gateway.services.trace.inclusion import link_said, proof_of
from gateway.services.trace.shown_lines import Withheld, withheld_from

_AT_ONCE = 200
_HOW = (
    "hash = SHA-256(previous hash | vault | seq | time_us | record): numbers are eight octets, the highest first;"
    " record is base64 here; the hash before the first is 32 zero octets; event is null where the line cannot be shown"
)


async def trace_files(source: ExportSource) -> AsyncIterator[ArchiveFile]:
    """Give all lines, oldest first, and where the chain ended."""
    end: list[AuditLink] = []
    yield ArchiveFile(name="journal/journal.jsonl", pieces=_lines(source, end), title="Journal, ligne par ligne")
    last = end[-1] if end else None
    proved = await source.store.read(lambda tx: proof_of(tx, source.actor.vault))
    head = {
        "length": last.seq if last else 0,
        "vault": f"{source.actor.vault:x}",
        "hash": last.hash.hex() if last else "",
        "how": _HOW,
        **(proved.said() if proved else {}),
    }
    head["end"] = last.hash.hex() if last else ""
    proof = orjson.dumps(head, option=orjson.OPT_INDENT_2)
    yield ArchiveFile(name="journal/preuve.json", pieces=whole(proof), title="Fin de la chaîne du journal")


async def _lines(source: ExportSource, end: list[AuditLink]) -> AsyncIterator[bytes]:
    since, withheld = 0, Withheld(frozenset(), for_another=False)

    def look(tx: Tx) -> list[AuditLink]:
        nonlocal withheld
        allow(tx, source.actor, Action.EXPORT, SpacePart.TRACE, source.at)
        links = tx.audit.links(source.actor.vault, since, _AT_ONCE)
        if links and (not since or links[-1].at >= source.at):
            # Counted out once, and again for what came since the archive was begun.
            withheld = withheld_from(tx, source.actor)
        return [replace(link, event=link.event and withheld.shown(link.event)) for link in links]

    while links := await source.store.read(look):
        end[:] = links[-1:]
        since = links[-1].seq
        yield b"".join(orjson.dumps(link_said(link)) + b"\n" for link in links)
