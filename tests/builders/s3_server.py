"""A real S3 store from a wheel (SeaweedFS): started once for all tests of a process, a fresh prefix for each.

It asks for signed requests and listens on free ports of 127.0.0.1; its files are on the RAM disk.
"""

import itertools
import json
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path

import obstore
from obstore.store import S3Store

from gateway.store.blobs.s3_blobs import S3Place
from tests.builders.store import RAM_DISK

ACCESS_KEY, SECRET_KEY = "essai", "secret-d-essai"
_START_LIMIT = 30.0
_GLANCE = 0.02
_PORTS = ("master.port", "master.port.grpc", "volume.port", "volume.port.grpc", "filer.port", "filer.port.grpc")
_OTHER = ("s3.port", "s3.port.grpc", "s3.port.iceberg", "s3.port.lance")
_numbers = itertools.count(1)


@dataclass(frozen=True, slots=True)
class ServedPlaces:
    """What the settings of a gateway say whose rows and blobs are on servers."""

    database: str
    blobs: str
    extra: str


@dataclass(frozen=True, slots=True)
class S3Server:
    """A running server."""

    port: int

    @property
    def endpoint(self) -> str:
        """Give its address."""
        return f"http://127.0.0.1:{self.port}"

    def place(self) -> S3Place:
        """Give an empty place in the one bucket."""
        return S3Place(
            bucket="pli",
            prefix=f"essai-{next(_numbers)}",
            endpoint=self.endpoint,
            access_key=ACCESS_KEY,
            secret_key=SECRET_KEY,
        )


def served_places(database: str, place: S3Place, folder: Path) -> ServedPlaces:
    """Give the settings for a database and a place; the credentials are written to a file in `folder`."""
    secrets = folder / "s3.toml"
    secrets.touch(mode=0o600)
    secrets.write_text(f'access_key = "{place.access_key}"\nsecret_key = "{place.secret_key}"\n')
    extra = f'\n[s3]\nendpoint = "{place.endpoint}"\ncredentials = "{secrets}"\n'
    return ServedPlaces(database, f"s3://{place.bucket}/{place.prefix}", extra)


@contextmanager
def s3_server() -> Iterator[S3Server]:
    """Run a server below a folder of its own; leave neither process nor files behind."""
    with tempfile.TemporaryDirectory(prefix="pli-s3-", dir=RAM_DISK if RAM_DISK.is_dir() else None) as name:
        folder = Path(name)
        identity = {
            "name": "pli",
            "credentials": [{"accessKey": ACCESS_KEY, "secretKey": SECRET_KEY}],
            "actions": ["Admin", "Read", "Write", "List", "Tagging"],
        }
        (folder / "s3.json").write_text(json.dumps({"identities": [identity]}))
        ports = dict(zip((*_PORTS, *_OTHER), _free_ports(len(_PORTS) + len(_OTHER)), strict=True))
        with (folder / "log").open("wb") as log:
            process = subprocess.Popen(_command(folder, ports), cwd=folder, stdout=log, stderr=log)
        try:
            _await_ready(ports["s3.port"], process, folder / "log")
            server = S3Server(ports["s3.port"])
            # The first object makes the bucket.
            client = s3_client(server.place())
            obstore.put(client, "first", b"x")
            obstore.delete(client, "first")
            yield server
        finally:
            process.kill()
            process.wait()


def _command(folder: Path, ports: dict[str, int]) -> list[str]:
    options = {
        "dir": str(folder),
        "ip": "127.0.0.1",
        "ip.bind": "127.0.0.1",
        "filer": "true",
        "s3": "true",
        "s3.config": str(folder / "s3.json"),
        "master.telemetry": "false",
        "master.volumeSizeLimitMB": "64",
        "volume.max": "100",
        **{name: str(port) for name, port in ports.items()},
    }
    weed = Path(sys.executable).with_name("weed")
    arguments = [f"-{name}={value}" for name, value in options.items()]
    # The server ends with the tests that started it, however these end.
    return ["setpriv", "--pdeathsig", "KILL", str(weed), "-logtostderr", "server", *arguments]


def _await_ready(port: int, process: "subprocess.Popen[bytes]", log: Path) -> None:
    end = time.monotonic() + _START_LIMIT
    while True:
        with closing(HTTPConnection("127.0.0.1", port, timeout=5)) as connection, suppress(OSError):
            connection.request("GET", "/status")
            if connection.getresponse().status == 200:
                return
        assert process.poll() is None, f"the S3 server ended:\n{log.read_text(errors='replace')[-3000:]}"
        assert time.monotonic() < end, f"the S3 server does not start:\n{log.read_text(errors='replace')[-3000:]}"
        # No event tells that another process listens.
        time.sleep(_GLANCE)


def _free_ports(count: int) -> list[int]:
    with ExitStack() as stack:
        probes = [stack.enter_context(socket.socket()) for _ in range(count)]
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [int(probe.getsockname()[1]) for probe in probes]


def s3_client(place: S3Place) -> S3Store:
    """Give a client of a test's own, to look at and to spoil what is there."""
    return S3Store(
        place.bucket,
        prefix=place.prefix,
        endpoint=place.endpoint,
        region=place.region,
        access_key_id=place.access_key,
        secret_access_key=place.secret_key,
        client_options={"allow_http": True},
    )
