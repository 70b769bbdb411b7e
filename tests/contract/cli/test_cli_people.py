"""``add`` of ``pli professional``, ``organisation`` and ``laboratory``."""

from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from tests.builders.certificates import BEFORE, certify
from tests.builders.command_line import LABORATORY, NOTIFIED, Gateway, patient_line, pli

LABO = f"resultats@{LABORATORY}"
WORDS = ("laboratory", "add", LABO, "--name", "Laboratoire des Lilas", "--finess", "1350000029")


def test_a_professional_gets_a_mailbox_and_a_password_shown_once(gateway: Gateway) -> None:
    who = "paul.nguyen@medecin.mssante.fr"
    done = gateway.run("professional", "add", who, "--name", "Dr Paul Nguyen", "--rpps", "810000000029", "--json")
    assert (done.data["address"], done.data["imap_user"]) == (who, who)
    # 128 bits at least, whatever the alphabet.
    assert len(done.data["password"].replace("-", "")) >= 22
    kept = b"".join(file.read_bytes() for file in gateway.folder.rglob("*") if file.is_file())
    assert done.data["password"].encode() not in kept


def test_an_address_of_another_operator_is_refused(gateway: Gateway) -> None:
    refused = gateway.run("professional", "add", "x@ailleurs.example", "--name", "X", "--rpps", "810000000029")
    assert refused.code == 1
    assert "[PLI-302]" in refused.talk
    assert "add the domain to gateway.local_domains first" in refused.talk


def test_an_address_of_the_patients_domain_is_refused(settled: Gateway, tmp_path: Path) -> None:
    address = "accueil@patient.mssante.fr"
    professional = settled.run("professional", "add", address, "--name", "X", "--rpps", "810000000029")
    laboratory = settled.run("laboratory", "add", address, *WORDS[3:], "--out", tmp_path / "out")
    assert (professional.code, laboratory.code) == (1, 1)
    assert "only patients have addresses" in professional.talk
    assert "only patients have addresses" in laboratory.talk


@pytest.mark.parametrize(
    ("words", "what"),
    [
        (("professional", "add", "claire martin", "--name", "X", "--rpps", "810000000029"), "not a mail address"),
        (("professional", "add", LABO, "--name", " ", "--rpps", "810000000029"), "not a name"),
        (("organisation", "add", LABO, "--name", "X", "--finess", "1350000029", "--kind", "APP"), "pli laboratory add"),
        (("organisation", "add", LABO, "--name", "X", "--finess", "1350000029", "--kind", "PER"), "pli professional"),
    ],
)
def test_what_cannot_be_a_mailbox_is_wrong_use(settled: Gateway, words: tuple[str, ...], what: str) -> None:
    refused = settled.run(*words)
    assert refused.code == 2
    assert what in refused.talk


def test_a_laboratory_gets_a_certificate_that_names_it(gateway: Gateway, tmp_path: Path) -> None:
    done = gateway.run(*WORDS, "--out", tmp_path / "issued", "--json")
    certificate = x509.load_pem_x509_certificate(Path(done.data["cert_file"]).read_bytes())
    assert f"CN={LABORATORY}" in certificate.subject.rfc4514_string()
    assert Path(done.data["key_file"]).stat().st_mode & 0o077 == 0


def test_a_laboratory_that_is_refused_leaves_no_certificate_behind(gateway: Gateway, tmp_path: Path) -> None:
    elsewhere = ("laboratory", "add", "labo@ailleurs.example", *WORDS[3:])
    assert gateway.run(*elsewhere, "--out", tmp_path / "issued").code == 1
    assert not (tmp_path / "issued").exists()


def test_a_laboratory_may_bring_its_own_certificate_but_not_that_of_another(gateway: Gateway, tmp_path: Path) -> None:
    file = tmp_path / "outside.pem"
    file.write_bytes(certify(None).certificate.public_bytes(Encoding.PEM))
    done = gateway.run(*WORDS, "--certificate", file, "--json")
    assert (done.code, set(done.data)) == (0, {"address", "imap_user", "password"})
    second = gateway.run("laboratory", "add", f"autre@{LABORATORY}", *WORDS[3:], "--certificate", file)
    assert second.code == 1
    assert "bound to another mailbox" in second.talk


def test_a_file_that_is_no_certificate_is_refused(gateway: Gateway) -> None:
    refused = gateway.run(*WORDS, "--certificate", gateway.file("key.pem", "-----BEGIN NOTHING-----"))
    assert refused.code == 3
    assert "is no PEM certificate" in refused.talk


def test_a_certificate_that_could_never_send_is_refused(gateway: Gateway) -> None:
    authority, server = gateway.folder / "tls" / "ca.pem", gateway.folder / "tls" / "server.pem"
    ended = gateway.file("ended.pem", certify(None, end=BEFORE).certificate.public_bytes(Encoding.PEM))
    for file, why in ((authority, "it is an authority's"), (server, "it is not for clients"), (ended, "it ended on")):
        refused = gateway.run(*WORDS, "--certificate", file)
        assert refused.code == 3
        assert f"[PLI-501] {file} cannot be bound: {why}" in refused.talk


@pytest.mark.parametrize(
    ("group", "number", "what"),
    [
        ("professional", "10000000029", "not an RPPS as the directory writes it; write 8 and its 11 digits"),
        ("professional", "1350000029", "not an RPPS as the directory writes it; write 8 and its 11 digits"),
        ("professional", "81000000002\N{ARABIC-INDIC DIGIT NINE}", "not an RPPS"),
        ("organisation", "810000000029", "not a FINESS as the directory writes it; write 1 and its 9 characters"),
        ("organisation", "350000029", "not a FINESS"),
    ],
)
def test_a_number_that_is_none_is_wrong_use(settled: Gateway, group: str, number: str, what: str) -> None:
    option = "--rpps" if group == "professional" else "--finess"
    refused = settled.run(group, "add", "nouveau@medecin.mssante.fr", "--name", "X", option, number)
    assert refused.code == 2
    assert what in " ".join(refused.talk.replace("│", " ").split())


def test_a_laboratory_of_corsica_has_a_number_too(gateway: Gateway, tmp_path: Path) -> None:
    words = ("laboratory", "add", LABO, "--name", "Laboratoire", "--finess")
    assert gateway.run(*words, "12a0000014", "--out", tmp_path / "out").code == 0
    assert gateway.run(*words, "2A0000014", "--out", tmp_path / "out").code == 2


def test_files_are_made_beside_the_settings_or_where_they_are_asked_for_from_any_folder(
    gateway: Gateway, tmp_path: Path
) -> None:
    (here := tmp_path / "here").mkdir()
    config = ("--config", "../gateway/pli.toml")
    added = pli(*WORDS, *config, at=here)
    assert f"cert_file: {gateway.folder / 'issued'}/" in added.out
    assert list(here.iterdir()) == []
    renewed = pli("laboratory", "certificate", WORDS[2], "--out", "keys", *config, at=here)
    assert f"key_file: {here / 'keys'}/" in renewed.out
    pli("patients", "import", gateway.patients(patient_line(NOTIFIED, "notified")), *config, at=here)
    words = ("patients", "oppose", NOTIFIED, "--reason", "appel", *config)
    assert f"proof: {gateway.folder / 'proofs'}/" in pli(*words, at=here).out
    assert f"proof: {here / 'proof'}/" in pli(*words, "--out", "proof", at=here).out
    assert {file.parent.name for file in here.rglob("*.*")} == {"keys", "proof"}
