"""The command line of ppparser, and the one place where errors become exit statuses."""

from __future__ import annotations

import gc
import os
import re
import sys
from itertools import combinations

from ppparser import Failure, __version__

TYPE_CHECKING = False
if TYPE_CHECKING:  # `typing` costs more to import than `ppparser -v` takes.
    from collections.abc import Callable, Mapping, Sequence
    from typing import Any, NoReturn, TextIO

USAGE = """Usage:
    ppparser metrics --input=INPUT_FILE [--metric=METRIC_NAME] [--device=DEVICE_TYPE] [--platform=PLATFORM] [--auto_insights | --csv] [--fail-on-regression]
    ppparser diagnostics --input=INPUT_FILE [--limit=LIMIT] [--callstack | --folded]
    ppparser -v
    ppparser -h

    metrics                               Parse metrics report JSON
                                            from /v1/apps/{id}/perfPowerMetrics
    diagnostics                           Parse diagnostics report JSON
                                            from /v1/diagnosticSignatures/{id}/logs
    -i INPUT_FILE, --input INPUT_FILE     Input JSON file
    -m METRIC_NAME, --metric METRIC_NAME  Filter by metric
    -d DEVICE_TYPE, --device DEVICE_TYPE  Filter by device
    -p PLATFORM, --platform PLATFORM      Filter by platform
    -l LIMIT, --limit LIMIT               Limit the number of diagnostics logs to print
    -a, --auto_insights                   Pretty-print auto-generated insights
    -c, --callstack                       Pretty-print callstack
    --csv                                 Print a row of CSV for each point, in place of tables
    --fail-on-regression                  Exit with status 4 if insights hold a regression
    --folded                              Print a line for each distinct stack, for flame graphs
    -v, --version                         Show version
    -h, --help                            Show this help screen
"""  # noqa: E501

_REGRESSION = 4
_INTERRUPTED = 130
# Not taken apart when `main` is done with it: see `leave`.
_kept: list[object] = []
_RUN_TIME_PACKAGES = ("docopt", "jwt", "cryptography", "requests", "urllib3")


class UsageError(Failure):
    """The command line does not fit the usage."""

    exit_status = 2

    def __init__(self, problem: str, usage: str) -> None:
        super().__init__(f"{problem}\n{_usage_section(usage)}")


def _usage_section(usage: str) -> str:
    """The lines from "Usage:" to the next empty line: all that docopt reads as the usage."""
    return usage[usage.index("Usage:") :].split("\n\n")[0].rstrip()


def main(argv: list[str]) -> int:
    """Parses a saved report as `argv` says and prints it."""
    arguments = parse_arguments(USAGE, argv, version=f"ppparser {__version__}")
    limit = whole_number(arguments, "--limit", USAGE)

    # What only a report needs is not paid for by `-v` and `-h`.
    from ppparser import diagnostics, metrics, report, terminal

    kind = report.METRICS if arguments["metrics"] else report.DIAGNOSTICS
    document = report.load(arguments["--input"], sys.stdin.buffer, kind)
    _kept[:] = [document]
    style = terminal.style_for(sys.stdout, os.environ)
    if kind == report.DIAGNOSTICS:
        signatures = diagnostics.select(document, limit=limit)
        if not signatures:
            raise report.ReportError(diagnostics.NO_LOGS)
        if arguments["--folded"]:
            terminal.write(diagnostics.folded_lines(signatures), sys.stdout)
        else:
            terminal.write(diagnostics.lines(signatures, style, callstack=arguments["--callstack"]), sys.stdout)
        return 0
    filters = {name: arguments[f"--{name}"] for name in ("metric", "device", "platform")}
    selection = metrics.select(document, **filters)
    if arguments["--csv"]:
        terminal.write(metrics.csv_lines(selection), sys.stdout)
    else:
        insights_only = arguments["--auto_insights"] and not any(filters.values())
        if not insights_only and not arguments["--metric"]:
            terminal.write(metrics.scorecard_lines(selection, style), sys.stdout)
        if arguments["--auto_insights"]:
            terminal.write(metrics.insight_lines(selection, style), sys.stdout)
        if not insights_only:
            terminal.write(metrics.metric_lines(selection, style), sys.stdout)
    return gate(selection.regressions, document) if arguments["--fail-on-regression"] else 0


def gate(regressions: Sequence[Mapping[str, Any]], document: dict[str, Any]) -> int:
    """The exit status of --fail-on-regression; stderr says why, or that there are no insights to judge by."""
    if "insights" not in document:
        _tell("--fail-on-regression: the report has no insights to judge by; an app's report has, a build's has not")
    if not regressions:
        return 0
    named = ", ".join(
        f"{insight.get('metricCategory') or ''} {insight.get('metric') or ''}".strip() for insight in regressions
    )
    _tell(f"--fail-on-regression: {len(regressions)} regression{'s' if len(regressions) > 1 else ''}: {named}")
    return _REGRESSION


def run(program: Callable[[list[str]], int], argv: list[str], name: str = "ppparser") -> int:
    """Calls `program` with `argv` and turns whatever ends it into an exit status, and a message on stderr.

    The garbage collector is off from here to the end of the process: a report is one large tree without cycles,
    which the collector would walk again and again.
    """
    gc.disable()
    try:
        for closed, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
            if getattr(sys, closed) is None:
                setattr(sys, closed, open(os.devnull, mode))  # noqa: SIM115
        for stream in (sys.stdout, sys.stderr):
            # What the encoding of the terminal lacks is shown as an escape.
            stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
        try:
            status = program(argv)
        except Failure as failure:
            sys.stdout.flush()
            _tell(f"{name}: {failure}")
            status = failure.exit_status
        sys.stdout.flush()
        return status
    except KeyboardInterrupt:
        return _INTERRUPTED
    except BrokenPipeError:
        _discard(sys.stdout)
        return 0
    except OSError as error:
        _discard(sys.stdout)
        _tell(f"{name}: cannot write the output: {error.strerror}")
        return 1
    except Exception as error:
        _tell(f"{name}: {_explanation(error)}")
        return 1


def leave(status: int) -> NoReturn:
    """Ends the process at once. Python would free a report object by object, in a tenth of the time it took to read."""
    sys.stderr.flush()
    os._exit(status)


def _explanation(error: Exception) -> str:
    """What to say of an exception that is no Failure. Its own text may hold anything, a secret too."""
    package = (getattr(error, "name", None) or "").split(".")[0]
    if isinstance(error, ImportError) and package in _RUN_TIME_PACKAGES:
        return f"the package {package} is missing or broken: python3 -m pip install -r requirements.txt"
    if isinstance(error, MemoryError):
        return "there is not enough memory for this"
    import traceback

    place = traceback.extract_tb(error.__traceback__)[-1]
    where = f"{os.path.basename(place.filename)}:{place.lineno}"
    return f"this is a bug ({type(error).__name__} at {where}): please report it with the command line"


def parse_arguments(usage: str, argv: list[str], *, version: str | None = None) -> dict[str, Any]:
    """What docopt makes of `argv`; prints help or version and ends there. Raises UsageError."""
    from docopt import DocoptExit, docopt

    def fits(arguments: list[str]) -> bool:
        try:
            docopt(usage, arguments, help=False)
        except DocoptExit:
            return False
        return True

    try:
        return dict(docopt(usage, argv, version=version))
    except DocoptExit as error:
        said = str(error).split("\n", 1)[0]
        raise UsageError(said if not said.startswith("Usage:") else _usage_problem(usage, argv, fits), usage) from None


def _usage_problem(usage: str, argv: list[str], fits: Callable[[list[str]], bool]) -> str:
    """What is wrong with `argv`, found by trying what would make it fit. Values are not repeated: one may be secret."""
    known = re.findall(r"(?<![\w-])--?[a-z][a-z_-]*", usage)
    for argument in argv:
        option = argument.split("=", 1)[0]
        if option == "--":
            break
        if re.fullmatch(r"--[a-z][a-z_-]{0,30}|-[A-Za-z]", option) and not any(o.startswith(option) for o in known):
            return f"there is no option {option}"
    commands = re.findall(r"^    \w[\w.-]* ([a-z]+)", usage, re.MULTILINE)
    if commands and not set(commands) & set(argv):
        return f"say which report to parse: {' or '.join(commands)}"
    words = dict.fromkeys(re.findall(r"(?<=\s)(?:--[a-z_]+=)?[A-Z_]+(?=\s)", _usage_section(usage)))
    for count in (1, 2, 3):
        for missing in combinations(words, count):
            if fits([*argv, *missing]):
                return f"{' and '.join(missing)} {'is' if count == 1 else 'are'} missing"
    for position, argument in reversed(list(enumerate(argv))):
        if fits(argv[:position] + argv[position + 1 :]):
            match = re.match(r"--[a-z][a-z_-]{0,30}(?==|$)|-[A-Za-z]", argument)
            return f"{match[0] if match else f'argument {position + 1}'} does not belong here"
    return "the arguments do not fit the usage"


def refuse_empty(arguments: dict[str, Any], usage: str) -> None:
    """Raises UsageError for an option with an empty value, such as one from a variable that is not set."""
    for option, value in arguments.items():
        if option.startswith("--") and value == "":
            raise UsageError(f"{option} has an empty value", usage)


def whole_number(
    arguments: dict[str, Any], option: str, usage: str, lowest: int = 1, highest: int | None = None
) -> int | None:
    """The whole number that `option` was given; None if it was not. Raises UsageError outside the range."""
    given = arguments[option]
    if given is None:
        return None
    if re.fullmatch("[0-9]{1,18}", given):
        number = int(given)
        if lowest <= number and (highest is None or number <= highest):
            return number
    most = "" if highest is None else f" to {highest}"
    expected = f"a whole number from {lowest}{most}" if most or lowest != 1 else "a positive whole number"
    raise UsageError(f"{option} takes {expected}", usage)


def _tell(message: str) -> None:
    """Prints `message` on stderr; only its line breaks are let through of the control characters."""
    from ppparser.terminal import clean

    try:
        print(*map(clean, message.split("\n")), sep="\n", file=sys.stderr, flush=True)
    except OSError:  # Nobody can be told; the exit status still tells.
        _discard(sys.stderr)


def _discard(stream: TextIO) -> None:
    from ppparser.terminal import discard

    discard(stream)
