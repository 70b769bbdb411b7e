"""A log that cannot be written costs its lines and nothing else."""

import subprocess
import sys
from pathlib import Path

_TELLING = """
import structlog
from gateway.logs import set_up_logs
set_up_logs()
for _ in range(2000):
    structlog.get_logger("pli.test").warning("step.failed", step="1f")
print("went on", flush=True)
"""


def test_log_without_room_does_not_stop_what_it_tells_of() -> None:
    with Path("/dev/full").open("w") as full:
        ended = subprocess.run([sys.executable, "-c", _TELLING], stdout=subprocess.PIPE, stderr=full, check=False)
    assert ended.stdout == b"went on\n"
