"""Loaded into a server before it starts: breaks the promise that the environment names, as `sabotaged` does."""

import os

from tests.crash.sabotaged import FAULT, FAULTS

FAULTS[os.environ[FAULT]]()
