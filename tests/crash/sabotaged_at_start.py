"""Loaded into a server before it starts: breaks the promises that the environment names, as `sabotaged` does."""

import os

from tests.crash.sabotaged import FAULT, FAULTS

for name in os.environ[FAULT].split("+"):
    FAULTS[name]()
