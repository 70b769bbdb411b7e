"""« Voir plus tard »: a kind put off on the page does not show in any list, until one wants to see it all (E37)."""

from gateway.domain.document import DocumentCategory
from tests.builders.record_pages import record_visit
from tests.builders.store import ram_folder
from tests.contract.test_display_delays import filed

PATH = "/parametres/plus-tard"


async def test_a_kind_put_off_on_the_page_shows_when_one_asks_for_all() -> None:
    with ram_folder() as ram:
        async with record_visit(ram, "csrf", PATH) as visit:
            assert 'href="/parametres/plus-tard"' in await visit.text("/parametres/confidentialite")
            own = {"csrf": await visit.browser.token()}
            typed = {**own, "delai-biologie": "7", "delai-imagerie": "365"}
            assert (await visit.browser.post(PATH, typed)).headers["Location"] == f"{PATH}?fait=choix#fait"
            page = await visit.text(f"{PATH}?fait=choix")
            assert '<option value="7" selected>Après 7\u00a0jours</option>' in page
            assert page.count(" selected") == 1, "what is no delay is none"
            assert "Tout voir maintenant" not in page
            document = await filed(visit.site)
            assert document.entry.category is DocumentCategory.BIOLOGY
            reference = f"/documents/{document.id:x}"
            for listed in ("/", "/documents", "/resultats", "/nouveautes", "/historique"):
                assert reference not in await visit.text(listed)
            assert (await visit.browser.get(reference)).status == 404
            assert "1\u00a0document attend" in await visit.text(PATH)
            assert (await visit.browser.post(f"{PATH}/tout-voir", own)).status == 303
            assert "Vous voyez maintenant tous vos documents" in await visit.text(f"{PATH}?fait=tout")
            assert (await visit.browser.get(reference)).status == 200
            assert reference in await visit.text("/documents")
