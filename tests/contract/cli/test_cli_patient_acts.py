"""``pli patients list|show|correct|open|oppose|suspend|deceased|reinstate``, as an operator types them."""

import json
from pathlib import Path

from tests.builders.command_line import NOTIFIED, OPEN, PATIENTS, Gateway, patient_line
from tests.builders.store import an_ins

ADDRESS = f"{OPEN}@{PATIENTS}"


def test_spaces_are_listed_one_a_line_and_by_state(gateway: Gateway) -> None:
    gateway.run("patients", "import", gateway.patients(patient_line(NOTIFIED, "created")))
    lines = [json.loads(line) for line in gateway.run("patients", "list", "--json").out.splitlines()]
    assert {line["address"]: line["state"] for line in lines} == {
        ADDRESS: "open",
        f"{NOTIFIED}@{PATIENTS}": "created",
    }
    assert gateway.run("patients", "list", "--state", "open").out == f"{ADDRESS}  open  nothing  -  Camille Moreau\n"


def test_life_of_a_space_by_commands(gateway: Gateway) -> None:
    suspended = gateway.run("patients", "suspend", ADDRESS, "--reason", "usurpation", "--json")
    assert suspended.data["state"] == "suspended"
    assert suspended.data["next"] == "closes"
    assert gateway.run("patients", "reinstate", OPEN, "--reason", "opposition", "--json").data["state"] == "open"
    dead = gateway.run("patients", "deceased", OPEN, "--on", "2026-01-02", "--reason", "acte", "--json")
    assert dead.data["next"] == "is erased"
    shown = gateway.run("patients", "show", OPEN, "--json")
    assert (shown.data["state"], shown.data["since"] is None, shown.data["birth_name"]) == ("deceased", False, "MOREAU")


def test_space_that_may_still_be_refused_is_opened_only_at_its_holders_request(gateway: Gateway) -> None:
    gateway.run("patients", "import", gateway.patients(patient_line(NOTIFIED, "notified")))
    early = gateway.run("patients", "open", NOTIFIED)
    assert early.code == 1
    assert "[PLI-302] the person may still refuse this space, it opens by itself on" in early.talk
    asked = gateway.run("patients", "open", NOTIFIED, "--at-the-request-of-the-person", "courrier", "--json")
    assert asked.data["state"] == "open"
    late = gateway.run("patients", "oppose", NOTIFIED, "--reason", "appel")
    assert late.code == 1
    assert "this space is open" in late.talk


def test_refusal_by_telephone_leaves_a_proof_beside_the_settings_or_where_it_is_asked_for(gateway: Gateway) -> None:
    gateway.run("patients", "import", gateway.patients(patient_line(NOTIFIED, "notified")))
    opposed = gateway.run("patients", "oppose", NOTIFIED, "--reason", "appel du 3 mars", "--json")
    proof = Path(str(opposed.data["proof"]))
    assert (opposed.data["state"], proof.parent) == ("opposed", gateway.config.parent / "proofs")
    assert proof.read_bytes().startswith(b"%PDF-")
    assert (proof.stat().st_mode & 0o077, proof.parent.stat().st_mode & 0o077) == (0, 0)
    again = gateway.run("patients", "oppose", NOTIFIED, "--reason", "appel", "--out", str(proof.parent.parent / "q"))
    assert f"proof: {proof.parent.parent / 'q' / proof.name}" in again.out
    nowhere = gateway.run("patients", "oppose", NOTIFIED, "--reason", "appel", "--out", str(gateway.config))
    assert (nowhere.code, "name another folder by --out" in nowhere.talk) == (3, True)


def test_correction_is_told_and_bad_values_are_refused_with_how_to_write_them(gateway: Gateway) -> None:
    done = gateway.run(
        "patients", "correct", OPEN, "--reason", "appel", "--phone", "06 12 34 56 78", "--birth-name", "MOREAUX",
        "--postal-address", "1 rue des Lilas;35000;Rennes;France", "--json",
    )  # fmt: skip
    assert done.data["changed"] == "birth_name,phone,postal"
    assert gateway.run("patients", "show", OPEN, "--json").data["phone"] == "+33612345678"
    for option, value, told in (
        ("--phone", "12", "06 12 34 56 78"),
        ("--email", "nobody", "name@domain.example"),
        ("--postal-address", "Rennes", "1 rue des Lilas"),
        ("--birth-name", " ", "1 to 200"),
    ):
        refused = gateway.run("patients", "correct", OPEN, "--reason", "appel", option, value)
        assert (refused.code, told in refused.talk) == (2, True), refused.talk


def test_whoever_is_unknown_is_told_so_with_what_to_do(gateway: Gateway) -> None:
    unknown = gateway.run("patients", "show", NOTIFIED)
    assert unknown.code == 1
    assert "[PLI-301] no patient here has this address or number: check it, or import the person first" in unknown.talk
    assert gateway.run("patients", "deceased", OPEN, "--on", "yesterday", "--reason", "acte").code == 2


def test_measure_is_recorded_by_a_document_and_ended(gateway: Gateway) -> None:
    person, tutor = an_ins(901).value, an_ins(902).value
    gateway.run("patients", "import", gateway.patients(*(patient_line(one, "active") for one in (person, tutor))))
    why = ("--document", "jugement du 12 mars 2026", "--reason", "copie reçue")
    done = gateway.run("patients", "represent", person, "--by", tutor, "--measure", "tutelle", *why, "--json")
    assert (done.data["measure"], done.data["by"]) == ("tutelle", tutor), done.talk
    for wrong, said in ((person, "nobody represents themself"), (OPEN, "both spaces must be active")):
        refused = gateway.run("patients", "represent", person, "--by", wrong, "--measure", "curatelle", *why)
        assert (refused.code, said in refused.talk) == (1, True)
    bad = gateway.run("patients", "represent", person, "--by", tutor, "--measure", "amitié", *why)
    assert "write one of curatelle, sauvegarde, tutelle" in bad.talk
    ended = [gateway.run("patients", "unrepresent", person, "--by", tutor, "--reason", "mainlevée") for _ in range(2)]
    assert [one.code for one in ended] == [0, 1]
