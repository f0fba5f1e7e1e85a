"""Tests of the values of a diagnostics report."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ppparser.diagnostics.frames import Function, call_stacks
from ppparser.diagnostics.log_filters import LogFilters
from ppparser.diagnostics.signatures import (
    CoursePoint,
    Signature,
    SignatureLogs,
    course_versions,
    duration,
    folded_stacks,
    log_row,
    merge_logs,
    only_signature,
    rank_signatures,
    select_logs,
    shared_binary,
    short_ids,
)
from ppparser.documents import loading
from ppparser.errors import NoDataError
from tests.fake_api import logs, signatures
from tests.helpers.documents import frame, log
from tests.helpers.support import document

REPORT = document("logs.json")


def parse(value: Any) -> Any:
    """Return `value` as it is after a request: its fractions are bytes."""
    return loading.parse(json.dumps(value).encode(), "")


# --- Signatures


def resource(name: str, weight: Any = None, kind: Any = None) -> dict[str, Any]:
    return {"id": name, "attributes": {"signature": name, "weight": weight, "diagnosticType": kind}}


def ranked(*resources: dict[str, Any]) -> list[Signature]:
    """Return the ranking of signatures of one type."""
    return rank_signatures(parse(resources), ["HANGS"])["HANGS"]


def test_signatures_are_ranked_by_weight() -> None:
    weights = {"c": 0.05, "f": None, "a": 1, "e": 0, "b": 0.5, "d": 0.05, "g": "0.9", "h": 1e301}
    found = ranked(*(resource(name, weight) for name, weight in weights.items()))
    assert [(one.name, one.weight) for one in found] == [
        *[("a", 1.0), ("b", 0.5), ("c", 0.05), ("d", 0.05), ("e", 0.0)],
        *[("f", None), ("g", None), ("h", None)],
    ]


def test_each_type_has_a_ranking_in_the_order_requested() -> None:
    resources = [
        resource("a", 0.1, "HANGS"),
        resource("b", 0.2),
        resource("c", 0.3, "NEW"),
        resource("d", 0.4, "HANGS"),
    ]
    rankings = rank_signatures(parse(resources), ["LAUNCHES", "HANGS", "DISK_WRITES"])
    assert {kind: [one.id for one in ranking] for kind, ranking in rankings.items()} == {
        "LAUNCHES": ["b"],
        "HANGS": ["d", "a"],
        "DISK_WRITES": [],
        "NEW": ["c"],
    }
    assert list(rankings) == ["LAUNCHES", "HANGS", "DISK_WRITES", "NEW"]


def test_signature_listed_twice_counts_once() -> None:
    found = ranked(resource("a", 0.5), resource("b", 0.7), resource("a", 0.6))
    assert [(one.id, one.weight) for one in found] == [("b", 0.7), ("a", 0.5)]
    assert len(ranked({}, {})) == 2


def test_signature_has_the_members_of_its_resource() -> None:
    hang = signatures("HANGS", "https://example.com")[2]
    name, weight = hang["attributes"]["signature"], float(hang["attributes"]["weight"])
    url = f"https://example.com/v1/diagnosticSignatures/{hang['id']}/logs"
    course = [CoursePoint("8.0.0", 100 * 0.29), CoursePoint("8.0.1", 33.0), CoursePoint("8.1.0", 37.0)]
    assert ranked(hang) == [Signature(hang["id"], name, "HANGS", weight, "UP", course, url)]


@pytest.mark.parametrize(
    ("signature", "expected"),
    [
        ({}, Signature("", "unknown", "", None, "", [], "")),
        ({"id": "5a", "attributes": {"signature": ""}}, Signature("5a", "5a", "", None, "", [], "")),
        ({"id": "5a", "attributes": None, "relationships": {"logs": []}}, Signature("5a", "5a", "", None, "", [], "")),
    ],
)
def test_signature_without_a_name_has_its_id_instead(signature: dict[str, Any], expected: Signature) -> None:
    assert ranked(signature) == [expected]


@pytest.mark.parametrize(
    ("name", "function", "label"),
    [
        ("App: TrackStore.append(_:) + 1220", Function("App", "TrackStore.append(_:)"), "App: TrackStore.append(_:)"),
        ("App: -[A b:c:] + 8", Function("App", "-[A b:c:]"), "App: -[A b:c:]"),
        ("-[A b:c:]", Function("", "-[A b:c:]"), "-[A b:c:]"),
        ("ns::f(int) + 8", Function("", "ns::f(int)"), "ns::f(int)"),
        ("App: a + b", Function("App", "a + b"), "App: a + b"),
        ("App: static A.+ infix(_:) + 4", Function("App", "static A.+ infix(_:)"), "App: static A.+ infix(_:)"),
        ("unknown", Function("", "unknown"), "unknown"),
    ],
)
def test_signature_names_a_function(name: str, function: Function, label: str) -> None:
    (signature,) = ranked(resource(name))
    assert (signature.function, signature.label) == (function, label)


def reference(version: Any, value: Any) -> dict[str, Any]:
    return {"version": version, "value": value}


@pytest.mark.parametrize(
    ("references", "weight", "course", "is_new"),
    [
        ([reference("7", 0.34), reference("8", 0.42)], 0.42, [("7", 34.0), ("8", 42.0)], False),
        ([reference("7", 0.34), reference("8", 0.42)], 0.5, [("7", 34.0), ("8", 42.0), ("", 50.0)], False),
        ([reference("7", 0.34), reference("8", 0.42)], None, [("7", 34.0), ("8", 42.0)], False),
        ([reference("8", 0.42)], 0.4201, [("8", 42.0)], True),
        ([reference("7", 0.25)], 0.255, [("7", 25.0), ("", 25.5)], False),
        ([reference("7", None), reference(None, "x"), reference(None, 1)], 1, [("", 100.0)], True),
        ([], 0.5, [], False),
        (None, 0.5, [], False),
    ],
)
def test_course_ends_with_the_current_share(
    references: Any, weight: float | None, course: list[tuple[str, float]], is_new: bool
) -> None:
    one = resource("a", weight)
    one["attributes"]["insight"] = {"referenceVersions": references}
    (signature,) = ranked(one)
    assert (signature.course, signature.is_new) == ([CoursePoint(*share) for share in course], is_new)


@pytest.mark.parametrize(
    ("courses", "versions"),
    [
        (["7 8", "6 7 8", "8", ""], "6 7 8"),
        (["7 8", "6 8"], ""),
        (["6 7", "7 8"], ""),
        (["", ""], ""),
        ([], ""),
    ],
)
def test_course_versions_are_those_of_all_signatures(courses: list[str], versions: str) -> None:
    found = [
        Signature("", "", "", None, "", [CoursePoint(one, 1.0) for one in course.split()], "") for course in courses
    ]
    assert course_versions(found) == versions.split()


def test_course_without_a_version_has_no_common_versions() -> None:
    assert course_versions([Signature("", "", "", 0.5, "", [CoursePoint("7", 1.0), CoursePoint("", 2.0)], "")]) == []


@pytest.mark.parametrize(
    ("ids", "shortened"),
    [
        (["0123456789", "1123456789"], ["01234567", "11234567"]),
        (["0123456789", "0123456788"], ["0123456789", "0123456788"]),
        (["012", "012345678", "012"], ["012", "01234567", "012"]),
        (["", ""], ["", ""]),
    ],
)
def test_short_ids_tell_signatures_apart(ids: list[str], shortened: list[str]) -> None:
    assert short_ids([Signature(identifier, "", "", None, "", [], "") for identifier in ids]) == shortened


def test_only_binary_named_is_the_shared_one() -> None:
    assert shared_binary(ranked(resource("App: a"), resource("App: b"))) == "App"
    assert shared_binary(ranked(resource("App: a"), resource("Kit: b"))) == ""
    assert shared_binary([]) == ""


RANKINGS = rank_signatures(
    parse([resource("abc1", 0.2, "HANGS"), resource("ABC", 0.3, "LAUNCHES"), resource("b", 0.1, "HANGS")]),
    ["HANGS", "LAUNCHES"],
)


@pytest.mark.parametrize(("wanted", "name"), [("b", "b"), ("ABC", "ABC"), ("abc1", "abc1"), ("ABC1", "abc1")])
def test_one_signature_is_selected_by_its_id_or_the_start_of_it(wanted: str, name: str) -> None:
    ((kind, (signature,)),) = only_signature(RANKINGS, wanted, "build 7").items()
    assert (kind, signature.id) == ("LAUNCHES" if name == "ABC" else "HANGS", name)


@pytest.mark.parametrize(
    ("wanted", "problem"),
    [
        ("a", "2 signatures of build 7 have an ID that starts with a. It has:"),
        ("c\x1b", r"build 7 has no signature whose ID starts with c\x1b. It has:"),
    ],
)
def test_unknown_or_ambiguous_signature_lists_them_all(wanted: str, problem: str) -> None:
    with pytest.raises(NoDataError) as raised:
        only_signature(RANKINGS, wanted, "build 7")
    assert str(raised.value) == f"{problem}\n  abc1  abc1\n  b  b\n  ABC  ABC"


def test_selecting_from_no_signatures_leaves_none() -> None:
    assert only_signature({"HANGS": []}, "a", "build 7") == {}


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
    assert [(signature.id, len(signature.logs)) for signature in select_logs(REPORT, limit)] == counts


def test_limit_keeps_the_first_logs_and_all_insights() -> None:
    insights, found = [{"insightsCategory": "A"}, {"insightsCategory": "B"}], [log(event="1"), log(event="2")]
    products = [{"signatureId": name, "diagnosticInsights": insights, "diagnosticLogs": found} for name in "ab"]
    assert select_logs({"productData": products}, 1) == [SignatureLogs("a", insights, found[:1], 2, 2)]


def test_filters_are_applied_before_the_limit() -> None:
    found = [log(deviceType=f"iPhone{number}_1") for number in (1, 2, 2, 2)]
    products = [{"signatureId": name, "diagnosticLogs": found[: 4 - position]} for position, name in enumerate("abc")]
    filters = LogFilters(device="iPhone2")
    assert select_logs({"productData": products}, 4, filters) == [
        SignatureLogs("a", [], found[1:4], 3, 4),
        SignatureLogs("b", [], found[1:2], 2, 3),
    ]
    assert select_logs({"productData": products}, None, LogFilters(device="iPad")) == [
        SignatureLogs(name, [], [], 0, 4 - position) for position, name in enumerate("abc")
    ]


def test_signature_with_neither_logs_nor_insights_is_left_out() -> None:
    insight = {"insightsCategory": "Any"}
    products = [{"signatureId": "none"}, {"signatureId": "advice", "diagnosticInsights": [insight]}]
    assert select_logs({"productData": products}, 1) == [SignatureLogs("advice", [insight], [], 0, 0)]


# --- Merging


def test_merged_report_has_the_signatures_of_all() -> None:
    branches = document("branches.json")
    merged = merge_logs([{}, {"version": "0.9"}, REPORT, branches])
    assert merged == {"version": "0.9", "productData": REPORT["productData"] + branches["productData"]}


def test_merging_nothing_returns_an_empty_report() -> None:
    assert merge_logs([]) == {"version": "", "productData": []}


def test_merged_report_read_back_is_a_diagnostics_report() -> None:
    merged = merge_logs([REPORT, document("branches.json")])
    read_back = loading.parse(loading.to_json(merged), "merged")
    assert read_back == merged
    assert loading.kind_of(read_back) == loading.DIAGNOSTICS


def test_strings_of_a_merged_report_are_kept() -> None:
    products = [{"signatureId": "a\0b", "x": "\0" + "1.5\0"}]
    assert json.loads(loading.to_json(merge_logs([{"productData": products}])))["productData"] == products


def test_numbers_keep_their_spelling() -> None:
    text = '{"x": [0.10, -1E+2, 1e300, 1.1e300, -1e999, 7, %s, true, "\\ud800\\u00e9"]}'
    large = "9" * 400
    assert loading.to_json(loading.parse((text % large).encode(), "")).decode() == text % large


@pytest.mark.parametrize("levels", [700, 2000])
def test_deeply_nested_report_is_read_back_whole(levels: int) -> None:
    text = f'{{"productData": [{{"x": {"[" * levels}0.5{"]" * levels}}}], "version": "1"}}'
    merged = merge_logs([loading.parse(text.encode(), "")])
    assert loading.to_json(merged).decode() == text


# --- Logs


@pytest.mark.parametrize(
    ("number", "build", "is_other"),
    [("431", "431", False), ("424", "431", True), (431, "431", False), (None, "431", False), ("424", "", False)],
)
def test_log_is_from_another_build_if_both_are_known(number: Any, build: str, is_other: bool) -> None:
    assert log_row(log(buildVersion=number), None, build).is_from_another_build == is_other


def test_row_of_a_log_has_what_is_known() -> None:
    members = {"appVersion": "5.1", "deviceType": "iPad13_18", "osVersion": "iPad OS 18.5 (22F76)"}
    one = log(**members, buildVersion=7, writesCaused="9 MB", eventDetail="Unresponsive for 2 seconds")
    assert log_row(one, 97.5, "7") == (
        *("5.1", "7", "iPad13_18", "iPad OS 18.5 (22F76)", "9 MB", "2 seconds"),
        *(97.5, False),
    )
    assert log_row({}, None, "7") == ("", "", "", "", "", "", None, False)


@pytest.mark.parametrize(
    ("detail", "expected_duration"),
    [
        ("Main thread unresponsive for 1.95 seconds", "1.95 seconds"),
        ("Hang of 250 ms", "250 ms"),
        ("1 minute after launch, for 3 minutes", ""),
        ("1 s or 2 s", ""),
        ("1073.76 MB, 5 sets, 3smth", ""),
        (None, ""),
    ],
)
def test_duration_is_the_only_one_in_the_detail(detail: Any, expected_duration: str) -> None:
    assert duration(log(eventDetail=detail)) == expected_duration


# --- Folded stacks


def folded(*found: dict[str, Any]) -> list[tuple[str, int]]:
    """Return the folded stacks of logs, each the only one of its signature."""
    stacks, has_counts = folded_stacks([SignatureLogs("", [], [one], 1, 1) for one in found])
    assert has_counts
    return list(stacks.items())


def test_folded_stack_counts_the_samples_of_its_leaf_alone() -> None:
    tree = frame("a", 10, frame("b", 4, frame("c", 4)), frame("d", 5))
    assert folded(log([tree, frame("e", 2)])) == [("a", 1), ("a;b;c", 4), ("a;d", 5), ("e", 2)]


def test_folded_names_start_with_the_binary() -> None:
    tree = frame("a", 3, frame("b", 3, rawFrame="3 b (in Kit) + 4"), binaryName="My App")
    assert folded(log([tree])) == [("My App`a;Kit`b", 3)]


def test_equal_stacks_of_all_logs_are_added_up() -> None:
    unnamed = [frame("", count, rawFrame=f"{count} ??? (in Kit) + 4 [{count:#x}]") for count in (7, 8)]
    assert folded(log([frame("a", 1)], unnamed[:1]), log([frame("a", 2)], unnamed[1:])) == [
        ("a", 3),
        ("Kit`??? + 4", 15),
    ]


def test_folded_names_are_free_of_separators_and_line_breaks() -> None:
    assert folded(log([frame("a;b\nc 5", 2, binaryName="K;t")])) == [(r"K:t`a:b\nc 5", 2)]


def test_children_with_more_samples_than_their_frame() -> None:
    assert folded(log([frame("a", 3, frame("b", 5)), frame("c", 2)])) == [("a;b", 5), ("c", 2)]


def test_each_leaf_counts_once_if_no_frame_has_a_count() -> None:
    tree = frame("a", None, frame("b", None), frame("c", None, frame("d", None)))
    found = folded_stacks([SignatureLogs("", [], [log([tree]), log([tree, frame("e", 0)])], 2, 2)])
    assert found == ({"a;b": 2, "a;c;d": 2, "e": 1}, False)


def test_folded_stacks_have_as_many_samples_as_the_roots() -> None:
    kinds = ("DISK_WRITES", "HANGS", "LAUNCHES")
    report = merge_logs(logs(signature["id"]) for kind in kinds for signature in signatures(kind))
    found = select_logs(report)
    roots = [root for signature in found for one in signature.logs for _, stack in call_stacks(one) for root in stack]
    stacks, _ = folded_stacks(found)
    assert sum(stacks.values()) == sum(root["sampleCount"] for root in roots) > 5000
