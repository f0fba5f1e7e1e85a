"""Tests of ppparser as it is started: its options, what it prints, and the status it ends with.

The expected output in `data` is what `python3 ppparser ARG... > tests/data/NAME` writes, with the arguments beside
its NAME in `PRINTED`; for a name with "colour" in it FORCE_COLOR is set.
"""

from __future__ import annotations

import gzip
import io
import re
import shutil
import sys
from pathlib import Path

import pytest
from conftest import ROOT
from programs import DATA, expected, ppparser, python, spawn

from ppparser import __version__, cli, metrics, report

pytestmark = pytest.mark.usefixtures("home")

Captured = pytest.CaptureFixture[str]

USAGE = """\
Usage:
    ppparser metrics --input=INPUT_FILE [--metric=METRIC_NAME] [--device=DEVICE_TYPE] [--platform=PLATFORM] \
[--auto_insights | --csv] [--fail-on-regression]
    ppparser diagnostics --input=INPUT_FILE [--limit=LIMIT] [--callstack | --folded]
    ppparser -v
    ppparser -h
"""
PRINTED = {
    "metrics.txt": ["metrics", "--input=metrics.json"],
    "metrics-insights.txt": ["metrics", "--input=metrics.json", "--auto_insights"],
    "metrics-launch.txt": ["metrics", "--input=metrics.json", "--metric=launch", "--device=all_iphones"],
    "metrics-insights-ipads.txt": ["metrics", "--input=metrics.json", "--auto_insights", "--device=All iPads"],
    "metrics-visionos.txt": ["metrics", "--input=metrics.json", "--auto_insights", "--platform=visionOS"],
    "metrics.csv": ["metrics", "--input=metrics.json", "--csv"],
    "build-metrics.txt": ["metrics", "--input=build-metrics.json"],
    "logs.txt": ["diagnostics", "--input=logs.json"],
    "logs-callstack.txt": ["diagnostics", "--input=logs.json", "--callstack"],
    "logs-limit.txt": ["diagnostics", "--input=logs.json", "--callstack", "--limit=1"],
    "logs-folded.txt": ["diagnostics", "--input=logs.json", "--folded"],
    "branches.txt": ["diagnostics", "--input=branches.json", "--callstack"],
}
COLOURED = {"metrics-colour.txt": "metrics.txt", "logs-callstack-colour.txt": "logs-callstack.txt"}
METRICS = ["metrics", "--input", str(DATA / "metrics.json")]
LOGS = ["diagnostics", "--input", str(DATA / "logs.json")]


# --- what is printed --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", PRINTED)
def test_a_report_is_printed_as_expected(name: str, capsys: Captured, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(DATA)
    assert ppparser(capsys, *PRINTED[name]) == (0, expected(name), "")


@pytest.mark.parametrize("name", COLOURED)
def test_a_report_is_printed_in_colour_as_expected(
    name: str, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(DATA)
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert ppparser(capsys, *PRINTED[COLOURED[name]]) == (0, expected(name), "")


@pytest.mark.parametrize("name", PRINTED)
def test_colour_adds_escape_sequences_and_nothing_else(
    name: str, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(DATA)
    monkeypatch.setenv("FORCE_COLOR", "1")
    coloured = ppparser(capsys, *PRINTED[name]).out
    assert re.sub(r"\x1b\[[0-9;]*m", "", coloured) == expected(name)
    assert ("\x1b" in coloured) == (name not in ("metrics.csv", "logs-folded.txt"))


@pytest.mark.parametrize("name", ["metrics.txt", "metrics-insights.txt", "branches.txt"])
def test_tables_text_and_deep_call_stacks_fit_eighty_columns(name: str) -> None:
    assert [line for line in expected(name).splitlines() if len(line) > 80] == []


@pytest.mark.parametrize(
    ("short", "long"),
    [
        (["metrics", "-i", "metrics.json", "-a"], "metrics-insights.txt"),
        (["metrics", "-i", "metrics.json", "-m", "launch", "-d", "all_iphones"], "metrics-launch.txt"),
        (["metrics", "-a", "-p", "visionOS", "-i", "metrics.json"], "metrics-visionos.txt"),
        (["diagnostics", "-c", "-l", "1", "-i", "logs.json"], "logs-limit.txt"),
    ],
)
def test_a_short_option_is_the_long_one(
    short: list[str], long: str, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(DATA)
    assert ppparser(capsys, *short) == (0, expected(long), "")


@pytest.mark.parametrize("option", ["-v", "--version"])
def test_the_version_is_shown(option: str, capsys: Captured) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.run(cli.main, [option])
    assert (ended.value.code, *capsys.readouterr()) == (None, f"ppparser {__version__}\n", "")


@pytest.mark.parametrize("option", ["-h", "--help"])
def test_help_shows_the_usage_and_every_option(option: str, capsys: Captured) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.run(cli.main, [option])
    assert (ended.value.code, *capsys.readouterr()) == (None, cli.USAGE, "")


def test_every_option_has_its_line_in_the_help_and_its_place_in_the_usage() -> None:
    usage, _, described = cli.USAGE.partition("\n\n")
    assert f"{usage}\n" == USAGE
    explained = set(re.findall(r"^    (?:-\w[^-]*, )?(--\w[\w-]*)", described, re.MULTILINE))
    assert explained - {"--version", "--help"} == set(re.findall(r"--\w[\w-]*", usage))


# --- input ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("pack", [bytes, gzip.compress], ids=["plain", "gzip"])
def test_a_dash_reads_standard_input(pack: object, capsys: Captured, monkeypatch: pytest.MonkeyPatch) -> None:
    assert callable(pack)
    content = pack((DATA / "metrics.json").read_bytes())
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content)))
    assert ppparser(capsys, "metrics", "--input=-", "--auto_insights") == (0, expected("metrics-insights.txt"), "")


@pytest.mark.parametrize(
    ("argv", "problem"),
    [
        (["metrics", "--input=lost.json"], "cannot read lost.json: No such file or directory"),
        ([*LOGS[:1], *METRICS[1:]], f"{METRICS[2]} holds metrics, not diagnostic logs: use `ppparser metrics`"),
        ([*METRICS, "--platform=tvOS"], "the report has no platform tvOS. It has: iOS, visionOS"),
        ([*METRICS, "--metric=a\x1b[2Jb"], None),
        (
            ["metrics", "--input", str(DATA / "empty.json")],
            "the report holds no metrics: Apple gives none below its usage threshold and in the first days after\n"
            "  a release, and the threshold differs per metric. Ask again when more people use the app",
        ),
    ],
    ids=["no file", "wrong command", "no such platform", "control characters", "empty"],
)
def test_what_cannot_be_done_is_one_message_and_status_1(
    argv: list[str], problem: str | None, capsys: Captured
) -> None:
    known = "BATTERY, onScreen, TERMINATION, LAUNCH, launchTime, resumeTime, HANG, hangRate"
    problem = problem or rf"the report has no metric a\x1b[2Jb. It has: {known}"
    assert ppparser(capsys, *argv) == (1, "", f"ppparser: {problem}\n")


def test_a_report_without_logs_says_why(capsys: Captured, home: Path) -> None:
    (home / "none.json").write_text('{"productData": []}')
    assert ppparser(capsys, "diagnostics", "--input=none.json", "--folded") == (
        1,
        "",
        "ppparser: the report holds no diagnostic logs: Apple keeps them for a while, "
        "for signatures that enough devices met\n",
    )


# --- usage ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("argv", "problem"),
    [
        ([], "say which report to parse: metrics or diagnostics"),
        (["--input=a.json"], "say which report to parse: metrics or diagnostics"),
        (["metrics"], "--input=INPUT_FILE is missing"),
        (["metrics", "--input"], "--input requires argument"),
        ([*METRICS, "--verbose"], "there is no option --verbose"),
        ([*METRICS, "-x"], "there is no option -x"),
        ([*METRICS, "--callstack"], "--callstack does not belong here"),
        ([*LOGS, "--metric=launchTime"], "--metric does not belong here"),
        ([*METRICS, "--csv", "--auto_insights"], "--auto_insights does not belong here"),
        ([*LOGS, "--folded", "--callstack"], "--callstack does not belong here"),
        ([*METRICS, "more.json"], "argument 4 does not belong here"),
        (["metrics", "diagnostics", "--input=a.json"], "argument 2 does not belong here"),
        ([*METRICS, "--csv=yes"], "--csv must not have an argument"),
        ([*LOGS, "--limit=0"], "--limit takes a positive whole number"),
        ([*LOGS, "--limit=-1"], "--limit takes a positive whole number"),
        ([*LOGS, "--limit=1.5"], "--limit takes a positive whole number"),
        ([*LOGS, "--limit="], "--limit takes a positive whole number"),
        ([*LOGS, "--limit=\u0663"], "--limit takes a positive whole number"),
    ],
)
def test_a_usage_error_says_what_is_wrong_and_shows_the_usage(argv: list[str], problem: str, capsys: Captured) -> None:
    assert ppparser(capsys, *argv) == (2, "", f"ppparser: {problem}\n{USAGE}")


# --- --fail-on-regression ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "status"),
    [("metrics.txt", 4), ("metrics.csv", 4), ("metrics-insights.txt", 4), ("metrics-visionos.txt", 0)],
)
def test_a_regression_that_the_filters_leave_ends_with_status_4_after_printing_as_usual(
    name: str, status: int, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(DATA)
    outcome = ppparser(capsys, *PRINTED[name], "--fail-on-regression")
    assert (outcome.status, outcome.out) == (status, expected(name))
    assert bool(outcome.err) == (status == 4)


def test_the_regressions_that_ended_it_are_named_worst_first(capsys: Captured, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(DATA)
    regressions = report.parse((DATA / "metrics.json").read_bytes(), "metrics.json")["insights"]["regressions"]
    worst = metrics.select({"insights": {"regressions": regressions}}).regressions
    named = ", ".join(f"{one['metricCategory']} {one['metric']}" for one in worst)
    assert len(worst) > 1
    err = ppparser(capsys, *PRINTED["metrics.csv"], "--fail-on-regression").err
    assert err == f"--fail-on-regression: {len(worst)} regressions: {named}\n"


def test_upward_trends_alone_pass(capsys: Captured) -> None:
    assert ppparser(capsys, *METRICS, "--metric=TERMINATION", "--fail-on-regression").status == 0


def test_a_report_that_cannot_have_insights_passes_and_says_so(
    capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(DATA)
    assert ppparser(capsys, *PRINTED["build-metrics.txt"], "--fail-on-regression") == (
        0,
        expected("build-metrics.txt"),
        "--fail-on-regression: the report has no insights to judge by; an app's report has, a build's has not\n",
    )


# --- processes --------------------------------------------------------------------------------------------------------

BASH = shutil.which("bash") or ""
INSIGHTS = [*METRICS, "--auto_insights"]


@pytest.mark.parametrize("argv", [["ppparser"], ["-m", "ppparser"]], ids=["folder", "module"])
def test_the_folder_and_the_module_start_the_same_program(argv: list[str]) -> None:
    printed = spawn([sys.executable, *argv, *INSIGHTS], cwd=ROOT)
    assert printed == (0, expected("metrics-insights.txt"), "")


def test_it_starts_from_any_working_directory(home: Path) -> None:
    assert spawn([*python("ppparser"), *INSIGHTS], cwd=home) == (0, expected("metrics-insights.txt"), "")


def test_a_module_in_the_working_directory_is_not_taken_for_one_of_its_own(home: Path) -> None:
    (home / "json.py").write_text("raise SystemExit('the wrong module')")
    assert spawn([*python("ppparser"), "-v"], cwd=home) == (0, f"ppparser {__version__}\n", "")


def piped(pipe: str) -> tuple[int, str, str]:
    """Run a shell's pipeline that begins with ppparser, which has more to print than a pipe holds."""
    assert BASH, "this test runs bash, which is not installed"
    program = python("ppparser", "metrics", "--input=-", "--csv")
    return spawn([BASH, "-o", "pipefail", "-c", f'"$@" {pipe}', "bash", *program], stdin=many_points())


def many_points() -> bytes:
    dataset = b'{"points": [' + b",".join(b'{"version": "%d", "value": 1}' % n for n in range(50_000)) + b"]}"
    return b'{"productData": [{"metricCategories": [{"metrics": [{"datasets": [' + dataset + b"]}]}]}]}"


def test_head_ends_it_quietly() -> None:
    header = "platform,category,metric,unit,device,marketing_name,percentile,version,value,error_margin,goal\n"
    assert piped("| head -n 2") == (0, f"{header},,,,,,,0,1,,\n", "")


@pytest.mark.skipif(not Path("/dev/full").is_char_device(), reason="this system has no /dev/full")
def test_a_full_device_is_one_message_and_status_1() -> None:
    assert piped("> /dev/full") == (1, "", "ppparser: cannot write the output: No space left on device\n")


def test_a_closed_stdout_is_no_error() -> None:
    assert piped(">&-") == (0, "", "")


def test_a_closed_stdin_is_empty() -> None:
    assert piped("<&-") == (1, "", "ppparser: standard input is empty: download the report again\n")


def test_a_closed_stderr_leaves_the_status() -> None:
    assert piped("--fail-on-regression --metric=none 2>&-") == (1, "", "")


@pytest.mark.parametrize(
    "environment",
    [{"LC_ALL": "C"}, {"LC_ALL": "POSIX"}, {}, {"PYTHONIOENCODING": "utf-8", "LC_ALL": "C"}],
    ids=["C", "POSIX", "nothing set", "PYTHONIOENCODING"],
)
def test_a_c_locale_prints_all_there_is(environment: dict[str, str]) -> None:
    assert spawn([*python("ppparser"), *METRICS], environment) == (0, expected("metrics.txt"), "")


@pytest.mark.parametrize("encoding", ["ascii", "latin-1"])
def test_what_an_encoding_lacks_is_shown_as_an_escape_and_sparklines_in_ascii(encoding: str) -> None:
    command = [*python("ppparser"), *METRICS, "--metric=BATTERY"]
    assert spawn(command, {"PYTHONIOENCODING": encoding}) == (
        0,
        "BATTERY  iOS\n"
        "\n"
        "  onScreen, %\n"
        "    All iPads, typical (50th percentile)  _*#\n"
        "      version       5.0    5.1    5.2\n"
        "      %              10  12.50  12.75\n"
        "      +- margin    0.10   1.25      -\n"
        "      change %        -  +25.0  ~+2.0\n"
        "        Display %    60   62.5      -\n"
        r"        \u63cf\u753b %        -   0.10      -"
        "\n"
        "\n",
        "",
    )


def test_a_missing_package_is_named_with_the_way_to_get_it() -> None:
    program = "import runpy, sys; sys.modules['docopt'] = None; runpy.run_path(sys.argv[1], run_name='__main__')"
    problem = "the package docopt is missing or broken: python3 -m pip install -r requirements.txt"
    assert spawn([sys.executable, "-c", program, str(ROOT / "ppparser")]) == (1, "", f"ppparser: {problem}\n")


def test_ctrl_c_ends_it_quietly_with_status_130(capsys: Captured) -> None:
    def interrupted(_: list[str]) -> int:
        raise KeyboardInterrupt

    assert (cli.run(interrupted, []), *capsys.readouterr()) == (130, "", "")


def test_what_nobody_thought_of_ends_in_one_line_that_repeats_no_text_of_the_exception(
    capsys: pytest.CaptureFixture[str],
) -> None:
    def program(argv: list[str]) -> int:
        raise LookupError("a secret")

    status = cli.run(program, [])
    said = re.sub("py:[0-9]+", "py:N", capsys.readouterr().err)
    problem = "this is a bug (LookupError at test_cli.py:N): please report it with the command line"
    assert (status, said) == (1, f"ppparser: {problem}\n")


@pytest.mark.skipif(not Path("/dev/full").is_char_device(), reason="this system has no /dev/full")
def test_the_exit_status_tells_where_stderr_cannot() -> None:
    command = ["sh", "-c", '"$@" 2>/dev/full', "sh", *python("ppparser"), "metrics"]
    assert spawn(command, {"PATH": "/usr/bin:/bin"}) == (2, "", "")
