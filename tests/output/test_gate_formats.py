"""The outcome of the gate in each format."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests import fake_api
from tests.fake_api import BUNDLE_ID
from tests.helpers.html_text import page_lines
from tests.helpers.schemas import validated
from tests.helpers.support import Check, Run

SCRIPT = "get-metrics-insights.py"
OPTIONS = ["--fail-on-regression", "--fail-above=40", "--metric=LAUNCH", "--device=all_iphones"]


@pytest.fixture
def acceptances(home: Path) -> str:
    """Return an option for a file that accepts the worse percentile."""
    (home / "accepted.txt").write_text("LAUNCH launchTime top until 8.2\n")
    return "--accept=accepted.txt"


def gate_of(run: Run, *options: str) -> Any:
    return validated("metrics", run(SCRIPT, BUNDLE_ID, "--format=json", *options).out)["gate"]


@pytest.mark.parametrize("ending", ["md", "json"])
def test_gate_is_part_of_a_document(
    api: fake_api.FakeAPI, run: Run, acceptances: str, ending: str, check: Check
) -> None:
    output_format = {"md": "markdown", "json": "json"}[ending]
    check(run(SCRIPT, BUNDLE_ID, *OPTIONS, acceptances, f"--format={output_format}").out, f"gate.{ending}")


def test_json_says_what_cannot_be_judged(api: fake_api.FakeAPI, run: Run) -> None:
    gate = gate_of(run, "--build-number=424", "--fail-on-regression", "--fail-above=900")
    assert (gate["status"], len(gate["problems"]), gate["failures"]) == ("cannot_judge", 1, [])
    assert gate["problems"][0].startswith("--fail-on-regression cannot judge this report: it has no insights")


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
    page = page_lines(run(SCRIPT, BUNDLE_ID, "--format=html", *options).out)
    assert page[2].startswith(words)


def test_json_without_a_gate_has_none(api: fake_api.FakeAPI, run: Run) -> None:
    assert gate_of(run) is None


def test_csv_is_the_same_with_a_gate(api: fake_api.FakeAPI, run: Run) -> None:
    outcome = run(SCRIPT, BUNDLE_ID, "--format=csv", *OPTIONS)
    assert (outcome.status, outcome.out) == (4, run(SCRIPT, BUNDLE_ID, "--format=csv", *OPTIONS[2:]).out)
