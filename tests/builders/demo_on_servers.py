"""``pli demo --json`` with its rows on PostgreSQL and its blobs on S3: `python -m tests.builders.demo_on_servers`.

Takes the folder to make, the address of an empty database, a place in a bucket, and a file of further settings.
"""

import sys
from pathlib import Path

from gateway.cli.demo import free_ports
from gateway.cli.showing import Elsewhere, Manner, show
from gateway.logs import set_up_logs

if __name__ == "__main__":
    folder, database, blobs, extra = sys.argv[1:]
    set_up_logs()
    elsewhere = Elsewhere(database, blobs, Path(extra).read_text())
    show(Path(folder), free_ports(), Manner(as_json=True, browser=False, once=False), elsewhere)
