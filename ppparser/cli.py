"""ppparser: its usage and its main."""

from __future__ import annotations

import os
import sys

from ppparser import __version__
from ppparser.errors import ExitStatus
from ppparser.program import Program

TYPE_CHECKING = False
if TYPE_CHECKING:  # `typing` costs more to import than `ppparser -v` takes.
    from typing import NoReturn

USAGE = """Usage:
    ppparser metrics --input=INPUT_FILE [--metric=METRIC_NAME] [--device=DEVICE_TYPE] [--platform=PLATFORM] [--auto_insights | --csv] [--fail-on-regression]
    ppparser diagnostics --input=INPUT_FILE [--limit=LIMIT] [--callstack | --folded] [--device=DEVICE_TYPE] [--os=VERSION] [--app-version=VERSION]
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
    --os VERSION                          Filter logs by OS version, such as 18 or 18.5
    --app-version VERSION                 Filter logs by app version, such as 8.1
    -a, --auto_insights                   Pretty-print auto-generated insights
    -c, --callstack                       Pretty-print callstack
    --csv                                 Print one row of CSV per point instead of tables
    --fail-on-regression                  Exit with status 4 if the insights contain a regression
    --folded                              Print one line per distinct stack, for flame graphs
    -v, --version                         Show version
    -h, --help                            Show this help screen
"""  # noqa: E501

PROGRAM = Program("ppparser", USAGE, version=f"ppparser {__version__}")
# Alive until the process ends: see `Program.start`.
_documents: list[object] = []


def main(argv: list[str]) -> int:
    """Parse a saved report and print it."""
    arguments = PROGRAM.parse(argv)
    arguments.reject_empty_values()
    limit = arguments.whole_number("--limit") if arguments["--limit"] is not None else None

    # Imported here so that -v and -h start quickly.
    from ppparser import loading, reports
    from ppparser.diagnostics_reports import DiagnosticsLayout, DiagnosticsOptions, DiagnosticsPrinter
    from ppparser.log_filters import LogFilters
    from ppparser.reports import MetricsLayout, MetricsOptions
    from ppparser.selection import Filters
    from ppparser.terminal import style_for

    style = style_for(sys.stdout, os.environ)
    kind = loading.METRICS if arguments["metrics"] else loading.DIAGNOSTICS
    document = loading.load(arguments["--input"], sys.stdin.buffer, kind)
    _documents[:] = [document]
    if kind == loading.METRICS:
        filters = Filters(arguments["--metric"], arguments["--device"], arguments["--platform"])
        layout = MetricsLayout.CSV if arguments["--csv"] else MetricsLayout.TABLES
        if arguments["--auto_insights"]:
            layout = MetricsLayout.INSIGHTS
        options = MetricsOptions(filters, layout, arguments["--fail-on-regression"])
        reports.print_metrics(document, options, sys.stdout, style)
    else:
        stacks = DiagnosticsLayout.CALL_STACKS if arguments["--callstack"] else DiagnosticsLayout.SUMMARY
        layout_ = DiagnosticsLayout.FOLDED if arguments["--folded"] else stacks
        log_filters = LogFilters(arguments["--device"], arguments["--os"], arguments["--app-version"])
        printer = DiagnosticsPrinter(DiagnosticsOptions(limit, layout_, log_filters), sys.stdout, style, PROGRAM.warn)
        printer.print(document)
        printer.finish()
    return ExitStatus.SUCCESS


def start() -> NoReturn:
    """Run the program and end the process."""
    PROGRAM.start(main)
