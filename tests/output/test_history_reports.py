"""A longer history as users see it: merged files, another version, another baseline, the last versions."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path

import pytest

from tests.fake_api import BUNDLE_ID, FakeAPI
from tests.helpers.documents import IPHONES, dataset, metric, points, report
from tests.helpers.support import DATA, Check, Run, expected, succeeded
from tests.helpers.weekly_reports import WEEKS, write_year

ALL = [f"--input=week-{week:02}.json" for week in range(1, WEEKS + 1)]
LAUNCH = ["--metric=LAUNCH", "--device=all_iphones"]
ARGUMENTS = {
    "history.txt": [*ALL, "--auto_insights"],
    "history-details.txt": [*ALL, *LAUNCH, "--auto_insights", "--details"],
    "history-last.txt": [*ALL, *LAUNCH, "--last=3"],
    "history-version.txt": [*ALL, "--auto_insights", "--app-version=8.10.0", "--against=8.8.0"],
    "history-version-details.txt": [*ALL, *LAUNCH, "--app-version=8.10.0", "--against=8.8.0", "--last=8"],
    "history.csv": [*ALL[::51], *LAUNCH, "--percentile=top", "--format=csv", "--last=10"],
}


@pytest.fixture
def year(home: Path) -> list[str]:
    """Return the names of the files of a year, in the working folder."""
    return write_year(home)


@pytest.mark.usefixtures("year")
@pytest.mark.parametrize("name", ARGUMENTS)
def test_output_is_as_expected(name: str, run: Run, check: Check) -> None:
    check(succeeded(run("ppparser", "metrics", *ARGUMENTS[name])), name)
    assert max(map(len, expected(name).splitlines())) <= (120 if name.endswith(".csv") else 80)


@pytest.mark.usefixtures("year")
@pytest.mark.parametrize("options", [["--auto_insights"], [], ["--format=csv"]])
def test_order_of_the_files_before_the_last_matters_little(options: list[str], run: Run) -> None:
    files = ["--input=week-01.json", "--input=week-20.json", "--input=week-40.json", "--input=week-52.json"]
    shuffled = [files[2], files[0], files[1], files[3]]
    out, other = (run("ppparser", "metrics", *some, *options).out.splitlines() for some in (files, shuffled))
    assert [line for line in out if "from" not in line] == [line for line in other if "from" not in line]


@pytest.mark.usefixtures("year")
def test_insights_of_an_older_file_are_not_those_of_the_newest(run: Run, check: Check) -> None:
    argv = ["metrics", "--input=week-52.json", "--input=week-01.json", "--auto_insights"]
    outcome = run("ppparser", *argv)
    reason = "into the newest version: week-01.json, the last file, has none"
    check(outcome.out)
    judged = run("ppparser", *argv, "--fail-on-regression")
    assert (judged.status, judged.err) == (1, cannot_judge(reason))


def cannot_judge(reason: str) -> str:
    return (
        f"ppparser: --fail-on-regression cannot judge this report: it has no insights {reason}.\n"
        "  --fail-above and --fail-below-goal judge the measurements, without insights\n"
    )


@pytest.mark.usefixtures("year")
def test_gate_judges_the_last_file(run: Run) -> None:
    judged = run("ppparser", "metrics", *ALL, "--fail-on-regression")
    assert (judged.status, judged.err) == (
        4,
        "ppparser: the gate failed for 8.29.0 on iOS: 1 reason\n"
        "  LAUNCH launchTime all_iphones top: high-impact regression in 8.29.0, "
        "+32.2 % from Apple's average of 8.25.0, 8.26.0, 8.27.0, 8.28.0\n",
    )
    older = run("ppparser", "metrics", *ALL, "--fail-on-regression", "--app-version=8.28.0")
    assert (older.status, older.err) == (1, cannot_judge("into 8.28.0, only into 8.29.0"))


def test_two_files_are_repeated_in_the_next_step(home: Path, run: Run) -> None:
    made = report(("A", metric("m", [dataset(IPHONES, points(1, 2))])))
    for name in "abcde":
        (home / name).write_text(json.dumps(made))
    few, many = ["--input=a", "--input=b"], [f"--input={name}" for name in "abcde"]
    assert run("ppparser", "metrics", "-a", *few).out.splitlines()[-2:] == [
        "Next, all measurements:",
        "python3 ppparser metrics --auto_insights --input=a --input=b --details",
    ]
    out = run("ppparser", "metrics", "-a", *many).out.splitlines()
    assert out[1] == "Merged from 5 files: a to e"
    assert out[-2:] == ["Next, all measurements:", "the same command with --details"]


def test_standard_input_is_one_of_the_files(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    content = (DATA / "metrics.json").read_bytes()
    monkeypatch.chdir(DATA)
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content)))
    out = run("ppparser", "metrics", "-i", "build-metrics.json", "-i", "-", "--format=csv").out
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content)))
    text = run("ppparser", "metrics", "-i", "build-metrics.json", "-i", "-").out
    assert set(expected("metrics.csv").splitlines()) <= set(out.splitlines())
    assert text.splitlines()[1] == "Merged from 2 files: build-metrics.json, standard input"


@pytest.mark.parametrize(
    ("argv", "problem"),
    [
        (["metrics", "--input=-", "--input=a", "--input=-"], "--input=- is given more than once"),
        (["metrics", "--input=a", "--input="], "--input has an empty value"),
        (["metrics", "--input=a", "--last=0"], "--last takes a positive whole number"),
        (["metrics", "--input=a", "--last="], "--last has an empty value"),
        (["metrics", "--input=a", "--against="], "--against has an empty value"),
        (["diagnostics", "--input=a", "--details"], "--details cannot be used here"),
        (["diagnostics", "--input=a", "--last=1"], "--last cannot be used here"),
        (["overview", "--input=a", "--app-version=8.0.1"], "--app-version cannot be used here"),
        (["overview", "--input=a", "--against=8.0.1"], "--against cannot be used here"),
        (["overview", "--input=a", "--last=2"], "--last cannot be used here"),
    ],
)
def test_usage_errors(argv: list[str], problem: str, run: Run) -> None:
    outcome = run("ppparser", *argv)
    assert (outcome.status, outcome.err.splitlines()[0]) == (2, f"ppparser: {problem}")


def test_each_file_is_checked_and_named(home: Path, run: Run) -> None:
    (home / "logs.json").write_bytes((DATA / "logs.json").read_bytes())
    (home / "metrics.json").write_bytes((DATA / "metrics.json").read_bytes())
    problem = "logs.json contains diagnostic logs, not metrics: use `ppparser diagnostics`"
    for files in (["metrics.json", "logs.json"], ["logs.json", "metrics.json"]):
        outcome = run("ppparser", "metrics", *(f"--input={name}" for name in files))
        assert outcome == (1, "", f"ppparser: {problem}\n")


# --- get-metrics-insights.py ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("get-metrics-insights-version.txt", ["--app-version=8.0.1", "--against=7.4.0"]),
        (
            "get-metrics-insights-last.txt",
            ["--last=2", "--metric=LAUNCH", "--device=all_iphones", "--percentile=top", "--details"],
        ),
    ],
)
def test_script_judges_and_shows_other_versions(
    api: FakeAPI, run: Run, name: str, options: list[str], check: Check
) -> None:
    check(succeeded(run("get-metrics-insights.py", BUNDLE_ID, *options)), name)


@pytest.mark.parametrize("option", ["--app-version", "--against"])
def test_unknown_version_is_status_1_with_a_list(option: str, api: FakeAPI, run: Run) -> None:
    known = "8.1.0, 8.0.1, 8.0.0, 7.5.0, 7.4.0, 7.3.0, 7.2.1, 7.2.0"
    problem = f"get-metrics-insights.py: the report has no version 8.0.9. It has: {known}\n"
    assert run("get-metrics-insights.py", BUNDLE_ID, f"{option}=8.0.9") == (1, "", problem)


def test_version_without_data_yet_is_status_1(api: FakeAPI, run: Run) -> None:
    problem = "get-metrics-insights.py: the report has no data for 8.2 yet; the newest version is 8.1.0\n"
    assert run("get-metrics-insights.py", BUNDLE_ID, "--app-version=8.2", "--fail-above=10") == (1, "", problem)


def test_last_takes_a_number_before_anything_is_requested(api: FakeAPI, run: Run) -> None:
    outcome = run("get-metrics-insights.py", BUNDLE_ID, "--last=x")
    assert (outcome.status, api.requests) == (2, [])


@pytest.mark.parametrize("option", ["--app-version=8.0.1", "--against=8.0.1", "--last=2"])
def test_overview_has_no_other_versions_to_judge(option: str, api: FakeAPI, run: Run) -> None:
    name = option.split("=")[0]
    outcome = run("get-metrics-insights.py", BUNDLE_ID, "--overview", option)
    problem = f"get-metrics-insights.py: --overview and {name} cannot be combined"
    assert (outcome.status, outcome.err.splitlines()[0], api.requests) == (2, problem, [])
