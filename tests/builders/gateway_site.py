"""A whole gateway in a process of its own, with the invented world of the demonstration, for journeys.

Tests act on it as the world outside does: by SMTP with certificates or passwords, by IMAP, by files. What is
not yet to be seen (or must never be) is looked up in the store, opened beside the server for reading only;
new patients come by the same service that ``pli patients import`` uses while the gateway serves.
"""

import asyncio
import itertools
import json
import os
import signal
import threading
import time
from collections.abc import Callable, Coroutine, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import Any, Self, TypeVar

from gateway.config import Settings
from gateway.core import Core, core
from gateway.demonstration.world import World, found_world, populate
from gateway.domain.access import Audience
from gateway.domain.address import MailAddress
from gateway.domain.card import Card
from gateway.domain.directory import DirectoryEntry, MailboxKind
from gateway.domain.document import LabResult
from gateway.domain.dossier import FiledDocument
from gateway.domain.exchange import ExchangeState
from gateway.domain.identity import INS_DEMO, BirthDate, Ins, PatientIdentity, Sex, Traits, ins_key
from gateway.domain.mailbox import VaultId
from gateway.domain.space import SpaceState
from gateway.ports.store import Tx
from gateway.services.access.actors import holder_of
from gateway.services.space.patients_file import NewPatient
from tests.builders.store import newest, ram_folder
from tests.builders.warm_program import StartedProgram, warm_program

T = TypeVar("T")
PATIENCE = timedelta(seconds=15)
_PAUSE = 0.005
_LETTERS = "BCDFGHJKLMNPQRSTVWXZ"
_serials = itertools.count(1)

ZELIE, CABINET = "zelie.vanbrac@medecin.mssante.fr", "cabinet.vanbrac@medecin.mssante.fr"
OCTAVE = "octave.lerner@medecin.mssante.fr"
"""Who guesses at addresses in one test, and writes in no other."""
_MORE_MAILBOXES = (
    DirectoryEntry(
        address=MailAddress.parse(ZELIE), kind=MailboxKind.PERSON, identifier="810000000045", name="Dr Zélie Vanbrac"
    ),
    DirectoryEntry(
        address=MailAddress.parse(OCTAVE), kind=MailboxKind.PERSON, identifier="810000000052", name="Dr Octave Lerner"
    ),
    DirectoryEntry(
        address=MailAddress.parse(CABINET), kind=MailboxKind.PRACTICE, identifier="1350000037", name="Cabinet Vanbrac"
    ),
)


def until(reached: Callable[[], bool], what: str) -> None:
    """Wait for what another process does: its commits can be looked at, not awaited."""
    end = time.monotonic() + PATIENCE.total_seconds()
    while not reached():
        if time.monotonic() > end:
            raise TimeoutError(what)
        time.sleep(_PAUSE)


class Observer:
    """The services below the edges, open beside the server, in a loop and thread of their own."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="observer", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        self._context = core(self._settings)
        self.core: Core = self.run(self._context.__aenter__())
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.run(self._context.__aexit__(None, None, None))
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    # Any: what a coroutine is sent and yields is the loop's affair.
    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Run a coroutine to its end."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(PATIENCE.total_seconds())

    def read(self, fn: Callable[[Tx], T]) -> T:
        """Look into the store."""
        return self.run(self.core.store.read(fn))


@dataclass(frozen=True)
class Patient:
    """A patient of a test's own: nobody else writes to them."""

    identity: PatientIdentity
    state: SpaceState
    email: str

    @property
    def address(self) -> str:
        return f"{self.identity.ins.value}@patient.mssante.fr"


def invented_patient(state: SpaceState = SpaceState.ACTIVE) -> Patient:
    """Invent a patient with a name and a number that occur nowhere else."""
    serial = next(_serials)
    stem = f"2760799{serial:06}"
    word = "".join(_LETTERS[serial // 20**place % 20] for place in range(4)).lower()
    traits = Traits(
        birth_name=f"ZORVAL{word.upper()}",
        given_names=(f"Ysaline{word}", "Anne"),
        sex=Sex.FEMALE,
        birth_date=BirthDate(1976, 7, 14),
    )
    identity = PatientIdentity(Ins.parse(f"{stem}{ins_key(stem):02}"), INS_DEMO, traits)
    return Patient(identity, state, f"ysaline.{word}@courriel.example")


@dataclass(frozen=True)
class Seen:
    """How much there is to be seen in a patient's space, and how often they were told."""

    messages: int = 0
    documents: int = 0
    exchanges: int = 0
    notices: int = 0


NOTHING = Seen()


@dataclass
class GatewaySite:
    """A gateway that serves, and its world."""

    world: World
    ports: dict[str, int]
    pid: int
    log_file: Path
    observer: Observer
    patients: list[Patient] = field(default_factory=list)

    # ------------------------------------------------------------ arranging

    def new_patient(self, state: SpaceState = SpaceState.ACTIVE) -> Patient:
        """Open a space for a patient of the test's own."""
        return self.new_patients(1, state)[0]

    def new_patients(self, count: int, state: SpaceState = SpaceState.ACTIVE) -> list[Patient]:
        """Open spaces for several."""
        made = [invented_patient(state) for _ in range(count)]
        self.import_patients(made)
        return made

    def import_patients(self, patients: Iterable[Patient]) -> None:
        """Open the spaces of given patients, as ``pli patients import`` does."""
        made = list(patients)
        lines = [
            NewPatient(line=n, identity=p.identity, email=p.email, state=p.state)
            for n, p in enumerate(made, 2)
        ]
        report = self.observer.run(self.observer.core.provisioning.import_patients(lines))
        assert report.created == len(made)
        self.patients += made

    def give_password(self, patient: Patient, identifier: str, password: str) -> None:
        """Let a patient sign in, as somebody who has accepted the terms of today."""
        it, vault = self.observer.core, self.vault(patient.address)
        self.observer.run(it.patients.set_password(vault, identifier, password))
        holder = holder_of(self.observer.read(lambda tx: tx.spaces.space(vault)), "web")

        async def accept() -> None:
            assert await it.terms.accept(holder, it.terms.current.name)

        self.observer.run(accept())

    # ------------------------------------------------------------ looking

    def settle(self) -> None:
        """Wait until everything that follows an acknowledgement is done, and nothing of it was set aside."""

        def done() -> bool:
            counts = self.observer.read(lambda tx: tx.outbox.counts())
            assert counts["parked"] == 0
            return counts["waiting"] == 0

        try:
            until(done, "the outbox was not emptied")
        except TimeoutError as error:
            failed = [line for line in self.log().splitlines() if '"info"' not in line]
            raise TimeoutError("\n".join(failed[-5:])) from error

    def seen_by(self, patient: Patient) -> Seen:
        """Count what the patient may see now."""
        vault = self.vault(patient.address)

        def count(tx: Tx) -> tuple[int, int, int]:
            documents = tx.documents.all_of(vault, Audience.PATIENT)
            return len(newest(tx, vault, 1_000)), len(documents), len(tx.exchanges.all_of(vault))

        return Seen(*self.observer.read(count), self._notices_to(patient.email))

    def messages(self, address: str) -> list[Card]:
        """Give the visible messages of a mailbox or space, newest first."""
        vault = self.vault(address)
        rows = self.observer.read(lambda tx: newest(tx, vault, 1_000))
        return [Card.from_json(summary.card) for _, _, summary in rows]

    def documents(self, patient: Patient) -> list[FiledDocument]:
        """Give what is filed, newest first."""
        vault = self.vault(patient.address)
        return self.observer.read(lambda tx: tx.documents.all_of(vault, Audience.PATIENT))

    def results(self, patient: Patient, document: FiledDocument) -> list[LabResult]:
        """Give the results of a filed document."""
        vault = self.vault(patient.address)
        return self.observer.read(lambda tx: tx.documents.results(vault, Audience.PATIENT, document.id))

    def file(self, patient: Patient, document: FiledDocument, which: str) -> bytes | None:
        """Give the octets of one file of a filed document."""
        found = document.file(which)
        if found is None:
            return None
        vault, blob = self.vault(patient.address), found.blob
        return self.observer.core.blobs.read(self.observer.read(lambda tx: tx.blobs.open(vault, blob)))

    def exchange(self, patient: Patient, correspondent: str) -> ExchangeState:
        """Say where patient and correspondent stand."""
        vault, address = self.vault(patient.address), MailAddress.parse(correspondent)
        found = self.observer.read(lambda tx: tx.exchanges.get(vault, address))
        return found.state if found else ExchangeState.NONE

    def quarantined(self) -> int:
        """Count the messages under the operator's key."""
        return self.observer.read(lambda tx: tx.quarantine.count())

    def vault(self, address: str) -> VaultId:
        """Find the vault of an address that exists."""
        found = self.observer.read(lambda tx: tx.spaces.resolve(MailAddress.parse(address)))
        assert found is not None
        return found[0]

    def log(self) -> str:
        """Give all that the server has logged."""
        return self.log_file.read_text(encoding="utf-8")

    def _notices_to(self, email: str) -> int:
        folder = self.world.settings.path(self.world.settings.paths.notices)
        return sum(json.loads(file.read_bytes())["to"] == email for file in folder.glob("[!.]*.json"))


async def _populate(world: World, it: Core) -> None:
    await populate(world, it)
    for entry in _MORE_MAILBOXES:
        world.passwords[str(entry.address)] = (await it.local_mailboxes.add(entry)).password


@contextmanager
def serving(
    lists_made: timedelta = timedelta(0),
    settings: Callable[[World], str] = lambda _: "",
    lines: Mapping[str, str] = MappingProxyType({}),
    processes: int = 1,
    database: str = "",
) -> Iterator[GatewaySite]:
    """Make a world and serve it until the block ends.

    Args:
        lists_made: how old its trust lists are.
        settings: gives further sections of ``pli.toml``.
        lines: what stands besides in sections that there are.
        processes: how many serve; tests of several have several.
        database: an empty one on PostgreSQL; without it, SQLite.
    """
    lives = lives_of_a_gateway(lists_made, settings, database, lines, processes)
    with lives as life, life() as site:
        yield site


@contextmanager
def lives_of_a_gateway(
    lists_made: timedelta = timedelta(0),
    settings: Callable[[World], str] = lambda _: "",
    database: str = "",
    lines: Mapping[str, str] = MappingProxyType({}),
    processes: int = 1,
) -> Iterator[Callable[[], AbstractContextManager[GatewaySite]]]:
    """Make a world, and give what serves it: one life after the other, on the same files and `database`."""
    with ram_folder() as folder:
        made = datetime.now(UTC) - lists_made
        ports = (0, 0, 0, 0, 0, 0)
        world = found_world(folder / "gateway", ports, made, database=database, processes=processes)
        file, further = world.settings.root / "pli.toml", settings(world)  # which may change the file
        text = file.read_text("utf-8")
        for section, line in lines.items():
            assert f"[{section}]\n" in text
            text = text.replace(f"[{section}]\n", f"[{section}]\n{line}\n")
        file.write_text(text + further, "utf-8")
        with Observer(world.settings) as observer:
            observer.run(_populate(world, observer.core))

            @contextmanager
            def life() -> Iterator[GatewaySite]:
                with _process(world.settings, folder) as (process, ports):
                    yield GatewaySite(world, ports, process.pid, folder / "log", observer)

            yield life


@contextmanager
def _process(settings: Settings, folder: Path) -> Iterator[tuple[StartedProgram, dict[str, int]]]:
    ready, config = folder / "ready", settings.root / "pli.toml"
    ready.unlink(missing_ok=True)
    log, out = folder / "log", folder / "out"
    log.unlink(missing_ok=True)
    words = ["serve", "--config", str(config), "--ready-file", str(ready), "--verbose"]
    process = warm_program().start(words, os.environ, Path.cwd(), out, log)
    try:
        until(lambda: ready.exists() or process.poll() is not None, "the server does not answer")
        # One that was killed before it served has no ports: whoever wants them fails.
        assert process.poll() in (None, -signal.SIGKILL), log.read_text(encoding="utf-8")
        yield process, json.loads(ready.read_bytes())["ports"] if ready.exists() else {}
    finally:
        process.terminate()
        # Killed by its test, or drained.
        ended = process.wait(PATIENCE.total_seconds())
        assert ended in (0, -signal.SIGKILL), log.read_text(encoding="utf-8")
