"""Build the options of reports from the arguments of a program: the scripts and ppparser have the same ones."""

from __future__ import annotations

import shlex

from ppparser.diagnostics.log_filters import LogFilters
from ppparser.gate.options import read_gate_options
from ppparser.gate.usage import GATE_OPTIONS
from ppparser.metrics.selection import Filters
from ppparser.metrics.version_window import Versions
from ppparser.program.harness import Arguments
from ppparser.program.terminal import clean
from ppparser.reports.diagnostics import DiagnosticsLayout, DiagnosticsOptions
from ppparser.reports.metrics import MetricsLayout, MetricsOptions


def metrics_options(arguments: Arguments, layout: MetricsLayout) -> MetricsOptions:
    """Return what to select from metrics, what to print of it, and what the gate checks.

    Raises UsageError for a value that an option does not take, and AcceptanceError for the file of `--accept`.
    """
    filters = Filters(*(arguments[option] for option in ("--metric", "--device", "--platform", "--percentile")))
    versions = Versions(arguments["--app-version"], arguments["--against"], arguments.optional_number("--last"))
    return MetricsOptions(filters, layout, read_gate_options(arguments), versions=versions)


def diagnostics_options(arguments: Arguments, limit: int | None) -> DiagnosticsOptions:
    """Return which logs to print, at most `limit` of each document, and what of them."""
    layout = DiagnosticsLayout.CALL_STACKS if arguments["--callstack"] else DiagnosticsLayout.SUMMARY
    filters = LogFilters(*(arguments[option] for option in ("--device", "--os", "--app-version")))
    return DiagnosticsOptions(limit, layout, filters)


def details_command(command: list[str], arguments: Arguments, *omitted: str) -> str:
    """Return `command` with the same arguments and `--details`, without the gate's options and those `omitted`."""
    again = arguments.command_line("--details", "--format", *GATE_OPTIONS, *omitted)
    return command_text([*command, *again, "--details"])


def command_text(words: list[str]) -> str:
    """Return a command as a shell reads it, safe to print."""
    return clean(shlex.join(words))
