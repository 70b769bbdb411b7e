"""Answering from a page: who it goes to, what may be joined, what is refused and given back."""

import asyncio
import re
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from aiohttp import FormData

from tests.builders.web_client import ORIGIN, Answer, Browser
from tests.builders.web_people import OTHER
from tests.builders.web_world import FixedClock, WebWorld
from webmail.forms import file_name
from webmail.identifiers import ConversationId
from webmail.sessions import SESSION_COOKIE, Sessions
from webmail.settings import WebSettings


async def reply(
    browser: Browser,
    text: str = "Merci docteur.",
    files: tuple[tuple[str, bytes, str], ...] = (),
    to: str = "c-vasseur",
    once: str = "envoi-1",
) -> Answer:
    # Browsers write file names as they are, in UTF-8.
    fields = {"csrf": await browser.token(), "envoi": once, "texte": text}
    form = FormData(fields, quote_fields=False, default_to_multipart=True)
    for name, content, media_type in files or (("", b"", "application/octet-stream"),):
        form.add_field("pieces", content, filename=name, content_type=media_type)
    return await browser.post(f"/messages/{to}/reponse", form)


async def test_reply_leaves_and_is_seen_in_the_conversation(browser: Browser, world: WebWorld) -> None:
    answer = await reply(browser, "Merci docteur.\r\nÀ bientôt.")
    assert answer.location == "/messages/c-vasseur?envoye=1#envoi"
    assert [draft.text for draft in world.replies] == ["Merci docteur.\nÀ bientôt."]
    page = await browser.get("/messages/c-vasseur?envoye=1")
    notice, _, after = page.text.partition("Votre réponse est partie.")
    assert 'id="envoi" tabindex="-1"' in notice
    assert re.findall(r'id="m-([^"]+)"', after) == ["reply-envoi-1"]
    assert "En cours d’envoi" in page.text


async def test_files_leave_with_the_reply(browser: Browser, world: WebWorld) -> None:
    await reply(browser, files=(("été.pdf", b"%PDF-1.4 a", "application/pdf"), ("b.txt", b"b", "text/plain")))
    uploads = world.replies[0].uploads
    assert [(u.name, u.media_type, u.content) for u in uploads] == [
        ("été.pdf", "application/pdf", b"%PDF-1.4 a"),
        ("b.txt", "text/plain", b"b"),
    ]


async def test_empty_file_field_joins_nothing(browser: Browser, world: WebWorld) -> None:
    await reply(browser)
    assert world.replies[0].uploads == ()


async def test_form_sent_twice_sends_one_reply(browser: Browser, world: WebWorld) -> None:
    first, second = await reply(browser), await reply(browser)
    assert first.location == second.location
    assert len(world.replies) == 1


async def test_ended_exchange_refuses_and_gives_the_text_back(browser: Browser, world: WebWorld) -> None:
    answer = await reply(browser, "Encore une <question>", to="c-kaddour")
    assert answer.status == 409
    assert "Dr Samir Kaddour a mis fin à vos échanges." in answer.text
    assert "Encore une &lt;question&gt;" in answer.text
    assert "<form class=\"sheet reply" not in answer.text
    assert not world.replies


async def test_refused_reply_reads_its_news_from_the_conversation(browser: Browser) -> None:
    answer = await reply(browser, " ")
    assert 'data-live-url="/messages/c-vasseur"' in answer.text
    assert (await browser.get("/messages/c-vasseur")).status == 200


async def test_address_of_a_refused_reply_leads_back_to_the_conversation(browser: Browser) -> None:
    answer = await browser.get("/messages/c-vasseur/reponse")
    assert (answer.status, answer.location) == (303, "/messages/c-vasseur#reponse")


async def test_live_page_is_read_again_with_its_query(browser: Browser) -> None:
    assert 'data-live-url="/messages?avant=0"' in (await browser.get("/messages?avant=0")).text


async def test_quotes_in_file_names_are_as_the_patient_wrote_them(browser: Browser, world: WebWorld) -> None:
    await reply(browser, files=(("radio %22genou%22 50%.png", b"x", "image/png"),))
    assert world.replies[0].uploads[0].name == 'radio "genou" 50%.png'


async def test_automatic_result_has_no_reply_form(browser: Browser) -> None:
    page = await browser.get("/messages/c-labo")
    assert "Ce message n’autorise pas la réponse." in page.text
    assert "<textarea" not in page.text


async def test_blank_reply_is_refused_before_anything_is_sent(browser: Browser, world: WebWorld) -> None:
    answer = await reply(browser, " \r\n ")
    assert answer.status == 422
    assert "Écrivez votre réponse" in answer.text
    assert not world.replies


async def test_text_is_kept_when_the_files_are_too_large(browser: Browser, world: WebWorld) -> None:
    answer = await reply(browser, "Voici la radio.", (("radio.png", bytes(100_001), "image/png"),))
    assert answer.status == 422
    assert "Vos fichiers dépassent 100\u00a0ko en tout" in answer.text
    assert "Voici la radio.</textarea>" in answer.text
    assert "à choisir de nouveau" in answer.text
    assert not world.replies


async def test_files_are_counted_together(browser: Browser, world: WebWorld) -> None:
    half = bytes(50_000)
    assert (await reply(browser, files=(("a", half, "x/y"), ("b", half, "x/y")))).status == 303
    assert (await reply(browser, files=(("a", half, "x/y"), ("b", half + b"1", "x/y")), once="2")).status == 422
    assert len(world.replies) == 1


async def test_too_many_files_are_refused(browser: Browser, world: WebWorld) -> None:
    answer = await reply(browser, files=tuple((f"{n}.txt", b"x", "text/plain") for n in range(4)))
    assert "3 fichiers au plus" in answer.text.replace("\u00a0", " ")
    assert not world.replies


async def test_body_far_past_the_limit_is_refused_at_once(browser: Browser) -> None:
    answer = await reply(browser, files=(("a.bin", bytes(500_000), "x/y"),))
    assert answer.status == 413
    assert "Envoi trop volumineux" in answer.text


async def test_text_past_the_limit_is_refused_with_its_reason(browser: Browser, world: WebWorld) -> None:
    assert "trop long" in (await reply(browser, "a" * 50_001)).text
    assert not world.replies


async def test_recipient_slipped_into_the_form_changes_nothing(browser: Browser, world: WebWorld) -> None:
    fields = {"csrf": await browser.token(), "texte": "x", "a": "evil@evil.example", "to": "evil@evil.example"}
    form = FormData(fields, default_to_multipart=True)
    assert (await browser.post("/messages/c-vasseur/reponse", form)).status == 303
    assert "evil" not in repr(world.replies[0].text)


async def test_form_hands_back_whom_its_page_named(browser: Browser, world: WebWorld) -> None:
    page = await browser.get("/messages/c-vasseur")
    assert '<input type="hidden" name="destinataire" value="k-vasseur">' in page.text
    fields = {"csrf": await browser.token(), "texte": "x", "destinataire": "k-vasseur"}
    await browser.post("/messages/c-vasseur/reponse", FormData(fields, default_to_multipart=True))
    assert world.replies[0].to == "k-vasseur"


async def test_control_characters_never_reach_the_message(browser: Browser, world: WebWorld) -> None:
    await reply(browser, "a\x00b\x1b[31mc\td")
    assert world.replies[0].text == "ab[31mc\td"


async def test_form_of_the_wrong_kind_is_refused(browser: Browser) -> None:
    fields = {"csrf": await browser.token(), "texte": "x"}
    assert (await browser.post("/messages/c-vasseur/reponse", fields)).status == 400
    multipart = FormData({"csrf": await browser.token()}, default_to_multipart=True)
    assert (await browser.post("/apparence", multipart)).status == 400


async def test_file_name_that_is_not_utf8_does_no_harm(browser: Browser, world: WebWorld) -> None:
    token = await browser.token()
    parts = (
        b'name="csrf"\r\n\r\n' + token.encode(),
        b'name="texte"\r\n\r\nx',
        b'name="pieces"; filename="\xe9.pdf"\r\n\r\ny',
    )
    body = b"".join(b"--b\r\nContent-Disposition: form-data; " + part + b"\r\n" for part in parts) + b"--b--\r\n"
    headers = {"Content-Type": "multipart/form-data; boundary=b", "Sec-Fetch-Site": "same-origin"}
    assert (await browser.ask("POST", "/messages/c-vasseur/reponse", headers, body)).status == 303
    assert world.replies[0].uploads[0].name == "?.pdf"


@pytest.mark.parametrize(
    ("claimed", "kept"),
    [
        ("C:\\photos\\radio.png", "radio.png"), ("../../etc/passwd", "passwd"), ("a\r\nb\x00.pdf", "ab.pdf"),
        ("fdp.\u202egpj.exe", "fdp.gpj.exe"), ("...", "fichier"), ("", "fichier"),
        ("é" * 200 + ".pdf", "é" * 116 + ".pdf"),
    ],
)  # fmt: skip
def test_file_keeps_its_own_name_only(claimed: str, kept: str) -> None:
    assert file_name(claimed) == kept


async def test_patient_whose_uploads_never_end_does_not_keep_others_from_answering(
    browser: Browser, world: WebWorld
) -> None:
    theirs = replace(world.conversations_by_id["c-vasseur"], id=ConversationId("c-autre"))
    world.add_conversation(theirs, OTHER)
    sessions = Sessions(browser.sessions, FixedClock(), WebSettings(origin=ORIGIN))
    other = Browser(browser.session, browser.base, browser.sessions, {SESSION_COOKIE: await sessions.open(OTHER)})
    begun = asyncio.Semaphore(0)
    stuck = [asyncio.create_task(endless_reply(browser, begun)) for _ in range(6)]
    try:
        for _ in stuck:
            await begun.acquire()
        async with asyncio.timeout(5):
            assert (await reply(other, to="c-autre")).location.startswith("/messages/c-autre?envoye=1")
    finally:
        for task in stuck:
            task.cancel()
        await asyncio.gather(*stuck, return_exceptions=True)


async def endless_reply(browser: Browser, begun: asyncio.Semaphore) -> None:
    """Send the beginning of a form with a file, and no more."""

    async def body() -> AsyncIterator[bytes]:
        yield b'--limite\r\nContent-Disposition: form-data; name="csrf"\r\n\r\n'
        begun.release()
        await asyncio.Event().wait()

    headers = {
        "Content-Type": "multipart/form-data; boundary=limite",
        "Cookie": "; ".join(f"{name}={value}" for name, value in browser.cookies.items()),
        "Sec-Fetch-Site": "same-origin",
    }
    await browser.session.post(f"{browser.base}/messages/c-vasseur/reponse", data=body(), headers=headers)
