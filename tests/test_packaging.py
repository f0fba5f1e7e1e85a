"""`pip install .` provides the four commands with their dependencies, and a typed package."""

from __future__ import annotations

import re
import shutil
import subprocess
import sysconfig
import venv
from importlib.metadata import Distribution
from pathlib import Path

import pytest

from ppparser import __version__
from tests.helpers.support import ROOT, command, spawn

pytestmark = pytest.mark.slow
PROGRAMS = ["generate-token.py", "get-metrics-insights.py", "get-diagnostics-logs.py", "ppparser"]
PACKAGED = ["pyproject.toml", "requirements.txt", "README.md", "ppclient", *PROGRAMS]


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a fresh virtual environment into which the project was installed from a copy of its files.

    It sees the packages of the current environment, so that pip finds the dependencies without a network.
    """
    folder = tmp_path_factory.mktemp("packaging")
    for name in PACKAGED:
        source, target = ROOT / name, folder / "source" / name
        target.parent.mkdir(exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy2(source, target)
    made = folder / "venv"
    venv.create(made, symlinks=True)
    (site_packages(made) / "outer.pth").write_text(f"{sysconfig.get_path('purelib')}\n{sysconfig.get_path('platlib')}")
    subprocess.run(
        [made / "bin" / "python", "-m", "pip", "install", "-q", "--no-index", "--no-build-isolation", "."],
        cwd=folder / "source",
        env={"HOME": str(folder), "PIP_CONFIG_FILE": "/dev/null"},
        check=True,
    )
    return made


def site_packages(environment: Path) -> Path:
    return next((environment / "lib").glob("python*/site-packages"))


def installed(environment: Path) -> Distribution:
    (folder,) = site_packages(environment).glob("ppparser-*.dist-info")
    return Distribution.at(folder)


@pytest.mark.parametrize("program", PROGRAMS)
def test_installed_command_prints_its_help(environment: Path, tmp_path: Path, program: str) -> None:
    outcome = spawn([str(environment / "bin" / program), "-h"], cwd=tmp_path)
    assert outcome == spawn(command(program, "-h"))
    assert outcome.status == 0


def test_installed_version_is_that_of_the_package(environment: Path, tmp_path: Path) -> None:
    assert spawn([str(environment / "bin" / "ppparser"), "-v"], cwd=tmp_path).out == f"ppparser {__version__}\n"
    assert installed(environment).version == __version__


def test_changelog_starts_with_the_version() -> None:
    assert re.findall(r"^## (\S+)", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)[0] in ("Unreleased", __version__)


def test_installed_package_requires_the_run_time_packages(environment: Path) -> None:
    assert sorted(installed(environment).requires or []) == sorted((ROOT / "requirements.txt").read_text().split())


def test_installed_package_is_typed_and_described_by_the_readme(environment: Path) -> None:
    metadata = installed(environment).metadata
    assert (site_packages(environment) / "ppparser" / "py.typed").exists()
    assert "Typing :: Typed" in (metadata.get_all("Classifier") or [])
    assert metadata["Description-Content-Type"] == "text/markdown"


@pytest.mark.parametrize("script", PROGRAMS[:3])
def test_script_can_be_executed_directly(script: str) -> None:
    assert (ROOT / script).read_text().startswith("#!/usr/bin/env python3\n")
    assert (ROOT / script).stat().st_mode & 0o111 == 0o111
