"""The table of sentences."""

import re

import pytest

from gateway.domain.verdict import Defer, Reason
from gateway.policy import reasons
from gateway.policy.stages import CONTENT, DEPOSIT, INITIATION, TRANSPORT, TRUST

SENTENCES = [*reasons.REFUSALS, *reasons.NOT_KNOWN.values()]


def test_the_table_holds_every_reason_of_the_module() -> None:
    assert list(reasons.REFUSALS) == [value for value in vars(reasons).values() if isinstance(value, Reason)]


def test_every_rule_has_its_reasons_in_order() -> None:
    rules = [rule.id for stage in (TRANSPORT, TRUST, DEPOSIT, INITIATION, CONTENT) for rule in stage.rules]
    assert list(reasons.NOT_KNOWN) == rules
    assert rules == sorted(set(rules))


@pytest.mark.parametrize("reason", SENTENCES)
def test_a_sentence_fits_an_smtp_reply_line(reason: Reason) -> None:
    assert reason.english.isascii()
    assert reason.english.isprintable()
    assert len(f"{reason.smtp_code} {reason.enhanced} {reason.english}\r\n") <= 512


@pytest.mark.parametrize("reason", SENTENCES)
def test_a_sentence_says_what_is_wrong_then_what_to_do(reason: Reason) -> None:
    assert re.fullmatch(r"[A-ZÀ-Ý][^;]+\N{NO-BREAK SPACE}; [^;]+\.", reason.french)
    assert re.fullmatch(r"[A-Z][^;]+; [^;]+\.", reason.english)


@pytest.mark.parametrize("reason", SENTENCES)
def test_the_reply_code_and_the_enhanced_code_are_of_one_class(reason: Reason) -> None:
    assert str(reason.smtp_code)[0] == reason.enhanced[0]


def test_the_identical_refusal_is_that_of_decision_a9() -> None:
    sentence = reasons.PATIENT_UNREACHABLE.french.replace("\N{NO-BREAK SPACE}", " ")
    assert sentence == "Patient non joignable par cette messagerie ; remettez le document autrement."


def test_not_knowing_is_temporary_and_says_nothing_more() -> None:
    verdict = reasons.not_known("POL-12", "directory stale")
    assert verdict == Defer(reasons.NOT_KNOWN["POL-12"], "directory stale")
    assert {(reason.smtp_code, reason.enhanced) for reason in reasons.NOT_KNOWN.values()} == {(451, "4.3.0")}
    assert len({(reason.french, reason.english) for reason in reasons.NOT_KNOWN.values()}) == 1


def test_the_patient_reads_who_ended_the_exchange() -> None:
    assert reasons.ended_by("Dr Claire Martin") == "Dr Claire Martin a mis fin à vos échanges."
