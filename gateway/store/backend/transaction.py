"""What every engine needs of a transaction; what it offers to the services is `gateway.store.rows`' business."""

from gateway.domain.mailbox import VaultId
from gateway.store.backend.sql import Runner


class Transaction:
    """What an engine needs of the object that functions are given: a runner, and the vaults to tell about."""

    def __init__(self, runner: Runner) -> None:
        self.runner = runner
        self.touched: set[VaultId] = set()

    def changed(self, vault: VaultId) -> None:
        """Tell the vault's subscribers after the commit."""
        self.touched.add(vault)

    def begin(self) -> None:
        """Forget what an earlier transaction left here, committed or not."""
        self.touched.clear()
        self.runner.begin()

    def settle(self) -> None:
        """Write what several functions of one transaction put off to its end, to be written once."""
