"""Run a command against the fake API, or serve it until Ctrl-C."""

from __future__ import annotations

import os
import shlex
import signal
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

if not __package__:  # Started as `python3 tests/fake_api`.
    sys.path[0] = str(Path(__file__).resolve().parents[2])

try:
    from tests import fake_api
except ModuleNotFoundError as error:
    sys.exit(f"fake_api: the package {error.name} is missing: activate the virtual environment (see README.md)")

USAGE = f"""\
usage: python3 tests/fake_api [COMMAND ARG...]

Runs COMMAND against a fake App Store Connect API on this machine, with a throwaway key, and exits with its status.
A COMMAND that ends in .py runs under this Python. Without COMMAND, prints the variables to export and serves until
Ctrl-C.

app                            {fake_api.APP_ID}  {fake_api.BUNDLE_ID}
app below the usage threshold  {fake_api.SMALL_APP_ID}  {fake_api.SMALL_BUNDLE_ID}
build on sale                  {fake_api.BUILD_ID}
build without signatures       {fake_api.QUIET_BUILD_ID}
TestFlight build (404)         {fake_api.TESTFLIGHT_BUILD_ID}
"""


def _run(command: list[str], environment: dict[str, str]) -> int:
    """Run a command to its end and return its status as a shell would."""
    if command[0].endswith(".py"):
        command = [sys.executable, *command]
    # Ctrl-C is for the command to handle. SIG_IGN would be inherited by it.
    signal.signal(signal.SIGINT, lambda *_: None)
    try:
        process = subprocess.Popen(command, env=environment)
    except OSError as error:
        print(f"fake_api: cannot start {command[0]}: {error.strerror}", file=sys.stderr)
        return 1
    signal.signal(signal.SIGTERM, lambda *_: process.terminate())
    status = process.wait()
    return 128 - status if status < 0 else status


def _serve(variables: dict[str, str]) -> int:
    """Print what to export and wait for Ctrl-C."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    for name, value in variables.items():
        print(f"export {name}={shlex.quote(value)}")
    print("# serving until Ctrl-C", flush=True)
    threading.Event().wait()
    return 0


def main() -> int:
    """Run the program and return its exit status."""
    command = sys.argv[1:]
    if command[:1] in (["-h"], ["--help"]):
        print(USAGE, end="")
        return 0
    # A shell script that starts this in the background leaves Ctrl-C ignored.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with tempfile.TemporaryDirectory() as folder, fake_api.FakeAPI() as api:
            variables = api.environment(folder)
            if not command:
                ids = {"APP_ID": fake_api.APP_ID, "BUNDLE_ID": fake_api.BUNDLE_ID, "BUILD_ID": fake_api.BUILD_ID}
                return _serve({**variables, **ids})
            # A no_proxy in lower case would override NO_PROXY.
            inherited = {name: value for name, value in os.environ.items() if name not in ("TOKEN", "no_proxy")}
            return _run(command, {**inherited, **variables})
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    raise SystemExit(main())
