"""``pli agent``: added with a certificate, listed, shown, given another one, taken away (F11)."""

from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from tests.builders.certificates import certify
from tests.builders.command_line import Gateway

pytestmark = pytest.mark.timeout(60)
LEA = "Agent Léa M."


def test_agent_comes_and_goes_with_certificates_that_are_theirs_alone(gateway: Gateway, tmp_path: Path) -> None:
    assert "pli agent add NAME" in gateway.run("agent", "list").talk
    added = gateway.run("agent", "add", LEA, "--out", tmp_path / "issued", "--json")
    assert (added.code, added.data["name"], added.data["state"]) == (0, LEA, "in-use")
    made = Path(added.data["cert_file"])
    assert made.name == "agent_agent-lea-m.pem"
    assert "Agent Léa M." in x509.load_pem_x509_certificate(made.read_bytes()).subject.rfc4514_string()
    assert Path(added.data["key_file"]).stat().st_mode & 0o077 == 0
    assert "✗ agents cannot come in: no port asks for certificates: set pro.certificates" in gateway.run("doctor").out
    # A name stands in traces: nobody else gets it, whatever its capitals, and a refusal leaves no files.
    again = gateway.run("agent", "add", LEA.upper(), "--out", tmp_path / "again")
    assert (again.code, "[PLI-302]" in again.talk, list((tmp_path / "again").iterdir())) == (1, True, [])
    file = tmp_path / "outside.pem"
    file.write_bytes(certify(None).certificate.public_bytes(Encoding.PEM))
    both = gateway.run("agent", "certificate", LEA, "--certificate", file, "--json")
    first = added.data["certificates"][0]["fingerprint"]
    assert {one["fingerprint"] for one in both.data["certificates"]} > {first}
    assert "that of another agent" in gateway.run("agent", "add", "Agent Zoé", "--certificate", file).talk
    left = gateway.run("agent", "certificate", LEA, "--drop", first[:16], "--json").data["certificates"]
    assert first not in {one["fingerprint"] for one in left}
    assert "no certificate of this agent has that fingerprint" in gateway.run(
        "agent", "certificate", LEA, "--drop", first[:16]
    ).talk
    for left_key in left:
        gateway.run("agent", "certificate", LEA, "--drop", left_key["fingerprint"])
    advice = f'! « {LEA} » has no certificate: give another: pli agent certificate "{LEA}"'
    assert advice in gateway.run("doctor").out
    removed = gateway.run("agent", "remove", LEA, "--reason", "a quitté le service", "--yes", "--json")
    assert removed.data["state"] == "removed"
    assert gateway.run("agent", "show", LEA, "--json").data == removed.data
    assert "[removed " in gateway.run("agent", "list").out
    assert "was taken away" in gateway.run("agent", "certificate", LEA).talk
    assert "there is no agent" in gateway.run("agent", "show", "Personne").talk
