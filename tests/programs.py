"""What the tests of several programs share: files with input and expected output, and ways to start a program."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT, Outcome

from ppparser import cli, report

DATA = ROOT / "tests" / "data"


def expected(name: str) -> str:
    """The content of a file in `data`, its line ends as they are."""
    return (DATA / name).read_bytes().decode("utf-8")


def document(name: str) -> Any:
    """The JSON document in a file in `data`, read as the programs read it."""
    return report.parse((DATA / name).read_bytes(), name)


def ppparser(capsys: pytest.CaptureFixture[str], *argv: str | Path) -> Outcome:
    """Run `python3 ppparser ARG...` in this process."""
    return Outcome(cli.run(cli.main, [str(argument) for argument in argv]), *capsys.readouterr())


def spawn(
    command: list[str], environment: dict[str, str] | None = None, *, stdin: bytes = b"", cwd: Path | None = None
) -> Outcome:
    """Run a command in a process whose environment holds nothing but `environment`."""
    done = subprocess.run(command, input=stdin, cwd=cwd, env=environment or {}, capture_output=True, check=False)
    return Outcome(done.returncode, done.stdout.decode("utf-8"), done.stderr.decode("utf-8"))


def spawn_on_terminal(command: list[str], environment: dict[str, str]) -> Outcome:
    """The same, with nothing on stdin and a terminal for stderr."""
    terminal, stderr = pty.openpty()
    process = subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=stderr, env=environment
    )
    os.close(stderr)
    shown = b""
    while piece := _read(terminal):  # What is written to stdout fits in a pipe.
        shown += piece
    os.close(terminal)
    out = process.communicate()[0]
    return Outcome(process.returncode, out.decode("utf-8"), shown.decode("utf-8"))


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 4096)
    except OSError:  # Linux answers EIO once the other side is closed.
        return b""


def python(*argv: str | Path) -> list[str]:
    """The command that runs `argv`, the first being a script of the repository, under this Python."""
    return [sys.executable, str(ROOT / argv[0]), *map(str, argv[1:])]
