"""ppparser as users start it: its options, its output, and its exit status."""

from __future__ import annotations

import gzip
import io
import re
import sys
from pathlib import Path
from typing import Any

import pytest

from ppparser import __version__, cli
from ppparser.output.formats import Format
from ppparser.reports.log_reader import NO_LOGS
from tests.helpers.support import (
    DATA,
    ROOT,
    Check,
    Outcome,
    Run,
    command,
    expected,
    needs_dev_full,
    spawn,
    succeeded,
    usage_errors,
)

ARGUMENTS = {
    "metrics.txt": ["metrics", "--input=metrics.json"],
    "metrics-insights.txt": ["metrics", "--input=metrics.json", "--auto_insights"],
    "metrics-insights-details.txt": ["metrics", "--input=metrics.json", "--auto_insights", "--details"],
    "metrics-top.txt": ["metrics", "--input=metrics.json", "--auto_insights", "--percentile=top"],
    "metrics-launch.txt": ["metrics", "--input=metrics.json", "--metric=launch", "--device=all_iphones"],
    "metrics-ipads.txt": ["metrics", "--input=metrics.json", "--auto_insights", "--device=All iPads"],
    "metrics-visionos.txt": ["metrics", "--input=metrics.json", "--auto_insights", "--platform=visionOS"],
    "metrics.csv": ["metrics", "--input=metrics.json", "--format=csv"],
    "build-metrics.txt": ["metrics", "--input=build-metrics.json"],
    "build-metrics-insights.txt": ["metrics", "--input=build-metrics.json", "--auto_insights"],
    "logs.txt": ["diagnostics", "--input=logs.json"],
    "logs-callstack.txt": ["diagnostics", "--input=logs.json", "--callstack"],
    "logs-limit.txt": ["diagnostics", "--input=logs.json", "--callstack", "--limit=1"],
    "logs-folded.txt": ["diagnostics", "--input=logs.json", "--format=folded"],
    "logs-device.txt": ["diagnostics", "--input=logs.json", "--device=iPhone14,5", "--os=17", "--app-version=5"],
    "branches.txt": ["diagnostics", "--input=branches.json"],
    "branches-callstack.txt": ["diagnostics", "--input=branches.json", "--callstack"],
}
COLOURED = {
    "metrics-colour.txt": "metrics.txt",
    "logs-colour.txt": "logs.txt",
    "logs-callstack-colour.txt": "logs-callstack.txt",
}
METRICS = ["metrics", "--input", str(DATA / "metrics.json")]
INSIGHTS = [*METRICS, "--auto_insights"]
LOGS = ["diagnostics", "--input", str(DATA / "logs.json")]


@pytest.fixture(autouse=True)
def _working_folder(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(DATA)


# --- output -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ARGUMENTS)
def test_output_is_as_expected(name: str, run: Run, check: Check) -> None:
    check(succeeded(run("ppparser", *ARGUMENTS[name])), name)


@pytest.mark.parametrize("name", COLOURED)
def test_coloured_output_is_as_expected(name: str, run: Run, monkeypatch: pytest.MonkeyPatch, check: Check) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    check(succeeded(run("ppparser", *ARGUMENTS[COLOURED[name]])), name)


@pytest.mark.parametrize("name", ARGUMENTS)
def test_colour_only_adds_escape_sequences(name: str, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    coloured = run("ppparser", *ARGUMENTS[name]).out
    assert re.sub(r"\x1b\[[0-9;]*m", "", coloured) == expected(name)
    assert ("\x1b" in coloured) == (name not in ("metrics.csv", "logs-folded.txt"))


@pytest.mark.parametrize(
    "name", [name for name in ARGUMENTS if "folded" not in name and ".csv" not in name] + ["branches.txt"]
)
def test_output_fits_into_eighty_columns(name: str) -> None:
    lines = [line for line in expected(name).splitlines() if not line.startswith("python3 ")]
    assert [line for line in lines if len(line) > 80] == []


@pytest.mark.parametrize(
    ("argv", "name"),
    [
        (["metrics", "-i", "metrics.json", "-a"], "metrics-insights.txt"),
        (["metrics", "-i", "metrics.json", "-m", "launch", "-d", "all_iphones"], "metrics-launch.txt"),
        (["diagnostics", "-c", "-l", "1", "-i", "logs.json"], "logs-limit.txt"),
        (["diagnostics", "--os", "17", "--app-version", "5", "-d", "iPhone14,5", "-i", "logs.json"], "logs-device.txt"),
    ],
)
def test_short_options_are_the_long_ones(argv: list[str], name: str, run: Run) -> None:
    assert run("ppparser", *argv) == (0, expected(name), "")


@pytest.mark.parametrize("option", ["-v", "--version"])
def test_version_is_printed(option: str, run: Run) -> None:
    assert run("ppparser", option) == (0, f"ppparser {__version__}\n", "")


def test_help_explains_every_option_of_the_usage() -> None:
    _, usage, explanations = cli.USAGE.split("\n\n", 2)
    explained = re.findall(r"^    (?:-\w[^-]*, )?(--\w[\w-]*)", explanations, re.MULTILINE)
    assert len(explained) == len(set(explained))
    assert set(explained) >= set(re.findall(r"--\w[\w-]*", usage))


# --- input ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("compress", [bytes, gzip.compress], ids=["plain", "gzip"])
def test_dash_is_standard_input(compress: Any, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    content = compress((DATA / "metrics.json").read_bytes())
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content)))
    assert run("ppparser", "metrics", "--input=-", "--auto_insights") == (0, expected("metrics-insights.txt"), "")


PROBLEMS = [
    ["metrics", "--input=lost.json"],
    ["metrics", "--input=empty.json"],
    ["diagnostics", "--input=metrics.json"],
    ["metrics", "--input=metrics.json", "--platform=tvOS"],
    ["metrics", "--input=metrics.json", "--metric=a\x1b[2Jb"],
    ["diagnostics", "--input=logs.json", "--format=folded", "--os=1"],
]


def test_problem_is_one_message_and_status_1(run: Run, check: Check) -> None:
    messages = []
    for argv in PROBLEMS:
        status, out, err = run("ppparser", *argv)
        assert (status, out) == (1, "")
        messages.append(err)
    check(messages)


@pytest.mark.parametrize("layout", [[], ["--callstack"], *([f"--format={one.value}"] for one in Format)])
def test_report_without_logs_is_explained(layout: list[str], home: Path, run: Run) -> None:
    (home / "none.json").write_text('{"productData": []}')
    outcome = run("ppparser", "diagnostics", "--input", home / "none.json", *layout)
    assert outcome == (1, "", f"ppparser: {NO_LOGS}\n")


def test_folding_without_sample_counts_warns_on_stderr(home: Path, run: Run) -> None:
    log = '{"callStackTree": [{"callStacks": [{"callStackRootFrames": [{"symbolName": "a"}]}]}]}'
    (home / "uncounted.json").write_text(f'{{"productData": [{{"diagnosticLogs": [{log}]}}]}}')
    outcome = run("ppparser", "diagnostics", "--format=folded", "--input", home / "uncounted.json")
    assert outcome == (0, "a 1\n", "ppparser: no frame has a sample count: each leaf counts once\n")


# --- usage ------------------------------------------------------------------------------------------------------------

METRICS_FILE = ["metrics", "--input=f"]
LOGS_FILE = ["diagnostics", "--input=f"]
USAGE_ERRORS = [
    ["metrics", "metrics.json"],
    *([*LOGS_FILE, f"--limit={value}"] for value in ("0", "-1", "1.5", "-" + "1" * 18, "1" * 19, "1" * 30, "")),
    [*LOGS_FILE, "--os="],
    [*LOGS_FILE, "--app-version="],
    [*METRICS_FILE, "--metric="],
    [*METRICS_FILE, "--percentile", ""],
    [*METRICS_FILE, "--format=folded"],
    [*METRICS_FILE, "--format=pdf"],
    [*METRICS_FILE, "--csv"],
    [*LOGS_FILE, "--folded"],
    [*LOGS_FILE, "--percentile=top"],
    [*LOGS_FILE, "--details"],
    [*LOGS_FILE, "--fail-on-regression"],
    [*LOGS_FILE, "--fail-above=10"],
    [*LOGS_FILE, "--fail-below-goal=good"],
    [*LOGS_FILE, "--accept=f"],
    [*METRICS_FILE, "--fail-above=ten"],
    [*METRICS_FILE, "--fail-below-goal=poor"],
    [*METRICS_FILE, "--accept=lost.txt"],
    ["overview", "--input=f", "--format=folded"],
    ["overview", "--input=f", "--os=1"],
    [*LOGS_FILE, "--format=folded", "-c"],
    [*LOGS_FILE, "--format=json", "-c"],
    [*METRICS_FILE, "--details"],
]


def test_usage_errors_precede_the_reading_of_the_file(run: Run, check: Check) -> None:
    check(usage_errors(run, "ppparser", USAGE_ERRORS), "ppparser-usage-errors.txt")


# --- the gate ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "separator"), [("metrics.txt", ""), ("metrics-insights.txt", "\n")])
def test_regression_is_status_4_after_the_report(name: str, separator: str, run: Run, check: Check) -> None:
    status, out, err = run("ppparser", *ARGUMENTS[name], "--fail-on-regression")
    assert (status, out.startswith(expected(name) + separator)) == (4, True)
    check(out[len(expected(name) + separator) :], "gate.txt")
    check(err, "gate-message.txt")


def test_csv_does_not_contain_the_outcome_of_the_gate(run: Run, check: Check) -> None:
    status, out, err = run("ppparser", *ARGUMENTS["metrics.csv"], "--fail-on-regression")
    assert (status, out) == (4, expected("metrics.csv"))
    check(err, "gate-message.txt")


def test_filters_apply_to_the_gate(run: Run) -> None:
    argv = [*METRICS, "--platform=visionOS"]
    out = run("ppparser", *argv).out + "Gate passed: no regression in the insights\n"
    assert run("ppparser", *argv, "--fail-on-regression") == (0, out, "")


def test_gate_fails_without_insights(run: Run, check: Check) -> None:
    status, out, err = run("ppparser", *ARGUMENTS["build-metrics.txt"], "--fail-on-regression")
    report = expected("build-metrics.txt")
    assert (status, out.startswith(report)) == (1, True)
    check(out[len(report) :], "gate-without-insights.txt")
    check(err, "gate-without-insights-message.txt")


# --- processes --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("argv", [["ppparser"], ["-m", "ppparser"]], ids=["folder", "module"])
def test_folder_and_module_start_the_same_program(argv: list[str]) -> None:
    outcome = spawn([sys.executable, *argv, *INSIGHTS], cwd=ROOT)
    assert outcome == (0, expected("metrics-insights.txt"), "")


def test_working_folder_does_not_matter(home: Path) -> None:
    assert spawn([*command("ppparser"), *INSIGHTS], cwd=home) == (0, expected("metrics-insights.txt"), "")


@pytest.mark.parametrize("module", ["json", "ppparser"])
def test_modules_in_the_working_folder_are_not_imported(home: Path, module: str) -> None:
    (home / f"{module}.py").write_text("raise SystemExit('the wrong module')")
    assert spawn([*command("ppparser"), *INSIGHTS], cwd=home) == (0, expected("metrics-insights.txt"), "")


def test_version_imports_nothing_that_only_a_report_needs() -> None:
    program = """
import sys
from ppparser import cli
cli.PROGRAM.run(cli.main, ["-v"])
print("json" in sys.modules, "ppparser.offline" in sys.modules)"""
    out = spawn([sys.executable, "-c", program], {"PYTHONPATH": str(ROOT)}).out
    assert out.splitlines()[1] == "False False"


@pytest.mark.parametrize(
    ("argv", "redirection", "outcome"),
    [
        (METRICS, ">&-", Outcome(0, "", "")),
        (["metrics", "-i-"], "<&-", Outcome(1, "", "ppparser: standard input is empty: download the report again\n")),
        ([*METRICS, "--metric=none"], "2>&-", Outcome(1, "", "")),
    ],
    ids=["stdout", "stdin", "stderr"],
)
def test_closed_streams_do_not_change_the_status(argv: list[str], redirection: str, outcome: Outcome) -> None:
    assert spawn(["/bin/sh", "-c", f'"$@" {redirection}', "sh", *command("ppparser"), *argv]) == outcome


@needs_dev_full
def test_full_stderr_does_not_change_the_status() -> None:
    outcome = spawn(["/bin/sh", "-c", '"$@" 2>/dev/full', "sh", *command("ppparser"), *METRICS, "--fail-on-regression"])
    assert outcome == (4, expected("metrics.txt") + expected("gate.txt"), "")


@pytest.mark.parametrize(
    "environment",
    [{"LC_ALL": "C"}, {"LC_ALL": "POSIX"}, {}, {"PYTHONIOENCODING": "utf-8", "LC_ALL": "C"}],
    ids=["C", "POSIX", "nothing set", "PYTHONIOENCODING"],
)
def test_c_locale_prints_every_character(environment: dict[str, str]) -> None:
    assert spawn([*command("ppparser"), *METRICS], environment) == (0, expected("metrics.txt"), "")


@pytest.mark.parametrize("encoding", ["ascii", "latin-1"])
def test_characters_that_an_encoding_lacks_are_escaped(encoding: str, check: Check) -> None:
    argv = [*command("ppparser"), *METRICS, "--metric=BATTERY"]
    check(succeeded(spawn(argv, {"PYTHONIOENCODING": encoding})), "metrics-escaped.txt")
