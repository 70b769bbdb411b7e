"""What expires soon is found in certificates, chains and revocation lists."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from certs.expiry import Expiring, expiring
from gateway.domain.errors import ConfigurationError
from tests.builders.certificates import authority, certify, pem, revocation_list

NOW = datetime(2026, 1, 15, tzinfo=UTC)
MONTH = timedelta(days=30)


def in_days(days: int) -> datetime:
    return NOW + timedelta(days=days)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "some.pem"


def test_what_expires_within_the_delay_is_listed(path: Path) -> None:
    path.write_bytes(pem(certify(None, end=in_days(30))))

    assert expiring([path], NOW, MONTH) == [Expiring(path, False, in_days(30))]
    assert expiring([path], NOW, timedelta(days=29)) == []


def test_every_certificate_of_a_chain_counts_and_the_most_urgent_comes_first(path: Path) -> None:
    path.write_bytes(pem(*(certify(None, end=in_days(days)) for days in (20, 99, -1))))
    found = expiring([path], NOW, MONTH)

    assert [item.not_after for item in found] == [in_days(-1), in_days(20)]
    assert [item.expired(NOW) for item in found] == [True, False]


def test_revocation_lists_count_as_well(path: Path) -> None:
    one, two = authority("Une"), authority("Deux")
    path.write_bytes(revocation_list(one, until=in_days(3)) + pem(one) + revocation_list(two, until=in_days(2)))

    assert expiring([path], NOW, MONTH) == [Expiring(path, True, in_days(2)), Expiring(path, True, in_days(3))]


BROKEN = b"-----BEGIN CERTIFICATE-----\nzz\n-----END CERTIFICATE-----\n"


@pytest.mark.parametrize("content", [b"", b"pas du PEM", BROKEN])
def test_file_that_holds_none_is_told_by_name(path: Path, content: bytes) -> None:
    path.write_bytes(content)

    with pytest.raises(ConfigurationError, match=r"some\.pem"):
        expiring([path], NOW, MONTH)


def test_missing_file_is_told_by_name(path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"some\.pem cannot be read"):
        expiring([path], NOW, MONTH)
