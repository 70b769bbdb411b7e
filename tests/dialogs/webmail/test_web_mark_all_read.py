"""« Tout marquer comme lu »: one button on the list, for the signed-in person's own messages."""

from tests.builders.web_client import Browser


async def test_button_marks_everything_and_is_gone_then(browser: Browser) -> None:
    assert "Tout marquer comme lu" in (await browser.get("/messages")).text
    answer = await browser.post("/messages/tout-lu", {"csrf": await browser.token()})
    assert (answer.status, answer.location) == (303, "/messages")
    page = (await browser.get("/messages")).text
    assert "Tout marquer comme lu" not in page
    assert "non lu<" not in page
    assert "non lus<" not in page


async def test_form_of_another_site_marks_nothing(browser: Browser) -> None:
    assert (await browser.post("/messages/tout-lu", {"csrf": "faux"})).status == 403
    assert "Tout marquer comme lu" in (await browser.get("/messages")).text


async def test_address_that_a_refused_form_leaves_leads_to_the_list(browser: Browser) -> None:
    assert (await browser.get("/messages/tout-lu")).location == "/messages"
