"""« Nouveautés »: the list behind the bell."""

import re

from tests.builders.web_client import Browser


async def test_bell_counts_and_the_page_lists(browser: Browser) -> None:
    home = (await browser.get("/")).text
    assert 'href="/nouveautes"' in home
    assert "non lues" in home
    page = (await browser.get("/nouveautes")).text
    assert page.count('<span class="tag tag-new">Non lu</span>') > 1
    assert "Dr Hélène Vasseur" in page


async def test_everything_shown_is_marked_as_read(browser: Browser) -> None:
    page = (await browser.get("/nouveautes")).text
    until = re.search(r'name="jusque" value="(\d+)"', page)
    assert until is not None
    answer = await browser.post("/nouveautes", {"csrf": await browser.token(), "jusque": until[1]})
    assert (answer.status, answer.location) == (303, "/nouveautes")
    page = (await browser.get("/nouveautes")).text
    assert "Non lu" not in page
    assert "Tout marquer comme lu" not in page


async def test_forged_mark_changes_nothing(browser: Browser) -> None:
    assert (await browser.post("/nouveautes", {"csrf": "faux", "jusque": "9" * 16})).status == 403
    for wrong in ("", "-1", "x", "9" * 17, "１"):
        answer = await browser.post("/nouveautes", {"csrf": await browser.token(), "jusque": wrong})
        assert answer.status == 400, wrong
    assert "Non lu" in (await browser.get("/nouveautes")).text
