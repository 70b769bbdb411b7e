"""An operator's growth tables as one file, replaced whole; who serves reads it again when it changed.

Of a kind that the file has, its table counts; of the others, the World Health Organization's. It belongs to nobody and
is not sealed.
"""

import json
import threading
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import TypeAlias

from gateway.directory.durable import replace_durably
from gateway.domain.errors import ConfigurationError, MalformedContent
from gateway.domain.growth import GrowthStandard, GrowthTable
from gateway.domain.growth_reading import read_growth_tables
from gateway.domain.identity import Sex
from gateway.domain.measures import MeasureKind
from gateway.growth.who_tables import who_table

_Key: TypeAlias = tuple[MeasureKind, Sex]


class GrowthFiles:
    """Implements `gateway.ports.growth.GrowthTables`."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "growth.tables"
        self._lock = threading.Lock()
        self._mark: tuple[int, int] | None = None
        self._own: Mapping[_Key, GrowthTable] = {}
        self._known: dict[_Key, GrowthTable | None] = {}

    def table(self, kind: MeasureKind, sex: Sex) -> GrowthTable | None:
        """Give the table of a kind for a sex."""
        with self._lock:
            self._look()
            if (kind, sex) in self._own:
                return self._own[kind, sex]
            if (kind, sex) not in self._known:
                self._known[kind, sex] = who_table(kind, sex)
            return self._known[kind, sex]

    def put(self, data: bytes, standard: GrowthStandard, at: datetime) -> None:
        """Put tables in service in the place of former ones; `data` was read before and is kept as it came."""
        about = {
            "name": standard.name, "source": standard.source, "dated": standard.dated, "imported": at.isoformat(),
        }  # fmt: skip
        try:
            replace_durably(self._file, json.dumps(about, ensure_ascii=False).encode() + b"\n" + data)
        except OSError as error:
            raise ConfigurationError(f"the tables cannot be written to {self._file}: {error.strerror}") from error

    def _look(self) -> None:
        try:
            state = self._file.stat()
            mark = (state.st_mtime_ns, state.st_ino)
            if mark != self._mark:
                self._own = {(one.kind, one.sex): one for one in _read(self._file)}
                self._mark = mark
        except (OSError, ValueError, KeyError, MalformedContent):
            # A curve without lines is a help less; `pli growth import` refuses what is damaged before it gets here.
            self._own, self._mark = {}, None


def _read(file: Path) -> Sequence[GrowthTable]:
    about, _, data = file.read_bytes().partition(b"\n")
    said = json.loads(about)
    standard = GrowthStandard(name=said["name"], source=said["source"], dated=said["dated"])
    return read_growth_tables(data, standard)
