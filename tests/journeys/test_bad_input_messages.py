"""Messages that are too large, malformed, forged or made to exhaust: each gets its answer, and leaves nothing."""

import re
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.builders.gateway_mail import (
    BIOLAB,
    CLAIRE,
    LILAS,
    PAUL,
    Answer,
    converse,
    letter,
    pair_of,
    raw_letter,
    receipt_of,
    relay,
    relay_connection,
    reveals_nothing,
    submit,
)
from tests.builders.gateway_site import NOTHING, GatewaySite, Patient, Seen
from tests.builders.process_tree import serving_below

pytestmark = pytest.mark.xdist_group("gateway")
MEBIBYTE = 1024 * 1024


def refused(site: GatewaySite, patient: Patient, answer: Answer, status: str, stage: str = "DATA") -> None:
    assert (answer.stage, answer.status) == (stage, status)
    assert reveals_nothing(answer)
    site.settle()
    assert site.seen_by(patient) == NOTHING


# ---------------------------------------------------------------- octets


def test_announced_oversize_is_refused_at_mail(site: GatewaySite) -> None:
    with relay_connection(site, pair_of(site, LILAS)) as client:
        code, text = client.mail(LILAS, ["SIZE=26000000"])
    assert (code, text.partition(b" ")[0]) == (552, b"5.3.4")


def test_oversize_by_octets_is_refused_after_the_dot(site: GatewaySite, patient: Patient) -> None:
    line = b"a" * 998 + b"\r\n"
    raw = letter(LILAS, patient.address).raw + line * 26_000
    refused(site, patient, relay(site, LILAS, patient.address, raw), "552 5.3.4")


@pytest.mark.parametrize(
    "octets", [b"a\nb", b"a\rb", b"a\0b", b"a\n.\nb", b"a\r.\rb", b"\n.\r\nMAIL FROM:<" + LILAS.encode() + b">"]
)
def test_bare_octets_are_refused_and_close_the_connection(site: GatewaySite, patient: Patient, octets: bytes) -> None:
    raw = letter(LILAS, patient.address).raw + octets + b"\r\n"
    refused(site, patient, relay(site, LILAS, patient.address, raw), "550 5.6.11")


def test_line_of_two_thousand_octets_is_refused(site: GatewaySite, patient: Patient) -> None:
    raw = letter(LILAS, patient.address).raw + b"a" * 2_000 + b"\r\n"
    refused(site, patient, relay(site, LILAS, patient.address, raw), "500 5.6.0")


def test_header_of_more_than_its_limit_is_refused(site: GatewaySite, patient: Patient) -> None:
    raw = b"X-Long: a\r\n" * 1_100 + letter(LILAS, patient.address).raw
    refused(site, patient, relay(site, LILAS, patient.address, raw), "552 5.3.4")


def test_message_that_went_round_fifty_servers_is_refused(site: GatewaySite, patient: Patient) -> None:
    trace = b"Received: from a.example by b.example; Mon, 05 Jan 2026 09:30:00 +0100\r\n"
    raw = letter(LILAS, patient.address).raw
    refused(site, patient, relay(site, LILAS, patient.address, trace * 51 + raw), "554 5.4.6")
    assert relay(site, LILAS, patient.address, trace * 50 + raw).status == "250 2.0.0"


# ---------------------------------------------------------------- From


@pytest.mark.parametrize(
    "author",
    [
        pytest.param("", id="no From"),
        pytest.param(f"From: <{LILAS}>\nFrom: <{CLAIRE}>", id="two fields"),
        pytest.param(f"From: <{LILAS}>\nfrom: <{LILAS}>", id="two fields that agree"),
        pytest.param(f"From: {LILAS}, {CLAIRE}", id="two mailboxes"),
        pytest.param(f"From: Dr Claire Martin <{CLAIRE}>", id="somebody else"),
        pytest.param(f"From: {LILAS} <{CLAIRE}>", id="the sender as a name"),
        pytest.param(f'From: "{LILAS}" <{CLAIRE}>', id="the sender as a quoted name"),
        pytest.param(f"From: {LILAS})<{CLAIRE}>", id="the sender before a stray bracket"),
        pytest.param(f"From: ({LILAS}) {CLAIRE}", id="the sender as a comment"),
        pytest.param(f"From: =?utf-8?q?=3C{LILAS.replace('@', '=40')}=3E?= <{CLAIRE}>", id="the sender encoded"),
        pytest.param(f"From: =?utf-8?q?x=0D=0AFrom:=20{CLAIRE}?= <{CLAIRE}>", id="a field encoded in a name"),
        pytest.param(f"From: <{CLAIRE}> <{LILAS}>", id="two brackets"),
        pytest.param(f"From: <@medecin.mssante.fr,@x:{CLAIRE}>", id="a route"),
        pytest.param("From: resultats\N{CYRILLIC SMALL LETTER ES}@labo-lilas.mssante.fr", id="a look-alike"),
        pytest.param("From: ;", id="nobody"),
    ],
)
def test_author_other_than_the_sender_is_refused(site: GatewaySite, patient: Patient, author: str) -> None:
    raw = raw_letter(f"{author}\nTo: {patient.address}\nSubject: x\nMessage-ID: <a@b.example>")
    refused(site, patient, relay(site, LILAS, patient.address, raw), "550 5.7.1")


@pytest.mark.parametrize(
    "author",
    [
        pytest.param(f"From:\n Laboratoire des Lilas\n <{LILAS}>", id="folded"),
        pytest.param(f"From: =?utf-8?b?TGFib3JhdG9pcmU=?= <{LILAS.upper()}>", id="encoded name, capitals"),
        pytest.param(f"from : Labo (des Lilas) <{LILAS}>", id="old form"),
    ],
)
def test_author_in_an_unusual_but_legal_form_is_accepted(site: GatewaySite, patient: Patient, author: str) -> None:
    raw = raw_letter(f"{author}\nTo: {patient.address}\nSubject: x\nMessage-ID: <forme@b.example>")
    assert relay(site, LILAS, patient.address, raw).status == "250 2.0.0"
    assert site.messages(patient.address)[0].sender_name == "Laboratoire des Lilas"


def test_doctor_may_not_sign_as_another(site: GatewaySite, patient: Patient) -> None:
    answer = submit(site, CLAIRE, patient.address, letter(PAUL, patient.address).raw)
    refused(site, patient, answer, "550 5.7.1")


# ---------------------------------------------------------------- made to exhaust


def many_parts(head: bytes) -> bytes:
    return head + b'Content-Type: multipart/mixed; boundary="b"\r\n\r\n' + b"--b\r\n\r\nx\r\n" * 50_000 + b"--b--\r\n"


def deep_nesting(head: bytes) -> bytes:
    opened = b"".join(
        b'Content-Type: multipart/mixed; boundary="%d"\r\n\r\n--%d\r\n' % (level, level) for level in range(1_000)
    )
    return head + opened + b"\r\nx\r\n"


def nested_messages(head: bytes) -> bytes:
    return head + b"Content-Type: message/rfc822\r\n\r\n" * 1_000 + b"x\r\n"


def many_parameters(head: bytes) -> bytes:
    # Folded: a header of 4,000 lines would be refused for its lines.
    several = b";".join(b' a%d="b"' % n for n in range(4_000))
    lines = [several[at : at + 900] for at in range(0, len(several), 900)]
    return head + b"Content-Type: text/plain;\r\n " + b"\r\n ".join(lines) + b"\r\n\r\nx\r\n"


def equal_boundaries(head: bytes) -> bytes:
    one = b'Content-Type: multipart/mixed; boundary="b"\r\n\r\n--b\r\n'
    return head + one * 5_000 + b"\r\nx\r\n--b--\r\n"


def many_addresses(head: bytes) -> bytes:
    lines = b"".join(b"\r\n " + b"a@b.example," * 80 for _ in range(100))
    return b"Cc: c@d.example," + lines + b" e@f.example\r\n" + head + b"\r\nx\r\n"


@pytest.mark.parametrize(
    "written", [many_parts, deep_nesting, nested_messages, many_parameters, equal_boundaries, many_addresses]
)
def test_exhausting_message_costs_little(
    site: GatewaySite, patient: Patient, written: Callable[[bytes], bytes]
) -> None:
    fields = f"From: <{LILAS}>\r\nTo: <{patient.address}>\r\nMessage-ID: <{written.__name__}@b.example>\r\n"
    raw, before = written(fields.encode()), peak_memory(serving_below(site.pid)[0])
    began = time.perf_counter()
    answer = relay(site, LILAS, patient.address, raw)
    assert time.perf_counter() - began < 2
    assert peak_memory(serving_below(site.pid)[0]) < before + 200 * MEBIBYTE
    assert answer.status in ("250 2.0.0", "550 5.6.0", "552 5.3.4", "550 5.7.1")
    assert reveals_nothing(answer)
    site.settle()
    # Stored opaque or refused: never half.
    assert site.seen_by(patient) == (Seen(messages=1, notices=1) if answer.code == 250 else NOTHING)


def peak_memory(pid: int) -> int:
    """Give the most memory the server has held so far, in octets."""
    found = re.search(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text(encoding="ascii"))
    assert found is not None
    return int(found[1]) * 1024


# ---------------------------------------------------------------- null sender


def null_sender(site: GatewaySite, recipient: str, raw: bytes) -> Answer:
    with relay_connection(site, pair_of(site, BIOLAB)) as client:
        return converse(client, "", [recipient], raw)


def test_null_sender_is_refused_when_it_reports_nothing(site: GatewaySite, patient: Patient) -> None:
    refused(site, patient, null_sender(site, patient.address, letter(BIOLAB, patient.address).raw), "550 5.7.1")


def test_report_about_nothing_sent_from_here_is_refused(site: GatewaySite, patient: Patient) -> None:
    answer = null_sender(site, patient.address, receipt_of(BIOLAB, patient.address, "<jamais.vu@patient.mssante.fr>"))
    refused(site, patient, answer, "550 5.7.1")


def test_report_about_a_message_that_was_received_is_refused(site: GatewaySite, patient: Patient) -> None:
    sent = letter(BIOLAB, patient.address)
    assert relay(site, BIOLAB, patient.address, sent.raw, holder=BIOLAB).status == "250 2.0.0"
    answer = null_sender(site, patient.address, receipt_of(BIOLAB, patient.address, sent.message_id))
    assert answer.status == "550 5.7.1"
    site.settle()
    assert site.seen_by(patient).messages == 1
