"""Lines of the trace about people are made by their `Actor`; only what the program does itself is written by hand."""

import ast
from collections.abc import Iterator

from tests.builders.repository import trees

BY_ACTORS = ("webmail/", "gateway/fhir/", "gateway/services/record/", "gateway/services/mailbox/")


def _made_by_hand() -> Iterator[tuple[str, ast.Call]]:
    for name, tree in trees("gateway", "webmail"):
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "AuditEvent":
                yield name, node


def test_faces_and_readings_of_records_make_no_line_by_hand() -> None:
    assert len(list(_made_by_hand())) > 5
    assert [name for name, _ in _made_by_hand() if name.startswith(BY_ACTORS)] == []


def test_no_line_calls_somebody_by_a_role_instead_of_a_name() -> None:
    named = [
        name
        for name, call in _made_by_hand()
        for value in (*call.args, *(keyword.value for keyword in call.keywords))
        if isinstance(value, ast.Constant) and value.value in {"patient", "professional", "operator"}
    ]
    assert named == []
