"""Results written beforehand and sent by processes of their own, to a gateway or to another mail server."""

import multiprocessing
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from gateway.benchmark.crowd import invented_person
from gateway.benchmark.laboratory import Load, SendingFigures, send_all
from gateway.benchmark.plan import BenchmarkPlan
from gateway.demonstration.invented_people import PATIENTS
from gateway.demonstration.mail import Sender, laboratory_message

_OVERHEAD = 6_000
"""Octets of a result message besides its PDF, which it holds twice in base64 (in the CDA, and beside)."""


def loads_of(plan: BenchmarkPlan, sender: Sender, authority: Path, port: int) -> list[Load]:
    """Write the results of a plan and share them out among its client processes."""
    messages = _messages(plan, sender.address)
    return [
        Load(
            port=port,
            authority=authority,
            certificate=sender.certificate,
            key=sender.key,
            sender=sender.address,
            messages=tuple(messages[number :: plan.processes]),
            connections=max(1, plan.connections // plan.processes),
            per_connection=plan.per_connection,
        )
        for number in range(plan.processes)
    ]


def sent_by_processes(loads: list[Load], look: Callable[[], None]) -> list[SendingFigures]:
    """Send every load from a process of its own, all at once; `look` is called meanwhile, five times a second.

    Raises:
        ConnectionError: a process ended before it had sent everything.
    """
    results = []
    for load in loads:
        here, there = multiprocessing.get_context("spawn").Pipe(duplex=False)
        process = multiprocessing.get_context("spawn").Process(target=send_all, args=(load, there), daemon=True)
        process.start()
        there.close()  # a sender that dies is then an end, and is not waited for
        results.append((process, here))
    sent: list[SendingFigures] = []
    for process, here in results:
        while not here.poll(0.2):
            look()
        try:
            sent.append(here.recv())
        except EOFError as error:
            raise ConnectionError("the process that sends ended before it was done") from error
        process.join()
    return sent


def _messages(plan: BenchmarkPlan, sender: str) -> list[tuple[str, bytes]]:
    patients = [patient for patient in PATIENTS if patient.state.value in ("active", "open")]
    if plan.patients:
        # As far apart as they can be: nothing that is cached of one serves another.
        each = max(1, plan.patients // plan.messages)
        patients = [invented_person(serial) for serial in range(0, plan.patients, each)]
    pdf_bytes = max(500, int((plan.size - _OVERHEAD) * 0.73 / 2.35))
    now, found = datetime.now(UTC), []
    for number in range(plan.messages):
        patient = patients[number % len(patients)]
        raw = laboratory_message(sender, patient.address, patient.identity, number, now, pdf_bytes=pdf_bytes)
        found.append((patient.address, raw.replace(b"\r\n.", b"\r\n..") + b".\r\n"))
    return found
