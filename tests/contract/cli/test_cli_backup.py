"""The backup that `docs/operations.md` describes: its own commands, run beside a serving gateway, give a whole one."""

import os
import re
import shutil
import subprocess
from pathlib import Path

from tests.builders.command_line import ROOT, Gateway
from tests.builders.repository import section, text


def _commands() -> str:
    found = re.search(r"```sh\n(.+?)```", section(text("docs/operations.md"), "Backup"), re.DOTALL)
    assert found is not None
    return found[1]


def _backed_up(gateway: Gateway, folder: Path) -> Gateway:
    environment = {**os.environ, "GATEWAY": str(gateway.folder), "BACKUP": str(folder)}
    words = ["sh", "-eu", "-c", _commands()]
    subprocess.run(words, cwd=ROOT, env=environment, check=True, timeout=18, capture_output=True)
    return Gateway(folder)


def test_a_backup_made_while_serving_opens_and_its_traces_are_whole(gateway: Gateway, tmp_path: Path) -> None:
    with gateway.serving():
        restored = _backed_up(gateway, tmp_path / "backup")
    assert restored.run("doctor").code == 0
    assert restored.run("audit", "verify", "--json").data == gateway.run("audit", "verify", "--json").data


def test_the_data_without_the_keys_open_nothing(settled: Gateway, tmp_path: Path) -> None:
    restored = _backed_up(settled, tmp_path / "backup")
    shutil.rmtree(restored.folder / "keys")
    refused = restored.run("audit", "verify")
    assert refused.code == 3
    assert "restore it from your key backup" in refused.talk
