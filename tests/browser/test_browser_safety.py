"""Nothing runs, nothing leaves: what hostile mail and files can do in a real browser."""

import pytest
from playwright.async_api import expect

from tests.browser.conftest import Visit, Visiting
from tests.builders.web_people import HOSTILE_HTML, PNG, invented_pdf
from tests.builders.web_server import spying
from webmail.messages.model import HtmlBody

pytestmark = pytest.mark.asyncio(loop_scope="session")

async def open_original(visit: Visit) -> None:
    await visit.goto("/messages/c-hopital")
    await visit.page.get_by_text("Voir la mise en forme d’origine").click()
    await visit.page.frame_locator("iframe").get_by_role("heading", name="Votre rendez-vous").wait_for()


async def test_hostile_mail_runs_nothing_and_fetches_nothing(visit: Visit) -> None:
    await open_original(visit)
    assert visit.strangers == []
    await expect(visit.page).to_have_title("(2) Confirmation de rendez-vous – Pli")
    frame = visit.page.frame_locator("iframe")
    assert await frame.locator("script, form, iframe, video, link, meta[http-equiv]").count() == 0


async def test_frame_and_policy_hold_hostile_mail_without_the_sanitiser(
    visit: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Three fences, and each must hold alone (E58): here the first is taken away.
    async with spying() as spy:
        visit.site.world.html["m-html"] = HtmlBody(HOSTILE_HTML.replace("https://spy.example", spy.origin), {})
        monkeypatch.setattr("webmail.messages.html_mail.inert_html", lambda body: body.html)
        await open_original(visit)
        await visit.page.get_by_role("link", name="Messages", exact=True).click()
        await visit.page.wait_for_load_state("load")
        assert spy.asked == []
        await visit.page.evaluate("url => fetch(url, {mode: 'no-cors'}).catch(() => {})", f"{spy.origin}/from-our-page")
        assert spy.asked == []
        await visit.page.goto(f"{spy.origin}/control")
        assert "/control" in spy.asked, "the spy does hear what reaches it"


async def test_picture_of_the_message_is_seen(visit: Visit) -> None:
    await open_original(visit)
    picture = visit.page.frame_locator("iframe").get_by_alt_text("Courbe de tension")
    assert await picture.evaluate("image => image.naturalWidth") == 1


async def test_frame_cannot_reach_the_page_around_it(visit: Visit) -> None:
    await open_original(visit)
    frame = next(frame for frame in visit.page.frames if frame.url.endswith("/mise-en-forme"))
    assert await frame.evaluate("window.origin") == "null"


async def test_pdf_opens_in_the_browser(visit: Visit) -> None:
    await visit.goto("/documents/d-bilan")
    async with visit.context.expect_page() as opening:
        await visit.page.get_by_role("link", name="Ouvrir le PDF").click()
    opened = await opening.value
    await opened.wait_for_load_state("load")
    assert await opened.evaluate("document.contentType") == "application/pdf"
    assert any(url.startswith("chrome-extension://") for url in visit.requests), "chromium's PDF reader has started"


async def test_file_is_downloaded_under_its_own_name(visit: Visit) -> None:
    await visit.goto("/documents/d-bilan")
    name, octets = await downloaded(visit, "Télécharger le PDF")
    assert name == "Bilan sanguin complet.pdf"
    assert octets == invented_pdf("Compte rendu")


async def test_attachment_is_downloaded_never_shown(visit: Visit) -> None:
    await visit.goto("/messages/c-vasseur")
    name, octets = await downloaded(visit, "courbe.png")
    assert (name, octets) == ("courbe.png", PNG)
    assert visit.page.url.endswith("/messages/c-vasseur"), "the page stays where it is"


async def downloaded(visit: Visit, link: str) -> tuple[str, bytes]:
    """Follow a link that the browser must save, not show; give the file's name and its octets.

    The octets are asked for by the address that the browser was about to save, with its cookies: chromium
    itself now and then gives up writing a file on a busy machine, and says no more than « canceled ».
    """
    async with visit.page.expect_download() as coming:
        await visit.page.get_by_role("link", name=link).click()
    download = await coming.value
    answer = await visit.context.request.get(download.url)
    assert answer.headers["content-disposition"].startswith("attachment")
    return download.suggested_filename, await answer.body()


async def test_cookies_are_out_of_reach_of_scripts(visit: Visit) -> None:
    assert await visit.page.evaluate("document.cookie") == ""
    cookies = await visit.context.cookies()
    assert all(c["httpOnly"] and c["secure"] and c["sameSite"] == "Strict" for c in cookies)
    assert {c["name"] for c in cookies} == {"__Host-pli"}


async def test_space_cannot_be_framed(visit: Visit) -> None:
    async with visit.page.expect_response("**/messages"):
        await visit.page.evaluate(
            "document.body.append(Object.assign(document.createElement('iframe'), {src: '/messages'}))"
        )
    await visit.page.frames[-1].wait_for_load_state("load")
    assert "Messages" not in await visit.page.frames[-1].content()
    assert any("frame-ancestors" in complaint for complaint in visit.complaints)


async def test_nothing_is_left_in_the_browser_after_signing_out(visiting: Visiting) -> None:
    async with visiting() as visit:
        await visit.page.locator(".menu summary").click()
        await visit.page.get_by_role("button", name="Se déconnecter").click()
        await visit.page.get_by_role("heading", name="Se connecter à mon espace").wait_for()
        await visit.page.go_back()
        await expect(visit.page.get_by_role("heading", name="Bonjour")).to_have_count(0)
        assert await visit.page.evaluate("localStorage.length + sessionStorage.length") == 0
