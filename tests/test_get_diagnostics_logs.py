"""Tests of get-diagnostics-logs.py against the stand-in for the API.

The expected output in `data` is what this writes, with the arguments that the test of NAME gives:
`python3 tests/app_store_connect.py get-diagnostics-logs.py ARG... > tests/data/NAME`
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Callable
from urllib.parse import parse_qs, urlsplit

import fleet
import pytest
from app_store_connect import PAGE_SIZE, AppStoreConnect
from conftest import Outcome
from programs import expected, ppparser, python, spawn, spawn_on_terminal

Run = Callable[..., Outcome]
Captured = pytest.CaptureFixture[str]

SCRIPT = "get-diagnostics-logs.py"
LIST = f"/v1/builds/{fleet.BUILD_ID}/diagnosticSignatures"
USAGE = """\
Usage:
    get-diagnostics-logs.py [options] BUILD_ID
    get-diagnostics-logs.py [options] --app=APP [--build-number=NUMBER]
    get-diagnostics-logs.py -h
"""
HANGS = ["--type=HANGS", "--signatures=2", "--limit=1"]


def ranked(kind: str) -> list[str]:
    """IDs of the signatures of a type, heaviest first."""
    found = sorted(fleet.signatures(kind), key=lambda signature: -signature["attributes"]["weight"])
    return [signature["id"] for signature in found]


def asked(api: AppStoreConnect) -> list[tuple[str, dict[str, list[str]]]]:
    """Path and query of each request."""
    return [(urlsplit(request.path).path, parse_qs(urlsplit(request.path).query)) for request in api.requests]


# --- what is printed --------------------------------------------------------------------------------------------------


def test_the_top_signature_s_call_stacks_are_printed_over_one_connection(api: AppStoreConnect, run: Run) -> None:
    assert run(SCRIPT, "--limit=1", fleet.BUILD_ID) == (0, expected("get-diagnostics-logs.txt"), "")
    logs = f"/v1/diagnosticSignatures/{ranked('DISK_WRITES')[0]}/logs"
    assert [path for path, _ in asked(api)] == [LIST, LIST, logs]
    assert api.connections == 1


@pytest.mark.parametrize("kind", ["HANGS", "hangs", "Hangs"])
def test_several_signatures_of_another_type_are_printed_heaviest_first(
    api: AppStoreConnect, run: Run, kind: str
) -> None:
    assert run(SCRIPT, "-t", kind, "-s", "2", "-l", "1", fleet.BUILD_ID) == (
        0,
        expected("get-diagnostics-logs-hangs.txt"),
        "",
    )


@pytest.mark.parametrize("kind", ["DISK_WRITES", "HANGS", "LAUNCHES"])
def test_the_ranking_is_by_weight_over_all_pages_whatever_order_the_api_has(
    api: AppStoreConnect, run: Run, kind: str
) -> None:
    signatures = {signature["id"]: signature["attributes"] for signature in fleet.signatures(kind)}
    ids = ranked(kind)
    assert list(signatures) != ids
    lines = run(SCRIPT, f"--type={kind}", fleet.BUILD_ID).out.splitlines()
    listed = [re.split(" {2,}", line.strip()) for line in lines[2 : lines.index("")]]
    assert [(weight, name) for weight, _, name in listed] == [
        (f"{100 * signatures[one]['weight']:.0f} %", signatures[one]["signature"]) for one in ids
    ]
    assert [path for path, _ in asked(api)].count(LIST) == -(-len(ids) // PAGE_SIZE)


def test_the_limit_and_the_type_are_asked_of_the_api(api: AppStoreConnect, run: Run) -> None:
    run(SCRIPT, "--type=launches", "--limit=3", "--signatures=2", fleet.BUILD_ID)
    queries = [(path, query) for path, query in asked(api) if "cursor" not in query]
    logs = [(f"/v1/diagnosticSignatures/{one}/logs", {"limit": ["3"]}) for one in ranked("LAUNCHES")[:2]]
    assert queries == [(LIST, {"filter[diagnosticType]": ["LAUNCHES"], "limit": ["200"]}), *logs]


def test_five_logs_of_one_signature_are_the_default(api: AppStoreConnect, run: Run) -> None:
    out = run(SCRIPT, fleet.BUILD_ID).out
    assert re.findall(r"^  Log \d of \d|^Signature \d of \d", out, re.MULTILINE) == [
        "Signature 1 of 1",
        *(f"  Log {number} of 5" for number in range(1, 6)),
    ]
    assert asked(api)[-1][1] == {"limit": ["5"]}


def test_more_signatures_than_there_are_means_all(api: AppStoreConnect, run: Run) -> None:
    out = run(SCRIPT, "--signatures=99", "--limit=1", fleet.BUILD_ID).out
    count = len(ranked("DISK_WRITES"))
    assert re.findall(r"^Signature \d+ of \d+", out, re.MULTILINE) == [
        f"Signature {number} of {count}" for number in range(1, count + 1)
    ]


def test_folded_stacks_are_printed_and_nothing_else(api: AppStoreConnect, run: Run) -> None:
    assert run(SCRIPT, *HANGS, "--folded", fleet.BUILD_ID) == (0, expected("get-diagnostics-logs-folded.txt"), "")


def test_the_first_screen_names_the_function_and_the_line_to_open(api: AppStoreConnect, run: Run) -> None:
    first = run(SCRIPT, f"--app={fleet.BUNDLE_ID}").out.splitlines()[:24]
    assert [line for line in first if line.startswith("  look at")] == [
        "  look at  74 %, 5/5 logs  -[RLDatabase execute:arguments:] (RLDatabase.m:233)"
    ]


def test_colour_adds_escape_sequences_and_nothing_else(
    api: AppStoreConnect, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    out = run(SCRIPT, *HANGS, fleet.BUILD_ID).out
    assert "\x1b" in out
    assert re.sub(r"\x1b\[[0-9;]*m", "", out) == expected("get-diagnostics-logs-hangs.txt")


# --- what is saved ----------------------------------------------------------------------------------------------------


def bodies(text: str) -> list[str]:
    """What is printed below the headings of the signatures."""
    return re.split(r"^Signature .*\n", text, flags=re.MULTILINE)[1:]


@pytest.mark.parametrize("count", [1, 3])
def test_the_saved_logs_are_one_document_of_which_ppparser_prints_the_same(
    api: AppStoreConnect, run: Run, capsys: Captured, count: int
) -> None:
    downloaded = run(SCRIPT, f"--signatures={count}", "--limit=2", "--output=saved.json", fleet.BUILD_ID)
    offline = ppparser(capsys, "diagnostics", "--input=saved.json", "--callstack")
    assert (offline.status, len(bodies(offline.out))) == (0, count)
    assert bodies(offline.out) == bodies(downloaded.out)


def test_folded_stacks_of_the_saved_logs_are_those_that_were_printed(
    api: AppStoreConnect, run: Run, capsys: Captured
) -> None:
    downloaded = run(SCRIPT, *HANGS, "--folded", "--output=saved.json", fleet.BUILD_ID)
    assert downloaded == ppparser(capsys, "diagnostics", "--input=saved.json", "--folded")
    assert downloaded.out == expected("get-diagnostics-logs-folded.txt")


@pytest.mark.parametrize("folded", [[], ["--folded"]])
def test_a_dash_prints_the_document_in_place_of_anything_else(
    api: AppStoreConnect, run: Run, folded: list[str]
) -> None:
    outcome = run(SCRIPT, *folded, "--type=HANGS", "--signatures=2", "--output=-", fleet.BUILD_ID)
    products = [product for one in ranked("HANGS")[:2] for product in fleet.logs(one)["productData"]]
    for product in products:
        del product["diagnosticLogs"][5:]
    assert (outcome.status, outcome.err) == (0, "")
    assert json.loads(outcome.out) == {"version": "1.0.0", "productData": products}


# --- which build ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("app", [fleet.APP_ID, fleet.BUNDLE_ID])
def test_without_a_number_it_is_the_build_uploaded_last(api: AppStoreConnect, run: Run, app: str) -> None:
    named = expected("get-diagnostics-logs.txt").replace(fleet.BUILD_ID, fleet.BUILDS[0].number)
    assert run(SCRIPT, "--limit=1", f"--app={app}") == (0, named, "")
    assert api.connections == 1


def test_a_build_is_found_by_its_number(api: AppStoreConnect, run: Run) -> None:
    build = fleet.BUILDS[2]
    out = run(SCRIPT, f"--app={fleet.APP_ID}", f"--build-number={build.number}").out
    assert out.splitlines()[0] == f"DISK_WRITES signatures of build {build.number}, heaviest first"
    assert f"/v1/builds/{build.id}/diagnosticSignatures" in [path for path, _ in asked(api)]


def test_an_unknown_build_number_is_answered_with_those_there_are(api: AppStoreConnect, run: Run) -> None:
    newest_first = sorted(fleet.builds(), key=lambda build: build["attributes"]["uploadedDate"], reverse=True)
    known = ", ".join(
        f"{build['attributes']['version']} ({build['id']}, {build['attributes']['uploadedDate'][:10]})"
        for build in newest_first
    )
    assert run(SCRIPT, f"--app={fleet.APP_ID}", "--build-number=1") == (
        1,
        "",
        f"{SCRIPT}: the app has no build number 1. It has: {known}\n",
    )


def test_an_app_without_builds_is_told_so(api: AppStoreConnect, run: Run) -> None:
    assert run(SCRIPT, f"--app={fleet.SMALL_BUNDLE_ID}") == (1, "", f"{SCRIPT}: the app has no builds. It has: none\n")


# --- what ends otherwise ----------------------------------------------------------------------------------------------

WHY = """\
normal below Apple's usage threshold and in the
  first days after a release, and a good sign where an earlier build had some"""
NO_LOGS = "the report holds no diagnostic logs: Apple keeps them for a while, for signatures that enough devices met"


def test_a_build_without_signatures_is_told_why_that_is_normal(api: AppStoreConnect, run: Run) -> None:
    assert run(SCRIPT, "--type=hangs", fleet.QUIET_BUILD_ID) == (
        1,
        "",
        f"{SCRIPT}: build {fleet.QUIET_BUILD_ID} has no HANGS signatures: {WHY}\n",
    )


def test_signatures_without_logs_are_ranked_and_the_lack_is_explained(api: AppStoreConnect, run: Run) -> None:
    answer = (200, "application/vnd.apple.diagnostic-logs+json", b'{"productData": []}')
    api.answers[f"/v1/diagnosticSignatures/{ranked('DISK_WRITES')[0]}/logs"] = answer
    ranking, heading, _ = expected("get-diagnostics-logs.txt").partition("Signature 1 of 1")
    outcome = run(SCRIPT, fleet.BUILD_ID)
    assert (outcome.status, outcome.out.split(heading)[0]) == (1, ranking)
    assert outcome.err == f"{SCRIPT}: {NO_LOGS}\n"


@pytest.mark.parametrize(
    ("argv", "problem"),
    [
        ([], "BUILD_ID is missing"),
        (["--type=CRASHES", fleet.BUILD_ID], "--type takes one of DISK_WRITES, HANGS, LAUNCHES"),
        (["--limit=0", fleet.BUILD_ID], "--limit takes a whole number from 1 to 200"),
        (["--limit=201", fleet.BUILD_ID], "--limit takes a whole number from 1 to 200"),
        (["--signatures=0", fleet.BUILD_ID], "--signatures takes a positive whole number"),
        (["--signatures=all", fleet.BUILD_ID], "--signatures takes a positive whole number"),
        (["--build-number=431"], "--app=APP is missing"),
        (["--callstack", fleet.BUILD_ID], "there is no option --callstack"),
    ],
)
def test_a_usage_error_says_what_is_wrong_and_asks_nothing(
    api: AppStoreConnect, run: Run, argv: list[str], problem: str
) -> None:
    assert run(SCRIPT, *argv) == (2, "", f"{SCRIPT}: {problem}\n{USAGE}")
    assert asked(api) == []


# --- processes --------------------------------------------------------------------------------------------------------


def test_the_script_runs_from_any_folder_and_waits_for_nobody(api: AppStoreConnect, home: Path) -> None:
    environment = {**api.environment(home), "HOME": str(home)}
    done = spawn([*python(SCRIPT), "--limit=1", fleet.BUILD_ID], environment, cwd=home)
    assert done == (0, expected("get-diagnostics-logs.txt"), "")


def test_on_a_terminal_a_line_says_what_is_fetched_and_how_many_are_left(api: AppStoreConnect, home: Path) -> None:
    environment = {**api.environment(home), "HOME": str(home)}
    done = spawn_on_terminal([*python(SCRIPT), *HANGS, fleet.BUILD_ID], environment)
    assert done == (
        0,
        expected("get-diagnostics-logs-hangs.txt"),
        "\r\x1b[Kfetching the list of signatures, page 1"
        "\r\x1b[Kfetching the list of signatures, page 2"
        "\r\x1b[K"
        "\r\x1b[Kfetching the logs of signature 1 of 2"
        "\r\x1b[K"
        "\r\x1b[Kfetching the logs of signature 2 of 2"
        "\r\x1b[K",
    )


@pytest.mark.parametrize("option", ["--app", "--output", "--build-number"])
def test_an_option_with_an_empty_value_is_refused(api: AppStoreConnect, run: Run, option: str) -> None:
    rest = ["--app=1"] if option == "--build-number" else [] if option == "--app" else [fleet.BUILD_ID]
    status, out, err = run(SCRIPT, f"{option}=", *rest)
    assert (status, out, err.split("\n")[0]) == (2, "", f"{SCRIPT}: {option} has an empty value")
    assert api.requests == []


def test_a_signature_without_a_usable_id_is_the_api_s_failure(api: AppStoreConnect, run: Run) -> None:
    body = b'{"data": [{"type": "diagnosticSignatures", "id": "../x", "attributes": {"weight": 1}}], "links": {}}'
    api.answers[f"/v1/builds/{fleet.BUILD_ID}/diagnosticSignatures"] = (200, "application/json", body)
    status, _, err = run(SCRIPT, fleet.BUILD_ID)
    assert (status, err) == (3, f"{SCRIPT}: an ID of App Store Connect has letters, digits and hyphens only\n")
