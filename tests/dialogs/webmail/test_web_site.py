"""« Plan du site » and « Accessibilité »: everything that can be reached, and what is said of it."""

import re

from tests.builders.web_client import Browser
from webmail.app import FEATURES
from webmail.help.site_routes import AUDITED


async def test_plan_leads_to_every_part_and_every_link_of_it_answers(browser: Browser) -> None:
    plan = (await browser.get("/plan")).text
    main = plan[plan.index("<main") : plan.index("</main>")]
    links = re.findall(r'href="(/[^"]*)"', main)
    for feature in FEATURES:
        named = {tab.path for tab in feature.tabs} | {entry.path for entry in feature.menu}
        assert named | {entry.path for entry in feature.settings} <= set(links)
    assert "/profil/allergies" in links
    for link in links:
        assert (await browser.get(link)).status in (200, 303), link


async def test_plan_of_somebody_who_is_not_signed_in_shows_nothing_inside(browser: Browser) -> None:
    browser.cookies.clear()
    answer = await browser.get("/plan")
    assert answer.status == 200
    assert 'href="/connexion"' in answer.text
    assert 'href="/profil' not in answer.text


async def test_every_page_says_how_accessible_the_site_is(browser: Browser) -> None:
    for signed_in in (True, False):
        if not signed_in:
            browser.cookies.clear()
        first = (await browser.get("/aide")).text
        assert "Accessibilité&nbsp;: partiellement conforme</a>" in first
        statement = (await browser.get("/accessibilite")).text
        for words in ("version 4.1", AUDITED, "partiellement conforme", "Défenseur des droits", 'href="/aide"'):
            assert words in statement
