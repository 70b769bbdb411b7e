"""The first mail of the demonstration, through the real listeners: exchanges are opened and ended, a result filed."""

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from gateway.core import Core
from gateway.demonstration.invented_people import LABORATORIES, PATIENTS, PROFESSIONALS, DemoPatient
from gateway.demonstration.mail import laboratory_message, letter, relay, scan_message, submit
from gateway.demonstration.world import Line, World, vault_of
from gateway.domain.access import Audience
from gateway.domain.directory import DirectoryEntry
from gateway.ports.store import Tx

CAMILLE, LOUIS = PATIENTS[0], PATIENTS[1]
CLAIRE, PAUL = PROFESSIONALS[0], PROFESSIONALS[1]
_RESULT_TIMEOUT = timedelta(seconds=30)

_QUESTION = """Bonjour,

J'ai demandé au laboratoire de m'envoyer vos résultats. Comment vous sentez-vous depuis \
notre dernier rendez-vous ? Vous pouvez me répondre ici.

Dr Claire Martin
"""
_ADVICE = """Bonjour,

Votre tension est bien équilibrée. Continuez le traitement, nous nous revoyons dans six mois.

Dr Paul Nguyen
"""
_GOODBYE = "Le suivi est terminé. Bonne continuation.\n"


@dataclass(frozen=True, slots=True)
class DemonstrationPorts:
    """The ports through which the demonstration writes."""

    relay: int
    submission: int


async def open_exchanges(world: World, post: DemonstrationPorts) -> list[Line]:
    """Have doctors write: one exchange stays open, one is ended by its doctor."""
    now = datetime.now(UTC)
    await _write(world, post, CLAIRE, CAMILLE.address, "Votre bilan", _QUESTION, now - timedelta(hours=2))
    await _write(world, post, PAUL, LOUIS.address, "Votre consultation", _ADVICE, now - timedelta(days=1))
    await _write(world, post, PAUL, LOUIS.address, "[FIN]", _GOODBYE, now - timedelta(minutes=5))
    return [
        {"patient": CAMILLE.address, "correspondent": str(CLAIRE.address), "state": "open"},
        {"patient": LOUIS.address, "correspondent": str(PAUL.address), "state": "ended"},
    ]


async def _write(
    world: World, post: DemonstrationPorts, sender: DirectoryEntry, to: str, subject: str, text: str, at: datetime
) -> None:
    user = str(sender.address)
    raw = letter(sender, to, subject, text, at)
    await asyncio.to_thread(submit, post.submission, world.authority, user, world.passwords[user], [to], raw)


async def send_result(world: World, post: DemonstrationPorts, number: int = 14) -> None:
    """Have the laboratory send a result to Camille, with its certificate, by the relay listener."""
    sender = world.senders[str(LABORATORIES[0].address)]
    raw = laboratory_message(sender.address, CAMILLE.address, CAMILLE.identity, number, datetime.now(UTC))
    await asyncio.to_thread(relay, post.relay, world.authority, sender, [CAMILLE.address], raw)


async def send_scan(world: World, post: DemonstrationPorts, patient: DemoPatient = LOUIS) -> None:
    """Have the laboratory of the other operator send the pictures of a scanner; it is filed meanwhile."""
    sender, at = world.senders[str(LABORATORIES[1].address)], datetime.now(UTC)
    raw = await asyncio.to_thread(scan_message, sender.address, patient.address, patient.identity, at)
    await asyncio.to_thread(relay, post.relay, world.authority, sender, [patient.address], raw)


async def wait_until_filed(it: Core, documents: int = 1) -> None:
    """Wait until Camille's dossier holds so many documents."""
    vault = await vault_of(it, CAMILLE.address)

    def count(tx: Tx) -> int:
        return len(tx.documents.all_of(vault, Audience.PATIENT))

    async with asyncio.timeout(_RESULT_TIMEOUT.total_seconds()):
        with it.store.subscribe(vault) as news:
            while await it.store.read(count) < documents:
                await news.wait()
