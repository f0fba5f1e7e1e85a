"""get-diagnostics-logs.py against the fake API."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from ppparser.reports.log_reader import NO_LOGS
from tests import fake_api
from tests.fake_api import (
    APP_ID,
    BUILD_ID,
    BUILDS,
    BUNDLE_ID,
    LOGS_TYPE,
    PAGE_SIZE,
    QUIET_BUILD_ID,
    TESTFLIGHT_BUILD_ID,
    FakeAPI,
    faults,
)
from tests.helpers.html_text import page_lines
from tests.helpers.support import Check, Run, command, expected, spawn, spawn_on_terminal, succeeded, usage_errors

SCRIPT = "get-diagnostics-logs.py"
LIST = f"/v1/builds/{BUILD_ID}/diagnosticSignatures"
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

APP = f"--app={BUNDLE_ID}"
OUTPUT = {
    "get-diagnostics-logs.txt": [APP],
    "get-diagnostics-logs-hangs.txt": [APP, "--type=HANGS", "--signatures=2"],
    "get-diagnostics-logs-launches.txt": [APP, "--type=LAUNCHES"],
    "get-diagnostics-logs-list.txt": [APP, "--type=ALL", "--signatures=0"],
    "get-diagnostics-logs-signature.txt": [BUILD_ID, "--signature=acbcee25", "--limit=3"],
    "get-diagnostics-logs-filtered.txt": [APP, "--signatures=2", "--device=iPhone15,2", "--os=18"],
    "get-diagnostics-logs-against.txt": [APP, "--against=previous", "--limit=2"],
    "get-diagnostics-logs-against-type.txt": [*(APP, "--against=8.0.0", "--type=HANGS", "--signatures=1", "--limit=1")],
    "get-diagnostics-logs-against-itself.txt": [APP, "--against=431"],
    "get-diagnostics-logs-callstack.txt": [BUILD_ID, "--callstack", "--limit=1"],
    "get-diagnostics-logs-folded.txt": [BUILD_ID, *HANGS, "--format=folded"],
}
DOCUMENT_OUTPUT = {
    "get-diagnostics-logs.md": [APP, "--type=LAUNCHES", "--format=markdown"],
    "get-diagnostics-logs-against.md": [
        *(APP, "--against=previous", "--signatures=2", "--limit=2", "--format=markdown")
    ],
    "get-diagnostics-logs.json": [APP, "--limit=2", "--format=json"],
    "get-diagnostics-logs-against.json": [
        APP,
        "--against=8.0.0",
        *HANGS[:1],
        "--signatures=1",
        "--limit=1",
        "--format=json",
    ],
    "get-diagnostics-logs.csv": [APP, "--type=ALL", "--limit=1", "--format=csv"],
    "get-diagnostics-logs-against.csv": [*(APP, "--against=previous", "--signatures=1", "--limit=1", "--format=csv")],
    "get-diagnostics-logs-page.txt": [APP, "--format=html"],
    "get-diagnostics-logs-page-against.txt": [APP, "--against=previous", "--type=HANGS", "--format=html"],
    "get-diagnostics-logs-page-list.txt": [APP, "--signatures=0", "--type=LAUNCHES,HANGS", "--format=html"],
}


@pytest.mark.parametrize("name", OUTPUT)
def test_output_is_as_expected(api: FakeAPI, run: Run, name: str, check: Check) -> None:
    check(succeeded(run(SCRIPT, *OUTPUT[name])), name)


@pytest.mark.parametrize("name", DOCUMENT_OUTPUT)
def test_document_is_as_expected(api: FakeAPI, run: Run, name: str, check: Check) -> None:
    out = succeeded(run(SCRIPT, *DOCUMENT_OUTPUT[name]))
    assert out.isascii() or name.endswith(".md")
    check(page_lines(out) if "-page" in name else out, name)


@pytest.mark.parametrize("name", [name for name in OUTPUT if not name.endswith(("-callstack.txt", "-folded.txt"))])
def test_output_fits_into_eighty_columns(name: str) -> None:
    assert [line for line in expected(name).splitlines() if len(line) > 80] == []


@pytest.mark.parametrize("diagnostic_type", ["DISK_WRITES", "HANGS", "LAUNCHES"])
def test_one_signature_fits_on_a_screen_of_fifty_lines(api: FakeAPI, run: Run, diagnostic_type: str) -> None:
    assert len(run(SCRIPT, APP, f"--type={diagnostic_type}").out.splitlines()) <= 48


@pytest.mark.parametrize("name", OUTPUT)
def test_colour_only_adds_escape_sequences(api: FakeAPI, run: Run, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    out = run(SCRIPT, *OUTPUT[name]).out
    assert ("\x1b" in out) == ("folded" not in name)
    assert re.sub(r"\x1b\[[0-9;]*m", "", out) == expected(name)


def test_coloured_output_is_as_expected(api: FakeAPI, run: Run, monkeypatch: pytest.MonkeyPatch, check: Check) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    check(succeeded(run(SCRIPT, APP)), "get-diagnostics-logs-colour.txt")


def test_signs_that_an_encoding_lacks_have_substitutes(api: FakeAPI) -> None:
    out = spawn(command(SCRIPT, APP), {**os.environ, "PYTHONIOENCODING": "latin-1"}).out
    assert "  ac02430b   42 %  34 -> 38 -> 42 %  up     TrackStore.append(_:)\n" in out
    assert "  look at  HikeRecorder.swift:141 > [TrackStore.swift:63] > RLDatabase.m:233\n" in out
    assert out.isascii()


@pytest.mark.parametrize("diagnostic_type", ["DISK_WRITES", "HANGS", "LAUNCHES"])
def test_ranking_is_by_weight_over_all_pages(api: FakeAPI, run: Run, diagnostic_type: str) -> None:
    attributes = {one["id"]: one["attributes"] for one in fake_api.signatures(diagnostic_type)}
    ids = rank(diagnostic_type)
    assert list(attributes) != ids
    lines = run(SCRIPT, f"--type={diagnostic_type}", BUILD_ID).out.splitlines()
    ranking = [re.split(" {2,}", line.strip()) for line in lines[3 : lines.index("")]]
    assert [(short_id, share) for short_id, share, *_ in ranking] == [
        (one[:8], f"{100 * attributes[one]['weight']:.0f} %") for one in ids
    ]
    assert [path for path, _ in requests(api)].count(LIST) == -(-len(ids) // PAGE_SIZE)


def test_limit_and_type_are_sent_to_the_api(api: FakeAPI, run: Run) -> None:
    run(SCRIPT, "--type=launches", "--limit=3", "--signatures=2", BUILD_ID)
    first_pages = [(path, query) for path, query in requests(api) if "cursor" not in query]
    logs = [(logs_path(one), {"limit": ["3"]}) for one in rank("LAUNCHES")[:2]]
    assert first_pages[0] == (LIST, {"filter[diagnosticType]": ["LAUNCHES"], "limit": ["200"]})
    assert sorted(first_pages[1:]) == sorted(logs)  # They run at the same time.


@pytest.mark.parametrize(
    ("value", "types"),
    [
        ("hangs,LAUNCHES", "HANGS,LAUNCHES"),
        ("Launches, Hangs", "HANGS,LAUNCHES"),
        ("all", "DISK_WRITES,HANGS,LAUNCHES"),
        ("HANGS,ALL", "DISK_WRITES,HANGS,LAUNCHES"),
    ],
)
def test_several_types_take_one_list(api: FakeAPI, run: Run, value: str, types: str) -> None:
    out = run(SCRIPT, "--type", value, "--limit=1", BUILD_ID).out
    assert requests(api)[0] == (LIST, {"filter[diagnosticType]": [types], "limit": ["200"]})
    assert re.findall(r"^(\w+) signatures of build", out, re.MULTILINE) == types.split(",")
    nouns = {"DISK_WRITES": "disk writes", "HANGS": "hangs", "LAUNCHES": "slow launches"}
    count = len(types.split(","))
    assert re.findall(r"^Signature (\d of \d), \d+ % of ([a-z ]+):", out, re.MULTILINE) == [
        (f"{position} of {count}", nouns[kind]) for position, kind in enumerate(types.split(","), 1)
    ]


def test_type_without_signatures_is_named_among_several(api: FakeAPI, run: Run) -> None:
    body = json.dumps({"data": fake_api.signatures("HANGS", api.url), "links": {}}).encode()
    api.responses[LIST] = (200, "application/json", body)
    outcome = run(SCRIPT, "--type=ALL", "--limit=1", BUILD_ID)
    assert outcome.status == 0
    assert outcome.out.startswith(f"No DISK_WRITES signatures of build {BUILD_ID}\n\nHANGS signatures")
    assert f"\nNo LAUNCHES signatures of build {BUILD_ID}\n\nSignature 1 of 1, " in outcome.out


@pytest.mark.parametrize("limit", ["1", "200"])
def test_limit_may_equal_a_bound(api: FakeAPI, run: Run, limit: str) -> None:
    assert run(SCRIPT, f"--limit={limit}", BUILD_ID).status == 0
    assert requests(api)[-1][1] == {"limit": [limit]}


def test_default_is_five_logs_of_one_signature(api: FakeAPI, run: Run) -> None:
    out = run(SCRIPT, BUILD_ID).out
    assert re.findall(r"^Signature \d of \d|^  \d logs", out, re.MULTILINE) == ["Signature 1 of 1", "  5 logs"]
    assert requests(api)[-1][1] == {"limit": ["5"]}


def test_limit_holds_even_if_the_api_ignores_it(api: FakeAPI, run: Run) -> None:
    top = rank("DISK_WRITES")[0]
    api.responses[logs_path(top)] = (200, LOGS_TYPE, json.dumps(fake_api.logs(top)).encode())
    name = "get-diagnostics-logs-callstack.txt"
    assert run(SCRIPT, *OUTPUT[name]) == (0, expected(name), "")


def test_too_many_signatures_means_all(api: FakeAPI, run: Run) -> None:
    out = run(SCRIPT, "--signatures=99", "--limit=1", BUILD_ID).out
    count = len(rank("DISK_WRITES"))
    assert re.findall(r"^Signature \d+ of \d+", out, re.MULTILINE) == [
        f"Signature {number} of {count}" for number in range(1, count + 1)
    ]


def test_list_of_signatures_requests_no_logs(api: FakeAPI, run: Run) -> None:
    run(SCRIPT, "--signatures=0", BUILD_ID)
    assert {path for path, _ in requests(api)} == {LIST}


# --- one signature ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("length", [66, 8, 3])
def test_signature_of_any_type_is_selected_by_its_id(api: FakeAPI, run: Run, length: int) -> None:
    wanted = rank("LAUNCHES")[1]
    out = run(SCRIPT, f"--signature={wanted[:length]}", "--limit=1", BUILD_ID).out
    assert out.startswith("LAUNCHES signatures of build")
    assert f"\nSignature 1 of 1, 19 % of slow launches: Ridgeline: HomeScreen.init(catalog:)\n  ID {wanted}\n" in out
    assert requests(api)[-1][0] == logs_path(wanted)
    assert requests(api)[0][1]["filter[diagnosticType]"] == ["DISK_WRITES,HANGS,LAUNCHES"]


def test_unknown_signature_lists_those_of_the_build(api: FakeAPI, run: Run, check: Check) -> None:
    status, out, err = run(SCRIPT, "--signature=ffff", "--type=LAUNCHES", APP)
    assert (status, out) == (1, "")
    check(err)


def test_vanished_signature_is_not_called_a_missing_app(api: FakeAPI, run: Run) -> None:
    api.responses[LIST] = (200, "application/json", json.dumps({"data": [{"id": "5a"}], "links": {}}).encode())
    err = run(SCRIPT, BUILD_ID).err.splitlines()
    assert err[0] == f"{SCRIPT}: App Store Connect responded 404 Not Found to GET /v1/diagnosticSignatures/5a/logs"
    assert err[2] == "  Apple keeps signatures for a limited time: list those of the build again."


# --- filters ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("options", [[], ["--format=folded"], ["--callstack"], ["--output=saved.json"]])
def test_filters_without_a_match_list_what_there_is(api: FakeAPI, run: Run, options: list[str], check: Check) -> None:
    status, out, err = run(SCRIPT, *options, "--app-version=8.2", "--os=1", "--limit=2", BUILD_ID)
    assert (status, "0 of 2 logs match" in out) == (1, options != ["--format=folded"])
    check(err, "get-diagnostics-logs-no-match.txt")


def test_filters_do_not_change_what_is_saved(api: FakeAPI, run: Run, home: Path) -> None:
    run(SCRIPT, "--os=18", "--limit=4", "--output=saved.json", BUILD_ID)
    saved = json.loads((home / "saved.json").read_bytes())
    assert len(saved["productData"][0]["diagnosticLogs"]) == 4


def test_folded_stacks_are_those_of_the_matching_logs(api: FakeAPI, run: Run) -> None:
    filtered = run(SCRIPT, "--format=folded", "--device=iPhone14,5", "--limit=3", BUILD_ID)
    assert filtered.out == run(SCRIPT, "--format=folded", "--limit=1", BUILD_ID).out
    assert filtered.err == f"{SCRIPT}: 1 of 3 logs match --device=iPhone14,5\n"


def test_folding_without_sample_counts_warns_on_stderr(api: FakeAPI, run: Run) -> None:
    body = (
        b'{"productData": [{"diagnosticLogs": [{"callStackTree": [{"callStacks": [{"callStackRootFrames": [{}]}]}]}]}]}'
    )
    api.responses[logs_path(rank("DISK_WRITES")[0])] = (200, LOGS_TYPE, body)
    warning = f"{SCRIPT}: no frame has a sample count: each leaf counts once\n"
    assert run(SCRIPT, "--format=folded", BUILD_ID) == (0, "unknown symbol 1\n", warning)


# --- formats ----------------------------------------------------------------------------------------------------------

DOCUMENTS = ["--format=markdown", "--format=html", "--format=JSON", "--format=csv"]
# What each of them has of a signature that is ranked, and of a line to open.
PARTS = {
    "--format=markdown": ("| `OfflineRegion.install(from:)` |", "**Open `TrackStore.swift:63`**"),
    "--format=html": ("<code><bdi>OfflineRegion.install(from:)</bdi></code>", "<bdi>42 % of disk writes, "),
    "--format=JSON": ('"function": "OfflineRegion.install(from:)"', '"reason": "42 % of disk writes, '),
    "--format=csv": (",OfflineRegion.install(from:),22.0,", ",TrackStore.swift:63,"),
}


@pytest.mark.parametrize("option", DOCUMENTS)
def test_document_of_a_list_needs_no_logs(api: FakeAPI, run: Run, option: str) -> None:
    outcome = run(SCRIPT, "--signatures=0", option, BUILD_ID)
    assert [part in outcome.out for part in PARTS[option]] == [True, False]
    assert (outcome.status, outcome.err, {path for path, _ in requests(api)}) == (0, "", {LIST})


@pytest.mark.parametrize("option", DOCUMENTS)
def test_document_is_printed_while_the_logs_are_saved(api: FakeAPI, run: Run, home: Path, option: str) -> None:
    outcome = run(SCRIPT, "--output=saved.json", option, BUILD_ID)
    assert [part in outcome.out for part in PARTS[option]] == [True, True]
    assert (outcome.status, outcome.err) == (0, "")
    offline = run("ppparser", "diagnostics", "--input=saved.json", option)
    assert (offline.status, PARTS[option][1] in offline.out, "TrackStore.swift" in offline.out) == (0, False, True)


@pytest.mark.parametrize("option", DOCUMENTS)
@pytest.mark.parametrize(
    ("filters", "products", "problem"),
    [([], [], NO_LOGS), (["--os=1"], fake_api.logs(rank("DISK_WRITES")[0])["productData"], "no log matches --os=1.")],
    ids=["no logs", "no match"],
)
def test_document_without_logs_has_the_rankings(
    api: FakeAPI, run: Run, option: str, filters: list[str], products: list[Any], problem: str
) -> None:
    body = json.dumps({"productData": products}).encode()
    api.responses[logs_path(rank("DISK_WRITES")[0])] = (200, LOGS_TYPE, body)
    outcome = run(SCRIPT, option, *filters, BUILD_ID)
    assert [part in outcome.out for part in PARTS[option]] == [True, False]
    assert outcome.status == 1
    assert outcome.err.startswith(f"{SCRIPT}: {problem}")


@pytest.mark.parametrize("option", DOCUMENTS)
@pytest.mark.parametrize("failing", [[1], [0, 1]])
def test_document_names_the_logs_that_are_missing(api: FakeAPI, run: Run, option: str, failing: list[int]) -> None:
    paths = [logs_path(one) for one in rank("DISK_WRITES")]
    fault = faults.error(403, "FORBIDDEN_ERROR", "Not @allowed", "See |this|")
    api.path_faults = {paths[position]: [fault] for position in failing}
    outcome = run(SCRIPT, "--signatures=2", option, BUILD_ID)
    assert [part in outcome.out for part in PARTS[option]] == [True, failing == [1]]
    assert outcome.out.count("responded 403 Forbidden to GET") == len(failing)
    names = ["TrackStore.append(_:)", "OfflineRegion.install(from:)"]
    assert re.findall(r"no logs of signature (\d) of 2, Ridgeline: (.*?): ", outcome.err) == [
        (str(position + 1), names[position]) for position in failing
    ]
    assert outcome.status == 3


@pytest.mark.parametrize("option", DOCUMENTS)
def test_document_of_a_comparison_without_changes_needs_no_logs(api: FakeAPI, run: Run, option: str) -> None:
    outcome = run(SCRIPT, APP, "--against=431", option)
    assert (outcome.status, outcome.err) == (0, "")
    assert outcome.out.count("unchanged") >= len(rank("DISK_WRITES"))
    assert [path for path, _ in requests(api) if path.endswith("/logs")] == []


@pytest.mark.parametrize("option", DOCUMENTS)
def test_document_has_no_colour(api: FakeAPI, run: Run, monkeypatch: pytest.MonkeyPatch, option: str) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert "\x1b" not in run(SCRIPT, option, "--against=previous", "--limit=1", APP).out


# --- saving -----------------------------------------------------------------------------------------------------------


def bodies(out: str) -> list[str]:
    """Return what is printed below the summary of each signature, without the marks that only the script knows."""
    out = re.sub("^Open .*\n", "", out, flags=re.MULTILINE)
    parts = [part.split("\n\n", 1)[1] for part in re.split(r"^Signature .*\n", out, flags=re.MULTILINE)[1:]]
    parts = [re.sub(r"    look at .*(\n {18,}.*)*", "", part).replace("[", "").replace("]", "") for part in parts]
    return [re.sub(r" >> |, >>   the signature's frame", lambda m: " >  " if m[0] == " >> " else "", p) for p in parts]


@pytest.mark.parametrize("layout", [[], ["--callstack"]])
@pytest.mark.parametrize("count", [1, 3])
def test_ppparser_prints_the_same_of_the_saved_logs(api: FakeAPI, run: Run, count: int, layout: list[str]) -> None:
    filters = ["--device=iPhone"]
    downloaded = run(SCRIPT, f"--signatures={count}", "--limit=2", "--output=saved.json", *filters, *layout, BUILD_ID)
    offline = run("ppparser", "diagnostics", "--input=saved.json", *filters, *layout)
    assert (offline.status, len(bodies(offline.out))) == (0, count)
    assert bodies(offline.out) == bodies(downloaded.out)


def test_ppparser_folds_the_saved_logs_the_same_way(api: FakeAPI, run: Run, check: Check) -> None:
    downloaded = run(SCRIPT, *HANGS, "--format=folded", "--output=saved.json", BUILD_ID)
    assert downloaded == run("ppparser", "diagnostics", "--input=saved.json", "--format=folded")
    check(downloaded.out, "get-diagnostics-logs-folded.txt")


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
    assert ("1.50}" in saved, "1E2}" in saved) == (True, True)


def test_dash_prints_the_document_and_nothing_else(api: FakeAPI, run: Run) -> None:
    outcome = run(SCRIPT, "--type=HANGS", "--signatures=2", "--output=-", BUILD_ID)
    products = [product for one in rank("HANGS")[:2] for product in fake_api.logs(one)["productData"]]
    for product in products:
        del product["diagnosticLogs"][5:]
    assert (outcome.status, outcome.err) == (0, "")
    assert json.loads(outcome.out) == {"version": "1.0.0", "productData": products}


# --- which build ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("app", [APP_ID, BUNDLE_ID])
def test_default_build_is_the_one_on_sale(api: FakeAPI, run: Run, app: str) -> None:
    title, *lines = expected("get-diagnostics-logs.txt").splitlines()
    title = title if app == BUNDLE_ID else f"App {APP_ID}"
    assert run(SCRIPT, f"--app={app}").out.splitlines() == [title, *lines]
    assert BUILDS[0].id != BUILD_ID
    assert [path for path, _ in requests(api) if path.startswith("/v1/builds/")] == [LIST, LIST]
    assert api.connections == 1


@pytest.mark.parametrize("wanted", ["424", "8.0.1"])
@pytest.mark.parametrize("platform", [[], ["--platform=iOS"], ["--platform=IOS"], ["--platform=ios"]])
def test_build_is_found_by_its_number_or_version(
    api: FakeAPI, run: Run, wanted: str, platform: list[str], check: Check
) -> None:
    out = run(SCRIPT, APP, f"--build-number={wanted}", *platform).out
    check(out, "get-diagnostics-logs-build.txt")


@pytest.mark.parametrize("platform", ["macOS", "MAC_OS", "macos"])
def test_platform_selects_the_build_on_sale_for_it(api: FakeAPI, run: Run, platform: str) -> None:
    out = run(SCRIPT, APP, f"--platform={platform}", "--signatures=0").out
    assert out.splitlines()[1] == "  version 8.1.0 on macOS (created 2025-05-27), build 77, on sale"


def test_build_without_data_lists_those_on_the_app_store(api: FakeAPI, run: Run) -> None:
    number = next(build.number for build in BUILDS if build.id == TESTFLIGHT_BUILD_ID)
    outcome = run(SCRIPT, f"--app={APP_ID}", f"--build-number={number}")
    last_line = outcome.err.splitlines()[-1]
    assert (outcome.status, last_line.partition(", ")[0]) == (
        3,
        "  Builds on the App Store: 431 (version 8.1.0 on iOS)",
    )


# --- comparisons ------------------------------------------------------------------------------------------------------


def changes_in(out: str) -> dict[str, list[str]]:
    """Return for each signature what became of it, its share in both builds, and the difference."""
    rows = re.findall(r"^  (NEW|worse|unchanged|better|GONE) +(.*)$", out, re.MULTILINE)
    cells = [[change, *re.split(" {2,}", rest)] for change, rest in rows]
    return {" ".join(row[4:]): row[:4] for row in cells}


def test_comparison_with_swapped_builds_is_mirrored(api: FakeAPI, run: Run) -> None:
    there = changes_in(run(SCRIPT, APP, "--against=424", "--signatures=0").out)
    back = changes_in(run(SCRIPT, APP, "--build-number=424", "--against=431", "--signatures=0").out)
    names = {"NEW": "GONE", "worse": "better", "unchanged": "unchanged", "better": "worse", "GONE": "NEW"}
    sign = str.maketrans("+-", "-+")
    assert back == {
        name: [names[change], new, old, points if points == "-" else points.translate(sign)]
        for name, (change, old, new, points) in there.items()
    }
    assert {change for change, *_ in there.values()} == set(names)


def test_comparison_with_itself_downloads_no_logs(api: FakeAPI, run: Run) -> None:
    changes = changes_in(run(SCRIPT, APP, "--against=8.1.0").out)
    assert {change for change, *_ in changes.values()} == {"unchanged"}
    assert not any("/logs" in path for path, _ in requests(api))


def test_comparison_is_of_all_types_by_default(api: FakeAPI, run: Run) -> None:
    run(SCRIPT, APP, "--against=previous", "--signatures=0")
    types = ["DISK_WRITES,HANGS,LAUNCHES"]
    found = [query["filter[diagnosticType]"] for path, query in requests(api) if "diagnosticSignatures" in path]
    assert found == [types] * len(found)


def test_version_to_compare_with_is_for_the_same_platform(api: FakeAPI, run: Run) -> None:
    for against in ("previous", "8.0.1", "71"):
        out = run(SCRIPT, APP, "--platform=macOS", f"--against={against}", "--signatures=0").out
        assert out.splitlines()[2] == "  against version 8.0.1 on macOS (created 2025-04-21), build 71, replaced"


def test_colour_marks_what_is_worse_and_better(
    api: FakeAPI, run: Run, monkeypatch: pytest.MonkeyPatch, check: Check
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    outcome = run(SCRIPT, APP, "--against=previous", "--signatures=0")
    check(succeeded(outcome), "get-diagnostics-logs-against-colour.txt")


def test_build_without_signatures_is_not_compared(api: FakeAPI, run: Run) -> None:
    outcome = run(SCRIPT, APP, "--against=389")
    assert (outcome.status, outcome.out) == (1, "")
    assert outcome.err.startswith(f"{SCRIPT}: build 389 has no DISK_WRITES or HANGS or LAUNCHES signatures. ")


def test_logs_of_new_and_worse_signatures_are_saved(api: FakeAPI, run: Run, home: Path) -> None:
    out = run(SCRIPT, APP, "--against=previous", "--limit=1", "--output=saved.json").out
    saved = json.loads((home / "saved.json").read_bytes())
    assert [product["signatureId"] for product in saved["productData"]] == re.findall(
        r"^  ID (\w+)$", out, re.MULTILINE
    )
    assert len(saved["productData"]) == 5


def test_nothing_to_save_is_an_error(api: FakeAPI, run: Run) -> None:
    outcome = run(SCRIPT, APP, "--against=431", "--output=-")
    problem = "no signature is new or worse: there are no logs to save"
    assert outcome == (1, "", f"{SCRIPT}: {problem}\n")


# --- errors -----------------------------------------------------------------------------------------------------------


def test_build_without_signatures_is_explained(api: FakeAPI, run: Run, check: Check) -> None:
    status, out, err = run(SCRIPT, "--type=hangs", QUIET_BUILD_ID)
    assert (status, out) == (1, "")
    check(err)


@pytest.mark.parametrize("options", [[], ["--format=folded"]])
def test_signatures_without_logs_are_explained(api: FakeAPI, run: Run, options: list[str]) -> None:
    response = (200, LOGS_TYPE, b'{"productData": []}')
    api.responses[logs_path(rank("DISK_WRITES")[0])] = response
    ranking, title, _ = expected("get-diagnostics-logs.txt").partition("Signature 1 of 1")
    outcome = run(SCRIPT, *options, APP)
    printed, _, rest = outcome.out.partition(title)
    assert (outcome.status, printed) == (1, "" if options else ranking)
    assert rest == ("" if options else ", 42 % of disk writes: Ridgeline: TrackStore.append(_:)\n  no logs\n\n")
    assert outcome.err == f"{SCRIPT}: {NO_LOGS}\n"


@pytest.mark.parametrize("without_logs", [0, 1])
def test_one_signature_with_logs_is_enough(api: FakeAPI, run: Run, without_logs: int) -> None:
    api.responses[logs_path(rank("HANGS")[without_logs])] = (200, LOGS_TYPE, b'{"productData": []}')
    outcome = run(SCRIPT, *HANGS, BUILD_ID)
    assert (outcome.status, outcome.err) == (0, "")


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


USAGE_ERRORS = [
    [],
    ["--build-number=431"],
    [""],
    ["com.example.ridgeline"],
    ["431"],
    ["--type=CRASHES", BUILD_ID],
    ["--type=HANGS,", BUILD_ID],
    ["--type=HANGS;LAUNCHES", BUILD_ID],
    ["--signature=a", "--signatures=1", BUILD_ID],
    [APP, "--against=1", "--signature=a"],
    [APP, "--against=1", "--format=folded"],
    [APP, "--platform=watchOS"],
    ["--against=1", BUILD_ID],
    ["--platform=iOS", BUILD_ID],
    [APP, "--against="],
    ["--format=folded", "--callstack", BUILD_ID],
    ["--format=markdown", "--callstack", BUILD_ID],
    ["--format=json", "--output=-", BUILD_ID],
    ["--format=folded", "--output=-", BUILD_ID],
    ["--signatures=0", "--format=FOLDED", BUILD_ID],
    ["--signatures=0", "--output=-", BUILD_ID],
    ["--limit=0", BUILD_ID],
    ["--limit=201", BUILD_ID],
    ["--limit=-1", BUILD_ID],
    ["--limit=" + "1" * 30, BUILD_ID],
    ["--signatures=-1", BUILD_ID],
    ["--signatures=all", BUILD_ID],
    ["--signatures=" + "1" * 19, BUILD_ID],
    ["--app="],
    ["--app=1", "--build-number="],
    ["--output=", BUILD_ID],
    ["--os=", BUILD_ID],
]


def test_usage_errors_send_no_request(api: FakeAPI, run: Run, check: Check) -> None:
    check(usage_errors(run, SCRIPT, USAGE_ERRORS), "get-diagnostics-logs-usage-errors.txt")
    assert requests(api) == []


# --- processes --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("options", [[], ["--format=folded"]])
def test_terminal_shows_what_is_fetched(api: FakeAPI, options: list[str]) -> None:
    outcome = spawn_on_terminal(command(SCRIPT, *HANGS, *options, BUILD_ID), dict(os.environ))
    piped = spawn(command(SCRIPT, *HANGS, *options, BUILD_ID), dict(os.environ))
    assert (outcome.status, outcome.out) == (piped.status, piped.out) == (0, outcome.out)
    first, *others = outcome.err.split("\r\x1b[K")
    pages = ["fetching the list of signatures, page 1", "fetching the list of signatures, page 2", ""]
    assert (first, others[:3], others[-1]) == ("", pages, "")
    # How many reports have arrived when the first one is printed is a matter of chance.
    assert set(others[3:]) <= {"logs 0 of 2", "logs 1 of 2", ""}


@pytest.mark.parametrize(("category", "kind"), [("DISK", "DISK_WRITES"), ("hang", "HANGS"), ("Launch", "LAUNCHES")])
def test_category_of_a_metric_is_accepted_as_a_type(api: FakeAPI, run: Run, category: str, kind: str) -> None:
    argv = ["--signatures=0", BUILD_ID]
    assert run(SCRIPT, f"--type={category}", *argv) == run(SCRIPT, f"--type={kind}", *argv)
