"""The table of the settings file that says what an operator chooses about access, and its checks.

Every key is explained in `docs/configuration.md`. Reading the file is `gateway.config`'s.
"""

import re
from typing import Annotated

import msgspec

from gateway.config_sections import Many, SettingsSection
from gateway.domain.access_settings import AccessSettings
from gateway.domain.document import DocumentCategory
from gateway.domain.errors import ConfigurationError

_STRUCTURE = re.compile(r"[0-9][0-9AB][0-9]{7}|[0-9]{14}", re.ASCII)
"""FINESS, of Corsica too, or SIRET."""
_LENGTHS = range(1, 101)
Age = Annotated[int, msgspec.Meta(ge=0, le=18)]
"""Years; nobody who is of age asks anybody for a consent."""


class AccessSection(SettingsSection, frozen=True):
    """How many records professionals open a day, and what each profession reads (features A23, E17)."""

    readings_a_day: Many = 30
    readings_by_profession: dict[str, Many] = msgspec.field(default_factory=dict)
    emergency_readings: Many = 200
    emergency_organisations: tuple[str, ...] = ()
    readable: dict[str, tuple[DocumentCategory, ...]] = msgspec.field(default_factory=dict)
    tell_hidden: bool = False
    consent_age: Age = 18

    @property
    def settings(self) -> AccessSettings:
        """Give it as the rules of access read it."""
        return AccessSettings(
            readings_a_day=self.readings_a_day,
            readings_by_profession=dict(self.readings_by_profession),
            emergency_readings=self.emergency_readings,
            emergency_organisations=frozenset(self.emergency_organisations),
            readable={profession: frozenset(kinds) for profession, kinds in self.readable.items()},
            tells_hidden=self.tell_hidden,
            consent_age=self.consent_age,
        )


def require_access(section: AccessSection) -> None:
    """Raise `ConfigurationError` for what no professional or organisation can be called."""
    for identifier in section.emergency_organisations:
        if not _STRUCTURE.fullmatch(identifier):
            raise ConfigurationError(
                f'access.emergency_organisations: "{identifier[:80]}" is no FINESS of 9 characters, such as 350000022, '
                "and no SIRET of 14 digits"
            )
    for profession in (*section.readings_by_profession, *section.readable):
        if profession.strip() != profession or not profession.isprintable() or len(profession) not in _LENGTHS:
            raise ConfigurationError(
                f'access: "{profession[:80]}" is no profession; write its code of the directory, such as "10", or the '
                "words that the directory has for it"
            )
