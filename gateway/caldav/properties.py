"""What each resource says of itself (RFC 4918 §15, RFC 3744 §5, RFC 4791 §5.2 and §6.2, RFC 6578 §4). Pure.

There are three kinds: the root, which is principal and home at once, its one calendar, and events.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from types import MappingProxyType

from lxml import etree

from gateway.caldav.questions import CALDAV, CALENDAR_SERVER, DAV, WantedProperties

ROOT, CALENDAR = "/caldav/", "/caldav/sante/"
_MEDIA_TYPE = "text/calendar; charset=utf-8; component=vevent"
_REPORTS = (f"{{{CALDAV}}}calendar-query", f"{{{CALDAV}}}calendar-multiget", f"{{{DAV}}}sync-collection")
_USUAL = tuple(f"{{{DAV}}}{name}" for name in ("resourcetype", "displayname", "getetag", "getcontenttype"))


class ResourceKind(Enum):
    """What a resource is."""

    ROOT = "root"
    CALENDAR = "calendar"
    EVENT = "event"


@dataclass(frozen=True, slots=True, kw_only=True)
class Resource:
    """A resource: its path, its mark (of an event, or of all in the calendar), and its octets where they are given."""

    kind: ResourceKind
    path: str
    mark: str = ""
    octets: bytes | None = None


Value = Callable[[Resource, etree._Element], None]
"""Writes the value of a property into its element."""


def found_and_missing(one: Resource, wanted: WantedProperties) -> tuple[list[etree._Element], list[etree._Element]]:
    """Give the properties that a resource has of those wanted, with their values, and those that it has not."""
    found, missing = [], []
    for name in _USUAL if wanted.names is None else wanted.names:
        value, element = _value_of(one, name), etree.Element(name)
        if value is not None:
            value(one, element)
            found.append(element)
        elif wanted.names is not None:
            missing.append(element)
    return found, missing


def sync_token(mark: str) -> str:
    """Write the token of a state of the calendar; it has to be an address (RFC 6578 §4)."""
    return f"data:,{mark}"


def _value_of(one: Resource, name: str) -> Value | None:
    if name == f"{{{CALDAV}}}calendar-data" and one.octets is None:
        return None
    return _OF_ALL.get(name) or _OF_KIND[one.kind].get(name)


def _text(text: Callable[[Resource], str]) -> Value:
    def write(one: Resource, element: etree._Element) -> None:
        element.text = text(one)

    return write


def _inside(*names: str) -> Value:
    def write(_: Resource, element: etree._Element) -> None:
        for name in names:
            etree.SubElement(element, name)

    return write


def _href(path: str) -> Value:
    def write(_: Resource, element: etree._Element) -> None:
        etree.SubElement(element, f"{{{DAV}}}href").text = path

    return write


def _privileges(_: Resource, element: etree._Element) -> None:
    for name in ("read", "read-current-user-privilege-set"):
        privilege = etree.SubElement(element, f"{{{DAV}}}privilege")
        etree.SubElement(privilege, f"{{{DAV}}}{name}")


def _reports(_: Resource, element: etree._Element) -> None:
    for name in _REPORTS:
        supported = etree.SubElement(element, f"{{{DAV}}}supported-report")
        etree.SubElement(etree.SubElement(supported, f"{{{DAV}}}report"), name)


def _components(_: Resource, element: etree._Element) -> None:
    etree.SubElement(element, f"{{{CALDAV}}}comp", name="VEVENT")


def _data_types(_: Resource, element: etree._Element) -> None:
    etree.SubElement(element, f"{{{CALDAV}}}calendar-data", {"content-type": "text/calendar", "version": "2.0"})


def _of_dav(values: Mapping[str, Value]) -> dict[str, Value]:
    return {f"{{{DAV}}}{name}": value for name, value in values.items()}


_OF_ALL: Mapping[str, Value] = MappingProxyType(
    _of_dav({
        "current-user-principal": _href(ROOT),
        "owner": _href(ROOT),
        "principal-collection-set": _href(ROOT),
        "current-user-privilege-set": _privileges,
    })
)
_OF_KIND: Mapping[ResourceKind, Mapping[str, Value]] = MappingProxyType({
    ResourceKind.ROOT: _of_dav({
        "resourcetype": _inside(f"{{{DAV}}}collection", f"{{{DAV}}}principal"),
        "displayname": _text(lambda _: "Agenda de santé"),
        "principal-URL": _href(ROOT),
        "supported-report-set": _inside(),
    }) | {f"{{{CALDAV}}}calendar-home-set": _href(ROOT)},
    ResourceKind.CALENDAR: _of_dav({
        "resourcetype": _inside(f"{{{DAV}}}collection", f"{{{CALDAV}}}calendar"),
        "displayname": _text(lambda _: "Agenda de santé"),
        "getcontenttype": _text(lambda _: "text/calendar; charset=utf-8"),
        "supported-report-set": _reports,
        "sync-token": _text(lambda one: sync_token(one.mark)),
    }) | {
        f"{{{CALDAV}}}supported-calendar-component-set": _components,
        f"{{{CALDAV}}}supported-calendar-data": _data_types,
        f"{{{CALENDAR_SERVER}}}getctag": _text(lambda one: one.mark),
    },
    ResourceKind.EVENT: _of_dav({
        "resourcetype": _inside(),
        "getetag": _text(lambda one: f'"{one.mark}"'),
        "getcontenttype": _text(lambda _: _MEDIA_TYPE),
    }) | {f"{{{CALDAV}}}calendar-data": _text(lambda one: (one.octets or b"").decode())},
})
