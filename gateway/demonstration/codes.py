"""Say in the terminal each code and link that patients of the demonstration are sent: nobody has their telephone."""

import asyncio
import re
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import orjson

from gateway.demonstration.world import Line

_EVERY_SECONDS = 0.3
_LINK = re.compile(r"https://[!-~]+/nouveau-mot-de-passe[!-~]+")


class NewCodes:
    """The codes and links that arrive in the folder of notices after this was made, which blocks for a moment."""

    def __init__(self, line: Line) -> None:
        self._folder = Path(line["outbox_dir"])
        known = [patient for patient in line["patients"] if "identifier" in patient]
        self._names = {patient[by]: patient["identifier"] for patient in known for by in ("email", "phone")}
        self._seen = set(self._folder.glob("*.json"))

    async def tell(self, say: Callable[[str], None], stop: asyncio.Event) -> None:
        """Say each new code and link until `stop`."""
        while not stop.is_set():
            for name, given in await asyncio.to_thread(self.take):
                say(f"  {'lien' if given.startswith('https:') else 'code'} pour {name}\u00a0: {given}")
            with suppress(TimeoutError):
                async with asyncio.timeout(_EVERY_SECONDS):
                    await stop.wait()

    def take(self) -> list[tuple[str, str]]:
        """Give whose code or link, and itself, of each notice that was not given yet, the oldest first; blocks."""
        new = set(self._folder.glob("*.json")) - self._seen
        self._seen |= new
        notices = []
        for file in new:
            with suppress(FileNotFoundError):  # somebody may take notices away, as an operator's program does
                notices.append(orjson.loads(file.read_bytes()))
        notices.sort(key=lambda notice: notice["at"])
        return [(self._names.get(n["to"], n["to"]), given) for n in notices if (given := _given(n))]


def _given(notice: dict[str, str]) -> str:
    found = _LINK.search(notice["text"])
    return found[0] if found else notice.get("code", "")
