"""`docs/access.md`, the rules of access and their tests agree, in both directions."""

import ast
import re
from dataclasses import fields

import pytest

from gateway.domain.access import Action, Role, SpacePart
from gateway.domain.access_settings import AccessSettings
from gateway.policy.access import reasons
from gateway.policy.access.decision import ACCESS
from gateway.policy.access.standing import BELONGS
from tests.builders.repository import ROOT, section, text

PAGE = text("docs/access.md")
TITLES = {rule.id: rule.title for rule in ACCESS}
ROW = re.compile(r"^\| (ACC-\d\d) \| (.*?) \| (\d{3}) \| (.+)<br>\*(.+)\* \|$", re.MULTILINE)


def test_the_page_lists_every_refusal_of_every_rule_in_order_and_no_other() -> None:
    documented = [(rule, status, french, english) for rule, _, status, french, english in ROW.findall(PAGE)]
    assert documented == [
        (reason.rule, str(reason.status), reason.french, reason.english) for reason in reasons.REFUSALS
    ]


def test_the_page_gives_each_rule_the_title_of_its_function() -> None:
    assert {rule: title for rule, title, *_ in ROW.findall(PAGE) if title} == TITLES


def test_the_page_gives_the_one_answer_to_what_is_not_known() -> None:
    reason = reasons.NOT_KNOWN["ACC-01"]
    assert f"{reason.status}, « {reason.french} » (*{reason.english}*)" in PAGE


def test_the_page_names_every_setting() -> None:
    settings = section(PAGE, "Settings")
    assert [field.name for field in fields(AccessSettings) if f"`{field.name}`" not in settings] == []


def test_the_page_says_what_belongs_to_each_role() -> None:
    parts = list(SpacePart)
    told = {
        cells[0]: cells[1:]
        for line in section(PAGE, "What belongs to a role").splitlines()
        if (cells := [cell.strip() for cell in line.strip("|").split("|")]) and len(cells) == len(parts) + 1
    }
    assert told.pop("Role") == [part.value for part in parts]
    told.pop("---")
    assert told == {role.value: [_actions(role, part) for part in parts] for role in Role}


def _actions(role: Role, part: SpacePart) -> str:
    mine = {right.action for right in BELONGS[role] if right.part is part}
    return ", ".join(action.value for action in Action if action in mine) or "–"


def _tests_by_rule() -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for path in (ROOT / "tests" / "unit" / "policy").glob("test_access_*.py"):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            named = isinstance(node, ast.FunctionDef) and re.match(r"test_acc_(\d\d)_([a-z]+)_", node.name)
            if named:
                found.setdefault(f"ACC-{named[1]}", set()).add(named[2])
    return found


@pytest.mark.parametrize("rule", TITLES)
def test_each_rule_has_a_permit_a_refuse_and_a_don_t_know_test(rule: str) -> None:
    assert _tests_by_rule()[rule] == {"permits", "refuses", "defers"}


def test_no_test_bears_the_id_of_a_rule_that_is_gone() -> None:
    assert set(_tests_by_rule()) == set(TITLES)
