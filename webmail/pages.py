"""Render pages from values: the template environment, and what every page is given.

Templates escape everything (autoescape); an undefined name is an error, not a blank. No I/O after start.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from functools import cache
from importlib.resources import files
from pathlib import Path
from types import CodeType

from jinja2 import BytecodeCache, Environment, FileSystemLoader, StrictUndefined
from jinja2.bccache import Bucket

from gateway.domain.result_words import figures
from gateway.domain.units import unit_words
from webmail import wording
from webmail.feature import Feature, Tab
from webmail.pulse import MOST_COUNTED, Pulse
from webmail.signed_in import SignedIn

FOLDER = Path(str(files("webmail")))


@dataclass(frozen=True, slots=True, repr=False, kw_only=True)
class Frame:
    """What surrounds a page: whose it is, its tab, its form token and its theme.

    Attributes:
        theme: ``light``, ``dark``, or empty to follow the device.
        path: the page's own path, to come back to it after changing the theme.
        live_path: where the page is read again when something changes; a form's answer has no address of its own.
        pulse: present on pages that follow changes live.
        is_guest: the page is one of the sample space.
        draft_key: seals, in the browser, what is typed and not sent; empty where nothing is kept.
        is_answer: the page answers a form, and has in it what was sent.
        draft_mark: names the holder on a form that may come after the session's end.
        place_mark: says of whose space the page is, when it is read again.
        idle_seconds: after so long without a page the session ends.
        home: the first page of the site; every page of it is below.
    """

    csrf: str = ""
    theme: str = ""
    path: str = "/"
    live_path: str = "/"
    tab: str = ""
    person: SignedIn | None = None
    pulse: Pulse | None = None
    is_guest: bool = False
    draft_key: str = ""
    draft_mark: str = ""
    is_answer: bool = False
    idle_seconds: int = 0
    home: str = "/"
    place_mark: str = ""


@dataclass(frozen=True, slots=True)
class ShownTab:
    """An entry of the navigation with what is new behind it."""

    tab: Tab
    badge: int
    badge_words: str


@dataclass(frozen=True, slots=True)
class Speech:
    """Say instants as one reads them now, in the site's time zone."""

    now: datetime
    zone: tzinfo

    def when(self, at: date | datetime) -> str:
        """Give the shortest clear date."""
        return wording.short_when(at, self.now, self.zone)

    def date(self, at: wording.Moment | None) -> str:
        """Give the date in full, as precisely as it is known."""
        return wording.known_date(at, self.zone)

    def is_same_day(self, one: wording.Moment | None, other: wording.Moment | None) -> bool:
        """Say whether two dates are known to be of one day."""
        days = [wording.local_day(at, self.zone) for at in (one, other) if isinstance(at, date)]
        return one == other or (len(days) == 2 and days[0] == days[1])

    def time(self, at: datetime) -> str:
        """Give the time of day."""
        return wording.clock_time(at, self.zone)

    def full(self, at: datetime) -> str:
        """Give day, date and time."""
        return wording.full_time(at, self.zone)

    def heading(self, at: datetime) -> str:
        """Give the heading of a day."""
        return wording.day_heading(at, self.now, self.zone)


class _CompiledTemplates(BytecodeCache):
    """Keep what templates were compiled to for all sites of the process: the sample space has those of the real one."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, str], CodeType | None] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Give what this text of this file was compiled to before, if it was."""
        bucket.code = self._kept.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep what a template was compiled to."""
        self._kept[bucket.key, bucket.checksum] = bucket.code


_COMPILED = _CompiledTemplates()


class Pages:
    """The templates, compiled once."""

    def __init__(self, zone: tzinfo, features: Sequence[Feature], folder: Path = FOLDER) -> None:
        """Compile the templates of the site in `folder`; those that all sites share come after its own."""
        self._zone = zone
        self._tabs = tuple(tab for feature in features for tab in feature.tabs)
        menu = (entry for feature in features for entry in feature.menu)
        self._menu = tuple(sorted(menu, key=lambda entry: entry.order))
        self._versions = _static_versions()
        self._environment = Environment(
            loader=FileSystemLoader([folder / "templates", *sorted(folder.glob("*/templates")), FOLDER / "templates"]),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
            bytecode_cache=_COMPILED,
        )
        self._environment.filters |= {
            "plain_subject": wording.plain_subject,
            "count": wording.count,
            "of_name": wording.of_name,
            "phone_number": wording.phone_number,
            "names": wording.names,
            "file_size": wording.file_size,
            "file_kind": wording.file_kind,
            "initials": wording.initials,
            "figures": figures,
            "unit_words": unit_words,
            "first_upper": lambda text: text[:1].upper() + text[1:],
        }
        for feature in features:
            self._environment.filters |= feature.filters
        self._environment.globals["static"] = self.static_path

    def speech(self, now: datetime) -> Speech:
        """Give the dates' vocabulary at an instant."""
        return Speech(now, self._zone)

    def render(self, template: str, frame: Frame, now: datetime, **values: object) -> str:
        """Render a template; `values` are the names it uses."""
        sees = frame.person.sees if frame.person else (lambda _: True)
        return self._environment.get_template(template).render(
            frame=frame,
            tabs=[_shown(tab, frame.pulse) for tab in self._tabs if sees(tab.shows)],
            menu=[entry for entry in self._menu if sees(entry.shows)],
            say=self.speech(now),
            **values,
        )

    def static_path(self, name: str) -> str:
        """Give the address of a static file, which changes with its content."""
        return f"/static/{name}?v={self._versions[name]}"


def _shown(tab: Tab, pulse: Pulse | None) -> ShownTab:
    number = tab.badge(pulse) if pulse else 0
    return ShownTab(tab, number, wording.count(number, *tab.badge_words, most=MOST_COUNTED))


@cache
def _static_versions() -> Mapping[str, str]:
    files = sorted((FOLDER / "static").iterdir())
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest()[:12] for path in files}
