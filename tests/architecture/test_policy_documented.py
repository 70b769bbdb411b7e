"""`docs/policy.md`, the rules and their tests agree, in both directions."""

import ast
import re
from dataclasses import fields
from pathlib import Path

import pytest

from gateway.policy import reasons
from gateway.policy.settings import PolicySettings
from gateway.policy.stages import CONTENT, DEPOSIT, INITIATION, TRANSPORT, TRUST

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "policy.md").read_text(encoding="utf-8")
TITLES = {rule.id: rule.title for stage in (TRANSPORT, TRUST, DEPOSIT, INITIATION, CONTENT) for rule in stage.rules}
ROW = re.compile(r"^\| (POL-\d\d) \| (.*?) \| `(\d{3} [\d.]+)` \| (.+)<br>\*(.+)\* \|$", re.MULTILINE)


def _plain(sentence: str) -> str:
    # No-break spaces are made by `gateway.policy.reasons`; nobody sees whether the page has them.
    return sentence.replace("\N{NO-BREAK SPACE}", " ")


def test_the_page_lists_every_refusal_of_every_rule_in_order_and_no_other() -> None:
    documented = [(rule, reply, _plain(french), english) for rule, _, reply, french, english in ROW.findall(PAGE)]
    assert documented == [
        (reason.rule, f"{reason.smtp_code} {reason.enhanced}", _plain(reason.french), reason.english)
        for reason in reasons.REFUSALS
    ]


def test_the_page_gives_each_rule_the_title_of_its_function() -> None:
    assert {rule: title for rule, title, *_ in ROW.findall(PAGE) if title} == TITLES


def test_the_page_gives_the_one_answer_to_what_is_not_known() -> None:
    reason = reasons.NOT_KNOWN["POL-01"]
    assert f"`{reason.smtp_code} {reason.enhanced}`" in PAGE
    assert f"« {_plain(reason.french)} » (*{reason.english}*)" in _plain(PAGE)


def test_the_page_names_every_setting() -> None:
    _, _, settings = PAGE.partition("## Settings")
    assert [field.name for field in fields(PolicySettings) if f"`{field.name}`" not in settings] == []


def _tests_by_rule() -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for path in (ROOT / "tests" / "unit" / "policy").glob("test_*.py"):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            named = isinstance(node, ast.FunctionDef) and re.match(r"test_pol_(\d\d)_([a-z]+)_", node.name)
            if named:
                found.setdefault(f"POL-{named[1]}", set()).add(named[2])
    return found


@pytest.mark.parametrize("rule", TITLES)
def test_each_rule_has_a_permit_a_refuse_and_a_don_t_know_test(rule: str) -> None:
    assert _tests_by_rule()[rule] == {"permits", "refuses", "defers"}


def test_no_test_bears_the_id_of_a_rule_that_is_gone() -> None:
    assert set(_tests_by_rule()) == set(TITLES)
