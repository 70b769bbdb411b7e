"""« Paramètres » under the name, and « Notifications » inside."""

from tests.builders.web_client import Browser
from tests.builders.web_world import WebWorld
from webmail.app import FEATURES


async def test_menu_leads_to_every_entry_that_folders_give(browser: Browser) -> None:
    assert 'href="/parametres"' in (await browser.get("/")).text
    page = (await browser.get("/parametres")).text
    entries = [entry for feature in FEATURES for entry in feature.settings]
    assert entries
    for entry in entries:
        assert f'href="{entry.path}"' in page
        assert entry.label in page
        assert (await browser.get(entry.path)).status == 200


async def test_entries_stand_in_their_order(browser: Browser) -> None:
    page = (await browser.get("/parametres")).text
    entries = sorted((entry for feature in FEATURES for entry in feature.settings), key=lambda entry: entry.order)
    places = [page.index(f'class="item" href="{entry.path}"') for entry in entries]
    assert places == sorted(places)


async def test_notices_are_switched_off_and_on_again(browser: Browser, world: WebWorld) -> None:
    token = await browser.token("/parametres/notifications")
    wanted = dict.fromkeys(("document", "reminder", "record-opened"), "1")
    answer = await browser.post("/parametres/notifications", {"csrf": token} | wanted)
    assert (answer.status, answer.location) == (303, "/parametres/notifications?fait=1#fait")
    assert world.muted == {"message"}
    page = (await browser.get("/parametres/notifications?fait=1")).text
    assert "Vos choix sont enregistrés." in page
    assert 'name="document" value="1" checked' in page
    assert 'name="message" value="1" checked' not in page


async def test_page_says_what_is_always_sent(browser: Browser) -> None:
    page = (await browser.get("/parametres/notifications")).text
    assert "Ces avis ne peuvent pas être désactivés." in page
    assert "Vos choix sont enregistrés." not in page


async def test_forged_choice_changes_nothing(browser: Browser, world: WebWorld) -> None:
    assert (await browser.post("/parametres/notifications", {"csrf": "faux"})).status == 403
    assert world.muted == frozenset()


async def test_one_comes_back_to_the_settings_after_signing_in(browser: Browser) -> None:
    browser.cookies.clear()
    answer = await browser.get("/parametres/notifications")
    assert answer.location == "/connexion?suite=%2Fparametres%2Fnotifications"
