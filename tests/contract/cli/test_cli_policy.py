"""``pli policy explain``."""

import pytest

from tests.builders.command_line import CLAIRE, DOCTORS, NOTIFIED, OPEN, OTHER, REMOTE, Gateway

PATIENT = f"{OPEN}@patient.mssante.fr"


def test_a_listed_sender_may_write_to_an_open_space_and_every_rule_is_named(settled: Gateway) -> None:
    done = settled.run("policy", "explain", "--from", REMOTE, "--to", PATIENT, "--json")
    assert done.code == 0
    assert (done.data["verdict"], done.data["rule"]) == ("accept", "POL-24")
    assert done.talk.count("POL-") == done.data["rules"]


@pytest.mark.parametrize(
    ("sender", "recipient", "rule", "reply"),
    [
        ("labo@ailleurs.example", PATIENT, "POL-11", "550 5.7.1"),
        (f"inconnu@{OTHER}", PATIENT, "POL-12", "550 5.7.1"),
        (PATIENT, CLAIRE, "POL-05", "550 5.7.1"),
        (REMOTE, "quelqu.un@ailleurs.example", "POL-22", "550 5.7.1"),
        (CLAIRE, "quelqu.un@ailleurs.example", "POL-22", "550 5.7.1"),
        (CLAIRE, "295109912611194@patient.mssante.fr", "POL-24", "550 5.1.3"),
        (CLAIRE, f"{NOTIFIED}@patient.mssante.fr", "POL-24", "550 5.1.1"),
        (CLAIRE, f"personne@{DOCTORS}", "POL-25", "550 5.1.1"),
    ],
)
def test_a_refusal_names_its_rule_its_reply_and_its_sentence(
    settled: Gateway, sender: str, recipient: str, rule: str, reply: str
) -> None:
    done = settled.run("policy", "explain", "--from", sender, "--to", recipient, "--json")
    assert done.code == 0
    assert (done.data["verdict"], done.data["rule"], done.data["reply"]) == ("reject", rule, reply)
    assert done.data["sentence"]
    assert f"✗ {rule}" in done.talk


def test_when_the_lists_are_too_old_the_message_is_put_off(settled: Gateway) -> None:
    done = settled.run("policy", "explain", "--from", REMOTE, "--to", PATIENT, "--at", "2098-01-01T00:00", "--json")
    assert done.data["verdict"] == "defer"
    assert done.data["reply"] == "451 4.3.0"
    assert "stale" in done.data["detail"]


def test_an_argument_that_makes_no_sense_is_wrong_use(settled: Gateway) -> None:
    refused = settled.run("policy", "explain", "--from", REMOTE, "--to", PATIENT, "--at", "demain")
    assert refused.code == 2
    assert "--at" in refused.talk
    assert "write 2026-11-23T06:00:00+01:00" in refused.talk
