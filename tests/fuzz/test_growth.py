"""No parser of strangers' octets takes more than linear work: it must not outgrow its input, by processor time."""

import re
import zlib
from collections import deque
from collections.abc import Callable, Iterator
from functools import partial

import pytest

from tests.builders.foreign_parsers import ForeignParser, octets, parsers, patterns, unmade
from tests.builders.growth import UNITS, grows_too_fast, inputs, made

_SHARE = 16
"""Of the inputs with a beginning, each parser is tried on every sixteenth, its own; on all with `make test-long`."""
PARSERS, PATTERNS = list(parsers()), list(patterns())


def tried(name: str) -> list[tuple[str, str]]:
    """Give all units alone, and a share of the inputs with a beginning."""
    turn = zlib.crc32(name.encode()) % _SHARE
    return [("", unit) for unit in UNITS] + [one for n, one in enumerate(inputs()) if one[0] and n % _SHARE == turn]


def faults(chosen: list[tuple[str, str]], work: Callable[[str], object]) -> list[str]:
    """Say for which inputs work outgrows its input."""
    found = []
    for beginning, unit in chosen:
        fault = grows_too_fast(partial(_done, work, beginning, unit))
        if fault:
            found.append(f"{beginning!r} + {unit!r} * n: {fault}")
            break
    return found


def _done(work: Callable[[str], object], beginning: str, unit: str, size: int) -> object:
    return work(made(beginning, unit, size))


def _used(use: Callable[[object], object], is_octets: bool, text: str) -> None:
    found = use(octets(text) if is_octets else text)
    if isinstance(found, Iterator):
        deque(found, maxlen=0)


@pytest.mark.parametrize("parser", PARSERS, ids=lambda parser: parser.name)
def test_work_of_a_parser_grows_with_its_input_and_no_faster(parser: ForeignParser) -> None:
    assert faults(tried(parser.name), parser.take) == []


@pytest.mark.parametrize(("name", "pattern", "methods"), PATTERNS, ids=[name for name, *_ in PATTERNS])
def test_work_of_a_pattern_grows_with_its_input_and_no_faster(
    name: str, pattern: object, methods: frozenset[str]
) -> None:
    is_octets = isinstance(getattr(pattern, "pattern", ""), bytes)
    for method in methods & {"match", "fullmatch", "search", "findall", "finditer", "split"}:
        assert faults(tried(name), partial(_used, getattr(pattern, method), is_octets)) == []


@pytest.mark.long
@pytest.mark.timeout(3_600)
@pytest.mark.parametrize("parser", PARSERS, ids=lambda parser: parser.name)
def test_work_of_a_parser_grows_no_faster_whatever_its_input_begins_with(parser: ForeignParser) -> None:
    assert faults(list(inputs()), parser.take) == []


def test_every_public_parser_is_found() -> None:
    assert unmade() == []


def test_quadratic_work_is_found() -> None:
    assert faults([("", "a")], re.compile("a*b").search)


def test_linear_work_is_not_found_however_long_it_takes() -> None:
    assert faults([("", "a")], lambda text: [re.sub("a", "b", text) for _ in range(200)]) == []
