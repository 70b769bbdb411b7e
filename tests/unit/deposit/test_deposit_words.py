"""What the deposit face reads of a request's head, and how it says what was not done."""

import json

import pytest
from aiohttp import web

from gateway.deposit.errors import of_refusal, of_verdict
from gateway.deposit.requests import depositor_named, title_given
from gateway.domain.address import MailAddress
from gateway.domain.errors import InvalidValue
from gateway.domain.verdict import Defer, Reject
from gateway.policy import reasons
from gateway.services.filing.deposited_documents import DepositFault, DepositRefused


def test_depositor_is_named_by_a_mailbox_or_not_at_all() -> None:
    assert depositor_named(" resultats@labo.example ") == MailAddress.parse("resultats@labo.example")
    assert (depositor_named(None), depositor_named("")) == (None, None)
    with pytest.raises(InvalidValue):
        depositor_named("Labo <resultats@labo.example>")


def test_title_is_percent_encoded_text_on_one_line() -> None:
    assert title_given("Carte%20de%20groupe%20sanguin%20%E2%80%94%202026") == "Carte de groupe sanguin — 2026"
    assert title_given(None) == ""


@pytest.mark.parametrize("text", ["%FF%FE", "a%0Ab", "%00", "x" * 201, "%E2%80%AE.fdp"])
def test_title_that_is_no_line_of_text_is_refused(text: str) -> None:
    with pytest.raises(InvalidValue):
        title_given(text)


def _said(answer: web.Response) -> tuple[int, str, str | None]:
    assert isinstance(answer.body, bytes)
    (issue,) = json.loads(answer.body)["issue"]
    assert issue["details"]["text"].endswith(".")
    assert issue["diagnostics"].isascii()
    return answer.status, issue["details"]["coding"][0]["code"], answer.headers.get("Retry-After")


@pytest.mark.parametrize(
    ("verdict", "said"),
    [
        (Reject(reasons.PATIENT_UNREACHABLE, "space closed"), (404, "POL-24", None)),
        (Reject(reasons.WRONG_INS_KEY), (400, "POL-24", None)),
        (Reject(reasons.DEPOSITOR_KIND), (403, "POL-13", None)),
        (Defer(reasons.TOO_MANY_MISSES.naming(max_misses=50)), (429, "POL-21", "3600")),
        (reasons.not_known("POL-11", "white list stale"), (503, "POL-11", "60")),
    ],
)
def test_verdicts_of_the_policy_are_answered_with_their_status(
    verdict: Reject | Defer, said: tuple[int, str, str | None]
) -> None:
    assert _said(of_verdict(verdict)) == said


@pytest.mark.parametrize("code", ["900", "903", "904", "905", "906"])
def test_refusals_of_documents_bear_their_national_code(code: str) -> None:
    assert _said(of_refusal(DepositRefused(DepositFault.CONTENT, code))) == (422, code, None)
    assert _said(of_refusal(DepositRefused(DepositFault.FORM, code, "Cause."))) == (415, code, None)


def test_readers_that_are_busy_ask_to_come_back() -> None:
    assert _said(of_refusal(DepositRefused(DepositFault.BUSY, "busy"))) == (503, "busy", "60")
