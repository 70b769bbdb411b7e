"""The exchange of a pair: how it opens, ends and reopens, and whose it is."""

from dataclasses import replace
from datetime import UTC, datetime
from itertools import product

import pytest

from gateway.domain.address import MailAddress
from gateway.domain.directory import DirectoryEntry, MailboxKind
from gateway.domain.errors import Conflict
from gateway.domain.exchange import (
    TRANSITIONS,
    Correspondence,
    Exchange,
    ExchangeEvent,
    ExchangeState,
    correspondence_of,
    correspondent_of,
    ending_requested,
    next_state,
)

AT = datetime(2026, 3, 2, 8, tzinfo=UTC)
NONE, OPEN, ENDED = ExchangeState.NONE, ExchangeState.OPEN, ExchangeState.ENDED


def mailbox(local: str, kind: MailboxKind = MailboxKind.PERSON, *, valid: bool = True) -> DirectoryEntry:
    return DirectoryEntry(
        address=MailAddress.parse(f"{local}@medecin.mssante.fr"), kind=kind, identifier="8", name=local, valid=valid
    )


DOCTOR = mailbox("claire.martin")
SECRETARY = mailbox("secretariat", MailboxKind.ORGANISATION)
LABORATORY = mailbox("automate", MailboxKind.APPLICATION)


def exchange_with(entry: DirectoryEntry, state: ExchangeState) -> Exchange:
    return Exchange(entry.address, state, entry.name)


@pytest.mark.parametrize("state", ExchangeState)
def test_a_professional_who_writes_opens_or_reopens(state: ExchangeState) -> None:
    assert next_state(state, ExchangeEvent.PROFESSIONAL_WROTE) is OPEN


@pytest.mark.parametrize("state", ExchangeState)
def test_an_application_never_changes_the_state(state: ExchangeState) -> None:
    assert next_state(state, ExchangeEvent.APPLICATION_WROTE) is state


@pytest.mark.parametrize(("state", "after"), [(NONE, OPEN), (OPEN, OPEN), (ENDED, ENDED)])
def test_a_trusted_reply_to_opens_what_never_was_and_reopens_nothing(
    state: ExchangeState, after: ExchangeState
) -> None:
    assert next_state(state, ExchangeEvent.NAMED_BY_REPLY_TO) is after


@pytest.mark.parametrize("state", ExchangeState)
def test_an_ending_message_ends_and_does_not_reopen(state: ExchangeState) -> None:
    assert next_state(state, ExchangeEvent.PROFESSIONAL_ENDED) is ENDED


def test_a_patient_writes_in_an_open_exchange() -> None:
    assert next_state(OPEN, ExchangeEvent.PATIENT_WROTE) is OPEN


@pytest.mark.parametrize("state", [NONE, ENDED])
def test_a_patient_does_not_write_before_or_after(state: ExchangeState) -> None:
    with pytest.raises(Conflict):
        next_state(state, ExchangeEvent.PATIENT_WROTE)


def test_the_table_answers_for_every_event_but_the_patient_out_of_turn() -> None:
    missing = set(product(ExchangeState, ExchangeEvent)) - set(TRANSITIONS)
    assert missing == {(NONE, ExchangeEvent.PATIENT_WROTE), (ENDED, ExchangeEvent.PATIENT_WROTE)}


def test_an_exchange_dates_its_change() -> None:
    changed = exchange_with(DOCTOR, ENDED).after(ExchangeEvent.PROFESSIONAL_WROTE, AT)
    assert changed == Exchange(DOCTOR.address, OPEN, DOCTOR.name, AT)


def test_an_exchange_that_does_not_move_is_the_same_value() -> None:
    before = exchange_with(DOCTOR, OPEN)
    assert before.after(ExchangeEvent.PATIENT_WROTE, AT) is before


def test_an_exchange_does_not_print_its_pair() -> None:
    assert repr(exchange_with(DOCTOR, OPEN)) == "Exchange(open)"


@pytest.mark.parametrize("subject", ["[FIN]", "  [FIN]\t"])
def test_the_end_is_asked_by_subject(subject: str) -> None:
    assert ending_requested(subject)


@pytest.mark.parametrize("subject", ["", "[fin]", "Re: [FIN]", "[FIN] merci", "FIN"])
def test_another_subject_does_not_ask_for_the_end(subject: str) -> None:
    assert not ending_requested(subject)


def test_the_end_is_asked_by_header_whatever_the_subject() -> None:
    assert ending_requested("Vos résultats", " FIN ")


@pytest.mark.parametrize("value", ["", "fini", "NON"])
def test_another_header_value_does_not_ask_for_the_end(value: str) -> None:
    assert not ending_requested("Vos résultats", value)


def test_the_sender_is_the_correspondent() -> None:
    assert correspondent_of(DOCTOR) is DOCTOR


def test_a_trusted_reply_to_takes_the_place_of_the_sender() -> None:
    assert correspondent_of(DOCTOR, [SECRETARY]) is SECRETARY


@pytest.mark.parametrize("reply_to", [LABORATORY, mailbox("parti", valid=False)])
def test_a_reply_to_that_cannot_be_answered_leaves_the_sender(reply_to: DirectoryEntry) -> None:
    assert correspondent_of(DOCTOR, [reply_to]) is DOCTOR


@pytest.mark.parametrize("sender", [None, LABORATORY, mailbox("parti", valid=False)])
def test_some_senders_have_no_one_to_answer(sender: DirectoryEntry | None) -> None:
    assert correspondent_of(sender) is None


def test_a_message_of_an_application_concerns_no_exchange() -> None:
    assert correspondence_of(LABORATORY) is None


def test_a_professional_message_moves_the_sender_s_exchange() -> None:
    assert correspondence_of(DOCTOR) == Correspondence(DOCTOR.address, ExchangeEvent.PROFESSIONAL_WROTE, DOCTOR.name)


def test_an_application_with_a_trusted_reply_to_moves_that_mailbox_s_exchange() -> None:
    expected = Correspondence(DOCTOR.address, ExchangeEvent.NAMED_BY_REPLY_TO, DOCTOR.name)
    assert correspondence_of(LABORATORY, [DOCTOR]) == expected


def test_nobody_ends_an_exchange_in_another_s_name() -> None:
    ended = Correspondence(DOCTOR.address, ExchangeEvent.PROFESSIONAL_ENDED, DOCTOR.name)
    assert correspondence_of(DOCTOR, [SECRETARY], ending=True) == ended
    assert correspondence_of(LABORATORY, [DOCTOR], ending=True) is None


def test_an_automatic_reply_does_not_reopen() -> None:
    assert correspondence_of(DOCTOR, automatic_reply=True) is None


def test_an_unlisted_sender_names_nobody_by_reply_to() -> None:
    assert correspondence_of(None, [DOCTOR]) is None


def test_a_person_names_nobody_but_another_mailbox_of_their_own_by_reply_to() -> None:
    own, other = replace(SECRETARY, identifier=DOCTOR.identifier), replace(SECRETARY, identifier="another")
    assert correspondent_of(DOCTOR, [own]) is own
    assert correspondent_of(DOCTOR, [other]) is DOCTOR
    nameless = replace(DOCTOR, identifier="")
    assert correspondent_of(nameless, [replace(other, identifier="")]) is nameless


@pytest.mark.parametrize("state", ExchangeState)
def test_an_exchange_is_open_in_one_state_only(state: ExchangeState) -> None:
    assert exchange_with(DOCTOR, state).is_open is (state is OPEN)
