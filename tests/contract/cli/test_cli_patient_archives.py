"""``pli patients restore`` and ``pli keys archives``, as operators type them."""

from pathlib import Path

from gateway.services.export.signing import fingerprint_of, signing_key
from tests.builders.archives import archive_of
from tests.builders.command_line import Gateway
from tests.builders.letters import a_letter
from tests.builders.passkeys import SESSION, a_session
from tests.builders.patient_site import CLAIRE, patient_site


async def test_archive_of_another_operator_is_taken_once_its_key_is_trusted(gateway: Gateway, ram: Path) -> None:
    async with patient_site(ram / "elsewhere") as site:
        await a_session(site, site.camille, SESSION)
        await site.file()
        await site.receive(a_letter(CLAIRE))
        archive = gateway.file("mes-donnees.zip", await archive_of(site))
        key, address = fingerprint_of(signing_key(site.at.store).public_key()), str(site.camille.address)
    refused = gateway.run("patients", "restore", archive)
    assert (refused.code, refused.talk.startswith("pli: [PLI-306] the archive is signed by a key")) == (1, True)
    assert key in refused.talk

    settings = gateway.config.read_text(encoding="utf-8")
    trusting = settings + f'\n[spaces]\ntrusted_archives = ["{key}"]\n'
    gateway.config.write_text(trusting.replace("demonstration = false", "demonstration = true"), encoding="utf-8")
    done = gateway.run("patients", "restore", archive, "--json")
    assert (done.data["signed"], done.data["state"], done.data["lacking"]) == ("operator", "created", 0)
    assert (done.data["documents_added"], done.data["messages_added"], done.data["log_added"]) == (1, 1, 1)
    assert done.data["address"].partition("@")[0] == address.partition("@")[0]
    again = gateway.run("patients", "restore", archive)
    assert (again.code, "nothing was added" in again.talk) == (0, True)
    assert gateway.run("verify").code == 0

    own = gateway.run("keys", "archives", "--json").data
    assert (own["fingerprint"] == key, len(own["fingerprint"])) == (False, 79)
    assert own["public_key"].startswith("-----BEGIN PUBLIC KEY-----")
    cut = gateway.file("cut.zip", archive.read_bytes()[:-100])
    assert "[PLI-102]" in gateway.run("patients", "restore", cut).talk


def test_setting_that_is_no_fingerprint_is_refused(gateway: Gateway) -> None:
    settings = gateway.config.read_text(encoding="utf-8")
    gateway.config.write_text(settings + '\n[spaces]\ntrusted_archives = ["abc"]\n', encoding="utf-8")
    refused = gateway.run("keys", "archives")
    assert (refused.code, 'spaces.trusted_archives: "abc" is not a fingerprint' in refused.talk) == (3, True)
