"""ppparser: its usage and its main."""

from __future__ import annotations

import os
import sys

from ppparser import __version__
from ppparser.errors import ExitStatus, UsageError
from ppparser.program.harness import GATE_OPTIONS, Arguments, Program

TYPE_CHECKING = False
if TYPE_CHECKING:  # `typing` costs more to import than `ppparser -v` takes.
    from typing import Any, NoReturn

USAGE = """PowerPerformanceParser (PPParser)
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
                                            /v1/apps/{id}/perfPowerMetrics
    overview                              Parse performance overview JSON from
                                            /v1/apps/{id}/performanceOverviews
    diagnostics                           Parse diagnostics report JSON from
                                            /v1/diagnosticSignatures/{id}/logs
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
    --fail-on-regression                  Exit with status 4 if the insights
                                            contain a regression
    --fail-above PERCENT                  Exit with status 4 if a value exceeds
                                            that of the previous version by more
    --fail-below-goal GOAL                Exit with status 4 if a value is not
                                            fair, or not good, as GOAL says, or
                                            misses its recommended goal
    --accept FILE                         Do not fail for what this file lists:
                                            CATEGORY METRIC [DEVICE]
                                            [PERCENTILE] [until VERSION]

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
# The command that prints the details is repeated up to this number of files.
_MAX_INPUTS_REPEATED = 4
# Alive until the process ends: see `Program.start`.
_documents: list[object] = []


def main(argv: list[str]) -> int:
    """Parse a saved report and print it."""
    arguments = PROGRAM.parse(argv)
    arguments.reject_empty_values()
    _reject_misplaced_options(arguments)

    # Imported here so that -v and -h start quickly.
    import shlex

    from ppparser.gate.options import read_gate_options
    from ppparser.reports.formats import DIAGNOSTICS_FORMATS, METRICS_FORMATS, Format, format_from

    output_format = format_from(
        arguments["--format"], DIAGNOSTICS_FORMATS if arguments["diagnostics"] else METRICS_FORMATS
    )
    if arguments["--callstack"] and output_format is not Format.TEXT:
        raise UsageError("--callstack and --format cannot be combined: only text has full call stacks")
    limit, last = [arguments.whole_number(name) if arguments[name] else None for name in ("--limit", "--last")]
    paths = arguments["--input"]
    if paths.count("-") > 1:
        raise UsageError("--input=- is given more than once")
    gate_options = read_gate_options(arguments)

    from ppparser.diagnostics.log_filters import LogFilters
    from ppparser.documents import loading
    from ppparser.metrics.findings import UNKNOWN_APP
    from ppparser.metrics.judged_version import Versions
    from ppparser.metrics.selection import Filters
    from ppparser.output.metrics import check_gate, print_metrics, print_overview
    from ppparser.program.terminal import clean, style_for
    from ppparser.reports.diagnostics import DiagnosticsLayout, DiagnosticsOptions, DiagnosticsReport
    from ppparser.reports.metrics import MetricsLayout, MetricsOptions

    style = style_for(sys.stdout, os.environ)
    kinds = {"metrics": loading.METRICS, "overview": loading.OVERVIEW, "diagnostics": loading.DIAGNOSTICS}
    [kind] = [kind for command, kind in kinds.items() if arguments[command]]
    document = _load(paths, kind)
    _documents[:] = [document]
    if kind != loading.DIAGNOSTICS:
        layout = MetricsLayout.TABLES
        if arguments["--auto_insights"] or arguments["overview"]:
            layout = MetricsLayout.DETAILS if arguments["--details"] else MetricsLayout.VERDICT
        again = arguments.command_line("--details", "--format", *GATE_OPTIONS)
        details_command = clean(shlex.join([*PROGRAM.command(PROGRAM.name), *again, "--details"]))
        if len(paths) > _MAX_INPUTS_REPEATED:
            details_command = "the same command with --details"
        options = MetricsOptions(
            Filters(arguments["--metric"], arguments["--device"], arguments["--platform"], arguments["--percentile"]),
            layout,
            gate_options,
            files=[loading.source_name(path) for path in paths] if len(paths) > 1 else [],
            logs_command=clean(shlex.join([*PROGRAM.command("get-diagnostics-logs.py"), f"--app={UNKNOWN_APP}"])),
            details_command=details_command,
            versions=Versions(arguments["--app-version"], arguments["--against"], last),
            format=output_format,
        )
        print_report = print_metrics if arguments["metrics"] else print_overview
        check_gate(print_report(document, options, sys.stdout, style), PROGRAM.warn)
    else:
        log_layout = DiagnosticsLayout.CALL_STACKS if arguments["--callstack"] else DiagnosticsLayout.SUMMARY
        log_filters = LogFilters(arguments["--device"], arguments["--os"], arguments["--app-version"])
        log_options = DiagnosticsOptions(limit, log_layout, log_filters, output_format)
        if arguments["--against"]:
            from ppparser.output.function_changes import print_comparison

            old = loading.load(arguments["--against"], sys.stdin.buffer, kind)
            _documents.append(old)
            names = loading.source_name(paths[0]), loading.source_name(arguments["--against"])
            print_comparison(document, old, log_options, sys.stdout, style, PROGRAM.warn, names)
            return ExitStatus.SUCCESS
        from ppparser.output.diagnostics import DiagnosticsWriter

        writer = DiagnosticsWriter(DiagnosticsReport(), log_options, sys.stdout, style, PROGRAM.warn)
        writer.write_logs(document)
        writer.finish()
    return ExitStatus.SUCCESS


def _load(paths: list[str], kind: str) -> dict[str, Any]:
    """Return the report at a path, or metrics reports merged into one.

    That one has no insights if those of the last file are not about its newest version.
    """
    from itertools import chain

    from ppparser.documents import loading
    from ppparser.metrics import history

    last, *others = reversed(paths)
    document = loading.load(last, sys.stdin.buffer, kind)
    if not others:
        return document
    earlier = (loading.load(path, sys.stdin.buffer, kind) for path in others)
    merged = history.merge(chain([document], earlier))
    if history.is_outdated(document, merged):
        merged.pop("insights", None)
    return merged


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
