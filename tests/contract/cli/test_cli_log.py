"""``pli log``: a checkpoint published by command, and traces checked with it by a script that knows nothing of Pli."""

import sqlite3
import subprocess
import sys
from contextlib import closing

from tests.builders.command_line import Gateway
from tests.builders.repository import ROOT


def test_published_checkpoint_convicts_whoever_alters_a_trace_and_its_head(gateway: Gateway) -> None:
    database, published = gateway.folder / "data" / "pli.sqlite", gateway.folder / "checkpoints"
    assert "/pli-heads/1\n" in gateway.run("log", "publish", "--json").data["checkpoint"]
    key, files = gateway.run("log", "key").out.strip(), [str(file) for file in published.glob("*.txt")]
    script = str(ROOT / "scripts" / "verify_log.py")
    command = [sys.executable, script, "--key", key, "--database", str(database), *files]
    whole = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (whole.returncode, len(files)) == (0, 1), whole.stdout + whole.stderr
    with closing(sqlite3.connect(database)) as opened, opened:
        (vault,) = opened.execute("SELECT max(vault) FROM audit").fetchone()
        opened.execute("DELETE FROM audit WHERE vault = ?", (vault,))
        opened.execute("DELETE FROM audit_head WHERE vault = ?", (vault,))
    found = subprocess.run(command, capture_output=True, text=True, check=False)
    assert found.returncode == 1
    assert f"vault {vault:x}: " in found.stdout
