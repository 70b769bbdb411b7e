"""Pieces of lists, and files that are opened from them."""

from collections.abc import AsyncGenerator
from dataclasses import dataclass
from typing import Generic, TypeVar

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Page(Generic[Item]):
    """One page of a list, newest first; `number` counts from 1."""

    items: tuple[Item, ...]
    number: int = 1
    has_more: bool = False


@dataclass(frozen=True, slots=True, repr=False)
class File:
    """A file to download, given in pieces; the receiver reads `chunks` and closes it."""

    name: str
    media_type: str
    size: int
    chunks: AsyncGenerator[bytes, None]
