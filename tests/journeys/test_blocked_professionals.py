"""A patient authorises and blocks professionals in « Confidentialité »: at once, by mail and at their record."""

import html
import re

import pytest

from gateway.demonstration.browser import Browser
from gateway.domain.access import Action, Right, SpacePart
from gateway.domain.address import MailAddress
from gateway.policy.access.verdict import Permit
from gateway.services.explanation.access import explain_access_of
from tests.builders.gateway_inbox import inbox
from tests.builders.gateway_mail import (
    CLAIRE,
    LILAS,
    PAUL,
    a_report_on,
    archive_of,
    letter,
    relay,
    submission_connection,
    submit,
    with_attachments,
    xdm,
)
from tests.builders.gateway_site import GatewaySite, Patient, invented_patient
from tests.builders.patient_browser import conversation_with, signed_in

pytestmark = pytest.mark.xdist_group("gateway")
PATH = "/parametres/confidentialite"
REFUSALS = f"{PATH}/refus"


async def choose(browser: Browser, name: str, choice: str, path: str = PATH) -> str:
    """Press a button of somebody's line, and give the page that follows."""
    page = html.unescape(await browser.get(path))
    lines = page.split('<li class="party">')[1:]
    (line,) = [one for one in lines if f"<strong>{name}</strong>" in one]
    found = re.search(r'name="professionnel" value="([0-9a-f]{32})"', line)
    assert found is not None
    return html.unescape(await browser.submit(page, path, {"professionnel": found[1], "choix": choice}))


def write(site: GatewaySite, patient: Patient, sender: str = CLAIRE) -> str:
    """Have somebody write to the patient, and give the status and text of the answer."""
    send = relay if sender == LILAS else submit
    answer = send(site, sender, patient.address, letter(sender, patient.address).raw)
    return f"{answer.stage} {answer.code} {answer.text}"


async def test_block_counts_at_once_for_every_mailbox_of_its_holder_and_is_taken_back(
    site: GatewaySite, patient: Patient
) -> None:
    stranger = site.new_patient()
    async with signed_in(site, patient) as browser:
        assert "Personne n’est encore en contact avec vous." in html.unescape(await browser.get(PATH))
        assert write(site, patient).startswith("DATA 250")
        assert write(site, patient, PAUL).startswith("DATA 250")
        with submission_connection(site, CLAIRE) as open_session, inbox(site, CLAIRE) as reading:
            assert open_session.mail(CLAIRE)[0] == 250
            assert "bloqué" in await choose(browser, "Dr Claire Martin", "bloquer")
            # The session was open before: the next command meets the block, with the words of any refusal.
            code, said = open_session.rcpt(patient.address)
            assert (code, said.decode()) == (550, _refusal_of_an_unknown_space(site))
            # What they hold already is theirs: their own mailbox goes on being read.
            assert reading.select("INBOX")[0] == "OK"
        assert write(site, patient, PAUL).startswith("DATA 250")
        assert write(site, stranger).startswith("DATA 250")
        page = html.unescape(await browser.get(await conversation_with(browser, "Dr Claire Martin")))
        assert "Vous avez bloqué ce correspondant" in page
        assert "retiré" in await choose(browser, "Dr Claire Martin", "retirer")
        assert write(site, patient).startswith("DATA 250")


async def test_laboratory_that_nobody_answers_is_in_contact_and_can_be_blocked(
    site: GatewaySite, patient: Patient
) -> None:
    assert write(site, patient, LILAS).startswith("DATA 250")
    async with signed_in(site, patient) as browser:
        assert "bloqué" in await choose(browser, "Laboratoire des Lilas", "bloquer")
        assert write(site, patient, LILAS) == f"RCPT 550 {_refusal_of_an_unknown_space(site)}"
        await choose(browser, "Laboratoire des Lilas", "retirer")
        assert write(site, patient, LILAS).startswith("DATA 250")


async def test_consent_opens_the_record_and_a_block_closes_it_again(site: GatewaySite, patient: Patient) -> None:
    assert write(site, patient).startswith("DATA 250")
    async with signed_in(site, patient) as browser:
        assert rule_for(site, patient, CLAIRE) == "ACC-06"
        assert "peut maintenant ouvrir" in await choose(browser, "Dr Claire Martin", "autoriser")
        assert (rule_for(site, patient, CLAIRE), rule_for(site, patient, PAUL)) == ("", "ACC-06")
        await choose(browser, "Dr Claire Martin", "bloquer")
        assert rule_for(site, patient, CLAIRE) == "ACC-06"  # reads like a consent that was never given
        await choose(browser, "Dr Claire Martin", "retirer")
        assert rule_for(site, patient, CLAIRE) == "ACC-06"


async def test_document_is_hidden_from_one_and_shown_to_one_and_the_preview_says_so(
    site: GatewaySite, patient: Patient
) -> None:
    assert write(site, patient).startswith("DATA 250")
    assert write(site, patient, PAUL).startswith("DATA 250")
    report = with_attachments(LILAS, patient, xdm(archive_of(a_report_on(patient))))
    assert relay(site, LILAS, patient.address, report.raw).status == "250 2.0.0"
    site.settle()
    (filed,) = site.documents(patient)
    path = f"/documents/{filed.id:x}/qui-voit"

    def kept(*who: str) -> list[str]:
        return [rule_for(site, patient, one, filed.id) for one in who]

    async with signed_in(site, patient) as browser:
        for name in ("Dr Claire Martin", "Dr Paul Nguyen"):
            await choose(browser, name, "autoriser")
        assert kept(CLAIRE, PAUL) == ["", ""]
        assert "caché à ce professionnel" in await choose(browser, "Dr Paul Nguyen", "cacher", path)
        assert kept(CLAIRE, PAUL) == ["", "ACC-12"]
        assert await seen(browser, "Dr Paul Nguyen") == (0, 1)
        assert await seen(browser, "Dr Claire Martin") == (1, 0)
        await choose(browser, "Dr Paul Nguyen", "retirer", path)
        # Hidden from all now, shown to one: the most precise choice counts.
        one = f"/documents/{filed.id:x}"
        await browser.submit(await browser.get(one), f"{one}/visibilite", {"choix": "oui"})
        assert kept(CLAIRE, PAUL) == ["ACC-12", "ACC-12"]
        await choose(browser, "Dr Claire Martin", "montrer", path)
        assert kept(CLAIRE, PAUL) == ["", "ACC-12"]
        assert await seen(browser, "Dr Claire Martin") == (1, 0)
        await choose(browser, "Dr Claire Martin", "bloquer")
        assert kept(CLAIRE) == ["ACC-06"]
        assert "Rien. Vous avez bloqué" in await preview(browser, "Dr Claire Martin")


async def test_every_refusal_stands_in_one_list_and_is_taken_back_there(site: GatewaySite, patient: Patient) -> None:
    for sender in (CLAIRE, PAUL):
        assert write(site, patient, sender).startswith("DATA 250")
    report = with_attachments(LILAS, patient, xdm(archive_of(a_report_on(patient))))
    assert relay(site, LILAS, patient.address, report.raw).status == "250 2.0.0"
    site.settle()
    (filed,) = site.documents(patient)
    async with signed_in(site, patient) as browser:
        await choose(browser, "Dr Claire Martin", "bloquer")
        await choose(browser, "Dr Paul Nguyen", "cacher", f"/documents/{filed.id:x}/qui-voit")
        one = f"/documents/{filed.id:x}"
        await browser.submit(await browser.get(one), f"{one}/visibilite", {"choix": "oui"})
        settings = "/parametres/documents"
        await browser.submit(await browser.get(settings), settings, {"choix": "cacher"})
        page = html.unescape(await browser.get(REFUSALS))
        assert "un document caché reste caché" in page
        assert refused(page) == ["document", "exception", "nouveaux", "professionnel", *["urgence"] * 3]
        while left := refused(page):
            page = html.unescape(await browser.submit(*form_of(page, left[0])))
            assert 'id="fait"' in page
            assert len(refused(page)) == len(left) - 1
        assert "vos documents cachés sont montrés, car vous l’acceptez" in page
        assert await seen(browser, "Dr Paul Nguyen") == (1, 0)
    assert write(site, patient).startswith("DATA 250")


def refused(page: str) -> list[str]:
    """Name the refusals of the list, in order of their kinds."""
    return sorted(re.findall(r'name="refus" value="([a-z]+)"', page))


def form_of(page: str, what: str) -> tuple[str, str, dict[str, str]]:
    """Give the form of one refusal of this kind as a page of its own, and what its button sends."""
    forms = re.findall(r"<form.*?</form>", page, re.DOTALL)
    return next(one for one in forms if f'name="refus" value="{what}"' in one), REFUSALS, {"refus": what}


async def test_three_consents_for_emergencies_are_given_and_withdrawn_one_by_one(
    site: GatewaySite, patient: Patient
) -> None:
    async with signed_in(site, patient) as browser:
        page = await browser.get(PATH)
        assert page.count("checked") == 0
        page = await browser.submit(page, f"{PATH}/urgences", {"services": "1", "hidden-too": "1"})
        assert re.findall(r'name="([a-z-]+)" value="1" checked', page) == ["services", "hidden-too"]
        page = await browser.submit(page, f"{PATH}/urgences", {"break-glass": "1"})
        assert re.findall(r'name="([a-z-]+)" value="1" checked', page) == ["break-glass"]


async def preview(browser: Browser, name: str) -> str:
    """Follow « Que verrait … ? » of somebody's line."""
    page = html.unescape(await browser.get(PATH))
    (line,) = [one for one in page.split('<li class="party">')[1:] if f"<strong>{name}</strong>" in one]
    found = re.search(r'href="([^"]+/apercu[^"]+)"', line)
    assert found is not None
    return html.unescape(await browser.get(found[1]))


async def seen(browser: Browser, name: str) -> tuple[int, int]:
    """Count documents that a preview shows, and those that it says are kept back."""
    page = await preview(browser, name)
    shown = page.partition('id="docs"')[2].partition("</section>")[0]
    kept = re.search(r"(\d+|Un|un)\W+document\w* rest", shown)
    return shown.count('href="/documents/'), int(kept is not None)


def rule_for(site: GatewaySite, patient: Patient, professional: str, document: int | None = None) -> str:
    """Say which rule keeps a professional from documents, as `pli access explain` does; empty for none."""
    core = site.observer.core
    who, space = MailAddress.parse(professional), MailAddress.parse(patient.address)
    right = Right(SpacePart.DOCUMENTS, Action.LIST if document is None else Action.READ)
    explained = site.observer.run(
        explain_access_of(core.store, core.trust, who, space, right, document, core.clock.now())
    )
    return "" if isinstance(explained.verdict, Permit) else explained.verdict.reason.rule


def _refusal_of_an_unknown_space(site: GatewaySite) -> str:
    return submit(site, CLAIRE, invented_patient().address, b"").text
