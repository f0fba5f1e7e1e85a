"""From two saved reports to what changed between them."""

from __future__ import annotations

import io
import json
import re
from pathlib import Path
from typing import Any

import pytest

from ppparser.diagnostics.log_filters import LogFilters
from ppparser.errors import NoDataError
from ppparser.output.formats import Format
from ppparser.output.function_changes import print_comparison
from ppparser.program.terminal import PLAIN
from ppparser.reports.diagnostics import DiagnosticsOptions
from ppparser.reports.log_reader import NO_LOGS
from tests import fake_api
from tests.helpers.documents import app_frame, frame, log
from tests.helpers.support import DATA, Check, Run, document, expected, succeeded

LOGS = document("logs.json")


def report(*logs: dict[str, Any]) -> dict[str, Any]:
    return {"productData": [{"signatureId": "5a", "diagnosticLogs": list(logs)}]}


def compared(
    new: dict[str, Any], old: dict[str, Any], output_format: Format = Format.TEXT, **options: Any
) -> tuple[str, list[str]]:
    """Return what is written, and the error or the warnings."""
    stdout = io.StringIO()
    warnings: list[str] = []
    try:
        print_comparison(new, old, DiagnosticsOptions(**options), output_format, stdout, PLAIN, warnings.append)
    except NoDataError as error:
        warnings.append(f"error: {error}")
    return stdout.getvalue(), warnings


@pytest.fixture
def saved(home: Path) -> None:
    """Save the logs of all disk writes of builds 431 and 424 as new.json and old.json."""
    for name, number in (("new.json", "431"), ("old.json", "424")):
        build = next(build for build in fake_api.BUILDS if build.number == number)
        ids = [one["id"] for one in fake_api.signatures("DISK_WRITES", build_id=build.id)]
        products = [product for one in ids for product in fake_api.logs(one)["productData"]]
        (home / name).write_text(json.dumps({"productData": products}))


@pytest.mark.parametrize(
    ("name", "options"), [("logs-against.txt", []), ("logs-against-folded.txt", ["--format=folded", "--limit=9"])]
)
def test_ppparser_compares_saved_logs(saved: None, run: Run, name: str, options: list[str], check: Check) -> None:
    outcome = run("ppparser", "diagnostics", "--input=new.json", "--against=old.json", *options)
    check(succeeded(outcome), name)


@pytest.mark.parametrize(
    ("name", "first_line"),
    [
        ("markdown", "## Functions of your app: 2 new, 8 worse, 5 unchanged, 3 better, 2 gone"),
        ("html", "<!DOCTYPE html>"),
        ("json", "{"),
        ("csv", "change,binary,function,file,line,old_percent,new_percent,points"),
    ],
)
def test_ppparser_compares_in_every_format(saved: None, run: Run, name: str, first_line: str) -> None:
    outcome = run("ppparser", "diagnostics", "--input=new.json", "--against=old.json", f"--format={name}")
    assert (outcome.status, outcome.err, outcome.out.splitlines()[0]) == (0, "", first_line)
    functions = re.findall(r"[a-zA-Z]+\.swift(?=[:,\"])", expected("logs-against.txt"))
    assert functions
    assert [function for function in functions if function not in outcome.out] == []


def test_output_fits_into_eighty_columns() -> None:
    assert [line for line in expected("logs-against.txt").splitlines() if len(line) > 80] == []


def test_logs_compared_with_themselves_are_unchanged(run: Run) -> None:
    path = f"{DATA / 'logs.json'}"
    out = run("ppparser", "diagnostics", f"--input={path}", f"--against={path}").out
    changes = {line.split()[0] for line in out.splitlines()[7:-2] if line.startswith("  ")}
    assert changes <= {"unchanged", "old", "\u2026"}
    assert out.endswith("\n\nNothing is new or worse\n")


def test_folded_stacks_have_the_old_count_first() -> None:
    new = report(log([app_frame("a", 5, frame("read", 3))], [app_frame("b", 1)]))
    old = report(log([app_frame("a", 9, frame("read", 2))], [app_frame("c", 4)]))
    assert compared(new, old, output_format=Format.FOLDED) == ("a 7 2\na;read 2 3\nc 4 0\nb 0 1\n", [])


def test_folded_stacks_match_without_offsets_and_addresses() -> None:
    new, old = report(log([frame("a + 4", 1)])), report(log([frame("a + 8", 2)]))
    assert compared(new, old, output_format=Format.FOLDED) == ("a 2 1\n", [])


@pytest.mark.parametrize("is_new", [True, False])
def test_folding_without_counts_warns_that_leaves_are_counted(is_new: bool) -> None:
    with_counts, without = report(log([frame("a", 2)])), report(log([frame("a", None)]))
    reports = (without, with_counts) if is_new else (with_counts, without)
    out, warnings = compared(*reports, output_format=Format.FOLDED)
    assert (out, warnings) == (
        "a 2 1\n" if is_new else "a 1 2\n",
        ["no frame has a sample count: each leaf counts once"],
    )


def test_filters_select_the_logs_of_both() -> None:
    made = [log([app_frame(name, 1)], deviceType=device) for name, device in (("a", "iPhone14_5"), ("b", "iPad13_18"))]
    out, warnings = compared(report(*made), report(*made[:1]), filters=LogFilters("iPhone14,5"))
    assert warnings == [
        "the old logs: 1 of 1 log match --device=iPhone14,5",
        "the new logs: 1 of 2 logs match --device=iPhone14,5",
    ]
    assert "of all 1 old and 1 new samples" in out


def test_limit_counts_the_logs_of_each() -> None:
    made = report(log([app_frame("a", 1)]), log([app_frame("b", 1)]))
    assert "of all 1 old and 1 new samples" in compared(made, made, limit=1)[0]


@pytest.mark.parametrize("output_format", Format)
@pytest.mark.parametrize(("reports", "name"), [(({}, LOGS), "new"), ((LOGS, {}), "old"), (({}, {}), "old")])
def test_report_without_logs_is_named(
    output_format: Format, reports: tuple[dict[str, Any], dict[str, Any]], name: str
) -> None:
    assert compared(*reports, output_format) == ("", [f"error: the {name} logs: {NO_LOGS}"])


def test_filter_without_a_match_names_the_report() -> None:
    made = [report(log([app_frame("a", 1)], osVersion=f"iPhone OS {version}")) for version in (17, 18)]
    _, (warning, error) = compared(made[0], made[1], filters=LogFilters(os="18"))
    assert warning == "the old logs: 1 of 1 log match --os=18"
    assert error == "error: the new logs: no log matches --os=18. The logs have\n  --os: iPhone OS 17"


def test_logs_without_functions_of_the_app_are_an_error() -> None:
    made = report(log([frame("a", 1)]))
    assert compared(made, made) == (
        "",
        ["error: no frame of either report is marked as the app's: there are no functions to compare"],
    )


@pytest.mark.parametrize(
    ("argv", "problem"),
    [
        (["diagnostics", "--input=a", "--against="], "--against has an empty value"),
        (["diagnostics", "--input=a", "--against=b", "--callstack"], "--callstack and --against cannot be combined"),
        (
            ["diagnostics", "--input=-", "--against=-"],
            "--input and --against cannot both read standard input",
        ),
        (["overview", "--input=a", "--against=b"], "--against cannot be used here"),
    ],
)
def test_misplaced_comparison_is_a_usage_error(run: Run, argv: list[str], problem: str) -> None:
    outcome = run("ppparser", *argv)
    assert (outcome.status, outcome.err.splitlines()[0]) == (2, f"ppparser: {problem}")


def test_other_reports_cannot_be_compared_with(run: Run) -> None:
    path = DATA / "metrics.json"
    outcome = run("ppparser", "diagnostics", f"--input={DATA / 'logs.json'}", f"--against={path}")
    problem = f"{path} contains metrics, not diagnostic logs: use `ppparser metrics`"
    assert outcome == (1, "", f"ppparser: {problem}\n")
