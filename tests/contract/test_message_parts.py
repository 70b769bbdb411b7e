"""What a message bears: texts of every kind of letter, HTML, attachments, and the trace of what was opened."""

from collections.abc import AsyncIterator
from contextlib import aclosing
from pathlib import Path

import pytest

from gateway.domain.access import Audience
from gateway.domain.errors import NotFound
from gateway.domain.mailbox import ContentState, MessageId, ThreadId
from gateway.services.conversation.message_parts import MAX_TEXT_BYTES
from gateway.services.stored_octets import OpenedFile
from tests.builders.letters import a_letter
from tests.builders.patient_site import CLAIRE, PDF, PatientSite, patient_site
from tests.builders.store import an_outcome
from webmail.identifiers import ConversationId


@pytest.fixture
async def site(ram: Path) -> AsyncIterator[PatientSite]:
    """Camille's and Louis's spaces."""
    async with patient_site(ram) as opened:
        yield opened


async def _text(site: PatientSite, raw: bytes) -> str:
    mid = await site.receive(raw)
    return (await site.parts.texts(site.actor, [mid]))[mid]


async def test_text_is_decoded(site: PatientSite) -> None:
    assert await _text(site, a_letter(CLAIRE, "Réponse : « oui »\n")) == "Réponse : « oui »\n"


async def test_text_of_a_letter_in_html_alone_is_drawn_from_it(site: PatientSite) -> None:
    assert (await _text(site, a_letter(CLAIRE, "", html="<p>À <b>jeun</b>.</p>"))).strip() == "À jeun."


async def test_text_between_and_after_files_is_shown_too(site: PatientSite) -> None:
    raw = (
        b"From: claire.martin@medecin.mssante.fr\r\nMIME-Version: 1.0\r\n"
        b"Content-Type: multipart/mixed; boundary=b\r\n\r\n"
        b"--b\r\nContent-Type: text/plain\r\n\r\nAvant\r\n"
        b"--b\r\nContent-Type: application/pdf; name=a.pdf\r\n\r\n%PDF-\r\n"
        b"--b\r\nContent-Type: text/plain\r\n\r\nApres\r\n--b--\r\n"
    )
    assert (await _text(site, raw)).split() == ["Avant", "Apres"]


async def test_text_of_a_message_inside_is_not_the_authors(site: PatientSite) -> None:
    raw = (
        b"From: claire.martin@medecin.mssante.fr\r\nMIME-Version: 1.0\r\n"
        b"Content-Type: multipart/mixed; boundary=b\r\n\r\n"
        b"--b\r\nContent-Type: text/plain\r\n\r\nVoyez\r\n"
        b"--b\r\nContent-Type: message/rfc822\r\n\r\nSubject: x\r\n\r\nSecret d'un autre\r\n--b--\r\n"
    )
    assert (await _text(site, raw)).strip() == "Voyez"


async def test_very_long_text_is_cut_and_says_so(site: PatientSite) -> None:
    text = await _text(site, a_letter(CLAIRE, "mot de soixante caractères environ, bien assez\n" * 20_000))
    assert len(text) < MAX_TEXT_BYTES + 200
    assert text.endswith("la suite n’est pas affichée.]")


async def test_text_that_was_cut_where_it_was_read_is_offered_whole(site: PatientSite) -> None:
    mid = await site.receive(a_letter(CLAIRE, "mot de soixante caractères environ, bien assez\n" * 7_000))
    (shown,) = (await site.pages.conversation(site.person.actor, ConversationId(f"{mid:x}"))).messages
    assert (shown.is_cut, shown.text.count("la suite n’est pas affichée")) == (True, 1)


async def test_formatted_view_that_is_cut_says_so(site: PatientSite) -> None:
    long = await site.receive(a_letter(CLAIRE, html=f"<p>Bonjour</p>{'<p>mot</p>' * 120_000}"))
    short = await site.receive(a_letter(CLAIRE, html="<p>Bonjour</p>"))
    views = [await site.parts.html(site.actor, mid) for mid in (long, short)]
    assert ["la suite n’est pas affichée" in view.texts[-1] for view in views] == [True, False]


def _letter(head: str, body: str) -> bytes:
    head = f"From: {CLAIRE.address}\nMessage-ID: <{abs(hash((head, body)))}@a.example>\nMIME-Version: 1.0\n{head}"
    return f"{head}\n\n{body}".replace("\n", "\r\n").encode()


def _mixed(*parts: str, kind: str = "mixed") -> bytes:
    body = "".join(f"--b\n{part}\n" for part in parts)
    return _letter(f"Content-Type: multipart/{kind}; boundary=b", f"{body}--b--\n")


_HTML, _PLAIN = "Content-Type: text/html; charset=utf-8\n\n", "Content-Type: text/plain; charset=utf-8\n\n"
_FORMS = f"{_PLAIN}Un.\n--i\n{_HTML}<p>Un, en gras.</p>\n--i--"
_IN_ORDER = {
    "HTML and a footer": (
        _mixed(f"{_HTML}<p>Arrêtez A.</p>", f"{_PLAIN}-- \nConfidentiel."), "Arrêtez A. -- Confidentiel.",
    ),
    "HTML around a file": (
        _mixed(f"{_HTML}<p>Avant.</p>", "Content-Type: text/csv; name=a.csv\n\n1;2", f"{_HTML}<p>Après.</p>"),
        "Avant. Après.",
    ),
    "two forms and a footer": (
        _mixed(f"Content-Type: multipart/alternative; boundary=i\n\n--i\n{_FORMS}", f"{_PLAIN}Pied."), "Un. Pied.",
    ),
    "an empty form": (_mixed(f"{_PLAIN} \n", f"{_HTML}<p>Un.</p>", kind="alternative"), "Un."),
    "forms the other way round": (_mixed(f"{_HTML}<p>Un, en gras.</p>", f"{_PLAIN}Un.", kind="alternative"), "Un."),
    "enriched": (_letter("Content-Type: text/enriched", "<bold>Reporté</bold>\nà <<10 h."), "Reporté à <10 h."),
    "flowed": (_letter("Content-Type: text/plain; format=flowed", "Une \nphrase.\n De."), "Une phrase. De."),
    "drawn words": (_letter("Content-Type: text/html", "<noscript>Des</noscript> <svg><text>mots"), "Des mots"),
    "one bad octet": (_letter("Content-Type: text/plain; charset=utf-8", "Élevé ") + b"\xe9\r\n", "Élevé \ufffd"),
}  # fmt: skip


@pytest.mark.parametrize("way", _IN_ORDER)
async def test_every_text_is_shown_in_its_order(site: PatientSite, way: str) -> None:
    raw, words = _IN_ORDER[way]
    assert " ".join((await _text(site, raw)).split()) == words


async def test_flowed_lines_are_joined_and_quotations_kept(site: PatientSite) -> None:
    raw = _letter(
        "Content-Type: text/plain; format=flowed; delsp=yes", "> Une \n> autre\nMoi \n-- \n>> Elle \n> Lui\n  deux\n"
    )
    assert await _text(site, raw) == "> Uneautre\nMoi\n-- \n>> Elle\n> Lui\n deux\n"
    assert await _text(site, _letter("Content-Type: text/plain; format=fixed\nX-Is: flowed", "a \nb")) == "a \nb"


@pytest.mark.parametrize("way", ["HTML and a footer", "HTML around a file", "two forms and a footer"])
async def test_formatted_view_shows_every_text_too(site: PatientSite, way: str) -> None:
    view = await site.parts.html(site.actor, await site.receive(_IN_ORDER[way][0]))
    shown = " ".join(view.texts)
    assert [word for word in ("Arrêtez", "Confidentiel", "Avant", "Après", "en gras", "Pied") if word in shown] == {
        "HTML and a footer": ["Arrêtez", "Confidentiel"],
        "HTML around a file": ["Avant", "Après"],
        "two forms and a footer": ["en gras", "Pied"],
    }[way]


async def test_formatted_view_makes_no_tags_of_plain_words(site: PatientSite) -> None:
    view = await site.parts.html(site.actor, await site.receive(_mixed(f"{_HTML}<p>x", f"{_PLAIN}a < b <i>")))
    assert view.texts[1] == '<div style="white-space: pre-wrap">a &lt; b &lt;i&gt;</div>'


async def test_formatted_view_of_a_message_inside_is_not_offered(site: PatientSite) -> None:
    mid = await site.receive(_mixed(f"{_PLAIN}Voyez.", f"Content-Type: message/rfc822\n\n{_HTML}<p>Autre</p>"))
    (shown,) = (await site.pages.conversation(site.person.actor, ConversationId(f"{mid:x}"))).messages
    assert not shown.has_html


async def test_picture_that_nobody_names_is_listed(site: PatientSite) -> None:
    picture = "Content-Type: image/gif; name=plaie.gif\nContent-ID: <p1@x>\n\nGIF89a"
    mid = await site.receive(_mixed(f"{_HTML}<p>Voici.</p>", picture, kind="related"))
    assert await _attachments(site, mid) == ["2"]
    mid = await site.receive(_mixed(f"{_HTML}<p><img src=cid:p1@x></p>", picture, kind="related"))
    assert await _attachments(site, mid) == []


async def test_html_is_absent_from_a_plain_letter(site: PatientSite) -> None:
    mid = await site.receive(a_letter(CLAIRE))
    with pytest.raises(NotFound):
        await site.parts.html(site.actor, mid)


@pytest.mark.parametrize("section", ["", "1", "3", "2.1", "TEXT"])
async def test_only_attachments_are_opened_as_files(site: PatientSite, section: str) -> None:
    mid = await site.receive(a_letter(CLAIRE, files=(("a.pdf", PDF),)))
    with pytest.raises(NotFound):
        await site.parts.attachment(site.actor, mid, section)
    assert await site.trace("attachment.opened") == []


async def test_opening_an_attachment_leaves_a_trace_without_its_name(site: PatientSite) -> None:
    mid = await site.receive(a_letter(CLAIRE, files=(("nom-du-fichier.pdf", PDF),)))
    await _octets(await site.parts.attachment(site.actor, mid, "2"))
    events = await site.trace("attachment.opened")
    assert [(event.objects, event.detail) for event in events] == [((f"message:{mid:x}",), "section 2")]


async def test_attachment_that_is_not_encoded_is_given_as_it_lies(site: PatientSite) -> None:
    raw = (
        b"From: claire.martin@medecin.mssante.fr\r\nMIME-Version: 1.0\r\n"
        b"Content-Type: multipart/mixed; boundary=b\r\n\r\n"
        b"--b\r\nContent-Type: text/csv; name=a.csv\r\n\r\na;b\r\n1;2\r\n--b--\r\n"
    )
    file = await site.parts.attachment(site.actor, await site.receive(raw), "1")
    assert (file.size, await _octets(file)) == (8, b"a;b\r\n1;2")


async def test_message_that_is_not_visible_opens_nothing(site: PatientSite) -> None:
    mid = await site.receive(a_letter(CLAIRE, files=(("a.pdf", PDF),)))
    await site.at.store.write(lambda tx: tx.mail.set_state(site.camille.vault, mid, ContentState.REFUSED))
    with pytest.raises(NotFound):
        await site.parts.attachment(site.actor, mid, "2")
    assert await site.parts.texts(site.actor, [mid]) == {}


async def test_message_whose_files_are_withheld_gives_its_words_alone(site: PatientSite) -> None:
    pictures = (("courbe", PDF[:100]),)
    mid = await site.receive(a_letter(CLAIRE, html="<p>Bonjour</p>", pictures=pictures, files=(("a.pdf", PDF),)))
    section = (await _attachments(site, mid))[0]
    assert (await site.parts.html(site.actor, mid)).pictures
    outcome = an_outcome(withheld_from=Audience.PATIENT)
    await site.at.store.write(lambda tx: tx.mail.note_outcome(site.camille.vault, mid, outcome))
    body = await site.parts.html(site.actor, mid)
    assert ("Bonjour" in body.texts[0], body.pictures) == (True, {})
    with pytest.raises(NotFound):
        await site.parts.attachment(site.actor, mid, section)
    (shown,) = (await site.pages.conversation(site.person.actor, ConversationId(f"{mid:x}"))).messages
    assert (shown.withheld, shown.attachments) == (True, ())


async def _attachments(site: PatientSite, mid: MessageId) -> list[str]:
    (shown,) = (await site.pages.conversation(site.person.actor, ConversationId(f"{mid:x}"))).messages
    return [attachment.section for attachment in shown.attachments]


async def test_reading_a_conversation_marks_what_it_shows_and_leaves_a_trace(site: PatientSite) -> None:
    mid = await site.receive(a_letter(CLAIRE))
    view = await site.conversations.read(site.actor, ThreadId(mid))
    again = await site.conversations.read(site.actor, ThreadId(mid))
    assert [m.was_unread for m in (*view.messages, *again.messages)] == [True, False]
    events = await site.trace("conversation.read")
    assert [event.objects for event in events] == [(f"thread:{mid:x}",), (f"thread:{mid:x}", f"message:{mid:x}")]


async def test_reading_an_unknown_conversation_leaves_no_trace(site: PatientSite) -> None:
    with pytest.raises(NotFound):
        await site.conversations.read(site.actor, ThreadId(MessageId(5)))
    assert await site.trace("conversation.read") == []


async def _octets(file: OpenedFile) -> bytes:
    async with aclosing(file.pieces) as pieces:
        return b"".join([piece async for piece in pieces])
