"""POL-01 to POL-05: the connection, and the right to write for the sender."""

from dataclasses import replace

import pytest

from gateway.domain.address import MailAddress
from gateway.domain.space import SpaceState
from gateway.domain.verdict import Defer, Reject
from gateway.policy import reasons, transport
from gateway.policy.facts import UNKNOWN, Certificate, ConnectionFacts, Entrance, MailFacts, Sources, Tls
from gateway.policy.rule import Refusal, Rule
from tests.unit.policy.a_case import (
    ABSENT,
    DOCTOR,
    INTERNAL,
    LABORATORY,
    OTHER_PATIENT,
    PATIENT,
    RELAY,
    REMOTE_DOCTOR,
    SETTINGS,
    STALE,
    SUBMISSION,
    at_mail,
    connection,
    sender,
)

LABORATORY_PEER = connection(laboratory=LABORATORY, peer_domains=frozenset())


def ask(rule: Rule[MailFacts], facts: MailFacts) -> Refusal | None:
    return rule.check(facts, SETTINGS)


def test_pol_01_permits_tls_1_2() -> None:
    assert ask(transport.connection_is_encrypted, at_mail()) is None


def test_pol_01_permits_the_web_space_which_has_its_own_tls() -> None:
    peer = connection(Entrance.INTERNAL, tls=Tls.CLEAR)
    assert ask(transport.connection_is_encrypted, at_mail(peer)) is None


@pytest.mark.parametrize("tls", [Tls.CLEAR, Tls.OBSOLETE])
@pytest.mark.parametrize("peer", [RELAY, SUBMISSION])
def test_pol_01_refuses_clear_and_obsolete_connections(peer: ConnectionFacts, tls: Tls) -> None:
    verdict = ask(transport.connection_is_encrypted, at_mail(replace(peer, tls=tls)))
    assert verdict == Reject(reasons.TLS_REQUIRED, f"tls {tls.value}")


def test_pol_01_defers_when_the_protection_is_not_known() -> None:
    verdict = ask(transport.connection_is_encrypted, at_mail(connection(tls=UNKNOWN)))
    assert isinstance(verdict, Defer)
    assert verdict.reason is reasons.NOT_KNOWN["POL-01"]


def test_pol_02_permits_a_valid_certificate() -> None:
    assert ask(transport.peer_shows_a_certificate, at_mail()) is None


def test_pol_02_permits_submission_without_certificate() -> None:
    assert ask(transport.peer_shows_a_certificate, at_mail(SUBMISSION)) is None


@pytest.mark.parametrize("certificate", [Certificate.ABSENT, Certificate.REFUSED])
def test_pol_02_refuses_a_missing_or_bad_certificate(certificate: Certificate) -> None:
    verdict = ask(transport.peer_shows_a_certificate, at_mail(connection(certificate=certificate)))
    assert verdict == Reject(reasons.CERTIFICATE_REQUIRED, f"certificate {certificate.value}")


def test_pol_02_defers_when_revocation_is_not_known() -> None:
    verdict = ask(transport.peer_shows_a_certificate, at_mail(connection(certificate=UNKNOWN)))
    assert isinstance(verdict, Defer)
    assert verdict.reason is reasons.NOT_KNOWN["POL-02"]


def test_pol_03_permits_the_domain_that_the_certificate_is_bound_to() -> None:
    assert ask(transport.certificate_is_bound_to_sender, at_mail()) is None


@pytest.mark.parametrize("address", [LABORATORY, None])
def test_pol_03_permits_a_bound_laboratory_without_any_white_list(address: MailAddress | None) -> None:
    facts = at_mail(LABORATORY_PEER, sender(address), ABSENT)
    assert ask(transport.certificate_is_bound_to_sender, facts) is None


def test_pol_03_permits_a_null_sender_of_a_bound_peer() -> None:
    assert ask(transport.certificate_is_bound_to_sender, at_mail(of=sender(None))) is None


def test_pol_03_permits_submission_which_pol_04_judges() -> None:
    assert ask(transport.certificate_is_bound_to_sender, at_mail(SUBMISSION)) is None


@pytest.mark.parametrize("address", [LABORATORY, DOCTOR, PATIENT])
def test_pol_03_refuses_another_domain_ours_included(address: MailAddress) -> None:
    verdict = ask(transport.certificate_is_bound_to_sender, at_mail(of=sender(address)))
    assert isinstance(verdict, Reject)
    assert verdict.reason is reasons.CERTIFICATE_NOT_BOUND


def test_pol_03_refuses_a_laboratory_that_writes_as_its_neighbour() -> None:
    neighbour = replace(LABORATORY, local="autre")
    verdict = ask(transport.certificate_is_bound_to_sender, at_mail(LABORATORY_PEER, sender(neighbour)))
    assert isinstance(verdict, Reject)


@pytest.mark.parametrize("address", [REMOTE_DOCTOR, None])
def test_pol_03_refuses_a_certificate_bound_to_nothing(address: MailAddress | None) -> None:
    verdict = ask(
        transport.certificate_is_bound_to_sender, at_mail(connection(peer_domains=frozenset()), sender(address))
    )
    assert isinstance(verdict, Reject)


@pytest.mark.parametrize("address", [REMOTE_DOCTOR, None])
@pytest.mark.parametrize("sources", [STALE, ABSENT])
@pytest.mark.parametrize("domains", [frozenset({"hopital.example"}), frozenset()])
def test_pol_03_defers_when_the_white_list_is_stale_or_absent(
    address: MailAddress | None, sources: Sources, domains: frozenset[str]
) -> None:
    facts = at_mail(connection(peer_domains=domains), sender(address), sources)
    verdict = ask(transport.certificate_is_bound_to_sender, facts)
    assert isinstance(verdict, Defer)
    assert verdict.reason is reasons.NOT_KNOWN["POL-03"]


def test_pol_04_permits_the_signed_in_mailbox() -> None:
    assert ask(transport.sender_is_signed_in, at_mail(SUBMISSION, sender(DOCTOR))) is None


def test_pol_04_permits_a_null_sender_which_pol_34_judges() -> None:
    assert ask(transport.sender_is_signed_in, at_mail(SUBMISSION, sender(None))) is None


def test_pol_04_permits_a_relay_without_sign_in() -> None:
    assert ask(transport.sender_is_signed_in, at_mail()) is None


def test_pol_04_refuses_another_mailbox() -> None:
    verdict = ask(transport.sender_is_signed_in, at_mail(SUBMISSION, sender(replace(DOCTOR, local="autre"))))
    assert verdict == Reject(reasons.SENDER_NOT_SIGNED_IN, "sender is another mailbox")


@pytest.mark.parametrize("address", [DOCTOR, None])
def test_pol_04_refuses_who_is_not_signed_in(address: MailAddress | None) -> None:
    peer = connection(Entrance.SUBMISSION, signed_in=None)
    verdict = ask(transport.sender_is_signed_in, at_mail(peer, sender(address)))
    assert verdict == Reject(reasons.SIGN_IN_REQUIRED, "not signed in")


def test_pol_04_defers_when_accounts_cannot_be_read() -> None:
    peer = connection(Entrance.SUBMISSION, signed_in=UNKNOWN)
    verdict = ask(transport.sender_is_signed_in, at_mail(peer, sender(DOCTOR)))
    assert isinstance(verdict, Defer)
    assert verdict.reason is reasons.NOT_KNOWN["POL-04"]


def test_pol_05_permits_a_patient_in_their_active_space() -> None:
    assert ask(transport.patient_writes_from_their_space, at_mail(INTERNAL, sender(PATIENT))) is None


@pytest.mark.parametrize("address", [DOCTOR, None])
def test_pol_05_permits_who_is_not_a_patient(address: MailAddress | None) -> None:
    assert ask(transport.patient_writes_from_their_space, at_mail(SUBMISSION, sender(address))) is None


@pytest.mark.parametrize("peer", [RELAY, SUBMISSION, connection(Entrance.SUBMISSION, signed_in=PATIENT)])
def test_pol_05_refuses_a_patient_by_smtp(peer: ConnectionFacts) -> None:
    verdict = ask(transport.patient_writes_from_their_space, at_mail(peer, sender(PATIENT)))
    assert verdict == Reject(reasons.PATIENT_SENDER, "patient domain by SMTP")


@pytest.mark.parametrize("space", [None, *(state for state in SpaceState if state is not SpaceState.ACTIVE)])
def test_pol_05_refuses_a_space_that_is_not_active(space: SpaceState | None) -> None:
    verdict = ask(transport.patient_writes_from_their_space, at_mail(INTERNAL, sender(PATIENT, space=space)))
    assert isinstance(verdict, Reject)
    assert verdict.reason is reasons.PATIENT_SENDER


def test_pol_05_defers_when_the_space_is_not_known() -> None:
    facts = at_mail(INTERNAL, sender(PATIENT, space=UNKNOWN))
    verdict = ask(transport.patient_writes_from_their_space, facts)
    assert isinstance(verdict, Defer)
    assert verdict.reason is reasons.NOT_KNOWN["POL-05"]


def test_the_web_space_writes_in_the_name_it_has_checked() -> None:
    assert transport.may_speak_for(INTERNAL, ABSENT, OTHER_PATIENT) is True


def test_a_client_speaks_for_its_own_mailbox_only() -> None:
    assert transport.may_speak_for(SUBMISSION, ABSENT, DOCTOR) is True
    assert transport.may_speak_for(SUBMISSION, ABSENT, REMOTE_DOCTOR) is False


def test_for_whom_a_client_speaks_is_unknown_while_accounts_are() -> None:
    assert transport.may_speak_for(connection(Entrance.SUBMISSION, signed_in=UNKNOWN), ABSENT, DOCTOR) is UNKNOWN
