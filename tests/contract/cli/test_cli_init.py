"""``pli init``, and what every command does with settings that are wrong."""

import smtplib
import ssl
import tomllib
from pathlib import Path

import pytest

from tests.builders.command_line import (
    CLAIRE,
    DOCTORS,
    NAMED,
    OPEN,
    PATIENTS,
    Gateway,
    found_gateway,
    pli,
    pli_at_a_terminal,
)


def test_init_says_where_the_settings_are_and_what_comes_next(tmp_path: Path) -> None:
    made = pli("init", tmp_path / "new", *NAMED, "--hostname", "PLI.hopital.example", "--json")
    assert made.data == {"config": str(tmp_path / "new" / "pli.toml")}
    assert "pli whitelist import FILE" in made.talk
    assert 'hostname = "pli.hopital.example"' in (tmp_path / "new" / "pli.toml").read_text()


def test_init_keeps_keys_and_data_to_their_owner(settled: Gateway) -> None:
    private = [*settled.folder.glob("keys/*"), *settled.folder.glob("tls/*.key"), *settled.folder.glob("data/*")]
    folders = [settled.folder / name for name in ("", "keys", "tls", "data", "blobs", "directory")]
    assert len(private) >= 6
    assert [path.name for path in (*private, *folders) if path.stat().st_mode & 0o077] == []


def test_init_refuses_a_folder_that_holds_a_gateway_and_leaves_it_as_it_is(gateway: Gateway) -> None:
    before = gateway.config.read_bytes()
    again = pli("init", gateway.folder, *NAMED)
    assert (again.code, again.out) == (3, "")
    assert "[PLI-501]" in again.talk
    assert "holds a gateway already" in again.talk
    assert gateway.config.read_bytes() == before


def test_init_refuses_a_folder_that_holds_anything_and_takes_an_empty_one(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("x")
    refused = pli("init", tmp_path, *NAMED)
    assert refused.code == 3
    assert f"[PLI-501] {tmp_path} is not empty" in refused.talk
    assert [item.name for item in tmp_path.iterdir()] == ["thesis.txt"]
    (tmp_path / "thesis.txt").unlink()
    assert pli("init", tmp_path, *NAMED).code == 0


def test_init_says_where_it_cannot_make_a_folder(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    for folder in (tmp_path / "file", tmp_path / "file" / "below", Path("/proc/x")):
        refused = pli("init", folder, *NAMED)
        assert refused.code == 3
        assert f"[PLI-501] {folder} cannot be made into a gateway" in refused.talk
        assert "Traceback" not in refused.talk


def test_init_leaves_nothing_behind_for_domains_that_cannot_be(tmp_path: Path) -> None:
    refused = pli("init", tmp_path / "new", *NAMED, "--domain", PATIENTS)
    assert refused.code == 3
    assert "[PLI-501] gateway.local_domains must not hold" in refused.talk
    assert not (tmp_path / "new").exists()


def test_init_refuses_a_name_that_is_none(tmp_path: Path) -> None:
    made = pli("init", tmp_path / "new", *NAMED, "--hostname", 'a"\nb')
    assert made.code == 2
    assert "not a host name" in made.talk
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize(
    ("words", "missing"),
    [
        ((), "--patient-domain"),
        (("--domain", DOCTORS), "--patient-domain"),
        (("--patient-domain", PATIENTS), "--domain"),
        (("--patient-domain", "", "--domain", DOCTORS), "--patient-domain"),
        (("--patient-domain", PATIENTS, "--domain", ""), "--domain"),
        ((*NAMED, "--hostname", ""), "--hostname"),
    ],
)
def test_init_takes_no_name_in_silence_and_no_empty_one(
    tmp_path: Path, words: tuple[str, ...], missing: str
) -> None:
    refused = pli("init", tmp_path / "new", *words)
    assert (refused.code, refused.out) == (2, "")
    assert missing in refused.talk
    assert not (tmp_path / "new").exists()


def test_init_asks_at_a_terminal_and_offers_the_national_domain(tmp_path: Path) -> None:
    typed = "\n\nnot a name!\n a.example, B.example\nrandom\nopaque\n"
    made = pli_at_a_terminal(typed, "init", tmp_path / "new", "--json")
    assert made.code == 0, made.talk
    assert made.data == {"config": str(tmp_path / "new" / "pli.toml")}
    assert f"[{PATIENTS}]" in made.talk
    assert "not a host name" in made.talk
    assert "write ins or opaque" in made.talk
    settings = tomllib.loads((tmp_path / "new" / "pli.toml").read_text())["gateway"]
    assert (settings["patient_domain"], settings["patient_numbers"]) == (PATIENTS, "opaque")
    assert settings["local_domains"] == ["a.example", "b.example"]


def test_init_asks_only_for_what_it_was_not_told(tmp_path: Path) -> None:
    made = pli_at_a_terminal("patients.example\n\n", "init", tmp_path / "new", "--hostname", "a.example", *NAMED[2:])
    assert made.code == 0, made.talk
    assert 'patient_domain = "patients.example"' in (tmp_path / "new" / "pli.toml").read_text()


def test_gateway_with_opaque_numbers_gives_addresses_without_them_and_takes_mail_there(tmp_path: Path) -> None:
    gateway = found_gateway(tmp_path / "new", "--patient-numbers", "opaque")
    shown = gateway.run("patients", "show", OPEN, "--json").data
    address, password = shown["address"], gateway.run("professional", "password", CLAIRE, "--json").data["password"]
    number, _, domain = address.partition("@")
    assert (shown["ins"], len(number), number == OPEN, domain) == (OPEN, 15, False, PATIENTS)
    trusted = ssl.create_default_context(cafile=str(gateway.folder / "tls" / "ca.pem"))
    head = f"From: {CLAIRE}\r\nTo: {address}\r\nSubject: Essai\r\nMessage-Id: <1@{DOCTORS}>\r\n\r\nBonjour.\r\n"
    with (
        gateway.serving() as serving,
        smtplib.SMTP_SSL("localhost", serving.ports["submission"], context=trusted, timeout=15) as client,
    ):
        client.login(CLAIRE, password)
        assert client.sendmail(CLAIRE, address, head) == {}
        client.mail(CLAIRE)
        code, text = client.rcpt(f"{OPEN}@{PATIENTS}")
    assert (code, text[:5]) == (550, b"5.1.1")


def test_a_wrong_setting_is_named_and_nothing_starts(tmp_path: Path) -> None:
    (tmp_path / "pli.toml").write_text("[smtp]\nrelay_prt = 1")
    refused = pli("doctor", "--config", tmp_path / "pli.toml", "--json")
    assert (refused.code, refused.out) == (3, "")
    assert refused.talk.startswith("pli: [PLI-501] smtp.relay_prt is no setting; known in [smtp]: host, relay_port")


def test_a_settings_file_that_is_not_there_is_named_with_what_to_do(tmp_path: Path) -> None:
    refused = pli("serve", "--config", tmp_path / "none.toml")
    assert refused.code == 3
    assert str(tmp_path / "none.toml") in refused.talk
    assert "pli init" in refused.talk


def test_a_folder_named_for_its_settings_file_is_told_so(settled: Gateway) -> None:
    refused = pli("serve", "--config", settled.folder)
    assert refused.code == 3
    assert f"is a folder; name its settings file: {settled.config}" in refused.talk


def test_the_version_is_printed() -> None:
    assert pli("--version").out.startswith("pli 0.")
