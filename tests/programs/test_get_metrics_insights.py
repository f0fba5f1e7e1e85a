"""get-metrics-insights.py against the fake API."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests import fake_api
from tests.fake_api import (
    APP_ID,
    BUILD_ID,
    BUNDLE_ID,
    METRICS_TYPE,
    OVERVIEW_TYPE,
    SMALL_APP_ID,
    SMALL_BUNDLE_ID,
    FakeAPI,
)
from tests.helpers.html_text import page_lines
from tests.helpers.support import DATA, Check, Run, command, expected, spawn, spawn_on_terminal, succeeded, usage_errors

SCRIPT, LOGS_SCRIPT = "get-metrics-insights.py", "get-diagnostics-logs.py"
PATH = f"/v1/apps/{APP_ID}/perfPowerMetrics"


@pytest.fixture
def small(api: FakeAPI) -> FakeAPI:
    """Return a fake API that sends the small report in `data`."""
    api.responses[PATH] = (200, METRICS_TYPE, (DATA / "metrics.json").read_bytes())
    return api


def paths(api: FakeAPI) -> list[str]:
    return [request.path for request in api.requests]


# --- output -----------------------------------------------------------------------------------------------------------


def test_verdict_on_an_app_takes_one_connection(api: FakeAPI, run: Run, check: Check) -> None:
    check(succeeded(run(SCRIPT, BUNDLE_ID)), "get-metrics-insights.txt")
    assert (paths(api)[-1], api.connections) == (PATH, 1)


OUTPUT = {
    "get-metrics-insights-quiet.txt": [BUNDLE_ID, "--metric=DISK", "--device=iPhone 15 Pro"],
    "get-metrics-insights-build-details.txt": [
        *(f"--build={BUILD_ID}", "--device=all_iphones", "--metric=LAUNCH", "--details")
    ],
    "get-metrics-insights-overview-details.txt": [
        *(BUNDLE_ID, "--overview", "--details", "--metric=DISK", "--percentile=top")
    ],
    "get-metrics-insights.md": [BUNDLE_ID, "--format=markdown"],
    "get-metrics-insights-overview.md": [BUNDLE_ID, "--overview", "--metric=LAUNCH", "--format=markdown"],
    "get-metrics-insights-details.md": [
        *(BUNDLE_ID, "--metric=TERMINATION", "--device=all_ipads", "--details", "--format=markdown")
    ],
    "get-metrics-insights.json": [
        *(BUNDLE_ID, "--metric=LAUNCH", "--device=all_iphones", "--details", "--format=json")
    ],
    "get-metrics-insights-page.txt": [BUNDLE_ID, "--format=html"],
    "get-metrics-insights-page-details.txt": [
        *(BUNDLE_ID, "--metric=DISK", "--device=iPhone14,5", "--details", "--format=html")
    ],
    "get-metrics-insights-page-overview.txt": [BUNDLE_ID, "--overview", "--metric=LAUNCH", "--format=html"],
}


@pytest.mark.parametrize("name", OUTPUT)
def test_output_is_as_expected(api: FakeAPI, run: Run, name: str, check: Check) -> None:
    out = succeeded(run(SCRIPT, *OUTPUT[name]))
    assert out.isascii() or "-page" not in name
    check(page_lines(out) if "-page" in name else out, name)


@pytest.mark.parametrize(
    ("argv", "command"),
    [
        (
            [BUNDLE_ID, "-d", "iPhone 15 Pro", "--metric=DISK", "--output=m.json"],
            f"{SCRIPT} {BUNDLE_ID} '--device=iPhone 15 Pro' --metric=DISK --details",
        ),
        ([BUNDLE_ID, "--device=iPhone15,2"], f"{LOGS_SCRIPT} --app={BUNDLE_ID} --device=iPhone15,2 --type=LAUNCHES"),
    ],
)
def test_next_step_repeats_the_filters(api: FakeAPI, run: Run, argv: list[str], command: str) -> None:
    assert run(SCRIPT, *argv).out.splitlines()[-1] == f"python3 {command}"


@pytest.mark.parametrize(
    ("argv", "logs"),
    [
        ([f"--build={BUILD_ID}"], BUILD_ID),
        ([BUNDLE_ID, "--build-number=431"], f"--app={BUNDLE_ID} --build-number=431"),
        ([BUNDLE_ID, "--build-number=431", "-p", "ios"], f"--app={BUNDLE_ID} --platform=IOS --build-number=431"),
    ],
)
def test_next_step_is_about_the_same_build(small: FakeAPI, run: Run, argv: list[str], logs: str) -> None:
    small.responses[f"/v1/builds/{BUILD_ID}/perfPowerMetrics"] = small.responses[PATH]
    assert run(SCRIPT, *argv).out.splitlines()[-1] == f"python3 {LOGS_SCRIPT} {logs} --type=LAUNCHES"


def test_app_without_a_bundle_id_is_named_by_its_id(api: FakeAPI, run: Run) -> None:
    renamed = expected("get-metrics-insights.txt").replace("Ridgeline (com.example.ridgeline)", f"App {APP_ID}")
    assert run(SCRIPT, APP_ID) == (0, renamed.replace(BUNDLE_ID, APP_ID), "")


def test_case_of_a_bundle_id_is_ignored(api: FakeAPI, run: Run) -> None:
    # Apple does not document whether the filter ignores case; the response may contain other apps, too.
    api.responses["/v1/apps"] = (200, "application/json", json.dumps({"data": fake_api.apps()}).encode())
    out = run(SCRIPT, BUNDLE_ID.upper()).out
    assert out.replace(BUNDLE_ID.upper(), BUNDLE_ID) == expected("get-metrics-insights.txt")


def test_verdict_fits_on_one_screen() -> None:
    lines = expected("get-metrics-insights.txt").splitlines()
    assert max(map(len, lines)) <= 80
    assert len(lines) < 50
    assert lines.index("", lines.index("") + 1) < 24  # where the scorecard ends


def test_details_add_tables_and_sentences(api: FakeAPI, run: Run, check: Check) -> None:
    details = succeeded(run(SCRIPT, BUNDLE_ID, "--details"))
    check(details, "get-metrics-insights-details.txt")
    verdict = expected("get-metrics-insights.txt").splitlines()
    assert [line for line in verdict if line not in details.splitlines()] == [
        "^  MEMORY peakMemory: top +10 % on All iPads, 611.75 to 673 MB"
    ]


def test_percentile_is_selected(api: FakeAPI, run: Run) -> None:
    out = run(SCRIPT, BUNDLE_ID, "--percentile=typical").out
    assert "typical (50th)" in out
    assert "top" not in out


def test_verdict_on_a_build_has_goals_but_no_changes(api: FakeAPI, run: Run, check: Check) -> None:
    out = succeeded(run(SCRIPT, BUNDLE_ID, "--build-number=431"))
    check(out, "get-metrics-insights-build.txt")
    assert paths(api)[-1] == f"/v1/builds/{BUILD_ID}/perfPowerMetrics"
    out = out.replace("Ridgeline (com.example.ridgeline), build 431", f"Build {BUILD_ID}")
    out = out.replace(f"{BUNDLE_ID} --build-number=431", f"--build={BUILD_ID}")
    assert run(SCRIPT, f"--build={BUILD_ID}") == (0, out, "")


def test_next_step_is_about_the_same_platform(api: FakeAPI, run: Run) -> None:
    body = (DATA / "metrics.json").read_bytes().replace(b'"iOS"', b'"macOS"')
    api.responses[PATH] = (200, METRICS_TYPE, body)
    last_line = run(SCRIPT, APP_ID, "--platform=macos").out.splitlines()[-1]
    assert last_line == f"python3 {LOGS_SCRIPT} --app={APP_ID} --platform=MAC_OS --type=LAUNCHES"


def test_build_is_found_by_its_version(api: FakeAPI, run: Run) -> None:
    title = run(SCRIPT, BUNDLE_ID, "--build-number=8.0.1").out.splitlines()[0]
    assert title == "Ridgeline (com.example.ridgeline), build 424, version 8.0.1 on iOS"


@pytest.mark.parametrize(("platform", "number"), [("macOS", "77"), ("iOS", "431")])
def test_platform_selects_among_the_builds_of_a_version(api: FakeAPI, run: Run, platform: str, number: str) -> None:
    run(SCRIPT, BUNDLE_ID, "--build-number=8.1.0", f"--platform={platform}")
    build = next(build for build in fake_api.BUILDS if build.number == number)
    assert paths(api)[-1] == f"/v1/builds/{build.id}/perfPowerMetrics"


@pytest.mark.parametrize(
    "filters",
    [["--metric=diskwrites", "--device=iPhone14,5", "--platform=ios"], ["-m", "DISK", "-d", "iphone 13", "-p", "iOS"]],
)
def test_filters_narrow_the_verdict(api: FakeAPI, run: Run, filters: list[str], check: Check) -> None:
    out = succeeded(run(SCRIPT, *filters, BUNDLE_ID))
    # The logs know the model, but not the marketing name.
    check(out.replace(" --device=iPhone14,5", ""), "get-metrics-insights-filtered.txt")


def test_colour_only_adds_escape_sequences(
    api: FakeAPI, run: Run, monkeypatch: pytest.MonkeyPatch, check: Check
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    out = run(SCRIPT, BUNDLE_ID).out
    assert "\x1b" in out
    check(out, "get-metrics-insights-colour.txt")
    assert re.sub(r"\x1b\[[0-9;]*m", "", out) == expected("get-metrics-insights.txt")


# --- the performance overview -----------------------------------------------------------------------------------------

OVERVIEW_PATH = f"/v1/apps/{APP_ID}/performanceOverviews"


def test_overview_takes_one_request(api: FakeAPI, run: Run, check: Check) -> None:
    check(succeeded(run(SCRIPT, BUNDLE_ID, "--overview")), "get-metrics-insights-overview.txt")
    api.requests.clear()
    assert run(SCRIPT, APP_ID, "--overview") == (0, overview_by_id(), "")
    assert paths(api) == [OVERVIEW_PATH]


def overview_by_id() -> str:
    """Return the expected overview of an app that is given by its ID: its name is not looked up."""
    named = expected("get-metrics-insights-overview.txt").replace(f"Ridgeline ({BUNDLE_ID})", BUNDLE_ID)
    return named.replace(f"--app={BUNDLE_ID}", f"--app={APP_ID}")


def test_overview_fits_on_one_screen() -> None:
    lines = expected("get-metrics-insights-overview.txt").splitlines()
    assert max(map(len, lines)) <= 80
    assert len(lines) < 50


def test_details_of_an_overview_fit_into_eighty_columns(api: FakeAPI, run: Run) -> None:
    lines = run(SCRIPT, BUNDLE_ID, "--overview", "--details").out.splitlines()
    assert [line for line in lines if len(line) > 80 and not line.startswith("python3 ")] == []


def test_model_is_selected_by_the_api_and_the_filter(api: FakeAPI, run: Run, check: Check) -> None:
    by_model = succeeded(run(SCRIPT, APP_ID, "--overview", "--device=iphone15,2"))
    check(by_model, "get-metrics-insights-overview-device.txt")
    by_name = run(SCRIPT, APP_ID, "--overview", "--device=iPhone 14 Pro").out
    # The logs know the model, but not the marketing name.
    assert by_name == by_model.replace(" --device=iphone15,2", "")
    assert paths(api) == [f"{OVERVIEW_PATH}?filter%5BdeviceType%5D=iPhone15_2", OVERVIEW_PATH]


def test_colour_of_an_overview_only_adds_sequences(api: FakeAPI, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    out = run(SCRIPT, BUNDLE_ID, "--overview").out
    assert "\x1b[1mTrailCatalog.swift:83\x1b[0m" in out
    assert re.sub(r"\x1b\[[0-9;]*m", "", out) == expected("get-metrics-insights-overview.txt")


@pytest.mark.parametrize("options", [[], ["--details"], ["--metric=LAUNCH"], ["--device=iPhone 13"]])
def test_ppparser_prints_a_saved_overview_alike(api: FakeAPI, run: Run, options: list[str]) -> None:
    out = run(SCRIPT, "--output=saved.json", APP_ID, "--overview", *options).out
    saved = run("ppparser", "overview", "--input=saved.json", *options)
    assert saved == (0, out.replace(f"--app={APP_ID}", f"--app={BUNDLE_ID}"), "")


def test_dash_prints_the_overview_as_received(api: FakeAPI, run: Run) -> None:
    body = b'{"categories": [{"sections": [{"datasets": [{"points": [{"value": 1.50}]}]}]}]}'
    api.responses[OVERVIEW_PATH] = (200, OVERVIEW_TYPE, body)
    assert run(SCRIPT, APP_ID, "--overview", "--output=-") == (0, body.decode(), "")


@pytest.mark.parametrize(
    ("options", "status", "err"),
    [
        (["--fail-on-regression"], 4, "the gate failed for 8.1.0 on iOS: 7 reasons"),
        (["--fail-on-regression", "--metric=HANG"], 4, "the gate failed for 8.1.0 on iOS: 2 reasons"),
        (["--fail-on-regression", "--metric=MEMORY"], 0, ""),
        (["--fail-above=50"], 4, "the gate failed for 8.1.0 on iOS: 1 reason; 1 measurement cannot be judged"),
        (["--fail-above=50", "--metric=MEMORY"], 0, ""),
        (["--fail-below-goal=fair", "--metric=DISK"], 4, "the gate failed for 8.1.0 on iOS: 1 reason"),
    ],
)
def test_gate_judges_an_overview(api: FakeAPI, run: Run, options: list[str], status: int, err: str) -> None:
    filters = [option for option in options if option.startswith("--metric")]
    out = run(SCRIPT, APP_ID, "--overview", *filters).out
    judged = run(SCRIPT, APP_ID, "--overview", *options)
    assert judged.out.startswith(f"{out}\nGate {'failed' if status else 'passed'}")
    assert (judged.status, judged.err.split("\n")[0]) == (status, f"{SCRIPT}: {err}" if err else "")


def test_gate_fails_for_an_overview_without_insights(api: FakeAPI, run: Run, check: Check) -> None:
    overview = {name: member for name, member in fake_api.overview().items() if name != "insights"}
    api.responses[OVERVIEW_PATH] = (200, OVERVIEW_TYPE, json.dumps(overview).encode())
    judged = run(SCRIPT, APP_ID, "--overview", "--fail-on-regression")
    assert (judged.status, judged.out.splitlines()[1]) == (1, "No insights to judge by")
    check(judged.err)


def test_next_step_of_an_overview_without_code_is_details(api: FakeAPI, run: Run) -> None:
    out = run(SCRIPT, APP_ID, "--overview", "--metric=STORAGE").out
    command = f"python3 {SCRIPT} {APP_ID} --metric=STORAGE --overview --details"
    assert out.splitlines()[-2:] == ["Next, all measurements:", command]


def test_app_without_an_overview_is_told_why(api: FakeAPI, run: Run) -> None:
    outcome = run(SCRIPT, SMALL_BUNDLE_ID, "--overview")
    problem = f"{SCRIPT}: the overview of {SMALL_BUNDLE_ID} contains no data:\n  Apple provides none below its usage"
    assert (outcome.status, outcome.out) == (1, "")
    assert outcome.err.startswith(problem)


def test_metrics_in_place_of_an_overview_are_rejected(api: FakeAPI, run: Run) -> None:
    api.responses[OVERVIEW_PATH] = (200, OVERVIEW_TYPE, (DATA / "metrics.json").read_bytes())
    outcome = run(SCRIPT, APP_ID, "--overview", "--output=saved.json")
    problem = f"{SCRIPT}: the response to GET {OVERVIEW_PATH} contains metrics, not a performance overview\n"
    assert (outcome.status, outcome.out) == (3, "")
    assert outcome.err.startswith(problem)
    assert not Path("saved.json").exists()


# --- saving -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "options", [[], ["--details"], ["--metric=LAUNCH"], ["--device=iPhone 13", "--percentile=top"]]
)
def test_ppparser_prints_the_same_except_app_and_next_step(api: FakeAPI, run: Run, options: list[str]) -> None:
    title, *downloaded = run(SCRIPT, "--output=saved.json", BUNDLE_ID, *options).out.splitlines()
    saved = run("ppparser", "metrics", "--input=saved.json", "--auto_insights", *options).out.splitlines()
    assert [title.replace("Ridgeline (com.example.ridgeline), v", "V"), *downloaded[:-1]] == saved[:-1]
    assert (downloaded[-1].replace(BUNDLE_ID, "APP")) == saved[-1]


def test_ppparser_prints_the_same_of_a_saved_build(api: FakeAPI, run: Run) -> None:
    _, *downloaded = run(SCRIPT, "--output=saved.json", f"--build={BUILD_ID}").out.splitlines()
    _, *saved = run("ppparser", "metrics", "--input=saved.json", "--auto_insights").out.splitlines()
    assert saved[:-1] == downloaded[:-1]
    assert saved[-1] == "python3 ppparser metrics --auto_insights --input=saved.json --details"


def test_numbers_are_printed_and_saved_as_received(small: FakeAPI, run: Run, home: Path) -> None:
    out = run(SCRIPT, "-o", "saved.json", APP_ID, "--device=iPhone13,3", "--details").out
    assert "      ms        1201.0  2014.30\n" in out
    assert (home / "saved.json").read_bytes() == (DATA / "metrics.json").read_bytes()


def test_dash_prints_the_response_and_nothing_else(small: FakeAPI, run: Run) -> None:
    assert run(SCRIPT, "--output=-", APP_ID) == (0, (DATA / "metrics.json").read_text("utf-8"), "")


def test_stdout_by_its_path_receives_response_and_report(small: FakeAPI) -> None:
    outcome = spawn(command(SCRIPT, "--output=/dev/stdout", APP_ID), dict(os.environ))
    response = (DATA / "metrics.json").read_text("utf-8")
    assert (outcome.status, outcome.err) == (0, "")
    assert outcome.out.startswith(response)
    assert "launchTime" in outcome.out[len(response) :]


def test_rejected_response_leaves_the_old_file(api: FakeAPI, run: Run, home: Path) -> None:
    (home / "saved.json").write_bytes(b"old")
    api.responses[PATH] = (200, METRICS_TYPE, b"<html>")
    assert run(SCRIPT, "--output=saved.json", APP_ID).status == 3
    assert (home / "saved.json").read_bytes() == b"old"


# --- the gate ---------------------------------------------------------------------------------------------------------

GATED = [
    [APP_ID],
    ["--device=iPhone13,3", "--metric=LAUNCH", APP_ID],
    ["--platform=visionOS", APP_ID],
    ["--metric=TERMINATION", APP_ID],
]


def test_gate_judges_what_is_printed(small: FakeAPI, run: Run, check: Check) -> None:
    messages = []
    for argv in GATED:
        without_gate = succeeded(run(SCRIPT, *argv))
        status, out, err = run(SCRIPT, "--fail-on-regression", *argv)
        # The next step does not repeat the option.
        assert out.startswith(f"{without_gate}\nGate {'failed' if status else 'passed'}")
        messages.append(f"{' '.join(argv)}: status {status}\n{err}")
    check(messages)


def test_gate_judges_a_response_on_stdout_too(small: FakeAPI, run: Run) -> None:
    judged = run(SCRIPT, "--fail-on-regression", APP_ID)
    response = (DATA / "metrics.json").read_text("utf-8")
    assert run(SCRIPT, "--fail-on-regression", "--output=-", APP_ID) == (4, response, judged.err)


def test_response_is_saved_before_the_gate_fails(small: FakeAPI, run: Run, home: Path) -> None:
    assert run(SCRIPT, "--fail-on-regression", "--output=saved.json", APP_ID).status == 4
    assert (home / "saved.json").read_bytes() == (DATA / "metrics.json").read_bytes()


def test_gate_fails_for_a_build(api: FakeAPI, run: Run, check: Check) -> None:
    judged = run(SCRIPT, f"--build={BUILD_ID}", "--fail-on-regression")
    assert judged.status == 1
    assert judged.out.startswith(f"{run(SCRIPT, f'--build={BUILD_ID}').out}\nGate cannot judge this report\n")
    check(judged.err)


def test_gate_judges_the_measurements_of_a_build(api: FakeAPI, run: Run) -> None:
    status, out, err = run(SCRIPT, APP_ID, "--build-number=424", "--fail-below-goal=fair", "--metric=LAUNCH")
    assert (status, err) == (0, "")
    assert out.endswith("Gate passed: no missed goal in 4 measurements (fair, or as recommended)\n")
    status, out, err = run(SCRIPT, APP_ID, "--build-number=424", "--fail-above=0", "--metric=LAUNCH")
    assert (status, err.splitlines()[0]) == (1, f"{SCRIPT}: the gate cannot judge 4 measurements of 8.0.1 on iOS")


def test_accepted_reasons_do_not_fail(api: FakeAPI, run: Run, home: Path) -> None:
    (home / "accept.txt").write_text("HANG hangRate typical until 8.2\nHANG hangRate top\nLAUNCH launchTime\n")
    outcome = run(SCRIPT, APP_ID, "--metric=HANG", "--fail-above=10", "--accept=accept.txt")
    assert (outcome.status, outcome.err) == (
        0,
        f"{SCRIPT}: accept.txt, line 3: this matches nothing here: LAUNCH launchTime\n",
    )
    assert [line for line in outcome.out.splitlines() if line.startswith("  accepted")] == [
        "  accepted until 8.2: HANG hangRate all_iphones typical: +22.2 % from 8.0.1",
        "  accepted: HANG hangRate all_iphones top: +18.6 % from 8.0.1 (4.69 to 5.56",
    ]


def test_acceptances_are_read_before_any_request(api: FakeAPI, run: Run) -> None:
    outcome = run(SCRIPT, APP_ID, "--fail-above=1", "--accept=f")
    assert outcome == (1, "", f"{SCRIPT}: cannot read f: No such file or directory\n")
    assert api.requests == []


# --- errors -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("app", [SMALL_APP_ID, SMALL_BUNDLE_ID])
def test_app_below_the_usage_threshold_is_explained(api: FakeAPI, run: Run, app: str, check: Check) -> None:
    status, out, err = run(SCRIPT, app)
    assert (status, out) == (1, "")
    check(err, "get-metrics-insights-no-metrics.txt")


def test_filter_without_a_match_lists_the_names(small: FakeAPI, run: Run) -> None:
    problem = "the report has no platform tvOS. It has: iOS, visionOS"
    assert run(SCRIPT, "--platform=tvOS", APP_ID) == (1, "", f"{SCRIPT}: {problem}\n")


USAGE_ERRORS = [
    [],
    [APP_ID, f"--build={BUILD_ID}"],
    [APP_ID, "--overview", "--build-number=431"],
    [f"--build={BUILD_ID}", "--overview"],
    [APP_ID, "--output="],
    [APP_ID, "--metric", ""],
    ["--build="],
    ["--build=424"],
    ["--build=com.example.ridgeline"],
    [""],
    [APP_ID, "--build-number="],
    [APP_ID, "--percentile="],
    # --- the gate
    [APP_ID, "--fail-above=ten"],
    [APP_ID, "--fail-below-goal=poor"],
    [APP_ID, "--accept=f"],
    # --- several apps
    ["1", "2", "--output=f.json"],
    ["--all-apps", "--output=-"],
    ["1", "--all-apps"],
    ["1", "2", "--build-number=3"],
    ["--all-apps", "--build-number=3"],
    ["1", ""],
]


def test_usage_errors_send_no_request(api: FakeAPI, run: Run, check: Check) -> None:
    check(usage_errors(run, SCRIPT, USAGE_ERRORS), "get-metrics-insights-usage-errors.txt")
    assert paths(api) == []


# --- processes --------------------------------------------------------------------------------------------------------


def test_head_ends_the_program_silently(api: FakeAPI) -> None:
    bash = shutil.which("bash", path=os.defpath)
    assert bash, "this test runs bash, which is not installed"
    argv = [bash, "-o", "pipefail", "-c", '"$@" | head -c 12', "bash", *command(SCRIPT, "--output=-", APP_ID)]
    assert spawn(argv, {**os.environ, "PATH": os.defpath}) == (0, '{"version": ', "")


def test_terminal_shows_what_is_fetched(api: FakeAPI) -> None:
    assert spawn_on_terminal(command(SCRIPT, BUNDLE_ID), dict(os.environ)) == (
        0,
        expected("get-metrics-insights.txt"),
        f"\r\x1b[Kfetching the app {BUNDLE_ID}, page 1\r\x1b[Kfetching the metrics\r\x1b[K",
    )


def test_gate_fails_although_the_reader_has_left(small: FakeAPI, run: Run) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    argv = command(SCRIPT, "--output=-", "--fail-on-regression", APP_ID)
    done = subprocess.run(argv, stdout=writer, stderr=subprocess.PIPE, check=False)
    os.close(writer)
    assert (done.returncode, done.stderr.decode()) == (4, run(SCRIPT, "--fail-on-regression", APP_ID).err)
