"""Every error code belongs to one class, and `docs/operations.md` says what it means and what to do."""

import ast
import re
from collections import Counter

from tests.builders.repository import section, text, trees

CODE = re.compile(r"PLI-\d{3}")


def _codes() -> list[str]:
    return [
        node.value.value
        for _, tree in trees()
        for kind in ast.walk(tree)
        if isinstance(kind, ast.ClassDef)
        for node in kind.body
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
        if CODE.fullmatch(node.value.value)
    ]


def test_no_two_errors_share_a_code() -> None:
    assert [code for code, count in Counter(_codes()).items() if count > 1] == []


def test_every_code_is_explained_and_no_other_is() -> None:
    table = section(text("docs/operations.md"), "What errors mean and what to do")
    rows = re.findall(r"^\| (PLI-\d{3}) \| (.+) \| (.+) \|$", table, re.MULTILINE)
    assert [code for code, *_ in rows] == sorted(_codes())
    assert [code for code, meaning, remedy in rows if not (meaning.strip() and remedy.strip())] == []
