"""Calendars through a whole gateway: from a professional's mail to the page, back to them, and to other calendars."""

import asyncio
import html
import itertools
import re
import sys
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest

from gateway.demonstration.browser import Browser
from tests.builders.agenda import a_calendar
from tests.builders.gateway_inbox import mail_with
from tests.builders.gateway_mail import CLAIRE, PAUL, letter, submit
from tests.builders.gateway_site import GatewaySite, Patient
from tests.builders.patient_browser import conversation_with, signed_in

pytestmark = pytest.mark.xdist_group("gateway")
_numbers = itertools.count(1)
_DAY = (datetime.now(UTC) + timedelta(days=20)).replace(hour=8, minute=30)


def _at(days: int = 0) -> str:
    return f"{_DAY + timedelta(days=days):%Y%m%dT%H%M00Z}"


def _sent(site: GatewaySite, sender: str, patient: Patient, calendar: bytes, method: str = "REQUEST") -> None:
    """Have a professional send a calendar, as their software does (RFC 6047)."""
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = sender, patient.address, "Votre rendez-vous"
    message["Message-ID"] = f"<rdv.{next(_numbers)}@{sender.partition('@')[2]}>"
    message["Date"] = "Mon, 05 Jan 2026 09:30:00 +0100"
    message.set_content("Voici votre rendez-vous.")
    message.add_attachment(
        calendar, maintype="text", subtype="calendar", filename="rdv.ics", params={"method": method}
    )
    raw = message.as_bytes(policy=message.policy.clone(linesep="\r\n"))
    assert submit(site, sender, patient.address, raw).status == "250 2.0.0"


async def _entry(browser: Browser, title: str) -> tuple[str, str]:
    """Open an entry from the list; give its path and its page."""
    page = html.unescape(await browser.get("/agenda"))
    items = re.finditer(r'href="(/agenda/[0-9a-f]+)"(.*?)</a>', page, re.DOTALL)
    path = next(item[1] for item in items if title in item[2])
    return path, html.unescape(await browser.get(path))


async def test_appointment_by_mail_is_answered_moved_and_called_off_by_its_sender_alone(
    site: GatewaySite, patient: Patient
) -> None:
    uid = f"rdv-{next(_numbers)}@cabinet.example"
    _sent(site, CLAIRE, patient, a_calendar(UID=uid, DTSTART=_at(), SUMMARY="Échographie du foie"))
    async with signed_in(site, patient) as browser:
        path, page = await _entry(browser, "Échographie du foie")
        assert "Viendrez-vous" in page
        assert "Votre réponse est partie" in await browser.submit(page, f"{path}/reponse", {"choix": "accepter"})
        site.settle()
        (answer,) = mail_with(site, CLAIRE, "From", patient.address)
        part = next(part for part in answer.walk() if part.get_content_type() == "text/calendar")
        words = part.get_content()
        assert part.get_param("method") == "REPLY"
        assert uid in (words if isinstance(words, str) else words.decode())
        assert "PARTSTAT=ACCEPTED" in (words if isinstance(words, str) else words.decode())
        _sent(site, PAUL, patient, a_calendar(method="CANCEL", UID=uid, SEQUENCE="9", DTSTART=_at()), "CANCEL")
        assert "Annulé" not in (await _entry(browser, "Échographie du foie"))[1]
        _sent(site, CLAIRE, patient, a_calendar(UID=uid, SEQUENCE="1", DTSTART=_at(1), SUMMARY="Échographie du foie"))
        page = (await _entry(browser, "Échographie du foie"))[1]
        assert "Viendrez-vous" in page
        assert submit(site, CLAIRE, patient.address, letter(CLAIRE, patient.address, "[FIN]").raw).code == 250
        kept = html.unescape(await browser.submit(page, f"{path}/reponse", {"choix": "decliner"}))
        assert "Elle n’est pas partie" in kept
        assert "a mis fin à vos échanges" in kept
        _sent(site, CLAIRE, patient, a_calendar(method="CANCEL", UID=uid, SEQUENCE="2", DTSTART=_at(1)), "CANCEL")
        assert "Annulé" in (await _entry(browser, "Échographie du foie"))[1]
    assert len(mail_with(site, CLAIRE, "From", patient.address)) == 1


async def test_calendars_of_every_kind_leave_agenda_and_message_readable(site: GatewaySite, patient: Patient) -> None:
    alarm = ("BEGIN:VALARM", "TRIGGER:-P1D", "END:VALARM")
    task = a_calendar(*alarm, kind="VTODO", DUE=_at(), DTSTART="", SUMMARY="Prise de sang à jeun", method="PUBLISH")
    _sent(site, CLAIRE, patient, task, "PUBLISH")
    _sent(site, CLAIRE, patient, a_calendar(UID="sans", DTSTART=f"{_DAY:%Y%m%d}T094500", SUMMARY="Sans fuseau"))
    often = a_calendar("RRULE:FREQ=DAILY;COUNT=10000", UID="souvent", DTSTART=_at(), SUMMARY="Dix mille fois")
    _sent(site, CLAIRE, patient, often)
    listed = a_calendar(f"RDATE:{','.join([_at()] * 10_000)}", UID="liste", DTSTART=_at())
    _sent(site, PAUL, patient, listed)
    async with signed_in(site, patient) as browser:
        page = (await _entry(browser, "Prise de sang à jeun"))[1]
        assert "À faire" in page
        assert "1\u00a0jour avant" in page
        assert "9\u00a0h\u00a045" in (await _entry(browser, "Sans fuseau"))[1]
        assert "Les fois suivantes" in (await _entry(browser, "Dix mille fois"))[1]
        assert (await browser.get("/agenda")).count("Dix mille fois") <= 200
        assert "Voici votre rendez-vous" in await browser.get(await conversation_with(browser, "Paul Nguyen"))


_SYNCED = """[general]
status_path = "{folder}/status"
[pair caldav]
a = "space"
b = "copy"
collections = ["sante"]
conflict_resolution = "a wins"
[storage space]
type = "caldav"
url = "{web}/.well-known/caldav"
username = "agenda"
password = "{secret}"
verify = "{authority}"
read_only = true
[storage copy]
type = "filesystem"
path = "{folder}/copy"
fileext = ".ics"
[pair link]
a = "followed"
b = "flat"
collections = null
[storage followed]
type = "http"
url = "{web}/calendrier/{secret}.ics"
verify = "{authority}"
[storage flat]
type = "filesystem"
path = "{folder}/flat"
fileext = ".ics"
"""


async def _vdirsyncer(folder: Path, *words: str) -> tuple[int, str]:
    """Run the program with the settings in `folder`; it may ask whether to make a folder."""
    command = [str(Path(sys.executable).with_name("vdirsyncer")), "-c", str(folder / "config"), *words]
    pipe = asyncio.subprocess.PIPE
    running = await asyncio.create_subprocess_exec(*command, stdin=pipe, stdout=pipe, stderr=asyncio.subprocess.STDOUT)
    said, _ = await running.communicate(b"y\n" * 9)
    return running.returncode or 0, said.decode(errors="replace")


def _events(folder: Path) -> list[str]:
    return sorted(re.findall(r"SUMMARY:(.*?)\r?\n", "".join(file.read_text() for file in folder.glob("*.ics"))))


async def test_another_calendar_follows_the_agenda(
    site: GatewaySite, patient: Patient, tmp_path: Path
) -> None:
    web = f"https://localhost:{site.ports['web']}"
    async with signed_in(site, patient) as browser:
        for title in ("Kinésithérapie", "Dentiste"):
            form = await browser.get("/agenda/nouveau")
            fields = {"titre": title, "jour": f"{_DAY:%Y-%m-%d}", "debut": "09:30"}
            await browser.submit(form, "/agenda/nouveau", fields)
        form = await browser.get("/agenda/abonnement")
        page = await browser.submit(form, "/agenda/abonnement", {"details": "1"})
        secret = re.findall(r"/calendrier/([\w-]+)\.ics", page)[0]
        words = _SYNCED.format(folder=tmp_path, web=web, secret=secret, authority=site.world.authority)
        (tmp_path / "config").write_text(words, encoding="utf-8")
        assert (await _vdirsyncer(tmp_path, "discover"))[0] == 0
        status, said = await _vdirsyncer(tmp_path, "sync")
        assert status == 0, said
        assert _events(tmp_path / "copy" / "sante") == _events(tmp_path / "flat") == ["Dentiste", "Kinésithérapie"]
        path, page = await _entry(browser, "Dentiste")
        await browser.submit(page, f"{path}/suppression", {})
        assert (await _vdirsyncer(tmp_path, "sync"))[0] == 0
        assert _events(tmp_path / "copy" / "sante") == _events(tmp_path / "flat") == ["Kinésithérapie"]
