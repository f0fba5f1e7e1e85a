"""The jobs in docs/ci.md run as they are, with the variables that CI systems set."""

from __future__ import annotations

import base64
import json
import re
import shlex
import sys
from pathlib import Path
from typing import NamedTuple

import pytest
import yaml

from tests.fake_api import APP_ID, BUNDLE_ID, INDIVIDUAL_KEY_ID, ISSUER_ID, KEY_ID, METRICS_TYPE, FakeAPI, metrics
from tests.helpers.support import ROOT, Outcome, Run, spawn

DOCUMENT = (ROOT / "docs" / "ci.md").read_text(encoding="utf-8")
WORKFLOW = yaml.safe_load(DOCUMENT.split("```yaml\n", 1)[1].split("```\n", 1)[0])
STEPS = WORKFLOW["jobs"]["metrics"]["steps"]
LINES = DOCUMENT.split("<!-- ci -->\n```sh\n", 1)[1].split("```\n", 1)[0]

SCRIPT = "get-metrics-insights.py"
METRICS_PATH = f"/v1/apps/{APP_ID}/perfPowerMetrics"
REPOSITORY = "https://git.example/team/power metrics.git@1.1"
KEY = "APP_STORE_CONNECT_API_KEY"
INSTALLED = "installed package ppparser\n"
PIPX = f"""\
#!/bin/sh
[ $# = 2 ] && [ "$1" = install ] && [ "$2" = {shlex.quote(f"git+{REPOSITORY}")} ] || exit 64
folder=${{PIPX_BIN_DIR:-$HOME/.local/bin}}
mkdir -p "$folder" && ln -s {shlex.quote(str(ROOT))}/g*.py "$folder" && echo installed package ppparser
"""


class Machine(NamedTuple):
    """A machine that runs jobs: what every process finds in its environment, and what the job takes from outside."""

    environment: dict[str, str]
    variables: dict[str, str]
    secrets: dict[str, str]

    def run(self, script: str, environment: dict[str, str], *shell: str) -> Outcome:
        """Run a script in the home folder; `environment` is added to the machine's."""
        path = Path(self.environment["HOME"]) / "script.sh"
        path.write_text(script, encoding="utf-8")
        return spawn([*shell, str(path)], {**self.environment, **environment}, cwd=path.parent)


@pytest.fixture
def machine(api: FakeAPI, home: Path, tmp_path: Path) -> Machine:
    """Return a machine with pipx but without this suite; the job's key is that of the fake API."""
    tools = tmp_path / "tools"
    tools.mkdir()
    (tools / "pipx").write_text(PIPX)
    (tools / "pipx").chmod(0o755)
    environment = {
        "HOME": str(home),
        "PATH": f"{tools}:{Path(sys.executable).parent}:/usr/bin:/bin",
        "APP_STORE_CONNECT_URL": api.url,
        "NO_PROXY": "127.0.0.1",
        "PYTHONUTF8": "1",
    }
    variables = {"POWER_METRICS_REPOSITORY": REPOSITORY, f"{KEY}_ISSUER_ID": ISSUER_ID, f"{KEY}_KEY_ID": KEY_ID}
    return Machine(environment, variables, {f"{KEY}_KEY": api.private_key_pem})


def evaluated(environment: dict[str, str], machine: Machine) -> dict[str, str]:
    """Return the variables of a step with the expressions in them evaluated."""
    contexts = {"vars": machine.variables, "secrets": machine.secrets}
    pattern = re.compile(r"\$\{\{ (vars|secrets)\.(\w+) \}\}")
    return {name: pattern.sub(lambda match: contexts[match[1]][match[2]], value) for name, value in environment.items()}


def run_workflow(machine: Machine) -> tuple[Outcome, str]:
    """Run the steps as GitHub does until one fails; return the last status, all output, and the job's summary."""
    home = Path(machine.environment["HOME"])
    summary, bin_folder = home / "summary.md", home / "pipx_bin"
    summary.touch()
    runner = {
        "GITHUB_STEP_SUMMARY": str(summary),
        "PIPX_BIN_DIR": str(bin_folder),
        "PATH": f"{bin_folder}:{machine.environment['PATH']}",
    }
    total = Outcome(0, "", "")
    for step in STEPS:
        assert step.keys() == {"name", "env", "run"}
        environment = {**runner, **evaluated(step["env"], machine)}
        done = machine.run(step["run"], environment, "/bin/bash", "-e")
        total = Outcome(done.status, total.out + done.out, total.err + done.err)
        if total.status:
            break
    return total, summary.read_text(encoding="utf-8")


def as_installed(report: str) -> str:
    """Return a report with the commands in it as those of an installed suite."""
    assert "python3 get-" in report
    return report.replace("python3 get-", "get-")


@pytest.fixture(params=[0, 4])
def status(request: pytest.FixtureRequest, api: FakeAPI) -> int:
    """Return the status of the gate: 0 for a report without regressions, 4 for the fake API's own."""
    if request.param == 0:
        document = metrics()
        document["insights"]["regressions"] = []
        api.responses[METRICS_PATH] = (200, METRICS_TYPE, json.dumps(document).encode())
    return int(request.param)


def test_workflow_has_the_status_of_the_gate_and_a_summary(machine: Machine, run: Run, status: int) -> None:
    outcome = run(SCRIPT, BUNDLE_ID, "--fail-on-regression", "--format=markdown")
    assert (outcome.status, outcome.out[:3]) == (status, "## ")
    assert run_workflow(machine) == ((status, INSTALLED, outcome.err), as_installed(outcome.out))


def test_workflow_takes_an_individual_key(api: FakeAPI, machine: Machine) -> None:
    machine.variables.update({f"{KEY}_ISSUER_ID": "", f"{KEY}_KEY_ID": INDIVIDUAL_KEY_ID})
    machine.secrets[f"{KEY}_KEY"] = api.individual_private_key_pem
    assert run_workflow(machine)[0].status == 4


@pytest.mark.parametrize(
    ("secret", "status", "problem"),
    [
        ("", 1, f"{KEY}_KEY_ID is set but the key is not: set {KEY}_KEY to the text of the .p8 file,"),
        ("another key", 3, "App Store Connect responded 401 Unauthorized to GET /v1/apps"),
    ],
)
def test_workflow_fails_if_the_secret_is_wrong(
    api: FakeAPI, machine: Machine, secret: str, status: int, problem: str
) -> None:
    machine.secrets[f"{KEY}_KEY"] = secret and api.individual_private_key_pem
    outcome, summary = run_workflow(machine)
    assert (outcome.status, outcome.out, summary) == (status, INSTALLED, "")
    assert outcome.err.splitlines()[0] == f"{SCRIPT}: {problem}"


def test_workflow_fails_if_the_suite_cannot_be_installed(machine: Machine) -> None:
    machine.variables["POWER_METRICS_REPOSITORY"] = ""
    assert run_workflow(machine) == ((64, "", ""), "")


def test_only_the_last_step_gets_the_key() -> None:
    assert [step["name"] for step in STEPS if "secrets." in str(step)] == [STEPS[-1]["name"]]
    assert "secrets." not in str({**WORKFLOW, "jobs": {"metrics": {**WORKFLOW["jobs"]["metrics"], "steps": []}}})


SHELLS = {"GitLab": ["/bin/bash", "-eo", "pipefail"], "Jenkins": ["/bin/sh", "-xe"], "cron": ["/bin/sh"]}


def run_lines(machine: Machine, shell: str) -> Outcome:
    return machine.run(LINES, {**machine.variables, **machine.secrets}, *SHELLS[shell])


@pytest.mark.parametrize("shell", SHELLS)
def test_lines_have_the_status_of_the_gate_and_save_the_response(
    home: Path, machine: Machine, run: Run, shell: str, status: int
) -> None:
    outcome = run(SCRIPT, BUNDLE_ID, "--fail-on-regression")
    done = run_lines(machine, shell)
    assert (done.status, done.out) == (status, INSTALLED + as_installed(outcome.out))
    assert shell == "Jenkins" or done.err == outcome.err  # sh -x writes the commands there.
    assert json.loads((home / "metrics.json").read_bytes())["productData"] == metrics()["productData"]


def test_lines_read_the_key_as_gitlab_provides_it(machine: Machine) -> None:
    machine.secrets[f"{KEY}_KEY"] = base64.b64encode(machine.secrets[f"{KEY}_KEY"].encode()).decode()
    machine.variables[f"{KEY}_IS_KEY_CONTENT_BASE64"] = "true"
    assert run_lines(machine, "GitLab").status == 4


@pytest.mark.parametrize("shell", SHELLS)
def test_lines_fail_if_the_suite_cannot_be_installed(machine: Machine, shell: str) -> None:
    machine.variables["POWER_METRICS_REPOSITORY"] = ""
    status, out, _ = run_lines(machine, shell)
    assert (status > 0, out) == (True, "")


@pytest.mark.usefixtures("api")
@pytest.mark.parametrize(("version", "status"), [("8.1.0", 4), ("8.2.0", 1)])
def test_gate_fails_until_the_version_is_in_the_report(run: Run, version: str, status: int) -> None:
    assert "`--app-version=8.1.0`" in DOCUMENT
    assert run(SCRIPT, BUNDLE_ID, "--fail-on-regression", f"--app-version={version}").status == status
