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
from tests.builders.gateway_mail import CLAIRE, LILAS, PAUL, letter, relay, submission_connection, submit
from tests.builders.gateway_site import GatewaySite, Patient, invented_patient
from tests.builders.patient_browser import conversation_with, signed_in

pytestmark = pytest.mark.xdist_group("gateway")
PATH = "/parametres/confidentialite"


async def choose(browser: Browser, name: str, choice: str) -> str:
    """Press a button of somebody's line, and give the page that follows."""
    page = html.unescape(await browser.get(PATH))
    lines = page.split('<li class="party">')[1:]
    (line,) = [one for one in lines if f"<strong>{name}</strong>" in one]
    found = re.search(r'name="professionnel" value="([0-9a-f]{32})"', line)
    assert found is not None
    return html.unescape(await browser.submit(page, PATH, {"professionnel": found[1], "choix": choice}))


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


def rule_for(site: GatewaySite, patient: Patient, professional: str) -> str:
    """Say which rule keeps a professional from the documents, as `pli access explain` does; empty for none."""
    core = site.observer.core
    who, space = MailAddress.parse(professional), MailAddress.parse(patient.address)
    right = Right(SpacePart.DOCUMENTS, Action.LIST)
    explained = site.observer.run(
        explain_access_of(core.store, core.trust, who, space, right, None, core.clock.now())
    )
    return "" if isinstance(explained.verdict, Permit) else explained.verdict.reason.rule


def _refusal_of_an_unknown_space(site: GatewaySite) -> str:
    return submit(site, CLAIRE, invented_patient().address, b"").text
