"""End a program as the outcome of a gate demands, and as the reports of several apps do."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from ppparser.errors import APIError, ExitStatus, GateError, GateFailedError, NoDataError, UserError
from ppparser.gate.outcome import Gate, GateOptions, merge_gates
from ppparser.output.text.apps import problem_text
from ppparser.output.text.gate import message, warning
from ppparser.reports.apps import AppResult, AppStatus


def check_gate(gate: Gate | None, warn: Callable[[str], None]) -> None:
    """Warn of accepted entries that are of no use. Raises GateFailedError or GateError unless the gate passed."""
    if gate is None:
        return
    if text := warning(gate):
        warn(text)
    if gate.exit_status:
        raise (GateFailedError if gate.exit_status is ExitStatus.REGRESSION else GateError)(message(gate))


def check_apps(
    results: Sequence[AppResult], options: GateOptions, warn: Callable[[str], None], *, is_report_required: bool
) -> None:
    """Raise the error with the highest exit status, after warning of the others.

    They are GateError if the gate did not pass or an app lacks a required report, APIError if some apps could not be
    read, and NoDataError if none has data.
    """
    errors: list[UserError] = []
    if messages := [f"{result.app.label}: {result.problem}" for result in results if result.status is AppStatus.FAILED]:
        errors.append(APIError("\n".join(messages)))
    if not any(result.report for result in results):
        errors.append(NoDataError("there is no report about any of the apps"))
    elif options.rules:
        errors += _gate_errors(results, options, warn, is_report_required=is_report_required)
    if errors:
        *others, worst = sorted(errors, key=lambda error: error.exit_status)
        for other in others:
            warn(str(other))
        raise worst


def _gate_errors(
    results: Sequence[AppResult], options: GateOptions, warn: Callable[[str], None], *, is_report_required: bool
) -> Iterator[GateError]:
    without_report = [result for result in results if result.status in (AppStatus.NO_DATA, AppStatus.NOT_FOUND)]
    if without_report and is_report_required:
        lines = [f"{result.app.label}: {problem_text(result)}" for result in without_report]
        yield GateError("\n  ".join(["the gate cannot judge apps without a report", *lines]))
    elif without_report:
        warn(f"not judged, as there is no report: {', '.join(result.app.label for result in without_report)}")
    gates = [(result.app.label, result.report.gate) for result in results if result.report and result.report.gate]
    try:
        check_gate(merge_gates(options, gates), warn)
    except GateError as error:
        yield error
