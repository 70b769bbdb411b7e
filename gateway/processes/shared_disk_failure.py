"""A failing disk, made known to every process of a gateway, and to those that are begun in place of others."""

from gateway.shared_memory import SharedMemory, Total


class SharedDiskFailure:
    """Implements `DiskFailure` of the store; what one notes stands until the gateway is started again."""

    def __init__(self, memory: SharedMemory) -> None:
        self._failed = memory.total(Total.DISK_FAILED)

    @property
    def has_happened(self) -> bool:
        """Say whether it has failed under any process of this gateway."""
        return any(self._failed.of_all())

    def note(self) -> None:
        """Note that it has; there is no way back."""
        self._failed.own = 1
