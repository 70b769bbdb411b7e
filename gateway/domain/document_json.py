"""Document entries and results to JSON and back: one written form, for the worker's pipe and for sealing.

Only fields that differ from their default are written. Bytes are not: a `ReadDocument`'s files travel
beside its JSON. Reading accepts what this module wrote, in this version or an earlier one; a field that
a later version added is ignored.
"""

from collections.abc import Callable, Iterable
from dataclasses import fields
from decimal import Decimal
from enum import Enum
from functools import partial

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
    ResultValue,
    Timestamp,
    ValueKind,
)

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
    plain = {}
    for name, default in _DEFAULTS[type(value)]:
        item = getattr(value, name)
        if item != default:
            plain[name] = _plain(item)
    return plain


def _plain(item: object) -> object:
    if isinstance(item, str | int | None):
        return item
    if isinstance(item, tuple):
        return [_plain(part) for part in item]
    if isinstance(item, Timestamp):
        return item.text
    if isinstance(item, Enum):
        return item.value
    if isinstance(item, Decimal | BirthDate):
        return str(item)
    return sparse(item)


def _build(cls: type[T], plain: dict[str, Any]) -> T:
    readers = _READERS[cls]
    return cls(**{k: readers[k](v) if v is not None else None for k, v in plain.items() if k in readers})


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


def _same(value: Any) -> Any:
    return value


def _each(read: Read) -> Read:
    return lambda items: tuple(read(item) for item in items)


_texts: Read = tuple
_pairs: Read = _each(tuple)
_value: Read = partial(_build, ResultValue)
_range: Read = partial(_build, ReferenceRange)
_participant: Read = partial(_build, Participant)

_CONVERTED: dict[type, dict[str, Read]] = {
    ResultValue: {"kind": ValueKind, "number": Decimal, "upper": Decimal},
    ReferenceRange: {"low": Decimal, "high": Decimal},
    EarlierValue: {"value": _value, "time": Timestamp},
    LabResult: {
        "value": _value,
        "time": Timestamp,
        "collected": Timestamp,
        "second": _value,
        "ranges": _each(_range),
        "second_range": _range,
        "interpretation": _texts,
        "earlier": _each(partial(_build, EarlierValue)),
    },
    Participant: {"identifiers": _pairs, "organisation_identifiers": _pairs},
    ClaimedIdentity: {
        "identifiers": _pairs,
        "given_names": _texts,
        "sex": Sex,
        "birth_date": BirthDate.parse,
    },
    DocumentEntry: {
        "effective_time": Timestamp,
        "replaces": _texts,
        "confidentiality": _texts,
        "authors": _each(_participant),
        "legal_authenticator": _participant,
        "custodian": _participant,
        "prescriber": _participant,
        "patient": partial(_build, ClaimedIdentity),
        "category": DocumentCategory,
        "notes": _each(DocumentNote),
    },
}

_DEFAULTS = {cls: tuple((f.name, f.default) for f in fields(cls)) for cls in _CONVERTED}
_READERS = {
    cls: {name: read.get(name, _same) for name, _ in _DEFAULTS[cls]} for cls, read in _CONVERTED.items()
}
