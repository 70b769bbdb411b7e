"""``python -m gateway.cli`` is ``pli``."""

from gateway.cli.app import main

main()
