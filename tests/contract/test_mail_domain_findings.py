"""SPF, DKIM and DMARC of the notices' domain, asked of a real DNS server."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import dns.rcode
import pytest

from gateway.cli.mail_domain_findings import mail_domain_findings
from gateway.cli.place_findings import notice_findings
from gateway.config import settings_of
from tests.builders.dns_server import dns_server

SPF, KEY, POLICY = "v=spf1 ip4:192.0.2.1 -all", f"v=DKIM1; k=rsa; p={'A' * 300}", "v=DMARC1; p=reject"
SOUND = {"avis.example": (SPF,), "pli._domainkey.avis.example": (KEY,), "_dmarc.avis.example": (POLICY,)}


def _found(records: Mapping[str, Sequence[str]], domain: str = "avis.example", selector: str = "pli") -> list[str]:
    with dns_server(records) as resolver:
        return [str(finding) for finding in mail_domain_findings(domain, selector, resolver)]


def test_a_sound_domain_is_said_to_be_sound() -> None:
    assert _found(SOUND) == [
        "✓ SPF of avis.example", "✓ DKIM key at pli._domainkey.avis.example", "✓ DMARC of avis.example says reject",
    ]  # fmt: skip


def test_a_domain_without_records_is_told_what_to_publish() -> None:
    spf, dkim, dmarc = _found({})
    assert spf.startswith("✗ no SPF record at avis.example: publish TXT")
    assert dkim.startswith("✗ no DKIM key at pli._domainkey.avis.example")
    assert dmarc.startswith("✗ no DMARC record at _dmarc.avis.example")


@pytest.mark.parametrize(
    ("name", "texts", "what"),
    [
        ("avis.example", (SPF, "v=spf1 -all"), "✗ 2 SPF records at avis.example: receivers ignore them all"),
        ("avis.example", ("v=spf1 +all",), "✗ SPF of avis.example lets anybody send"),
        ("avis.example", ("v=spf10 -all",), "✗ no SPF record at avis.example"),
        ("pli._domainkey.avis.example", ("v=DKIM1; p=",), "is withdrawn"),
        ("_dmarc.avis.example", ("v=DMARC1; p=none",), "! DMARC of avis.example says none: it stops nobody"),
        ("_dmarc.avis.example", (POLICY, "v=DMARC1; p=none"), "✗ no DMARC record"),
    ],
)
def test_a_record_that_protects_nothing_is_told(name: str, texts: tuple[str, ...], what: str) -> None:
    assert any(what in line for line in _found(SOUND | {name: texts}))


def test_a_policy_of_the_domain_above_counts() -> None:
    records = {"avis.hopital.example": (SPF,), "_dmarc.hopital.example": ("v=DMARC1; p=none; sp=quarantine",)}
    assert _found(records, "avis.hopital.example", "")[-1] == "✓ DMARC of avis.hopital.example says quarantine"


@pytest.mark.parametrize("rcode", [dns.rcode.SERVFAIL, dns.rcode.REFUSED])
def test_nothing_is_concluded_from_a_dns_that_is_down(rcode: dns.rcode.Rcode) -> None:
    with dns_server(SOUND, rcode) as resolver:
        [found] = mail_domain_findings("avis.example", "pli", resolver)
    assert str(found) == "! mail records of avis.example are not known: the DNS did not answer: try again later"


def test_notices_that_are_files_ask_no_dns() -> None:
    [found] = notice_findings(settings_of({}, Path("/var/lib/pli")))
    assert str(found) == "! e-mail notices are files in paths.notices: your own program must send them"


@pytest.mark.parametrize(("key", "lines"), [("", 3), ("dkim.key", 4)])
def test_the_domain_of_the_sender_of_notices_is_looked_up(key: str, lines: int) -> None:
    notices = {"relay": "relais.example:587", "sender": "avis@avis.example", "dkim_key": key}
    settings = settings_of({"notices": notices}, Path("/var/lib/pli"))
    with dns_server(SOUND) as resolver:
        found = [str(item) for item in notice_findings(settings, resolver)]
    assert found[:2] == ["✓ e-mail notices go by relais.example:587", "✓ SPF of avis.example"]
    assert len(found) == lines
