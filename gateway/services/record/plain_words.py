"""What the commonest examinations measure and why they are asked for, from a file written by hand.

Each entry names the pages that say the same, and the file when it was written (E71). It describes; it gives no advice
and reads no value.
"""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files

import msgspec


@dataclass(frozen=True, slots=True)
class SourcePage:
    """A page that was read, and that bears out what an entry says."""

    title: str
    publisher: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PlainWords:
    """One examination in plain words.

    Attributes:
        also: other words under which people look for it.
        measures: what it measures; `asked`: why it is asked for.
        pages: what bears the sentences out; none where they are general knowledge.
        written: when the sentences were written.
        reviewed: who read them again, and when; empty when nobody has.
    """

    name: str
    loinc: tuple[str, ...]
    also: tuple[str, ...]
    measures: str
    asked: str
    pages: tuple[SourcePage, ...]
    written: date
    reviewed: str


class _Entry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    name: str
    loinc: tuple[str, ...]
    also: tuple[str, ...]
    measures: str
    asked: str
    pages: tuple[str, ...]


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    written: date
    reviewed: str
    pages: dict[str, SourcePage]
    examination: tuple[_Entry, ...]


@cache
def every_plain_words() -> Sequence[PlainWords]:
    """Read the file, once."""
    text = files("gateway.services.record").joinpath("plain_words.toml").read_text("utf-8")
    found = msgspec.convert(tomllib.loads(text), _File)
    return tuple(
        PlainWords(
            name=one.name,
            loinc=one.loinc,
            also=one.also,
            measures=one.measures,
            asked=one.asked,
            pages=tuple(found.pages[name] for name in one.pages),
            written=found.written,
            reviewed=found.reviewed,
        )
        for one in found.examination
    )


@cache
def _by_code() -> Mapping[str, PlainWords]:
    return {code: one for one in every_plain_words() for code in one.loinc}


def plain_words_of(loinc: str) -> PlainWords | None:
    """Give the words for a LOINC code, if there are any."""
    return _by_code().get(loinc)
