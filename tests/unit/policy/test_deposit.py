"""Deposit stage: who may put documents into a record without a message, and ahead of its opening."""

import pytest

from gateway.domain.directory import MailboxKind
from gateway.domain.space import SpaceState
from gateway.domain.verdict import Defer, Reject
from gateway.policy import deposit, initiation, reasons
from gateway.policy.facts import UNKNOWN
from tests.unit.policy.a_case import LABORATORY, SETTINGS, at_mail, at_rcpt, entry, recipient, sender


@pytest.mark.parametrize("kind", [MailboxKind.ORGANISATION, MailboxKind.APPLICATION])
def test_pol_13_permits_organisations_and_applications(kind: MailboxKind) -> None:
    facts = at_mail(of=sender(LABORATORY, entry=entry(LABORATORY, kind=kind)))
    assert deposit.depositor_is_an_organisation.check(facts, SETTINGS) is None


@pytest.mark.parametrize("kind", [MailboxKind.PERSON, MailboxKind.PRACTICE])
def test_pol_13_refuses_persons_and_practices(kind: MailboxKind) -> None:
    facts = at_mail(of=sender(LABORATORY, entry=entry(LABORATORY, kind=kind)))
    verdict = deposit.depositor_is_an_organisation.check(facts, SETTINGS)
    assert verdict == Reject(reasons.DEPOSITOR_KIND, f"kind {kind.value}")


def test_pol_13_refuses_who_is_not_named_or_not_listed() -> None:
    nobody = deposit.depositor_is_an_organisation.check(at_mail(of=sender(None)), SETTINGS)
    unlisted = deposit.depositor_is_an_organisation.check(at_mail(of=sender(LABORATORY, entry=None)), SETTINGS)
    assert isinstance(nobody, Reject)
    assert nobody.reason is reasons.DEPOSITOR_UNNAMED
    assert unlisted == Reject(reasons.DEPOSITOR_KIND, "kind unknown")


def test_pol_13_defers_when_the_directory_cannot_be_read() -> None:
    verdict = deposit.depositor_is_an_organisation.check(at_mail(of=sender(LABORATORY, entry=UNKNOWN)), SETTINGS)
    assert isinstance(verdict, Defer)
    assert verdict.reason is reasons.NOT_KNOWN["POL-13"]


@pytest.mark.parametrize("state", list(SpaceState))
def test_pol_24_permits_a_piece_given_ahead_until_its_holder_has_answered(state: SpaceState) -> None:
    open_, waits = {SpaceState.OPEN, SpaceState.ACTIVE}, {SpaceState.CREATED, SpaceState.NOTIFIED}
    verdict = initiation.patient_is_reachable.check(at_rcpt(recipient(space=state, ahead=True)), SETTINGS)
    assert (verdict is None) is (state in open_ | waits)
    by_mail = initiation.patient_is_reachable.check(at_rcpt(recipient(space=state)), SETTINGS)
    assert (by_mail is None) is (state in open_)
