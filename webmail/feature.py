"""What a folder of the web space gives: its pages, its tab, what it asks of the services, and who may come in."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any, TypeAlias

from aiohttp import web

from gateway.domain.access import SpacePart
from gateway.ports.clock import Clock
from webmail.pulse import Pulse
from webmail.settings import WebSettings


def _nothing_new(_: Pulse) -> int:
    return 0


Beside: TypeAlias = Callable[["Sequence[Feature]", Clock, WebSettings], web.Application]
"""Makes an application of its own of the features of the site; it gets none of their services."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tab:
    """One entry of the navigation.

    Attributes:
        name: what pages say they belong to.
        narrow: the label where there is little room.
        badge: counts what is new behind it; `badge_words` say it, one and many.
        parts: path and label of what lies behind it, for the plan of the site.
        shows: the part of the space that it shows: whoever has no right on it does not see the entry; None for all.
    """

    name: str
    label: str
    path: str
    icon: str
    narrow: str = ""
    badge: Callable[[Pulse], int] = _nothing_new
    badge_words: tuple[str, str] = ("", "")
    parts: tuple[tuple[str, str], ...] = ()
    shows: SpacePart | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingsEntry:
    """One line of « Paramètres »: a page on which something of one's own is chosen.

    Attributes:
        about: one short sentence that says what is found there.
        order: smaller ones stand above.
        shows: as `Tab.shows`.
    """

    label: str
    path: str
    about: str
    icon: str
    order: int
    shows: SpacePart | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MenuEntry:
    """One line of the menu under the name of whoever is signed in.

    Attributes:
        name: what pages say they belong to, as `Tab.name`.
        order: smaller ones stand above.
        shows: as `Tab.shows`.
    """

    name: str
    label: str
    path: str
    icon: str
    order: int
    shows: SpacePart | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Feature:
    """One folder of the web space.

    Attributes:
        routes: its pages.
        tabs: its entries of the navigation; a path below one of them may be come back to after sign-in.
        menu: its lines of the menu under the name.
        settings: its lines of « Paramètres ».
        sections: first parts of further paths that may be come back to, such as ``/parametres``.
        port: the key by which its handlers find what they ask of the services, None when they ask nothing.
        adapter: makes that of the services.
        filters: what its templates use beside the filters of all pages.
        public: names of the routes that need no session; every other one does.
        transfers: names of the routes that carry files, and get their time.
        streams: names of the routes that have no end.
        queues: names of the routes at which one may wait for one's turn (`gateway.services.sign_in.sign_in_guard`).
        away: names of the routes that the holder of a closed space sees, and no others.
        unasked: names of the pages that are seen before the terms of today are accepted (E91).
        agreed: names of the pages that are seen only after; every other may be read without.
        oneself: names of the routes that are about whoever is signed in, and are not shown while they act for another.
        acting: names of the routes by which they choose for whom they act; they stay when a mandate has ended.
        beside: applications beside the pages, by their path.
    """

    routes: tuple[web.RouteTableDef, ...]
    tabs: tuple[Tab, ...] = ()
    menu: tuple[MenuEntry, ...] = ()
    settings: tuple[SettingsEntry, ...] = ()
    sections: tuple[str, ...] = ()
    port: web.AppKey[Any] | None = None  # Any: each key is of its own port
    adapter: Callable[[Any], object] | None = None  # Any: each site has services of its own
    filters: Mapping[str, Callable[..., object]] = field(default_factory=dict)
    public: frozenset[str] = frozenset()
    transfers: frozenset[str] = frozenset()
    streams: frozenset[str] = frozenset()
    queues: frozenset[str] = frozenset()
    away: frozenset[str] = frozenset()
    unasked: frozenset[str] = frozenset()
    agreed: frozenset[str] = frozenset()
    oneself: frozenset[str] = frozenset()
    acting: frozenset[str] = frozenset()
    beside: Mapping[str, Beside] = field(default_factory=dict)


def feature_in(folder: str, site: str = "webmail") -> Feature:
    """Give the feature of a folder of a site: `FEATURE` of its module `feature`."""
    found = import_module(f"{site}.{folder}.feature").FEATURE
    if not isinstance(found, Feature):
        raise TypeError(f"{site}/{folder}/feature.py gives no feature")
    return found
