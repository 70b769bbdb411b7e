"""``pli``, and ``python -m gateway.cli``: ready to be stopped before anything large is loaded."""

import sys

from gateway.cli.early_stop import end_quietly_when_told


def run() -> None:
    """Run one command; ``serve`` may be told to end from its first moment on."""
    if "serve" in sys.argv[1:2]:
        end_quietly_when_told()
    from gateway.cli.app import main

    main()


if __name__ == "__main__":
    run()
