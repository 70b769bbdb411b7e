"""What the pages of a kept profile ask of the services; each raises `AccessRefused` to whom it was not entrusted."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from aiohttp import web

from gateway.domain.access import Actor
from gateway.domain.profile import ProfileSection
from webpro.profile.model import FilledEntry, KeptSection


class RecordProfileService(Protocol):
    """Read and change the profile that a patient entrusted."""

    async def kept_sections(self, actor: Actor) -> Sequence[KeptSection]:
        """List the sections, with what stands in each."""
        ...

    async def blank_entry(self, actor: Actor, section: ProfileSection) -> FilledEntry:
        """Give the form of a new entry. Raises `NotFound` for a section that is the patient's own."""
        ...

    async def kept_entry(self, actor: Actor, section: ProfileSection, reference: str) -> FilledEntry:
        """Give an entry in its form. Raises `NotFound`."""
        ...

    async def keep_entry(
        self, actor: Actor, section: ProfileSection, reference: str, version: int, typed: Mapping[str, str]
    ) -> FilledEntry | None:
        """Keep what was typed; else give the form with its faults. Raises `ChangedMeanwhile`, `NotFound`."""
        ...

    async def delete_entry(self, actor: Actor, section: ProfileSection, reference: str, version: int) -> None:
        """Delete an entry, which the patient may take back. Raises `ChangedMeanwhile`, `NotFound`."""
        ...

    async def give_up_profile(self, actor: Actor) -> None:
        """Keep this profile no longer."""
        ...


RECORD_PROFILE: web.AppKey[RecordProfileService] = web.AppKey("console_profile")
"""Where handlers find it on the application."""
