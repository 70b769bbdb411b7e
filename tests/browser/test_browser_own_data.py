"""« Exporter mes données » on a real gateway: from the menu to the file, opened and checked as `docs/archives.md` says.

What checks it knows nothing of Pli: the shell, Python's own library, OpenSSL and gpg (F94, E20).
"""

import asyncio
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect

from gateway.demonstration.invented_people import PATIENTS
from tests.builders.openpgp_keys import OpenPgpHome
from tests.builders.patient_pages import sign_in_page
from tests.builders.repository import text
from tests.builders.running_world import running_world

pytestmark = pytest.mark.asyncio(loop_scope="session")
PATIENT = next(patient for patient in PATIENTS if patient.password)
_CHECKS = re.search(r"```sh\n(.+?)```", text("docs/archives.md"), re.DOTALL)


async def _download(page: Page, folder: Path) -> Path:
    async with page.expect_download() as waiting:
        await page.get_by_role("link", name="Télécharger mon archive").click()
    download = await waiting.value
    file = folder / download.suggested_filename
    await download.save_as(file)
    return file


def _checked(folder: Path) -> str:
    assert _CHECKS is not None
    done = subprocess.run(
        ["sh", "-eu", "-c", _CHECKS[1]], cwd=folder, capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.timeout(90)
async def test_person_exports_all_their_data_and_checks_the_file_without_pli(
    chromium: Browser, tmp_path: Path
) -> None:
    home = OpenPgpHome(Path(tempfile.mkdtemp(prefix="gpg-")))
    key = tmp_path / "cle.asc"
    key.write_bytes(await asyncio.to_thread(home.made, "camille"))
    async with running_world() as site:
        context = await chromium.new_context(ignore_https_errors=True, locale="fr-FR")
        page = await context.new_page()
        await sign_in_page(site, page, PATIENT)
        await page.locator("details.menu summary").click()
        await page.get_by_role("link", name="Mes données").click()
        await page.get_by_role("button", name="Exporter mes données").click()
        await expect(page.get_by_text("Votre archive est prête")).to_be_visible(timeout=30_000)
        await page.get_by_text("Vérifier une archive").click()
        fingerprint = (await page.locator("details code").inner_text()).replace(" ", "")
        file = await _download(page, tmp_path)

        await page.get_by_role("button", name="Supprimer cette archive").click()
        await page.get_by_role("link", name="La chiffrer pour ma clé OpenPGP").click()
        await page.get_by_label("Votre clé publique").set_input_files(key)
        await page.get_by_role("button", name="Lire la clé").click()
        shown = (await page.locator("#empreinte").inner_text()).replace(" ", "")
        assert shown == home.fingerprint("camille")
        await page.get_by_label("J’ai comparé cette empreinte").check()
        await page.get_by_role("button", name="Exporter mes données, chiffrées").click()
        await expect(page.get_by_text("Votre archive est prête")).to_be_visible(timeout=30_000)
        sealed = await _download(page, tmp_path)
        await context.close()
    assert (file.suffix, sealed.name) == (".zip", f"{file.name}.gpg")
    said = await asyncio.to_thread(_checked, tmp_path)
    assert "Signature Verified Successfully" in said
    assert f"{fingerprint}  -" in said
    assert "all as they were signed" in said
    index = (tmp_path / "archive" / "index.html").read_text(encoding="utf-8")
    assert all((tmp_path / "archive" / name).is_file() for name in re.findall(r'href="([^"#]+)"', index))
    opened = await asyncio.to_thread(home.run, "--decrypt", str(sealed))
    assert opened.startswith(b"PK\x03\x04")
    home.close()
    shutil.rmtree(home.folder, ignore_errors=True)
