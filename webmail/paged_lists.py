"""A page of a list."""

from dataclasses import dataclass
from typing import Generic, TypeVar

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Page(Generic[Item]):
    """One page of a list, newest first; `number` counts from 1."""

    items: tuple[Item, ...]
    number: int = 1
    has_more: bool = False


@dataclass(frozen=True, slots=True)
class ListPlace:
    """Which page of a list is wanted, by the key of an item that stands just outside it; the first without a key.

    Pages are found by key, not by number, so that a deep one costs no more, and what arrives meanwhile moves none.
    """

    key: str = ""
    newer: bool = False


FIRST = ListPlace()


@dataclass(frozen=True, slots=True)
class KeyedPage(Generic[Item]):
    """One page of a list, newest first; the keys lead to the pages beside it, empty where there are none."""

    items: tuple[Item, ...]
    newer: str = ""
    older: str = ""
    is_first: bool = True
