"""The CalDAV face: found, read and compared by a program that holds a link's secret, and changed by nobody."""

import re
from base64 import b64encode
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from gateway.caldav import api
from gateway.caldav.questions import MAX_OCTETS
from tests.builders.agenda import MONDAY, an_entry
from tests.builders.patient_site import PatientSite, patient_site

HOME, CALENDAR = "/caldav/", "/caldav/sante/"
_NAMES = "xmlns='DAV:' xmlns:c='urn:ietf:params:xml:ns:caldav'"
ETAGS = f"<propfind {_NAMES}><prop><getetag/><displayname/><x xmlns='urn:x'/></prop></propfind>"
DATA = "<prop><getetag/><c:calendar-data/></prop>"


class Program:
    """A calendar program."""

    def __init__(self, site: PatientSite, client: TestClient[web.Request, web.Application]) -> None:
        self.site = site
        self.client = client
        self.secret = ""

    async def ask(self, method: str, path: str, body: str = "", **headers: str) -> tuple[int, str]:
        """Send a request; give its status and what was answered."""
        basic = b64encode(f"agenda:{self.secret}".encode()).decode()
        sent = {"Authorization": f"Basic {basic}", "Depth": "1"} | headers
        answer = await self.client.request(method, path, data=body.encode(), headers=sent, allow_redirects=False)
        return answer.status, await answer.text()

    async def query(self, inside: str = "<c:comp-filter name='VEVENT'/>") -> tuple[int, str]:
        """Ask for events by a filter."""
        asked = f"<c:filter><c:comp-filter name='VCALENDAR'>{inside}</c:comp-filter></c:filter>"
        return await self.ask("REPORT", CALENDAR, f"<c:calendar-query {_NAMES}>{DATA}{asked}</c:calendar-query>")

    async def sync(self, token: str = "") -> tuple[int, str]:
        """Ask for what has changed."""
        asked = f"<sync-token>{token}</sync-token><sync-level>1</sync-level>"
        return await self.ask("REPORT", CALENDAR, f"<sync-collection {_NAMES}>{asked}{DATA}</sync-collection>")


@pytest.fixture
async def program(ram: Path) -> AsyncIterator[Program]:
    async with patient_site(ram) as site:
        around = web.Application(client_max_size=MAX_OCTETS)
        around.add_subapp(HOME, api.make_app(site.services.agenda_reading))
        around.add_subapp("/.well-known/", api.make_discovery())
        async with TestClient(TestServer(around)) as client:
            found = Program(site, client)
            found.secret = await site.services.agenda_links.make(site.actor, says_all=True, seen=frozenset())
            yield found


async def test_calendar_is_found_from_the_host_alone(program: Program) -> None:
    answer = await program.client.request("PROPFIND", "/.well-known/caldav", allow_redirects=False)
    assert (answer.status, answer.headers["Location"]) == (301, HOME)
    names = "<current-user-principal/><c:calendar-home-set/><resourcetype/>"
    wanted = f"<propfind {_NAMES}><prop>{names}</prop></propfind>"
    status, text = await program.ask("PROPFIND", HOME, wanted)
    assert status == 207
    assert text.count("<d:href>/caldav/</d:href>") >= 3
    assert "<c:calendar/>" in text
    assert (await program.ask("OPTIONS", CALENDAR))[0] == 200


async def test_events_are_listed_by_mark_and_read_by_time_or_name(program: Program) -> None:
    event = await an_entry(program.site, title="Oncologie", also=(MONDAY + timedelta(days=7),))
    status, text = await program.ask("PROPFIND", CALENDAR, ETAGS)
    names = re.findall(rf"{CALENDAR}([0-9a-f]+-\d+)\.ics", text)
    assert (status, names) == (207, [f"{event.id:x}-0", f"{event.id:x}-1"])
    assert text.count("404 Not Found") == 3  # a property that nobody has
    assert await program.site.trace("agenda.listed") == []
    week = "<c:time-range start='20260310T000000Z' end='20260320T000000Z'/>"
    text = (await program.query(f"<c:comp-filter name='VEVENT'>{week}</c:comp-filter>"))[1]
    assert "20260316T083000Z" in text
    assert "20260309T083000Z" not in text
    hrefs = f"<href>{CALENDAR}{names[0]}.ics</href><href>https://x{CALENDAR}0-9.ics</href><href>/else</href>"
    asked = f"<c:calendar-multiget {_NAMES}>{DATA}{hrefs}</c:calendar-multiget>"
    text = (await program.ask("REPORT", CALENDAR, asked))[1]
    assert (text.count("SUMMARY:Oncologie"), text.count("404 Not Found")) == (1, 2)
    hrefs = f"<href>{CALENDAR}%00%01%20%C3%A9%ED%A0%80&lt;x&gt;.ics</href>"
    asked = f"<c:calendar-multiget {_NAMES}>{DATA}{hrefs}</c:calendar-multiget>"
    status, odd = await program.ask("REPORT", CALENDAR, asked)
    assert (status, f"<d:href>{CALENDAR}%00%01%20%C3%A9" in odd, odd.count("404 Not Found")) == (207, True, 1)
    lines = await program.site.trace("agenda.listed")
    assert {(line.detail, line.objects) for line in lines} == {("caldav", ()), ("caldav", (f"event:{event.id:x}",))}
    path = f"{CALENDAR}{names[0]}.ics"
    first, again = await program.ask("GET", path), await program.ask("GET", path)
    assert first == again
    assert first[0] == 200
    assert (await program.ask("GET", path.replace("-0", "-7")))[0] == 404


async def test_what_changed_is_told_by_a_token_and_who_holds_an_old_one_begins_anew(program: Program) -> None:
    event = await an_entry(program.site)
    text = (await program.sync())[1]
    token = re.findall(r"<d:sync-token>([^<]+)<", text)[0]
    assert "SUMMARY:Contr" in text
    status, text = await program.sync(token)
    assert (status, "<d:href>" in text) == (207, False)
    await program.site.services.agenda.cancel(program.site.actor, event.id, 1)
    status, text = await program.sync(token)
    assert (status, "valid-sync-token" in text) == (403, True)
    assert "STATUS:CANCELLED" in (await program.sync())[1]


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PROPPATCH", "MKCALENDAR", "MOVE", "POST"])
async def test_nothing_is_changed(program: Program, method: str) -> None:
    event = await an_entry(program.site)
    assert (await program.ask(method, f"{CALENDAR}{event.id:x}-0.ics", "x"))[0] == 403
    assert (await program.query())[1].count("BEGIN:VEVENT") == 1


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ("", 400),
        ("<a", 400),
        ("<!DOCTYPE a [<!ENTITY b 'c'>]><propfind xmlns='DAV:'>&b;</propfind>", 400),
        (f"<propfind {_NAMES}>" + "<x/>" * 30_000 + "</propfind>", 413),
        (f"<expand-property {_NAMES}/>", 403),
        (f"<c:calendar-query {_NAMES}>{DATA}</c:calendar-query>", 403),
    ],
)
async def test_question_that_is_none_is_refused(program: Program, body: str, status: int) -> None:
    assert (await program.ask("REPORT", CALENDAR, body))[0] == status


async def test_filters_that_are_not_understood_say_so(program: Program) -> None:
    await an_entry(program.site)
    assert "BEGIN:VEVENT" in (await program.query(""))[1]
    assert "BEGIN:VEVENT" not in (await program.query("<c:comp-filter name='VTODO'/>"))[1]
    by_words = "<c:prop-filter name='UID'/>"
    for inside in (by_words, f"<c:comp-filter name='VEVENT'>{by_words}</c:comp-filter>"):
        status, text = await program.query(inside)
        assert (status, "supported-filter" in text) == (403, True)


async def test_secret_that_was_ended_or_guessed_lets_nobody_in(program: Program) -> None:
    links, secret = program.site.services.agenda_links, program.secret
    assert (await program.ask("PROPFIND", HOME))[0] == 207
    for header in ("", "Basic", "Basic %%%", "Bearer x", f"Basic {b64encode(b'x').decode()}"):
        assert (await program.ask("PROPFIND", HOME, Authorization=header))[0] == 401
    await links.end(program.site.actor, (await links.mine(program.site.actor))[0].name)
    answer = await program.client.request("PROPFIND", HOME, headers={"Authorization": f"Basic {secret}"})
    assert answer.headers["WWW-Authenticate"].startswith("Basic ")
    assert (await program.ask("PROPFIND", HOME))[0] == 401
    program.secret = "guess"
    statuses = [(await program.ask("PROPFIND", HOME))[0] for _ in range(70)]
    assert statuses[-1] == 429
