"""All formats of a diagnostics report contain the same values; hypothesis generates the reports."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from ppparser.diagnostics.frames import place_text
from ppparser.diagnostics.function_changes import FunctionComparison, compare_functions, log_source
from ppparser.diagnostics.signatures import rank_signatures, select_logs
from ppparser.documents.subject import App, Build
from ppparser.output.data.function_changes_csv import comparison_csv_lines
from ppparser.output.data.function_changes_json import comparison_json_lines
from ppparser.output.formats import Format
from ppparser.output.html.function_changes import comparison_html_lines
from ppparser.output.markdown.function_changes import comparison_markdown_lines
from ppparser.output.text.function_changes import comparison_lines
from ppparser.program.terminal import PLAIN
from ppparser.reports.diagnostics import DiagnosticsReport, comparison_report, ranking_report
from tests.helpers.html_text import page_tables_of, read_page, text_of
from tests.helpers.markdown_text import code_blocks_of, paragraphs_of, tables_of
from tests.helpers.schemas import validated
from tests.helpers.signatures import printed
from tests.test_properties import NASTY, Number, damaged, diagnostics_reports, names, parsed, plain_numbers, several

Json = dict[str, Any]
TYPES = ("DISK_WRITES", "HANGS", "LAUNCHES")
NEW, OLD = Build("7c1e", "431", "8.1.0", "IOS"), Build("5b0d", "424", "8.0.1", "IOS")
LOG_COLUMNS = {
    "app_version": "version",
    "build": "build",
    "device": "device",
    "os": "OS",
    "writes_caused": "writes caused",
    "duration": "duration",
}

numbers = plain_numbers.map(Number)
fractions = st.integers(0, 1000).map(lambda value: Number(value / 1000)) | numbers
signature_names = (
    st.sampled_from(("App: main + 8", "App: a + 8", "Other: a", "-[A b:]", "App: |`@#<b>`", *NASTY)) | names
)
resources = several(
    damaged(
        id=names,
        attributes=damaged(
            diagnosticType=st.sampled_from(TYPES) | names,
            signature=signature_names,
            weight=fractions,
            insight=damaged(
                direction=st.sampled_from(("UP", "DOWN", "UNDEFINED")) | names,
                referenceVersions=several(damaged(version=names, value=fractions), 3),
            ),
        ),
    ),
    4,
)


def has_names(ranked: dict[str, Any]) -> bool:
    """Tell whether all signatures have names; Markdown leaves out a column of blanks."""
    return all(one.function.name.strip() for ranking in ranked.values() for one in ranking)


rankings = resources.map(
    lambda drawn: rank_signatures((one for one in parsed(drawn) if isinstance(one, dict)), TYPES)
).filter(has_names)
apps = st.builds(App, *[st.sampled_from(("", "1", "=Ridgeline|`@x`"))] * 3)
# The logs of a heading, or why there are none.
downloads = diagnostics_reports.map(parsed) | st.sampled_from(("responded 500\n  Request ID: 7", "\x1b[2J `|` @x"))


class Output:
    """A report in each format."""

    def __init__(self, report: DiagnosticsReport, documents: Sequence[Json | str]) -> None:
        self.text, self.markdown, html, self._json, self._csv = (
            printed(report, documents, each)
            for each in (Format.TEXT, Format.MARKDOWN, Format.HTML, Format.JSON, Format.CSV)
        )
        self.page = read_page("\n".join(html)) if html else None
        self.json: Json = validated("diagnostics", "\n".join(self._json)) if self._json else {}
        self.csv = list(csv.DictReader(io.StringIO("\n".join(self._csv), newline=""), strict=True))


def close(shown: str, percent: float | None, error: float) -> bool:
    """Tell whether a figure that is shown is a percentage, which has two decimals itself."""
    figure = shown.replace("%", "").strip()
    if percent is None:
        return figure == "-"
    return figure != "-" and abs(float(figure) - percent) <= error + 0.006 + 0.006 * abs(percent)


def guarded(text: str | None) -> str:
    """Return a text as CSV has it."""
    return f"'{text}" if text and text[0] in "=+-@" else text or ""


def number_cell(number: float | None) -> str:
    return "" if number is None else str(number)


def shown_name(shown: str, function: str, binary: str | None) -> bool:
    """Tell whether a name is that of a function, with or without its binary; Markdown ignores blanks around it."""
    return shown in (function.strip() or "-", f"{binary}: {function}".strip())


@given(apps, rankings, st.integers(0, 2), st.data())
def test_all_formats_have_the_same_signatures_and_logs(
    app: App, ranked: dict[str, Any], count: int, data: st.DataObject
) -> None:
    report = ranking_report(app, NEW, ranked, count)
    output = Output(report, [data.draw(downloads) for _ in report.selected])
    signatures = output.json["signatures"]
    assert [one["function"] for one in signatures] == [one.function.name for all_ in ranked.values() for one in all_]
    check_rankings(signatures, output)
    check_csv_of_signatures(signatures, output)
    check_details(output)


def check_rankings(signatures: list[Json], output: Output) -> None:
    """Check the table of each type in Markdown and in text."""
    tables = [table for table in tables_of(output.markdown) if "signature" in table[0]]
    blocks = [block for block in blocks_of(output.text) if re.fullmatch("(?!No ).* signatures of build 431", block[0])]
    types = [name for name in output.json["types"] if any(one["type"] == (name or None) for one in signatures)]
    assert len(tables) == len(blocks) == len(types)
    for name, table, block in zip(types, tables, blocks):
        found = [one for one in signatures if one["type"] == (name or None)]
        assert len(table) == len(found)
        lines = block[-len(found) :]
        for one, row, line in zip(found, table, lines):
            assert close(row["share"], one["share_percent"], 0)
            assert shown_name(row["signature"], one["function"], one["binary"])
            assert row.get("trend", "-") in ((one["trend"] or "-").strip() or "-", "-")
            assert (row.get("course") == "NEW") == one["is_new"]
            start = line.strip()[0 if row.get("ID", "-") == "-" else len(row["ID"]) :].split()
            assert start[1] == "%"
            assert close(start[0], one["share_percent"], 0)
            assert one["function"][:3].strip() in line


def check_csv_of_signatures(signatures: list[Json], output: Output) -> None:
    rows = [
        (guarded(one["type"]), guarded(one["id"]), guarded(one["function"]), number_cell(one["share_percent"]))
        for one in signatures
    ]
    found = [(row["type"], row["id"], row["function"], row["share_percent"]) for row in output.csv]
    # A signature with logs in several documents has a row for each.
    assert list(dict.fromkeys(found)) == list(dict.fromkeys(rows))
    assert {row["app"] for row in output.csv} <= {guarded(output.json["app"]["bundle_id"] or output.json["app"]["id"])}


@given(rankings, rankings, st.integers(0, 2), st.data())
def test_all_formats_have_the_same_changes(
    new: dict[str, Any], old: dict[str, Any], count: int, data: st.DataObject
) -> None:
    report = comparison_report(App("1"), (NEW, OLD), new, old, count)
    output = Output(report, [data.draw(downloads) for _ in report.selected])
    changes = output.json["comparison"]["changes"]
    tables = [table for table in tables_of(output.markdown) if "signature" in table[0]]
    [table] = tables or [[]]
    assert len(table) == len(changes) == len(report.changes)
    [block] = [one for one in blocks_of(output.text) if one[0].startswith("Signatures of builds 424 and 431: ")]
    lines = block[-len(changes) :] if changes else []
    for one, row, line in zip(changes, table, lines):
        assert row[""].lower() == one["change"]
        assert close(row.get("424", "-"), one["old_percent"], 0)
        assert close(row.get("431", "-"), one["new_percent"], 0)
        assert close(row.get("points", "-"), one["points"], 0.06)
        assert shown_name(row["signature"].partition(" (")[0], one["function"].partition(" (")[0], one["binary"])
        assert line.split()[0].lower() == one["change"]
    keys = ("change", "type", "id", "function", "share_percent", "old_share_percent", "signature_count")
    rows = [
        (
            *(guarded(one[key]) for key in keys[:4]),
            *(number_cell(one[key]) for key in ("new_percent", "old_percent", "signature_count")),
        )
        for one in changes
    ]
    assert list(dict.fromkeys(tuple(row[key] for key in keys) for row in output.csv)) == list(dict.fromkeys(rows))
    check_details(output)


@given(diagnostics_reports.map(parsed))
def test_all_formats_have_the_same_saved_logs(document: Json) -> None:
    output = Output(DiagnosticsReport(), [document])
    if not output.json:
        assert (output.text, output.markdown, output.csv, output.page) == ([], [], [], None)
        return
    details = output.json["details"]
    assert [(row["id"], row["log_count"]) for row in output.csv] == [
        (guarded(one["id"]), str(len(one["logs"]))) for one in details
    ]
    check_details(output)


@given(diagnostics_reports.map(parsed), diagnostics_reports.map(parsed))
def test_all_formats_have_the_same_functions(new: Json, old: Json) -> None:
    first, second = (
        log_source("a", [log for one in select_logs(document) for log in one.logs]) for document in (new, old)
    )
    comparison = FunctionComparison(first, second, compare_functions(first.shares, second.shares))
    found: Json = validated("functions", "\n".join(comparison_json_lines(comparison)))
    functions = found["functions"]
    assert list(csv.reader(comparison_csv_lines(comparison), strict=True))[1:] == [
        [
            *(guarded(one[key]) for key in ("change", "binary", "function", "file")),
            guarded(change.line) if one["line"] is None else change.line,
            *(number_cell(one[key]) for key in ("old_percent", "new_percent", "points")),
        ]
        for one, change in zip(functions, comparison.changes)
    ]
    shown = [one for one, change in zip(functions, comparison.changes) if not change.is_small]
    markdown, text = (
        list(lines) for lines in (comparison_markdown_lines(comparison), comparison_lines(comparison, PLAIN))
    )
    table = (tables_of(markdown) or [[]])[0]
    start = next((position for position, line in enumerate(text, 1) if re.match(" +old % +new %  ", line)), 0)
    assert len(table) == len(shown)
    for one, row, line in zip(shown, table, text[start:]):
        cells = line.split()
        assert row[""].lower() == cells[0].lower() == one["change"]
        for name, cell in (("old", cells[1]), ("new", cells[2])):
            assert row.get(f"{name} %", "-") == cell
            assert close(cell, one[f"{name}_percent"], 0.05)
        assert row["function"] == one["function"].strip()
        assert one["function"][:6].strip() in line
    page = read_page("\n".join(comparison_html_lines(comparison)))
    assert [plain_rows(one) for one in page_tables_of(page)] == [plain_rows(table)] * bool(shown)
    reason = found["open"]["reason"] if found["open"] else "Nothing is new or worse"
    assert plain(reason) in text_of(page)
    opened = f": {found['open']['reason']}" if found["open"] else "Nothing is new or worse"
    assert text[-1].endswith(opened)
    assert opened in "\n".join(paragraphs_of(markdown))


def check_details(output: Output) -> None:
    """Check the lines to open, the merged trees, the logs, and what is missing."""
    details, missing = output.json["details"], output.json["missing"]
    check_lines_to_open(details, output)
    rows = [row for row in output.csv if row["log_count"]]
    assert sorted(row["log_count"] for row in rows) == sorted(str(len(one["logs"])) for one in details)
    assert sorted(row["problem"] for row in output.csv if row["problem"]) == sorted(
        guarded(one["reason"]) for one in missing
    )
    shown = "\n".join(paragraphs_of(output.markdown))
    for one in missing:
        assert f"No logs of signature {one['position']} of " in shown
        assert one["reason"].strip() in shown
    check_trees([one for one in details if one["logs"]], output)
    check_logs(details, output)
    check_page(details, missing, output)


def check_lines_to_open(details: list[Json], output: Output) -> None:
    lines = [line[len("Open ") :] for line in output.text if re.match("Open .", line)]
    opened = [one["open"] for one in details if one["open"]]
    for one, line in zip(opened, lines):
        assert line.endswith(f": {one['reason']}")
        if one["line"] is not None or not one["file"]:
            assert (
                line == f"{place_text(one['file'] or '', str(one['line'] or '')) or one['function']}: {one['reason']}"
            )
    assert len(opened) == len(lines)
    targets = [line[: -len(f": {one['reason']}")] for one, line in zip(opened, lines)]
    assert sorted(row["open"] for row in output.csv if row["open"]) == sorted(map(guarded, targets))
    shown = "\n".join(paragraphs_of(output.markdown)).split("\n")
    assert [line for line in shown if re.match("Open .", line)] == [
        f"Open {target.strip()}: {one['reason'].strip()}" for target, one in zip(targets, opened)
    ]


def check_trees(details: list[Json], output: Output) -> None:
    """Check that Markdown has the trees of the text, and JSON their rows."""
    trees = code_blocks_of(output.markdown)
    text = "\n".join(["", *output.text, ""])
    assert len(trees) == len(details)
    for one, lines in zip(details, trees):
        tree = "\n".join(lines)
        assert f"\n{tree}\n" in text
        rows = one["tree"]["rows"] if one["tree"] else []
        found = [match for line in lines if (match := re.match(r" +(\d+) % (>> |>  |   ) *(.*)", line))]
        assert len(found) == len(rows) + bool(one["tree"] and one["tree"]["omitted"]["branch_count"])
        for row, match in zip(rows, found):
            assert close(match[1], row["percent"], 0.5)
            assert match[2].strip() == (">>" if row["is_named"] else ">" if row["is_app"] else "")
            start = row["function"][:6] if row["frame_count"] == 1 else f"{PLAIN.ellipsis} {row['frame_count']} frames"
            text_of_frames = match[3][2:] if row["is_branch"] else match[3]
            assert text_of_frames.strip().startswith(start.strip())


def check_logs(details: list[Json], output: Output) -> None:
    """Check the table of logs of each signature in Markdown and in text."""
    logs = [
        one["logs"] for one in details if any((log[key] or "").strip() for log in one["logs"] for key in LOG_COLUMNS)
    ]
    tables = [table for table in tables_of(output.markdown) if table[0].keys() & set(LOG_COLUMNS.values())]
    assert len(tables) == len(logs)
    for all_, table in zip(logs, tables):
        assert len(all_) == len(table)
        for log, row in zip(all_, table):
            mark = " !" if log["is_from_another_build"] else ""
            assert {key: row.get(title, "-") for key, title in LOG_COLUMNS.items()} == {
                key: f"{(log[key] or '').strip()}{mark if key == 'build' else ''}".strip() or "-" for key in LOG_COLUMNS
            }
            assert close(row.get("share", "-"), log["share_percent"], 0.5)
    blocks = [block for block in blocks_of(output.text) if any(map(is_title_of_logs, block[1:3]))]
    assert len(blocks) >= len(logs)  # In a table of text, blanks are a value.
    if len(blocks) == len(logs):
        for all_, block in zip(logs, blocks):
            has_shares = any(log["share_percent"] is not None for log in all_)
            for log, line in zip(all_, block[-len(all_) :]):
                assert all((log[key] or "")[:3].strip() in line for key in LOG_COLUMNS)
                assert not has_shares or close(line.replace(" %", "").split()[-1], log["share_percent"], 0.5)


def is_title_of_logs(line: str) -> bool:
    words = {word for title in LOG_COLUMNS.values() for word in title.split()}
    return bool(words & set(line.split())) and set(line.split()) <= words | {"share"}


def check_page(details: list[Json], missing: list[Json], output: Output) -> None:
    """Check that the page has the tables and the trees of Markdown, the lines to open, and what is missing."""
    assert output.page is not None
    tables = [plain_rows(table) for table in page_tables_of(output.page)]
    expected_tables = [plain_rows(table) for table in tables_of(output.markdown)]
    assert [table for table in tables if any(table)] == [table for table in expected_tables if any(table)]
    trees = ["".join(one.itertext()).split("\n") for one in output.page.iter("pre")]
    assert trees == code_blocks_of(output.markdown)
    assert len(output.page.findall(".//svg[@class='flames']")) == sum(1 for one in details if one["tree"])
    opened = [one["open"] for one in details if one["open"]]
    lines = [text_of(one) for one in output.page.findall(".//ul[@class='lines']/li")]
    if output.json["build"]:
        assert [line.endswith(plain(one["reason"])) for one, line in zip(opened, lines)] == [True] * len(opened)
        assert len(lines) == len(opened)
    shown = [text_of(one) for one in output.page.findall(".//section[@class='verdict none']/ul/li")]
    assert [line.endswith(plain(one["reason"])) for one, line in zip(missing, shown)] == [True] * len(missing)


def plain_rows(table: list[dict[str, str]]) -> list[dict[str, str]]:
    """Return what all rows of a table have in Markdown and on a page, without columns that are empty."""
    names = ("log", "type", "signature", "function", "function and line", "place")
    rows = [{plain(title): plain(cell) for title, cell in row.items() if title not in names} for row in table]
    shown = {title for row in rows for title, cell in row.items() if cell not in ("", "-")}
    return [{title: cell or "-" for title, cell in row.items() if title in shown} for row in rows]


def plain(text: str) -> str:
    """Return a text with its blanks as a browser shows them."""
    return " ".join(text.split())


def blocks_of(lines: list[str]) -> list[list[str]]:
    """Return the lines between empty ones."""
    return [block.split("\n") for block in "\n".join(lines).strip("\n").split("\n\n")]
