"""« Run it » of `README.md`: its own commands, run in the checkout as a newcomer runs them, all succeed."""

import os
import re
import subprocess
import sys
from pathlib import Path

from tests.builders.command_line import ROOT
from tests.builders.repository import section, text

LEFT_OUT = ("make venv", "pli serve")
"""What is done already where tests run, and what does not end."""


def _commands() -> str:
    found = re.search(r"```sh\n(.+?)```", section(text("README.md"), "Run it"), re.DOTALL)
    assert found is not None
    settings = re.search(r"PLI_CONFIG=\S+", found[1])
    assert settings is not None
    lines = [line for line in found[1].splitlines() if not line.startswith(LEFT_OUT)]
    return "\n".join([f"export {settings[0]}", *lines])


def test_what_a_newcomer_is_told_to_run_works_in_a_checkout(tmp_path: Path) -> None:
    programs = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    seen = {**os.environ, "HOME": str(tmp_path), "PATH": programs}
    done = subprocess.run(
        ["sh", "-eu", "-c", _commands()], cwd=ROOT, env=seen, capture_output=True, text=True, check=False, timeout=60
    )
    assert (done.returncode, done.stderr.count("PLI-")) == (0, 0), done.stderr
