"""The README says what the programs say, and its test command is what CI runs."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

TOP = Path(__file__).resolve().parent.parent
README = (TOP / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "program", ["generate-token.py", "get-metrics-insights.py", "get-diagnostics-logs.py", "ppparser"]
)
def test_readme_shows_the_help_that_the_program_prints(program: str) -> None:
    """The block under the program's heading is its -h, to the letter."""
    printed = subprocess.run([sys.executable, TOP / program, "-h"], capture_output=True, text=True, check=True).stdout
    section = README.split(f"\n### {program}\n", 1)[1].split("\n### ", 1)[0]

    assert section.split("```\n")[1] == printed


def test_readme_shows_what_the_scripts_print_of_the_demo() -> None:
    """The outputs of steps 3 and 4 are cut from real ones: every line of them is printed, in that order."""
    for script, argument in (
        ("get-metrics-insights.py", "com.example.ridgeline"),
        ("get-diagnostics-logs.py", "--app=com.example.ridgeline"),
    ):
        command = [sys.executable, TOP / "tests" / "app_store_connect.py", script, argument]
        done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=TOP, encoding="utf-8")
        block = README.split(f"python3 {script} {argument}\n```\n\n```\n", 1)[1].split("\n```\n", 1)[0]
        remaining = iter(done.stdout.splitlines())
        missing = [
            shown for shown in block.splitlines() if shown != "..." and not any(line == shown for line in remaining)
        ]

        assert missing == []


def test_ci_runs_the_test_command_of_the_readme() -> None:
    """`.ci/run` cuts the command out of the README between these marks."""
    block = README.split("<!-- tests -->\n```sh\n", 1)[1].split("```", 1)[0]

    assert "requirements.txt -r tests/requirements.txt" in block
    assert block.endswith("-m pytest -q\n")
    assert "sed -n '/<!-- tests -->/" in (TOP / ".ci" / "run").read_text(encoding="utf-8")
