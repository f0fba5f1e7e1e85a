"""The README shows what the programs print, and CI runs its test command."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import jq  # type: ignore[import-not-found, import-untyped, unused-ignore]
import pytest

from ppparser.gate.acceptances import read_acceptances
from tests.helpers.support import ROOT, command, expected, spawn

README = (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "program", ["generate-token.py", "get-metrics-insights.py", "get-diagnostics-logs.py", "ppparser"]
)
def test_readme_shows_the_help_as_printed(program: str) -> None:
    section = README.split(f"\n### {program}\n", 1)[1].split("\n### ", 1)[0]
    assert spawn(command(program, "-h")) == (0, section.split("```\n")[1], "")


@pytest.mark.parametrize(
    "command_line",
    [
        "get-metrics-insights.py com.example.ridgeline",
        "get-metrics-insights.py com.example.ridgeline --overview",
        "get-metrics-insights.py com.example.ridgeline --metric=HANG --fail-on-regression --fail-above=20",
        "get-metrics-insights.py --all-apps",
        "get-metrics-insights.py com.example.ridgeline --format=json",
        "get-diagnostics-logs.py --app=com.example.ridgeline --type=LAUNCHES",
        "get-diagnostics-logs.py --app=com.example.ridgeline --against=previous",
    ],
)
def test_readme_shows_excerpts_of_real_output(command_line: str) -> None:
    """Every line of the block is printed, in this order; `...` stands for lines that were left out."""
    done = spawn([sys.executable, "tests/fake_api", *command_line.split()], {"PYTHONUTF8": "1"}, cwd=ROOT)
    block = README.split(f"python3 {command_line}\n```\n\n```\n", 1)[1].split("\n```\n", 1)[0]
    remaining = iter(done.out.splitlines())
    assert [line for line in block.splitlines() if line != "..." and line not in remaining] == []


def test_readme_shows_entries_that_can_be_accepted(tmp_path: Path) -> None:
    path = tmp_path / "accept.txt"
    path.write_text(README.split("```\n# CATEGORY METRIC", 1)[1].split("```\n", 1)[0].split("\n", 1)[1])
    assert [(entry.identifier, entry.words, entry.until) for entry in read_acceptances(str(path))] == [
        ("hangRate", ("all_iphones", "typical"), "8.2"),
        ("launchTime", ("iPhone15,2",), ""),
    ]


def test_readme_shows_what_jq_prints() -> None:
    found = re.search(r"\npython3 (.+ --format=json) \|\n  jq -r '(.+)'\n```\n\n```\n((?:.+\n)+)```\n", README)
    assert found
    command_line, program, printed = found.groups()
    made = spawn([sys.executable, "tests/fake_api", *command_line.split()], {}, cwd=ROOT)
    assert jq.compile(program).input_text(made.out).all() == printed.splitlines()


def test_readme_shows_a_year_as_printed() -> None:
    block = README.split("looks like this:\n\n```\n", 1)[1].split("```\n", 1)[0]
    assert expected("history.txt").startswith(f"{block}\n")


def test_ci_runs_the_test_command_of_the_readme() -> None:
    block = README.split("<!-- tests -->\n```sh\n", 1)[1].split("```", 1)[0]
    assert "requirements.txt -r tests/requirements.txt" in block
    assert block.endswith("-m pytest -q\n")
    assert "sed -n '/<!-- tests -->/" in (ROOT / ".ci" / "run").read_text(encoding="utf-8")
