"""What the tests of the scripts share: an environment of their own, the stand-in, and a way to run a script."""

from __future__ import annotations

import gc
import importlib.util
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Callable, NamedTuple

import pytest
from app_store_connect import AppStoreConnect
from hypothesis import HealthCheck, settings

from ppparser import cli

ROOT = Path(__file__).resolve().parent.parent
NOW = 1_750_000_000.0

# pytest's --hypothesis-profile loads one of these after this file was read.
_SETTINGS = settings(database=None, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("few", _SETTINGS, max_examples=60, derandomize=True)
settings.register_profile("thorough", _SETTINGS, max_examples=2000)
settings.load_profile("few")


class Outcome(NamedTuple):
    """How a script ended and what it wrote."""

    status: int
    out: str
    err: str


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty home folder, which is the working folder too, in an environment with nothing else set."""
    for name in [name for name in os.environ if not name.startswith("PYTEST")]:
        monkeypatch.delenv(name)
    folder = tmp_path / "home"
    folder.mkdir()
    monkeypatch.setenv("HOME", str(folder))
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture
def api(home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[AppStoreConnect]:
    """A stand-in for the API that the environment leads to, with a team key."""
    with AppStoreConnect() as running:
        for name, value in running.environment(home).items():
            monkeypatch.setenv(name, value)
        yield running


@pytest.fixture
def frozen(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hold the clock, that of the stand-in too, at NOW."""
    monkeypatch.setattr(time, "time", lambda: NOW)


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The seconds that a program would have slept; it goes on at once."""
    slept: list[float] = []
    monkeypatch.setattr(time, "sleep", slept.append)
    return slept


def load(script: str) -> Any:
    """Return a script, whose name is no module's, as a module."""
    spec = importlib.util.spec_from_file_location(script.replace("-", "_")[:-3], ROOT / script)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Callable[..., Outcome]:
    """Run a script in this process as `python3 SCRIPT ARG...` would."""

    def run(script: str, *argv: str) -> Outcome:
        try:
            status = cli.run(load(script).main, list(argv), script)
        finally:
            gc.enable()  # A process of its own would not outlive the script.
        return Outcome(status, *capsys.readouterr())

    return run
