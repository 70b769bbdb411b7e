"""Pictures of an examination over the real store: read piece by piece, drawn for whoever may, traced once (F58)."""

import gzip
from collections.abc import AsyncIterator, Sequence
from datetime import timedelta
from pathlib import Path

import pytest

from gateway.domain.errors import NotFound, ReaderBusy, ReaderFailed
from gateway.domain.mailbox import BlobKey
from gateway.domain.medical_picture import Described, Drawing, MedicalPicture, Obstacle, Shown
from gateway.medical_picture_processes import ProcessDrawer, medical_picture_processes
from gateway.ports.blobs import Blobs
from gateway.services.record.medical_pictures import MedicalPictures, WantedPicture, in_order
from tests.builders.dicom_pictures import JPEG_LOSSLESS, a_picture, a_slope
from tests.builders.patient_site import PatientSite, patient_site
from tests.builders.web_images import sample_scan

FRAMES = [a_slope(64, 64, top=1_000 * number) for number in (1, 2, 3)]


@pytest.fixture
async def site(ram: Path) -> AsyncIterator[PatientSite]:
    """Camille's and Louis's spaces."""
    async with patient_site(ram) as opened:
        yield opened


class Drawer:
    """Fails as it is told; satisfies `gateway.ports.medical_pictures.PictureDrawer`."""

    def __init__(self, fault: Exception) -> None:
        self.fault = fault

    async def describe(self, files: Sequence[tuple[bytes, bool]], owner: str) -> Described:  # noqa: ARG002
        raise self.fault

    async def draw(self, drawing: Drawing, owner: str) -> tuple[Obstacle, bytes]:  # noqa: ARG002
        raise self.fault


class Reads:
    """Octets that were read of the real blobs."""

    def __init__(self, blobs: Blobs) -> None:
        self._blobs, self.count = blobs, 0

    def read(self, key: BlobKey, start: int = 0, end: int | None = None) -> bytes:
        data = self._blobs.read(key, start, end)
        self.count += len(data)
        return data


def wanted(document: int, which: str = "media-1", number: int = 0) -> WantedPicture:
    return WantedPicture(document=document, which=which, number=number, shown=Shown.VALUES)


async def test_process_draws_what_came_and_nothing_harms_it(site: PatientSite) -> None:
    files = [a_picture(FRAMES), a_picture(FRAMES, JPEG_LOSSLESS), a_picture(FRAMES)[:700]]
    filed = await site.file(scans=files)
    async with medical_picture_processes() as processes:
        pictures = MedicalPictures(site.at.store, site.at.blobs, ProcessDrawer(processes), site.at.clock)
        found = await pictures.examination(site.actor, filed.id)
        assert [picture.frames for _, picture in found.pictures[:2]] == [3, 3]
        for which in ("media-1", "media-2"):
            for number, frame in enumerate(FRAMES):
                obstacle, packed = await pictures.picture(site.actor, wanted(filed.id, which, number))
                assert obstacle is Obstacle.NONE
                assert gzip.decompress(packed)[16:] == frame.astype("<u2").tobytes()
        assert (await pictures.picture(site.actor, wanted(filed.id, "media-3")))[0] is not Obstacle.NONE
    (event,) = await site.trace("document.opened")
    assert event.detail == "web pictures"


async def test_one_picture_of_many_costs_its_own_octets(site: PatientSite) -> None:
    filed = await site.file(scans=[a_picture(FRAMES * 400)])
    reads = Reads(site.at.blobs)
    drawer = site.services.pictures._drawer
    pictures = MedicalPictures(site.at.store, reads, drawer, site.at.clock)  # type: ignore[arg-type]  # only read is asked
    obstacle, packed = await pictures.picture(site.actor, wanted(filed.id, number=1_199))
    assert (obstacle, gzip.decompress(packed)[16:]) == (Obstacle.NONE, FRAMES[2].astype("<u2").tobytes())
    first = reads.count
    await pictures.picture(site.actor, wanted(filed.id, number=7))
    assert first < 200_000
    assert reads.count - first < 20_000


async def test_opening_is_traced_anew_after_minutes(site: PatientSite) -> None:
    filed = await site.file(scans=sample_scan()[:1])
    for _ in range(3):
        await site.services.pictures.examination(site.actor, filed.id)
    site.at.clock.advance(timedelta(minutes=11))
    await site.services.pictures.picture(site.actor, wanted(filed.id))
    assert len(await site.trace("document.opened")) == 2


async def test_nothing_of_a_patient_is_remembered(site: PatientSite) -> None:
    filed = await site.file(scans=sample_scan()[:2])
    first = await site.services.pictures.examination(site.actor, filed.id)
    again = await site.services.pictures.examination(site.actor, filed.id)
    assert first.pictures[0][1].patient.name == again.pictures[0][1].patient.name == "MARTIN CAMILLE"
    assert again.pictures[1][1].patient.name == ""


@pytest.mark.parametrize("which", ["media-2", "pdf", "original"])
async def test_what_is_no_picture_is_not_found(site: PatientSite, which: str) -> None:
    filed = await site.file(scans=sample_scan()[:1])
    with pytest.raises(NotFound):
        await site.services.pictures.picture(site.actor, wanted(filed.id, which))
    with pytest.raises(NotFound):
        await site.services.pictures.picture(site.actor, wanted(filed.id, number=1))


async def test_process_that_fails_is_a_damaged_picture_and_a_busy_one_is_said(site: PatientSite) -> None:
    filed = await site.file(scans=sample_scan()[:1])
    failing = MedicalPictures(site.at.store, site.at.blobs, Drawer(ReaderFailed("crash")), site.at.clock)
    ((_, picture),) = (await failing.examination(site.actor, filed.id)).pictures
    assert picture.obstacle is Obstacle.DAMAGED
    assert (await failing.picture(site.actor, wanted(filed.id)))[0] is Obstacle.DAMAGED
    busy = MedicalPictures(site.at.store, site.at.blobs, Drawer(ReaderBusy("later")), site.at.clock)
    with pytest.raises(ReaderBusy):
        await busy.examination(site.actor, filed.id)


def test_series_stand_in_the_order_of_the_body() -> None:
    slices = [
        (str(at), MedicalPicture(series=series, series_number=number, number=at, position=place))
        for at, (series, number, place) in enumerate((("b", 2, 1.0), ("a", 1, 9.0), ("a", 1, 3.0), ("", 3, None)))
    ]
    assert [[which for which, _ in files] for files in in_order(slices)] == [["2", "1"], ["0"], ["3"]]
    unplaced = [(which, replace_place(picture)) for which, picture in slices]
    assert [which for which, _ in in_order(unplaced)[0]] == ["1", "2"]


def replace_place(picture: MedicalPicture) -> MedicalPicture:
    return MedicalPicture(series=picture.series, series_number=picture.series_number, number=picture.number)
