"""ppparser: its usage and its main."""

from __future__ import annotations

from typing import NoReturn

from ppparser import __version__
from ppparser.errors import ExitStatus, UsageError
from ppparser.gate.usage import GATE_OPTIONS, GATE_USAGE
from ppparser.program.harness import Arguments, Program

USAGE = f"""PowerPerformanceParser (PPParser)
Parse metrics & diagnostics JSON responses.

Usage:
    ppparser metrics --input=INPUT_FILE [--metric=METRIC_NAME]
        [--device=DEVICE_TYPE] [--platform=PLATFORM] [--auto_insights]
        [--input=INPUT_FILE]... [options]
    ppparser overview --input=INPUT_FILE [--metric=METRIC_NAME]
        [--device=DEVICE_TYPE] [--platform=PLATFORM] [options]
    ppparser diagnostics --input=INPUT_FILE [--limit=LIMIT] [--callstack]
        [--device=DEVICE_TYPE] [options]
    ppparser -v
    ppparser -h

    metrics                               Parse metrics report JSON from
                                            /v1/apps/{{id}}/perfPowerMetrics
    overview                              Parse performance overview JSON from
                                            /v1/apps/{{id}}/performanceOverviews
    diagnostics                           Parse diagnostics report JSON from
                                            /v1/diagnosticSignatures/{{id}}/logs
    -i INPUT_FILE, --input INPUT_FILE     Input JSON file; several files of
                                            metrics are merged, and of equal
                                            points, the last one counts
    -m METRIC_NAME, --metric METRIC_NAME  Filter by metric
    -d DEVICE_TYPE, --device DEVICE_TYPE  Filter by device
    -p PLATFORM, --platform PLATFORM      Filter by platform
    -l LIMIT, --limit LIMIT               Limit the number of diagnostics logs
                                            to print
    -a, --auto_insights                   Pretty-print auto-generated insights
    -c, --callstack                       Pretty-print callstack
    --app-version VERSION                 Judge this version, not the newest;
                                            filter logs by version, such as 8
    --against OLD                         Compare with this version instead of
                                            the previous one; of logs, with this
                                            file: the share of each function
    --format FORMAT                       text (the default), markdown, html,
                                            json or csv; of diagnostics, folded,
                                            too: one line per distinct stack,
                                            for flame graphs
    -v, --version                         Show version
    -h, --help                            Show this help screen

    Options of metrics and overview:
    --percentile PERCENTILE               Filter by percentile: typical or top
    --details                             Add tables of all versions, and
                                            Apple's sentences; metrics requires
                                            the option --auto_insights for it
{GATE_USAGE}
    Options of metrics:
    --last COUNT                          Show only the COUNT newest versions

    Options of diagnostics:
    --os VERSION                          Filter logs by OS version, such as 18
"""

PROGRAM = Program("ppparser", USAGE, version=f"ppparser {__version__}")
# What `[options]` stands for, by command; the other options are in the usage lines.
_OVERVIEW_OPTIONS = ("--percentile", "--details", *GATE_OPTIONS)
_METRICS_OPTIONS = (*_OVERVIEW_OPTIONS, "--app-version", "--against", "--last")
_DIAGNOSTICS_OPTIONS = ("--os", "--app-version", "--against")
_OPTIONS = {"metrics": _METRICS_OPTIONS, "overview": _OVERVIEW_OPTIONS, "diagnostics": _DIAGNOSTICS_OPTIONS}


def main(argv: list[str]) -> int:
    """Parse a saved report and print it."""
    arguments = PROGRAM.parse(argv)
    arguments.reject_empty_values()
    _reject_misplaced_options(arguments)
    from ppparser import offline  # Here, so that -v and -h answer at once.

    print_saved = offline.print_saved_logs if arguments["diagnostics"] else offline.print_saved_metrics
    print_saved(PROGRAM, arguments)
    return ExitStatus.SUCCESS


def _reject_misplaced_options(arguments: Arguments) -> None:
    """Raise UsageError for an option of another command, or for two options that exclude each other.

    docopt allows whatever `[options]` stands for with all commands and in any combination.
    """
    [allowed] = [options for command, options in _OPTIONS.items() if arguments[command]]
    for option in (*_METRICS_OPTIONS, *_DIAGNOSTICS_OPTIONS):
        if arguments[option] and option not in allowed:
            raise UsageError(f"{option} cannot be used here")
    if arguments["--callstack"] and arguments["--against"]:
        raise UsageError("--callstack and --against cannot be combined")
    if arguments["diagnostics"] and arguments["--against"] == "-" and "-" in arguments["--input"]:
        raise UsageError("--input and --against cannot both read standard input")
    if arguments["metrics"] and arguments["--details"] and not arguments["--auto_insights"]:
        raise UsageError("--details requires --auto_insights: without it, everything is printed")


def start() -> NoReturn:
    """Run the program and end the process."""
    PROGRAM.start(main)
