"""Tests of the values of a diagnostics report."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

import pytest
from fake_api import logs, signatures
from support import document

from ppparser import diagnostics, loading
from ppparser.diagnostics import HotFrame, HotPlace, Signature, SignatureLogs, Summary

REPORT = document("logs.json")


def frame(name: str, samples: int | None, *children: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Return a frame of the system."""
    return {"symbolName": name, "sampleCount": samples, "subFrames": list(children), **more}


def app_frame(name: str, samples: int | None, *children: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Return a frame of the app."""
    return frame(name, samples, *children, isBlameFrame=True, **more)


def log(*stacks: list[dict[str, Any]], **meta_data: str) -> dict[str, Any]:
    """Return a log with a call stack per list of root frames."""
    tree = {"callStacks": [{"callStackRootFrames": roots} for roots in stacks]}
    return {"diagnosticMetaData": meta_data, "callStackTree": [tree]}


def parse(value: Any) -> Any:
    """Return `value` as it is after a request: its fractions are bytes."""
    return loading.parse(json.dumps(value).encode(), "")


# --- Signatures


def resource(name: str, weight: Any = None) -> dict[str, Any]:
    return {"id": name, "attributes": {"signature": name, "weight": weight}}


def test_signatures_are_ranked_by_weight() -> None:
    weights = {"c": 0.05, "f": None, "a": 1, "e": 0, "b": 0.5, "d": 0.05, "g": "0.9", "h": 1e301}
    ranked = diagnostics.rank(parse([resource(name, weight) for name, weight in weights.items()]))
    assert [(one.name, one.weight) for one in ranked] == [
        *[("a", 1.0), ("b", 0.5), ("c", 0.05), ("d", 0.05), ("e", 0.0)],
        *[("f", None), ("g", None), ("h", None)],
    ]


def test_signature_listed_twice_counts_once() -> None:
    found = diagnostics.rank(parse([resource("a", 0.5), resource("b", 0.7), resource("a", 0.6)]))
    assert [(one.id, one.weight) for one in found] == [("b", 0.7), ("a", 0.5)]
    assert len(diagnostics.rank([{}, {}])) == 2


def test_signature_has_the_members_of_its_resource() -> None:
    hang = parse(signatures("HANGS", "https://example.com")[2])
    name, weight = hang["attributes"]["signature"], float(hang["attributes"]["weight"])
    url = f"https://example.com/v1/diagnosticSignatures/{hang['id']}/logs"
    assert diagnostics.rank([hang]) == [Signature(hang["id"], name, weight, "UP", url)]


@pytest.mark.parametrize(
    ("signature", "expected"),
    [
        ({}, Signature("", "unknown", None, "", "")),
        ({"id": "5a", "attributes": {"signature": ""}}, Signature("5a", "5a", None, "", "")),
        ({"id": "5a", "attributes": None, "relationships": {"logs": []}}, Signature("5a", "5a", None, "", "")),
    ],
)
def test_signature_without_a_name_has_its_id_instead(signature: dict[str, Any], expected: Signature) -> None:
    assert diagnostics.rank([signature]) == [expected]


# --- Selection


@pytest.mark.parametrize(
    ("limit", "counts"),
    [
        (None, [("71c0ffee", 2), ("", 2)]),
        (1, [("71c0ffee", 1)]),
        (2, [("71c0ffee", 2)]),
        (3, [("71c0ffee", 2), ("", 1)]),
        (99, [("71c0ffee", 2), ("", 2)]),
    ],
)
def test_limit_applies_to_the_logs_of_the_whole_report(limit: int | None, counts: list[tuple[str, int]]) -> None:
    assert [(signature.id, len(signature.logs)) for signature in diagnostics.select(REPORT, limit)] == counts


def test_limit_keeps_the_first_logs_and_all_insights() -> None:
    insights, found = [{"insightsCategory": "A"}, {"insightsCategory": "B"}], [log(event="1"), log(event="2")]
    products = [{"signatureId": name, "diagnosticInsights": insights, "diagnosticLogs": found} for name in "ab"]
    assert diagnostics.select({"productData": products}, 1) == [SignatureLogs("a", insights, found[:1])]


def test_signature_with_neither_logs_nor_insights_is_left_out() -> None:
    insight = {"insightsCategory": "Any"}
    products = [{"signatureId": "none"}, {"signatureId": "advice", "diagnosticInsights": [insight]}]
    assert diagnostics.select({"productData": products}, 1) == [SignatureLogs("advice", [insight], [])]


# --- Merging


def test_merged_report_has_the_signatures_of_all() -> None:
    branches = document("branches.json")
    merged = diagnostics.merge([{}, {"version": "0.9"}, REPORT, branches])
    assert merged == {"version": "0.9", "productData": REPORT["productData"] + branches["productData"]}


def test_merging_nothing_returns_an_empty_report() -> None:
    assert diagnostics.merge([]) == {"version": "", "productData": []}


def test_merged_report_read_back_is_a_diagnostics_report() -> None:
    merged = diagnostics.merge([REPORT, document("branches.json")])
    read_back = loading.parse(diagnostics.to_json(merged), "merged")
    assert read_back == merged
    assert loading.kind_of(read_back) == loading.DIAGNOSTICS


def test_strings_of_a_merged_report_are_kept() -> None:
    products = [{"signatureId": "a\0b", "x": "\0" + "1.5\0"}]
    assert json.loads(diagnostics.to_json(diagnostics.merge([{"productData": products}])))["productData"] == products


def test_numbers_keep_their_spelling() -> None:
    text = '{"x": [0.10, -1E+2, 1e300, 1.1e300, -1e999, 7, %s, true, "\\ud800\\u00e9"]}'
    large = "9" * 400
    assert diagnostics.to_json(loading.parse((text % large).encode(), "")).decode() == text % large


@pytest.mark.parametrize("levels", [700, 2000])
def test_deeply_nested_report_is_read_back_whole(levels: int) -> None:
    text = f'{{"productData": [{{"x": {"[" * levels}0.5{"]" * levels}}}], "version": "1"}}'
    merged = diagnostics.merge([loading.parse(text.encode(), "")])
    assert diagnostics.to_json(merged).decode() == text


# --- The frame to look at


@pytest.mark.parametrize(
    ("stacks", "expected"),
    [
        pytest.param(
            [[frame("main", 10, app_frame("outer", 10, app_frame("inner", 9, frame("write", 9))))]],
            HotFrame("inner", 9, 10),
            id="the deepest frame of the app",
        ),
        pytest.param(
            [[app_frame("main", 10, app_frame("light", 4), app_frame("heavy", 6))]],
            HotFrame("heavy", 6, 10),
            id="on the heaviest path",
        ),
        pytest.param(
            [[app_frame("main", 10, app_frame("first", 5), app_frame("second", 5))]],
            HotFrame("first", 5, 10),
            id="the first of equal branches",
        ),
        pytest.param(
            [[app_frame("busy", 10, app_frame("called", 4))]],
            HotFrame("busy", 10, 10),
            id="not below a frame that is busy itself",
        ),
        pytest.param(
            [[app_frame("called", 10, app_frame("busy", 5))]],
            HotFrame("busy", 5, 10),
            id="below a frame as busy as its callee",
        ),
        pytest.param(
            [[app_frame("called", 10, app_frame("busy", 4), app_frame("other", 3))]],
            HotFrame("busy", 4, 10),
            id="below a frame whose callees together are busier",
        ),
        pytest.param(
            [[app_frame("main", 1)] * 3, [app_frame("worker", 5), app_frame("other", 2)], [app_frame("late", 7)]],
            HotFrame("worker", 5, 7),
            id="in the first of the threads with most samples",
        ),
        pytest.param(
            [[app_frame("a", 4, app_frame("b", 4, fileName="B.swift", lineNumber="12"))]],
            HotFrame("b (B.swift:12)", 4, 4),
            id="with file and line",
        ),
        pytest.param([[app_frame("a", 4, fileName="A.m")]], HotFrame("a (A.m)", 4, 4), id="with a file only"),
        pytest.param([[app_frame("a", 4, lineNumber="5")]], HotFrame("a", 4, 4), id="with a line only"),
        pytest.param([[app_frame("a", None, app_frame("b", 0))]], HotFrame("b", 0, 0), id="without samples"),
        pytest.param(
            [[app_frame("main", 4, frame("x", 3), app_frame("y", 1))]],
            HotFrame("main", 4, 4),
            id="above frames of the system",
        ),
        pytest.param([[frame("main", 4, frame("x", 3), app_frame("y", 1))]], None, id="none on the path"),
        pytest.param([[frame("main", 4, isBlameFrame="true")]], None, id="marked by a string"),
        pytest.param([], None, id="no call stack"),
    ],
)
def test_hot_frame(stacks: list[list[dict[str, Any]]], expected: HotFrame | None) -> None:
    assert diagnostics.hot_frame(log(*stacks)) == expected


@pytest.mark.parametrize(
    ("members", "name"),
    [
        ({"symbolName": "save()", "rawFrame": "3 other"}, "save()"),
        ({"symbolName": "", "rawFrame": "13 ??? (in App) + 8 [0x10fF]"}, "??? (in App) + 8"),
        ({"rawFrame": "x 3 [0x1] y"}, "x 3 [0x1] y"),
        ({"binaryName": "App", "offsetIntoBinaryTextSegment": "96"}, "unknown symbol (in App) + 96"),
        ({"offsetIntoBinaryTextSegment": "96", "address": "0x10"}, "unknown symbol + 96"),
        ({}, "unknown symbol"),
    ],
)
def test_function_has_the_same_name_in_every_log(members: dict[str, Any], name: str) -> None:
    assert diagnostics.function_name(members) == name


@pytest.mark.parametrize(
    ("count", "samples"),
    [
        *((1, 1), (int(1e300), int(1e300)), (int(1e300) + 1, 0), (0, 0), (-1, 0)),
        *((True, 0), (b"1.0", 0), ("1", 0), (None, 0)),
    ],
)
def test_samples_are_a_usable_count_or_0(count: Any, samples: int) -> None:
    assert diagnostics.samples({"sampleCount": count}) == samples


def test_summary_adds_up_hot_frames_devices_systems_and_versions() -> None:
    found = [
        log([app_frame("rare", 50)], deviceType="iPhone14_5", osVersion="17.4", appVersion="5.0", buildVersion="7"),
        log([app_frame("common", 20, frame("x", 5))], deviceType="iPhone13_3", osVersion="17.4", appVersion="5.1"),
        log([frame("main", 20, app_frame("common", 19))], deviceType="iPhone13_3", buildVersion="8"),
        log([frame("main", 90)]),
        log([app_frame("last", 39)]),
    ]
    assert diagnostics.summarize(found) == Summary(
        [
            *(HotFrame("rare", 50, 50), HotFrame("common", 20, 20), HotFrame("common", 19, 20)),
            None,
            HotFrame("last", 39, 39),
        ],
        [
            HotPlace(HotFrame("rare", 50, 50), 1),
            HotPlace(HotFrame("common", 39, 40), 2),
            HotPlace(HotFrame("last", 39, 39), 1),
        ],
        Counter({"iPhone13_3": 2, "": 2, "iPhone14_5": 1}),
        Counter({"": 3, "17.4": 2}),
        Counter({"": 2, "5.0 build 7": 1, "5.1": 1, "build 8": 1}),
    )


# --- Call stacks


@pytest.mark.parametrize(("per_thread", "expected"), [(True, True), (False, False), (None, False), (1, False)])
def test_call_stacks_of_all_trees_are_found(per_thread: Any, expected: bool) -> None:
    a, b, c = frame("a", 1), frame("b", 1), frame("c", 1)
    trees = [*log([a], [b, c])["callStackTree"], *log([])["callStackTree"]]
    trees[1]["callStackPerThread"] = per_thread
    assert list(diagnostics.call_stacks({"callStackTree": trees})) == [
        (False, [a]),
        (False, [b, c]),
        (expected, []),
    ]


def folded(*found: dict[str, Any]) -> list[tuple[str, int]]:
    """Return the folded stacks of logs, each the only one of its signature."""
    return list(diagnostics.folded_stacks([SignatureLogs("", [], [one]) for one in found]).items())


def test_folded_stack_counts_the_samples_of_its_leaf_alone() -> None:
    tree = frame("a", 10, frame("b", 4, frame("c", 4)), frame("d", 5))
    assert folded(log([tree, frame("e", 2)])) == [("a", 1), ("a;b;c", 4), ("a;d", 5), ("e", 2)]


def test_equal_stacks_of_all_logs_are_added_up() -> None:
    unnamed = [frame("", count, rawFrame=f"{count} ??? (in Kit) + 4 [{count:#x}]") for count in (7, 8)]
    assert folded(log([frame("a", 1)], unnamed[:1]), log([frame("a", 2)], unnamed[1:])) == [
        ("a", 3),
        ("??? (in Kit) + 4", 15),
    ]


def test_folded_names_are_free_of_separators_and_line_breaks() -> None:
    assert folded(log([frame("a;b\nc 5", 2)])) == [(r"a:b\nc 5", 2)]


def test_children_with_more_samples_than_their_frame() -> None:
    assert folded(log([frame("a", 3, frame("b", 5)), frame("c", 2)])) == [("a;b", 5), ("c", 2)]


def test_folded_stacks_have_as_many_samples_as_the_roots() -> None:
    kinds = ("DISK_WRITES", "HANGS", "LAUNCHES")
    report = diagnostics.merge(logs(one["id"]) for kind in kinds for one in signatures(kind))
    found = diagnostics.select(report)
    roots = [
        root
        for signature in found
        for one in signature.logs
        for _, stack in diagnostics.call_stacks(one)
        for root in stack
    ]
    assert sum(diagnostics.folded_stacks(found).values()) == sum(root["sampleCount"] for root in roots) > 5000
