"""Results of examinations to JSON and back: one written form, for the worker's pipe and for sealing."""

from collections.abc import Iterable
from decimal import Decimal
from operator import attrgetter

# Any: see `gateway.domain.sparse_json`.
from typing import Any

import orjson

from gateway.domain.lab_result import EarlierValue, LabResult, ReferenceRange, Remark, ResultValue, ValueKind
from gateway.domain.sparse_json import SparseForm, each, loaded, one_of
from gateway.domain.timestamp import Timestamp


def results_to_json(results: Iterable[LabResult]) -> bytes:
    """Write results, in order, as UTF-8 JSON."""
    return orjson.dumps([_FORM.sparse(result) for result in results])


def results_from_json(data: bytes) -> tuple[LabResult, ...]:
    """Read what `results_to_json` wrote; raise `MalformedContent` on anything else."""
    return tuple(_FORM.checked(LabResult, item) for item in loaded(data, list))


def _value(plain: dict[str, Any]) -> ResultValue:
    return _FORM.build(ResultValue, plain)


def _range(plain: dict[str, Any]) -> ReferenceRange:
    return _FORM.build(ReferenceRange, plain)


def _earlier(plain: dict[str, Any]) -> EarlierValue:
    return _FORM.build(EarlierValue, plain)


def _remark(plain: dict[str, Any]) -> Remark:
    return _FORM.build(Remark, plain)


_FORM = SparseForm(
    {
        ResultValue: {"kind": one_of(ValueKind.TEXT), "number": Decimal, "upper": Decimal},
        ReferenceRange: {"low": Decimal, "high": Decimal},
        EarlierValue: {"value": _value, "time": Timestamp},
        Remark: {},
        LabResult: {
            "value": _value,
            "time": Timestamp,
            "collected": Timestamp,
            "second": _value,
            "ranges": each(_range),
            "second_range": _range,
            "interpretation": tuple,
            "earlier": each(_earlier),
            "remarks": each(_remark),
        },
    },
    {Timestamp: attrgetter("text"), Decimal: str, ValueKind: attrgetter("_value_")},
)
