"""``pli patients import``, alone and beside a serving gateway."""

import os
import pty
import smtplib
import ssl
import subprocess
from email.message import EmailMessage
from pathlib import Path

import pytest

from tests.builders.command_line import CLAIRE, NOTIFIED, OPEN, PLI, ROOT, TEST_OID, Gateway, Serving, patient_line


def test_new_patients_are_created_and_known_ones_left_alone(gateway: Gateway) -> None:
    file = gateway.patients(patient_line(OPEN), patient_line(NOTIFIED, ""))
    first = gateway.run("patients", "import", file, "--json")
    assert first.code == 0
    assert first.data == {"created": 1, "corrected": 0, "already_there": 1, "left_out": 0}
    again = gateway.run("patients", "import", file, "--json")
    assert again.data == {"created": 0, "corrected": 0, "already_there": 2, "left_out": 0}


def test_bad_lines_are_left_out_with_their_numbers_and_the_others_are_imported(gateway: Gateway) -> None:
    bad = {
        patient_line("295109912611194"): "the key of the INS is wrong",
        patient_line(NOTIFIED, sex="X"): "sex must be one of M, F, U",
        patient_line(NOTIFIED, "asleep"): "state must be one of created, notified, open",
        patient_line(NOTIFIED, born="1/10/1995"): "not a birth date: YYYY-MM-DD or YYYYMMDD is expected",
    }
    done = gateway.run("patients", "import", gateway.patients(*bad, patient_line(NOTIFIED)), "--json")
    assert done.code == 1
    assert done.data == {"created": 1, "corrected": 0, "already_there": 0, "left_out": 4}
    for number, reason in enumerate(bad.values(), 2):
        assert f"line {number}: left out: {reason}" in done.talk
    assert "Camille" not in done.talk


def test_line_with_an_incomplete_postal_address_is_taken_up_and_told(gateway: Gateway) -> None:
    header, line = Path(gateway.patients(patient_line(NOTIFIED))).read_text(encoding="utf-8").splitlines()[:2]
    file = gateway.file("incomplete.csv", f"{header},address_1\n{line},1 rue de l'Essai\n")
    done = gateway.run("patients", "import", file, "--json")
    assert (done.code, done.data["created"]) == (0, 1)
    assert "line 2: taken up, but the postal address has no postal_code and city: no letter is made" in done.talk


@pytest.mark.parametrize("changed", [{"sex": "M"}, {"born": "1995-10-02"}, {"oid": "1.2.250.1.213.1.4.9"}])
def test_a_known_ins_with_another_identity_is_told_by_its_line(gateway: Gateway, changed: dict[str, str]) -> None:
    file = gateway.patients(patient_line(NOTIFIED), patient_line(OPEN, **changed))
    done = gateway.run("patients", "import", file, "--json")
    assert done.code == 1
    assert done.data == {"created": 1, "corrected": 0, "already_there": 0, "left_out": 1}
    assert "line 3: left out: this INS has a space whose OID or traits differ" in done.talk


def test_test_identities_need_a_gateway_for_demonstration(gateway: Gateway) -> None:
    file = gateway.patients(patient_line(NOTIFIED, oid=TEST_OID))
    refused = gateway.run("patients", "import", file)
    assert refused.code == 1
    assert "line 2: left out: ins_oid is of a test or demonstration identity" in refused.talk
    gateway.set("demonstration = false", "demonstration = true")
    assert gateway.run("patients", "import", file, "--json").data["created"] == 1


def test_what_a_line_tells_anew_is_put_right_and_said(gateway: Gateway) -> None:
    moved = patient_line(OPEN).replace("camille@courriel.example", "camille.moreau@courriel.example")
    done = gateway.run("patients", "import", gateway.patients(moved), "--json")
    assert (done.code, done.data["corrected"]) == (0, 1)
    assert "line 2: corrected: email" in done.talk
    assert "camille.moreau" not in done.talk


def test_spaces_that_refuse_mail_for_now_are_counted(gateway: Gateway) -> None:
    done = gateway.run("patients", "import", gateway.patients(patient_line(NOTIFIED, "")))
    assert "1 of the new spaces wait for their holders: they refuse mail until they are open" in done.talk
    assert "refuse mail" not in gateway.run("patients", "import", gateway.patients(patient_line(OPEN))).talk


def test_a_file_separated_by_semicolons_is_told_so(gateway: Gateway) -> None:
    refused = gateway.run("patients", "import", gateway.file("semi.csv", "ins;ins_oid;birth_name\n"))
    assert refused.code == 1
    assert "columns are separated by commas" in refused.talk


def test_a_line_with_other_than_its_fields_says_so(gateway: Gateway) -> None:
    whole = patient_line(NOTIFIED)
    file = gateway.patients(whole.rpartition(",")[0], whole + ",", patient_line("29510991261119"))
    talk = gateway.run("patients", "import", file).talk
    assert "line 2: left out: too few fields: 12 separated by commas" in talk
    assert "line 3: left out: too many fields: 12 separated by commas" in talk
    assert "line 4: left out: not an INS matricule" in talk


def test_missing_columns_are_named(gateway: Gateway) -> None:
    refused = gateway.run("patients", "import", gateway.file("bad.csv", "ins,birth_name\n"))
    assert refused.code == 1
    assert "[PLI-101]" in refused.talk
    assert "missing: ins_oid, given_names" in refused.talk


def test_a_file_in_another_encoding_is_refused_with_what_to_do(gateway: Gateway) -> None:
    refused = gateway.run("patients", "import", gateway.file("latin.csv", "ins,prénom\n".encode("latin-1")))
    assert refused.code == 1
    assert "[PLI-102] latin.csv is not UTF-8" in refused.talk


def test_a_patient_imported_while_serving_is_reached_at_once(gateway: Gateway) -> None:
    sage = "sofia.benali@medecin.mssante.fr"
    added = gateway.run("professional", "add", sage, "--name", "Sofia Benali", "--rpps", "810000000037", "--json")
    with gateway.serving() as serving:
        with pytest.raises(smtplib.SMTPRecipientsRefused, match=r"550.*5\.1\.1"):
            _write(gateway, serving, sage, added.data["password"])
        assert gateway.run("patients", "import", gateway.patients(patient_line(NOTIFIED))).code == 0
        assert _write(gateway, serving, sage, added.data["password"]) == {}


def _write(gateway: Gateway, serving: Serving, sender: str, password: str) -> dict[str, tuple[int, bytes]]:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = sender, f"{NOTIFIED}@patient.mssante.fr", "Bonjour"
    message["Message-ID"] = "<1@medecin.mssante.fr>"
    message.set_content("Bonjour")
    context = ssl.create_default_context(cafile=str(gateway.folder / "tls" / "ca.pem"))
    with smtplib.SMTP_SSL("localhost", serving.ports["submission"], context=context, timeout=10) as client:
        client.login(sender, password)
        return client.send_message(message)


def test_a_person_at_a_terminal_sees_progress_and_a_program_does_not(gateway: Gateway) -> None:
    file = gateway.patients(patient_line(NOTIFIED))
    terminal, side = pty.openpty()
    words = [*PLI, "patients", "import", str(file), "--config", str(gateway.config), "--json"]
    seen = {**os.environ, "TERM": "xterm"}
    done = subprocess.run(words, cwd=ROOT, env=seen, stderr=side, stdout=subprocess.PIPE, check=True, timeout=18)
    os.close(side)
    assert b"Importing patients" in os.read(terminal, 1 << 16)
    os.close(terminal)
    assert done.stdout == b'{"created":1,"corrected":0,"already_there":0,"left_out":0}\n'
    assert "Importing" not in gateway.run("patients", "import", file).talk


def test_an_address_of_somebody_else_is_not_taken_twice(gateway: Gateway) -> None:
    again = gateway.run("professional", "add", CLAIRE, "--name", "Dr Claire Martin", "--rpps", "810000000011")
    assert again.code == 1
    assert "is a mailbox already" in again.talk
