"""Document entries and results to JSON and back: one written form, for the worker's pipe and for sealing.

Only fields that differ from their default are written. Bytes are not: a `ReadDocument`'s files travel
beside its JSON. Reading accepts what this module wrote, in this version or another: a field that a later version added
is ignored, and a value that it added to a closed set reads as the neutral one of that set.
"""

from collections.abc import Callable, Iterable
from dataclasses import fields
from decimal import Decimal
from enum import Enum
from functools import partial
from operator import attrgetter

# Any: a decoded JSON value may be of any type; it becomes typed in the constructor it is given to.
from typing import Any, TypeVar

import orjson

from gateway.domain.document import DocumentCategory, DocumentEntry, DocumentNote, Participant
from gateway.domain.errors import MalformedContent
from gateway.domain.identity import BirthDate, ClaimedIdentity, Sex
from gateway.domain.lab_result import (
    EarlierValue,
    LabResult,
    ReferenceRange,
    Remark,
    ResultValue,
    ValueKind,
)
from gateway.domain.timestamp import Timestamp

T = TypeVar("T")
Read = Callable[[Any], Any]


def entry_to_json(entry: DocumentEntry) -> bytes:
    """Write a document's header as UTF-8 JSON."""
    return orjson.dumps(sparse(entry))


def entry_from_json(data: bytes) -> DocumentEntry:
    """Read what `entry_to_json` wrote; raise `MalformedContent` on anything else."""
    return entry_of(_loaded(data, dict))


def results_to_json(results: Iterable[LabResult]) -> bytes:
    """Write results, in order, as UTF-8 JSON."""
    return orjson.dumps([sparse(result) for result in results])


def results_from_json(data: bytes) -> tuple[LabResult, ...]:
    """Read what `results_to_json` wrote; raise `MalformedContent` on anything else."""
    return results_of(_loaded(data, list))


def entry_of(plain: dict[str, Any]) -> DocumentEntry:
    """Build a header from its decoded JSON."""
    return _checked(DocumentEntry, plain)


def results_of(plain: list[Any]) -> tuple[LabResult, ...]:
    """Build results from their decoded JSON."""
    return tuple(_checked(LabResult, item) for item in plain)


def sparse(value: object) -> dict[str, Any]:
    """Give the fields of a domain dataclass that differ from their defaults, as JSON types."""
    values, fields_of_it = _WRITTEN[type(value)]
    return {
        name: _plain(item)
        for (name, default), item in zip(fields_of_it, values(value), strict=True)
        if item is not default and item != default
    }


def _plain(item: object) -> object:
    write = _PLAIN.get(type(item))
    return item if write is None else write(item)


def _build(cls: type[T], plain: dict[str, Any]) -> T:
    readers = _READERS[cls]
    return cls(**{
        name: item if item is None or (read := readers[name]) is None else read(item)
        for name, item in plain.items()
        if name in readers
    })


def _checked(cls: type[T], plain: dict[str, Any]) -> T:
    try:
        return _build(cls, plain)
    except (TypeError, ValueError, ArithmeticError, AttributeError) as error:
        raise MalformedContent("not a document record") from error


def _loaded(data: bytes, kind: type[T]) -> T:
    try:
        plain = orjson.loads(data)
    except orjson.JSONDecodeError as error:
        raise MalformedContent("not a document record") from error
    if not isinstance(plain, kind):
        raise MalformedContent("not a document record")
    return plain


def _each(read: Read) -> Read:
    return lambda items: tuple(read(item) for item in items)


def _one_of(neutral: Enum) -> Read:
    known = {item.value: item for item in type(neutral)}
    return lambda value: known.get(value, neutral)


def _notes(values: Iterable[str]) -> tuple[DocumentNote, ...]:
    return tuple(_NOTES[value] for value in values if value in _NOTES)


_NOTES = {note.value: note for note in DocumentNote}
_texts: Read = tuple
_pairs: Read = _each(tuple)
_value: Read = partial(_build, ResultValue)
_range: Read = partial(_build, ReferenceRange)
_participant: Read = partial(_build, Participant)

_CONVERTED: dict[type, dict[str, Read]] = {
    ResultValue: {"kind": _one_of(ValueKind.TEXT), "number": Decimal, "upper": Decimal},
    ReferenceRange: {"low": Decimal, "high": Decimal},
    EarlierValue: {"value": _value, "time": Timestamp},
    Remark: {},
    LabResult: {
        "value": _value,
        "time": Timestamp,
        "collected": Timestamp,
        "second": _value,
        "ranges": _each(_range),
        "second_range": _range,
        "interpretation": _texts,
        "earlier": _each(partial(_build, EarlierValue)),
        "remarks": _each(partial(_build, Remark)),
    },
    Participant: {"identifiers": _pairs, "organisation_identifiers": _pairs},
    ClaimedIdentity: {
        "identifiers": _pairs,
        "given_names": _texts,
        "sex": _one_of(Sex.UNKNOWN),
        "birth_date": BirthDate.parse,
    },
    DocumentEntry: {
        "effective_time": Timestamp,
        "act_start": Timestamp,
        "act_end": Timestamp,
        "replaces": _texts,
        "confidentiality": _texts,
        "authors": _each(_participant),
        "legal_authenticator": _participant,
        "custodian": _participant,
        "prescriber": _participant,
        "patient": partial(_build, ClaimedIdentity),
        "category": DocumentCategory.stored,
        "notes": _notes,
    },
}

_DEFAULTS = {cls: tuple((f.name, f.default) for f in fields(cls)) for cls in _CONVERTED}
_READERS = {cls: {name: read.get(name) for name, _ in _DEFAULTS[cls]} for cls, read in _CONVERTED.items()}
"""What makes a value of a field's JSON; None where that is the value already."""
_WRITTEN = {cls: (attrgetter(*(name for name, _ in named)), named) for cls, named in _DEFAULTS.items()}
_PLAIN: dict[type, Read] = {
    tuple: lambda items: [_plain(item) for item in items],
    Timestamp: attrgetter("text"),
    Decimal: str,
    BirthDate: str,
    **dict.fromkeys((DocumentCategory, DocumentNote, Sex, ValueKind), attrgetter("value")),
    **dict.fromkeys(_CONVERTED, sparse),
}
"""How a value is written, by its type; texts, numbers and None are JSON already."""
