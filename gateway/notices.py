"""Notices as files: one JSON object each, renamed into place, for the operator's e-mail or SMS program to take.

They say that something waits; never from whom, nor about what (house rule, STD §2.3).
"""

import os
from pathlib import Path

import orjson

from gateway.ports.clock import Clock


class FileNotices:
    """Implements `gateway.ports.notices.Notices`."""

    def __init__(self, folder: Path, clock: Clock) -> None:
        self._folder = folder
        self._clock = clock
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    def send(
        self, notice_id: str, channel: str, to: str, kind: str, text: str, code: str | None = None
    ) -> None:
        """Write once for each `notice_id`; the same id again replaces the same file by the same content."""
        notice: dict[str, str] = {
            "id": notice_id,
            "at": self._clock.now().isoformat(),
            "channel": channel,
            "to": to,
            "kind": kind,
            "text": text,
        }
        if code is not None:
            notice["code"] = code
        self._write(notice_id, orjson.dumps(notice))

    def _write(self, notice_id: str, data: bytes) -> None:
        hidden = self._folder / f".{notice_id}"
        handle = os.open(hidden, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        hidden.rename(self._folder / f"{notice_id}.json")
