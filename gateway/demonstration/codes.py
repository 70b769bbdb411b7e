"""Say in the terminal each code that patients of the demonstration are sent, since nobody has their telephone."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import orjson

from gateway.demonstration.world import Line

_EVERY_SECONDS = 0.3


class NewCodes:
    """The codes that arrive in the folder of notices after this was made, which blocks for a moment."""

    def __init__(self, line: Line) -> None:
        self._folder = Path(line["outbox_dir"])
        known = [patient for patient in line["patients"] if "identifier" in patient]
        self._names = {patient[by]: patient["identifier"] for patient in known for by in ("email", "phone")}
        self._seen = set(self._folder.glob("*.json"))

    async def tell(self, say: Callable[[str], None], stop: asyncio.Event) -> None:
        """Say each new code until `stop`."""
        while not stop.is_set():
            for name, code in await asyncio.to_thread(self.take):
                say(f"  code pour {name}\u00a0: {code}")
            with suppress(TimeoutError):
                async with asyncio.timeout(_EVERY_SECONDS):
                    await stop.wait()

    def take(self) -> list[tuple[str, str]]:
        """Give whose code, and the code, of each notice that was not given yet, the oldest first; blocks."""
        new = set(self._folder.glob("*.json")) - self._seen
        self._seen |= new
        notices = []
        for file in new:
            with suppress(FileNotFoundError):  # somebody may take notices away, as an operator's program does
                notices.append(orjson.loads(file.read_bytes()))
        notices.sort(key=lambda notice: notice["at"])
        return [(self._names.get(n["to"], n["to"]), n["code"]) for n in notices if n["kind"] == "code"]
