"""An S3 store that is slow, busy, cut off, forgetful or not ours: tried again, then put off, and nothing half told."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import obstore
import pytest

from gateway.domain.errors import ConfigurationError, NotFound, StoreUnavailable
from gateway.store.blobs.s3_blobs import S3Blobs, S3Place
from tests.builders.faulty_proxy import FaultyProxy, HttpFault, faulty_proxy
from tests.builders.s3_server import S3Server, s3_client

SOON = timedelta(days=1)
DATA = bytes(range(256)) * 1000
PASSING = [HttpFault.UNAVAILABLE, HttpFault.CUT_BEFORE]


@pytest.fixture
def proxy(s3: S3Server) -> Iterator[FaultyProxy]:
    """What stands between us and the store."""
    with faulty_proxy(s3.port) as running:
        yield running


@pytest.fixture
def place(s3: S3Server) -> S3Place:
    """An empty place, reached without the proxy."""
    return s3.place()


@pytest.fixture
def blobs(place: S3Place, proxy: FaultyProxy) -> Iterator[S3Blobs]:
    """Blobs behind the proxy, with little patience."""
    with S3Blobs(replace(place, endpoint=proxy.endpoint, patience_seconds=2)) as opened:
        yield opened


@pytest.mark.parametrize("endpoint", ["", "http://127.0.0.1:1"])
def test_place_without_credentials_is_set_up_and_left_to_the_environment(endpoint: str) -> None:
    with S3Blobs(S3Place(bucket="pli", endpoint=endpoint)):
        pass


@pytest.mark.parametrize("fault", PASSING)
def test_put_that_fails_at_first_is_tried_again(blobs: S3Blobs, proxy: FaultyProxy, fault: HttpFault) -> None:
    proxy.faults = [fault, fault]
    key = blobs.put(DATA)
    assert blobs.read(key) == DATA
    assert proxy.seen.count("PUT") == 3


@pytest.mark.parametrize("fault", [*PASSING, HttpFault.CUT_AFTER])
def test_read_that_fails_at_first_is_tried_again(blobs: S3Blobs, proxy: FaultyProxy, fault: HttpFault) -> None:
    key = blobs.put(DATA)
    proxy.faults = [fault]
    assert blobs.read(key, 70_000, 80_000) == DATA[70_000:80_000]


@pytest.mark.parametrize("fault", [*PASSING, HttpFault.SILENT])
def test_store_that_does_not_recover_puts_off_and_serves_again(
    blobs: S3Blobs, proxy: FaultyProxy, fault: HttpFault
) -> None:
    key = blobs.put(DATA)
    proxy.always = fault
    with pytest.raises(StoreUnavailable):
        blobs.put(DATA)
    with pytest.raises(StoreUnavailable):
        blobs.read(key)
    proxy.always = None
    assert blobs.read(blobs.put(DATA)) == blobs.read(key) == DATA


def test_put_of_several_of_which_one_fails_leaves_none(blobs: S3Blobs, proxy: FaultyProxy) -> None:
    proxy.only, proxy.faults, proxy.always = "PUT", [None, None], HttpFault.UNAVAILABLE
    with pytest.raises(StoreUnavailable):
        blobs.put_many([DATA, DATA, DATA])
    assert list(blobs.older_than(datetime.now(UTC) + SOON)) == []


def test_store_that_is_gone_can_neither_be_listed_nor_deleted_from(blobs: S3Blobs, proxy: FaultyProxy) -> None:
    key = blobs.put(DATA)
    proxy.always = HttpFault.UNAVAILABLE
    with pytest.raises(StoreUnavailable):
        list(blobs.older_than(datetime.now(UTC) + SOON))
    with pytest.raises(StoreUnavailable):
        blobs.delete(key.ref)
    with pytest.raises(StoreUnavailable):
        blobs.require_usable()


def test_object_that_somebody_took_away_is_not_found(blobs: S3Blobs, place: S3Place) -> None:
    key = blobs.put(DATA)
    obstore.delete(s3_client(place), key.ref.id.hex())
    with pytest.raises(NotFound):
        blobs.read(key)


def test_foreign_objects_are_not_listed(blobs: S3Blobs, place: S3Place) -> None:
    ref = blobs.put(b"x").ref
    obstore.put(s3_client(place), "notes.txt", b"x")
    assert list(blobs.older_than(datetime.now(UTC) + SOON)) == [ref]


def test_wrong_credentials_are_named(place: S3Place) -> None:
    with S3Blobs(replace(place, secret_key="faux")) as blobs:
        with pytest.raises(ConfigurationError, match="credentials"):
            blobs.require_usable()
        with pytest.raises(StoreUnavailable):
            blobs.put(DATA)


def test_place_that_holds_nothing_yet_is_usable(blobs: S3Blobs) -> None:
    blobs.require_usable()


def test_bucket_that_does_not_exist_is_named(place: S3Place) -> None:
    with S3Blobs(replace(place, bucket="absent")) as blobs, pytest.raises(ConfigurationError, match="no such bucket"):
        blobs.require_usable()
