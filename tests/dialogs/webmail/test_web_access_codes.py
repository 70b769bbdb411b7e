"""« Donner un code d'accès »: a code made on the page opens the record once, and the page ends what it opened (A1)."""

import re
from dataclasses import replace

from gateway.domain.record_openings import OpenedBy
from gateway.services.openings.record_openings import AskedOpening, OpenRecord
from tests.builders.record_pages import record_visit
from tests.builders.record_readers import reader_at
from tests.builders.store import ram_folder

PATH = "/parametres/codes-acces"


async def test_a_code_made_on_the_page_opens_the_record_and_the_page_ends_it() -> None:
    with ram_folder() as ram:
        async with record_visit(ram, "csrf|code|acces", PATH) as visit:
            own = {"csrf": await visit.browser.token(), "valable": "heure", "pour": "jour"}
            page = (await visit.browser.post(PATH, own)).text.replace("&nbsp;", "").replace("\u00a0", "")
            digits = re.search(r'class="access-code">(\d{8})<', page)
            assert digits is not None
            assert "Codes en attente" in await visit.text(PATH)
            assert digits[1] not in (await visit.text(PATH)).replace("\u00a0", "")
            reader = await reader_at(visit.site.at)
            asked = AskedOpening(how=OpenedBy.CODE, code=digits[1])
            claire = replace(reader.in_space(visit.site.camille), person="Dr <b>Claire</b>")
            assert isinstance(await reader.openings.open(claire, asked), OpenRecord)
            text = await visit.text(PATH)
            assert "Dossier ouvert en ce moment" in text
            assert "&lt;b&gt;Claire" in (await visit.browser.get(PATH)).text
            assert "Codes en attente" not in text
            assert "Dossier ouvert" in await visit.text("/nouveautes")
            assert (await visit.browser.post(f"{PATH}/fin", await visit.fields(PATH))).status == 303
            assert not await reader.may_read(visit.site.camille)
            assert "Cet accès est arrêté" in await visit.text(f"{PATH}?fait=fin")
            made = {"csrf": await visit.browser.token()}
            await visit.browser.post(PATH, made)
            assert (await visit.browser.post(f"{PATH}/annuler", await visit.fields(PATH))).status == 303
            assert (await visit.browser.post(f"{PATH}/annuler", {**made, "code": "2a"})).status == 404
