"""Runs the measurements: a fresh gateway on disk, served by a process of its own, loaded from others."""

import asyncio
import sqlite3
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

from gateway.benchmark.crowd import lines_of
from gateway.benchmark.laboratory import SendingFigures
from gateway.benchmark.mailbox import Figures, measure_mailbox
from gateway.benchmark.pages import fill_space, measure_pages, send_models
from gateway.benchmark.plan import BenchmarkPlan
from gateway.benchmark.push import measure_push
from gateway.benchmark.sending import loads_of, sent_by_processes
from gateway.benchmark.serving import Say, Server, figures_of, served, writer_of
from gateway.benchmark.watch import Peak, Usage, percentiles, until_idle, usage_of
from gateway.core import core, store_paths
from gateway.demonstration.invented_people import LABORATORIES, PROFESSIONALS
from gateway.demonstration.mail import letter
from gateway.demonstration.world import World, found_world, populate

_LONGEST_WORK = 3_600
"""Seconds after which results are sent though the server works."""

def run(plan: BenchmarkPlan, folder: Path | None, say: Say, database: str = "") -> Figures:
    """Measure everything and give the figures; the gateway is made below `folder`, its rows in an empty `database`."""
    with tempfile.TemporaryDirectory(prefix="pli-bench-", dir=folder) as temporary:
        now, at, ports_left_free = datetime.now(UTC), Path(temporary) / "gateway", (0, 0, 0, 0, 0, 0)
        world = found_world(at, ports_left_free, now, database=database, processes=plan.serving)
        asyncio.run(_populate(world, plan.patients, say))
        with served(world, say) as server:
            if plan.patients:
                say("waiting until each space that was made is in the log of checkpoints")
                until_idle(server.pid, _LONGEST_WORK)
            figures: Figures = {"plan": {name: getattr(plan, name) for name in BenchmarkPlan.__slots__}}
            figures["intake"] = _intake(world, plan, server, say)
            figures["imap"] = _imap(world, plan, server, say)
            figures["push"] = measure_push(world, server, plan.pushes, say)
            if plan.conversations:
                filed = _filed(world)
                send_models(world, server.ports)
                _until_filed(world, server, filed + 1, time.perf_counter())
        figures |= figures_of(world)
        if plan.conversations:
            figures["pages"] = _pages(world, plan, say)
        return figures


def _pages(world: World, plan: BenchmarkPlan, say: Say) -> Figures:
    documents = min(plan.documents, plan.conversations)
    say(f"filling a space with {plan.conversations} conversations and {documents} documents")
    asyncio.run(fill_space(world, plan.conversations, documents))
    with served(world, say) as server:
        say("reading pages")
        return asyncio.run(measure_pages(world, server, min(100, plan.conversations)))


async def _populate(world: World, patients: int, say: Say) -> None:
    async with core(world.settings) as it:
        await populate(world, it)
        if patients:
            say(f"importing {patients} patients")
            report = await it.provisioning.import_patients(lines_of(patients))
            say(f"{report.created} spaces made")


# ---------------------------------------------------------------- intake and filing


def _intake(world: World, plan: BenchmarkPlan, server: Server, say: Say) -> Figures:
    say(f"writing {plan.messages} results of {plan.size} octets")
    loads = loads_of(plan, world.senders[str(LABORATORIES[0].address)], world.authority, server.ports["relay"])
    before, peak = usage_of(server.pid), Peak(server.pid)
    say("sending")
    sent = sent_by_processes(loads, peak.look)
    acknowledged = usage_of(server.pid)
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
    world: World, server: Server, count: int, began: float, look: Callable[[], None] = lambda: None
) -> tuple[float, Usage]:
    deadline = time.perf_counter() + 300
    while _filed(world) < count:
        if time.perf_counter() > deadline:
            raise TimeoutError(f"only {_filed(world)} of {count} filed")
        look()
        time.sleep(0.1)
    return time.perf_counter() - began, usage_of(server.pid)


# ---------------------------------------------------------------- IMAP


def _imap(world: World, plan: BenchmarkPlan, server: Server, say: Say) -> Figures:
    """List and search a doctor's INBOX that holds `list_messages`."""
    doctor, writer = str(PROFESSIONALS[0].address), PROFESSIONALS[1]
    say(f"writing {plan.list_messages} letters")
    now = datetime.now(UTC)
    with writer_of(world, server, str(writer.address)) as submission:
        for number in range(plan.list_messages):
            at = now + timedelta(seconds=number)
            raw = letter(writer, doctor, f"Votre avis {number}", "Bonjour,\n\nMerci.\n" * 20, at)
            submission.sendmail(str(writer.address), [doctor], raw)
    say("listing and searching")
    return measure_mailbox(server.ports["imap"], world.authority, doctor, world.passwords[doctor], plan.repeat)
