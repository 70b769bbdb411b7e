"""POL-11 and POL-12: the closed circle of senders."""

from dataclasses import replace

import pytest

from gateway.domain.address import MailAddress
from gateway.domain.directory import DirectoryEntry, MailboxKind
from gateway.domain.verdict import Defer, Reject
from gateway.policy import reasons, trust
from gateway.policy.facts import UNKNOWN, MailFacts, Sources
from gateway.policy.rule import Refusal, Rule
from gateway.policy.settings import UnlistedSenders
from tests.unit.policy.a_case import (
    ABSENT,
    DOCTOR,
    INTERNAL,
    LABORATORY,
    OUTSIDER,
    PATIENT,
    REMOTE_DOCTOR,
    SETTINGS,
    STALE,
    SUBMISSION,
    at_mail,
    connection,
    entry,
    sender,
)

LENIENT = replace(SETTINGS, unlisted_senders=UnlistedSenders.ACCEPT)
LABORATORY_PEER = connection(laboratory=LABORATORY, peer_domains=frozenset())


def ask(rule: Rule[MailFacts], facts: MailFacts) -> Refusal | None:
    return rule.check(facts, SETTINGS)


def test_pol_11_permits_a_white_listed_domain() -> None:
    assert ask(trust.sender_domain_is_trusted, at_mail()) is None


@pytest.mark.parametrize("address", [DOCTOR, PATIENT, None])
def test_pol_11_permits_our_domains_whatever_the_white_list(address: MailAddress | None) -> None:
    facts = at_mail(SUBMISSION, sender(address, white_listed=False), ABSENT)
    assert ask(trust.sender_domain_is_trusted, facts) is None


def test_pol_11_permits_a_laboratory_bound_here() -> None:
    facts = at_mail(LABORATORY_PEER, sender(LABORATORY, white_listed=False), ABSENT)
    assert ask(trust.sender_domain_is_trusted, facts) is None


def test_pol_11_refuses_an_outside_domain() -> None:
    verdict = ask(trust.sender_domain_is_trusted, at_mail(of=sender(OUTSIDER, white_listed=False)))
    assert verdict == Reject(reasons.OUTSIDE_SENDER, "domain not white-listed")


@pytest.mark.parametrize("sources", [STALE, ABSENT])
@pytest.mark.parametrize("white_listed", [True, False])
def test_pol_11_defers_when_the_white_list_is_stale_or_absent(sources: Sources, white_listed: bool) -> None:
    verdict = ask(trust.sender_domain_is_trusted, at_mail(of=sender(white_listed=white_listed), sources=sources))
    assert isinstance(verdict, Defer)
    assert verdict.reason is reasons.NOT_KNOWN["POL-11"]


@pytest.mark.parametrize("kind", MailboxKind)
def test_pol_12_permits_every_kind_of_listed_mailbox(kind: MailboxKind) -> None:
    facts = at_mail(of=sender(entry=entry(REMOTE_DOCTOR, kind=kind)))
    assert ask(trust.sender_is_in_directory, facts) is None


def test_pol_12_permits_a_red_listed_mailbox() -> None:
    facts = at_mail(of=sender(entry=entry(REMOTE_DOCTOR, red_listed=True)))
    assert ask(trust.sender_is_in_directory, facts) is None


@pytest.mark.parametrize("sources", [STALE, ABSENT])
def test_pol_12_permits_our_own_mailboxes_whatever_the_directory(sources: Sources) -> None:
    assert ask(trust.sender_is_in_directory, at_mail(SUBMISSION, sender(DOCTOR), sources)) is None
    assert ask(trust.sender_is_in_directory, at_mail(LABORATORY_PEER, sender(LABORATORY), sources)) is None


@pytest.mark.parametrize("address", [PATIENT, None])
def test_pol_12_permits_patients_and_null_senders_which_others_judge(address: MailAddress | None) -> None:
    assert ask(trust.sender_is_in_directory, at_mail(INTERNAL, sender(address, entry=None), ABSENT)) is None


def test_pol_12_permits_unlisted_mailboxes_where_the_operator_chose_so() -> None:
    assert trust.sender_is_in_directory.check(at_mail(of=sender(entry=None)), LENIENT) is None


def test_pol_12_refuses_an_unlisted_mailbox() -> None:
    verdict = ask(trust.sender_is_in_directory, at_mail(of=sender(entry=None)))
    assert verdict == Reject(reasons.UNLISTED_SENDER, "no entry")


def test_pol_12_refuses_an_unknown_mailbox_of_ours_whatever_the_operator_chose() -> None:
    verdict = trust.sender_is_in_directory.check(at_mail(SUBMISSION, sender(DOCTOR, entry=None)), LENIENT)
    assert verdict == Reject(reasons.UNLISTED_SENDER, "no entry")


def test_pol_12_refuses_a_withdrawn_mailbox_whatever_the_operator_chose() -> None:
    facts = at_mail(of=sender(entry=entry(REMOTE_DOCTOR, valid=False)))
    assert trust.sender_is_in_directory.check(facts, LENIENT) == Reject(reasons.UNLISTED_SENDER, "entry withdrawn")


@pytest.mark.parametrize("sources", [STALE, ABSENT])
@pytest.mark.parametrize("found", [entry(REMOTE_DOCTOR), None])
def test_pol_12_defers_when_the_directory_is_stale_or_absent(
    sources: Sources, found: DirectoryEntry | None
) -> None:
    verdict = ask(trust.sender_is_in_directory, at_mail(of=sender(entry=found), sources=sources))
    assert isinstance(verdict, Defer)
    assert verdict.reason is reasons.NOT_KNOWN["POL-12"]


def test_pol_12_defers_when_the_entry_cannot_be_read() -> None:
    assert isinstance(ask(trust.sender_is_in_directory, at_mail(of=sender(entry=UNKNOWN))), Defer)
