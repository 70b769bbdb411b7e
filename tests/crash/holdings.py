"""Reads what a stopped gateway holds, through its own store: mailboxes, dossiers, receipts, traces, octets."""

import json
from collections import Counter
from dataclasses import dataclass, field

from gateway.config import Settings
from gateway.core import Core, core, store_paths
from gateway.demonstration.world import vault_of
from gateway.domain.access import Audience
from gateway.domain.card import Card
from gateway.domain.errors import PliError
from gateway.domain.mailbox import BlobKey, BlobRef, ContentState, SpecialUse, VaultId
from gateway.domain.mime import parse_report, scan_message
from gateway.ports.store import Tx
from gateway.store.rows.line_numbers import MAX_UID
from tests.builders.store import Row, behind_the_store
from tests.crash.ledger import LABORATORY, Flags

_LEFT_OVER = {
    "steps in the outbox": "SELECT count(*) FROM outbox",
    "messages held or refused": f"SELECT count(*) FROM content WHERE state <> {ContentState.VISIBLE:d}",
    "messages in no folder": (
        "SELECT count(*) FROM content c WHERE NOT EXISTS"
        " (SELECT 1 FROM entry e WHERE e.vault = c.vault AND e.mid = c.mid)"
    ),
}


@dataclass(slots=True)
class Holding:
    """What one mailbox or space holds.

    Attributes:
        shown: how often each `Message-ID` is in INBOX.
        filed: by the `Message-ID` it came with, how many results each document bears.
        traced: how often each action is in the trace.
        answered: how many receipts there are for each `Message-ID`, in the laboratory's mailbox.
        refused: how many of them say that the documents were refused, with 904.
        flags: of each message in INBOX, by its UID.
    """

    shown: Counter[str] = field(default_factory=Counter)
    filed: dict[str, list[int]] = field(default_factory=dict)
    traced: Counter[str] = field(default_factory=Counter)
    answered: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    flags: dict[int, Flags] = field(default_factory=dict)


@dataclass(slots=True)
class Holdings:
    """What the whole gateway holds; `broken_traces` and `unreadable` name vaults and blobs.

    Attributes:
        quarantined: messages in quarantine.
        told: e-mail addresses that a notice was written to.
    """

    of: dict[str, Holding]
    receipts: Holding
    left_over: dict[str, int]
    broken_traces: list[str]
    unreadable: list[str]
    quarantined: int
    told: set[str]


async def holdings_of(settings: Settings, addresses: set[str]) -> Holdings:
    """Read the mailboxes of `addresses`, the laboratory's, and what every vault must be able to show."""
    async with core(settings) as it:
        return Holdings(
            of={address: await _holding(it, address) for address in addresses},
            receipts=await _receipts(it),
            left_over=_left_over(settings),
            broken_traces=await _broken_traces(it),
            unreadable=await _unreadable(it, settings),
            quarantined=await it.store.read(lambda tx: tx.quarantine.count()),
            told={json.loads(file.read_bytes())["to"] for file in settings.path(settings.paths.notices).glob("*.json")},
        )


async def _holding(it: Core, address: str) -> Holding:
    vault = await vault_of(it, address)

    def look(tx: Tx) -> Holding:
        holding, names = Holding(), {}
        inbox = tx.mail.folder_by_use(vault, SpecialUse.INBOX)
        for entry, summary in tx.mail.summaries(vault, inbox.id, 1, MAX_UID):
            names[entry.mid] = name = Card.from_json(summary.card).message_id
            holding.shown[name] += 1
            holding.flags[entry.uid] = frozenset(entry.flags.split())
        for document in tx.documents.all_of(vault, Audience.NOBODY):
            name = names.get(document.mid, "") if document.mid else ""
            holding.filed.setdefault(name, []).append(len(tx.documents.results(vault, Audience.NOBODY, document.id)))
        holding.traced.update(event.action for event in tx.audit.events(vault))
        return holding

    return await it.store.read(look)


async def _receipts(it: Core) -> Holding:
    """Read the laboratory's mailbox: whose message each receipt answers stands in the receipt itself."""
    address = str(LABORATORY.address)
    holding, vault = await _holding(it, address), await vault_of(it, address)
    keys = await it.store.read(
        lambda tx: [
            tx.blobs.open(vault, tx.mail.content(vault, entry.mid).blob)
            for entry in tx.mail.entries(vault, tx.mail.folder_by_use(vault, SpecialUse.INBOX).id, 1, MAX_UID)
        ]
    )
    for key in keys:
        raw = it.blobs.read(key)
        report = parse_report(raw, scan_message(raw))
        assert report is not None, "the laboratory was sent something that is no report"
        name = report.original_message_id or ""
        holding.answered[name] += 1
        holding.refused[name] += report.error_code == "904"
    return holding


def _rows(settings: Settings, query: str) -> list[Row]:
    return behind_the_store(store_paths(settings), query)


def _left_over(settings: Settings) -> dict[str, int]:
    counts = {what: int(_rows(settings, query)[0][0]) for what, query in _LEFT_OVER.items()}
    return {what: count for what, count in counts.items() if count}


async def _broken_traces(it: Core) -> list[str]:
    broken = []
    for vault in await it.store.read(lambda tx: tx.audit.vaults()):

        def verify(tx: Tx, vault: VaultId = vault) -> int:
            return tx.audit.verify(vault)

        try:
            await it.store.read(verify)
        except PliError as error:
            broken.append(str(error))
    return broken


async def _unreadable(it: Core, settings: Settings) -> list[str]:
    """Open every blob that a row refers to."""
    unreadable = []
    for vault, name in _rows(settings, "SELECT vault, blob FROM blob"):

        def key(tx: Tx, vault: VaultId = vault, name: bytes = name) -> BlobKey:
            return tx.blobs.open(vault, BlobRef(name))

        try:
            it.blobs.read(await it.store.read(key))
        except PliError as error:
            unreadable.append(f"{name.hex()}: {error}")
    return unreadable
