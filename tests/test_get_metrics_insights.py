"""Tests of get-metrics-insights.py against the stand-in for the API.

The expected output in `data` is what this writes, with the arguments that the test of NAME gives:
`python3 tests/app_store_connect.py get-metrics-insights.py ARG... > tests/data/NAME`
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Callable

import fleet
import pytest
from app_store_connect import METRICS, AppStoreConnect
from conftest import Outcome
from programs import DATA, expected, ppparser, python, spawn, spawn_on_terminal

Run = Callable[..., Outcome]
Captured = pytest.CaptureFixture[str]

SCRIPT = "get-metrics-insights.py"
PATH = f"/v1/apps/{fleet.APP_ID}/perfPowerMetrics"
USAGE = """\
Usage:
    get-metrics-insights.py [options] APP_ID
    get-metrics-insights.py [options] --build=BUILD_ID
    get-metrics-insights.py -h
"""


@pytest.fixture
def small(api: AppStoreConnect) -> AppStoreConnect:
    """A stand-in that answers with the small report in `data`."""
    api.answers[PATH] = (200, METRICS, (DATA / "metrics.json").read_bytes())
    return api


def paths(api: AppStoreConnect) -> list[str]:
    return [request.path for request in api.requests]


# --- what is printed --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("app", [fleet.APP_ID, fleet.BUNDLE_ID])
def test_an_app_s_hotspots_are_printed_over_one_connection(api: AppStoreConnect, run: Run, app: str) -> None:
    assert run(SCRIPT, app) == (0, expected("get-metrics-insights.txt"), "")
    assert (paths(api)[-1], api.connections) == (PATH, 1)


def test_a_bundle_id_is_found_in_any_case(api: AppStoreConnect, run: Run) -> None:
    # Whether the API's filter counts case is not documented; the answer may hold others, too.
    api.answers["/v1/apps"] = (200, "application/json", json.dumps({"data": fleet.apps()}).encode())
    assert run(SCRIPT, fleet.BUNDLE_ID.upper()) == (0, expected("get-metrics-insights.txt"), "")


def test_the_first_screen_names_the_worst_regression_its_device_and_its_change(api: AppStoreConnect, run: Run) -> None:
    first = run(SCRIPT, fleet.BUNDLE_ID).out.splitlines()[0]
    assert first == "Worst in 8.1.0: LAUNCH launchTime +103.7 % on iPhone 14 Pro (iPhone15_2); 2 more"


def test_a_build_s_metrics_are_printed_as_they_come_without_insights(api: AppStoreConnect, run: Run) -> None:
    assert run(SCRIPT, f"--build={fleet.BUILD_ID}", "--device=all_iphones", "--metric=LAUNCH") == (
        0,
        expected("get-metrics-insights-build.txt"),
        "",
    )
    assert paths(api) == [f"/v1/builds/{fleet.BUILD_ID}/perfPowerMetrics"]


@pytest.mark.parametrize(
    "filters",
    [["--metric=diskwrites", "--device=iPhone14,5", "--platform=ios"], ["-m", "DISK", "-d", "iphone 13", "-p", "iOS"]],
)
def test_filters_leave_the_hotspots_that_fit(api: AppStoreConnect, run: Run, filters: list[str]) -> None:
    assert run(SCRIPT, *filters, fleet.APP_ID) == (0, expected("get-metrics-insights-filtered.txt"), "")


def test_without_a_regression_the_version_is_named(api: AppStoreConnect, run: Run) -> None:
    assert run(SCRIPT, "--metric=HANG", "--device=iPad13,18", fleet.APP_ID) == (
        0,
        "No regressions in version 8.1.0 that fit the filters\n\n",
        "",
    )


def test_colour_adds_escape_sequences_and_nothing_else(
    api: AppStoreConnect, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    out = run(SCRIPT, fleet.APP_ID).out
    assert "\x1b" in out
    assert re.sub(r"\x1b\[[0-9;]*m", "", out) == expected("get-metrics-insights.txt")


def test_scorecard_and_insights_are_those_that_ppparser_prints_of_the_saved_answer(
    api: AppStoreConnect, run: Run, capsys: Captured
) -> None:
    downloaded = run(SCRIPT, "--output=saved.json", fleet.APP_ID).out
    scorecard = downloaded.partition("Regressions: 3\n")[0]
    insights = ppparser(capsys, "metrics", "--input=saved.json", "--auto_insights").out.split("\n\n")
    assert ppparser(capsys, "metrics", "--input=saved.json").out.startswith(scorecard)
    assert len(insights) == 7  # two headings, three regressions, an upward trend, the end
    assert [part for part in insights if part not in downloaded] == []


def test_a_build_prints_what_ppparser_prints_of_the_saved_answer(
    api: AppStoreConnect, run: Run, capsys: Captured
) -> None:
    downloaded = run(SCRIPT, "--output=saved.json", f"--build={fleet.BUILD_ID}")
    assert downloaded == ppparser(capsys, "metrics", "--input=saved.json")
    assert downloaded.status == 0


def test_numbers_are_printed_and_saved_as_apple_writes_them(small: AppStoreConnect, run: Run, home: Path) -> None:
    out = run(SCRIPT, "--output=saved.json", fleet.APP_ID, "--device=iPhone13,3", "--metric=launchTime").out
    assert "      ms        1201.0  2014.30\n" in out
    assert (home / "saved.json").read_bytes() == (DATA / "metrics.json").read_bytes()


# --- what ends otherwise ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("argv", "status"),
    [
        ([fleet.APP_ID], 4),
        (["--device=iPhone13,3", fleet.APP_ID], 4),
        (["--platform=visionOS", fleet.APP_ID], 0),
        (["--metric=TERMINATION", fleet.APP_ID], 0),
    ],
)
def test_fail_on_regression_ends_with_4_where_the_filters_leave_one_and_prints_as_usual(
    small: AppStoreConnect, run: Run, argv: list[str], status: int
) -> None:
    usual = run(SCRIPT, *argv)
    assert usual.status == 0
    outcome = run(SCRIPT, "--fail-on-regression", *argv)
    assert (outcome.status, outcome.out, bool(outcome.err)) == (status, usual.out, status == 4)


def test_fail_on_regression_counts_with_the_answer_on_standard_output_too(small: AppStoreConnect, run: Run) -> None:
    answer = (DATA / "metrics.json").read_text("utf-8")
    assert run(SCRIPT, "--fail-on-regression", "--output=-", fleet.APP_ID)[:2] == (4, answer)


def test_fail_on_regression_says_that_a_build_has_nothing_to_judge_by(api: AppStoreConnect, run: Run) -> None:
    outcome = run(SCRIPT, f"--build={fleet.BUILD_ID}", "--fail-on-regression")
    assert (outcome.status, outcome.err) == (
        0,
        "--fail-on-regression: the report has no insights to judge by; an app's report has, a build's has not\n",
    )


@pytest.mark.parametrize("app", [fleet.SMALL_APP_ID, fleet.SMALL_BUNDLE_ID])
def test_an_app_below_the_usage_threshold_is_told_so(api: AppStoreConnect, run: Run, app: str) -> None:
    assert run(SCRIPT, app) == (
        1,
        "",
        "get-metrics-insights.py: the report holds no metrics: Apple gives none below its usage threshold and "
        "in the first days after\n"
        "  a release, and the threshold differs per metric. Ask again when more people use the app\n",
    )


def test_an_unknown_bundle_id_is_answered_with_those_there_are(api: AppStoreConnect, run: Run) -> None:
    known = f"{fleet.BUNDLE_ID} ({fleet.APP_ID}), {fleet.SMALL_BUNDLE_ID} ({fleet.SMALL_APP_ID})"
    assert run(SCRIPT, "com.example.lost") == (
        1,
        "",
        f"get-metrics-insights.py: no apps of this key have the bundle ID com.example.lost. It has: {known}\n",
    )


def test_what_is_no_app_is_refused_before_anything_is_asked(api: AppStoreConnect, run: Run) -> None:
    assert run(SCRIPT, "My App") == (
        1,
        "",
        "get-metrics-insights.py: an app is given by its ID, a number, or by its bundle ID, such as com.example.app\n",
    )
    assert paths(api) == []


def test_a_filter_that_nothing_fits_is_refused_with_what_there_is(small: AppStoreConnect, run: Run) -> None:
    assert run(SCRIPT, "--platform=tvOS", fleet.APP_ID) == (
        1,
        "",
        "get-metrics-insights.py: the report has no platform tvOS. It has: iOS, visionOS\n",
    )


@pytest.mark.parametrize(
    ("argv", "problem"),
    [
        ([], "APP_ID is missing"),
        (["--build"], "--build requires argument"),
        ([fleet.APP_ID, f"--build={fleet.BUILD_ID}"], "--build does not belong here"),
        ([fleet.APP_ID, "--csv"], "there is no option --csv"),
    ],
)
def test_a_usage_error_says_what_is_wrong_and_asks_nothing(
    api: AppStoreConnect, run: Run, argv: list[str], problem: str
) -> None:
    assert run(SCRIPT, *argv) == (2, "", f"{SCRIPT}: {problem}\n{USAGE}")
    assert paths(api) == []


# --- processes --------------------------------------------------------------------------------------------------------


def test_the_script_runs_from_any_folder_and_waits_for_nobody(api: AppStoreConnect, home: Path) -> None:
    environment = {**api.environment(home), "HOME": str(home)}
    assert spawn([*python(SCRIPT), fleet.APP_ID], environment, cwd=home) == (
        0,
        expected("get-metrics-insights.txt"),
        "",
    )


def test_head_ends_a_saved_answer_quietly(api: AppStoreConnect, home: Path) -> None:
    bash = shutil.which("bash")
    assert bash, "this test runs bash, which is not installed"
    piped = [bash, "-o", "pipefail", "-c", '"$@" | head -c 12', "bash", *python(SCRIPT), "--output=-", fleet.APP_ID]
    assert spawn(piped, {**api.environment(home), "HOME": str(home), "PATH": os.defpath}) == (0, '{"version": ', "")


def test_on_a_terminal_a_line_says_what_is_fetched_and_goes_away(api: AppStoreConnect, home: Path) -> None:
    environment = {**api.environment(home), "HOME": str(home)}
    assert spawn_on_terminal([*python(SCRIPT), fleet.BUNDLE_ID], environment) == (
        0,
        expected("get-metrics-insights.txt"),
        f"\r\x1b[Kfetching the app {fleet.BUNDLE_ID}, page 1"
        "\r\x1b[Kfetching the metrics, nothing left after them"
        "\r\x1b[K",
    )


def test_a_gate_stays_shut_where_the_reader_of_the_answer_went_away(small: AppStoreConnect, home: Path) -> None:
    environment = {name: os.environ[name] for name in ("ISSUER_ID", "KEY_ID", "KEY_FILE_PATH", "APP_STORE_CONNECT_URL")}
    reader, writer = os.pipe()
    os.close(reader)
    command = python(SCRIPT, "--output=-", "--fail-on-regression", fleet.APP_ID)
    done = subprocess.run(command, stdout=writer, stderr=subprocess.PIPE, env=environment, check=False)
    os.close(writer)
    assert (done.returncode, done.stderr) == (
        4,
        b"--fail-on-regression: 2 regressions: LAUNCH launchTime, BATTERY onScreen\n",
    )
