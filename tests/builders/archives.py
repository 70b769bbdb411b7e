"""Archives as tests have them made and read them."""

import io
import zipfile
from functools import partial

import orjson

from gateway.domain.account import Space, digest_of
from gateway.domain.outbox import Step
from gateway.domain.step_payloads import MakeExport
from gateway.fhir.record_bundle import BundleEntries
from gateway.openpgp.gnupg_program import GnupgProgram
from gateway.services.access.actors import holder_of
from gateway.services.export.export_making import ExportMaking
from gateway.services.outbox.steps import finished
from tests.builders.outbox import A_WORKER
from tests.builders.passkeys import SESSION
from tests.builders.patient_site import PatientSite

OPERATOR_NAME = "pli.example"


def making(site: PatientSite) -> ExportMaking:
    """Give what makes archives."""
    return ExportMaking(site.at.store, site.at.blobs, site.at.clock, BundleEntries(), OPERATOR_NAME, GnupgProgram())


async def waiting(site: PatientSite) -> list[Step]:
    """Lease the steps that make archives."""
    now = site.at.clock.now()
    steps = await site.at.store.write(lambda tx: tx.outbox.lease(now, now, 50, holder=A_WORKER))
    return [step for step in steps if isinstance(step.payload, MakeExport)]


async def made(site: PatientSite) -> int:
    """Do what was asked for; give how many archives were made or given up."""
    steps = await waiting(site)
    for step in steps:
        finish = await making(site).make(step)
        await site.at.store.write(partial(finished, step=step, finish=finish))
    return len(steps)


async def octets_of(site: PatientSite, space: Space | None = None) -> bytes:
    """Download an archive that is ready."""
    opened = await site.services.exports.open(holder_of(space or site.camille, "web"), digest_of(SESSION))
    assert opened is not None
    data = b"".join([piece async for piece in opened.pieces])
    assert len(data) == opened.size
    return data


async def archive_of(site: PatientSite) -> bytes:
    """Ask for the archive of Camille's space, have it made, download it."""
    assert await site.services.exports.ask(holder_of(site.camille, "web"), digest_of(SESSION))
    assert await made(site) == 1
    return await octets_of(site)


def files_of(archive: bytes) -> dict[str, bytes]:
    """Give the files of an archive by their names."""
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        return {name: opened.read(name) for name in opened.namelist()}


def manifest_of(files: dict[str, bytes]) -> dict[str, dict[str, dict[str, object]]]:
    """Read the manifest."""
    found: dict[str, dict[str, dict[str, object]]] = orjson.loads(files["manifest.json"])
    return found
