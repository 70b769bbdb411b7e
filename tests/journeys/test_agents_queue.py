"""« À traiter »: what waits for agents names nobody until one opens it, and each kind is settled with a reason."""

import html
import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest
import pytest_asyncio

from gateway.demonstration.invented_people import PATIENTS
from gateway.demonstration.opening import send_result, wait_until_filed
from gateway.domain.access import Audience
from gateway.domain.audit import AuditEvent
from gateway.domain.local_days import day_in_words, local_day
from gateway.domain.mailbox import VaultId
from gateway.domain.patient_names import shown_name
from gateway.domain.rights_requests import RequestKind, RequestState, RightsRequest, request_clocks
from gateway.domain.space import SpaceState
from gateway.domain.withholdings import DoubtState
from gateway.services.access.actors import holder_of
from gateway.services.space.agent_queue import Unserved, note_unserved
from gateway.services.withholding.document_doubts import DocumentDoubts
from tests.builders.agent_site import agent_browser, denied_child, space_of
from tests.builders.console_site import ConsoleBrowser, ShownPage, form_token
from tests.builders.running_world import Site, running_world

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.timeout(60)]
CAMILLE = PATIENTS[0]
NOTIFIED = next(one for one in PATIENTS if one.state is SpaceState.NOTIFIED)
CHECKED = "livret de famille vu au guichet"
_ENTRY = re.compile(r'action="(/agent/file/[^"]+)/ouvrir"')
NOW = datetime.now(UTC)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def site() -> AsyncIterator[Site]:
    async with running_world() as running:
        yield running


async def entries(browser: ConsoleBrowser, kind: str, vault: VaultId) -> list[str]:
    """Give the pages of what waits, of a kind and in a space."""
    listed = await browser.get("/agent/file")
    return [path for path in _ENTRY.findall(listed.text) if path.startswith(f"/agent/file/{kind}/{vault:x}/")]


async def opening(browser: ConsoleBrowser, path: str) -> ShownPage:
    return await browser.post(f"{path}/ouvrir", {"csrf": form_token(await browser.get("/agent/"))})


async def opened(browser: ConsoleBrowser, path: str) -> ShownPage:
    shown = await opening(browser, path)
    assert shown.place == path
    return await browser.get(path)


async def settled(browser: ConsoleBrowser, path: str, decision: str, reason: str = CHECKED) -> ShownPage:
    form = {"csrf": form_token(await browser.get("/agent/")), "decision": decision, "motif": reason}
    return await browser.post(path, form)


async def agents_lines(site: Site, vault: VaultId) -> list[tuple[str, str, str]]:
    """Give action, outcome and agent of the lines that agents left in a trace, the oldest first."""
    events: list[AuditEvent] = list(await site.running.core.store.read(lambda tx: tx.audit.events(vault, 30)))
    return [(one.action, one.outcome, one.person) for one in reversed(events) if one.role == "agent"]


async def test_who_is_no_representative_is_struck_out_or_may_say_so_again(site: Site) -> None:
    store = site.running.core.store
    tom, zoe = await denied_child(site, CAMILLE, "Tom"), await denied_child(site, CAMILLE, "Zoé")
    camille = shown_name(CAMILLE.identity.traits)
    async with agent_browser(site, "Agent Lilas") as browser, agent_browser(site, "Agent Iris") as other:
        listed = (await browser.get("/agent/file")).text
        assert "Représentants légaux (2)" in listed
        assert not [name for name in ("Tom", "Zoé", camille) if name in listed]
        (path,) = await entries(browser, "representant", tom.vault)
        # Before it is opened, and for whoever did not open it, it is like what is not there.
        first = await browser.get(path)
        shown = await opened(browser, path)
        assert ("Tom" in shown.text, camille in shown.text) == (True, True)
        for one, place in ((other, path), (browser, path.replace(f"{tom.vault:x}", "2123456789abcdef"))):
            nothing = await one.get(place)
            assert (nothing.status, bare(nothing)) == (404, bare(first))
        assert (await settled(other, path, "is-not")).status == 404
        assert (await settled(browser, path, "is-not", " ")).status == 400
        assert (await settled(browser, path, "give-back")).status == 404
        assert (await settled(browser, path, "is-not")).place == "/agent/file?fait=1"
        # Another agent may have been faster: whoever comes too late reads that, and finds the list.
        for late in (await settled(browser, path, "is-not"), await opening(browser, path)):
            told = ("un autre agent l’a réglée" in late.text, 'class="button" href="/agent/file"' in late.text)
            assert (late.status, told) == (404, (True, True))
        (path,) = await entries(browser, "representant", zoe.vault)
        await opened(browser, path)
        assert (await settled(browser, path, "is-representative")).place == "/agent/file?fait=1"
        assert "Rien à traiter" in (await browser.get("/agent/file")).text
    tom_now, zoe_now = await store.read(lambda tx: (tx.spaces.space(tom.vault), tx.spaces.space(zoe.vault)))
    assert (tom_now.guardians, tom_now.opening_stopped) == ((), True)
    assert (len(zoe_now.guardians), zoe_now.opening_stopped) == (1, False)
    assert await store.read(lambda tx: [*tx.mandates.all_of(tom.vault), *tx.mandates.all_of(zoe.vault)]) == []
    assert await agents_lines(site, tom.vault) == [
        ("agent.looked", "ok", "Agent Lilas"), ("mandate.denial-settled", "is-not", "Agent Lilas")
    ]  # fmt: skip
    async with site.browser() as parent:
        await site.sign_in(parent, CAMILLE)
        page = await parent.get("/proches")
        assert (f"/proches/{tom.vault:x}" in page, f"/proches/{zoe.vault:x}" in page) == (False, True)


def bare(shown: ShownPage) -> str:
    """Give a page without what each reader's has of its own."""
    return re.sub(r'value="[^"]*"|Agent (?:Lilas|Iris)', "", shown.text)


async def test_code_that_was_not_sent_waits_until_an_agent_gives_one(site: Site) -> None:
    store, space = site.running.core.store, await space_of(site, NOTIFIED)
    for vaults, why in (((space.vault,), Unserved.OTHER_CARD), ((), Unserved.NOBODY)):
        await store.write(lambda tx, v=vaults, w=why: note_unserved(tx, v, w, datetime.now(UTC), "web"))  # type: ignore[misc]
    async with agent_browser(site, "Agent Muguet") as browser:
        listed = (await browser.get("/agent/file")).text
        assert ("Codes non envoyés (2)" in listed, "Personne n’a ces numéros ici" in listed) == (True, True)
        (path,) = await entries(browser, "code", space.vault)
        assert NOTIFIED.identity.traits.birth_name.title() in (await opened(browser, path)).text
        assert (await settled(browser, path, "is-not")).status == 404
        form = {"csrf": form_token(await browser.get("/agent/")), "motif": "carte vue"}
        assert "data-code" in (await browser.post(f"/agent/personnes/{space.vault:x}/code", form)).text
        assert await entries(browser, "code", space.vault) == []


async def test_doubted_document_and_request_are_settled_without_being_read(site: Site) -> None:
    core = site.running.core
    await send_result(site.world, site.post)
    await wait_until_filed(core)
    space = await space_of(site, CAMILLE)
    vault = space.vault
    (filed,) = await core.store.read(lambda tx: tx.documents.all_of(vault, Audience.PATIENT))
    await DocumentDoubts(core.store, core.clock).doubt(holder_of(space, "web"), filed.id)
    request = RightsRequest(
        number=1 << 61 | 5, kind=RequestKind.DOCTOR, state=RequestState.WAITING, asked_at=NOW, asked_by="Camille",
        to="Dr Paul Petit", words="Mes radios de la hanche", clocks=request_clocks(NOW, older=False),
    )  # fmt: skip
    await core.store.write(lambda tx: tx.rights_requests.save(vault, request))
    async with agent_browser(site, "Agent Sureau") as browser:
        # The list says what is asked and until when, each with its label, and of whom nothing.
        listed = html.unescape((await browser.get("/agent/file")).text)
        said = re.findall(r"<br><span class=\"soft\">(Demande|Dernier jour)\s: ([^<]+)", listed)
        latest = day_in_words(local_day(request_clocks(NOW, older=False).latest))
        assert said == [("Demande", "Des documents, à un médecin"), ("Dernier jour", latest)]
        assert "Dr Paul Petit" not in listed
        (path,) = await entries(browser, "document", vault)
        shown = await opened(browser, path)
        assert (filed.sender in shown.text, filed.entry.title in shown.text) == (True, False)
        assert (await settled(browser, path, "give-back")).status == 303
        (path,) = await entries(browser, "demande", vault)
        shown = await opened(browser, path)
        assert ("Dr Paul Petit" in shown.text, "hanche" in shown.text) == (True, False)
        assert (await settled(browser, path, "refused")).status == 303
        assert await entries(browser, "demande", vault) == []
    doubt, kept = await core.store.read(
        lambda tx: (tx.withholdings.doubt(vault, filed.id), tx.rights_requests.get(vault, request.number))
    )
    assert doubt is not None
    assert kept is not None
    assert (doubt.state, doubt.reason, kept.state, kept.answer) == (
        DoubtState.GIVEN_BACK, CHECKED, RequestState.REFUSED, CHECKED
    )  # fmt: skip
    assert [line[0] for line in await agents_lines(site, vault)] == [
        "agent.looked", "document.doubt-settled", "agent.looked", "request.settled"
    ]  # fmt: skip
