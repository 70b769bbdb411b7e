"""Verdicts are values: equal when they say the same, and nothing changes them."""

from dataclasses import FrozenInstanceError

import pytest

from gateway.domain.verdict import Accept, Defer, Reason, Reject

REASON = Reason(rule="POL-00", smtp_code=550, enhanced="5.7.1", french="Non ; autrement.", english="No; another way.")


def test_verdicts_that_say_the_same_are_equal() -> None:
    assert Reject(REASON, "cause") == Reject(REASON, "cause")
    assert Accept("POL-00") == Accept("POL-00")


def test_the_cause_tells_verdicts_apart_for_the_audit_log() -> None:
    assert Reject(REASON, "one") != Reject(REASON, "other")


def test_a_refusal_for_good_is_never_one_for_now() -> None:
    verdicts: list[object] = [Reject(REASON), Defer(REASON)]
    assert verdicts[0] != verdicts[1]


def test_a_verdict_cannot_be_changed() -> None:
    verdict = Defer(REASON)
    with pytest.raises(FrozenInstanceError):
        verdict.detail = "other"  # type: ignore[misc]  # the assignment is what must fail
