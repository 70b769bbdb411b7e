"""What was added for professionals, organisations and laboratories is listed, corrected, renewed and taken away."""

import asyncio
import shutil
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from gateway.config import load_settings
from gateway.core import core
from gateway.domain.address import MailAddress
from gateway.domain.audit import AuditEvent
from gateway.domain.mailbox import OPERATOR, VaultId
from gateway.ports.store import Tx
from tests.builders.certificates import certify
from tests.builders.command_line import CLAIRE, DOCTORS, LABORATORY, REMOTE, Gateway, extraction, pli_at_a_terminal

LABO, UNIT = f"resultats@{LABORATORY}", f"cardiologie@{DOCTORS}"
GROUPS = ("professional", "organisation", "laboratory")


@pytest.fixture(scope="module")
def with_staff(settled: Gateway, tmp_path_factory: pytest.TempPathFactory) -> Gateway:
    """A gateway with one mailbox of each group, that no test changes."""
    made = Gateway(tmp_path_factory.mktemp("staffed") / "gateway")
    shutil.copytree(settled.folder, made.folder)
    for words in (
        ("professional", "correct", CLAIRE, "--city", "Rennes"),
        ("organisation", "add", UNIT, "--name", "Cardiologie", "--finess", "1350000029"),
        ("laboratory", "add", LABO, "--name", "Laboratoire des Lilas", "--finess", "1350000029"),
    ):
        done = made.run(*words)
        assert done.code == 0, done.talk
    return made


@pytest.fixture
def staffed(with_staff: Gateway, tmp_path: Path) -> Gateway:
    """A copy of it of the test's own."""
    shutil.copytree(with_staff.folder, tmp_path / "gateway")
    return Gateway(tmp_path / "gateway")


def _vault(tx: Tx, address: str) -> VaultId:
    found = tx.spaces.resolve(MailAddress.parse(address))
    assert found is not None
    return found[0]


def _trace(gateway: Gateway, address: str = "") -> list[AuditEvent]:
    """Give what the trace of a mailbox says, or else the operator's; oldest first."""

    async def read() -> list[AuditEvent]:
        async with core(load_settings(gateway.config)) as it:
            found = await it.store.read(lambda tx: tx.audit.events(_vault(tx, address) if address else OPERATOR))
            return list(reversed(found))

    return asyncio.run(read())


def _acts(gateway: Gateway, address: str) -> list[str]:
    return [event.action for event in _trace(gateway, address)]


def test_what_was_added_is_listed_and_shown(staffed: Gateway) -> None:
    for group, several, address in zip(
        GROUPS, ("professionals", "organisations", "laboratories"), (CLAIRE, UNIT, LABO), strict=True
    ):
        listed = staffed.run(group, "list", "--json").data[several]
        assert [item["address"] for item in listed] == [address]
        shown = staffed.run(group, "show", address, "--json").data
        assert shown == listed[0]
        assert shown["state"] == "in-use"
    assert f"{CLAIRE}  Dr Claire Martin · Rennes" in staffed.run("professional", "list").out
    assert "certificate: " in staffed.run("laboratory", "show", LABO).out


def test_a_correction_changes_what_is_named_only(staffed: Gateway) -> None:
    before = _acts(staffed, CLAIRE)
    done = staffed.run("professional", "correct", CLAIRE, "--name", "Dr Claire Martin-Roy", "--city", "", "--json")
    assert (done.data["name"], done.data["city"], done.data["identifier"]) == (
        "Dr Claire Martin-Roy", "", "810000000011",
    )  # fmt: skip
    assert _acts(staffed, CLAIRE) == [*before, "mailbox.corrected"]
    assert staffed.run("organisation", "correct", UNIT, "--finess", "1350000037", "--json").data["identifier"] == (
        "1350000037"
    )
    assert staffed.run("professional", "correct", CLAIRE, "--finess", "1350000037", "--json").data["structure"] == (
        "1350000037"
    )
    assert staffed.run("professional", "correct", CLAIRE, "--finess", "", "--json").data["structure"] == ""
    nothing = staffed.run("professional", "correct", CLAIRE)
    assert (nothing.code, "nothing to correct" in nothing.talk) == (2, True)


def test_a_renewed_password_is_another(staffed: Gateway) -> None:
    given = {staffed.run("professional", "password", CLAIRE, "--json").data["password"] for _ in range(2)}
    given.add(staffed.run("organisation", "password", UNIT, "--json").data["password"])
    given.add(staffed.run("laboratory", "certificate", LABO, "--password", "--json").data["password"])
    assert len(given) == 4
    for address, times in ((CLAIRE, 2), (UNIT, 1), (LABO, 1)):
        assert _acts(staffed, address).count("mailbox.password") == times
    assert len(staffed.run("laboratory", "show", LABO, "--json").data["certificates"]) == 1


def test_a_laboratory_has_two_certificates_while_it_changes_them(staffed: Gateway) -> None:
    [old] = staffed.run("laboratory", "show", LABO, "--json").data["certificates"]
    done = staffed.run("laboratory", "certificate", LABO, "--json")
    assert Path(done.data["cert_file"]).parent == staffed.folder / "issued"
    assert {item["fingerprint"] for item in done.data["certificates"]} > {old["fingerprint"]}
    dropped = staffed.run("laboratory", "certificate", LABO, "--drop", old["fingerprint"][:8], "--json")
    [left] = dropped.data["certificates"]
    assert left["fingerprint"] != old["fingerprint"]
    again = staffed.run("laboratory", "certificate", LABO, "--drop", old["fingerprint"][:8])
    assert (again.code, "[PLI-301] no certificate of this mailbox has that fingerprint" in again.talk) == (1, True)
    told = [(event.action, event.objects) for event in _trace(staffed, LABO) if event.action != "mailbox.created"]
    first, second = (f"certificate:{one['fingerprint'][:16]}" for one in (old, left))
    assert told == [
        ("certificate.bound", (first,)), ("certificate.bound", (second,)), ("certificate.dropped", (first,)),
    ]  # fmt: skip


def test_a_certificate_of_its_own_is_bound_with_its_end(staffed: Gateway) -> None:
    made = certify(None).certificate
    file = staffed.file("outside.pem", made.public_bytes(Encoding.PEM))
    done = staffed.run("professional", "certificate", CLAIRE, "--certificate", file, "--json")
    [bound] = done.data["certificates"]
    assert bound["ends"] == made.not_valid_after_utc.isoformat()
    stolen = staffed.run("laboratory", "certificate", LABO, "--certificate", file)
    assert (stolen.code, f"bound to another mailbox, {CLAIRE}" in stolen.talk) == (1, True)


def test_an_issued_certificate_never_overwrites_another(staffed: Gateway, tmp_path: Path) -> None:
    files = {
        staffed.run("laboratory", "certificate", LABO, "--out", tmp_path / "out", "--json").data["cert_file"]
        for _ in range(2)
    }
    keys = {x509.load_pem_x509_certificate(Path(file).read_bytes()).serial_number for file in files}
    assert (len(files), len(keys)) == (2, 2)


def test_a_suspended_professional_is_allowed_again(staffed: Gateway) -> None:
    done = staffed.run("professional", "suspend", CLAIRE, "--reason", "compte volé", "--json")
    assert done.data == {"address": CLAIRE, "state": "suspended"}
    assert "[suspended]" in staffed.run("professional", "list").out
    for words in (("suspend",), ("password",)):
        refused = staffed.run("professional", *words, CLAIRE)
        assert refused.code == 1
        assert f"« pli professional allow {CLAIRE} » takes it into use again" in refused.talk
    allowed = staffed.run("professional", "allow", CLAIRE, "--json")
    assert (allowed.data["state"], bool(allowed.data["password"])) == ("in-use", True)
    again = staffed.run("professional", "allow", CLAIRE)
    assert (again.code, "not suspended: nothing was changed" in again.talk) == (1, True)
    told = [(event.action, event.actor, event.detail) for event in _trace(staffed, CLAIRE)]
    assert told[-2:] == [("mailbox.suspended", "pli", "compte volé"), ("mailbox.restored", "pli", "")]


@pytest.mark.parametrize(("group", "address"), [("organisation", UNIT), ("laboratory", LABO)])
def test_the_suspension_of_others_is_ended(staffed: Gateway, group: str, address: str) -> None:
    assert staffed.run(group, "suspend", address).code == 0
    refused = staffed.run(group, "suspend", address)
    assert (refused.code, f"pli {group} suspend {address} --end" in refused.talk) == (1, True)
    assert staffed.run(group, "suspend", address, "--end", "--json").data["state"] == "in-use"


@pytest.mark.parametrize(
    ("group", "word", "address"),
    [("professional", "remove", CLAIRE), ("organisation", "remove", UNIT), ("laboratory", "revoke", LABO)],
)
def test_only_a_suspended_mailbox_is_removed_and_only_on_purpose(
    staffed: Gateway, group: str, word: str, address: str
) -> None:
    in_use = staffed.run(group, word, address, "--yes")
    assert (in_use.code, f"« pli {group} suspend {address} » first" in in_use.talk) == (1, True)
    staffed.run(group, "suspend", address)
    before = len(_trace(staffed))
    unsaid = staffed.run(group, word, address)
    assert (unsaid.code, "Say --yes" in unsaid.talk) == (2, True)
    assert staffed.run(group, word, address, "--yes", "--json").data == {"address": address, "state": "removed"}
    assert address not in staffed.run(group, "list").out
    again = staffed.run(group, word, address, "--yes")
    assert (again.code, "removed already" in again.talk) == (1, True)
    # The mailbox's own trace can be read no more; once, whatever was tried.
    assert [event.action for event in _trace(staffed)[before:]] == ["mailbox.removed"]
    assert staffed.run("verify").code == 0


def test_somebody_at_a_terminal_is_asked_before_a_mailbox_goes(staffed: Gateway) -> None:
    staffed.run("organisation", "suspend", UNIT)
    words = ("organisation", "remove", UNIT, "--config", staffed.config)
    assert pli_at_a_terminal("n\n", *words).code == 1
    assert UNIT in staffed.run("organisation", "list").out
    assert pli_at_a_terminal("y\n", *words).code == 0
    assert UNIT not in staffed.run("organisation", "list").out


def test_the_address_of_a_removed_mailbox_is_never_given_again(staffed: Gateway) -> None:
    staffed.run("professional", "suspend", CLAIRE)
    staffed.run("professional", "remove", CLAIRE, "--yes")
    words = ("--name", "Dr Claire Martin", "--rpps", "810000000029")
    refused = staffed.run("professional", "add", CLAIRE, *words)
    assert (refused.code, "an address is never given again" in refused.talk) == (1, True)
    assert staffed.run("professional", "add", *words, "--json").data["address"] == f"claire.martin2@{DOCTORS}"


def test_a_homonym_gets_the_next_address(staffed: Gateway) -> None:
    words = ("professional", "add", "--name", "Dr Claire Martin", "--rpps", "810000000029", "--json")
    assert staffed.run(*words).data["address"] == f"claire.martin2@{DOCTORS}"
    compound = staffed.run(*words, "--given-name", "Marie Claire", "--family-name", "d'Été")
    assert compound.data["address"] == f"marie-claire.dete@{DOCTORS}"


def test_address_of_a_homonym_in_the_imported_directory_is_not_proposed(staffed: Gateway) -> None:
    elsewhere = f"PER|Sophie.Durand@{DOCTORS}|810000000037|\nPER|sophie.durand2@{DOCTORS}|810000000045|\n"
    done = staffed.run("directory", "import", staffed.file("more.txt", extraction(REMOTE) + elsewhere))
    assert done.code == 0, done.talk
    words = ("professional", "add", "--name", "Dr Sophie Durand", "--rpps", "810000000029", "--json")
    assert staffed.run(*words).data["address"] == f"sophie.durand3@{DOCTORS}"


def test_no_address_is_proposed_where_nobody_knows_what_is_taken(staffed: Gateway) -> None:
    (staffed.folder / "directory" / "directory.snapshot").unlink()
    words = ("--name", "Dr Sophie Durand", "--rpps", "810000000029", "--json")
    refused = staffed.run("professional", "add", *words)
    assert (refused.code, refused.out) == (4, "")
    assert f"[PLI-204] without a directory nobody knows whether sophie.durand@{DOCTORS} is taken" in refused.talk
    given = f"sophie.durand@{DOCTORS}"
    assert staffed.run("professional", "add", given, *words).data["address"] == given


def test_homonyms_are_told_apart_by_profession_and_city(staffed: Gateway) -> None:
    staffed.run("professional", "correct", CLAIRE, "--profession", "Médecin")
    words = ("professional", "add", "--name", "Dr Claire Martin", "--rpps", "810000000029")
    staffed.run(*words, "--profession", "Sage-femme", "--city", "Lyon")
    assert staffed.run("professional", "list").out.splitlines() == [
        f"{CLAIRE}  Dr Claire Martin · Médecin · Rennes",
        f"claire.martin2@{DOCTORS}  Dr Claire Martin · Sage-femme · Lyon",
    ]


def test_what_is_no_mailbox_of_the_group_is_refused_with_the_right_command(staffed: Gateway) -> None:
    for words in (("show",), ("suspend",), ("password",)):
        refused = staffed.run("professional", *words, LABO)
        assert (refused.code, "use « pli laboratory » for it" in refused.talk) == (1, True)
    unknown = staffed.run("professional", "show", f"personne@{DOCTORS}")
    assert unknown.code == 1
    assert "[PLI-301]" in unknown.talk
    assert "« pli professional list » names those there are" in unknown.talk
