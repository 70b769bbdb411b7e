"""Runs the measurements: a fresh gateway on disk, served by a process of its own, loaded from others."""

import asyncio
import signal
import smtplib
import sqlite3
import ssl
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import orjson

from gateway.benchmark.crowd import lines_of
from gateway.benchmark.laboratory import SendingFigures
from gateway.benchmark.mailbox import Figures, ImapClient, measure_mailbox
from gateway.benchmark.pages import fill_space, measure_pages, send_models
from gateway.benchmark.plan import BenchmarkPlan
from gateway.benchmark.sending import loads_of, sent_by_processes
from gateway.benchmark.watch import Peak, Usage, percentiles, usage_of
from gateway.core import core, store_paths
from gateway.demonstration.invented_people import LABORATORIES, PROFESSIONALS
from gateway.demonstration.mail import letter
from gateway.demonstration.world import World, found_world, populate

_AT_THE_END = "figures.json"
Say = Callable[[str], None]


def run(plan: BenchmarkPlan, folder: Path | None, say: Say, database: str = "") -> Figures:
    """Measure everything and give the figures; the gateway is made below `folder`, its rows in an empty `database`."""
    with tempfile.TemporaryDirectory(prefix="pli-bench-", dir=folder) as temporary:
        now, at, ports_left_free = datetime.now(UTC), Path(temporary) / "gateway", (0, 0, 0, 0, 0, 0)
        world = found_world(at, ports_left_free, now, database=database, processes=plan.serving)
        asyncio.run(_populate(world, plan.patients, say))
        with _served(world, say) as (server, ports):
            figures: Figures = {"plan": {name: getattr(plan, name) for name in BenchmarkPlan.__slots__}}
            figures["intake"] = _intake(world, plan, server, ports, say)
            figures["imap"] = _imap(world, plan, ports, say)
            figures["push"] = _push(world, plan, ports, say)
            if plan.conversations:
                filed = _filed(world)
                send_models(world, ports)
                _until_filed(world, server, filed + 1, time.perf_counter())
        figures |= orjson.loads((at / _AT_THE_END).read_bytes())
        if plan.conversations:
            figures["pages"] = _pages(world, plan, say)
        return figures


def _pages(world: World, plan: BenchmarkPlan, say: Say) -> Figures:
    say(f"filling a space with {plan.conversations} conversations and {plan.documents} documents")
    asyncio.run(fill_space(world, plan.conversations, plan.documents))
    with _served(world, say) as (server, ports):
        say("reading pages")
        return asyncio.run(measure_pages(world, server, ports, min(100, plan.conversations)))


async def _populate(world: World, patients: int, say: Say) -> None:
    async with core(world.settings) as it:
        await populate(world, it)
        if patients:
            say(f"importing {patients} patients")
            report = await it.provisioning.import_patients(lines_of(patients))
            say(f"{report.created} spaces made")


@contextmanager
def _served(world: World, say: Say) -> Iterator[tuple[int, dict[str, int]]]:
    ready = world.settings.root / "ready.json"
    ready.unlink(missing_ok=True)
    command = [sys.executable, "-m", "gateway.cli", "serve", "--config", str(world.settings.root / "pli.toml")]
    command += ["--ready-file", str(ready), "--figures-file", str(world.settings.root / _AT_THE_END)]
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL)  # noqa: S603 - our own
    try:
        deadline = time.monotonic() + 30
        while not ready.exists():
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError("the server did not start")
            time.sleep(0.05)
        say(f"serving as process {process.pid}")
        yield process.pid, orjson.loads(ready.read_bytes())["ports"]
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)


# ---------------------------------------------------------------- intake and filing


def _intake(world: World, plan: BenchmarkPlan, server: int, ports: dict[str, int], say: Say) -> Figures:
    say(f"writing {plan.messages} results of {plan.size} octets")
    loads = loads_of(plan, world.senders[str(LABORATORIES[0].address)], world.authority, ports["relay"])
    before, peak = usage_of(server), Peak(server)
    say("sending")
    sent = sent_by_processes(loads, peak.look)
    acknowledged = usage_of(server)
    at_ack = _filed(world)
    filed_in, after = _until_filed(world, server, sum(s.accepted for s in sent), min(s.began for s in sent), peak.look)
    return _intake_figures(sent, at_ack, filed_in, (before, acknowledged, after), peak.memory_mib)


def _intake_figures(
    sent: list[SendingFigures], at_ack: int, filed_in: float, used: tuple[Usage, Usage, Usage], peak: float
) -> Figures:
    accepted = sum(s.accepted for s in sent)
    span = max(s.ended for s in sent) - min(s.began for s in sent)
    before, acknowledged, after = used
    refused = [line.strip() for s in sent for line in s.refused]
    return {
        "accepted": accepted,
        "refused": len(refused),
        "first_refusal": refused[0] if refused else "",
        "acknowledged_per_s": round(accepted / span, 1),
        "wait_for_250": percentiles([wait for s in sent for wait in s.waits]),
        "filed_when_all_acknowledged": at_ack,
        "filed_per_s": round(accepted / filed_in, 1),
        "cpu_ms_a_message_until_acknowledged": _cost(before, acknowledged, accepted),
        "cpu_ms_a_message_until_filed": _cost(before, after, accepted),
        "peak_memory_mib": round(peak, 1),
    }


def _cost(before: Usage, after: Usage, count: int) -> float:
    return round((after.cpu_seconds - before.cpu_seconds) / count * 1000, 2)


def _filed(world: World) -> int:
    if server := world.settings.paths.database:
        import psycopg

        with psycopg.connect(server) as there:
            return int((there.execute("SELECT count(*) FROM document").fetchone() or (0,))[0])
    with closing(sqlite3.connect(f"file:{store_paths(world.settings).database}?mode=ro", uri=True)) as db:
        return int(db.execute("SELECT count(*) FROM document").fetchone()[0])


def _until_filed(
    world: World, server: int, count: int, began: float, look: Callable[[], None] = lambda: None
) -> tuple[float, Usage]:
    deadline = time.perf_counter() + 300
    while _filed(world) < count:
        if time.perf_counter() > deadline:
            raise TimeoutError(f"only {_filed(world)} of {count} filed")
        look()
        time.sleep(0.1)
    return time.perf_counter() - began, usage_of(server)


# ---------------------------------------------------------------- IMAP


def _imap(world: World, plan: BenchmarkPlan, ports: dict[str, int], say: Say) -> Figures:
    """List and search a doctor's INBOX that holds `list_messages`."""
    doctor, writer = str(PROFESSIONALS[0].address), PROFESSIONALS[1]
    say(f"writing {plan.list_messages} letters")
    now = datetime.now(UTC)
    with _signed_in(world, ports, str(writer.address)) as submission:
        for number in range(plan.list_messages):
            at = now + timedelta(seconds=number)
            raw = letter(writer, doctor, f"Votre avis {number}", "Bonjour,\n\nMerci.\n" * 20, at)
            submission.sendmail(str(writer.address), [doctor], raw)
    say("listing and searching")
    return measure_mailbox(ports["imap"], world.authority, doctor, world.passwords[doctor], plan.repeat)


@contextmanager
def _signed_in(world: World, ports: dict[str, int], user: str) -> Iterator[smtplib.SMTP_SSL]:
    context = ssl.create_default_context(cafile=str(world.authority))
    with smtplib.SMTP_SSL("localhost", ports["submission"], context=context, timeout=30) as client:
        client.login(user, world.passwords[user])
        yield client


def _push(world: World, plan: BenchmarkPlan, ports: dict[str, int], say: Say) -> Figures:
    """Time from the 250 of a letter to the EXISTS that an idle client reads."""
    say("waiting in IDLE")
    doctor, writer = str(PROFESSIONALS[2].address), PROFESSIONALS[1]
    client = ImapClient(ports["imap"], world.authority)
    client.ask(f'LOGIN "{doctor}" "{world.passwords[doctor]}"')
    client.ask("SELECT INBOX")
    client.idle()
    waits = []
    with _signed_in(world, ports, str(writer.address)) as submission:
        for number in range(plan.pushes):
            raw = letter(writer, doctor, f"Avis {number}", "Bonjour.\n", datetime.now(UTC))
            submission.sendmail(str(writer.address), [doctor], raw)
            answered = time.perf_counter()
            waits.append(max(0.0, client.wait_for_exists() - answered))
    client.close()
    return {**percentiles(waits)}
