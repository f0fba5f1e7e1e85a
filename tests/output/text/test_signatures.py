"""Tests of the lines that signatures, logs and call stacks are printed as."""

from __future__ import annotations

import importlib
import re
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from ppparser.diagnostics.call_tree import CallTree, app_path
from ppparser.diagnostics.frames import Function, call_stacks
from ppparser.diagnostics.log_filters import NO_FILTERS, LogFilters
from ppparser.diagnostics.signatures import CoursePoint, Signature, SignatureLogs, folded_stacks, select_logs
from ppparser.output.data.folded import folded_lines
from ppparser.output.text.signatures import (
    callstack_lines,
    frame_lines,
    log_lines,
    log_table_lines,
    ranking_lines,
    reason_text,
    signature_title,
)
from ppparser.output.text.tables import width
from ppparser.program.terminal import COLOUR, PLAIN, Style
from ppparser.reports.diagnostics import SignatureReport
from ppparser.reports.folded import FoldedStacks
from tests.fake_api import logs, signatures
from tests.helpers.documents import app_frame, frame, log
from tests.helpers.support import Check, document, tagged

# --- Signatures


def signature(
    identifier: str, name: str, weight: float | None = None, direction: str = "", course: str = "", kind: str = "HANGS"
) -> Signature:
    """Return a signature; `course` has a version and a percentage for each reference version."""
    words = course.split()
    shares = [CoursePoint(version, float(percent)) for version, percent in zip(words[::2], words[1::2])]
    return Signature(identifier, name, kind, weight, direction, shares, "")


RANKED = (
    signature("0123456789", "Tidepool: main + 8", 0.85, "UP", "5.0 80 5.1 85"),
    signature("1123456789", "Tidepool: b", 0.1234, "DOWN", "5.0 2e1 5.1 12.34"),
    signature("2", "Tidepool: c", 1.0, "UNDEFINED", "5.1 100"),
    signature("3", "Tidepool: d", 0.0, "SIDEWAYS"),
    signature("4", "Tidepool: e"),
)


def ranking(*signatures: Signature, kind: str = "HANGS") -> list[str]:
    return list(ranking_lines(signatures, kind, "build 7", PLAIN))


def test_ranking_without_common_versions_names_none() -> None:
    courses = ("5.0 1 5.1 2", "4.9 1 5.1 2")
    assert ranking(*(signature("1", "a", 0.02, course=course) for course in courses))[1] == (
        "  share: % of all hangs, heaviest first"
    )


def test_ranking_fits_into_eighty_columns() -> None:
    lines = ranking(signature("x" * 66, "Tidepool: " + "long" * 30, 0.5, "UP", "1 2 3 4 5 50"), *RANKED)
    assert max(map(width, lines)) == 80
    assert lines[3].endswith("longlon\u2026")


@pytest.mark.parametrize(
    ("one", "title"),
    [
        (RANKED[0], "Signature 2 of 3, 85 % of hangs: Tidepool: main"),
        (RANKED[4], "Signature 2 of 3, - % of hangs: Tidepool: e"),
        (signature("1", "a", 0.5, kind="NEW_TYPE"), "Signature 2 of 3, 50 % of NEW_TYPE: a"),
        (signature("1", "a", 0.5, kind=""), "Signature 2 of 3, 50 %: a"),
    ],
)
def test_title_has_the_position_the_share_and_the_name(one: Signature, title: str) -> None:
    assert signature_title(one, 2, 3) == title


@pytest.mark.parametrize(
    ("one", "text"),
    [
        (RANKED[0], "85 % of hangs, 80 % in 5.0"),
        (RANKED[2], "100 % of hangs, new in 5.1"),
        (RANKED[4], "- % of hangs"),
        (signature("1", "a")._replace(course=[CoursePoint("", 5.0)]), "- % of hangs, new in this version"),
        (
            signature("1", "a", 0.5)._replace(course=[CoursePoint("", 5.0), CoursePoint("", 50.0)]),
            "50 % of hangs, 5 % in an earlier version",
        ),
    ],
)
def test_reason_names_the_share_and_since_when(one: Signature, text: str) -> None:
    assert reason_text(one) == text
    assert reason_text(one, "new since build 7") == f"{text.partition(',')[0]}, new since build 7"


# --- Summary


def merged(logs: SignatureLogs, named: Function | None = None) -> SignatureReport:
    tree = CallTree(logs.logs)
    return SignatureReport(1, 1, None, logs, tree, app_path(tree, named))


# --- Table of logs


def log_table(
    *found: dict[str, Any], filters: LogFilters = NO_FILTERS, build: str = "", counts: tuple[int, int] | None = None
) -> list[str]:
    logs = SignatureLogs("5a", [], found, *(counts or (len(found), len(found))))
    return list(log_table_lines(merged(logs), filters, build, PLAIN))


@pytest.mark.parametrize(
    ("filters", "counts", "title"),
    [
        (NO_FILTERS, (2, 2), "2 logs"),
        (NO_FILTERS, (5, 5), "2 logs of 5"),
        (LogFilters(os="18"), (2, 5), "2 of 5 logs match --os=18"),
        (LogFilters("iPad", "18"), (3, 5), "3 of 5 logs match --device=iPad --os=18; the first 2"),
        (LogFilters(app_version="8"), (2, 2), "2 of 2 logs match --app-version=8"),
    ],
)
def test_title_says_how_many_logs_match(filters: LogFilters, counts: tuple[int, int], title: str) -> None:
    assert log_table({}, {}, filters=filters, counts=counts) == [f"  {title}"]


def test_table_fits_into_eighty_columns() -> None:
    members = {
        "appVersion": "8.10.12",
        "buildVersion": "20431",
        "deviceType": "iPhone15_2",
        "writesCaused": "1073.76 MB",
    }
    lines = log_table(log([app_frame("a", 1)], **members, osVersion="iPhone OS 18.4.1 beta (22E252)"), build="20430")
    assert lines[2] == ("    8.10.12  20431 !  iPhone15_2  iPhone OS 18.4.1 beta (\u2026  1073.76 MB     100 %")
    assert max(map(len, lines)) == 80


def test_long_details_are_cut() -> None:
    members = {"appVersion": "8.1.0-beta.20260101", "buildVersion": "20260101.120000.1", "deviceType": "iPhone15_2"}
    assert log_table(log(**members, osVersion="x" * 60))[2] == (
        f"    8.1.0-beta.20\u2026  20260101.1200\u2026  iPhone15_2  {'x' * 31}\u2026"
    )


# --- Single logs


def lines_of(
    log: dict[str, Any], position: int, total: int, named: Function | None = None, style: Style = PLAIN
) -> list[str]:
    return list(log_lines(log, app_path(CallTree([log]), named), position, total, style))


def test_log_lists_all_its_details(check: Check) -> None:
    meta_data = {
        "thermalState": "nominal",
        "new\x1b[2J": "a\nb",
        "level": 3,
        "platformArchitecture": "arm64e",
        "writesCaused": "1 GB",
        "eventDetail": "2 GB",
        "event": "disk writes",
        "osVersion": "17.4",
        "deviceType": "iPhone13_3",
        "bundleId": "org.example",
        "buildVersion": "",
        "appVersion": "5.1",
    }
    tree = log([app_frame("a", 4, rawFrame="4 a", place="A.m:5"), frame("b", 1, rawFrame="1 b")], **meta_data)
    check(lines_of(tree, 1, 2))


def test_log_without_details_or_a_path(check: Check) -> None:
    tree = log([frame("main", 4, rawFrame="4 main")], buildVersion="7")
    check([*lines_of({}, 1, 1), *lines_of(tree, 1, 1)])


def test_colour_marks_the_title_the_place_insights_and_the_app(check: Check) -> None:
    found = log([frame("", 2, app_frame("a", 1, insightsCategory="Flush", rawFrame="1 a"), rawFrame="2 main")])
    check(tagged(lines_of(found, 1, 1, Function("", "a"), COLOUR)))


# --- Call stacks


def raw(name: str, samples: Any, *children: dict[str, Any], **members: Any) -> dict[str, Any]:
    """Return a frame of the system with Apple's text."""
    return frame(name, samples, *children, rawFrame=name, **members)


def app_raw(name: str, samples: Any, *children: dict[str, Any], **members: Any) -> dict[str, Any]:
    """Return a frame of the app with Apple's text."""
    return raw(name, samples, *children, isBlameFrame=True, **members)


def drawn(*roots: dict[str, Any]) -> list[str]:
    return list(frame_lines(list(roots), PLAIN))


def preorder(frames: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for one in frames:
        yield one
        yield from preorder(one.get("subFrames") or [])


def test_every_frame_is_on_a_line_in_preorder() -> None:
    for signature in signatures("HANGS"):
        for one in logs(signature["id"])["productData"][0]["diagnosticLogs"]:
            lines = [line for line in callstack_lines(one, PLAIN) if re.match(" *[0-9]+ ", line)]
            frames = [found for _, roots in call_stacks(one) for found in preorder(roots)]
            assert len(lines) == len(frames) > 10
            for line, found in zip(lines, frames):
                start = f"{found['sampleCount']:>8} {'>' if found['isBlameFrame'] else ' '} "
                assert line.startswith(start)
                assert line.endswith(found.get("rawFrame", f"[{found['address']}]"))


def test_indentation_grows_only_where_the_tree_branches(check: Check) -> None:
    tree = raw("a", 5, raw("b", 5, raw("c", 3, raw("d", 3, raw("e", 2), raw("f", 1))), raw("g", 2)))
    check(drawn(tree))


def test_deep_branches_state_their_level_instead_of_indentation(check: Check) -> None:
    tree = raw("12", 1)
    for level in range(12, 0, -1):
        tree = raw(str(level - 1), 1, tree, raw("x", 1), insightsCategory="I" if level == 12 else None)
    check(drawn(tree))


def test_chain_of_a_thousand_frames_stays_at_the_margin() -> None:
    tree = raw("f", 1)
    for _ in range(999):
        tree = raw("f", 1, tree)
    assert drawn(tree) == ["       1   f"] * 1000


def test_several_roots_are_branches() -> None:
    assert drawn(app_raw("a", 2), raw("b", 1)) == ["       2 > + a", "       1   + b"]


def test_insight_is_below_its_frame(check: Check) -> None:
    tree = raw("a", 2, app_raw("b", 1, insightsCategory="Flush"), raw("c", 1, insightsCategory="\x1b"))
    check(drawn(tree))


@pytest.mark.parametrize("children", [[None, {"rawFrame": "b"}], [{"rawFrame": "b"}, 5], [{"rawFrame": "b"}]])
def test_children_that_are_not_frames_are_skipped(children: list[Any]) -> None:
    assert drawn({"rawFrame": "a", "subFrames": children}) == ["           a", "           b"]


@pytest.mark.parametrize("children", [None, [], [None], {"a": 1}, "x", 5])
def test_frame_without_usable_children_is_a_leaf(children: Any) -> None:
    assert drawn({"rawFrame": "a", "subFrames": children, "isBlameFrame": "true"}) == ["           a"]


@pytest.mark.parametrize(
    ("members", "text"),
    [
        pytest.param(
            {
                "sampleCount": 20,
                "symbolName": "save()",
                "binaryName": "Tidepool",
                "offsetIntoSymbol": "48",
                "offsetIntoBinaryTextSegment": "4096",
                "fileName": "Catalog.swift",
                "lineNumber": "88",
                "address": "0x104b10",
            },
            "      20   20 save() (in Tidepool) + 48 (Catalog.swift:88) [0x104b10]",
            id="all parts",
        ),
        pytest.param(
            {"sampleCount": 3, "symbolName": "", "binaryName": "Kit", "offsetIntoBinaryTextSegment": "96"},
            "       3   3 unknown symbol (in Kit) + 96",
            id="no symbol",
        ),
        pytest.param({"symbolName": "f", "fileName": "F.m", "lineNumber": ""}, "           f (F.m)", id="no line"),
        pytest.param({"symbolName": "f", "lineNumber": "5", "sampleCount": "many"}, "    many   many f", id="no file"),
        pytest.param({"symbolName": "f", "sampleCount": b"1.50"}, "    1.50   1.50 f", id="a fraction"),
        pytest.param({"rawFrame": "f", "sampleCount": True}, "    true   f", id="not a count"),
        pytest.param({"rawFrame": "", "symbolName": "f"}, "           f", id="empty raw frame"),
        pytest.param({"rawFrame": 5, "symbolName": "f\x1b[2J"}, r"           f\x1b[2J", id="raw frame not a string"),
        pytest.param({"rawFrame": "f\x1b[2J", "insightsCategory": 5}, r"           f\x1b[2J", id="control characters"),
        pytest.param({}, "           unknown symbol", id="nothing"),
    ],
)
def test_frame_is_printed_as_apple_s_text_or_its_parts(members: dict[str, Any], text: str) -> None:
    assert drawn(members) == [text]


@pytest.mark.parametrize(("per_thread", "title"), [(True, "Thread"), (False, "Call stack"), (None, "Call stack")])
def test_call_stacks_are_numbered_across_trees(per_thread: bool | None, title: str, check: Check) -> None:
    tree = {"callStackPerThread": per_thread, "callStacks": [{"callStackRootFrames": [raw("a", 1)]}]}
    check(callstack_lines({"callStackTree": [tree, tree]}, PLAIN))


def test_log_without_call_stacks_says_so() -> None:
    assert list(callstack_lines({"callStackTree": [{}]}, PLAIN)) == ["    no call stack", ""]


# --- Folded stacks


def test_folded_stacks_are_one_per_line() -> None:
    assert list(folded_lines(FoldedStacks({"a": [2], "a;c d": [3, 0]}))) == ["a 2", "a;c d 3 0"]


@pytest.mark.skipif(sys.version_info < (3, 10), reason="flameshow, which reads the stacks here, needs Python 3.10")
def test_flame_graph_tool_reads_the_folded_stacks(monkeypatch: pytest.MonkeyPatch) -> None:
    # The compiled part of protobuf, which flameshow imports, is not available for Python 3.14; a Python version is.
    monkeypatch.setitem(sys.modules, "google._upb._message", None)
    parsers = importlib.import_module("flamegraph_textual.parsers")  # flameshow opens files with it.

    stacks, _ = folded_stacks(select_logs(document("logs.json")))
    content = "".join(
        f"{line}\n" for line in folded_lines(FoldedStacks({stack: [count] for stack, count in stacks.items()}))
    )
    profile = parsers.parse(content.encode(), "folded.txt")

    def tree(node: Any) -> dict[str, Any]:
        return {child.name: (child.values[0], tree(child)) for child in node.children}

    leaves: dict[str, Any] = {
        "Tidepool`Store.append(_:)": (12, {"libsystem_kernel.dylib`write": (10, {})}),
        "Foundation`JSONEncoder.encode(_:)": (5, {}),
        "SealedKit`unknown symbol": (3, {}),
    }
    assert [unit.sample_type for unit in profile.sample_types] == ["samples"]
    assert profile.root_stack.values[0] == 38
    assert tree(profile.root_stack) == {
        "dyld`start": (24, {"Tidepool`Catalog.save(_:)": (20, leaves), "libsystem_kernel.dylib`mach_msg": (4, {})}),
        "libsystem_pthread.dylib`start_wqthread": (6, {"Tidepool`Store.append(_:)": (6, {})}),
        "Tidepool`operator:()": (1, {}),
        "Helper`main": (7, {}),
    }
