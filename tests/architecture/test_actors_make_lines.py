"""Lines of the trace about people are made by their `Actor`; only what the program does itself is written by hand."""

import ast
from functools import cache

from tests.builders.repository import modules, named

BY_ACTORS = ("webmail/", "gateway/fhir/", "gateway/services/record/", "gateway/services/mailbox/")


@cache
def _made_by_hand() -> list[tuple[str, ast.Call]]:
    sources = [(named(path), path.read_bytes()) for path in modules("gateway", "webmail")]
    return [
        (name, node)
        for name, source in sources
        if b"AuditEvent" in source
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "AuditEvent"
    ]


def test_faces_and_readings_of_records_make_no_line_by_hand() -> None:
    assert len(_made_by_hand()) > 5
    assert [name for name, _ in _made_by_hand() if name.startswith(BY_ACTORS)] == []


def test_no_line_calls_somebody_by_a_role_instead_of_a_name() -> None:
    by_role = [
        name
        for name, call in _made_by_hand()
        for value in (*call.args, *(keyword.value for keyword in call.keywords))
        if isinstance(value, ast.Constant) and value.value in {"patient", "professional", "operator"}
    ]
    assert by_role == []
