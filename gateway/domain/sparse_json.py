"""Domain values to JSON and back, field by field: only what differs from its default is written.

Reading accepts what this module wrote, in this version or another: a field that a later version added is ignored, and
a value that it added to a closed set reads as the neutral one of that set.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import Field, fields
from enum import Enum
from operator import attrgetter

# Any: a decoded JSON value may be of any type; it becomes typed in the constructor it is given to.
from typing import Any, TypeVar

import orjson
from msgspec import Struct, structs

from gateway.domain.errors import MalformedContent

T = TypeVar("T")
Read = Callable[[Any], Any]


class SparseForm:
    """How some values are written: which fields need a reader, and how values that are no JSON are written.

    Args:
        converted: for each class its fields that are not JSON already, and what makes a value of their JSON.
        plain: how a value is written, by its type; texts, numbers and None are JSON already.
    """

    def __init__(self, converted: Mapping[type, Mapping[str, Read]], plain: Mapping[type, Read]) -> None:
        defaults = {cls: tuple((f.name, f.default) for f in _fields(cls)) for cls in converted}
        # What makes a value of a field's JSON; None where that is the value already.
        self._readers = {cls: {name: read.get(name) for name, _ in defaults[cls]} for cls, read in converted.items()}
        self._written = {cls: (attrgetter(*(name for name, _ in named)), named) for cls, named in defaults.items()}
        self._plain: dict[type, Read] = {tuple: self._items, **plain, **dict.fromkeys(converted, self.sparse)}

    def sparse(self, value: object) -> dict[str, Any]:
        """Give the fields of a value that differ from their defaults, as JSON types."""
        values, named = self._written[type(value)]
        plain = self._plain
        return {
            name: item if (write := plain.get(type(item))) is None else write(item)
            for (name, default), item in zip(named, values(value), strict=True)
            # Values of another type differ: a number is not compared with None, which takes long.
            if item is not default and (type(item) is not type(default) or item != default)
        }

    def _items(self, items: tuple[object, ...]) -> list[object]:
        plain = self._plain
        return [item if (write := plain.get(type(item))) is None else write(item) for item in items]

    def build(self, cls: type[T], plain: Mapping[str, Any]) -> T:
        """Make a value of its decoded JSON, unchecked: for values inside others."""
        readers = self._readers[cls]
        return cls(**{
            name: item if item is None or (read := readers[name]) is None else read(item)
            for name, item in plain.items()
            if name in readers
        })

    def checked(self, cls: type[T], plain: Mapping[str, Any]) -> T:
        """Make a value of its decoded JSON; raise `MalformedContent` when it is not one."""
        try:
            return self.build(cls, plain)
        except (TypeError, ValueError, ArithmeticError, AttributeError) as error:
            raise MalformedContent("not a document record") from error


def _fields(cls: Any) -> Iterable[Field[Any] | structs.FieldInfo]:
    return structs.fields(cls) if issubclass(cls, Struct) else fields(cls)


def loaded(data: bytes, kind: type[T]) -> T:
    """Decode JSON of a kind; raise `MalformedContent` when it is none."""
    try:
        plain = orjson.loads(data)
    except orjson.JSONDecodeError as error:
        raise MalformedContent("not a document record") from error
    if not isinstance(plain, kind):
        raise MalformedContent("not a document record")
    return plain


def each(read: Read) -> Read:
    """Give what reads a list of such values."""
    return lambda items: tuple(read(item) for item in items)


def one_of(neutral: Enum) -> Read:
    """Give what reads a member of a closed set; what is unknown is the neutral one."""
    known = {item.value: item for item in type(neutral)}
    return lambda value: known.get(value, neutral)
