"""Every act that the program writes into a trace has words on « Historique d'activité »."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from gateway.domain.activity import ActivityKind, ActivitySide, kind_of, side_of
from gateway.domain.audit import AuditEvent
from tests.builders.store import NOON
from webmail.activity.acts import ACTS
from webmail.activity.wording import what_of

ROOT = Path(__file__).parents[3]
OF_MAILBOXES = frozenset({
    "mailbox.corrected", "mailbox.created", "mailbox.password", "mailbox.removed", "mailbox.restored",
    "mailbox.suspended", "certificate.bound", "certificate.dropped", "space.erased", "activation.unserved",
    "incident.listed", "agent.added", "agent.removed",
})  # fmt: skip
"""Of professionals' mailboxes and of the operator: never in the trace of a patient."""

_OF_THE_LOG = frozenset({"step.failed", "step.moved"})
_ENDINGS = frozenset({"json", "html", "eml", "pem", "ics", "txt"})


def _written() -> Iterator[str]:
    for file in (*(ROOT / "gateway").rglob("*.py"), *(ROOT / "webmail").rglob("*.py")):
        text = file.read_text(encoding="utf-8")
        if "AuditEvent(" not in text and ".event(" not in text:
            continue
        for node in ast.walk(ast.parse(text)):
            if not isinstance(node, ast.Call):
                continue
            named = [keyword.value for keyword in node.keywords if keyword.arg == "action"]
            if isinstance(node.func, ast.Attribute) and node.func.attr == "event" and len(node.args) > 1:
                named.append(node.args[1])
            for value in named:
                texts = [one.value for one in ast.walk(value) if isinstance(one, ast.Constant)]
                yield from (one for one in texts if isinstance(one, str) and "." in one[1:-1])


def _named() -> Iterator[str]:
    """Give each text of the services that is an act by its subject, but names of events and files."""
    subjects = {act.partition(".")[0] for act in ACTS}
    for file in (ROOT / "gateway" / "services").rglob("*.py"):
        tree = ast.parse(file.read_text(encoding="utf-8"))
        logged = {
            argument
            for call in ast.walk(tree)
            if isinstance(call, ast.Call) and ast.unparse(call.func).startswith("_log.")
            for argument in call.args
        }
        for node in ast.walk(tree):
            text = node.value if isinstance(node, ast.Constant) and node not in logged else None
            if isinstance(text, str) and re.fullmatch(r"[a-z-]+\.[a-z_-]+", text):
                subject, _, verb = text.partition(".")
                if subject in subjects and verb not in _ENDINGS and text not in _OF_THE_LOG:
                    yield text


def test_every_act_that_is_written_has_words() -> None:
    written = {*_written(), *_named()}
    assert len(written) > 80
    assert written - OF_MAILBOXES - set(ACTS) == set()


@pytest.mark.parametrize(
    ("actor", "role", "action", "outcome", "side", "kind"),
    [
        ("camille@x.example", "patient", "document.read", "ok", ActivitySide.OWN, ActivityKind.READ),
        ("claude@x.example", "guardian", "profile.added", "ok", ActivitySide.OWN, ActivityKind.CHANGED),
        ("unknown", "", "sign-in", "refused", ActivitySide.OWN, ActivityKind.REFUSED),
        ("claire@x.example", "professional", "documents.listed", "ok", ActivitySide.PROFESSIONALS, ActivityKind.READ),
        ("labo@x.example", "", "message.accepted", "ok", ActivitySide.PROFESSIONALS, ActivityKind.EXCHANGED),
        ("fhir:12", "application", "share.read", "ok", ActivitySide.SERVICES, ActivityKind.SHARED),
        ("pli", "", "space.created", "created", ActivitySide.SERVICES, ActivityKind.CHANGED),
        ("x", "role-of-later", "act.of-later", "ok", ActivitySide.PROFESSIONALS, ActivityKind.CHANGED),
    ],
)  # fmt: skip
def test_every_line_stands_in_one_list(
    actor: str, role: str, action: str, outcome: str, side: ActivitySide, kind: ActivityKind
) -> None:
    event = AuditEvent(at=NOON, actor=actor, action=action, outcome=outcome, role=role)
    assert (side_of(event), kind_of(event)) == (side, kind)
    assert what_of(event)
