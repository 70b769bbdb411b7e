"""Documents of a record older than its space (F22): unread before the activation, then there with their dates."""

import io
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest

from dossier_bridge.faults import FaultReason
from dossier_bridge.request import ReadFailure, ReadOutcome, ReadRequest
from dossier_bridge.synthetic.report import claimed
from gateway.domain.access import Audience, Role
from gateway.domain.account import Space
from gateway.domain.document import DocumentCategory, DocumentEntry, ReadDocument
from gateway.domain.dossier import FiledDocument
from gateway.domain.errors import LimitExceeded, PliError, ReaderBusy, ReaderFailed
from gateway.domain.identity import DEMO_OIDS
from gateway.domain.outbox import Step
from gateway.domain.space import SpaceEvent, SpaceState
from gateway.domain.step_payloads import NotifyOfDocument, ShowLegacyRecord
from gateway.domain.timestamp import Timestamp
from gateway.domain.withholdings import HOLD
from gateway.services.access.actors import holder_of
from gateway.services.outbox.steps import finished
from gateway.services.restoring.legacy_file import read_legacy
from gateway.services.restoring.legacy_records import LegacyRecords, LegacyReport, LegacyShowing
from gateway.services.space.moves import move
from tests.builders.activation_site import ActivationSite, activation_site
from tests.builders.outbox import A_WORKER

OLD = datetime(2019, 3, 2, 11, tzinfo=UTC)


class ScriptedReaders:
    """Readers that give each file as one document of a person, or fail as they are told."""

    def __init__(self, space: Space) -> None:
        self.patient = claimed(space.identity)
        self.faults: list[PliError] = []
        self.confidentiality: tuple[str, ...] = ("N",)
        self.nothing = False

    async def read(
        self, request: ReadRequest, sender: str = "", *, at_leisure: bool = False  # noqa: ARG002 - the port's name
    ) -> ReadOutcome:
        if self.faults:
            raise self.faults.pop(0)
        (file,) = request.attachments
        if self.nothing:
            return ReadOutcome(failures=(ReadFailure("1", "", FaultReason.FORMAT_UNSUPPORTED),))
        entry = DocumentEntry(
            unique_id=f"1.2.3.{file.filename}", title=file.filename, patient=self.patient,
            effective_time=Timestamp("20180704"), confidentiality=self.confidentiality,
        )  # fmt: skip
        return ReadOutcome((ReadDocument(
            section="1", uri="", sha256="", entry=entry, original=file.data, media_type="text/xml"
        ),))


class Place:
    """A folder of files, and an import of a list of them."""

    def __init__(self, folder: Path, site: ActivationSite, space: Space) -> None:
        self.folder, self.site, self.space = folder, site, space
        self.readers = ScriptedReaders(space)

    async def imported(self, *lines: str, max_bytes: int = 1_000, head: str = "ins,file,filed_at") -> LegacyReport:
        """Import lines in which I stands for the person's number."""
        number = self.space.identity.ins.value
        text = "\n".join([head, *(line.replace("I,", f"{number},", 1) for line in lines)])
        at, now = self.site.at, self.site.at.clock.now()
        records = LegacyRecords(at.store, at.blobs, self.readers, at.clock, DEMO_OIDS, max_bytes, HOLD)
        return await records.import_all(read_legacy(io.StringIO(text), self.folder, now))

    async def listed(self, role: Role = Role.PATIENT) -> list[FiledDocument]:
        """List what somebody reads."""
        actor = replace(holder_of(self.space, "web"), role=role)
        return await self.site.at.store.read(lambda tx: tx.documents.all_of(self.space.vault, actor.audience))

    async def steps(self) -> list[Step]:
        """Take the steps that wait."""
        now = self.site.at.clock.now()
        return await self.site.at.store.write(lambda tx: tx.outbox.lease(now, now, 50, holder=A_WORKER))

    async def worked(self) -> int:
        """Do the steps that show old documents, until none is left; count them."""
        done = 0
        while steps := [step for step in await self.steps() if isinstance(step.payload, ShowLegacyRecord)]:
            for step in steps:
                finish = await LegacyShowing(self.site.at.clock).show(step)
                await self.site.at.store.write(partial(finished, step=step, finish=finish))
                done += 1
        return done


@pytest.fixture
async def place(ram: Path, tmp_path: Path) -> AsyncIterator[Place]:
    """Jeanne was told of her space; three files of her old record lie in a folder."""
    for name in ("a.xml", "b.xml", "c.xml"):
        (tmp_path / name).write_bytes(name.encode())
    async with activation_site(ram) as site:
        yield Place(tmp_path, site, await site.person())


async def test_old_documents_come_with_the_activation_at_their_own_dates(place: Place) -> None:
    report = await place.imported("I,a.xml,2019-03-02", "I,b.xml,2017-01-05T23:30:00+01:00", "I,c.xml,")
    assert (report.waiting, report.shown, report.faults) == (3, 0, [])
    assert [await place.listed(role) for role in (Role.PATIENT, Role.GUARDIAN, Role.PROFESSIONAL, Role.OPERATOR)] == [
        [], [], [], [],
    ]  # fmt: skip
    again = await place.imported("I,a.xml,2019-03-02")
    assert (again.waiting, again.already_there) == (0, 1)
    await place.site.activated(place.space)
    assert await place.worked() == 1
    found = [(one.entry.title, one.filed_at, one.dated, one.seen) for one in await place.listed()]
    assert found == [
        ("a.xml", OLD, OLD, True),
        ("c.xml", datetime(2018, 7, 4, tzinfo=UTC), datetime(2018, 7, 4, tzinfo=UTC), True),
        ("b.xml", datetime(2017, 1, 5, 22, 30, tzinfo=UTC), datetime(2017, 1, 5, 22, 30, tzinfo=UTC), True),
    ]
    events = await place.site.at.store.read(lambda tx: tx.audit.events(place.space.vault))
    assert [len(event.objects) for event in events if event.action == "legacy.shown"] == [3]
    assert all(event.at >= OLD + timedelta(days=900) for event in events)


async def test_large_old_record_is_shown_in_several_transactions(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gateway.services.restoring.legacy_records.BATCH", 1)
    await place.imported("I,a.xml,2019-03-02", "I,b.xml,2019-03-02", "I,c.xml,2019-03-02")
    await place.site.activated(place.space)
    assert await place.worked() == 4  # the last finds nothing left
    assert len(await place.listed()) == 3


async def test_active_space_has_old_documents_at_once_and_one_notice(place: Place) -> None:
    await place.site.activated(place.space)
    await place.site.told()
    report = await place.imported("I,a.xml,2019-03-02", "I,b.xml,2019-03-02")
    assert (report.shown, len(await place.listed())) == (2, 2)
    assert [type(step.payload) for step in await place.steps()] == [NotifyOfDocument]


async def test_active_space_is_told_of_what_it_puts_off_when_that_shows(place: Place) -> None:
    await place.site.activated(place.space)
    await place.site.told()
    space = await place.site.at.store.read(lambda tx: tx.spaces.space(place.space.vault))
    chosen = replace(space, delays=((DocumentCategory.OTHER.value, 3),))
    await place.site.at.store.write(lambda tx: tx.spaces.save(chosen))
    await place.imported("I,c.xml,2019-03-02")
    assert (await place.listed(), await place.steps()) == ([], [])


async def test_marks_of_an_old_document_hold_after_the_activation(place: Place) -> None:
    place.readers.confidentiality = ("N", "INVISIBLE_PATIENT", "INVISIBLE_REPRESENTANTS_LEGAUX")
    await place.imported("I,a.xml,2019-03-02")
    await place.site.activated(place.space)
    await place.worked()
    (document,) = await place.listed()
    # Whoever wished to present it first has had years for it; from representatives it stays hidden.
    assert document.hidden_from is Audience.REPRESENTATIVES


async def test_space_that_closed_before_its_documents_were_shown_shows_them_when_it_is_open_again(place: Place) -> None:
    await place.imported("I,a.xml,2019-03-02")
    await place.site.activated(place.space)
    vault, now, actor = place.space.vault, place.site.at.clock.now(), holder_of(place.space, "web")
    await place.site.at.store.write(lambda tx: move(tx, vault, SpaceEvent.CLOSED, now, actor))
    assert (await place.worked(), await place.listed()) == (1, [])
    await place.site.at.store.write(lambda tx: move(tx, vault, SpaceEvent.REOPENED, now, actor))
    assert (await place.worked(), len(await place.listed())) == (1, 1)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("I,a.xml,2030-01-01", "has not come yet"),
        ("I,a.xml,hier", "is no date"),
        ("I,a.xml,2019-03-02T10:00:00", "is no date"),
        ("I,../a.xml,2019-03-02", "names no file"),
        ("I,link.xml,2019-03-02", "names no file"),
        ("I,/etc/hostname,2019-03-02", "names no file"),
        ("I,,2019-03-02", "names no file"),
        ("I,a\0.xml,2019-03-02", "names no file"),
        ("I,a.xml", "3 fields"),
        ('I,"a.xml,2019-03-02', "quotation mark"),
        ("12,a.xml,2019-03-02", "ins is no number"),
        ("279035121518989,a.xml,2019-03-02", "no patient here"),
        ("I,large.xml,2019-03-02", "larger than 1000 bytes"),
        ("I,program.exe,2019-03-02", "programs are never filed"),
    ],
)
async def test_bad_line_is_named_and_costs_itself_alone(place: Place, line: str, reason: str) -> None:
    (place.folder / "large.xml").write_bytes(bytes(1_001))
    (place.folder / "program.exe").write_bytes(b"MZ" + bytes(200))
    (place.folder / "link.xml").symlink_to("/etc/hostname")
    report = await place.imported(line, "I,b.xml,2019-03-02")
    assert report.waiting == 1
    (fault,) = report.faults
    assert (fault.line, reason in fault.reason) == (2, True), fault.reason


async def test_document_that_is_not_read_or_of_somebody_else_is_left_out(place: Place) -> None:
    place.readers.faults = [ReaderBusy("busy"), LimitExceeded("large"), *([ReaderFailed("crash")] * 3)]
    report = await place.imported(*["I,a.xml,2019-03-02"] * 3)
    said = " / ".join(fault.reason for fault in report.faults)
    assert (len(report.faults), "run the command again" in said, "too large" in said) == (3, True, True)
    assert "may be damaged" in said
    place.readers.nothing = True
    assert "format unsupported" in (await place.imported("I,a.xml,2019-03-02")).faults[0].reason
    place.readers.nothing = False
    other = await place.site.person(given="Louise")
    place.readers.patient = claimed(other.identity)
    assert "of this person" in (await place.imported("I,a.xml,2019-03-02")).faults[0].reason


@pytest.mark.parametrize("state", [SpaceState.CLOSED, SpaceState.SUSPENDED, SpaceState.DECEASED])
async def test_space_that_has_ended_is_given_nothing(place: Place, state: SpaceState) -> None:
    space = replace(place.space, state=state)
    await place.site.at.store.write(lambda tx: tx.spaces.save(space))
    report = await place.imported("I,a.xml,2019-03-02")
    assert "nothing is added" in report.faults[0].reason


@pytest.mark.parametrize("head", ["", "ins;file;filed_at", "ins,file", "ins,file,filed_at,file"])
async def test_list_without_its_columns_is_refused_whole(place: Place, head: str) -> None:
    with pytest.raises(PliError, match="first line"):
        await place.imported("I,a.xml,2019-03-02", head=head)
