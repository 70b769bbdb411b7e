"""What ``make demo`` says to whoever runs it: the journey that it walked, and what they can try, which works."""

import html
import http.client
import imaplib
import os
import re
import shlex
import shutil
import signal
import smtplib
import ssl
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, pkcs12

from gateway.demonstration.browser import Browser
from gateway.demonstration.invented_people import PATIENTS

pytestmark = [pytest.mark.xdist_group("gateway"), pytest.mark.timeout(60)]
CAMILLE = PATIENTS[0]


@dataclass(frozen=True, slots=True)
class Said:
    """The words of a demonstration that still runs."""

    text: str

    def found(self, pattern: str) -> tuple[str, ...]:
        """Give the groups of the one place where a pattern is found."""
        (found,) = re.finditer(pattern, self.text)
        return found.groups()

    @property
    def context(self) -> ssl.SSLContext:
        """Give what trusts the authority that is named."""
        (authority,) = self.found(r"\n  autorité +(\S+) ")
        return ssl.create_default_context(cafile=authority)


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Said]:
    """Run it as ``make demo`` does, but for the ports and the browser; it must stop when it is told to."""
    command = [sys.executable, "-m", "gateway.cli", "demo", "--no-browser", "--port-base", "0"]
    folder = tmp_path_factory.mktemp("temporary")
    seen = {**os.environ, "TMPDIR": str(folder)}
    with subprocess.Popen(command, env=seen, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as demo:
        assert demo.stderr is not None
        try:
            words = ""
            while "Ctrl-C" not in words:
                line = demo.stderr.readline()
                assert line, words
                words += line
            yield Said(words)
            demo.send_signal(signal.SIGTERM)
            rest = demo.stderr.read()
            assert (demo.wait(timeout=15), "Traceback" in rest) == (0, False)
            assert list(folder.glob("pli-demo-*")) == []
        finally:
            demo.kill()


def test_journey_is_told_step_by_step(said: Said) -> None:
    steps = re.findall(r"^  ✓ (.+)  \(\d+\.\d s\)$", said.text, re.MULTILINE)
    assert len(steps) == 7
    assert "Camille répond à son médecin, qui lui avait écrit" in steps
    assert "je me sens bien" in steps[-1]


def test_laboratory_is_given_address_port_certificate_and_a_line_for_swaks_that_sends(said: Said) -> None:
    address, port = said.found(r"laboratoire +écrit à (\S+), SMTP localhost (\d+) \(STARTTLS\)")
    certificate, key = said.found(r"certificat (\S+)\n +clé (\S+)\n")
    (command,) = said.found(r"\n +(swaks .+)\n")
    words = [word for word in shlex.split(command)[1:] if word not in {"--tls", "--tls-verify"}]
    told = dict(zip(words[::2], words[1::2], strict=True))
    assert address == told["--to"] == CAMILLE.address
    assert (port, certificate, key) == (told["--port"], told["--tls-cert"], told["--tls-key"])
    context = ssl.create_default_context(cafile=told["--tls-ca-path"])
    context.load_cert_chain(certificate, key)
    head = f"To: {address}\r\nFrom: {told['--from']}\r\n{told['--header']}\r\nMessage-Id: <essai@c.example>\r\n"
    with smtplib.SMTP(told["--server"], int(port), local_hostname="client.example", timeout=15) as client:
        client.starttls(context=context)
        refused = client.sendmail(told["--from"], address, f"{head}\r\n{told['--body']}\r\n")
    assert refused == {}
    assert not shutil.which("swaks") or subprocess.run(shlex.split(command), timeout=15, check=False).returncode == 0


def test_each_account_is_told_with_its_password_and_what_is_worth_looking_at(said: Said) -> None:
    told = re.findall(r"^ {19}(\w+), (\S+) : (.{20,})$", said.text, re.MULTILINE)
    active = [patient for patient in PATIENTS if patient.password]
    assert [(name, password) for name, password, _ in told] == [(one.identifier, one.password) for one in active]


def test_doctor_signs_in_with_the_port_and_password_that_are_told(said: Said) -> None:
    port, user, password = said.found(r"IMAP (\d+) et SMTP \d+ \(TLS\)\n +(\S+), mot de passe (\S+)\n")
    with imaplib.IMAP4_SSL("localhost", int(port), ssl_context=said.context, timeout=15) as client:
        assert client.login(user, password)[0] == "OK"


def test_addresses_that_are_told_answer(said: Said) -> None:
    token, fhir = said.found(r"'Authorization: Bearer (\S+)' (\S+)\n")
    (web,) = said.found(r"espace patient +(\S+)\n")
    (activation,) = said.found(r" a reçu sa lettre : (\S+)\n")
    bearer = {"Authorization": f"Bearer {token}"}
    for url, headers, status in ((fhir, bearer, 200), (web, {}, 303), (activation, {}, 200)):
        host, _, path = url.removeprefix("https://").partition("/")
        with closing(http.client.HTTPSConnection(host, context=said.context, timeout=15)) as client:
            client.request("GET", f"/{path}", headers=headers)
            assert client.getresponse().status == status, url


def test_somebody_to_activate_is_told_with_number_birth_date_card_and_code(said: Said) -> None:
    number, born, card, code = said.found(
        r"numéro de sécurité sociale (\d{15}), né le ([\d/]{10})\n +carte Vitale (\d+), code de la lettre (\S+)\n"
    )
    known = [patient for patient in PATIENTS if patient.identity.ins.value == number]
    assert [patient.card_serial for patient in known] == [card]
    assert [str(patient.identity.traits.birth_date) for patient in known] == ["-".join(reversed(born.split("/")))]
    assert len(code) >= 8
    assert Path(said.found(r"arrivent dans (\S+)\n")[0]).is_dir()


async def test_parent_and_carer_find_whom_they_act_for(said: Said) -> None:
    (web,) = said.found(r"espace patient +(\S+)\n")
    (authority,) = said.found(r"\n  autorité +(\S+) ")
    notices = Path(said.found(r"arrivent dans (\S+)\n")[0])
    name, password = said.found(r"\n +Julien : (\w+), (\S+)\n")
    lina = next(one for one in PATIENTS if one.identifier == "lina")
    for identifier, secret, found in (
        (name, password, ("Agir pour Noé", "Activer ou répondre", "Zoé Lefèvre")),
        (lina.identifier, lina.password, ("Vous êtes son aidant", "Agir pour Louis")),
    ):
        async with Browser(web, authority) as browser:
            await browser.sign_in(identifier, secret, notices)
            page = html.unescape(await browser.get("/proches"))
        assert [words for words in found if words not in page] == []


def test_cards_that_are_told_let_their_holders_and_the_agent_in(said: Said, tmp_path: Path) -> None:
    (console,) = said.found(r"\n  console +(\S+) ")
    (agents,) = said.found(r"\n  agent +(\S+) ")
    secret = said.found(r"le mot de passe est (\S+)\n")[0].encode()
    cards = re.findall(r"^ +carte de (.+) : (\S+\.p12)$", said.text, re.MULTILINE)
    assert [name for name, _ in cards] == ["Dr Claire Martin", "Karim Haddad"]
    cards.append(("Agent 12", *said.found(r"importez-le d'abord, le mot de passe est \S+ : (\S+\.p12)\n")))
    doors = {"Agent 12": agents}
    shown = {}
    for name, file in cards:
        key, certificate, _ = pkcs12.load_key_and_certificates(Path(file).read_bytes(), secret)
        assert key is not None
        assert certificate is not None
        pem = certificate.public_bytes(Encoding.PEM) + key.private_bytes(
            Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
        )
        (tmp_path / "card.pem").write_bytes(pem)
        shown[name] = _page_of_card(said, f"{doors.get(name, console)}connexion", str(tmp_path / "card.pem"))
    assert [name for name, page in shown.items() if name not in page] == []


def _page_of_card(said: Said, door: str, certificate: str) -> str:
    """Follow the button of a door, as a browser that holds a certificate."""
    (place,) = re.findall(r'href="(https://localhost:\d+/[^"]+)"', _page(door, said.context))
    context = said.context
    context.load_cert_chain(certificate)
    return _page(place, context)


def _page(url: str, context: ssl.SSLContext) -> str:
    host, _, path = url.removeprefix("https://").partition("/")
    with closing(http.client.HTTPSConnection(host, context=context, timeout=15)) as client:
        client.request("GET", f"/{path}")
        return html.unescape(client.getresponse().read().decode())
