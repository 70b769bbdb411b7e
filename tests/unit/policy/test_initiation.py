"""POL-21 to POL-25: who may write to whom."""

from dataclasses import replace

import pytest

from gateway.domain.address import MailAddress
from gateway.domain.exchange import ExchangeState
from gateway.domain.space import SpaceState
from gateway.domain.verdict import Accept, Defer, Reason, Reject
from gateway.policy import initiation, reasons
from gateway.policy.facts import UNKNOWN, Attempts, ConnectionFacts, RcptFacts, RecipientFacts, Sources
from gateway.policy.rule import Refusal, Rule
from gateway.policy.stages import INITIATION, decide
from tests.unit.policy.a_case import (
    ABSENT,
    DOCTOR,
    INTERNAL,
    OTHER_PATIENT,
    OUTSIDER,
    PATIENT,
    RELAY,
    REMOTE_DOCTOR,
    SETTINGS,
    STALE,
    SUBMISSION,
    Changes,
    at_rcpt,
    recipient,
    sender,
)


def ask(rule: Rule[RcptFacts], facts: RcptFacts) -> Refusal | None:
    return rule.check(facts, SETTINGS)


def from_patient(to: RecipientFacts) -> RcptFacts:
    return at_rcpt(to, INTERNAL, sender(PATIENT))


def test_pol_21_permits_the_hundredth_recipient() -> None:
    assert ask(initiation.recipients_are_bounded, at_rcpt(recipient(position=100))) is None


@pytest.mark.parametrize("attempts", [Attempts(50, 0), Attempts(900, 900)])
def test_pol_21_permits_misses_that_are_few_or_do_not_outnumber_the_hits(attempts: Attempts) -> None:
    assert ask(initiation.recipients_are_bounded, at_rcpt(recipient(attempts=attempts))) is None


def test_pol_21_permits_who_cannot_guess() -> None:
    from_space = from_patient(recipient(DOCTOR, attempts=UNKNOWN))
    to_another_operator = at_rcpt(recipient(REMOTE_DOCTOR, attempts=UNKNOWN), SUBMISSION)
    assert ask(initiation.recipients_are_bounded, from_space) is None
    assert ask(initiation.recipients_are_bounded, to_another_operator) is None


def test_pol_21_refuses_the_hundred_and_first_recipient_for_now() -> None:
    verdict = ask(initiation.recipients_are_bounded, at_rcpt(recipient(position=101)))
    assert verdict == Defer(reasons.TOO_MANY_RECIPIENTS.naming(max_recipients=100), "recipient limit")


@pytest.mark.parametrize("attempts", [Attempts(51, 50), Attempts(500, 0)])
def test_pol_21_refuses_who_guesses_at_addresses(attempts: Attempts) -> None:
    verdict = ask(initiation.recipients_are_bounded, at_rcpt(recipient(attempts=attempts)))
    assert verdict == Defer(reasons.TOO_MANY_MISSES.naming(max_misses=50), "recipient guessing")


def test_pol_21_defers_when_attempts_are_not_known() -> None:
    verdict = ask(initiation.recipients_are_bounded, at_rcpt(recipient(attempts=UNKNOWN)))
    assert isinstance(verdict, Defer)
    assert verdict.reason is reasons.NOT_KNOWN["POL-21"]


@pytest.mark.parametrize("address", [PATIENT, DOCTOR])
def test_pol_22_permits_our_recipients_whatever_the_white_list(address: MailAddress) -> None:
    assert ask(initiation.recipient_is_in_the_circle, at_rcpt(recipient(address), sources=ABSENT)) is None


@pytest.mark.parametrize("peer", [SUBMISSION, INTERNAL])
def test_pol_22_permits_white_listed_domains_to_our_senders(peer: ConnectionFacts) -> None:
    assert ask(initiation.recipient_is_in_the_circle, at_rcpt(recipient(REMOTE_DOCTOR), peer)) is None


@pytest.mark.parametrize("sources", [STALE, ABSENT])
def test_pol_22_refuses_to_relay_from_one_operator_to_another(sources: Sources) -> None:
    verdict = ask(initiation.recipient_is_in_the_circle, at_rcpt(recipient(REMOTE_DOCTOR), RELAY, sources=sources))
    assert verdict == Reject(reasons.OUTSIDE_RECIPIENT, "relaying denied")


@pytest.mark.parametrize("peer", [SUBMISSION, INTERNAL])
def test_pol_22_refuses_an_outside_recipient(peer: ConnectionFacts) -> None:
    verdict = ask(initiation.recipient_is_in_the_circle, at_rcpt(recipient(OUTSIDER, white_listed=False), peer))
    assert verdict == Reject(reasons.OUTSIDE_RECIPIENT, "domain not white-listed")


@pytest.mark.parametrize("sources", [STALE, ABSENT])
@pytest.mark.parametrize("white_listed", [True, False])
def test_pol_22_defers_when_the_white_list_is_stale_or_absent(sources: Sources, white_listed: bool) -> None:
    to = recipient(REMOTE_DOCTOR, white_listed=white_listed)
    verdict = ask(initiation.recipient_is_in_the_circle, at_rcpt(to, SUBMISSION, sources=sources))
    assert isinstance(verdict, Defer)
    assert verdict.reason is reasons.NOT_KNOWN["POL-22"]


def test_pol_23_permits_a_patient_in_an_open_exchange() -> None:
    assert ask(initiation.patient_writes_in_an_open_exchange, from_patient(recipient(DOCTOR))) is None


@pytest.mark.parametrize("address", [DOCTOR, None])
def test_pol_23_permits_whoever_is_not_a_patient_to_start(address: MailAddress | None) -> None:
    facts = at_rcpt(recipient(exchange=ExchangeState.NONE), SUBMISSION, sender(address))
    assert ask(initiation.patient_writes_in_an_open_exchange, facts) is None


@pytest.mark.parametrize(
    ("state", "reason"),
    [(ExchangeState.NONE, reasons.EXCHANGE_NOT_STARTED), (ExchangeState.ENDED, reasons.EXCHANGE_ENDED)],
)
@pytest.mark.parametrize("blocked", [True, False, UNKNOWN])
def test_pol_23_refuses_a_patient_before_and_after_the_exchange(
    state: ExchangeState, reason: Reason, blocked: bool
) -> None:
    to = recipient(DOCTOR, exchange=state, blocked=blocked)
    verdict = ask(initiation.patient_writes_in_an_open_exchange, from_patient(to))
    assert isinstance(verdict, Reject)
    assert verdict.reason is reason


def test_pol_23_refuses_a_patient_to_whom_they_have_blocked() -> None:
    facts = from_patient(recipient(DOCTOR, blocked=True))
    verdict = ask(initiation.patient_writes_in_an_open_exchange, facts)
    assert verdict == Reject(reasons.CORRESPONDENT_BLOCKED, "blocked by the patient")


@pytest.mark.parametrize("space", [SpaceState.ACTIVE, SpaceState.CLOSED, None, UNKNOWN])
def test_pol_23_refuses_patient_to_patient_without_telling_about_the_space(space: SpaceState | None) -> None:
    verdict = decide(INITIATION, from_patient(recipient(OTHER_PATIENT, space=space)), SETTINGS)
    assert verdict == Reject(reasons.PATIENT_TO_PATIENT, "patient to patient")


@pytest.mark.parametrize("facts", [{"exchange": UNKNOWN}, {"blocked": UNKNOWN}, {"exchange": UNKNOWN, "blocked": True}])
def test_pol_23_defers_when_the_exchange_is_not_known(facts: Changes) -> None:
    verdict = ask(initiation.patient_writes_in_an_open_exchange, from_patient(recipient(DOCTOR, **facts)))
    assert isinstance(verdict, Defer)
    assert verdict.reason is reasons.NOT_KNOWN["POL-23"]


@pytest.mark.parametrize("space", [SpaceState.OPEN, SpaceState.ACTIVE])
def test_pol_24_permits_open_and_active_spaces(space: SpaceState) -> None:
    assert ask(initiation.patient_is_reachable, at_rcpt(recipient(space=space))) is None


def test_pol_24_permits_other_recipients_which_others_judge() -> None:
    assert ask(initiation.patient_is_reachable, at_rcpt(recipient(DOCTOR))) is None


def test_pol_24_refuses_a_wrong_ins_key_and_reveals_nothing() -> None:
    verdicts = {
        ask(initiation.patient_is_reachable, at_rcpt(recipient(patient=None, space=space)))
        for space in (None, UNKNOWN, *SpaceState)
    }
    assert verdicts == {Reject(reasons.WRONG_INS_KEY, "wrong form or key")}


UNREACHABLE: list[Changes] = [
    {"space": None},
    {"space": SpaceState.NOTIFIED},
    {"space": SpaceState.OPPOSED},
    {"space": SpaceState.CLOSED},
    {"space": SpaceState.ERASED},
    {"blocked": True},
]


@pytest.mark.parametrize("facts", UNREACHABLE)
def test_pol_24_refuses_every_unreachable_patient_with_one_answer(facts: Changes) -> None:
    verdict = ask(initiation.patient_is_reachable, at_rcpt(recipient(**facts)))
    assert isinstance(verdict, Reject)
    assert verdict.reason is reasons.PATIENT_UNREACHABLE


def test_pol_24_refuses_with_the_cause_for_the_audit_log_only() -> None:
    verdicts = [ask(initiation.patient_is_reachable, at_rcpt(recipient(**facts))) for facts in UNREACHABLE]
    details = {verdict.detail for verdict in verdicts if verdict}
    assert len(details) == len(UNREACHABLE)


@pytest.mark.parametrize("facts", [{"space": UNKNOWN}, {"blocked": UNKNOWN}])
def test_pol_24_defers_when_the_space_is_not_known(facts: Changes) -> None:
    verdict = ask(initiation.patient_is_reachable, at_rcpt(recipient(**facts)))
    assert isinstance(verdict, Defer)
    assert verdict.reason is reasons.NOT_KNOWN["POL-24"]


def test_pol_25_permits_a_mailbox_of_ours() -> None:
    assert ask(initiation.local_mailbox_exists, at_rcpt(recipient(DOCTOR))) is None


@pytest.mark.parametrize("address", [PATIENT, REMOTE_DOCTOR])
def test_pol_25_permits_other_recipients_which_others_judge(address: MailAddress) -> None:
    assert ask(initiation.local_mailbox_exists, at_rcpt(recipient(address, mailbox_known=False))) is None


def test_pol_25_refuses_an_unknown_mailbox_of_ours() -> None:
    verdict = ask(initiation.local_mailbox_exists, at_rcpt(recipient(DOCTOR, mailbox_known=False)))
    assert verdict == Reject(reasons.MAILBOX_UNKNOWN, "no such mailbox")


def test_pol_25_defers_when_mailboxes_cannot_be_read() -> None:
    verdict = ask(initiation.local_mailbox_exists, at_rcpt(recipient(DOCTOR, mailbox_known=UNKNOWN)))
    assert isinstance(verdict, Defer)
    assert verdict.reason is reasons.NOT_KNOWN["POL-25"]


def test_a_reply_box_is_offered_in_an_open_exchange() -> None:
    assert initiation.may_reply(ExchangeState.OPEN, blocked=False) == Accept("POL-23")


def test_a_forgotten_fact_puts_mail_off() -> None:
    bare = replace(at_rcpt(), recipient=RecipientFacts(address=DOCTOR))
    assert isinstance(ask(initiation.local_mailbox_exists, bare), Defer)


@pytest.mark.parametrize(
    ("facts", "rule"),
    [
        (at_rcpt(recipient(DOCTOR), INTERNAL, sender(PATIENT)), "POL-23"),
        (at_rcpt(recipient(PATIENT)), "POL-24"),
        (at_rcpt(recipient(PATIENT), of=sender(None)), "POL-24"),
        (at_rcpt(recipient(DOCTOR)), "POL-25"),
        (at_rcpt(recipient(REMOTE_DOCTOR), SUBMISSION), "POL-22"),
    ],
)
def test_what_is_accepted_names_the_rule_that_lets_it_in(facts: RcptFacts, rule: str) -> None:
    assert initiation.accepting_rule(facts, SETTINGS) == rule
