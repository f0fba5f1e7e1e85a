"""Command lines that the usages of the four programs reject, and the messages that say why."""

from __future__ import annotations

import re
import shlex
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ppparser.errors import UsageError
from ppparser.program.harness import Program
from ppparser.program.usage import usage_section
from tests.helpers.support import module_of

PROGRAMS = {
    name: module_of(name).PROGRAM
    for name in ("ppparser", "generate-token.py", "get-metrics-insights.py", "get-diagnostics-logs.py")
}
WHICH_REPORT = "the command is missing: metrics, overview or diagnostics"
NO_INPUT = "--input=INPUT_FILE is missing"
NO_OPTION = "there is no such option"


def problem_of(program: str, argv: list[str]) -> str:
    with pytest.raises(UsageError) as raised:
        PROGRAMS[program].parse(argv)
    return str(raised.value)


@pytest.mark.parametrize(
    ("command_line", "problem"),
    [
        # The report
        ("", WHICH_REPORT),
        ("--input=f", WHICH_REPORT),
        ("metric -i f", WHICH_REPORT),
        ("METRICS -i f", WHICH_REPORT),
        ("-", WHICH_REPORT),
        ("''", WHICH_REPORT),
        ("x " * 60, WHICH_REPORT),
        ("-i metrics", WHICH_REPORT),
        # What is missing
        ("metrics", NO_INPUT),
        ("diagnostics -l 3", NO_INPUT),
        ("metrics f.json", NO_INPUT),
        ("diagnostics f.json -c", NO_INPUT),
        ("metrics -m a", NO_INPUT),
        ("metrics -", NO_INPUT),
        ("metrics ''", NO_INPUT),
        ("metrics -- --input=f", NO_INPUT),
        ("-- metrics -i f", NO_INPUT),
        ("metrics " * 60, NO_INPUT),
        ("metrics --input", "--input requires a value"),
        ("metrics -i f -m", "-m requires a value"),
        # What does not belong there
        ("metrics -i f more", "argument 4 is unexpected"),
        ("metrics more -i f", "argument 2 is unexpected"),
        ("metrics -if more", "argument 3 is unexpected"),
        ("metrics --input f more", "argument 4 is unexpected"),
        ("metrics --inp f more", "argument 4 is unexpected"),
        ("metrics -i f -", "argument 4 is unexpected"),
        ("metrics -i f ''", "argument 4 is unexpected"),
        ("metrics -i f --", "argument 4 is unexpected"),
        ("metrics -i f -- more", "argument 4 is unexpected"),
        ("metrics -i -- more", "argument 4 is unexpected"),
        ("metrics -i f metrics", "argument 4 is unexpected"),
        ("metrics diagnostics -i f", "argument 2 is unexpected"),
        ("'' metrics -i f", "argument 1 is unexpected"),
        ("metrics -i f --callstack", "--callstack cannot be used here"),
        ("metrics -i f -c", "--callstack cannot be used here"),
        ("metrics -i f -ac", "--callstack cannot be used here"),
        ("diagnostics -i f --metric=launchTime", "--metric cannot be used here"),
        ("diagnostics -i f -m launchTime -a", "--metric cannot be used here"),
        ("metrics -i f --details=yes", "--details must not have a value"),
        # Repetitions
        ("diagnostics -i f --input=g", "--input is given more than once"),
        ("diagnostics -i f --in g", "--input is given more than once"),
        ("diagnostics -c -i f -ig -i h", "--input is given more than once"),
        ("--input=f --input=g", WHICH_REPORT),
        ("metrics -i f -i g more", "argument 6 is unexpected"),
        ("metrics -i f -i g --callstack", "--callstack cannot be used here"),
        ("metrics -i f -m a -m b", "--metric is given more than once"),
        ("diagnostics -i f -cc", "--callstack is given more than once"),
        ("-a " * 60, "--auto_insights is given more than once"),
        # Unknown options
        ("metrics -i f --verbose", "there is no option --verbose"),
        ("metrics -i f --verbose=SECRET", "there is no option --verbose"),
        ("metrics -i f --inputs=SECRET", "there is no option --inputs"),
        ("metrics -i f -x", "there is no option -x"),
        ("metrics -i f -xSECRET", "there is no option -x"),
        ("metrics -i f -ax", "there is no option -x"),
        ("metrics -i f -g", "there is no option -g"),  # The help says "auto-generated".
        ("metrics --auto-insights -i f", "there is no option --auto-insights"),
        ("--SECRET", NO_OPTION),
        ("--secret_of_more_than_thirty_letters", NO_OPTION),
        ("--SECRET --SECRET=x", NO_OPTION),
        ("--limit-SECRET=1 --limit-SECRET", NO_OPTION),
        ("-%", NO_OPTION),
        ("-----", NO_OPTION),
        ("--a metrics -i f", "--a is not a unique prefix: --auto_insights, --app-version, --against, --accept?"),
        (
            "diagnostics -i f --a --callstack",
            "--a is not a unique prefix: --auto_insights, --app-version, --against, --accept?",
        ),
    ],
)
def test_ppparser_says_what_is_wrong(command_line: str, problem: str) -> None:
    assert problem_of("ppparser", shlex.split(command_line)) == problem


@pytest.mark.parametrize(
    ("command_line", "problem"),
    [
        ("", "ISSUER_ID, KEY_ID and KEY_FILE_PATH are missing"),
        ("--scope=x", "ISSUER_ID, KEY_ID and KEY_FILE_PATH are missing"),
        ("ISSUER", "KEY_ID and KEY_FILE_PATH are missing"),
        ("ISSUER KEY", "KEY_FILE_PATH is missing"),
        ("--lifetime ISSUER KEY FILE", "KEY_FILE_PATH is missing"),
        ("--scope ISSUER KEY FILE", "KEY_FILE_PATH is missing"),
        ("--individual", "KEY_ID and KEY_FILE_PATH are missing"),
        ("--individual KEY", "KEY_FILE_PATH is missing"),
        ("--ind KEY", "KEY_FILE_PATH is missing"),
        ("ISSUER KEY FILE SECRET", "argument 4 is unexpected"),
        ("ISSUER KEY FILE -", "argument 4 is unexpected"),
        ("ISSUER KEY -- FILE", "argument 4 is unexpected"),
        ("-- ISSUER KEY FILE", "argument 4 is unexpected"),
        ("-- --individual KEY FILE", "argument 4 is unexpected"),
        ("--individual ISSUER KEY FILE", "argument 4 is unexpected"),
        ("--lifetime 5 ISSUER KEY FILE SECRET", "argument 6 is unexpected"),
        ("--scope a --scope b ISSUER KEY FILE SECRET", "argument 8 is unexpected"),
        ("'' '' '' ''", "argument 4 is unexpected"),
        ("x " * 60, "argument 4 is unexpected"),
        ("--lifetime=5 --lifetime=6 ISSUER KEY FILE", "--lifetime is given more than once"),
        ("--individual --ind KEY FILE", "--individual is given more than once"),
        ("--individual=yes KEY FILE", "--individual must not have a value"),
        ("ISSUER KEY FILE --lifetime", "--lifetime requires a value"),
        ("-s x ISSUER KEY FILE", "there is no option -s"),
    ],
)
def test_generate_token_says_what_is_wrong(command_line: str, problem: str) -> None:
    assert problem_of("generate-token.py", shlex.split(command_line)) == problem


@pytest.mark.parametrize(
    ("command_line", "problem"),
    [
        ("", "APP_ID is missing"),
        ("-o 1", "APP_ID is missing"),
        ("--fail-o", "APP_ID is missing"),
        ("1 --build=2", "argument 1 is unexpected"),
        ("1 2 --all-apps", "argument 1 is unexpected"),
        ("--all-apps --build-number=2", "APP_ID is missing"),
        ("--build=2 1", "argument 2 is unexpected"),
        ("--b 2 1", "--b is not a unique prefix: --build-number, --build?"),
        ("--build-number=4", "APP_ID is missing"),
        ("--build=2 --build-number=4", "APP_ID is missing"),
        ("--build", "--build requires a value"),
        ("-o", "-o requires a value"),
        ("--build=1 --build=2", "--build is given more than once"),
        ("-m a -mb 1", "--metric is given more than once"),
        ("1 --csv", "--csv is now --format=csv"),
        ("--app=1", "APP_ID is missing"),
        ("1 --apps=1", "there is no option --apps"),
    ],
)
def test_get_metrics_insights_says_what_is_wrong(command_line: str, problem: str) -> None:
    assert problem_of("get-metrics-insights.py", shlex.split(command_line)) == problem


@pytest.mark.parametrize(
    ("command_line", "problem"),
    [
        ("", "BUILD_ID is missing"),
        ("-tHANGS", "BUILD_ID is missing"),
        ("-s x", "BUILD_ID is missing"),
        ("--build-number=4", "--app=APP is missing"),
        ("--build 4", "--app=APP is missing"),
        ("BUILD --build-number=4", "--app=APP is missing"),
        ("BUILD more", "argument 2 is unexpected"),
        ("--app=1 BUILD", "argument 2 is unexpected"),
        ("--app=1 --build-number 4 BUILD", "argument 4 is unexpected"),
        ("-- BUILD", "argument 2 is unexpected"),
        ("-- --app=1", "argument 2 is unexpected"),
        ("BUILD " * 60, "argument 2 is unexpected"),
        ("--app", "--app requires a value"),
        ("-t", "-t requires a value"),
        ("--app=1 --app=2", "--app is given more than once"),
        ("-c --callstack BUILD", "--callstack is given more than once"),
        ("--callstacks BUILD", "there is no option --callstacks"),
        ("--sign=a BUILD", "--sign is not a unique prefix: --signatures, --signature?"),
        ("--signature=a --signature=b BUILD", "--signature is given more than once"),
    ],
)
def test_get_diagnostics_logs_says_what_is_wrong(command_line: str, problem: str) -> None:
    assert problem_of("get-diagnostics-logs.py", shlex.split(command_line)) == problem


@pytest.mark.parametrize(
    ("program", "command_line", "parsed"),
    [
        ("ppparser", "--in=f metrics", {"metrics": True, "--input": ["f"]}),
        ("ppparser", "metrics -i ''", {"metrics": True, "--input": [""]}),
        ("ppparser", "metrics -i --", {"metrics": True, "--input": ["--"]}),
        ("ppparser", "metrics -i -h", {"metrics": True, "--input": ["-h"]}),
        ("ppparser", "metrics -if -a --in g", {"metrics": True, "--input": ["f", "g"], "--auto_insights": True}),
        ("ppparser", "metrics -aif", {"metrics": True, "--input": ["f"], "--auto_insights": True}),
        (
            "ppparser",
            "-if diagnostics -cl3",
            {"diagnostics": True, "--input": ["f"], "--callstack": True, "--limit": "3"},
        ),
        ("generate-token.py", "a b -", {"ISSUER_ID": "a", "KEY_ID": "b", "KEY_FILE_PATH": "-", "--lifetime": "20"}),
        ("get-metrics-insights.py", "-", {"APP_ID": ["-"]}),
        ("get-metrics-insights.py", "-- -1 -m", {"APP_ID": ["--", "-1", "-m"]}),
        ("get-metrics-insights.py", "--build 1", {"--build": "1"}),
        ("get-metrics-insights.py", "--build-n 1 2", {"--build-number": "1", "APP_ID": ["2"]}),
        ("get-metrics-insights.py", "-m=a 1", {"--metric": "=a", "APP_ID": ["1"]}),
    ],
)
def test_unusual_spellings_of_valid_command_lines(program: str, command_line: str, parsed: dict[str, object]) -> None:
    arguments = PROGRAMS[program].parse(shlex.split(command_line))
    assert {name: value for name, value in arguments.items() if value} == {k: v for k, v in parsed.items() if v}


VALID = {
    "ppparser": ["metrics --input=f", "diagnostics --input=f"],
    "generate-token.py": ["ISSUER KEY FILE", "--individual KEY FILE"],
    "get-metrics-insights.py": ["APP", "--build=BUILD"],
    "get-diagnostics-logs.py": ["BUILD", "--app=APP"],
}


def options_of(program: str) -> list[str]:
    """Return the options that no command may repeat, each in all its spellings, with a value if it takes one."""
    spellings = []
    for line in re.findall(r"^ +(-.+?)  ", PROGRAMS[program].usage, re.MULTILINE):
        spellings += [spelling.replace("=", " ") for spelling in line.split(", ")]
    others = ("-h", "--help", "-v", "--version", "--scope", "-i", "--input")
    return [spelling for spelling in spellings if spelling.split()[0] not in others]


@pytest.mark.parametrize(
    ("program", "option"), [(program, option) for program in PROGRAMS for option in options_of(program)]
)
def test_no_option_may_be_given_twice(program: str, option: str) -> None:
    long_names = {problem_of(program, [*shlex.split(command), *(2 * option.split())]) for command in VALID[program]}
    assert any(re.fullmatch("--[a-z_-]+ is given more than once", problem) for problem in long_names)
    assert all("is given more than once" in problem for problem in long_names)


RETRIES = """Usage:
    copy [--retry=COUNT] [--retry-delay=SECONDS] FILE
"""


@pytest.mark.parametrize("again", ["--retry=2", "--retry-d 2 --retry=3"])
def test_exact_name_is_not_a_prefix(again: str) -> None:
    with pytest.raises(UsageError, match=r"^--retry is given more than once$"):
        Program("copy", RETRIES).parse(["--retry", "1", *again.split(), "f"])


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
        assert message != "the arguments do not match the usage"


@pytest.mark.parametrize("program", PROGRAMS)
def test_section_is_the_usage_without_the_rest_of_the_help(program: str) -> None:
    lines = usage_section(PROGRAMS[program].usage).splitlines()
    assert lines[0] == "Usage:"
    assert lines[-1] == f"    {program} -h"
    assert {line.split()[0] for line in lines[1:] if line[4] != " "} == {program}


def test_usage_may_be_the_end_of_the_help() -> None:
    assert usage_section(f"Copy a file.\n\n{RETRIES}") == RETRIES.rstrip()
