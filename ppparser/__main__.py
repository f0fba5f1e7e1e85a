"""Make `python3 ppparser` and `python3 -m ppparser` start the same program."""

from __future__ import annotations

import os.path
import sys

if __package__ in (None, ""):
    # `python3 ppparser` puts the folder itself first on the path, where its modules would shadow top-level ones.
    sys.path[0] = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))

from ppparser.program.signals import handle_signals

if __name__ == "__main__":
    handle_signals()  # Before the other imports, which take a while.
    from ppparser.cli import start

    start()
