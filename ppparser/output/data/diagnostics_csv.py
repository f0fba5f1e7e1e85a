"""Render a diagnostics report as CSV: a line per signature, or per function if builds are compared."""

from __future__ import annotations

from collections.abc import Iterator

from ppparser.diagnostics.call_tree import AppPath
from ppparser.diagnostics.frames import Function
from ppparser.diagnostics.signatures import Signature
from ppparser.documents.subject import Build
from ppparser.output.data.csv_table import as_text, line_maker, percent_cell
from ppparser.reports.diagnostics import DiagnosticsReport, SignatureReport

HEADER = (
    "type,id,binary,function,share_percent,trend,change,old_share_percent,signature_count"
    ",open,path,log_count,problem,app,build,against"
)


def report_csv_lines(report: DiagnosticsReport) -> Iterator[str]:
    """Yield the header, then the lines, heaviest or worst first; of saved logs, which name no signature, only IDs."""
    yield HEADER
    make_line = line_maker()
    subject = [as_text(report.app.bundle_id or report.app.id), _build_cell(report.build), _build_cell(report.old_build)]
    for cells in _rows(report):
        yield make_line([*cells, *subject])


def _build_cell(build: Build | None) -> str:
    return as_text(build.number or build.id) if build else ""


def _rows(report: DiagnosticsReport) -> Iterator[list[str]]:
    """Yield the cells of each signature, and of its logs if they belong to the report."""
    logs: dict[int, list[list[str]]] = {}
    for read in report.signatures:
        if read.selected:
            logs.setdefault(id(read.selected.signature), []).append(_log_cells(read))
        else:
            yield ["", as_text(read.logs.id), *[""] * 7, *_log_cells(read)]
    for missing in report.missing:
        logs.setdefault(id(missing.selected.signature), []).append(["", "", "", as_text(missing.reason)])
    for signature, cells in _signature_rows(report):
        for log_cells in logs.get(id(signature), [[""] * 4]):
            yield [*cells, *log_cells]


def _signature_rows(report: DiagnosticsReport) -> Iterator[tuple[Signature, list[str]]]:
    """Yield each signature with its cells, of a comparison the heaviest one of each function.

    Of a function, there is no trend: Apple has one for each of its signatures.
    """
    if report.old_build:
        for change in report.changes:
            names = _name_cells(change.signature.type, change.signature.id, change.function)
            new, old = percent_cell(change.percents.new), percent_cell(change.percents.old)
            yield change.signature, [*names, new, "", change.outcome.value.lower(), old, str(change.signature_count)]
        return
    for diagnostic_type, ranking in report.rankings.items():
        for signature in ranking:
            names = _name_cells(diagnostic_type, signature.id, signature.function)
            yield (
                signature,
                [*names, percent_cell(signature.percent), as_text(signature.direction.lower()), "", "", "1"],
            )


def _name_cells(diagnostic_type: str, signature_id: str, function: Function) -> list[str]:
    return [as_text(cell) for cell in (diagnostic_type, signature_id, *function)]


def _log_cells(signature: SignatureReport) -> list[str]:
    """Return the line to open, unknown without the signature's name, the path there, and the number of logs."""
    path = signature.path
    target = path.target if path and signature.selected else ""
    return [as_text(target), as_text(_path_cell(path)) if path else "", str(len(signature.logs.logs)), ""]


def _path_cell(path: AppPath) -> str:
    return " > ".join(f"[{step.text}]" if step.is_named else step.text for step in path.steps)
