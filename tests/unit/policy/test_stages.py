"""The stages: which refusal wins, what is explained, and the journeys that pass every stage."""

import pytest

from gateway.domain.directory import MailboxKind
from gateway.domain.exchange import ExchangeState
from gateway.domain.verdict import Accept, Defer, Reject
from gateway.policy import reasons
from gateway.policy.facts import ConnectionFacts, ContentFacts, Entrance, RecipientFacts, SenderFacts, Sources, Tls
from gateway.policy.stages import CONTENT, INITIATION, TRANSPORT, TRUST, decide, explain
from tests.unit.policy.a_case import (
    ABSENT,
    DOCTOR,
    FRESH,
    INTERNAL,
    LABORATORY,
    PATIENT,
    RELAY,
    REMOTE_DOCTOR,
    SETTINGS,
    STALE,
    SUBMISSION,
    at_data,
    at_mail,
    at_rcpt,
    connection,
    content,
    entry,
    recipient,
    sender,
)

ACCEPTED = [Accept(stage.rules[-1].id) for stage in (TRANSPORT, TRUST, INITIATION, CONTENT)]


def journey(
    peer: ConnectionFacts, of: SenderFacts, to: RecipientFacts, message: ContentFacts, sources: Sources = FRESH
) -> list[object]:
    return [
        decide(TRANSPORT, at_mail(peer, of, sources), SETTINGS),
        decide(TRUST, at_mail(peer, of, sources), SETTINGS),
        decide(INITIATION, at_rcpt(to, peer, of, sources), SETTINGS),
        decide(CONTENT, at_data(message, peer, of, sources), SETTINGS),
    ]


def test_another_operator_s_doctor_reaches_a_patient() -> None:
    assert journey(RELAY, sender(), recipient(), content()) == ACCEPTED


def test_a_local_laboratory_reaches_a_patient_while_lists_are_absent() -> None:
    peer = connection(laboratory=LABORATORY, peer_domains=frozenset())
    of = sender(LABORATORY, entry=entry(LABORATORY, kind=MailboxKind.APPLICATION))
    assert journey(peer, of, recipient(), content(LABORATORY), ABSENT) == ACCEPTED


def test_a_local_doctor_reaches_a_patient() -> None:
    assert journey(SUBMISSION, sender(DOCTOR), recipient(), content(DOCTOR)) == ACCEPTED


def test_a_patient_answers_a_doctor_of_another_operator() -> None:
    reply = content(PATIENT, addressed=frozenset({REMOTE_DOCTOR}), white_listed=frozenset({"hopital.example"}))
    assert journey(INTERNAL, sender(PATIENT), recipient(REMOTE_DOCTOR), reply) == ACCEPTED


def test_a_patient_is_refused_after_the_end_at_rcpt_only() -> None:
    to = recipient(DOCTOR, exchange=ExchangeState.ENDED)
    verdicts = journey(INTERNAL, sender(PATIENT), to, content(PATIENT, addressed=frozenset({DOCTOR})))
    assert verdicts[2] == Reject(reasons.EXCHANGE_ENDED, "exchange ended")
    assert [verdicts[0], verdicts[1], verdicts[3]] == [ACCEPTED[0], ACCEPTED[1], ACCEPTED[3]]


def test_the_first_refusal_wins() -> None:
    clear_and_unbound = connection(tls=Tls.CLEAR, peer_domains=frozenset())
    verdict = decide(TRANSPORT, at_mail(clear_and_unbound), SETTINGS)
    assert isinstance(verdict, Reject)
    assert verdict.reason is reasons.TLS_REQUIRED


def test_explain_asks_every_rule_past_the_first_refusal() -> None:
    outcomes = explain(TRANSPORT, at_mail(connection(tls=Tls.CLEAR, peer_domains=frozenset())), SETTINGS)
    assert [(outcome.rule, outcome.refusal is None) for outcome in outcomes] == [
        ("POL-01", False), ("POL-02", True), ("POL-03", False), ("POL-04", True), ("POL-05", True),
    ]  # fmt: skip


def test_explain_gives_stage_and_title() -> None:
    outcome = explain(TRUST, at_mail(), SETTINGS)[0]
    assert outcome.stage == "trust"
    assert outcome.title.startswith("Require that the sender's domain is ours")


def test_explain_agrees_with_decide() -> None:
    facts = at_mail(of=sender(white_listed=False, entry=None))
    refusals = [outcome.refusal for outcome in explain(TRUST, facts, SETTINGS) if outcome.refusal]
    assert refusals[0] == decide(TRUST, facts, SETTINGS)


@pytest.mark.parametrize("sources", [STALE, ABSENT])
def test_without_fresh_lists_nothing_from_another_operator_is_accepted_or_refused(sources: Sources) -> None:
    assert isinstance(decide(TRANSPORT, at_mail(sources=sources), SETTINGS), Defer)
    assert isinstance(decide(TRUST, at_mail(sources=sources), SETTINGS), Defer)


def test_facts_that_nobody_filled_in_accept_nothing() -> None:
    mail = at_mail(ConnectionFacts(listener=Entrance.RELAY), SenderFacts(REMOTE_DOCTOR), Sources())
    rcpt = at_rcpt(RecipientFacts(address=DOCTOR), of=SenderFacts(REMOTE_DOCTOR), sources=Sources())
    assert isinstance(decide(TRANSPORT, mail, SETTINGS), Defer)
    assert isinstance(decide(TRUST, mail, SETTINGS), Defer)
    assert isinstance(decide(INITIATION, rcpt, SETTINGS), Defer)
