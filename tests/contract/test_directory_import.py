"""An import puts a plausible list in service, or leaves everything as it was and says why."""

import io
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from gateway.directory.importing import ImportRefused, import_directory, import_whitelist
from gateway.directory.snapshot import DirectorySnapshot, WhitelistSnapshot
from gateway.directory.whitelist import NAMESPACE
from gateway.domain.address import MailAddress
from gateway.domain.errors import MalformedContent, StoreUnavailable

NOW = datetime(2026, 1, 16, tzinfo=UTC)
DAY = datetime(2026, 1, 15, tzinfo=UTC)


def extraction(count: int, *more: str) -> io.BytesIO:
    lines = ["Type de BAL|Adresse BAL", *(f"PER|m{i}@medecin.example" for i in range(count)), *more]
    return io.BytesIO("\n".join(lines).encode())


def whitelist(count: int, at: datetime = DAY, more: str = "") -> io.BytesIO:
    domains = "".join(
        f"<Domaine><Nom>d{i}.example</Nom><DNCertificatOperateur>CN=d{i}</DNCertificatOperateur></Domaine>"
        for i in range(count)
    )
    return io.BytesIO(
        f'<ListeBlancheMSSante xmlns="{NAMESPACE}"><DateDeGeneration>{at.isoformat()}</DateDeGeneration>'
        f"<ListeDomaines>{domains}{more}</ListeDomaines></ListeBlancheMSSante>".encode()
    )


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "list.snapshot"


def test_directory_is_put_in_service_and_counted(target: Path) -> None:
    report = import_directory(extraction(9, "PER|?", "PER|M1@medecin.example"), target, DAY, NOW)

    assert (report.count, report.previous_count, report.duplicates, report.fault_count) == (9, None, 1, 1)
    assert report.faults[0].line == 11
    assert DirectorySnapshot(target).entry(MailAddress("m8", "medecin.example"))
    assert DirectorySnapshot(target).generated_at == DAY


def test_whitelist_is_put_in_service_and_counted(target: Path) -> None:
    report = import_whitelist(whitelist(3, more="<Domaine/>"), target, NOW)

    assert (report.count, report.previous_count, report.fault_count) == (3, None, 1)
    assert WhitelistSnapshot(target).domain("d2.example")


def test_newer_list_replaces_the_present_one(target: Path) -> None:
    import_directory(extraction(3), target, DAY, NOW)
    report = import_directory(extraction(2), target, DAY + timedelta(hours=1), NOW)

    assert (report.previous_count, DirectorySnapshot(target).count) == (3, 2)


def test_same_list_may_be_imported_again(target: Path) -> None:
    import_whitelist(whitelist(3), target, NOW)

    assert import_whitelist(whitelist(3), target, NOW).previous_count == 3


def test_older_list_is_refused(target: Path) -> None:
    import_whitelist(whitelist(3), target, NOW)
    import_directory(extraction(3), target.with_name("d"), DAY, NOW)

    with pytest.raises(ImportRefused, match="give a newer one"):
        import_whitelist(whitelist(3, DAY - timedelta(seconds=1)), target, NOW)
    with pytest.raises(ImportRefused, match="give a newer one"):
        import_directory(extraction(3), target.with_name("d"), DAY - timedelta(seconds=1), NOW)


def test_list_from_the_future_is_refused(target: Path) -> None:
    with pytest.raises(ImportRefused, match="in the future"):
        import_whitelist(whitelist(3, NOW + timedelta(days=2)), target, NOW)


def test_list_that_lost_more_than_a_third_is_refused_and_changes_nothing(target: Path) -> None:
    import_directory(extraction(9), target, DAY, NOW)

    with pytest.raises(ImportRefused, match="more than a third"):
        import_directory(extraction(5), target, DAY, NOW)
    assert DirectorySnapshot(target).count == 9
    assert list(target.parent.iterdir()) == [target]


def test_list_that_lost_a_third_is_accepted(target: Path) -> None:
    import_whitelist(whitelist(9), target, NOW)

    assert import_whitelist(whitelist(6), target, NOW).count == 6


def test_force_takes_what_would_be_refused(target: Path) -> None:
    import_directory(extraction(9), target, DAY, NOW)
    import_directory(extraction(1), target, DAY - timedelta(days=9), NOW, force=True)

    assert DirectorySnapshot(target).count == 1


@pytest.mark.parametrize("present", [b"x" * 300, b""])
def test_broken_present_file_does_not_stand_in_the_way(target: Path, present: bytes) -> None:
    target.write_bytes(present)

    assert import_whitelist(whitelist(1), target, NOW).previous_count is None


def test_extraction_without_a_usable_line_is_refused_even_by_force(target: Path) -> None:
    with pytest.raises(MalformedContent, match="no usable line"):
        import_directory(extraction(0, "PER|?"), target, DAY, NOW, force=True)
    assert list(target.parent.iterdir()) == []


def test_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    with pytest.raises(StoreUnavailable, match="check space and rights"):
        import_directory(extraction(1), tmp_path / "absent" / "d", DAY, NOW)
