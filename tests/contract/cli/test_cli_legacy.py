"""``pli legacy import``: what the real readers find in the files of old records, also while serving (F22)."""

import asyncio

from dossier_bridge.synthetic.report import SyntheticReport, claimed, laboratory_report
from gateway.config import load_settings
from gateway.core import core
from gateway.domain.access import Audience
from gateway.domain.account import Space
from gateway.domain.address import MailAddress
from gateway.domain.dossier import FiledDocument
from tests.builders.command_line import OPEN, PATIENTS, Gateway

PDF = b"%PDF-1.7\n1 0 obj <</Type /Page>> endobj\nstartxref\n9\n%%EOF\n"


async def _kept(gateway: Gateway) -> tuple[Space, list[FiledDocument]]:
    async with core(load_settings(gateway.config)) as it:
        found = await it.store.read(lambda tx: tx.spaces.resolve(MailAddress.parse(f"{OPEN}@{PATIENTS}")))
        assert found is not None
        vault = found[0]
        space = await it.store.read(lambda tx: tx.spaces.space(vault))
        return space, await it.store.read(lambda tx: tx.documents.all_of(vault, Audience.NOBODY))


def test_files_of_an_old_record_are_kept_with_their_dates_and_bad_lines_named(gateway: Gateway) -> None:
    space, _ = asyncio.run(_kept(gateway))
    folder = gateway.folder.with_name("old")
    folder.mkdir()
    (folder / "cr.xml").write_bytes(laboratory_report(SyntheticReport(patient=claimed(space.identity))))
    (folder / "letter.pdf").write_bytes(PDF)
    (folder / "notes.xyz").write_bytes(b"\x00\x01nothing that is known")
    lines = folder / "list.csv"
    text = f"ins,file,filed_at,title\n{OPEN},cr.xml,2019-03-02,\n{OPEN},letter.pdf,2018-05-04,Lettre de 2018\n"
    lines.write_text(text, encoding="utf-8")
    done = gateway.run("legacy", "import", lines, "--json")
    assert done.data == {"waiting": 2, "shown": 0, "already_there": 0, "left_out": 0}
    lines.write_text(text + f"{OPEN},gone.pdf,2018-05-04,\n{OPEN},notes.xyz,2018-05-04,\n", encoding="utf-8")
    again = gateway.run("legacy", "import", lines)
    assert (again.code, "line 4: left out: file names no file" in again.talk) == (1, True)
    assert "already_there: 2" in again.out
    _, documents = asyncio.run(_kept(gateway))
    kept = {one.entry.title: one.filed_at.date().isoformat() for one in documents if one.entry.title}
    assert kept["Compte rendu d'examens biologiques"] == "2019-03-02"
    assert kept["Lettre de 2018"] == "2018-05-04"
    assert all(Audience.BEFORE_ACTIVATION in one.hidden_from for one in documents)
