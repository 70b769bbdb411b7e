"""Who cannot be written to: one refusal for all, a wrong key apart, and never two patients in one message."""

import pytest

from gateway.demonstration.invented_people import OTHER_OPERATOR, PATIENT_DOMAIN
from gateway.domain.space import SpaceState
from tests.builders.command_line import pli
from tests.builders.gateway_mail import (
    BIOLAB,
    CLAIRE,
    LILAS,
    converse,
    letter,
    pair_of,
    relay,
    relay_connection,
    result_letter,
    reveals_nothing,
    submission_connection,
    submit,
)
from tests.builders.gateway_site import NOTHING, OCTAVE, ZELIE, GatewaySite, Patient, Seen, invented_patient

pytestmark = pytest.mark.xdist_group("gateway")


def test_spaces_that_take_no_mail_get_one_identical_refusal(site: GatewaySite) -> None:
    taking = {SpaceState.OPEN, SpaceState.ACTIVE}
    unreachable = [invented_patient(), *(site.new_patient(state) for state in SpaceState if state not in taking)]
    answers = [relay(site, LILAS, one.address, letter(LILAS, one.address).raw) for one in unreachable]
    assert {(answer.stage, answer.status) for answer in answers} == {("RCPT", "550 5.1.1")}
    assert len({answer.text for answer in answers}) == 1
    assert reveals_nothing(answers[0])
    assert all(site.seen_by(one) == NOTHING for one in unreachable[1:])


@pytest.mark.parametrize(
    "words", [("deceased", "--on", "2026-01-02", "--reason", "acte"), ("suspend", "--reason", "usurpation")]
)
def test_space_that_the_operator_takes_out_of_use_is_refused_like_an_unknown_one(
    site: GatewaySite, words: tuple[str, ...]
) -> None:
    patient, unknown, (command, *options) = site.new_patient(), invented_patient().address, words
    with relay_connection(site, pair_of(site, LILAS)) as client:
        assert converse(client, LILAS, [patient.address], letter(LILAS, patient.address).raw).code == 250
        site.settle()
        done = pli("patients", command, patient.address, *options, "--config", site.world.settings.root / "pli.toml")
        assert done.code == 0, done.talk
        refused = converse(client, LILAS, [patient.address], letter(LILAS, patient.address).raw)
        client.rset()
        assert refused == converse(client, LILAS, [unknown], letter(LILAS, unknown).raw)
    assert (refused.stage, refused.status) == ("RCPT", "550 5.1.1")
    assert site.seen_by(patient).messages == 1


def test_refusal_says_what_to_do_in_two_languages(site: GatewaySite) -> None:
    unknown = invented_patient().address
    text = relay(site, LILAS, unknown, letter(LILAS, unknown).raw).text
    assert "Patient cannot be reached by this service; deliver the document by other means." in text
    assert "Patient non joignable par cette messagerie ; remettez le document autrement." in text


def test_space_opened_by_itself_receives_and_files_before_activation(site: GatewaySite) -> None:
    patient = site.new_patient(SpaceState.OPEN)
    assert relay(site, LILAS, patient.address, result_letter(LILAS, patient).raw).status == "250 2.0.0"
    site.settle()
    assert site.seen_by(patient) == Seen(messages=1, documents=1)


@pytest.mark.parametrize("state", ["active", "closed", None])
def test_wrong_key_is_told_before_the_space_is_considered(site: GatewaySite, state: str | None) -> None:
    patient = site.new_patient(SpaceState(state)) if state else invented_patient()
    number = patient.identity.ins.value
    wrong = f"{number[:13]}{int(number[13:]) % 97 + 1:02}@{PATIENT_DOMAIN}"
    answer = relay(site, LILAS, wrong, letter(LILAS, wrong).raw)
    assert (answer.stage, answer.status) == ("RCPT", "550 5.1.3")
    assert reveals_nothing(answer)


@pytest.mark.parametrize("local", ["camille", "27607990000", "2760799000001234567", "+2760799000001"])
def test_address_that_is_no_number_is_malformed(site: GatewaySite, local: str) -> None:
    answer = relay(site, LILAS, f"{local}@{PATIENT_DOMAIN}", letter(LILAS, "x@y.example").raw)
    assert (answer.stage, answer.status) == ("RCPT", "550 5.1.3")


def test_two_patients_in_the_envelope_are_refused_as_a_whole(site: GatewaySite) -> None:
    one, other = site.new_patients(2)
    answer = relay(site, LILAS, [one.address, other.address], letter(LILAS, one.address).raw)
    assert (answer.stage, answer.status) == ("DATA", "550 5.7.1")
    assert reveals_nothing(answer)
    assert site.seen_by(one) == site.seen_by(other) == NOTHING


@pytest.mark.parametrize("field", ["To", "Cc"])
def test_second_patient_in_a_header_is_refused_as_a_whole(site: GatewaySite, field: str) -> None:
    one, other = site.new_patients(2)
    sent = letter(LILAS, one.address)
    raw = sent.raw.replace(b"To: ", f"To: {other.address}, ".encode(), 1)
    if field == "Cc":
        raw = sent.raw.replace(b"Subject:", f"Cc: Un ami <{other.address}>\r\nSubject:".encode(), 1)
    answer = relay(site, LILAS, one.address, raw)
    assert (answer.stage, answer.status) == ("DATA", "550 5.7.1")
    assert site.seen_by(one) == site.seen_by(other) == NOTHING


def test_second_patient_hidden_in_a_group_or_a_name_is_refused(site: GatewaySite) -> None:
    one, other = site.new_patients(2)
    raw = letter(LILAS, one.address).raw
    hidden = f"To: Famille: {one.address},\r\n =?utf-8?q?x?= <{other.address.upper()}>;\r\n".encode()
    head, _, rest = raw.partition(b"To: " + one.address.encode() + b"\r\n")
    answer = relay(site, LILAS, one.address, head + hidden + rest)
    assert (answer.stage, answer.status) == ("DATA", "550 5.7.1")
    assert site.seen_by(one) == site.seen_by(other) == NOTHING


@pytest.mark.parametrize(
    "field",
    [
        "Cc: {other}.",
        "Cc: <{other}",
        "Cc: {claire} (voir {other})",
        'Cc: "{number} "@{domain}',
        "Cc: {other}:;",
        "Cc: <@relais.example,{other}:{claire}>",
        "Cc: {number}%{domain}@medecin.mssante.fr",
        "Cc: =?utf-8?q?{number}=40{domain}?=",
        'Cc: "{number}@p\u0430tient.mssante.fr" <{claire}>',
        "Cc: {number}\uff20{domain}",
        "Cc: {claire} (\nCc: {other}",
        "Resent-To: {other}",
        "Reply-To: {other}",
    ],
)
def test_second_patient_that_only_a_mail_client_would_see_is_refused(site: GatewaySite, field: str) -> None:
    one, other = site.new_patients(2)
    number, _, domain = other.address.partition("@")
    written = field.format(other=other.address, claire=CLAIRE, number=number, domain=domain).replace("\n", "\r\n")
    raw = letter(LILAS, one.address).raw.replace(b"Subject:", f"{written}\r\nSubject:".encode(), 1)
    answer = relay(site, LILAS, one.address, raw)
    assert (answer.stage, answer.status) == ("DATA", "550 5.7.1")
    assert reveals_nothing(answer)
    assert site.seen_by(one) == site.seen_by(other) == NOTHING


@pytest.mark.parametrize(
    "field",
    [
        "To: undisclosed-recipients:;",
        "To: Patients suivis:;",
        'To: "Équipe @domicile, 100 % joignable" <{claire}>',
        "To: " + ",\n ".join(f"Dr Nom {n} <prenom.nom{n}@medecin.mssante.fr>" for n in range(90)),
    ],
)
def test_odd_but_ordinary_addressees_are_accepted(site: GatewaySite, patient: Patient, field: str) -> None:
    head, _, rest = letter(LILAS, patient.address).raw.partition(b"To: " + patient.address.encode() + b"\r\n")
    raw = head + (field.format(claire=CLAIRE).replace("\n", "\r\n") + "\r\n").encode() + rest
    assert relay(site, LILAS, patient.address, raw).status == "250 2.0.0"
    assert len(site.messages(patient.address)) == 1


def test_doctor_may_not_write_to_two_patients_either(site: GatewaySite) -> None:
    one, other = site.new_patients(2)
    answer = submit(site, CLAIRE, [one.address, other.address], letter(CLAIRE, one.address).raw)
    assert (answer.stage, answer.status) == ("DATA", "550 5.7.1")
    assert site.seen_by(one) == site.seen_by(other) == NOTHING


def test_patient_and_doctor_may_be_written_to_together(site: GatewaySite, patient: Patient) -> None:
    sent = letter(BIOLAB, patient.address)
    answer = relay(site, BIOLAB, [patient.address, CLAIRE], sent.raw, holder=BIOLAB)
    assert answer.status == "250 2.0.0"
    assert site.messages(patient.address)[0].message_id == sent.message_id
    assert site.messages(CLAIRE)[0].message_id == sent.message_id


def test_address_outside_the_circle_is_refused_in_envelope_and_header(site: GatewaySite, patient: Patient) -> None:
    outside = "voisin@gmail.example"
    by_relay = relay(site, LILAS, outside, letter(LILAS, outside).raw)
    by_submission = submit(site, CLAIRE, outside, letter(CLAIRE, outside).raw)
    in_header = submit(site, CLAIRE, patient.address, letter(CLAIRE, patient.address, Cc=outside).raw)
    assert [(a.stage, a.status) for a in (by_relay, by_submission, in_header)] == [
        ("RCPT", "550 5.7.1"), ("RCPT", "550 5.7.1"), ("DATA", "550 5.7.1"),
    ]  # fmt: skip
    assert site.seen_by(patient) == NOTHING


def test_hundred_and_first_recipient_is_put_off(site: GatewaySite) -> None:
    addresses = [patient.address for patient in site.new_patients(101)]
    with relay_connection(site, pair_of(site, LILAS)) as client:
        answer = converse(client, LILAS, addresses, b"")
        assert client.noop()[0] == 250
    assert (answer.stage, answer.status) == ("RCPT", "452 4.5.3")


def test_guessing_at_addresses_is_stopped_for_that_mailbox_only(site: GatewaySite, patient: Patient) -> None:
    guesses = [invented_patient().address for _ in range(52)]
    with submission_connection(site, ZELIE) as client:
        client.mail(ZELIE)
        codes = [client.rcpt(guess)[0] for guess in guesses]
    assert codes == [550] * 51 + [421]
    assert submit(site, ZELIE, patient.address, letter(ZELIE, patient.address).raw).status == "421 4.7.0"
    assert submit(site, CLAIRE, patient.address, letter(CLAIRE, patient.address).raw).status == "250 2.0.0"


def test_invented_addresses_of_other_operators_buy_no_guesses(site: GatewaySite) -> None:
    # Each is accepted, for nobody here knows who is there; a guesser must not be able to spend them.
    with submission_connection(site, OCTAVE) as client:
        client.mail(OCTAVE)
        abroad = [client.rcpt(f"inconnu.{number}@{OTHER_OPERATOR}")[0] for number in range(45)]
        client.rset()
        client.mail(OCTAVE)
        codes = [client.rcpt(invented_patient().address)[0] for _ in range(52)]
    assert (set(abroad), codes) == ({250}, [550] * 51 + [421])
