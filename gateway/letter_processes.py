"""The processes in which HTML letters are made inert, and their limits. Part of the composition root."""

from datetime import timedelta

from dossier_bridge.sandbox.places import PlaceSettings
from dossier_bridge.sandbox.processes import ProcessPool, ProcessSettings


def letter_processes() -> ProcessPool:
    """Give the processes, which are started when somebody opens a letter."""
    return ProcessPool(
        ProcessSettings(
            places=PlaceSettings(count=2, of_a_sender=1, max_waiting=64, patience=timedelta(seconds=2)),
            frames="webmail.messages.html_frames:rendering",
            entry="webmail.messages.html_mail:inert_document",
            # A page waits for it; whoever wants the words has them without.
            cpu_limit=timedelta(seconds=1),
            wall_limit=timedelta(seconds=8),
            niceness=5,
            max_outcome_bytes=32 * 1024 * 1024,
        )
    )
