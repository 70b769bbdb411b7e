"""Measures Pli beside Postfix and Dovecot with mail_crypt, in turn: ``python -m tests.builders.peer_beside``.

Both get the same results from the same client, with the same certificates. Each round gives one line a server; the
medians come last. It needs root and Debian's packages postfix, dovecot-imapd and dovecot-lmtpd.
"""

import argparse
import logging
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import structlog

from gateway.benchmark.laboratory import Load
from gateway.benchmark.plan import BenchmarkPlan
from gateway.benchmark.run import run
from gateway.benchmark.sending import loads_of, sent_by_processes
from gateway.benchmark.watch import Peak, usage_of
from gateway.demonstration.invented_people import LABORATORIES, PATIENTS
from gateway.demonstration.world import found_world
from gateway.tls_files import server_pair
from tests.builders.peer import Peer, serving_peer

Row = dict[str, float]
_LONGEST = 300.0
"""Seconds after which what is still in the queue of Postfix is not waited for."""


def _peer_row(plan: BenchmarkPlan, folder: Path) -> Row:
    world = found_world(folder / "world", (0, 0, 0, 0, 0, 0), datetime.now(UTC))
    sender = world.senders[str(LABORATORIES[0].address)]
    addresses = sorted({patient.address for patient in PATIENTS})
    domain = sender.address.rpartition("@")[2]
    at = folder / "peer"
    at.mkdir()
    pair = server_pair(world.settings)
    with serving_peer(at, pair, world.authority, sender.certificate, [domain], addresses) as peer:
        return _taken(plan, peer, lambda: loads_of(plan, sender, world.authority, peer.smtp_port))


def _taken(plan: BenchmarkPlan, peer: Peer, loads: Callable[[], list[Load]]) -> Row:
    written, peak = loads(), Peak(*peer.processes)
    before = _processor(peer)
    sent = sent_by_processes(written, peak.look)
    acknowledged = _processor(peer)
    deadline = time.monotonic() + _LONGEST
    while peer.queued() and time.monotonic() < deadline:
        peak.look()
        time.sleep(0.1)
    ended = time.perf_counter()
    accepted, began = sum(one.accepted for one in sent), min(one.began for one in sent)
    if accepted != plan.messages or peer.delivered() != accepted:
        raise RuntimeError(f"{accepted} acknowledged, {peer.delivered()} delivered of {plan.messages}")
    return {
        "acknowledged a second": accepted / (max(one.ended for one in sent) - began),
        "delivered or filed a second": accepted / (ended - began),
        "ms of processor until acknowledged": (acknowledged - before) / accepted * 1000,
        "ms of processor in all": (_processor(peer) - before) / accepted * 1000,
        "MiB at the peak": peak.memory_mib,
    }


def _processor(peer: Peer) -> float:
    return sum(usage_of(process).cpu_seconds for process in peer.processes)


def _pli_row(plan: BenchmarkPlan, folder: Path) -> Row:
    figures = run(plan, folder, lambda _: None)["intake"]
    assert isinstance(figures, dict)
    if figures["accepted"] != plan.messages:
        raise RuntimeError(f"{figures['accepted']} acknowledged of {plan.messages}: {figures['first_refusal']}")
    return {
        "acknowledged a second": figures["acknowledged_per_s"],
        "delivered or filed a second": figures["filed_per_s"],
        "ms of processor until acknowledged": figures["cpu_ms_a_message_until_acknowledged"],
        "ms of processor in all": figures["cpu_ms_a_message_until_filed"],
        "MiB at the peak": figures["peak_memory_mib"],
    }


def main() -> None:
    """Run the rounds and print them."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--rounds", type=int, default=3)
    asked.add_argument("--messages", type=int, default=1_000)
    options = asked.parse_args()
    plan = BenchmarkPlan(messages=options.messages, list_messages=10, pushes=1)
    servers: dict[str, Callable[[BenchmarkPlan, Path], Row]] = {
        "peer": _peer_row,
        "Pli, one process": lambda plan, folder: _pli_row(replace(plan, serving=1), folder),
        "Pli": _pli_row,
    }
    rows: dict[str, list[Row]] = {name: [] for name in servers}
    for _ in range(options.rounds):
        for name, measure in servers.items():
            with tempfile.TemporaryDirectory(prefix="pli-peer-") as folder:
                Path(folder).chmod(0o755)
                rows[name].append(measure(plan, Path(folder)))
            _say(name, rows[name][-1])
    for name, measured in rows.items():
        _say(f"{name}, medians", {key: statistics.median(row[key] for row in measured) for key in measured[0]})


def _say(name: str, row: Row) -> None:
    sys.stdout.write(f"{name}: " + ", ".join(f"{value:.4g} {key}" for key, value in row.items()) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
