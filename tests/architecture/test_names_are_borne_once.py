"""A reader who meets the name of a public class knows which one it is: no other module defines it."""

import ast
from collections.abc import Iterator

from tests.builders.repository import trees


def _public_classes(tree: ast.Module) -> Iterator[str]:
    for node in tree.body:
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
            yield node.name
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call):
            made_by = node.value.func
            if isinstance(made_by, ast.Name) and made_by.id == "NewType" and isinstance(node.targets[0], ast.Name):
                yield node.targets[0].id


def _places(sources: Iterator[tuple[str, ast.Module]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for path, tree in sources:
        for name in _public_classes(tree):
            found.setdefault(name, []).append(path)
    return {name: paths for name, paths in found.items() if len(paths) > 1}


def test_every_public_class_name_is_borne_once() -> None:
    assert _places(trees()) == {}


def test_a_second_bearer_of_a_name_is_found() -> None:
    one, other = ast.parse("class Session: ..."), ast.parse('Session = NewType("Session", str)')
    assert _places(iter([("a.py", one), ("b.py", other)])) == {"Session": ["a.py", "b.py"]}
