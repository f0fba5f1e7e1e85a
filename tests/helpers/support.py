"""What the tests share: test data and expected output, and ways to run a program."""

from __future__ import annotations

import importlib.util
import json
import os
import pty
import shlex
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from types import ModuleType
from typing import Any, Callable, NamedTuple

import pytest

from ppparser import cli
from ppparser.documents import loading
from ppparser.program.terminal import COLOUR

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT / "tests" / "data"
NOW = 1_750_000_000.0


class Outcome(NamedTuple):
    """How a program ended and what it wrote."""

    status: int
    out: str
    err: str


Run = Callable[..., Outcome]
Check = Callable[..., None]

needs_dev_full = pytest.mark.skipif(
    not Path("/dev/full").is_char_device(), reason="only Linux has /dev/full, a device on which every write fails"
)


def expected(name: str) -> str:
    """Return the content of a file in `data`, with its line ends as they are."""
    return (DATA / name).read_bytes().decode("utf-8")


def json_schema(name: str) -> Any:
    """Return the schema of a JSON report, by its name without `.schema.json`."""
    return json.loads((ROOT / "docs" / "schemas" / f"{name}.schema.json").read_text(encoding="utf-8"))


def document(name: str) -> Any:
    """Return the JSON document in a file in `data`, parsed as the programs parse it."""
    return loading.parse((DATA / name).read_bytes(), name)


def succeeded(outcome: Outcome) -> str:
    """Return the output of a program that ended well and had nothing to say on stderr."""
    assert (outcome.status, outcome.err) == (0, "")
    return outcome.out


def tagged(lines: Iterable[str]) -> list[str]:
    """Return coloured lines with the escape sequences replaced by their names."""
    text = "\n".join(lines)
    for name, sequence in COLOUR._asdict().items():
        text = text.replace(sequence, f"<{name}>")
    return text.split("\n")


def module_of(name: str) -> ModuleType:
    """Return the module of a program: `ppparser`, or a script, whose file name is not that of a module."""
    if name == "ppparser":
        return cli
    spec = importlib.util.spec_from_file_location(name.replace("-", "_")[:-3], ROOT / name)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def run_program(name: str, *argv: str) -> int:
    """Run a program in this process and return its exit status."""
    module = module_of(name)
    status: int = module.PROGRAM.run(module.main, list(argv))
    return status


def usage_errors(run: Run, program: str, command_lines: list[list[str]]) -> list[str]:
    """Return each command with these arguments, and what the program says about it above its usage."""
    usage = f"{module_of(program).PROGRAM.usage_section()}\n"
    lines = []
    for argv in command_lines:
        status, out, err = run(program, *argv)
        assert (status, out, err.endswith(usage)) == (2, "", True)
        lines += [shlex.join([program, *argv]), *err[: -len(usage)].splitlines(), ""]
    return lines


def command(*argv: str | Path) -> list[str]:
    """Return the command that runs `argv`, whose first word is a program of the repository, with this Python."""
    return [sys.executable, str(ROOT / argv[0]), *map(str, argv[1:])]


def spawn(
    command: list[str], environment: dict[str, str] | None = None, *, stdin: bytes = b"", cwd: Path | None = None
) -> Outcome:
    """Run a command in a process whose environment contains nothing but `environment`."""
    done = subprocess.run(command, input=stdin, cwd=cwd, env=environment or {}, capture_output=True, check=False)
    return Outcome(done.returncode, _from_any_folder(done.stdout), done.stderr.decode("utf-8"))


def spawn_on_terminal(command: list[str], environment: dict[str, str]) -> Outcome:
    """Run a command with nothing on stdin and a terminal for stderr."""
    terminal, stderr = pty.openpty()
    process = subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=stderr, env=environment
    )
    os.close(stderr)
    err = b""
    while piece := _read(terminal):  # What the program writes to stdout fits into a pipe.
        err += piece
    os.close(terminal)
    out = process.communicate()[0]
    return Outcome(process.returncode, _from_any_folder(out), err.decode("utf-8"))


def _from_any_folder(out: bytes) -> str:
    """Return an output as if the program had been started in its own folder, which suggested commands name."""
    return out.decode("utf-8").replace(f"{ROOT}{os.sep}", "")


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 4096)
    except OSError:  # On Linux, EIO once the other side is closed.
        return b""
