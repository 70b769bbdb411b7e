"""``pli notices``: campaigns, begun again and beside a serving gateway."""

import sqlite3
from contextlib import closing

import orjson

from tests.builders.command_line import NOTIFIED, OPEN, Gateway, patient_line

SEND = ("notices", "send", "--issuer", "Assurance de l'Essai", "--json")


def test_campaign_leaves_notices_that_a_serving_gateway_sends_once(gateway: Gateway) -> None:
    gateway.run("patients", "import", gateway.patients(patient_line(OPEN, ""), patient_line(NOTIFIED, "")))
    assert gateway.run(*SEND).data == {"begun": 1, "waiting": 0, "unreachable": 0}
    again = gateway.run(*SEND)
    assert again.data == {"begun": 0, "waiting": 1, "unreachable": 0}
    folder = gateway.folder / "notices"
    with gateway.serving() as serving:
        while not (sent := list(folder.glob("[!.]*.json"))):
            pass
        assert gateway.run(*SEND).code == 0
        assert serving.stop().code == 0
    (notice,) = [orjson.loads(file.read_bytes()) for file in sent]
    assert notice["issuer"] == "Assurance de l'Essai"
    assert notice["code"] in notice["text"]
    assert gateway.run(*SEND).data == {"begun": 0, "waiting": 0, "unreachable": 0}


def test_spaces_without_such_a_contact_are_said_and_stay(gateway: Gateway) -> None:
    gateway.run("patients", "import", gateway.patients(patient_line(NOTIFIED, "")))
    done = gateway.run(*SEND, "--channel", "letter")
    assert done.data == {"begun": 0, "waiting": 0, "unreachable": 1}
    assert "1 space has no complete postal address: nobody is told" in done.talk
    listed = gateway.run("patients", "list", "--state", "created", "--unreachable-by", "letter").out
    assert listed.startswith(f"{NOTIFIED}@")
    assert gateway.run("patients", "list", "--state", "created", "--unreachable-by", "any").out == ""


def test_notices_that_nobody_takes_are_said_by_the_doctor(gateway: Gateway) -> None:
    gateway.run("patients", "import", gateway.patients(patient_line(NOTIFIED, "")))
    assert gateway.run(*SEND).data["begun"] == 1
    with closing(sqlite3.connect(gateway.database)) as database, database:
        database.execute("UPDATE outbox SET attempts = 3")
    talk = gateway.run("doctor")
    assert "1 notice was tried and not taken" in talk.out + talk.talk


def test_issuer_must_be_named(gateway: Gateway) -> None:
    assert gateway.run("notices", "send").code == 2
    refused = gateway.run("notices", "send", "--issuer", " ")
    assert refused.code != 0
    assert "--issuer must name who sends the notices" in refused.talk


def test_letters_are_not_posted_before_their_mailing_nor_in_the_future(gateway: Gateway) -> None:
    assert gateway.run("notices", "posted", "2026-01-05", "--on", "2026-01-06", "--json").data == {"told": 0}
    for day in ("2026-01-04", "2999-01-01"):
        refused = gateway.run("notices", "posted", "2026-01-05", "--on", day)
        assert "--on must be between the day of the mailing and today" in refused.talk
