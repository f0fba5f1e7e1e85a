"""Every program runs under any setting of the interpreter, ends by a signal, and writes short messages."""

from __future__ import annotations

import json
import os
import pty
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from tests.fake_api import APP_ID, BUILD_ID, BUNDLE_ID, ISSUER_ID, KEY_ID, FakeAPI, Handler, faults
from tests.helpers.support import DATA, ROOT, Check, Run, command, expected, spawn, succeeded

TIMEOUT_S = 60
METRICS_SCRIPT = "get-metrics-insights.py"
LOGS_SCRIPT = "get-diagnostics-logs.py"
PROGRAMS = ["generate-token.py", METRICS_SCRIPT, LOGS_SCRIPT, "ppparser"]

# --- help -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("program", PROGRAMS)
def test_help_is_as_expected(run: Run, program: str, check: Check) -> None:
    out = succeeded(run(program, "--help"))
    assert run(program, "-h") == (0, out, "")
    check(out, f"{program.removesuffix('.py')}-help.txt")


@pytest.mark.parametrize("program", ["generate-token", "get-diagnostics-logs", "ppparser"])
def test_help_fits_into_eighty_columns(program: str) -> None:
    assert max(map(len, expected(f"{program}-help.txt").splitlines())) <= 80


# --- interpreter settings ---------------------------------------------------------------------------------------------

SETTINGS: dict[str, tuple[list[str], dict[str, str]]] = {
    "-OO": (["-OO"], {}),
    "-I": (["-I"], {}),
    "variables": ([], {"PYTHONUNBUFFERED": "1", "PYTHONSAFEPATH": "1", "PYTHONPYCACHEPREFIX": "not-compiled-yet"}),
}


@pytest.mark.parametrize(("flags", "environment"), SETTINGS.values(), ids=SETTINGS)
def test_programs_run_under_any_setting(
    api: FakeAPI, home: Path, flags: list[str], environment: dict[str, str]
) -> None:
    calls = [
        (["generate-token.py", ISSUER_ID, KEY_ID, os.environ["KEY_FILE_PATH"]], ""),
        ([METRICS_SCRIPT, BUNDLE_ID], "get-metrics-insights.txt"),
        ([LOGS_SCRIPT, f"--app={BUNDLE_ID}"], "get-diagnostics-logs.txt"),
        (["ppparser", "metrics", "--input", str(DATA / "metrics.json")], "metrics.txt"),
    ]
    for (program, *argv), name in calls:
        outcome = spawn([sys.executable, *flags, str(ROOT / program), *argv], {**os.environ, **environment}, cwd=home)
        assert (outcome.status, outcome.err) == (0, "")
        assert outcome.out.count(".") == 2 if not name else outcome.out == expected(name)


@pytest.mark.parametrize(
    ("program", "module"),
    [
        ("ppparser", "docopt"),
        *(("generate-token.py", module) for module in ("docopt", "jwt", "cryptography")),
        *((METRICS_SCRIPT, module) for module in ("certifi", "idna", "ssl")),
    ],
)
def test_missing_module_is_named(program: str, module: str) -> None:
    code = f"import runpy, sys; sys.modules[{module!r}] = None; runpy.run_path(sys.argv[1], run_name='__main__')"
    problem = (
        f"the module {module} is missing or broken: run python3 -m pip install -r requirements.txt,\n"
        "  and if that does not help, use Xcode's Python or one from python.org"
    )
    assert spawn([sys.executable, "-c", code, str(ROOT / program)]) == (1, "", f"{program}: {problem}\n")


# --- signals ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("program", PROGRAMS)
def test_ctrl_c_during_the_imports_is_silent(home: Path, program: str) -> None:
    for module in ("docopt", "jwt"):
        (home / f"{module}.py").write_text("import os, signal; os.kill(os.getpid(), signal.SIGINT)")
    # A process in the background may have been started to ignore Ctrl-C.
    code = (
        "import runpy, signal, sys; signal.signal(signal.SIGINT, signal.default_int_handler); del sys.argv[0]; "
        "runpy.run_path(sys.argv[0], run_name='__main__')"
    )
    argv = [sys.executable, "-c", code, str(ROOT / program), "1"]
    assert spawn(argv, {"PYTHONPATH": str(home)}) == (-signal.SIGINT, "", "")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_signal_during_requests_ends_the_program_at_once(api: FakeAPI, number: int) -> None:
    arrived, end = threading.Semaphore(0), threading.Event()

    def wait(handler: Handler) -> None:
        arrived.release()
        end.wait(TIMEOUT_S)
        handler.close_connection = True

    lists = [lambda handler: handler.send(handler.response())] * 2
    api.faults += [*lists, *[wait] * 3]
    process = subprocess.Popen(
        command(LOGS_SCRIPT, "--signatures=3", BUILD_ID), stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    for _ in range(3):
        assert arrived.acquire(timeout=TIMEOUT_S)
    process.send_signal(number)
    _, err = process.communicate(timeout=TIMEOUT_S)
    end.set()
    assert (process.returncode, err) == (-number, b"")


def test_lost_terminal_does_not_stop_a_run_under_nohup(api: FakeAPI, home: Path) -> None:
    terminal, stderr = pty.openpty()
    is_lost = threading.Event()

    def wait(handler: Handler) -> None:
        assert is_lost.wait(TIMEOUT_S)
        handler.send(handler.response())

    api.faults += [faults.error(503, "X", "X", "X"), wait]
    # What nohup does, if it does not redirect stderr as well.
    ignore_hangup = ["/bin/sh", "-c", 'trap "" HUP; exec "$@"', "sh"]
    argv = [*ignore_hangup, *command(METRICS_SCRIPT, "--output=metrics.json", APP_ID)]
    with (home / "out.txt").open("wb") as out:
        process = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=out, stderr=stderr)
    os.close(stderr)
    assert b"fetching" in os.read(terminal, 4096)
    os.close(terminal)
    is_lost.set()
    assert process.wait(TIMEOUT_S) == 0
    assert (home / "metrics.json").stat().st_size > 10_000
    assert (home / "out.txt").stat().st_size > 1000


# --- messages ---------------------------------------------------------------------------------------------------------

ERRORS: dict[str, list[dict[str, str]]] = {
    "many errors": [{"code": "X", "detail": f"error {number}"} for number in range(1000)],
    "a long detail": [{"code": "X", "detail": "a" * 10_000}],
    "many long details": [{"code": "X", "detail": "\u6f22" * 10_000}] * 30,
}


@pytest.mark.parametrize("errors", ERRORS.values(), ids=ERRORS)
def test_message_of_a_response_is_short(api: FakeAPI, run: Run, errors: list[dict[str, str]]) -> None:
    api.faults.append(faults.raw(400, {}, json.dumps({"errors": errors}).encode()))
    outcome = run(METRICS_SCRIPT, APP_ID)
    lines = outcome.err.splitlines()
    assert (len(lines) <= 20, max(map(len, lines)) <= 703) == (True, True)
    assert ("more lines omitted)" in lines[-1]) == (len(errors) > 1)


def test_message_about_a_file_is_short(run: Run, home: Path) -> None:
    (home / "errors.json").write_text(json.dumps({"errors": ERRORS["many errors"]}))
    lines = run("ppparser", "metrics", "--input=errors.json").err.splitlines()
    assert (lines[1], lines[-2:]) == ("  X: error 0", ["  X: error 17", "  (982 more lines omitted)"])
    assert len(lines) == 20


def test_line_break_in_a_response_starts_no_line(api: FakeAPI, run: Run) -> None:
    text = f"a\n{METRICS_SCRIPT}: b\r\u2028c"
    error = {"code": text, "title": text, "detail": text, "id": text, "source": {"parameter": text}}
    api.faults.append(faults.raw(400, {}, json.dumps({"errors": [error]}).encode()))
    lines = run(METRICS_SCRIPT, APP_ID).err.splitlines()
    assert [line[:12] for line in lines] == ["get-metrics-", "  a\\nget-met", "  Request ID"]


@pytest.mark.parametrize("program", PROGRAMS)
def test_thousands_of_arguments_are_a_usage_error(run: Run, home: Path, program: str) -> None:
    outcome = run(program, *["x"] * 6000, "--unknown")
    assert (outcome.status, len(outcome.err.encode()) <= 4096) == (2, True)
