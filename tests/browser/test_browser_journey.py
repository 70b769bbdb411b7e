"""A patient signs in, reads, answers, and is told without reloading."""

import re

import pytest
from playwright.async_api import FilePayload, expect

from tests.browser.conftest import Visit, Visiting
from tests.builders.web_people import CODE, IDENTIFIER, NOW, PASSWORD
from webmail.identifiers import MessageRef
from webmail.messages.model import Message

pytestmark = pytest.mark.asyncio(loop_scope="session")

NEWS = Message(id=MessageRef("m-9"), at=NOW, author="Dr Hélène Vasseur", text="Une précision encore.", unread=True)
FILE: FilePayload = {"name": "tension été.txt", "mimeType": "text/plain", "buffer": b"12/8"}


async def test_patient_signs_in_and_finds_five_tabs(visiting: Visiting) -> None:
    async with visiting(signed_in=False) as visit:
        await visit.sign_in()
        tabs = visit.page.get_by_role("navigation", name="Rubriques").get_by_role("link")
        names = [re.sub(r"\s*\d+$", "", (await tab.inner_text()).strip()) for tab in await tabs.all()]
        assert names == ["Accueil", "Messages", "Documents", "Profil médical", "Agenda"]


async def test_wrong_password_is_told_beside_the_field(visiting: Visiting) -> None:
    async with visiting(signed_in=False) as visit:
        await visit.goto("/connexion")
        await visit.page.get_by_label("Identifiant").fill(IDENTIFIER)
        await visit.page.get_by_label("Mot de passe").fill("faux")
        await visit.page.get_by_role("button", name="Se connecter").click()
        await expect(visit.page.get_by_role("alert")).to_contain_text("Identifiant ou mot de passe incorrect. Vérifiez")
        await expect(visit.page.get_by_label("Identifiant")).to_have_value(IDENTIFIER)


async def test_conversation_that_was_read_is_no_longer_counted(visit: Visit) -> None:
    page = visit.page
    await expect(page).to_have_title("(2) Accueil – Pli")
    await page.get_by_role("link", name="Vos analyses de mars").click()
    await expect(page.locator("#m-m-3")).to_contain_text("Une seule cuillère, c’est très bien.")
    await page.get_by_role("link", name="Accueil", exact=True).click()
    await expect(page).to_have_title("(1) Accueil – Pli")


async def test_patient_answers_with_a_file(visit: Visit) -> None:
    page = visit.page
    await visit.goto("/messages/c-vasseur")
    await page.get_by_label("Votre réponse à Dr Hélène Vasseur").fill("Voici ma tension.")
    await page.get_by_label("Pièces jointes").set_input_files([FILE])
    await page.get_by_role("button", name="Envoyer la réponse").click()
    await expect(page.get_by_text("Votre réponse est partie.")).to_be_in_viewport()
    await expect(page.get_by_role("link", name="tension été.txt")).to_be_visible()
    sent = visit.site.world.replies[0]
    assert (sent.text, sent.uploads[0].name, sent.uploads[0].content) == ("Voici ma tension.", FILE["name"], b"12/8")


async def test_patient_begins_a_subject_on_a_phone_without_script(visiting: Visiting) -> None:
    async with visiting(scripts=False, phone=True, dark=True) as visit:
        page = visit.page
        await visit.goto("/messages")
        await page.get_by_role("link", name="Nouveau message").click()
        await page.get_by_label("À qui écrivez-vous").select_option("Dr Hélène Vasseur – Médecin généraliste · Lyon")
        await page.get_by_label("Objet").fill("Ma tension")
        await page.get_by_label("Votre message").fill("Elle monte le soir.")
        await page.get_by_role("button", name="Envoyer le message").click()
        await expect(page.get_by_text("Votre message est parti.")).to_be_visible()
        await expect(page.get_by_role("heading", name="Ma tension")).to_be_visible()
        (draft,) = visit.site.world.begun
        assert (draft.contact, draft.subject, draft.text) == ("k-vasseur", "Ma tension", "Elle monte le soir.")


async def test_patient_answers_all_by_keyboard(visit: Visit) -> None:
    page = visit.page
    await visit.goto("/messages/c-vasseur")
    await page.get_by_label("Votre réponse à Dr Hélène Vasseur").fill("Merci à tous.")
    choice = page.get_by_role("checkbox", name="Répondre à tous")
    await choice.focus()
    await page.keyboard.press("Space")
    await expect(choice).to_be_checked()
    await page.get_by_role("button", name="Envoyer la réponse").click()
    await expect(page.get_by_text("Votre réponse est partie.")).to_be_in_viewport()
    assert visit.site.world.replies[0].also == {"k-kessel"}


async def test_message_arrives_without_reloading(visit: Visit) -> None:
    await visit.goto("/messages")
    told = int(await visit.page.locator(".bell .badge").inner_text())
    await visit.page.evaluate("window.neverReloaded = true")
    await visit.site.world.receive("c-hopital", NEWS)
    await expect(visit.page.locator("[data-conversation-id=c-hopital]")).to_contain_text("Une précision encore.")
    await expect(visit.page).to_have_title("(3) Messages – Pli")
    await expect(visit.page.get_by_role("status")).to_have_text("Vous avez un nouveau message.")
    await expect(visit.page.locator(".bell .badge")).to_have_text(str(told + 1))
    assert await visit.page.evaluate("window.neverReloaded")


async def test_message_arrives_while_the_answer_is_being_written(visit: Visit) -> None:
    await visit.goto("/messages/c-vasseur")
    answer = visit.page.get_by_label("Votre réponse à Dr Hélène Vasseur")
    await answer.fill("Je commence à écr")
    await visit.site.world.receive("c-vasseur", NEWS)
    await expect(visit.page.locator("#m-m-9")).to_contain_text("Une précision encore.")
    await expect(answer).to_have_value("Je commence à écr")


async def test_exchange_that_ends_takes_the_empty_form_away(visit: Visit) -> None:
    await visit.goto("/messages/c-vasseur")
    await visit.site.world.end("c-vasseur")
    await expect(visit.page.get_by_text("Dr Hélène Vasseur a mis fin à vos échanges.")).to_be_visible()
    await expect(visit.page.get_by_role("textbox")).to_have_count(0)


async def test_answer_written_before_the_end_is_refused_and_given_back(visiting: Visiting) -> None:
    async with visiting(scripts=False) as visit:
        await visit.goto("/messages/c-vasseur")
        await visit.page.get_by_label("Votre réponse à Dr Hélène Vasseur").fill("Trop tard ?")
        await visit.site.world.end("c-vasseur")
        await visit.page.get_by_role("button", name="Envoyer la réponse").click()
        await expect(visit.page.get_by_text("Dr Hélène Vasseur a mis fin à vos échanges.")).to_be_visible()
        await expect(visit.page.get_by_label("Votre texte n’a pas été envoyé")).to_have_value("Trop tard ?")
        assert not visit.site.world.replies


async def test_exchange_that_ends_under_a_draft_says_so_and_keeps_the_text(visit: Visit) -> None:
    await visit.goto("/messages/c-vasseur")
    answer = visit.page.get_by_label("Votre réponse à Dr Hélène Vasseur")
    await answer.fill("Trop tard ?")
    await visit.site.world.end("c-vasseur")
    await expect(visit.page.locator("[data-live=reponse] > .notice")).to_contain_text("a mis fin à vos échanges")
    await expect(answer).to_have_value("Trop tard ?")
    await expect(answer).not_to_be_editable()
    await expect(visit.page.get_by_role("button", name="Envoyer la réponse")).to_be_disabled()


async def test_page_of_a_refused_reply_stays_alive_and_can_be_opened_again(visit: Visit) -> None:
    await visit.goto("/messages/c-vasseur")
    answer = visit.page.get_by_label("Votre réponse à Dr Hélène Vasseur")
    await answer.fill(" ")
    await visit.page.get_by_role("button", name="Envoyer la réponse").click()
    await expect(visit.page.get_by_role("alert")).to_contain_text("Écrivez votre réponse")
    await visit.site.world.receive("c-vasseur", NEWS)
    await expect(visit.page.locator("#m-m-9")).to_contain_text("Une précision encore.")
    await visit.goto("/messages/c-vasseur/reponse")
    await expect(visit.page).to_have_url(re.compile("/messages/c-vasseur#reponse$"))


async def test_hidden_page_reads_nothing_until_it_is_looked_at(visit: Visit) -> None:
    await visit.goto("/messages/c-vasseur")
    await visit.page.evaluate(
        "Object.defineProperty(document, 'hidden', {value: true, configurable: true});"
        "new EventSource('/evenements?depuis=1').addEventListener('pulse', () => document.body.dataset.pulse = '1')"
    )
    await visit.site.world.receive("c-vasseur", NEWS)
    # Not `wait_for_function`: it evaluates texts in the page, which the page's own policy forbids.
    await expect(visit.page.locator("body[data-pulse]")).to_have_count(1)
    assert visit.site.world.conversations_by_id["c-vasseur"].messages[-1].unread
    await visit.page.evaluate("delete document.hidden; document.dispatchEvent(new Event('visibilitychange'))")
    await expect(visit.page.locator("#m-m-9")).to_be_visible()


async def test_reading_and_answering_need_no_script(visiting: Visiting) -> None:
    async with visiting(scripts=False, signed_in=False) as visit:
        page = visit.page
        await visit.goto("/messages/c-vasseur")
        await page.get_by_label("Identifiant").fill(IDENTIFIER)
        await page.get_by_label("Mot de passe").fill(PASSWORD)
        await page.get_by_role("button", name="Se connecter").click()
        await page.get_by_label("Code").fill(CODE)
        await page.get_by_role("button", name="Valider").click()
        await page.get_by_text("Message précédent").click()
        await expect(page.locator("#m-m-3 .quote .prose")).to_be_visible()
        await page.get_by_label("Votre réponse à Dr Hélène Vasseur").fill("Sans script.")
        await page.get_by_label("Pièces jointes").set_input_files([FILE])
        await page.get_by_role("button", name="Envoyer la réponse").click()
        await expect(page.get_by_text("Votre réponse est partie.")).to_be_visible()
        assert visit.site.world.replies[0].uploads[0].content == b"12/8"
        await page.locator(".menu summary").click()
        await page.get_by_role("button", name="Se déconnecter").click()
        await expect(page.get_by_role("heading", name="Se connecter à mon espace")).to_be_visible()


async def test_results_carry_their_values_for_programs_and_for_eyes(visit: Visit) -> None:
    await visit.goto("/documents/d-bilan")
    row = visit.page.locator("tr[data-loinc='1988-5']")
    assert await row.get_attribute("data-value") == "<1.0"
    assert await row.get_attribute("data-unit") == "mg/L"
    assert await row.get_attribute("data-document-id") == "d-bilan"
    await expect(row).to_contain_text("<\u00a01,0")
    await expect(row).to_contain_text("Dans l’intervalle")


async def test_shape_and_words_tell_the_place_without_colour(visit: Visit) -> None:
    await visit.goto("/documents/d-bilan")
    shapes = {}
    for loinc, words in (("718-7", "Dans"), ("6690-2", "Au-dessus"), ("777-3", "Au-dessous"), ("2823-3", "critique")):
        row = visit.page.locator(f"tr[data-loinc='{loinc}']")
        await expect(row).to_contain_text(words)
        shapes[loinc] = await row.locator(".line .marker").inner_html()
    assert len(set(shapes.values())) == 4


async def test_list_of_documents_is_narrowed_by_category(visit: Visit) -> None:
    await visit.goto("/documents")
    await visit.page.get_by_role("link", name=re.compile("^Biologie")).click()
    shown = visit.page.locator("[data-document-id]")
    assert [await item.get_attribute("data-document-id") for item in await shown.all()] == ["d-bilan", "d-bilan-0"]


async def test_filed_document_is_reached_from_its_message_and_back(visit: Visit) -> None:
    await visit.goto("/messages/c-labo")
    await visit.page.get_by_role("link", name=re.compile("Rangé dans vos documents")).click()
    await expect(visit.page.get_by_role("heading", name="Bilan sanguin complet")).to_be_visible()
    await visit.page.get_by_role("link", name="Lire le message d’envoi").click()
    await expect(visit.page).to_have_url(re.compile("/messages/c-labo$"))
