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
