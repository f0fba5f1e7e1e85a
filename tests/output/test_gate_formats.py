"""The outcome of the gate in each format."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from tests import fake_api
from tests.fake_api import BUNDLE_ID
from tests.helpers.html_text import page_lines_of, read_page
from tests.helpers.support import Check, Run, json_schema

SCRIPT = "get-metrics-insights.py"
VALIDATOR = jsonschema.Draft202012Validator(json_schema("metrics"))
OPTIONS = ["--fail-on-regression", "--fail-above=40", "--metric=LAUNCH", "--device=all_iphones"]


@pytest.fixture
def acceptances(home: Path) -> str:
    """Return an option for a file that accepts the worse percentile."""
    (home / "accepted.txt").write_text("LAUNCH launchTime top until 8.2\n")
    return "--accept=accepted.txt"


def gate_of(run: Run, *options: str) -> Any:
    document = json.loads(run(SCRIPT, BUNDLE_ID, "--format=json", *options).out)
    VALIDATOR.validate(document)
    return document["gate"]


def test_json_has_the_reasons(api: fake_api.FakeAPI, run: Run, acceptances: str) -> None:
    found = gate_of(run, *OPTIONS, acceptances)
    target = {"category": "LAUNCH", "metric": "launchTime", "device": "all_iphones", "version": "8.1.0"}
    typical = {**target, "percentile": "typical", "accept": "LAUNCH launchTime all_iphones typical"}
    top = {**target, "percentile": "top", "accept": "LAUNCH launchTime all_iphones top", "until": "8.2"}
    average = "from Apple's average of 7.4.0, 7.5.0, 8.0.0, 8.0.1"
    assert found == {
        "status": "failed",
        "rules": {"fail_on_regression": True, "fail_above_percent": 40.0, "fail_below_goal": None},
        "problems": [],
        "failures": [
            {**typical, "rule": "fail_on_regression", "reason": f"high-impact regression in 8.1.0, +52 % {average}"},
            {**typical, "rule": "fail_above", "reason": "+48.5 % from 8.0.1 (631 to 937 ms), above 40 %"},
        ],
        "not_judged": [],
        "accepted": [
            {**top, "rule": "fail_on_regression", "reason": f"high-impact regression in 8.1.0, +88.5 % {average}"},
            {**top, "rule": "fail_above", "reason": "+85.4 % from 8.0.1 (1193 to 2212.4 ms), above 40 %"},
        ],
    }


def test_json_says_what_cannot_be_judged(api: fake_api.FakeAPI, run: Run) -> None:
    found = gate_of(run, "--build-number=424", "--fail-on-regression", "--fail-above=900")
    assert (found["status"], len(found["problems"]), found["failures"]) == ("cannot_judge", 1, [])
    assert found["problems"][0].startswith("--fail-on-regression cannot judge this report: it has no insights")


@pytest.mark.parametrize(
    ("options", "status"),
    [
        (["--fail-on-regression", "--metric=ANIMATION"], "passed"),
        (["--fail-below-goal=fair", "--metric=LAUNCH"], "failed"),
        (["--fail-above=900", "--metric=STORAGE"], "cannot_judge"),
    ],
)
def test_status_is_the_same_in_each_format(api: fake_api.FakeAPI, run: Run, options: list[str], status: str) -> None:
    words = f"Gate {status.replace('_', ' ')}"
    assert gate_of(run, *options)["status"] == status
    assert words in run(SCRIPT, BUNDLE_ID, *options).out
    assert f"\n**{words}" in run(SCRIPT, BUNDLE_ID, "--format=markdown", *options).out
    page = list(page_lines_of(read_page(run(SCRIPT, BUNDLE_ID, "--format=html", *options).out)))
    assert page[2].startswith(words)


def test_markdown_starts_with_the_outcome(api: fake_api.FakeAPI, run: Run, acceptances: str, check: Check) -> None:
    out = run(SCRIPT, BUNDLE_ID, *OPTIONS, acceptances, "--format=markdown").out
    check(out, "gate.md")


def test_json_without_a_gate_has_none(api: fake_api.FakeAPI, run: Run) -> None:
    assert gate_of(run) is None


def test_csv_is_the_same_with_a_gate(api: fake_api.FakeAPI, run: Run) -> None:
    outcome = run(SCRIPT, BUNDLE_ID, "--format=csv", *OPTIONS)
    assert (outcome.status, outcome.out) == (4, run(SCRIPT, BUNDLE_ID, "--format=csv", *OPTIONS[2:]).out)
