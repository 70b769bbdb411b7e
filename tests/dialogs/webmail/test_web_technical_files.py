"""Files that programs read stand apart from those of the patient, and say so."""

import re
from dataclasses import replace

import pytest

from tests.builders.web_client import Browser
from tests.builders.web_world import WebWorld
from webmail.messages.model import MessageFile

TECHNICAL = (
    ("IHE_XDM.zip", "application/zip"),
    ("ihe_xdm2.ZIP", "application/octet-stream"),
    ("cr.xml", "application/octet-stream"),
    ("sans-nom", "text/xml"),
    ("resultat.HL7", "text/plain"),
    ("winmail.dat", "application/ms-tnef"),
)
PERSONAL = (("photos.zip", "application/zip"), ("compte-rendu.pdf", "application/pdf"), ("lettre.txt", "text/plain"))


@pytest.mark.parametrize(("name", "media_type"), TECHNICAL)
def test_file_for_programs_is_technical(name: str, media_type: str) -> None:
    assert MessageFile("2", name, media_type, 10).is_technical


@pytest.mark.parametrize(("name", "media_type"), PERSONAL)
def test_file_for_people_is_not_technical(name: str, media_type: str) -> None:
    assert not MessageFile("2", name, media_type, 10).is_technical


async def test_technical_files_are_closed_away_under_their_name(browser: Browser, world: WebWorld) -> None:
    known = world.conversations_by_id["c-vasseur"]
    files = tuple(MessageFile(f"{number}", *kind, 10) for number, kind in enumerate((*TECHNICAL, *PERSONAL), 2))
    letter = replace(known.messages[0], attachments=files, documents=())
    world.add_conversation(replace(known, messages=(letter,)))
    page = (await browser.get("/messages/c-vasseur")).text
    closed = re.findall(r'<details class="technical no-print">(.*?)</details>', page, re.DOTALL)
    assert len(closed) == 1
    assert "Fichiers techniques (6)" in closed[0]
    assert all(name in closed[0] for name, _ in TECHNICAL)
    shown = page.replace(closed[0], "")
    assert all(name in shown and name not in closed[0] for name, _ in PERSONAL)
    assert not any(name in shown for name, _ in TECHNICAL)


async def test_message_with_technical_files_only_shows_no_empty_list(browser: Browser, world: WebWorld) -> None:
    known = world.conversations_by_id["c-vasseur"]
    letter = replace(known.messages[0], attachments=(MessageFile("2", *TECHNICAL[0], 10),), documents=())
    world.add_conversation(replace(known, messages=(letter,)))
    page = (await browser.get("/messages/c-vasseur")).text
    assert page.count('<div class="files">') == 1
