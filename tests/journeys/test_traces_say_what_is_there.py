"""What people and the program do to messages, by every face, is what traces say: `pli verify` names none of it."""

import imaplib
import ssl

import pytest

from gateway.domain.mailbox import VaultId
from gateway.ports.inspection import Damage, Position
from gateway.ports.store import Tx
from tests.builders.gateway_mail import CLAIRE, LILAS, a_report_on, letter, relay, result_letter, submit
from tests.builders.gateway_site import GatewaySite, Patient
from tests.builders.patient_browser import signed_in

pytestmark = pytest.mark.xdist_group("gateway")


def _damages(site: GatewaySite, *vaults: VaultId) -> list[Damage]:
    """Look at all rows of some vaults; other tests of this gateway damage others."""

    def look(tx: Tx) -> list[Damage]:
        found: list[Damage] = []
        for part in ("messages", "lines of folders", "steps", "coded rows", "what traces say", "traces"):
            position: Position | None = None
            while True:
                looked = tx.inspection.look(part, position, 1_000)
                found += looked.damages
                position = looked.position
                if position is None:
                    break
        return [damage for damage in found if damage.vault in vaults]

    return site.observer.read(look)


def test_results_filed_and_refused_are_as_their_traces_say(site: GatewaySite, patient: Patient) -> None:
    other = site.new_patient()
    for about in (patient, other):
        sent = result_letter(LILAS, patient, a_report_on(about))
        for _ in range(2):
            assert relay(site, LILAS, patient.address, sent.raw).status == "250 2.0.0"
            site.settle()
    assert _damages(site, site.vault(patient.address), site.vault(LILAS), VaultId(0)) == []


async def test_what_a_patient_reads_and_writes_is_as_its_trace_says(site: GatewaySite, patient: Patient) -> None:
    sent = letter(CLAIRE, patient.address)
    assert submit(site, CLAIRE, patient.address, sent.raw).status == "250 2.0.0"
    site.settle()
    vault = site.vault(patient.address)
    thread = site.observer.read(lambda tx: tx.mail.latest_threads(vault, 1))[0].thread
    async with signed_in(site, patient) as browser:
        path = f"/messages/{thread:x}"
        await browser.submit(await browser.get(path), f"{path}/reponse", {"texte": "Merci."})
    site.settle()
    assert _damages(site, vault, site.vault(CLAIRE)) == []


def test_what_a_mail_client_does_is_as_its_trace_says(site: GatewaySite, patient: Patient) -> None:
    sent = letter(CLAIRE, CLAIRE)
    for _ in range(3):
        assert submit(site, CLAIRE, CLAIRE, letter(CLAIRE, CLAIRE).raw).status == "250 2.0.0"
    context = ssl.create_default_context(cafile=str(site.world.authority))
    with imaplib.IMAP4_SSL("localhost", site.ports["imap"], ssl_context=context, timeout=15) as client:
        client.login(CLAIRE, site.world.passwords[CLAIRE])
        client.create("Traces/Un")
        client.append("Traces/Un", r"(\Seen)", None, sent.raw)
        client.select("INBOX")
        _, (numbers,) = client.search(None, "ALL")
        last = numbers.split()[-1].decode()
        client.copy(last, "Traces/Un")
        client.store(last, "+FLAGS", r"(\Flagged kept)")
        client.fetch(last, "(BODY[])")
        client.select("Traces/Un")
        client.store("1", "+FLAGS", r"(\Deleted)")
        client.expunge()
        client.rename("Traces/Un", "Traces/Deux")
        client.create("Traces/Trois")
        client.copy("1", "Traces/Trois")
        client.close()
        client.delete("Traces/Trois")
    assert _damages(site, site.vault(CLAIRE)) == []
