"""Measures the hot paths of the store on a RAM disk: ``python -m tests.builders.store_speed``.

Prints the best of several runs, as processor time of the whole process; `docs/store.md` keeps the figures.
"""

import asyncio
import time
from collections.abc import Callable

from gateway.domain.mailbox import Content, FolderId, SpecialUse, VaultId
from gateway.ports.store import Store, Tx
from tests.builders.store import a_content, a_mailbox, ram_folder, shown, store_at

MESSAGES = 10_000
_BATCH = 50
_RUNS = 7
_TEXT = "texte extrait du compte rendu, replié pour la recherche " * 36


async def _fill(store: Store, vault: VaultId, inbox: FolderId, contents: list[Content]) -> None:
    def many(batch: list[Content]) -> Callable[[Tx], None]:
        def add(tx: Tx) -> None:
            for content in batch:
                shown(tx, vault, content, folder=inbox)

        return add

    for start in range(0, len(contents), _BATCH):
        await store.write(many(contents[start : start + _BATCH]))


async def _singles(store: Store, vault: VaultId, inbox: FolderId, contents: list[Content]) -> None:
    def one(content: Content) -> Callable[[Tx], object]:
        return lambda tx: shown(tx, vault, content, folder=inbox)

    async with asyncio.TaskGroup() as group:
        for content in contents:
            group.create_task(store.write(one(content)))


async def _best(store: Store, fn: Callable[[Tx], object]) -> float:
    spent = []
    for _ in range(_RUNS):
        begun = time.process_time()
        await store.read(fn)
        spent.append(time.process_time() - begun)
    return min(spent) * 1000


async def main() -> None:
    """Fill a folder, then read it in each way."""
    with ram_folder() as folder:
        async with store_at(folder) as at:
            vault = await a_mailbox(at.store)
            inbox = (await at.store.read(lambda tx: tx.mail.folder_by_use(vault, SpecialUse.INBOX))).id
            contents = [a_content(extract=_TEXT[:2048]) for _ in range(MESSAGES)]
            begun = time.process_time()
            await _fill(at.store, vault, inbox, contents[: MESSAGES // 2])
            middle = time.process_time()
            await _singles(at.store, vault, inbox, contents[MESSAGES // 2 :])
            ended = time.process_time()
            half = MESSAGES // 2
            print(f"add_content + add_entry, in batches of {_BATCH}: {(middle - begun) / half * 1000:.3f} ms a message")
            print(f"the same, one write each, group commit: {(ended - middle) / half * 1000:.3f} ms a message")
            high = 2**32 - 1
            for name in ("uids", "entries", "wires", "summaries", "header_blocks", "extracts"):

                def read(tx: Tx, name: str = name) -> int:
                    method = getattr(tx.mail, name)
                    return len(method(vault, inbox) if name == "uids" else method(vault, inbox, 1, high))

                print(f"{name}, {MESSAGES:,} messages: {await _best(at.store, read):.1f} ms")


if __name__ == "__main__":
    asyncio.run(main())
