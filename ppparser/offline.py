"""Print reports in saved files: the commands of ppparser."""

from __future__ import annotations

import os
import sys
from itertools import chain
from typing import Any

from ppparser.diagnostics.function_changes import FunctionComparison
from ppparser.documents import loading
from ppparser.errors import UsageError
from ppparser.metrics import history
from ppparser.metrics.findings import UNKNOWN_APP
from ppparser.output.diagnostics import DiagnosticsWriter
from ppparser.output.formats import Format, format_from, print_report
from ppparser.output.function_changes import print_comparison
from ppparser.output.gate import check_gate
from ppparser.program.harness import Arguments, Program
from ppparser.program.terminal import style_for
from ppparser.reports.diagnostics import DiagnosticsReport
from ppparser.reports.folded import FoldedStacks
from ppparser.reports.metrics import MetricsLayout, MetricsReport, read_metrics_report, read_overview_report
from ppparser.reports.options import command_text, details_command, diagnostics_options, metrics_options

# The command that prints the details is repeated up to this number of files.
_MAX_INPUTS_REPEATED = 4
# Alive until the process ends: see `Program.start`.
_documents: list[object] = []


def print_saved_metrics(program: Program, arguments: Arguments) -> None:
    """Print a metrics report, merged from several files, or a performance overview.

    Raises UserError.
    """
    output_format = format_from(arguments["--format"], MetricsReport)
    layout = MetricsLayout.TABLES
    if arguments["--auto_insights"] or arguments["overview"]:
        layout = MetricsLayout.DETAILS if arguments["--details"] else MetricsLayout.VERDICT
    options = metrics_options(arguments, layout)
    paths = _input_paths(arguments)
    details = details_command(program.command(program.name), arguments)
    options = options._replace(
        files=[loading.source_name(path) for path in paths] if len(paths) > 1 else [],
        logs_command=command_text([*program.command("get-diagnostics-logs.py"), f"--app={UNKNOWN_APP}"]),
        details_command=details if len(paths) <= _MAX_INPUTS_REPEATED else "the same command with --details",
    )
    kind, read = (
        (loading.OVERVIEW, read_overview_report) if arguments["overview"] else (loading.METRICS, read_metrics_report)
    )
    document = _load(paths, kind)
    report = read(document, options)
    print_report(report, output_format, sys.stdout, style_for(sys.stdout, os.environ))
    check_gate(report.gate, program.warn)


def print_saved_logs(program: Program, arguments: Arguments) -> None:
    """Print the diagnostic logs in a file, or what changed between those in two files.

    Raises UserError.
    """
    report_type = FunctionComparison if arguments["--against"] else DiagnosticsReport
    output_format = format_from(arguments["--format"], report_type, FoldedStacks)
    if arguments["--callstack"] and output_format is not Format.TEXT:
        raise UsageError("--callstack and --format cannot be combined: only text has full call stacks")
    options = diagnostics_options(arguments, arguments.optional_number("--limit"))
    style = style_for(sys.stdout, os.environ)
    [path] = _input_paths(arguments)
    document = _load([path], loading.DIAGNOSTICS)
    if old_path := arguments["--against"]:
        old = _load([old_path], loading.DIAGNOSTICS)
        names = loading.source_name(path), loading.source_name(old_path)
        print_comparison(document, old, options, output_format, sys.stdout, style, program.warn, names)
    else:
        writer = DiagnosticsWriter(DiagnosticsReport(), options, output_format, sys.stdout, style, program.warn)
        writer.write_logs(document)
        writer.finish()


def _input_paths(arguments: Arguments) -> list[str]:
    paths: list[str] = arguments["--input"]
    if paths.count("-") > 1:
        raise UsageError("--input=- is given more than once")
    return paths


def _load(paths: list[str], kind: str) -> dict[str, Any]:
    """Return the report at a path, or metrics reports merged into one.

    The merged report keeps insights only if those of the last file are about its newest version.
    """
    last, *others = reversed(paths)
    document = loading.load(last, sys.stdin.buffer, kind)
    _documents.append(document)
    if not others:
        return document
    earlier = (loading.load(path, sys.stdin.buffer, kind) for path in others)
    merged = history.merge(chain([document], earlier))
    if history.is_outdated(document, merged):
        merged.pop("insights", None)
    return merged
