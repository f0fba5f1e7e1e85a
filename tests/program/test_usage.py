"""Command lines that the usages of the four programs reject, and the messages that say why."""

from __future__ import annotations

import shlex
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ppparser.errors import UsageError
from tests.helpers.support import module_of

PROGRAMS = {
    name: module_of(name).PROGRAM
    for name in ("ppparser", "generate-token.py", "get-metrics-insights.py", "get-diagnostics-logs.py")
}
NO_COMMAND = "the command is missing: metrics, overview, diagnostics"
NO_OPTION = "there is no such option"


@pytest.mark.parametrize(
    ("command_line", "problem"),
    [
        # The command
        ("ppparser", NO_COMMAND),
        ("ppparser -i metrics", NO_COMMAND),
        ("ppparser report -i f", NO_COMMAND),
        ("ppparser -- metrics -i f", NO_COMMAND),
        ("ppparser metric -i f", "there is no such command: did you mean metrics?"),
        ("ppparser Diagnostics -i f", "there is no such command: did you mean diagnostics?"),
        ("ppparser help", "there is no such command: did you mean --help?"),
        # What is missing
        ("ppparser metrics f.json", "--input is missing"),
        ("ppparser diagnostics -l 3", "--input is missing"),
        ("ppparser metrics -- --input=f", "--input is missing"),
        ("generate-token.py", "ISSUER_ID, KEY_ID, KEY_FILE_PATH are missing"),
        ("generate-token.py --scope=x", "ISSUER_ID, KEY_ID, KEY_FILE_PATH are missing"),
        ("generate-token.py --lifetime ISSUER KEY FILE", "KEY_FILE_PATH is missing"),
        ("generate-token.py --ind", "KEY_ID, KEY_FILE_PATH are missing"),
        ("get-metrics-insights.py", "APP_ID is missing"),
        ("get-metrics-insights.py --build-number=4", "APP_ID is missing"),
        ("get-diagnostics-logs.py -tHANGS", "BUILD_ID is missing"),
        ("get-diagnostics-logs.py --against=1 BUILD", "--app is missing"),
        # Values
        ("ppparser metrics --input", "--input requires a value"),
        ("ppparser metrics -i f -m", "-m requires a value"),
        ("ppparser metrics -i f --details=yes", "--details must not have a value"),
        # What is unexpected
        ("ppparser metrics -if more", "argument 3 is unexpected"),
        ("ppparser metrics more --input f", "argument 2 is unexpected"),
        ("ppparser metrics -i f ''", "argument 4 is unexpected"),
        ("ppparser metrics -i f -- more", "argument 4 is unexpected"),
        ("ppparser metrics diagnostics -i f", "argument 2 is unexpected"),
        ("ppparser metrics -i f -ac", "--callstack cannot be used here"),
        ("ppparser diagnostics -i f --metric=launchTime", "--metric cannot be used here"),
        ("generate-token.py --scope a ISSUER KEY FILE SECRET", "argument 6 is unexpected"),
        ("generate-token.py --individual ISSUER KEY FILE", "argument 4 is unexpected"),
        ("get-metrics-insights.py 1 --build=2", "argument 1 is unexpected"),
        ("get-metrics-insights.py --build=2 --build-number=4", "--build-number cannot be used here"),
        ("get-metrics-insights.py 1 --ov --build-n 4", "--build-number and --overview cannot be combined"),
        ("get-diagnostics-logs.py --app=1 BUILD", "argument 2 is unexpected"),
        ("get-diagnostics-logs.py -- BUILD", "argument 2 is unexpected"),
        # Repetitions
        ("ppparser diagnostics -i f --in g", "--input is given more than once"),
        ("ppparser metrics -i f -m a -mb", "--metric is given more than once"),
        ("ppparser diagnostics -i f -cc", "--callstack is given more than once"),
        ("get-metrics-insights.py --build=1 --build=2", "--build is given more than once"),
        # Unknown options
        ("ppparser metrics --auto-insights -i f", "there is no option --auto-insights: did you mean --auto_insights?"),
        ("ppparser metrics -i f --inputs=SECRET", "there is no option --inputs: did you mean --input?"),
        ("ppparser metrics -i f --verbose=SECRET -m", "there is no option --verbose"),
        ("ppparser metrics -i f -xSECRET", "there is no option -x"),
        ("ppparser metrics -i f -g", "there is no option -g"),  # The help says "auto-generated".
        ("ppparser metrics -format=json -i f", "there is no option -format: did you mean --format?"),
        ("get-metrics-insights.py -help", "there is no option -help: did you mean --help?"),
        ("get-metrics-insights.py 1 --csv", "there is no option --csv: use --format=csv"),
        ("ppparser --SECRET --SECRET=x", NO_OPTION),
        ("ppparser --limit-SECRET=1 --limit-SECRET", NO_OPTION),
        ("ppparser -%", NO_OPTION),
        ("get-metrics-insights.py --b 2 1", "--b is not a unique prefix: --build-number, --build?"),
    ],
)
def test_message_says_what_is_wrong(command_line: str, problem: str) -> None:
    program, *argv = shlex.split(command_line)
    with pytest.raises(UsageError) as raised:
        PROGRAMS[program].parse(argv)
    assert str(raised.value) == problem


@pytest.mark.parametrize(
    ("command_line", "parsed"),
    [
        ("ppparser --in=f metrics", {"metrics": True, "--input": ["f"]}),
        ("ppparser metrics -i -h", {"metrics": True, "--input": ["-h"]}),
        ("ppparser metrics -aif --in g", {"metrics": True, "--input": ["f", "g"], "--auto_insights": True}),
        ("get-metrics-insights.py -- -1 -m", {"APP_ID": ["--", "-1", "-m"]}),
        ("get-metrics-insights.py --build-n 1 2", {"--build-number": "1", "APP_ID": ["2"]}),
    ],
)
def test_unusual_spellings_are_valid(command_line: str, parsed: dict[str, object]) -> None:
    program, *argv = shlex.split(command_line)
    assert {name: value for name, value in PROGRAMS[program].parse(argv).items() if value} == parsed


WORDS = st.one_of(
    st.sampled_from(["", "-", "--", "---", "-x", "--=SECRET", "--SECRET", "-é", "metrics", "diagnostics", "x y"]),
    st.sampled_from(["--input", "--lifetime", "--scope", "--build", "--app", "--individual", "--format", "--csv"]),
    st.sampled_from(["-i", "-m", "-a", "-ac", "-iSECRET", "-oSECRET", "-lSECRET", "--metric=SECRET", "--csv=SECRET"]),
    st.sampled_from(["--i", "--f", "--a=SECRET", "--bu", "--output", "--lim=SECRET", "--type=SECRET", "--signatures"]),
    st.text(string.printable, max_size=4).map("SECRET{}".format),
)


@pytest.mark.parametrize("program", PROGRAMS)
@given(argv=st.lists(WORDS, max_size=8))
def test_message_is_one_line_that_repeats_no_value(program: str, argv: list[str]) -> None:
    try:
        PROGRAMS[program].parse(argv)
    except UsageError as error:
        message = str(error)
        assert message
        assert message.isprintable()
        assert "SECRET" not in message


@pytest.mark.parametrize("program", PROGRAMS)
def test_section_is_the_usage_without_the_rest_of_the_help(program: str) -> None:
    lines = PROGRAMS[program].usage_section().splitlines()
    assert lines[0] == "Usage:"
    assert lines[-1] == f"    {program} -h"
    assert {line.split()[0] for line in lines[1:] if line[4] != " "} == {program}
