"""The processes in which HTML letters are made inert, and their limits. Part of the composition root."""

from datetime import timedelta

from dossier_bridge.sandbox.places import PlaceSettings
from dossier_bridge.sandbox.processes import ProcessPool, ProcessSettings
from gateway.config_sections import WorkSection


def letter_processes(limits: WorkSection) -> ProcessPool:
    """Give the processes, which are started when somebody opens a letter."""
    return ProcessPool(
        ProcessSettings(
            places=PlaceSettings(count=limits.letters, of_a_sender=1, max_waiting=64, patience=timedelta(seconds=2)),
            frames="webmail.messages.html_frames:rendering",
            entry="webmail.messages.html_mail:inert_document",
            # A page waits for it; whoever wants the words has them without.
            cpu_limit=timedelta(milliseconds=limits.letter_processor_ms),
            wall_limit=timedelta(seconds=limits.letter_seconds),
            niceness=5,
            max_outcome_bytes=32 * 1024 * 1024,
        )
    )
