"""POL-31 to POL-42: header and sizes against the envelope."""

from dataclasses import replace

import pytest

from gateway.domain.address import MailAddress
from gateway.domain.verdict import Defer, Reject
from gateway.policy import content as stage
from gateway.policy import reasons
from gateway.policy.facts import UNKNOWN, ConnectionFacts, ContentFacts, DataFacts, Entrance, Sources
from gateway.policy.rule import Refusal, Rule
from gateway.policy.settings import PatientReplies
from tests.unit.policy.a_case import (
    ABSENT,
    DOCTOR,
    FRESH,
    INTERNAL,
    LABORATORY,
    OTHER_PATIENT,
    OUTSIDER,
    PATIENT,
    RELAY,
    REMOTE_DOCTOR,
    SETTINGS,
    STALE,
    SUBMISSION,
    Changes,
    at_data,
    connection,
    content,
    sender,
)

MIB = 1024 * 1024


def ask(rule: Rule[DataFacts], facts: DataFacts) -> Refusal | None:
    return rule.check(facts, SETTINGS)


def assert_defers_unscanned(rule: Rule[DataFacts]) -> None:
    verdict = rule.check(replace(at_data(), content=UNKNOWN), SETTINGS)
    assert isinstance(verdict, Defer)
    assert verdict.reason is reasons.NOT_KNOWN[rule.id]


def report(author: MailAddress, **changes: object) -> ContentFacts:
    return content(author, **{"is_report": True, "answers": True, **changes})


def test_pol_31_permits_a_message_at_the_limits() -> None:
    message = content(size=25 * MIB, header_bytes=100 * 1024, header_lines=1000)
    assert ask(stage.message_is_within_limits, at_data(message)) is None


def test_pol_31_refuses_an_oversize_message() -> None:
    verdict = ask(stage.message_is_within_limits, at_data(content(size=25 * MIB + 1)))
    assert verdict == Reject(reasons.message_too_large(25 * 1024 * 1024), "size of the message")
    assert "26,2 Mo" in verdict.reason.french
    assert "26214400 octets" in verdict.reason.english


@pytest.mark.parametrize("facts", [{"header_bytes": 100 * 1024 + 1}, {"header_lines": 1001}])
def test_pol_31_refuses_an_oversize_header(facts: Changes) -> None:
    verdict = ask(stage.message_is_within_limits, at_data(content(**facts)))
    assert verdict == Reject(
        reasons.HEADER_TOO_LARGE.naming(max_header_bytes=102_400, max_header_lines=1_000), "size of the header"
    )


def test_pol_31_defers_when_the_content_is_not_scanned() -> None:
    assert_defers_unscanned(stage.message_is_within_limits)


def test_pol_32_permits_fifty_received_fields() -> None:
    assert ask(stage.message_does_not_loop, at_data(content(received=50))) is None


def test_pol_32_refuses_the_fifty_first() -> None:
    verdict = ask(stage.message_does_not_loop, at_data(content(received=51)))
    assert verdict == Reject(reasons.MAIL_LOOP.naming(max_received=50), "Received fields")


def test_pol_32_defers_when_the_content_is_not_scanned() -> None:
    assert_defers_unscanned(stage.message_does_not_loop)


def test_pol_33_permits_the_envelope_s_sender() -> None:
    assert ask(stage.author_is_the_sender, at_data()) is None


@pytest.mark.parametrize(
    ("peer", "author"),
    [
        (RELAY, MailAddress.parse("postmaster@hopital.example")),
        (connection(laboratory=LABORATORY), LABORATORY),
        (SUBMISSION, DOCTOR),
        (INTERNAL, PATIENT),
    ],
)
def test_pol_33_permits_a_report_by_somebody_the_peer_speaks_for(peer: ConnectionFacts, author: MailAddress) -> None:
    assert ask(stage.author_is_the_sender, at_data(report(author), peer, sender(None))) is None


@pytest.mark.parametrize(
    "facts",
    [
        {"from_fields": 0, "from_mailboxes": ()},
        {"from_fields": 1, "from_mailboxes": ()},
        {"from_fields": 2, "from_mailboxes": (REMOTE_DOCTOR, REMOTE_DOCTOR)},
        {"from_fields": 2, "from_mailboxes": (REMOTE_DOCTOR,)},
        {"from_fields": 1, "from_mailboxes": (REMOTE_DOCTOR, OUTSIDER)},
        {"from_fields": 1, "from_mailboxes": (None,)},
    ],
)
def test_pol_33_refuses_a_from_that_is_missing_several_or_unreadable(facts: Changes) -> None:
    verdict = ask(stage.author_is_the_sender, at_data(content(**facts)))
    assert verdict == Reject(reasons.FROM_NOT_SENDER, "From missing, several or unreadable")


@pytest.mark.parametrize("author", [OUTSIDER, DOCTOR, MailAddress.parse("autre@hopital.example")])
def test_pol_33_refuses_a_from_that_is_not_the_sender(author: MailAddress) -> None:
    verdict = ask(stage.author_is_the_sender, at_data(content(author)))
    assert verdict == Reject(reasons.FROM_NOT_SENDER, "From is not the sender")


@pytest.mark.parametrize("peer", [RELAY, SUBMISSION])
def test_pol_33_refuses_a_report_in_the_name_of_another(peer: ConnectionFacts) -> None:
    assert isinstance(ask(stage.author_is_the_sender, at_data(report(OUTSIDER), peer, sender(None))), Reject)


def test_pol_33_defers_when_it_is_not_known_for_whom_the_peer_speaks() -> None:
    by_relay = at_data(report(REMOTE_DOCTOR), RELAY, sender(None), STALE)
    by_client = at_data(report(DOCTOR), connection(Entrance.SUBMISSION, signed_in=UNKNOWN), sender(None))
    for facts in (by_relay, by_client):
        verdict = ask(stage.author_is_the_sender, facts)
        assert isinstance(verdict, Defer)
        assert verdict.reason is reasons.NOT_KNOWN["POL-33"]


def test_pol_34_permits_a_report_on_what_was_sent_from_here() -> None:
    assert ask(stage.null_sender_reports, at_data(report(REMOTE_DOCTOR), of=sender(None))) is None


def test_pol_34_permits_any_message_with_a_sender() -> None:
    assert ask(stage.null_sender_reports, at_data(content(answers=UNKNOWN))) is None


@pytest.mark.parametrize("answers", [True, False, UNKNOWN])
def test_pol_34_refuses_a_null_sender_without_report(answers: bool) -> None:
    verdict = ask(stage.null_sender_reports, at_data(content(answers=answers), of=sender(None)))
    assert verdict == Reject(reasons.NOT_A_REPORT, "null sender, no report")


def test_pol_34_refuses_a_report_on_nothing_sent_from_here() -> None:
    verdict = ask(stage.null_sender_reports, at_data(report(REMOTE_DOCTOR, answers=False), of=sender(None)))
    assert verdict == Reject(reasons.NOT_A_REPORT, "report on nothing sent from here")


def test_pol_34_defers_when_sent_messages_cannot_be_read() -> None:
    verdict = ask(stage.null_sender_reports, at_data(report(REMOTE_DOCTOR, answers=UNKNOWN), of=sender(None)))
    assert isinstance(verdict, Defer)
    assert verdict.reason is reasons.NOT_KNOWN["POL-34"]


def test_pol_35_permits_our_addresses_whatever_the_white_list() -> None:
    message = content(addressed=frozenset({PATIENT, DOCTOR}))
    assert ask(stage.addressees_are_in_the_circle, at_data(message, sources=ABSENT)) is None


def test_pol_35_permits_white_listed_domains() -> None:
    message = content(addressed=frozenset({PATIENT, REMOTE_DOCTOR}), white_listed=frozenset({"hopital.example"}))
    assert ask(stage.addressees_are_in_the_circle, at_data(message, sources=FRESH)) is None


def test_pol_35_refuses_an_outside_address_in_copy() -> None:
    message = content(
        addressed=frozenset({PATIENT, REMOTE_DOCTOR, OUTSIDER}), white_listed=frozenset({"hopital.example"})
    )
    verdict = ask(stage.addressees_are_in_the_circle, at_data(message))
    assert verdict == Reject(reasons.OUTSIDE_ADDRESSEE, "address outside the circle")


@pytest.mark.parametrize("sources", [STALE, ABSENT])
@pytest.mark.parametrize("listed", [frozenset({"hopital.example"}), frozenset()])
def test_pol_35_defers_when_the_white_list_is_stale_or_absent(sources: Sources, listed: frozenset[str]) -> None:
    message = content(addressed=frozenset({REMOTE_DOCTOR}), white_listed=listed)
    verdict = ask(stage.addressees_are_in_the_circle, at_data(message, sources=sources))
    assert isinstance(verdict, Defer)
    assert verdict.reason is reasons.NOT_KNOWN["POL-35"]


@pytest.mark.parametrize("addressed", [{PATIENT}, {PATIENT, DOCTOR}, {DOCTOR}])
def test_pol_36_permits_one_patient_at_most(addressed: set[MailAddress]) -> None:
    assert ask(stage.one_patient_is_addressed, at_data(content(addressed=frozenset(addressed)))) is None


def test_pol_36_refuses_two_patients() -> None:
    verdict = ask(stage.one_patient_is_addressed, at_data(content(addressed=frozenset({PATIENT, OTHER_PATIENT}))))
    assert verdict == Reject(reasons.SEVERAL_PATIENTS, "several patients")


def test_pol_36_refuses_a_second_patient_even_with_a_wrong_key() -> None:
    mistyped = MailAddress.parse("279035121518900@patient.mssante.fr")
    verdict = ask(stage.one_patient_is_addressed, at_data(content(addressed=frozenset({PATIENT, mistyped}))))
    assert isinstance(verdict, Reject)


def test_pol_36_defers_when_the_content_is_not_scanned() -> None:
    assert_defers_unscanned(stage.one_patient_is_addressed)


def patient_writes(*, answers: bool) -> DataFacts:
    return at_data(content(PATIENT, answers=answers, addressed=frozenset({DOCTOR})), INTERNAL, sender(PATIENT))


def test_pol_37_permits_a_patient_s_answer() -> None:
    assert ask(stage.patient_answers_a_message, patient_writes(answers=True)) is None


@pytest.mark.parametrize("address", [REMOTE_DOCTOR, None])
def test_pol_37_permits_new_subjects_to_whoever_is_not_a_patient(address: MailAddress | None) -> None:
    assert ask(stage.patient_answers_a_message, at_data(content(answers=False), of=sender(address))) is None


def test_pol_37_permits_a_patient_s_new_subject_where_the_operator_chose_so() -> None:
    settings = replace(SETTINGS, patient_replies=PatientReplies.CONTACT)
    assert stage.patient_answers_a_message.check(patient_writes(answers=False), settings) is None


def test_pol_37_refuses_a_patient_s_new_subject() -> None:
    verdict = ask(stage.patient_answers_a_message, patient_writes(answers=False))
    assert verdict == Reject(reasons.NEW_SUBJECT, "answers no message")


def test_pol_37_defers_when_the_exchange_s_messages_cannot_be_read() -> None:
    facts = at_data(content(PATIENT, answers=UNKNOWN), INTERNAL, sender(PATIENT))
    verdict = ask(stage.patient_answers_a_message, facts)
    assert isinstance(verdict, Defer)
    assert verdict.reason is reasons.NOT_KNOWN["POL-37"]


def test_pol_38_permits_addresses_that_can_be_judged() -> None:
    assert ask(stage.addresses_are_clear, at_data(content(unclear=False))) is None


def test_pol_38_refuses_what_looks_like_an_address_and_cannot_be_judged() -> None:
    verdict = ask(stage.addresses_are_clear, at_data(content(unclear=True)))
    assert verdict == Reject(reasons.UNCLEAR_ADDRESS, "address that cannot be judged")


def test_pol_38_defers_when_the_content_is_not_scanned() -> None:
    assert_defers_unscanned(stage.addresses_are_clear)


def test_pol_38_defers_when_the_addresses_were_not_read() -> None:
    verdict = ask(stage.addresses_are_clear, at_data(content(unclear=UNKNOWN)))
    assert isinstance(verdict, Defer)
    assert verdict.reason is reasons.NOT_KNOWN["POL-38"]


def test_pol_39_permits_a_message_whose_files_are_all_in_parts() -> None:
    assert ask(stage.every_file_can_be_found, at_data(content(stray_file=False))) is None


def test_pol_39_permits_mail_among_professionals() -> None:
    message = content(addressed=frozenset({DOCTOR}), stray_file=True)
    assert ask(stage.every_file_can_be_found, at_data(message)) is None


def test_pol_39_refuses_a_file_outside_every_part() -> None:
    verdict = ask(stage.every_file_can_be_found, at_data(content(stray_file=True)))
    assert verdict == Reject(reasons.STRAY_FILE, "file outside every part")


def test_pol_39_defers_when_the_structure_is_not_known() -> None:
    assert_defers_unscanned(stage.every_file_can_be_found)
    verdict = ask(stage.every_file_can_be_found, at_data(content(stray_file=UNKNOWN)))
    assert isinstance(verdict, Defer)


def test_pol_40_permits_an_announced_document() -> None:
    assert ask(stage.announced_document_is_there, at_data(content(lacks_document=False))) is None


def test_pol_40_permits_mail_among_professionals() -> None:
    message = content(addressed=frozenset({DOCTOR}), lacks_document=True)
    assert ask(stage.announced_document_is_there, at_data(message)) is None


def test_pol_40_refuses_an_announcement_without_a_document() -> None:
    verdict = ask(stage.announced_document_is_there, at_data(content(lacks_document=True)))
    assert verdict == Reject(reasons.DOCUMENT_MISSING, "nothing attached")


def test_pol_40_defers_when_the_attachments_are_not_known() -> None:
    assert_defers_unscanned(stage.announced_document_is_there)
    verdict = ask(stage.announced_document_is_there, at_data(content(lacks_document=UNKNOWN)))
    assert isinstance(verdict, Defer)


def test_pol_41_permits_the_signed_in_mailbox_alone() -> None:
    for changes in ({}, {"also_authors": (DOCTOR,)}, {"named_beside": frozenset({str(DOCTOR)})}):
        facts = at_data(content(DOCTOR, **changes), SUBMISSION, sender(DOCTOR))
        assert ask(stage.nobody_else_is_named_as_author, facts) is None


def test_pol_41_permits_another_of_the_sender_s_own_domain_by_relay() -> None:
    secretary = MailAddress.parse("secretariat@hopital.example")
    facts = at_data(content(also_authors=(secretary,), named_beside=frozenset({str(secretary)})))
    assert ask(stage.nobody_else_is_named_as_author, facts) is None


@pytest.mark.parametrize(
    "changes",
    [
        {"also_authors": (MailAddress.parse("sofia.benali@medecin.mssante.fr"),)},
        {"also_authors": (None,)},
        {"named_beside": frozenset({"sofia.benali@medecin.mssante.fr"})},
    ],
)
def test_pol_41_refuses_another_author_by_submission(changes: Changes) -> None:
    facts = at_data(content(DOCTOR, **changes), SUBMISSION, sender(DOCTOR))
    verdict = ask(stage.nobody_else_is_named_as_author, facts)
    assert isinstance(verdict, Reject)
    assert verdict.reason is reasons.OTHER_AUTHOR


def test_pol_41_refuses_an_author_of_another_domain_by_relay() -> None:
    for changes in ({"also_authors": (DOCTOR,)}, {"named_beside": frozenset({str(DOCTOR)})}):
        verdict = ask(stage.nobody_else_is_named_as_author, at_data(content(**changes)))
        assert verdict == Reject(reasons.OTHER_AUTHOR, "another author")


def test_pol_41_refuses_a_folded_name() -> None:
    verdict = ask(stage.nobody_else_is_named_as_author, at_data(content(folded_name=True)))
    assert verdict == Reject(reasons.FOLDED_NAME, "folded name")


def test_pol_41_defers_when_the_authors_were_not_read() -> None:
    assert_defers_unscanned(stage.nobody_else_is_named_as_author)
    verdict = ask(stage.nobody_else_is_named_as_author, at_data(content(also_authors=UNKNOWN)))
    assert isinstance(verdict, Defer)


def test_pol_42_permits_documents() -> None:
    assert ask(stage.nothing_attached_is_a_program, at_data(content(bears_program=False))) is None


def test_pol_42_refuses_a_program() -> None:
    verdict = ask(stage.nothing_attached_is_a_program, at_data(content(bears_program=True)))
    assert verdict == Reject(reasons.PROGRAM_ATTACHED, "program attached")


def test_pol_42_defers_when_the_attachments_were_not_read() -> None:
    assert_defers_unscanned(stage.nothing_attached_is_a_program)
    verdict = ask(stage.nothing_attached_is_a_program, at_data(content(bears_program=UNKNOWN)))
    assert isinstance(verdict, Defer)
