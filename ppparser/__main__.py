"""Makes `python3 ppparser` and `python3 -m ppparser` start the same program."""

from __future__ import annotations

import os.path
import sys

if __package__ in (None, ""):
    # Started as a folder, the folder itself heads the path: its modules would pass for top-level ones.
    sys.path[0] = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))

from ppparser.cli import leave, main, run

if __name__ == "__main__":
    leave(run(main, sys.argv[1:]))
