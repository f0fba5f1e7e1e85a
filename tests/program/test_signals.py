"""Signals: they end a process as a shell expects, without a traceback, and leave nothing behind."""

from __future__ import annotations

import signal
import sys
from pathlib import Path

import pytest

from tests.helpers.support import ROOT, Outcome, spawn

SETUP = """
import os, shutil, signal, sys
from ppparser.program.harness import Program
from ppparser.program.saving import save
from ppparser.program.signals import cleanup_on_signal
from ppparser.program.terminal import StatusLine

def hit(*args):
    os.kill(os.getpid(), int(sys.argv[1]))

def cleanup(text):
    return cleanup_on_signal(lambda: print(text, end=" ", flush=True))

def run(main):
    Program("copy", "Usage: copy").start(lambda argv: main() or 0)
"""
# The tests themselves may run under nohup.
RESET = "signal.signal(signal.SIGHUP, signal.SIG_DFL)\n"
SIGNALS = [signal.SIGINT, signal.SIGTERM, signal.SIGHUP]


def process(code: str, number: int, *prefix: str) -> Outcome:
    """Run Python code in a process, in which `hit` sends it the signal."""
    return spawn([*prefix, sys.executable, "-c", SETUP + code, str(int(number))], {"PYTHONPATH": str(ROOT)})


@pytest.mark.parametrize("number", SIGNALS)
@pytest.mark.parametrize(
    ("code", "out"),
    [
        ("hit()", ""),
        ("with cleanup('cleanup'): hit()", "cleanup "),
        ("with cleanup('outer'), cleanup('inner'): hit()", "inner outer "),
        ("with cleanup('outer'), cleanup_on_signal(lambda: 1 / 0): hit()", "outer "),
        ("with cleanup('cleanup'): pass\n    hit()", ""),
        (
            "sys.stdout.isatty = lambda: True\n"
            "    with StatusLine(sys.stdout) as status:\n"
            "        status.show('fetching')\n"
            "        hit()",
            "\r\x1b[Kfetching\r\x1b[K",
        ),
    ],
    ids=["no cleanup", "cleanup", "two", "failing cleanup", "after a cleanup", "status line"],
)
def test_signal_ends_the_process_after_cleaning_up(code: str, out: str, number: int) -> None:
    assert process(f"{RESET}\ndef main():\n    {code}\nrun(main)", number) == (-number, out, "")


@pytest.mark.parametrize("number", SIGNALS)
def test_signal_ignored_from_the_start_stays_ignored(number: int) -> None:
    code = "def main():\n    with cleanup('cleanup'): hit()\n    print('survived')\nrun(main)"
    shell = ["/bin/sh", "-c", f"trap '' {int(number)}; exec \"$@\"", "sh"]
    assert process(code, number, *shell) == (0, "survived\n", "")


@pytest.mark.parametrize("number", SIGNALS)
@pytest.mark.parametrize("call", ["shutil.copymode", "os.fsync", "os.replace"])
def test_signal_during_a_save_leaves_the_old_file(tmp_path: Path, call: str, number: int) -> None:
    (tmp_path / "file.json").write_text("old")
    path = str(tmp_path / "file.json")
    code = f"{call} = hit\nrun(lambda: save({path!r}, b'new', sys.stdout.buffer))"
    assert process(RESET + code, number) == (-number, "", "")
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {"file.json": "old"}
