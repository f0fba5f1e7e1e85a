"""What the four programs share: arguments, streams, exit statuses, and the end of the process."""

from __future__ import annotations

import errno
import os
import re
import subprocess
import sys
from typing import Callable

import pytest

from ppparser.errors import (
    AcceptanceError,
    APIError,
    CredentialsError,
    DocumentError,
    ExitStatus,
    GateError,
    GateFailedError,
    NoDataError,
    OutputError,
    UsageError,
    UserError,
)
from ppparser.program.harness import Arguments, Program
from tests.helpers.support import ROOT, Check, Outcome, needs_dev_full, spawn

USAGE = """Copy a file.

Usage:
    copy [--retries=COUNT] FILE
    copy -h

    --retries=COUNT  Number of retries [default: 3]
    -h, --help       Show this help screen
    --version        Show version
"""
PROGRAM = Program("copy", USAGE, version="copy 1.0")
Main = Callable[[list[str]], int]


@pytest.fixture
def outcome_of(capsys: pytest.CaptureFixture[str]) -> Callable[..., Outcome]:
    """Return a function that runs `main` as the program."""

    def outcome_of(main: Main, *argv: str) -> Outcome:
        return Outcome(PROGRAM.run(main, list(argv)), *capsys.readouterr())

    return outcome_of


def raising(error: BaseException) -> Main:
    def main(argv: list[str]) -> int:
        raise error

    return main


def python(code: str) -> list[str]:
    """Return the command that runs Python code in which `PROGRAM` is a program without arguments."""
    setup = "import sys; from ppparser.program.harness import Program; PROGRAM = Program('copy', 'Usage: copy')"
    return [sys.executable, "-c", f"{setup}; {code}"]


def process(code: str, redirection: str = "", **environment: str) -> Outcome:
    """Run Python code in a process whose streams a shell redirects."""
    shell = ["/bin/sh", "-c", f'exec "$@" {redirection}', "sh"]
    return spawn([*shell, *python(code)], {"PYTHONPATH": str(ROOT), **environment})


# --- arguments --------------------------------------------------------------------------------------------------------


def test_arguments_are_parsed_by_the_usage() -> None:
    assert PROGRAM.parse(["--retries", "5", "a"]) == {"--retries": "5", "FILE": "a", "--help": False}


@pytest.mark.parametrize(("option", "out"), [("-h", USAGE), ("--help", USAGE), ("--version", "copy 1.0\n")])
def test_help_and_version_are_printed(option: str, out: str, outcome_of: Callable[..., Outcome]) -> None:
    def main(argv: list[str]) -> int:
        PROGRAM.parse(argv)
        return 1

    assert outcome_of(main, option) == (0, out, "")


def test_program_without_a_version_has_no_version_option() -> None:
    with pytest.raises(UsageError, match="there is no option --version"):
        Program("copy", USAGE.replace("    --version        Show version\n", "")).parse(["--version"])


@pytest.mark.parametrize(
    ("value", "bounds"),
    [*((value, ()) for value in ("1", "2", "007", "9" * 18)), *((value, (2, 4)) for value in ("2", "3", "4"))],
)
def test_whole_number_may_equal_a_bound(value: str, bounds: tuple[int, ...]) -> None:
    assert Arguments({"--limit": value}).whole_number("--limit", *bounds) == int(value)


NOT_POSITIVE = ["0", "-1", "+1", "1.0", "1e3", "1_000", "", " 1", "1\n", "ten", "\u0663", "9" * 19, "-" + "9" * 18]


@pytest.mark.parametrize(
    ("value", "bounds", "problem"),
    [
        *((value, (), "a positive whole number") for value in NOT_POSITIVE),
        *((value, (2, 4), "a whole number from 2 to 4") for value in ("1", "5", "1" + "0" * 29)),
        ("-1", (0,), "a whole number from 0"),
    ],
)
def test_whole_number_rejects_anything_else(value: str, bounds: tuple[int, ...], problem: str) -> None:
    with pytest.raises(UsageError, match=f"^--limit takes {problem}$"):
        Arguments({"--limit": value}).whole_number("--limit", *bounds)


@pytest.mark.parametrize("name", ["FILE", "--output"])
def test_empty_value_is_rejected(name: str) -> None:
    values: dict[str, object] = {"FILE": "f", "--limit": None, "--quiet": False, "--output": "-", "--scope": []}
    Arguments(values).reject_empty_values()
    with pytest.raises(UsageError, match=f"^{name} has an empty value$"):
        Arguments({**values, name: ""}).reject_empty_values()


# --- exit statuses and messages ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [0, 3])
def test_status_is_that_of_main(status: int, outcome_of: Callable[..., Outcome]) -> None:
    def main(argv: list[str]) -> int:
        print(argv)
        return status

    assert outcome_of(main, "a", "b") == (status, "['a', 'b']\n", "")


@pytest.mark.parametrize(
    ("error", "status"),
    [
        *((error, 1) for error in (UserError, DocumentError, NoDataError, OutputError, CredentialsError)),
        *((error, 1) for error in (AcceptanceError, GateError)),
        (APIError, 3),
        (GateFailedError, 4),
    ],
)
def test_error_is_a_message_and_a_status(
    error: type[UserError], status: int, outcome_of: Callable[..., Outcome]
) -> None:
    assert outcome_of(raising(error("a\n  b"))) == (status, "", "copy: a\n  b\n")


def test_usage_error_shows_the_usage(outcome_of: Callable[..., Outcome]) -> None:
    usage = "Usage:\n    copy [--retries=COUNT] FILE\n    copy -h\n"
    assert outcome_of(raising(UsageError("FILE is missing"))) == (2, "", f"copy: FILE is missing\n{usage}")


def test_control_characters_in_a_message_are_escaped(outcome_of: Callable[..., Outcome]) -> None:
    message = "\x1b[31m\r\u202e\ud800"
    assert outcome_of(raising(UserError(message))).err == "copy: \\x1b[31m\\r\\u202e\\ud800\n"


def test_output_precedes_the_message() -> None:
    code = """
from ppparser.errors import UserError
def main(argv):
    print("out")
    raise UserError("err")
sys.exit(PROGRAM.run(main, []))"""
    assert process(code, "2>&1") == (1, "out\ncopy: err\n", "")


def test_ctrl_c_is_silent_and_status_130(outcome_of: Callable[..., Outcome]) -> None:
    assert outcome_of(raising(KeyboardInterrupt())) == (130, "", "")


# --- unexpected exceptions --------------------------------------------------------------------------------------------


def test_exception_is_located_where_it_was_raised(outcome_of: Callable[..., Outcome]) -> None:
    def main(argv: list[str]) -> int:
        return fail()

    def fail() -> int:
        raise LookupError

    line = fail.__code__.co_firstlineno + 1
    assert f"(LookupError at test_harness.py:{line})" in outcome_of(main).err


def test_exception_is_one_line_without_its_text(outcome_of: Callable[..., Outcome], check: Check) -> None:
    attribute_error = AttributeError("a secret")
    attribute_error.name = "requests"
    messages = []
    for error in (
        *(ImportError("a secret", name=name) for name in ("docopt", "jwt.algorithms", "urllib3", "cryptography.x509")),
        ModuleNotFoundError("a secret", name="requests"),
        ImportError("a secret", name="ppparser.lost"),
        ImportError("a secret"),
        NameError("a secret"),
        MemoryError("a secret"),
        attribute_error,
    ):
        status, out, err = outcome_of(raising(error))
        assert (status, out) == (1, "")
        messages.append(f"{type(error).__name__} of {getattr(error, 'name', None)}: {re.sub('py:[0-9]+', 'py:N', err)}")
    check(messages)


# --- the garbage collector --------------------------------------------------------------------------------------------


# --- streams ----------------------------------------------------------------------------------------------------------


def test_status_of_main_remains_without_a_stdout() -> None:
    assert process("sys.exit(PROGRAM.run(lambda argv: print('out') or 3, []))", ">&-") == (3, "", "")


def test_closed_stdin_is_empty() -> None:
    assert process("PROGRAM.run(lambda argv: print(repr(sys.stdin.read())) or 0, [])", "<&-") == (0, "''\n", "")


@pytest.mark.parametrize(
    ("main", "redirection"),
    [
        ("lambda argv: print('err', file=sys.stderr) or PROGRAM.parse(['--x'])", "2>&-"),
        pytest.param("lambda argv: PROGRAM.parse(['--x'])", "2>/dev/full", marks=needs_dev_full),
    ],
)
def test_status_remains_without_a_stderr(main: str, redirection: str) -> None:
    assert process(f"sys.exit(PROGRAM.run({main}, []))", redirection) == (2, "", "")


@needs_dev_full
@pytest.mark.parametrize(
    "main",
    [
        "lambda argv: print('out') or 0",
        "lambda argv: PROGRAM.parse(['-h'])",
        "lambda argv: print('out') or PROGRAM.parse(['--x'])",
    ],
    ids=["output", "help", "error"],
)
def test_full_device_behind_stdout_is_a_failure(main: str) -> None:
    outcome = process(f"sys.exit(PROGRAM.run({main}, []))", ">/dev/full")
    assert outcome == (1, "", "copy: cannot write the output: No space left on device\n")


@pytest.mark.parametrize("main", ["lambda argv: print('out') or 0", "PROGRAM.parse"])
def test_closed_pipe_behind_stdout_is_a_success(main: str) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run(
        python(f"sys.exit(PROGRAM.run({main}, ['-h']))"),
        stdout=writer,
        stderr=subprocess.PIPE,
        env={"PYTHONPATH": str(ROOT)},
        check=False,
    )
    os.close(writer)
    assert (done.returncode, done.stderr) == (0, b"")


def test_os_error_is_taken_for_one_of_the_output(
    outcome_of: Callable[..., Outcome], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ppparser.program.harness.discard", lambda _: None)
    error = OSError(errno.EFBIG, "File too large", "a secret")
    assert outcome_of(raising(error)) == (1, "", "copy: cannot write the output: File too large\n")


@pytest.mark.parametrize(("stream", "redirection"), [("stdout", ""), ("stderr", "2>&1 >/dev/null")])
def test_characters_that_an_encoding_lacks_are_escaped(stream: str, redirection: str) -> None:
    code = f"PROGRAM.run(lambda argv: print('\\u63cf', file=sys.{stream}) or 0, [])"
    assert process(code, redirection, PYTHONIOENCODING="latin-1:strict") == (0, "\\u63cf\n", "")


def test_process_ends_at_once_with_all_output() -> None:
    code = """
import atexit, threading
atexit.register(print, "atexit", flush=True)
threading.Thread(target=threading.Event().wait).start()
try:
    PROGRAM.start(lambda argv: sys.stdout.write("out") and sys.stderr.write("half a line") and 7)
finally:
    print("finally", flush=True)"""
    assert process(code) == (7, "out", "half a line")


def test_exit_statuses_are_those_of_the_readme() -> None:
    statuses = {"SUCCESS": 0, "FAILURE": 1, "USAGE": 2, "API": 3, "REGRESSION": 4, "INTERRUPTED": 130}
    assert {status.name: int(status) for status in ExitStatus} == statuses


# --- commands to suggest ----------------------------------------------------------------------------------------------


def test_command_line_has_the_given_arguments_and_options() -> None:
    arguments = Arguments({"--b": "1", "--a": True, "--c": None, "--d": False, "--e": "x y", "FILE": "f", "read": True})
    assert arguments.command_line("--e") == ["f", "read", "--a", "--b=1"]


def test_command_line_repeats_what_is_given_more_than_once() -> None:
    arguments = Arguments({"APP": ["1", "2"], "--input": ["a", "b"]})
    assert arguments.command_line() == ["1", "2", "--input=a", "--input=b"]


@pytest.mark.parametrize(
    ("started", "command"),
    [
        ("copy", ["python3", "move"]),
        ("tools/copy", ["python3", "tools/move"]),
        ("/opt/tools/copy", ["python3", "/opt/tools/move"]),
        ("/opt/bin/copy", ["move"]),
        ("/usr/lib/pytest/__main__.py", ["python3", "move"]),
    ],
)
def test_other_program_is_started_like_this_one(
    monkeypatch: pytest.MonkeyPatch, started: str, command: list[str]
) -> None:
    monkeypatch.setenv("PATH", "/usr/bin:/opt/bin")
    monkeypatch.setattr(sys, "argv", [started])
    assert PROGRAM.command("move") == command


def test_missing_package_ends_the_program(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended, Program("copy", "").importing():
        raise ImportError("a secret", name="requests.adapters")
    message = (
        "copy: the module requests is missing or broken: run python3 -m pip install -r requirements.txt,\n"
        "  and if that does not help, use Xcode's Python or one from python.org\n"
    )
    assert (ended.value.code, capsys.readouterr().err) == (1, message)


def test_process_has_no_garbage_collector() -> None:
    assert process("import gc; PROGRAM.start(lambda argv: print(gc.isenabled()) or 0)") == (0, "False\n", "")
