"""House rules that a program can check: sizes, names, sleeps, paths, what packages do when they are imported."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tests.builders.repository import PACKAGES, ROOT, modules, named, trees

LONGEST = 300
LONGEST_FUNCTION = 40
WRITTEN_OUT = "gateway/store/migrations/versions/"
"""A released migration is written out in full, table by table, and never edited."""
LONGER: dict[str, str] = {}
"""Modules that may be longer, each with its reason."""
FORBIDDEN = {
    "utils", "util", "helpers", "helper", "common", "manager", "base", "misc",
    # Nouns that do not say of what.
    "load", "room", "pieces", "numbers", "names", "ids", "people", "listing", "things", "data_model", "strangers",
}  # fmt: skip
POLLS = {
    "tests/builders/reader_hogs.py": "a reader that hangs is what it is for",
    "tests/builders/leaping_time.py": "its time leaps: nobody waits",
    "tests/builders/command_line.py": "polls a gateway in another process, which tells no event",
    "tests/builders/warm_program.py": "waits for the end of a process that is no child of the tests",
    "tests/builders/gateway_site.py": "polls a gateway in another process, which tells no event",
    "tests/builders/peer": "polls servers in other processes, which tell no event",
    "tests/builders/thunderbird.py": "polls a program in another process, which tells no event",
    "tests/interop/test_thunderbird.py": "polls a program in another process, which tells no event",
    "tests/builders/postgres_server.py": "polls a server in another process, which tells no event",
    "tests/builders/s3_server.py": "polls a server in another process, which tells no event",
    "tests/journeys/test_first_journey.py": "waits for a notice that another process writes as a file",
    "tests/journeys/test_sign_in_flood.py": "a flood against a gateway in another process takes its time",
    "tests/crash/": "kills, slows and polls real processes at random moments",
}
SCANNING = {
    "gateway/services/restoring/restored_messages.py": {"_read"},
    "gateway/services/intake/content_intake.py": {"_judge", "reported"},
    "gateway/services/mailbox/messages.py": {"_prepared"},
    "gateway/services/conversation/patient_post.py": {"_prepare"},
    "gateway/services/delivery/post.py": {"parcel"},
    "gateway/domain/mime/mdn_forms.py": {"of"},
    "gateway/services/delivery/receipt_forms.py": {"written"},
}
"""Where a message is scanned: only where one comes in, or is written first of its form.

Lists, FETCH and pages are served from what was made then."""
CATCH_ALL = {
    "gateway/caldav/answers.py",
    "gateway/deposit/errors.py",
    "gateway/fhir/errors.py", "gateway/imap/replies.py", "gateway/listening/listener.py",
    "gateway/services/outbox/worker.py", "gateway/smtp/replies.py", "webmail/errors.py",
}  # fmt: skip
"""The one table of each edge, the last resort of every listener, and where failures of later work end."""
SKIPPED = {".venv", ".git", "var", "screens", "__pycache__"}
TEXTS = {".py", ".md", ".toml", ".sh", ".html", ".css", ".js", ".lock", ".yml", ".yaml", "", ".cfg"}
MACHINE = re.compile(r"/(?:home|root|work|Users)/\w")


def test_no_module_is_longer_than_one_subject_needs() -> None:
    long = {named(path) for path in modules() if len(path.read_bytes().splitlines()) > LONGEST}
    assert sorted(long - set(LONGER)) == []


def test_no_exception_to_the_length_outlives_its_need() -> None:
    short = {name for name in LONGER if len((ROOT / name).read_bytes().splitlines()) <= LONGEST}
    assert sorted(short) == []


def test_no_function_is_longer_than_a_screen() -> None:
    long = [
        f"{path}:{node.lineno} {node.name}"
        for path, tree in trees()
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and _lines(node) > LONGEST_FUNCTION
        if not path.startswith(WRITTEN_OUT)
    ]
    assert long == []


def _lines(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Count the lines of a function without its docstring."""
    lines = _span(function)
    return lines - _span(function.body[0]) if ast.get_docstring(function) else lines


def _span(node: ast.stmt) -> int:
    return (node.end_lineno or node.lineno) - node.lineno + 1


def test_no_module_or_folder_has_a_name_that_says_nothing() -> None:
    names = {part for path in modules(*PACKAGES, "tests") for part in (path.stem, path.parent.name)}
    assert sorted(names & FORBIDDEN) == []


def test_every_module_says_what_it_is_for() -> None:
    silent = [name for name, tree in trees(*PACKAGES, "tests") if tree.body and not ast.get_docstring(tree)]
    assert silent == []


def test_no_test_sleeps_but_those_that_poll_other_processes() -> None:
    sleepers = {name for name, tree in trees("tests") if any(map(_sleeps, ast.walk(tree)))}
    assert sorted(name for name in sleepers if not name.startswith(tuple(POLLS))) == []


def _sleeps(node: ast.AST) -> bool:
    if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "sleep"):
        return False
    # `asyncio.sleep(0)` waits for nothing: it lets other tasks run.
    return not (node.args and isinstance(node.args[0], ast.Constant) and node.args[0].value == 0)


def test_nothing_names_a_folder_of_somebody_s_machine() -> None:
    found = [
        f"{named(path)}:{number}"
        for path in _files()
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if MACHINE.search(line)
    ]
    assert found == []


def _files() -> list[Path]:
    return [
        path
        for path in sorted(ROOT.rglob("*"))
        if path.is_file() and path.suffix in TEXTS and not SKIPPED & set(path.relative_to(ROOT).parts)
        if not path.relative_to(ROOT).parts[0].startswith(".") or path.suffix == ".yml"
    ]


def test_no_test_is_skipped() -> None:
    skips = re.compile(r"pytest\.(?:skip|importorskip|xfail)|mark\.(?:skip|skipif|xfail)")
    here = Path(__file__)
    assert [named(path) for path in modules("tests") if path != here and skips.search(path.read_text())] == []


def test_messages_are_scanned_only_where_they_come_in() -> None:
    found: dict[str, set[str]] = {}
    for name, tree in trees("gateway", "webmail", "dossier_bridge"):
        for function in ast.walk(tree):
            if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef) and any(map(_scans, _own(function))):
                found.setdefault(name, set()).add(function.name)
    assert found == SCANNING


def _scans(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "scan_message"


def _own(function: ast.AST) -> Iterator[ast.AST]:
    """Walk a function, but not the functions defined in it."""
    for node in ast.iter_child_nodes(function):
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node
            yield from _own(node)


def test_services_leave_it_to_the_store_in_which_thread_work_is_done() -> None:
    words = re.compile(r"\b(?:run_in_executor|to_thread|Executor|ThreadPoolExecutor|Thread)\b")
    found = [named(path) for path in modules("gateway/services") if words.search(path.read_text("utf-8"))]
    assert found == []


def test_unexpected_failures_are_caught_by_the_tables_of_the_edges_and_the_outbox_only() -> None:
    catching = {
        name
        for name, tree in trees()
        for node in ast.walk(tree)
        if isinstance(node, ast.ExceptHandler) and isinstance(node.type, ast.Name) and node.type.id == "Exception"
    }
    assert catching == CATCH_ALL


MOST_BY_PLACE = 4
"""Fields of a value that may be given by place."""


def test_values_of_many_fields_are_made_by_keyword() -> None:
    by_place = [
        f"{path}:{node.lineno} {node.name}"
        for path, tree in trees()
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef) and _fields(node) > MOST_BY_PLACE
        if (options := _dataclass_options(node)) is not None and "frozen" in options and "kw_only" not in options
    ]
    assert by_place == []


def _fields(node: ast.ClassDef) -> int:
    return sum(isinstance(line, ast.AnnAssign) and "ClassVar" not in ast.unparse(line.annotation) for line in node.body)


def _dataclass_options(node: ast.ClassDef) -> set[str] | None:
    """Give the options that are on; None when it is no dataclass."""
    for decorator in node.decorator_list:
        if isinstance(decorator, ast.Call) and ast.unparse(decorator.func) == "dataclass":
            return {str(option.arg) for option in decorator.keywords if ast.unparse(option.value) == "True"}
    return None
