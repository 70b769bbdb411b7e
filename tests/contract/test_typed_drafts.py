"""A message sent after an idle sign-out comes back into its form after the same person signed in, without scripts."""

import html
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from aiohttp import ClientSession, DummyCookieJar, FormData
from aiohttp.test_utils import TestServer

from gateway.domain.account import Space
from gateway.domain.mailbox import VaultId
from gateway.domain.step_payloads import SendCode
from gateway.policy.settings import PatientReplies, PolicySettings
from gateway.services.sign_in.typed_drafts import MAX_CARRIED, TypedDrafts, TypedForm
from tests.builders.letters import a_letter
from tests.builders.outbox import A_WORKER
from tests.builders.patient_site import CLAIRE, PatientSite, patient_site
from tests.builders.patient_space import everywhere
from tests.builders.web_client import ORIGIN, Answer, Browser
from tests.builders.web_drafts import digest_of_tests
from webmail.app import make_app
from webmail.sessions import SESSION_COOKIE, MemorySessions, Sessions
from webmail.settings import WebSettings

PASSWORD, TEXT = "Sentier-Mousse-84", "Bonjour,\nvoici <ma> question, signée Camille."


@dataclass(frozen=True)
class DraftSite:
    """Camille, signed in, with a letter to answer; Louis may sign in as well."""

    site: PatientSite
    browser: Browser
    letter: str

    async def sent_too_late(self, path: str, *, text: str = TEXT, mark: str | None = None) -> Answer:
        """Open a form, let the session end, and send what was typed."""
        page = (await self.browser.get(path.removesuffix("/reponse"))).text
        found = re.search(r'name="auteur" value="([^"]+)"', page)
        assert found is not None
        self.site.at.clock.advance(timedelta(minutes=31))
        form = FormData({"csrf": "x", "auteur": found[1] if mark is None else mark}, default_to_multipart=True)
        form.add_fields(("envoi", "1"), ("objet", "Mon <objet>"), ("texte", text))
        form.add_field("fichiers", b"octets", filename="a.txt")
        return await self.browser.post(path, form)

    async def sign_in(self, page: Answer, who: Space, identifier: str, *, wrong: bool = False) -> Answer:
        """Sign in again from the page that was answered; a wrong password and a wrong code come first if so said."""
        page = await self.browser.post("/reconnexion", hidden(page))
        if wrong:
            guess = {"identifiant": identifier, "mot_de_passe": "x"}
            page = await self.browser.post("/connexion", hidden(page) | guess)
        known = {"identifiant": identifier, "mot_de_passe": PASSWORD}
        page = await self.browser.post("/connexion", hidden(page) | known)
        if wrong:
            page = await self.browser.post("/connexion/code", hidden(page) | {"code": "x"})
        return await self.browser.post("/connexion/code", hidden(page) | {"code": await self._code(who)})

    async def _code(self, who: Space) -> str:
        now = self.site.at.clock.now()
        steps = await self.site.at.store.write(lambda tx: tx.outbox.lease(now, now, 50, holder=A_WORKER))
        return next(s.payload.code for s in steps if isinstance(s.payload, SendCode) and s.vault == who.vault)


def hidden(page: Answer) -> dict[str, str]:
    """Give the hidden fields of the first form on a page."""
    form = page.text.partition("<form")[2].partition("</form>")[0]
    found = re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', form)
    return {name: html.unescape(value) for name, value in found}


@pytest.fixture
async def drafts(ram: Path) -> AsyncIterator[DraftSite]:
    async with patient_site(ram, policy=PolicySettings(patient_replies=PatientReplies.CONTACT)) as site:
        await site.patients.set_password(site.camille.vault, "camille", PASSWORD)
        await site.patients.set_password(site.louis.vault, "louis", PASSWORD)
        letter = await site.receive(a_letter(CLAIRE))
        settings = WebSettings(origin=ORIGIN)
        app = make_app(everywhere(site.pages), site.stored_sessions, site.at.clock, settings)
        async with TestServer(app) as server, ClientSession(cookie_jar=DummyCookieJar()) as client:
            token = await Sessions(site.stored_sessions, site.at.clock, settings).open(site.person)
            browser = Browser(client, str(server.make_url("/"))[:-1], MemorySessions(), {SESSION_COOKIE: token})
            yield DraftSite(site, browser, f"{letter:x}")


@pytest.mark.parametrize("wrong", [False, True])
async def test_answer_comes_back_into_its_form(drafts: DraftSite, wrong: bool) -> None:
    path = f"/messages/{drafts.letter}/reponse"
    page = await drafts.sent_too_late(path)
    assert (page.status, "rien n’est perdu" in page.text) == (403, True)
    page = await drafts.sign_in(page, drafts.site.camille, "camille", wrong=wrong)
    assert html.escape(TEXT, quote=False) in page.text
    assert f'action="{path}#texte"' in page.text
    page = await drafts.browser.post(path, FormData(hidden(page), default_to_multipart=True))
    assert page.status == 200
    assert f"\n{html.escape(TEXT, quote=False)}</textarea>" in page.text
    assert "Votre texte est revenu." in page.text
    assert await drafts.site.trace("message.sent") == []


async def test_new_message_comes_back_with_its_subject(drafts: DraftSite) -> None:
    page = await drafts.sent_too_late("/messages/nouveau")
    page = await drafts.sign_in(page, drafts.site.camille, "camille")
    page = await drafts.browser.post("/messages/nouveau", FormData(hidden(page), default_to_multipart=True))
    assert f"{html.escape(TEXT, quote=False)}</textarea>" in page.text
    assert 'value="Mon &lt;objet&gt;"' in page.text


async def test_somebody_else_who_signs_in_never_sees_it(drafts: DraftSite) -> None:
    page = await drafts.sent_too_late(f"/messages/{drafts.letter}/reponse")
    carried = hidden(page)["brouillon"]
    answer = await drafts.sign_in(page, drafts.site.louis, "louis")
    assert (answer.status, answer.location) == (303, "/")
    form = {"csrf": await drafts.browser.token("/parametres"), "brouillon": carried, "texte": ""}
    page = await drafts.browser.post("/messages/nouveau", FormData(form, default_to_multipart=True))
    assert (page.status, "question" in page.text) == (422, False)


async def test_what_nobody_of_ours_wrote_is_only_shown_to_be_copied(drafts: DraftSite) -> None:
    page = await drafts.sent_too_late(f"/messages/{drafts.letter}/reponse", mark="AAAA")
    assert "brouillon" not in page.text
    assert html.escape(TEXT, quote=False) in page.text


async def test_carried_nonsense_changes_nothing(drafts: DraftSite) -> None:
    form = {"csrf": await drafts.browser.token("/parametres"), "brouillon": "é\ud7ff!", "texte": "Merci."}
    path = f"/messages/{drafts.letter}/reponse"
    assert (await drafts.browser.post(path, FormData(form, default_to_multipart=True))).status == 303


def test_seal_is_of_one_holder_and_of_bounded_length() -> None:
    typed, keys, one, other = TypedForm("/messages/nouveau", {"texte": TEXT}), TypedDrafts(digest_of_tests), 1, 2
    carried = keys.carried(keys.mark(VaultId(one)), typed)
    assert keys.come_back(VaultId(one), carried) == typed
    assert keys.come_back(VaultId(other), carried) is None
    assert keys.come_back(VaultId(one), "") is None
    assert keys.browser_key(VaultId(one)) != keys.browser_key(VaultId(other))
    noise = "".join(map(chr, range(0x100, 0x4000))) * 3
    assert keys.carried(keys.mark(VaultId(one)), TypedForm("/", {"texte": noise})) == ""
    assert len(keys.carried(keys.mark(VaultId(one)), TypedForm("/", {"texte": TEXT * 1_000}))) < MAX_CARRIED
