"""The processes in which pictures of DICOM files are drawn, and their limits. Part of the composition root."""

from collections.abc import Sequence
from datetime import timedelta

from dossier_bridge.sandbox.picture_frames import decode_described, decode_drawn, encode_drawing, encode_files
from dossier_bridge.sandbox.places import PlaceSettings
from dossier_bridge.sandbox.processes import ProcessPool, ProcessSettings
from gateway.domain.medical_picture import Described, Drawing, Obstacle
from gateway.ports.sandbox import Sandbox


def medical_picture_processes() -> ProcessPool:
    """Give the processes, which are started when somebody first looks at a picture."""
    return ProcessPool(
        ProcessSettings(
            places=PlaceSettings(count=2, of_a_sender=1, max_waiting=64, patience=timedelta(seconds=20)),
            frames="dossier_bridge.sandbox.picture_frames:picturing",
            entry="dossier_bridge.sandbox.dicom_pictures:jobs",
            max_memory_bytes=1024 * 1024 * 1024,
            cpu_limit=timedelta(seconds=5),
            wall_limit=timedelta(seconds=20),
            niceness=5,
            max_outcome_bytes=64 * 1024 * 1024,
        )
    )


class ProcessDrawer:
    """Implements `gateway.ports.medical_pictures.PictureDrawer`."""

    def __init__(self, processes: Sandbox) -> None:
        self._processes = processes

    async def describe(self, files: Sequence[tuple[bytes, bool]], owner: str) -> Described:
        """Describe files, each from its start."""
        return await self._processes.exchange(encode_files(files), decode_described, owner)

    async def draw(self, drawing: Drawing, owner: str) -> tuple[Obstacle, bytes]:
        """Draw one picture, or say why not."""
        return await self._processes.exchange(encode_drawing(drawing), decode_drawn, owner)
