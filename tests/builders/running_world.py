"""The invented world of the demonstration, served in this process on free ports, its files on the RAM disk."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from gateway.app import serve
from gateway.config_access import AccessSection
from gateway.config_sign_in import OpenidSection, ProOpenidSection
from gateway.core import core
from gateway.demonstration.browser import Browser
from gateway.demonstration.invented_people import DemoPatient
from gateway.demonstration.opening import DemonstrationPorts
from gateway.demonstration.world import World, found_world, populate
from gateway.processes.serving_place import take_place
from gateway.running import Running
from gateway.store.blobs.s3_blobs import S3Place
from tests.builders.s3_server import ServedPlaces, served_places
from tests.builders.store import ram_folder


@dataclass(frozen=True, slots=True)
class Site:
    """A world, and the gateway that serves it."""

    world: World
    running: Running

    @property
    def web(self) -> str:
        """Give the origin of the web space."""
        return f"https://localhost:{self.running.web_port}"

    @property
    def authority(self) -> Path:
        """Give the file of the authority that clients trust."""
        return self.world.authority

    @property
    def post(self) -> DemonstrationPorts:
        """Give the ports through which professionals and laboratories write."""
        return DemonstrationPorts(self.running.relay_port or 0, self.running.submission_port or 0)

    def browser(self) -> Browser:
        """Give a browser of nobody yet; use it inside ``async with``."""
        return Browser(self.web, str(self.authority))

    async def sign_in(self, browser: Browser, patient: DemoPatient) -> str:
        """Sign a patient in, with the code of their notice; gives the first page."""
        notices = self.world.settings.path(self.world.settings.paths.notices)
        return await browser.sign_in(patient.identifier, patient.password, notices)


@asynccontextmanager
async def running_world(
    database: str = "",
    place: S3Place | None = None,
    openid: OpenidSection | None = None,
    pro_openid: ProOpenidSection | None = None,
    access: AccessSection | None = None,
) -> AsyncIterator[Site]:
    """Make the world and serve it until the block ends, on SQLite and files or on the two servers that are given.

    People may sign in at the provider that `openid` names, professionals at that of `pro_openid`, when there is one.
    `access` says what its operator chose of access.
    """
    with ram_folder() as folder:
        served = served_places(database, place, folder) if place else ServedPlaces("", "", "")
        world = found_world(folder / "gateway", (0, 0, 0, 0, 0, 0), datetime.now(UTC), **asdict(served))
        patients, professionals = openid or OpenidSection(), pro_openid or ProOpenidSection()
        world.settings = replace(
            world.settings, openid=patients, pro_openid=professionals, access=access or AccessSection()
        )
        async with core(world.settings) as it:
            await populate(world, it)
        async with serve(world.settings, take_place(world.settings)) as running:
            yield Site(world, running)
