"""Any octets as a calendar, or as a question of a calendar program, give a value or a documented error."""

from contextlib import suppress
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from gateway.caldav.questions import report_in, wanted_in
from gateway.domain.agenda.calendar_reading import MAX_ITEMS, read_calendar
from gateway.domain.agenda.recurrence import MOST
from gateway.domain.errors import InvalidValue, MalformedContent

_NAMES = st.sampled_from([
    "BEGIN", "END", "UID", "SEQUENCE", "SUMMARY", "DTSTART", "DTEND", "DURATION", "DUE", "RRULE", "RDATE", "EXDATE",
    "RECURRENCE-ID", "TRIGGER", "METHOD", "STATUS", "DTSTART;TZID=Europe/Paris", "DTSTART;VALUE=DATE", "X",
])  # fmt: skip
_VALUES = st.one_of(
    st.sampled_from([
        "VEVENT", "VTODO", "VALARM", "VCALENDAR", "20260309T083000Z", "20260309T083000", "20260309", "-PT1H", "P99999W",
        "FREQ=DAILY;COUNT=10000", "FREQ=MONTHLY;BYDAY=-1FR", "FREQ=SECONDLY", "REQUEST", "CANCELLED", "00000000T000000",
    ]),
    st.text(max_size=30),
)  # fmt: skip
_LINES = st.lists(st.builds("{}:{}".format, _NAMES, _VALUES), max_size=30)


def _read(octets: bytes) -> None:
    with suppress(MalformedContent):
        found = read_calendar(octets, date(2026, 3, 2))
        assert len(found.items) <= MAX_ITEMS
        assert all(len(item.also) < MOST for item in found.items)


@given(_LINES)
def test_lines_in_any_order_are_a_calendar_or_none(lines: list[str]) -> None:
    body = ["BEGIN:VCALENDAR", "BEGIN:VEVENT", "DTSTART:20260309T083000Z", *lines, "END:VEVENT", "END:VCALENDAR", ""]
    _read("\r\n".join(body).encode("utf-8", "replace"))


@given(st.binary(max_size=2000))
def test_any_octets_are_a_calendar_and_a_question_or_none(octets: bytes) -> None:
    _read(octets)
    for ask in (wanted_in, report_in):
        with suppress(InvalidValue):
            ask(octets)


@given(st.text(max_size=40), st.text(max_size=40), st.sampled_from(["time-range", "prop-filter", "comp-filter", "x"]))
def test_any_filter_is_understood_or_refused(name: str, start: str, kind: str) -> None:
    quoted = [text.replace("&", "&amp;").replace("<", "&lt;").replace("'", "&apos;") for text in (name, start)]
    body = (
        "<c:calendar-query xmlns='DAV:' xmlns:c='urn:ietf:params:xml:ns:caldav'><c:filter><c:comp-filter "
        f"name='VCALENDAR'><c:comp-filter name='{quoted[0]}'><c:{kind} start='{quoted[1]}'/></c:comp-filter>"
        "</c:comp-filter></c:filter></c:calendar-query>"
    )
    with suppress(InvalidValue):
        report_in(body.encode("utf-8", "replace"))
