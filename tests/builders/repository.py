"""The repository as text: what tests of documents and of house rules read."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGES = ("gateway", "webmail", "webpro", "webagent", "dossier_bridge", "certs")


@cache
def text(path: str) -> str:
    """Read a file of the repository."""
    return (ROOT / path).read_text(encoding="utf-8")


def modules(*folders: str) -> Iterator[Path]:
    """List the Python files below folders; all packages when none is named."""
    for folder in folders or PACKAGES:
        yield from sorted((ROOT / folder).rglob("*.py"))


def trees(*folders: str) -> Iterator[tuple[str, ast.Module]]:
    """Parse the Python files below folders; gives their path in the repository."""
    for path in modules(*folders):
        yield named(path), ast.parse(path.read_bytes())


def named(path: Path) -> str:
    """Give the path of a file in the repository."""
    return path.relative_to(ROOT).as_posix()


def section(page: str, heading: str) -> str:
    """Give what stands under a second-level heading of a page."""
    _, found, rest = f"\n{page}".partition(f"\n## {heading}\n")
    assert found, f"no heading « {heading} »"
    return rest.partition("\n## ")[0]
