"""Log events have one spelling, and `docs/logs.md` lists them all with their levels and fields."""

import ast
import re
from collections.abc import Iterator
from functools import cache

from tests.builders.repository import section, text, trees

LEVELS = {
    "debug": "debug",
    "info": "info",
    "warning": "warning",
    "error": "error",
    "exception": "error",
    "critical": "critical",
}
SPELLING = re.compile(r"[a-z]+(?:_[a-z]+)*\.[a-z]+(?:_[a-z]+)*")
ROW = re.compile(r"^\| `([^`]+)` \| ([a-z, ]+) \| ([^|]*) \| \S.* \|$", re.MULTILINE)


@cache
def _events() -> tuple[tuple[str, set[str], set[str]], ...]:
    """Give each event with the methods and the fields of its call."""
    return tuple(_found())


def _found() -> Iterator[tuple[str, set[str], set[str]]]:
    for _, tree in trees():
        chosen = {
            node.targets[0].id: _methods(node.value)
            for node in ast.walk(tree)
            if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) and _methods(node.value)
        }
        for node in ast.walk(tree):
            if not isinstance(node, ast.Call) or not node.args:
                continue
            methods = _methods(node.func)
            if not methods and isinstance(node.func, ast.Name):
                methods = chosen.get(node.func.id, set())
            for event in ast.walk(node.args[0]) if methods else ():
                if isinstance(event, ast.Constant) and isinstance(event.value, str):
                    yield event.value, methods, {str(keyword.arg) for keyword in node.keywords}


def _methods(node: ast.AST) -> set[str]:
    if isinstance(node, ast.IfExp):
        return _methods(node.body) | _methods(node.orelse)
    named = isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in {"log", "_log"}
    return {node.attr} & LEVELS.keys() if named and isinstance(node, ast.Attribute) else set()


def _documented() -> dict[str, tuple[set[str], set[str]]]:
    rows = ROW.findall(section(text("docs/logs.md"), "Events"))
    return {event: (set(levels.split(", ")), set(re.findall(r"`(\w+)`", fields))) for event, levels, fields in rows}


def test_every_event_says_what_it_concerns_and_what_happened() -> None:
    assert [event for event, _, _ in _events() if not SPELLING.fullmatch(event)] == []


def test_every_event_is_documented_and_no_other() -> None:
    assert sorted(_documented()) == sorted({event for event, _, _ in _events()})


def test_every_event_is_documented_with_its_fields() -> None:
    fields: dict[str, set[str]] = {}
    for event, _, named in _events():
        fields[event] = fields.get(event, set()) | named
    assert {event: named for event, (_, named) in _documented().items()} == fields


def test_every_event_is_documented_with_a_level_it_is_told_at() -> None:
    told: dict[str, set[str]] = {}
    for event, methods, _ in _events():
        told[event] = told.get(event, set()) | {LEVELS[method] for method in methods}
    assert [event for event, (levels, _) in _documented().items() if not levels <= told[event]] == []


def test_the_list_is_in_order() -> None:
    assert list(_documented()) == sorted(_documented())
