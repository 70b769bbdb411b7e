"""``pli doctor``, ``pli verify`` and ``pli audit verify``."""

import os
import shutil
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from gateway.store.backend.sqlite.commit_lock import CommitLock
from tests.builders.certificates import certify
from tests.builders.command_line import CLAIRE, Gateway, in_a_folder_that_is_read_only, white_list


def _wrong(gateway: Gateway) -> list[str]:
    done = gateway.run("doctor", "--json")
    found = [f"{finding['what']}: {finding['advice']}" for finding in done.data["findings"] if finding["bad"]]
    assert done.code == bool(found)
    assert done.data["wrong"] == len(found)
    return found


def test_the_doctor_finds_nothing_wrong_with_a_sound_gateway(settled: Gateway) -> None:
    assert _wrong(settled) == []


def test_the_doctor_says_one_line_a_finding_to_people(settled: Gateway) -> None:
    lines = settled.run("doctor").out.splitlines()
    assert len(lines) > 5
    assert all(line.startswith(("✓ ", "! ")) for line in lines)


def test_the_doctor_finds_a_certificate_that_is_missing(gateway: Gateway) -> None:
    (gateway.folder / "tls" / "server.pem").unlink()
    found = _wrong(gateway)
    assert "server.pem is missing: put it back from your backup (docs/operations.md)" in found
    assert any(item.startswith("the servers' certificate and key: [PLI-501]") for item in found)


def test_the_doctor_finds_a_key_that_is_not_the_certificate_s(gateway: Gateway) -> None:
    tls = gateway.folder / "tls"
    (tls / "server.key").write_bytes((tls / "operator.key").read_bytes())
    assert any(item.startswith("the servers' certificate and key: [PLI-501]") for item in _wrong(gateway))


@pytest.mark.parametrize("name", ["data", "blobs", "keys", "directory", "notices"])
def test_the_doctor_finds_a_folder_that_is_missing(gateway: Gateway, name: str) -> None:
    shutil.rmtree(gateway.folder / name)
    assert any(
        item.startswith(f"paths.{name}: no such folder as {gateway.folder / name}: mount") for item in _wrong(gateway)
    )


@pytest.mark.parametrize("name", ["data", "blobs", "keys", "directory", "notices"])
def test_the_doctor_finds_a_folder_that_cannot_be_written_to(gateway: Gateway, name: str) -> None:
    told = in_a_folder_that_is_read_only(gateway.folder / name, "doctor", "--json", "--config", gateway.config)
    wrong = [finding for finding in told.data["findings"] if finding["bad"]]
    assert told.code == 1
    assert "Traceback" not in told.talk
    assert any(item["what"] == f"paths.{name}" and "cannot be written to" in item["advice"] for item in wrong), wrong


def test_the_doctor_finds_keys_that_cannot_be_written_to_also_after_a_backup(gateway: Gateway, tmp_path: Path) -> None:
    assert gateway.run("backup", tmp_path / "backup", "--keys", tmp_path / "safe").code == 0
    test_the_doctor_finds_a_folder_that_cannot_be_written_to(gateway, "keys")


def test_the_doctor_finds_keys_that_others_can_read(gateway: Gateway) -> None:
    (gateway.folder / "tls" / "ca.key").chmod(0o644)
    [found] = _wrong(gateway)
    assert found.startswith("keys are their owner's alone: others can read them: chmod 600")
    assert "ca.key" in found


def test_the_doctor_says_why_the_store_cannot_be_opened(gateway: Gateway) -> None:
    (gateway.folder / "keys" / "kek").unlink()
    [found] = _wrong(gateway)
    assert found.startswith("the store cannot be opened: [PLI-501]")
    assert "restore it from your key backup" in found


def test_the_doctor_finds_lists_that_are_too_old(gateway: Gateway) -> None:
    old = gateway.file("old.xml", white_list("medecin.mssante.fr", made=datetime(1999, 1, 1, tzinfo=UTC)))
    assert gateway.run("whitelist", "import", old, "--force").code == 0
    [found] = _wrong(gateway)
    assert found.startswith("whitelist of 1999-01-01 00:00 UTC")
    assert "mail is put off until you run pli whitelist import FILE" in found


def test_the_doctor_finds_lists_that_were_never_imported(gateway: Gateway) -> None:
    (gateway.folder / "directory" / "directory.snapshot").unlink()
    [found] = _wrong(gateway)
    assert found == "no directory in service: mail is put off until you run pli directory import FILE"


def test_the_doctor_finds_local_mailboxes_that_the_directory_lost(gateway: Gateway) -> None:
    (gateway.folder / "directory" / "local.json").unlink()
    [found] = _wrong(gateway)
    assert found.startswith("local.json is missing: local mailboxes are unknown")


def test_the_doctor_says_whether_pli_serves_without_standing_in_its_way(gateway: Gateway) -> None:
    assert "! Pli does not serve from this folder: patients" in gateway.run("doctor").out
    with gateway.serving() as serving:
        assert f"✓ Pli serves, by process {serving.process.pid} since" in gateway.run("doctor").out


def test_the_doctor_names_who_keeps_everybody_from_writing(gateway: Gateway) -> None:
    lock = CommitLock(gateway.folder / "data" / "pli.sqlite", timedelta(0))
    lock.take()
    [found] = [one for one in _wrong(gateway) if "nobody keeps others" in one]
    lock.close()
    assert f"[PLI-201] process {os.getpid()} has been writing" in found


def test_the_doctor_and_a_serving_gateway_announce_a_certificate_near_its_end(gateway: Gateway) -> None:
    today = datetime.now(UTC).replace(microsecond=0)
    soon, past = today + timedelta(days=10), today - timedelta(days=1)
    made = gateway.file("soon.pem", certify(None, end=soon).certificate.public_bytes(Encoding.PEM))
    bound = gateway.run("professional", "certificate", CLAIRE, "--certificate", made, "--json").data
    short = bound["certificates"][0]["fingerprint"][:16]
    renew = f"pli professional certificate {CLAIRE}"
    near = f"! a certificate of {CLAIRE} ends on {soon:%Y-%m-%d}: renew it: {renew}\n"
    assert near in gateway.run("doctor").out
    with gateway.serving() as serving:
        log = serving.said + serving.stop().talk
    [line] = [line for line in log.splitlines() if "certificate.ends" in line]
    assert (short in line, f"{soon:%Y-%m-%d}" in line, CLAIRE in line) == (True, True, False)
    _move_end(gateway, soon, past)
    assert f"a certificate of {CLAIRE} ended on {past:%Y-%m-%d}: renew it: {renew}" in _wrong(gateway)
    gateway.run("professional", "certificate", CLAIRE)
    drop = f"! a certificate of {CLAIRE} ended on {past:%Y-%m-%d}: it has another: {renew} --drop {short}\n"
    assert drop in gateway.run("doctor").out


def _move_end(gateway: Gateway, before: datetime, after: datetime) -> None:
    local = gateway.folder / "directory" / "local.json"
    text = local.read_text()
    assert before.isoformat() in text
    local.write_text(text.replace(before.isoformat(), after.isoformat()))


def test_the_doctor_repeats_where_data_are_declared_to_be(gateway: Gateway) -> None:
    assert "! hosting of database and keys is not declared: set hosting.place" in gateway.run("doctor").out
    with gateway.config.open("a") as file:
        file.write('[hosting]\nplace = "FR, Rennes, hébergeur HDS"\nbackups = "US, Ashburn"\nrelays = "FR, Lyon"\n')
    done = gateway.run("doctor")
    assert "✓ hosting of database and keys: FR, Rennes, hébergeur HDS" in done.out
    assert "✓ hosting of messages and documents: FR, Rennes, hébergeur HDS" in done.out
    assert "✗ hosting of backups: US, Ashburn: health data must be hosted in France" in done.out


def test_the_doctor_says_when_the_last_backup_was_made(gateway: Gateway, tmp_path: Path) -> None:
    assert "! no backup was made yet: run pli backup every day" in gateway.run("doctor").out
    assert gateway.run("backup", tmp_path / "copy", "--keys", tmp_path / "copy-keys").code == 0
    assert f"✓ last backup: {datetime.now(UTC):%Y-%m}" in gateway.run("doctor").out


def test_the_doctor_hints_at_what_a_gateway_in_service_would_have(settled: Gateway) -> None:
    lines = settled.run("doctor").out.splitlines()
    assert any(line.startswith("! certificates of the development authority are in service") for line in lines)
    assert any(line.startswith("! 0 certificates of senders are bound") for line in lines)
    assert "✓ 0 messages in quarantine" in lines


def test_traces_that_nobody_touched_are_whole(settled: Gateway) -> None:
    done = settled.run("audit", "verify", "--json")
    assert done.code == 0
    assert done.data["chains"] >= 2
    assert done.data["events"] >= done.data["chains"]
    assert done.data["broken"] == 0


def test_a_trace_that_was_altered_is_found(gateway: Gateway) -> None:
    with closing(sqlite3.connect(gateway.folder / "data" / "pli.sqlite")) as database, database:
        vault = database.execute("SELECT vault FROM audit LIMIT 1").fetchone()[0]
        database.execute("UPDATE audit SET at = at + 1 WHERE vault = ?", (vault,))
    done = gateway.run("audit", "verify", "--json")
    assert done.code == 1
    assert done.data["broken"] == 1
    assert f"the trace of vault {vault:x} is broken at event 1" in done.talk


def test_a_trace_that_was_taken_out_is_named(gateway: Gateway) -> None:
    with closing(sqlite3.connect(gateway.database)) as database, database:
        vault = database.execute("SELECT vault FROM space LIMIT 1").fetchone()[0]
        database.execute("DELETE FROM audit WHERE vault = ?", (vault,))
        database.execute("DELETE FROM audit_head WHERE vault = ?", (vault,))
    done = gateway.run("audit", "verify", "--json")
    assert (done.code, done.data["broken"]) == (1, 1)
    assert f"trace of vault {vault:x}: there is no trace of this vault" in done.talk


def test_a_damaged_record_is_told_with_its_owner_and_what_to_do(gateway: Gateway) -> None:
    with closing(sqlite3.connect(gateway.database)) as database, database:
        vault = database.execute("SELECT vault FROM space LIMIT 1").fetchone()[0]
        database.execute("UPDATE space SET record = zeroblob(64) WHERE vault = ?", (vault,))
    done = gateway.run("verify", "--json")
    assert done.code == 1
    # Its code covers the record, so that the row is told of as bent, too.
    (finding,) = [one for one in done.data["findings"] if one["what"] == "space"]
    assert (finding["vault"], finding["number"]) == (f"{vault:x}", None)
    assert f"space of vault {vault:x}: record does not open" in done.talk
    assert "put the row back from your backup" in finding["remedy"]


def test_everything_is_verified_while_the_gateway_serves(gateway: Gateway) -> None:
    with gateway.serving():
        done = gateway.run("verify", "--json")
    assert (done.code, done.data["damaged"]) == (0, 0)
    assert done.data["records"] > 5
    assert done.data["keys"] >= 2
    assert done.data["events"] >= 2
