"""One of those around a patient, as they ask: what they send, and what they may be told of."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

_NOTHING: Final = frozenset[str]()


@dataclass(frozen=True, kw_only=True)
class Somebody:
    """One of those around.

    Attributes:
        headers: what their browser or program sends.
        sees: of which parts of Ada's space they may be told, by the names of marks.
        changes: of which parts they may change anything.
    """

    headers: Mapping[str, str]
    sees: frozenset[str] = _NOTHING
    changes: frozenset[str] = _NOTHING
