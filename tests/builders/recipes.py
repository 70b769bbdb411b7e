"""The recipes of `docs/recipes.md` done by a program, to the letter, in a copy of the repository."""

import re
from collections.abc import Iterator
from pathlib import Path

from tests.builders.repository import section, text

_BLOCK = re.compile(r"^```diff\n(.*?)^```", re.MULTILINE | re.DOTALL)


def follow(recipe: str, root: Path) -> list[str]:
    """Do what the examples of a recipe say; give the files that they name.

    A line that is added goes after the line before it, or before the next one where there is none before (or `@@`);
    without either it goes to the end of the file. An ellipsis ends a line that is not quoted whole. A line that says
    where, or goes, and is not there raises `AssertionError`.
    """
    named = []
    for place, lines in _files(section(text("docs/recipes.md"), recipe)):
        _change(root / place, lines)
        named.append(place)
    return named


def _files(recipe: str) -> Iterator[tuple[str, list[str]]]:
    for block in _BLOCK.findall(recipe):
        for part in re.split(r"^--- ", block, flags=re.MULTILINE)[1:]:
            place, *lines = part.splitlines()
            yield place, lines


def _change(path: Path, lines: list[str]) -> None:
    found = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    at, waiting, follows = 0, list[str](), False
    for line in lines:
        mark, said = line[:1], line[1:]
        if mark == "@":
            follows = False
        elif mark == "+" and follows:
            found.insert(at, said)
            at += 1
        elif mark == "+":
            waiting.append(said)
        else:
            at, follows = _place(found, at, said, path), True
            found[at:at] = waiting
            at, waiting = at + len(waiting), []
            if mark == "-":
                del found[at]
            else:
                at += 1
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join([*found, *waiting]) + "\n", encoding="utf-8")


def _place(found: list[str], start: int, said: str, path: Path) -> int:
    for at in range(start, len(found)):
        if found[at] == said or (said.endswith("…") and found[at].startswith(said[:-1])):
            return at
    raise AssertionError(f"{path.name} has no such line after line {start}: {said}")
