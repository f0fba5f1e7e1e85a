"""get-metrics-insights.py about several apps: a row per app, and the reports of those that have one."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests import fake_api
from tests.fake_api import APP_ID, BUNDLE_ID, SMALL_APP_ID, SMALL_BUNDLE_ID, FakeAPI
from tests.fake_api import faults as fake_faults
from tests.helpers import documents
from tests.helpers.support import Check, Run, expected, succeeded

SCRIPT = "get-metrics-insights.py"
COUNT = 100
# The title of a report in the demo.
VERDICT = ", version 8.1.0 on iOS\n"


def metrics_path(app_id: object) -> str:
    return f"/v1/apps/{app_id}/perfPowerMetrics"


def serve_apps(api: FakeAPI, count: int = COUNT) -> list[str]:
    """Serve the demo's report for apps with the IDs from 1, and return their bundle IDs."""
    names = [f"com.example.app{number}" for number in range(1, count + 1)]
    apps = [
        {"type": "apps", "id": str(number), "attributes": {"name": f"App {number}", "bundleId": name}}
        for number, name in enumerate(names, 1)
    ]
    api.responses["/v1/apps"] = (200, "application/json", json.dumps({"data": apps, "links": {}}).encode())
    body = json.dumps(fake_api.metrics()).encode()
    for number in range(1, count + 1):
        api.responses[metrics_path(number)] = (200, fake_api.METRICS_TYPE, body)
    return names


def test_two_apps_are_printed_as_expected(api: FakeAPI, run: Run, check: Check) -> None:
    check(succeeded(run(SCRIPT, SMALL_BUNDLE_ID, APP_ID)), "get-metrics-insights-apps.txt")


@pytest.mark.parametrize("apps", [["--all-apps"], [BUNDLE_ID, SMALL_APP_ID, APP_ID]])
def test_all_apps_are_those_of_the_key(api: FakeAPI, run: Run, apps: list[str]) -> None:
    assert run(SCRIPT, *apps) == (0, expected("get-metrics-insights-apps.txt"), "")


def test_verdict_of_each_app_is_that_of_the_app_alone(api: FakeAPI, run: Run) -> None:
    alone = run(SCRIPT, BUNDLE_ID, "--device=iPhone15,2", "--details")
    several = run(SCRIPT, BUNDLE_ID, SMALL_BUNDLE_ID, "--device=iPhone15,2", "--details")
    assert several.out.endswith(f"\n\n{alone.out.rstrip()}\n")


def test_overview_of_each_app_is_printed(api: FakeAPI, run: Run) -> None:
    alone = run(SCRIPT, BUNDLE_ID, "--overview")
    several = run(SCRIPT, "--all-apps", "--overview")
    assert several.out.endswith(f"\n\n{alone.out}")
    assert "the overview of com.example.cairn contains no data\n" in several.out


def test_csv_has_the_points_of_all_apps_under_one_header(api: FakeAPI, run: Run) -> None:
    names = serve_apps(api, 2)
    lines = run(SCRIPT, "--all-apps", "--format=csv", "--metric=LAUNCH", "--percentile=top").out.splitlines()
    assert [line.split(",")[-1] for line in lines[:: len(lines) // 2]] == ["app", *names]
    assert lines.count(lines[0]) == 1


def test_hundred_apps_stay_within_the_hourly_limit(api: FakeAPI, run: Run) -> None:
    serve_apps(api)
    outcome = run(SCRIPT, "--all-apps", "--metric=LAUNCH", "--format=json")
    apps = json.loads(outcome.out)["apps"]
    assert (outcome.status, outcome.err) == (0, "")
    assert [one["status"] for one in apps] == ["read"] * COUNT
    assert len(api.requests) == COUNT + 1
    assert api.connections <= 6


def test_named_apps_cost_one_list(api: FakeAPI, run: Run) -> None:
    names = serve_apps(api)
    assert run(SCRIPT, *names[:9], "--metric=LAUNCH").status == 0
    assert len(api.requests) == 10


def test_app_that_fails_does_not_hide_the_others(api: FakeAPI, run: Run, delays: list[float]) -> None:
    serve_apps(api, 3)
    failure = fake_faults.error(403, "FORBIDDEN_ERROR", "Forbidden", "This key may not read it.")
    api.path_faults[metrics_path(2)] = [failure]
    outcome = run(SCRIPT, "--all-apps", "--metric=LAUNCH")
    assert outcome.status == 3
    assert outcome.out.count(VERDICT) == 2
    assert re.search(
        "\n    App 2  [ -]*\n    cannot be read: App Store Connect responded 403 Forbidden to GET\n", outcome.out
    )
    problem = "App Store Connect responded 403 Forbidden to GET /v1/apps/2/perfPowerMetrics"
    assert outcome.err.startswith(f"{SCRIPT}: App 2 (com.example.app2): {problem}\n")


def test_app_without_access_is_not_a_failure(api: FakeAPI, run: Run) -> None:
    outcome = run(SCRIPT, "77", BUNDLE_ID, "--metric=LAUNCH")
    assert (outcome.status, outcome.err) == (0, "")
    row = "    App 77     -                  -  -                      -\n"
    assert f"{row}    never released, or not accessible" in outcome.out


@pytest.mark.parametrize(
    "options", [[], ["--format=json"], ["--format=markdown"], ["--format=csv"], ["--fail-on-regression"]]
)
def test_nothing_to_report_about_any_app_is_status_1(api: FakeAPI, run: Run, options: list[str]) -> None:
    outcome = run(SCRIPT, "77", SMALL_BUNDLE_ID, *options)
    assert (outcome.status, outcome.err) == (1, f"{SCRIPT}: there is no report about any of the apps\n")
    assert outcome.out


def test_filter_without_a_match_in_an_app_is_in_its_row(api: FakeAPI, run: Run) -> None:
    serve_apps(api, 2)
    empty = {"productData": [{"platform": "macOS", "metricCategories": [{"identifier": "HANG", "metrics": [{}]}]}]}
    api.responses[metrics_path(2)] = (200, fake_api.METRICS_TYPE, json.dumps(empty).encode())
    outcome = run(SCRIPT, "1", "2", "--platform=iOS")
    assert outcome.status == 0
    assert "    the report has no platform iOS\n" in outcome.out


# --- the gate


def test_gate_judges_every_app(api: FakeAPI, run: Run, home: Path, check: Check) -> None:
    serve_apps(api, 2)
    argv = ["--all-apps", "--metric=HANG", "--percentile=top", "--fail-on-regression"]
    status, out, err = run(SCRIPT, *argv)
    assert (status, out.count("\nGate failed for 8.1.0 on iOS: 1 reason\n")) == (4, 2)
    check(err)
    (home / "accept.txt").write_text("HANG hangRate\nDISK diskWrites\n")
    status, out, err = run(SCRIPT, *argv, "--accept=accept.txt")
    assert (status, err) == (0, f"{SCRIPT}: accept.txt, line 2: this matches nothing here: DISK diskWrites\n")
    assert out.count("\nGate passed: ") == 2


def test_failed_gate_takes_precedence_over_the_api(api: FakeAPI, run: Run) -> None:
    serve_apps(api, 2)
    failure = fake_faults.error(403, "FORBIDDEN_ERROR", "Forbidden", "This key may not read it.")
    api.path_faults[metrics_path(2)] = [failure] * 2
    status, _, err = run(SCRIPT, "--all-apps", "--metric=HANG", "--percentile=top", "--fail-on-regression")
    assert status == 4
    assert err.startswith(f"{SCRIPT}: App 2 (com.example.app2): App Store Connect responded 403")
    assert err.splitlines()[-2] == f"{SCRIPT}: the gate failed: 1 reason"
    status, _, err = run(SCRIPT, "--all-apps", "--metric=MEMORY", "--fail-above=50")
    assert (status, "gate" in err) == (3, False)


def test_gate_passes_apps_of_the_key_that_have_no_data(api: FakeAPI, run: Run) -> None:
    argv = [SCRIPT, "--all-apps", "--metric=MEMORY", "--fail-above=50"]
    warning = f"{SCRIPT}: not judged, as there is no report: Cairn (com.example.cairn)\n"
    assert run(*argv)[::2] == (0, warning)
    assert run(*argv, "--app-version=8.1.0").status == 1


def test_gate_does_not_pass_a_named_app_without_a_report(api: FakeAPI, run: Run, check: Check) -> None:
    status, _, err = run(SCRIPT, "77", BUNDLE_ID, SMALL_BUNDLE_ID, "--metric=MEMORY", "--fail-above=50")
    assert status == 1
    check(err)


def test_apps_of_the_same_name_are_judged_apart(api: FakeAPI, run: Run) -> None:
    serve_apps(api, 2)
    apps = [{"type": "apps", "id": number, "attributes": {"name": "X", "bundleId": "com.x"}} for number in ("1", "2")]
    api.responses["/v1/apps"] = (200, "application/json", json.dumps({"data": apps}).encode())
    good = json.dumps({"productData": [], **documents.insight("A", "b")}).encode()
    api.responses[metrics_path(2)] = (200, fake_api.METRICS_TYPE, good)
    assert run(SCRIPT, "--all-apps", "--fail-on-regression").status == 4


def test_hourly_limit_ends_the_requests(api: FakeAPI, run: Run, delays: list[float]) -> None:
    serve_apps(api)
    limit = fake_faults.error(429, "RATE_LIMIT_EXCEEDED", "Limit", "Too many.", {"Retry-After": "3000"})
    api.path_faults[metrics_path(20)] = [limit]
    outcome = run(SCRIPT, "--all-apps", "--metric=LAUNCH")
    assert outcome.status == 3
    read = outcome.out.count(VERDICT)
    assert 19 <= read <= len(api.requests) - 2 < 40
    assert outcome.out.count("cannot be read: App Store Connect responded 429") == COUNT - read
    assert len(outcome.err.splitlines()) <= 20


def test_unknown_bundle_id_does_not_hide_the_others(api: FakeAPI, run: Run) -> None:
    status, out, err = run(SCRIPT, BUNDLE_ID, "com.lost", "--metric=LAUNCH")
    assert (status, VERDICT in out) == (3, True)
    assert "    cannot be read: no app has the bundle ID com.lost. The key gives access to" in out
    assert err.startswith(
        f"{SCRIPT}: com.lost: no app has the bundle ID com.lost. The key gives access to: {BUNDLE_ID}"
    )
