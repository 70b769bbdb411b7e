"""The process in which long papers are set, and its limits. Part of the composition root."""

from collections.abc import Mapping
from datetime import timedelta

from dossier_bridge.sandbox.places import PlaceSettings
from dossier_bridge.sandbox.processes import ProcessPool, ProcessSettings
from gateway.papers.paper_frames import decode_pdf, encode_paper
from gateway.ports.papers import PaperValue
from gateway.ports.sandbox import Sandbox


def paper_processes() -> ProcessPool:
    """Give the process, which is started when somebody first asks for a paper."""
    return ProcessPool(
        ProcessSettings(
            places=PlaceSettings(count=1, of_a_sender=1, max_waiting=64, patience=timedelta(seconds=15)),
            frames="gateway.papers.paper_frames:setting",
            entry="gateway.papers.typst_papers:set_paper",
            cpu_limit=timedelta(seconds=10),
            wall_limit=timedelta(seconds=20),
            niceness=5,
            max_bytes=8 * 1024 * 1024,
            max_outcome_bytes=16 * 1024 * 1024,
        )
    )


class PapersAside:
    """Implements `gateway.ports.papers.PaperProcesses`."""

    def __init__(self, processes: Sandbox) -> None:
        self._processes = processes

    async def pdf_of(self, template: str, values: Mapping[str, PaperValue], owner: str) -> bytes:
        """Make a tagged PDF."""
        return await self._processes.exchange(encode_paper(template, values), decode_pdf, owner)
