"""Log lines carry ids, reasons, counts and durations: their keys are looked at, and what exceptions leave behind."""

import ast
import io
import json
from collections.abc import Iterator

import pytest
import structlog

from gateway.logs import set_up_logs
from tests.builders.repository import trees

FORBIDDEN = {
    "address", "addresses", "sender", "recipient", "recipients", "mailbox", "login", "user", "username", "subject",
    "ins", "name", "names", "birth_date", "password", "secret", "token", "code_value", "body", "text", "content",
    "filename", "file_name", "headers", "email", "phone", "exc_info", "query", "url", "path", "peer", "ip",
}  # fmt: skip
METHODS = {"debug", "info", "warning", "error", "exception", "critical", "bind", "log"}


"""`message` and `connection` are ids; what they hold is looked at by tests that drive real servers."""


def _calls() -> Iterator[tuple[str, ast.Call]]:
    for name, tree in trees():
        for node in ast.walk(tree):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in METHODS):
                continue
            owner = node.func.value
            if isinstance(owner, ast.Name) and owner.id in {"log", "_log", "logger"}:
                yield f"{name}:{node.lineno}", node


def test_log_calls_are_found_at_all() -> None:
    assert len(list(_calls())) > 15


def test_no_log_call_has_a_key_that_names_content_or_persons() -> None:
    guilty = [
        f"{place}: {keyword.arg}" for place, call in _calls() for keyword in call.keywords if keyword.arg in FORBIDDEN
    ]
    assert guilty == []


def test_no_log_call_spreads_a_mapping_whose_keys_cannot_be_seen() -> None:
    assert [place for place, call in _calls() for keyword in call.keywords if keyword.arg is None] == []


def test_the_event_of_a_log_call_is_a_fixed_text() -> None:
    assert [place for place, call in _calls() if not (call.args and isinstance(call.args[0], ast.Constant))] == []


def test_an_exception_is_logged_by_type_and_place_never_by_its_text(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = io.StringIO()
    monkeypatch.setattr("sys.stderr", stream)
    set_up_logs()
    try:
        raise ValueError("295109912611193")
    except ValueError:
        structlog.get_logger("test").exception("step.failed", step="1f")
    finally:
        structlog.reset_defaults()
    line = json.loads(stream.getvalue())
    assert "295109912611193" not in stream.getvalue()
    assert line["error"] == "ValueError"
    assert "never_by_its_text" in line["frames"][-1]
