"""Notices as files: one JSON object each, renamed into place, for the operator's e-mail or SMS program to take.

They say that something waits; never from whom, nor about what (house rule, STD §2.3).
"""

import asyncio
from collections.abc import Collection
from contextlib import suppress
from pathlib import Path

import orjson

from gateway.domain.errors import NoticeDeferred
from gateway.domain.notices import Notice
from gateway.ports.clock import Clock
from gateway.store.renamed_files import put_in_place


class FileNotices:
    """Implements `gateway.ports.notices.Notices`."""

    def __init__(self, folder: Path, clock: Clock) -> None:
        self._folder = folder
        self._clock = clock
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    async def send(self, notice: Notice) -> None:
        """Write once for each id; the same id again replaces the same file.

        Raises:
            NoticeDeferred: the disk does not take it now.
        """
        told: dict[str, str] = {
            "id": notice.id,
            "at": self._clock.now().isoformat(),
            "channel": notice.channel.value,
            "to": notice.to,
            "kind": notice.kind.value,
            "text": notice.wording.text,
        }
        if notice.code is not None:
            told["code"] = notice.code
        if notice.issuer:
            told["issuer"] = notice.issuer
        if notice.batch:
            told["batch"] = notice.batch
        try:
            await asyncio.to_thread(put_in_place, self._folder / f"{notice.id}.json", orjson.dumps(told))
        except OSError as error:
            raise NoticeDeferred(type(error).__name__) from error

    async def forget(self, contacts: Collection[str]) -> None:
        """Remove what was written for somebody who was erased; who shares their contact has had it for an hour."""
        await asyncio.to_thread(self._forget, frozenset(contacts))

    def _forget(self, contacts: frozenset[str]) -> None:
        for path in self._folder.glob("[!.]*.json"):
            # Whoever takes notices may have taken this one meanwhile.
            with suppress(OSError, orjson.JSONDecodeError, KeyError, TypeError):
                if orjson.loads(path.read_bytes())["to"] in contacts:
                    path.unlink()
