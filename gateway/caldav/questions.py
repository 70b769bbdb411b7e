"""What a calendar program asks, read from the XML of its request (RFC 4918 §9.1, RFC 4791 §7, RFC 6578 §3.2). Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypeAlias
from urllib.parse import unquote, urlsplit

from lxml import etree

from dossier_bridge.faults import DocumentFault
from dossier_bridge.xml_source import parse_xml
from gateway.domain.errors import InvalidValue

DAV, CALDAV, CALENDAR_SERVER = "DAV:", "urn:ietf:params:xml:ns:caldav", "http://calendarserver.org/ns/"
MAX_OCTETS = 64 * 1024
MAX_NAMES = 1000
"""Resources that one request asks for by name."""
_MAX_PROPERTIES = 60
_UTC_TIME = "%Y%m%dT%H%M%SZ"


@dataclass(frozen=True, slots=True, kw_only=True)
class WantedProperties:
    """Which properties are wanted, as ``{namespace}name``; None for the usual ones."""

    names: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarQuery:
    """A calendar-query: events between two instants, None for no bound; `is_empty` when it asks for no events."""

    wanted: WantedProperties
    start: datetime | None = None
    end: datetime | None = None
    is_empty: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarMultiget:
    """A calendar-multiget: resources by their paths, each as it was written."""

    wanted: WantedProperties
    paths: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SyncCollection:
    """A sync-collection: what has changed since a token, empty for the first time."""

    wanted: WantedProperties
    token: str


Report: TypeAlias = CalendarQuery | CalendarMultiget | SyncCollection


class UnsupportedFilter(InvalidValue):
    """A filter that is not understood (RFC 4791 §7.8)."""


def wanted_in(octets: bytes) -> WantedProperties:
    """Read a PROPFIND; none at all, `allprop` and `propname` ask for the usual properties. Raises `InvalidValue`."""
    if not octets.strip():
        return WantedProperties()
    root = _root(octets)
    if root.tag != f"{{{DAV}}}propfind":
        raise InvalidValue("this is no propfind")
    return _wanted(root)


def report_in(octets: bytes) -> Report | None:
    """Read a REPORT; None for one that there is not here. Raises `InvalidValue` and `UnsupportedFilter`."""
    root = _root(octets)
    if root.tag == f"{{{CALDAV}}}calendar-query":
        return _query(root)
    if root.tag == f"{{{CALDAV}}}calendar-multiget":
        paths = tuple(_path(one.text) for one in _children(root, f"{{{DAV}}}href"))
        if len(paths) > MAX_NAMES:
            raise InvalidValue("too many resources are asked for at once")
        return CalendarMultiget(wanted=_wanted(root), paths=paths)
    if root.tag == f"{{{DAV}}}sync-collection":
        token = _child(root, f"{{{DAV}}}sync-token")
        return SyncCollection(wanted=_wanted(root), token=(token.text or "").strip()[:200] if token is not None else "")
    return None


def _query(root: etree._Element) -> CalendarQuery:
    wanted = _wanted(root)
    whole = _child(_child(root, f"{{{CALDAV}}}filter"), f"{{{CALDAV}}}comp-filter")
    if whole is None or whole.get("name") != "VCALENDAR":
        raise UnsupportedFilter("a filter of a VCALENDAR is needed")
    inside = list(whole)
    if not inside:
        return CalendarQuery(wanted=wanted)
    one = inside[0]
    if len(inside) > 1 or one.tag != f"{{{CALDAV}}}comp-filter":
        raise UnsupportedFilter("one filter of components is understood, and none of properties")
    conditions = list(one)
    if one.get("name") != "VEVENT":
        is_absent = any(condition.tag == f"{{{CALDAV}}}is-not-defined" for condition in conditions)
        return CalendarQuery(wanted=wanted, is_empty=not is_absent)
    if not conditions:
        return CalendarQuery(wanted=wanted)
    span = conditions[0]
    if len(conditions) > 1 or span.tag != f"{{{CALDAV}}}time-range":
        raise UnsupportedFilter("events are filtered by their time only")
    return CalendarQuery(wanted=wanted, start=_instant(span.get("start")), end=_instant(span.get("end")))


def _root(octets: bytes) -> etree._Element:
    try:
        return parse_xml(octets, MAX_OCTETS)
    except DocumentFault as error:
        raise InvalidValue("the body is no XML that can be read") from error


def _wanted(root: etree._Element) -> WantedProperties:
    prop = _child(root, f"{{{DAV}}}prop")
    if prop is None:
        return WantedProperties()
    names = tuple(dict.fromkeys(str(one.tag) for one in prop))
    if len(names) > _MAX_PROPERTIES:
        raise InvalidValue("too many properties are asked for")
    return WantedProperties(names=names)


def _children(parent: etree._Element, tag: str) -> Iterable[etree._Element]:
    return (one for one in parent if one.tag == tag)


def _child(parent: etree._Element | None, tag: str) -> etree._Element | None:
    return None if parent is None else next(iter(_children(parent, tag)), None)


def _path(text: str | None) -> str:
    """Give the path of an address, decoded: absolute or not, programs write both (RFC 4918 §8.3)."""
    try:
        return unquote(urlsplit((text or "").strip()[:500]).path)
    except ValueError:
        return ""


def _instant(text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        return datetime.strptime(text, _UTC_TIME).replace(tzinfo=UTC)
    except ValueError as error:
        raise UnsupportedFilter("a time range is written in UTC") from error
