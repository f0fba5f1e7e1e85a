"""Fixtures for all tests: an environment of their own, the fake API, and a way to run a program."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from pytest_regressions.file_regression import FileRegressionFixture

from ppclient import throttle
from tests.fake_api import FakeAPI
from tests.helpers.support import DATA, NOW, ROOT, Check, Outcome, Run, run_program

# `pytest --hypothesis-profile=thorough` selects the second one.
_SETTINGS = settings(database=None, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("few", _SETTINGS, max_examples=40, derandomize=True)
settings.register_profile("thorough", _SETTINGS, max_examples=2000)
settings.load_profile("few")


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return an empty home folder, which is the working folder too, in an otherwise empty environment."""
    for name in [name for name in os.environ if not name.startswith("PYTEST")]:
        monkeypatch.delenv(name)
    folder = tmp_path / "home"
    folder.mkdir()
    monkeypatch.setenv("HOME", str(folder))
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture
def api(home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeAPI]:
    """Yield a fake API that the environment points to, with a team key."""
    with FakeAPI() as running:
        for name, value in running.environment(home).items():
            monkeypatch.setenv(name, value)
        yield running


@pytest.fixture
def frozen(monkeypatch: pytest.MonkeyPatch) -> None:
    """Stop the clock at NOW, for the fake API too."""
    monkeypatch.setattr(time, "time", lambda: NOW)


@pytest.fixture
def delays(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Return the list of the delays, in seconds, that a program asks for; it does not wait for them."""
    slept: list[float] = []
    monkeypatch.setattr(time, "sleep", slept.append)
    monkeypatch.setattr(throttle, "monotonic", lambda: sum(slept))
    return slept


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """Return a function that runs a program in this process: a script by its file name, or `ppparser`."""

    def run(name: str, *argv: str | Path) -> Outcome:
        status = run_program(name, *map(str, argv))
        return Outcome(status, *capsys.readouterr())

    return run


@pytest.fixture
def check(file_regression: FileRegressionFixture, request: pytest.FixtureRequest) -> Check:
    """Return a function that compares a text, or lines, with a file in `data`; `pytest --regen-all` rewrites it.

    Without a name, the file is that of the test alone.
    """
    own_file = re.sub(r"[^\w-]+", "-", request.node.name.removeprefix("test_")).strip("-")
    own_folder = request.path.relative_to(ROOT / "tests").with_suffix("")

    def check(text: str | Iterable[str], name: str | None = None) -> None:
        content = text if isinstance(text, str) else "".join(f"{line}\n" for line in text)
        path = DATA / (name or own_folder / f"{own_file}.txt")
        file_regression.check(content, encoding="utf-8", newline="", fullpath=path)

    return check
