"""get-diagnostics-logs.py against the fake API.

To write the expected output in `data`, run `python3 tests/fake_api get-diagnostics-logs.py ARG... > tests/data/NAME`
with the arguments in the test of NAME.
"""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import fake_api
import pytest
from fake_api import (
    APP_ID,
    BUILD_ID,
    BUILDS,
    BUNDLE_ID,
    LOGS_TYPE,
    PAGE_SIZE,
    QUIET_BUILD_ID,
    SMALL_BUNDLE_ID,
    FakeAPI,
)
from support import Run, command, expected, spawn, spawn_on_terminal

from ppparser.reports import NO_LOGS

SCRIPT = "get-diagnostics-logs.py"
LIST = f"/v1/builds/{BUILD_ID}/diagnosticSignatures"
USAGE = """\
Usage:
    get-diagnostics-logs.py [options] BUILD_ID
    get-diagnostics-logs.py [options] --app=APP [--build-number=NUMBER]
    get-diagnostics-logs.py -h
"""
HANGS = ["--type=HANGS", "--signatures=2", "--limit=1"]


def rank(diagnostic_type: str) -> list[str]:
    """Return the IDs of the signatures of a type, heaviest first."""
    signatures = fake_api.signatures(diagnostic_type)
    return [one["id"] for one in sorted(signatures, key=lambda one: -one["attributes"]["weight"])]


def logs_path(signature_id: str) -> str:
    return f"/v1/diagnosticSignatures/{signature_id}/logs"


def requests(api: FakeAPI) -> list[tuple[str, dict[str, list[str]]]]:
    """Return the path and the query of each request."""
    return [(urlsplit(request.path).path, parse_qs(urlsplit(request.path).query)) for request in api.requests]


# --- output -----------------------------------------------------------------------------------------------------------


def test_call_stacks_of_the_top_signature_are_printed(api: FakeAPI, run: Run) -> None:
    assert run(SCRIPT, "--limit=1", BUILD_ID) == (0, expected("get-diagnostics-logs.txt"), "")
    assert [path for path, _ in requests(api)] == [LIST, LIST, logs_path(rank("DISK_WRITES")[0])]
    assert api.connections == 1


@pytest.mark.parametrize("diagnostic_type", ["HANGS", "hangs", "Hangs"])
def test_several_signatures_are_printed_heaviest_first(api: FakeAPI, run: Run, diagnostic_type: str) -> None:
    outcome = run(SCRIPT, "-t", diagnostic_type, "-s", "2", "-l", "1", BUILD_ID)
    assert outcome == (0, expected("get-diagnostics-logs-hangs.txt"), "")


@pytest.mark.parametrize("diagnostic_type", ["DISK_WRITES", "HANGS", "LAUNCHES"])
def test_ranking_is_by_weight_over_all_pages(api: FakeAPI, run: Run, diagnostic_type: str) -> None:
    attributes = {one["id"]: one["attributes"] for one in fake_api.signatures(diagnostic_type)}
    ids = rank(diagnostic_type)
    assert list(attributes) != ids
    lines = run(SCRIPT, f"--type={diagnostic_type}", BUILD_ID).out.splitlines()
    ranking = [re.split(" {2,}", line.strip()) for line in lines[2 : lines.index("")]]
    assert [(weight, name) for weight, _, name in ranking] == [
        (f"{100 * attributes[one]['weight']:.0f} %", attributes[one]["signature"]) for one in ids
    ]
    assert [path for path, _ in requests(api)].count(LIST) == -(-len(ids) // PAGE_SIZE)


def test_limit_and_type_are_sent_to_the_api(api: FakeAPI, run: Run) -> None:
    run(SCRIPT, "--type=launches", "--limit=3", "--signatures=2", BUILD_ID)
    first_pages = [(path, query) for path, query in requests(api) if "cursor" not in query]
    logs = [(logs_path(one), {"limit": ["3"]}) for one in rank("LAUNCHES")[:2]]
    assert first_pages[0] == (LIST, {"filter[diagnosticType]": ["LAUNCHES"], "limit": ["200"]})
    assert sorted(first_pages[1:]) == sorted(logs)  # They run at the same time.


@pytest.mark.parametrize("limit", ["1", "200"])
def test_limit_may_equal_a_bound(api: FakeAPI, run: Run, limit: str) -> None:
    assert run(SCRIPT, f"--limit={limit}", BUILD_ID).status == 0
    assert requests(api)[-1][1] == {"limit": [limit]}


def test_default_is_five_logs_of_one_signature(api: FakeAPI, run: Run) -> None:
    out = run(SCRIPT, BUILD_ID).out
    assert re.findall(r"^  Log \d of \d|^Signature \d of \d", out, re.MULTILINE) == [
        "Signature 1 of 1",
        *(f"  Log {number} of 5" for number in range(1, 6)),
    ]
    assert requests(api)[-1][1] == {"limit": ["5"]}


def test_limit_holds_even_if_the_api_ignores_it(api: FakeAPI, run: Run) -> None:
    top = rank("DISK_WRITES")[0]
    api.responses[logs_path(top)] = (200, LOGS_TYPE, json.dumps(fake_api.logs(top)).encode())
    assert run(SCRIPT, "--limit=1", BUILD_ID) == (0, expected("get-diagnostics-logs.txt"), "")


def test_too_many_signatures_means_all(api: FakeAPI, run: Run) -> None:
    out = run(SCRIPT, "--signatures=99", "--limit=1", BUILD_ID).out
    count = len(rank("DISK_WRITES"))
    assert re.findall(r"^Signature \d+ of \d+", out, re.MULTILINE) == [
        f"Signature {number} of {count}" for number in range(1, count + 1)
    ]


def test_folded_stacks_are_printed_and_nothing_else(api: FakeAPI, run: Run) -> None:
    assert run(SCRIPT, *HANGS, "--folded", BUILD_ID) == (0, expected("get-diagnostics-logs-folded.txt"), "")


def test_first_screen_names_the_line_to_open(api: FakeAPI, run: Run) -> None:
    first = run(SCRIPT, f"--app={BUNDLE_ID}").out.splitlines()[:24]
    assert [line for line in first if line.startswith("  look at")] == [
        "  look at  74 %, 5/5 logs  -[RLDatabase execute:arguments:] (RLDatabase.m:233)"
    ]


def test_colour_only_adds_escape_sequences(api: FakeAPI, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    out = run(SCRIPT, *HANGS, BUILD_ID).out
    assert "\x1b" in out
    assert re.sub(r"\x1b\[[0-9;]*m", "", out) == expected("get-diagnostics-logs-hangs.txt")


def test_help_is_printed(run: Run) -> None:
    outcome = run(SCRIPT, "-h")
    assert (outcome.status, outcome.err) == (0, "")
    assert outcome.out.startswith("Download the diagnostic logs")
    assert USAGE in outcome.out


# --- saving -----------------------------------------------------------------------------------------------------------


def bodies(out: str) -> list[str]:
    """Return what is printed below the headings of the signatures."""
    return re.split(r"^Signature .*\n", out, flags=re.MULTILINE)[1:]


@pytest.mark.parametrize("count", [1, 3])
def test_ppparser_prints_the_same_of_the_saved_logs(api: FakeAPI, run: Run, count: int) -> None:
    downloaded = run(SCRIPT, f"--signatures={count}", "--limit=2", "--output=saved.json", BUILD_ID)
    offline = run("ppparser", "diagnostics", "--input=saved.json", "--callstack")
    assert (offline.status, len(bodies(offline.out))) == (0, count)
    assert bodies(offline.out) == bodies(downloaded.out)


def test_ppparser_folds_the_saved_logs_the_same_way(api: FakeAPI, run: Run) -> None:
    downloaded = run(SCRIPT, *HANGS, "--folded", "--output=saved.json", BUILD_ID)
    assert downloaded == run("ppparser", "diagnostics", "--input=saved.json", "--folded")
    assert downloaded.out == expected("get-diagnostics-logs-folded.txt")


def test_one_response_is_saved_byte_for_byte(api: FakeAPI, run: Run, home: Path) -> None:
    body = b' {"productData": [{"signatureId": "1", "x": [1.50, 1E2], "diagnosticInsights": [{}]}]}\r\n'
    api.responses[logs_path(rank("HANGS")[0])] = (200, LOGS_TYPE, body)
    run(SCRIPT, "--type=HANGS", "-o", "saved.json", BUILD_ID)
    assert (home / "saved.json").read_bytes() == body


def test_several_responses_are_saved_as_one_document(api: FakeAPI, run: Run, home: Path) -> None:
    responses = [
        b'{"version": "1.0.0", "productData": [{"signatureId": "a", "diagnosticLogs": [{"x": 1.50}]}]}',
        b'{"version": "2.0.0", "productData": [{"signatureId": "b", "diagnosticLogs": [{"x": 1E2}]}]}',
    ]
    for signature_id, body in zip(rank("HANGS"), responses):
        api.responses[logs_path(signature_id)] = (200, LOGS_TYPE, body)
    assert run(SCRIPT, *HANGS, "--output=saved.json", BUILD_ID).status == 0
    saved = (home / "saved.json").read_text("ascii")
    assert json.loads(saved) == {
        "version": "1.0.0",
        "productData": [
            {"signatureId": "a", "diagnosticLogs": [{"x": 1.5}]},
            {"signatureId": "b", "diagnosticLogs": [{"x": 100.0}]},
        ],
    }
    assert ("1.5}" in saved, "100.0}" in saved) == (True, True)


@pytest.mark.parametrize("folded", [[], ["--folded"]])
def test_dash_prints_the_document_and_nothing_else(api: FakeAPI, run: Run, folded: list[str]) -> None:
    outcome = run(SCRIPT, *folded, "--type=HANGS", "--signatures=2", "--output=-", BUILD_ID)
    products = [product for one in rank("HANGS")[:2] for product in fake_api.logs(one)["productData"]]
    for product in products:
        del product["diagnosticLogs"][5:]
    assert (outcome.status, outcome.err) == (0, "")
    assert json.loads(outcome.out) == {"version": "1.0.0", "productData": products}


# --- which build ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("app", [APP_ID, BUNDLE_ID])
def test_default_build_is_the_one_uploaded_last(api: FakeAPI, run: Run, app: str) -> None:
    out = expected("get-diagnostics-logs.txt").replace(BUILD_ID, BUILDS[0].number)
    assert run(SCRIPT, "--limit=1", f"--app={app}") == (0, out, "")
    assert api.connections == 1


def test_build_is_found_by_its_number(api: FakeAPI, run: Run) -> None:
    build = BUILDS[2]
    out = run(SCRIPT, f"--app={APP_ID}", f"--build-number={build.number}").out
    assert out.splitlines()[0] == f"DISK_WRITES signatures of build {build.number}, heaviest first"
    assert f"/v1/builds/{build.id}/diagnosticSignatures" in [path for path, _ in requests(api)]


def test_unknown_build_number_lists_the_known_ones(api: FakeAPI, run: Run) -> None:
    known = ", ".join(f"{build.number} ({build.id}, {build.uploaded[:10]})" for build in BUILDS)
    problem = f"the app has no build number 1. Its builds: {known}"
    assert run(SCRIPT, f"--app={APP_ID}", "--build-number=1") == (1, "", f"{SCRIPT}: {problem}\n")


def test_app_without_builds_is_named(api: FakeAPI, run: Run) -> None:
    problem = "the app has no builds"
    assert run(SCRIPT, f"--app={SMALL_BUNDLE_ID}") == (1, "", f"{SCRIPT}: {problem}\n")


# --- errors -----------------------------------------------------------------------------------------------------------


def test_build_without_signatures_is_explained(api: FakeAPI, run: Run) -> None:
    assert run(SCRIPT, "--type=hangs", QUIET_BUILD_ID) == (
        1,
        "",
        f"{SCRIPT}: build {QUIET_BUILD_ID} has no HANGS signatures. This is normal below Apple's usage\n"
        "  threshold and in the first days after a release; it is good news if an earlier build had some\n",
    )


@pytest.mark.parametrize("options", [[], ["--folded"]])
def test_signatures_without_logs_are_explained(api: FakeAPI, run: Run, options: list[str]) -> None:
    response = (200, LOGS_TYPE, b'{"productData": []}')
    api.responses[logs_path(rank("DISK_WRITES")[0])] = response
    ranking, heading, _ = expected("get-diagnostics-logs.txt").partition("Signature 1 of 1")
    outcome = run(SCRIPT, *options, BUILD_ID)
    assert (outcome.status, outcome.out.split(heading)[0]) == (1, "" if options else ranking)
    assert outcome.err == f"{SCRIPT}: {NO_LOGS}\n"


@pytest.mark.parametrize("without_logs", [0, 1])
def test_one_signature_with_logs_is_enough(api: FakeAPI, run: Run, without_logs: int) -> None:
    api.responses[logs_path(rank("HANGS")[without_logs])] = (200, LOGS_TYPE, b'{"productData": []}')
    outcome = run(SCRIPT, *HANGS, BUILD_ID)
    assert (outcome.status, outcome.err) == (0, "")


def test_signature_without_a_usable_id_is_an_api_error(api: FakeAPI, run: Run) -> None:
    body = b'{"data": [{"type": "diagnosticSignatures", "id": "../x", "attributes": {"weight": 1}}], "links": {}}'
    api.responses[LIST] = (200, "application/json", body)
    outcome = run(SCRIPT, BUILD_ID)
    assert (outcome.status, outcome.err) == (
        3,
        f"{SCRIPT}: the API sent a signature without a usable ID: try again later\n",
    )


@pytest.mark.parametrize("signature_id", ["../x", "a"], ids=["unusable", "other"])
def test_link_of_a_signature_takes_precedence_over_its_id(api: FakeAPI, run: Run, signature_id: str) -> None:
    top = rank("DISK_WRITES")[0]
    links = {"related": api.url + logs_path(top)}
    signature = {"type": "diagnosticSignatures", "id": signature_id, "relationships": {"logs": {"links": links}}}
    api.responses[LIST] = (200, "application/json", json.dumps({"data": [signature], "links": {}}).encode())
    assert run(SCRIPT, BUILD_ID).status == 0
    assert requests(api)[-1][0] == logs_path(top)


def test_signature_without_a_link_is_fetched_by_its_id(api: FakeAPI, run: Run) -> None:
    top = rank("DISK_WRITES")[0]
    body = json.dumps({"data": [{"type": "diagnosticSignatures", "id": top}], "links": {}}).encode()
    api.responses[LIST] = (200, "application/json", body)
    assert run(SCRIPT, BUILD_ID).status == 0
    assert requests(api)[-1][0] == logs_path(top)


@pytest.mark.parametrize(
    ("argv", "problem"),
    [
        ([], "BUILD_ID is missing"),
        (["--build-number=431"], "--app=APP is missing"),
        (["--type=CRASHES", BUILD_ID], "--type takes one of DISK_WRITES, HANGS, LAUNCHES"),
        (["--limit=0", BUILD_ID], "--limit takes a whole number from 1 to 200"),
        (["--limit=201", BUILD_ID], "--limit takes a whole number from 1 to 200"),
        (["--limit=-1", BUILD_ID], "--limit takes a whole number from 1 to 200"),
        (["--limit=" + "1" * 30, BUILD_ID], "--limit takes a whole number from 1 to 200"),
        (["--signatures=0", BUILD_ID], "--signatures takes a positive whole number"),
        (["--signatures=all", BUILD_ID], "--signatures takes a positive whole number"),
        (["--signatures=" + "1" * 19, BUILD_ID], "--signatures takes a positive whole number"),
        (["--app="], "--app has an empty value"),
        (["--app=1", "--build-number="], "--build-number has an empty value"),
        (["--output=", BUILD_ID], "--output has an empty value"),
    ],
)
def test_usage_error_sends_no_request(api: FakeAPI, run: Run, argv: list[str], problem: str) -> None:
    assert run(SCRIPT, *argv) == (2, "", f"{SCRIPT}: {problem}\n{USAGE}")
    assert requests(api) == []


# --- processes --------------------------------------------------------------------------------------------------------


def test_script_runs_from_any_folder(api: FakeAPI, home: Path) -> None:
    outcome = spawn(command(SCRIPT, "--limit=1", BUILD_ID), dict(os.environ), cwd=home)
    assert outcome == (0, expected("get-diagnostics-logs.txt"), "")


@pytest.mark.parametrize("options", [[], ["--folded"]])
def test_terminal_shows_what_is_fetched(api: FakeAPI, options: list[str]) -> None:
    name = "folded" if options else "hangs"
    outcome = spawn_on_terminal(command(SCRIPT, *HANGS, *options, BUILD_ID), dict(os.environ))
    assert (outcome.status, outcome.out) == (0, expected(f"get-diagnostics-logs-{name}.txt"))
    first, *others = outcome.err.split("\r\x1b[K")
    assert (first, others[:4], others[-1], set(others[4:])) == (
        "",
        ["fetching the list of signatures, page 1", "fetching the list of signatures, page 2", "", "logs 0 of 2"],
        "",
        # Whether the second report arrives before the first one is printed is a matter of chance.
        {"logs 1 of 2", ""} & set(others[4:]),
    )
