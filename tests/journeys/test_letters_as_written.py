"""A letter shows what its author wrote, whatever its form (RFC 2046 §5.1), and only its sender as author (POL-41)."""

import html
import itertools
import re

import pytest

from tests.builders.gateway_inbox import mail_with
from tests.builders.gateway_mail import CLAIRE, LILAS, PAUL, letter, raw_letter, relay, submit
from tests.builders.gateway_site import GatewaySite, Patient
from tests.builders.patient_browser import conversation_with, signed_in

pytestmark = pytest.mark.xdist_group("gateway")
_TAG = re.compile(r"<[^>]*>")
_numbers = itertools.count(1)
_HTML, _PLAIN = "Content-Type: text/html; charset=utf-8\r\n\r\n", "Content-Type: text/plain; charset=utf-8\r\n\r\n"


def written(patient: Patient, fields: str, body: str, sender: str = CLAIRE) -> bytes:
    """Write a letter of this type and body."""
    head = f"From: {sender}\nTo: {patient.address}\nSubject: Lettre {next(_numbers)}\n"
    return raw_letter(f"{head}Message-ID: <ecrite.{next(_numbers)}@a.example>\nMIME-Version: 1.0\n{fields}", body)


def parted(*parts: str, kind: str = "mixed") -> tuple[str, str]:
    """Give type and body of a letter of several parts."""
    return f"Content-Type: multipart/{kind}; boundary=b", "".join(f"--b\r\n{part}\r\n" for part in parts) + "--b--\r\n"


_FILE = "Content-Type: text/csv; name=a.csv\r\n\r\n1;2"
LETTERS = {
    "HTML, then plain": (parted(f"{_HTML}<p>Arrêtez A.</p>", f"{_PLAIN}Confidentiel."), "Arrêtez A. Confidentiel."),
    "a file between": (parted(f"{_HTML}<p>Avant.</p>", _FILE, f"{_HTML}<p>Après.</p>"), "Avant. Après."),
    "enriched": (("Content-Type: text/enriched; charset=utf-8", "<bold>Reporté</bold> à 10 h."), "Reporté à 10 h."),
    "flowed": (("Content-Type: text/plain; format=flowed", "Une \r\nphrase.\r\n De.\r\n"), "Une phrase. De."),
    "drawn": (("Content-Type: text/html", "<noscript>Des</noscript> <svg><text>mots</text></svg>"), "Des mots"),
    "a word of base64": (("Content-Type: text/plain", "a3f1" * 16), "a3f1" * 16),
    "a preheader": (("Content-Type: text/html", "<div style='display:none'>Aperçu</div><p>Bonjour.</p>"), "Bonjour."),
    "a preheader without a style": (("Content-Type: text/html", "<div hidden>Aperçu</div><p>Bonjour.</p>"), "Bonjour."),
    "a faint preheader": (("Content-Type: text/html", "<td style='opacity:0'>Aperçu</td><p>Bonjour.</p>"), "Bonjour."),
    "a preheader behind a title": (
        ("Content-Type: text/html", "<div title='a b' hidden=''>Aperçu</div><p>Bonjour.</p>"), "Bonjour.",
    ),
    "a word in a title": (("Content-Type: text/html", "<p title='not hidden here'>Bonjour.</p>"), "Bonjour."),
    "a word in a class": (("Content-Type: text/html", '<td class="a hidden b">Bonjour.</td>'), "Bonjour."),
}


@pytest.mark.parametrize("way", LETTERS)
async def test_page_shows_every_word_in_its_order(site: GatewaySite, patient: Patient, way: str) -> None:
    (fields, body), words = LETTERS[way]
    shown, _ = await page_of(site, patient, written(patient, fields, body))
    assert shown == words


async def test_one_bad_octet_costs_one_character(site: GatewaySite, patient: Patient) -> None:
    raw = written(patient, "Content-Type: text/plain; charset=utf-8", "Résultat très élevé. ") + b"\xe9\r\n"
    shown, _ = await page_of(site, patient, raw)
    assert shown == "Résultat très élevé. \ufffd"


async def test_picture_that_no_text_names_is_listed(site: GatewaySite, patient: Patient) -> None:
    picture = "Content-Type: image/gif; name=plaie.gif\r\nContent-ID: <p1@x>\r\n\r\nGIF89a"
    raw = written(patient, *parted(f"{_HTML}<p>Voici la photo.</p>", picture, kind="related"))
    shown, page = await page_of(site, patient, raw)
    assert (shown, "plaie.gif" in page) == ("Voici la photo.", True)


async def test_formatted_view_shows_every_text(site: GatewaySite, patient: Patient) -> None:
    hidden = "<div style='display:none'>Aperçu</div>"
    raw = written(patient, *parted(f"{_HTML}{hidden}<p>Arrêtez <b>A</b>.</p>", f"{_PLAIN}Confidentiel."))
    _, page = await page_of(site, patient, raw)
    frame = re.search(r'src="(/messages/[0-9a-f]+/mise-en-forme)"', page)
    assert frame is not None
    async with signed_in(site, patient) as browser:
        view = html.unescape(await browser.get(frame[1]))
    assert view.index("Arrêtez <b>A</b>.") < view.index("Confidentiel.")
    assert '<div style="display:none">Aperçu</div>' in view


async def test_automatic_answer_is_said_to_be_one_and_not_a_result(site: GatewaySite, patient: Patient) -> None:
    absent = letter(CLAIRE, patient.address, text="Je suis absente.", Auto_Submitted="auto-replied")
    _, page = await page_of(site, patient, absent.raw)
    assert "Il a été envoyé automatiquement par Dr Claire Martin." in page
    assert "vos résultats" not in page


async def test_list_names_who_wrote_whatever_reply_to_says(site: GatewaySite, patient: Patient) -> None:
    assert submit(site, CLAIRE, patient.address, letter(CLAIRE, patient.address, Reply_To=f"<{PAUL}>").raw).code == 250
    site.settle()
    async with signed_in(site, patient) as browser:
        page = await browser.get("/messages")
        assert "Paul Nguyen" not in page
        assert await conversation_with(browser, "Dr Claire Martin")


# ---------------------------------------------------------------- another's name as author

FORGED = [
    f"Sender: <{PAUL}>",
    f"Resent-From: <{PAUL}>",
    f"Resent-Sender: <{PAUL}>",
    f'From: "{PAUL}" <{{sender}}>',
    f"From: ({PAUL}) <{{sender}}>",
    f"From: {PAUL}:<{{sender}}>;",
    "Sender\n : <{sender}>",
]


@pytest.mark.parametrize("field", FORGED)
def test_submission_shows_nobody_else_as_author(site: GatewaySite, patient: Patient, field: str) -> None:
    answer = submit(site, CLAIRE, patient.address, signed(CLAIRE, patient, field))
    assert answer.status in {"550 5.7.1", "550 5.6.0"}
    assert (answer.text.isascii(), site.messages(patient.address)) == (True, [])


@pytest.mark.parametrize("field", FORGED)
def test_relay_shows_no_author_of_another_domain(site: GatewaySite, patient: Patient, field: str) -> None:
    answer = relay(site, LILAS, patient.address, signed(LILAS, patient, field))
    assert answer.status in {"550 5.7.1", "550 5.6.0"}
    assert site.messages(patient.address) == []


def test_relay_keeps_a_sender_of_its_own_domain_as_it_came(site: GatewaySite) -> None:
    raw = raw_letter(
        f"From: {LILAS}\nSender: <secretariat@{LILAS.partition('@')[2]}>\nTo: {PAUL}\nSubject: Tel {next(_numbers)}\n"
        f"Message-ID: <tel.{next(_numbers)}@labo.example>\nDate: Mon, 05 Jan 2026 09:30:00 +0100\nBcc: {CLAIRE}"
    )
    assert relay(site, LILAS, PAUL, raw).status == "250 2.0.0"
    site.settle()
    (found,) = mail_with(site, PAUL, "Subject", re.findall(rb"Tel \d+", raw)[0].decode())
    assert (found["Sender"], found["Bcc"]) == (f"secretariat@{LILAS.partition('@')[2]}", CLAIRE)


def signed(sender: str, patient: Patient, field: str) -> bytes:
    author = "" if field.startswith("From") else f"From: {sender}\n"
    return raw_letter(f"{author}{field.format(sender=sender)}\nTo: {patient.address}\nSubject: x\nMessage-ID: <s@a.fr>")


async def page_of(site: GatewaySite, patient: Patient, raw: bytes) -> tuple[str, str]:
    """Have a doctor send a letter; give its words on the patient's page, and the page."""
    assert submit(site, CLAIRE, patient.address, raw).status == "250 2.0.0"
    site.settle()
    async with signed_in(site, patient) as browser:
        page = html.unescape(await browser.get(await conversation_with(browser, "Dr Claire Martin")))
    prose = re.findall(r'<div class="prose">(.*?)</div>', page, re.DOTALL)
    return " ".join(_TAG.sub(" ", " ".join(prose)).split()), page
