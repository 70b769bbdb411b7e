"""A message that is sent after the session has ended: nothing typed is lost, and nothing of another site is shown."""

from aiohttp import FormData

from tests.builders.web_client import Answer, Browser
from webmail.sessions import SESSION_COOKIE

TEXT = "Bonjour,\nvoici <ma> question."
SHOWN = "Bonjour,\nvoici &lt;ma&gt; question."


async def _sent(browser: Browser, *, name: str = "texte", text: str = TEXT, **headers: str) -> Answer:
    browser.cookies.pop(SESSION_COOKIE, None)
    form = FormData({"csrf": "x", "envoi": "1", name: text}, default_to_multipart=True)
    form.add_field("fichiers", b"secret of a file", filename="a.txt")
    return await browser.post("/messages/c-garde/reponse", form, **headers)


async def test_text_is_given_back_to_be_copied(browser: Browser) -> None:
    answer = await _sent(browser)
    assert answer.status == 403
    assert "Votre session a pris fin" in answer.text
    assert SHOWN in answer.text
    assert "secret of a file" not in answer.text


async def test_text_of_another_site_is_not_shown(browser: Browser) -> None:
    assert SHOWN not in (await _sent(browser, Sec_Fetch_Site="cross-site")).text


async def test_other_fields_and_what_is_too_long_are_not_shown(browser: Browser) -> None:
    assert SHOWN not in (await _sent(browser, name="autre")).text
    answer = await _sent(browser, text="x" * 300_000)
    assert (answer.status, "xxx" in answer.text) == (403, False)


async def test_body_that_is_no_form_is_answered_like_any_other(browser: Browser) -> None:
    browser.cookies.pop(SESSION_COOKIE, None)
    headers = {"Sec-Fetch-Site": "same-origin", "Content-Type": "multipart/form-data; boundary=x"}
    answer = await browser.ask("POST", "/messages/c-garde/reponse", headers, b"--x\r\nnonsense")
    assert (answer.status, "Votre session a pris fin" in answer.text) == (403, True)
