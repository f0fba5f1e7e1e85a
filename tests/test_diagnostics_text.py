"""Tests of the lines that signatures, logs and call stacks are printed as."""

from __future__ import annotations

import importlib
import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fake_api import logs, signatures
from support import Run, document

from ppparser import diagnostics
from ppparser.diagnostics import Signature, SignatureLogs
from ppparser.diagnostics_folded import folded_lines
from ppparser.diagnostics_text import callstack_lines, frame_lines, ranking_lines, signature_lines, signature_title
from ppparser.terminal import COLOUR, PLAIN


def frame(name: str, samples: int | None, *children: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Return a frame of the system."""
    return {"rawFrame": name, "symbolName": name, "sampleCount": samples, "subFrames": list(children), **more}


def app_frame(name: str, samples: int | None, *children: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Return a frame of the app."""
    return frame(name, samples, *children, isBlameFrame=True, **more)


def log(*roots: dict[str, Any], **meta_data: Any) -> dict[str, Any]:
    """Return a log with one call stack."""
    tree = {"callStacks": [{"callStackRootFrames": list(roots)}]}
    return {"diagnosticMetaData": meta_data, "callStackTree": [tree]}


# --- Signatures

RANKED = (
    Signature("1", "Tidepool: main + 8", 0.85, "UP", ""),
    Signature("2", "b", 0.1234, "DOWN", ""),
    Signature("3", "c", 1.0, "UNDEFINED", ""),
    Signature("4", "d", 0.0, "SIDEWAYS", ""),
    Signature("5", "e", None, "", ""),
)


def test_ranking_has_weight_trend_and_name() -> None:
    assert list(ranking_lines(RANKED, PLAIN)) == [
        "  weight  trend     signature",
        "    85 %  up        Tidepool: main + 8",
        "  12.3 %  down      b",
        "   100 %  -         c",
        "     0 %  sideways  d",
        "       -  -         e",
        "",
    ]


def test_ranking_colours_trends() -> None:
    bad, good, off = COLOUR.bad, COLOUR.good, COLOUR.off
    assert list(ranking_lines(RANKED[:4], COLOUR)) == [
        "  weight  trend     signature",
        f"    85 %  {bad}up{off}        Tidepool: main + 8",
        f"  12.3 %  {good}down{off}      b",
        "   100 %  -         c",
        "     0 %  sideways  d",
        "",
    ]


@pytest.mark.parametrize(
    ("signature", "title"),
    [
        (RANKED[0], "Signature 2 of 3, 85 %: Tidepool: main + 8"),
        (RANKED[4], "Signature 2 of 3, -: e"),
    ],
)
def test_title_has_the_position_the_weight_and_the_name(signature: Signature, title: str) -> None:
    assert signature_title(signature, 2, 3) == title


def lines_of(signature: SignatureLogs, *, callstack: bool = False) -> list[str]:
    return list(signature_lines(signature, PLAIN, callstack=callstack))


def test_summary_precedes_the_logs() -> None:
    found = [
        log(app_frame("rare", 30), deviceType="iPhone14_5", osVersion="17.4", appVersion="5.0", buildVersion="7"),
        log(app_frame("common", 20), deviceType="iPhone13_3", osVersion="17.4", appVersion="5.1"),
        log(frame("main", 20, app_frame("common", 19)), deviceType="iPhone13_3", appVersion="5.1"),
        log(app_frame("none", None)),
    ]
    lines = lines_of(SignatureLogs("5a", [], found))
    assert lines[: lines.index("") + 2] == [
        "  ID 5a",
        "  look at  98 %, 2/4 logs  common",
        "  look at  100 %, 1/4 logs  rare",
        "  look at  - %, 1/4 logs  none",
        "  4 logs",
        "    device: 2x iPhone13_3, 1x iPhone14_5",
        "    OS: 2x 17.4",
        "    app version: 2x 5.1, 1x 5.0 build 7",
        "",
        "  Log 1 of 4",
    ]


def test_long_counts_are_wrapped_with_a_hanging_indent() -> None:
    found = [log(deviceType=f"iPhone{model}_1") for model in range(10, 16)]
    assert lines_of(SignatureLogs("", [], found))[:4] == [
        "  ID unknown",
        "  6 logs",
        "    device: 1x iPhone10_1, 1x iPhone11_1, 1x iPhone12_1, 1x iPhone13_1, 1x",
        "      iPhone14_1, 1x iPhone15_1",
    ]


def test_single_log_has_no_counts_and_lists_its_details() -> None:
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
    assert lines_of(SignatureLogs("5a", [], [log(app_frame("a", 4), frame("b", 1), **meta_data)]), callstack=True) == [
        "  ID 5a",
        "  look at  80 %, 1/1 logs  a",
        "  1 log",
        "    device: iPhone13_3",
        "    OS: 17.4",
        "    app version: 5.1",
        "",
        "  Log 1 of 1",
        "    app version    5.1",
        "    bundle         org.example",
        "    device         iPhone13_3",
        "    OS             17.4",
        "    architecture   arm64e",
        "    event          disk writes",
        "    detail         2 GB",
        "    writes caused  1 GB",
        "    thermalState   nominal",
        r"    new\x1b[2J     a\nb",
        "    level          3",
        "    look at        80 %  a",
        "",
        "    Call stack 1 of 1, samples first, > marks your app",
        "       4 > + a",
        "       1   + b",
        "",
    ]


def test_log_without_details_or_hot_frame() -> None:
    assert lines_of(SignatureLogs("5a", [], [{}, log(frame("main", 4), buildVersion="7")])) == [
        "  ID 5a",
        "  2 logs",
        "    app version: 1x build 7",
        "",
        "  Log 1 of 2",
        "    no details about this log",
        "",
        "  Log 2 of 2",
        "    build    7",
        "    look at  no frame of the app is on the heaviest path",
        "",
    ]


def test_insights_are_wrapped_and_links_lead_to_the_website() -> None:
    link = "doc://com.apple.documentation/documentation/xcode/reducing-disk-writes#Overview"
    insights = [
        {"insightsCategory": "Many", "insightsString": "Collect the records. " * 4, "insightsURL": link},
        {"insightsString": "Short.", "insightsURL": f"https://example.com/{link}"},
        {"insightsCategory": "Bare"},
    ]
    assert lines_of(SignatureLogs("5a", insights, [])) == [
        "  ID 5a",
        "  insight Many: Collect the records. Collect the records. Collect the records.",
        "    Collect the records.",
        "    https://developer.apple.com/documentation/xcode/reducing-disk-writes#Overview",
        "  insight no category: Short.",
        f"    https://example.com/{link}",
        "  insight Bare:",
        "  no logs",
        "",
    ]


def test_report_of_insights_alone_is_printed(run: Run, home: Path) -> None:
    product = {"signatureId": "5a", "diagnosticInsights": [{"insightsCategory": "Flush", "insightsString": "Less."}]}
    (home / "report.json").write_text(json.dumps({"productData": [product], "version": "1.0.0"}))
    out = "Signature 1 of 1\n  ID 5a\n  insight Flush: Less.\n  no logs\n\n"
    assert run("ppparser", "diagnostics", "--input", "report.json") == (0, out, "")


def test_colour_marks_titles_places_insights_and_the_app() -> None:
    strong, faint, bad, fair, off = COLOUR.strong, COLOUR.faint, COLOUR.bad, COLOUR.fair, COLOUR.off
    insight = {"insightsCategory": "Flush", "insightsString": "Less.", "insightsURL": "https://example.com"}
    found = log(frame("main", 2, app_frame("a", 1, insightsCategory="Flush")))
    assert list(signature_lines(SignatureLogs("5a", [insight], [found]), COLOUR, callstack=True)) == [
        "  ID 5a",
        "  insight Flush: Less.",
        f"    {faint}https://example.com{off}",
        f"  look at  50 %, 1/1 logs  {bad}a{off}",
        "  1 log",
        "",
        f"  {strong}Log 1 of 1{off}",
        f"    look at  50 %  {strong}a{off}",
        "",
        f"    {strong}Call stack 1 of 1{off}, samples first, > marks your app",
        "       2   main",
        f"       1 {strong}> a{off}",
        f"           {fair}^ insight Flush{off}",
        "",
    ]


# --- Call stacks


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
            frames = [found for _, roots in diagnostics.call_stacks(one) for found in preorder(roots)]
            assert len(lines) == len(frames) > 10
            for line, found in zip(lines, frames):
                start = f"{found['sampleCount']:>8} {'>' if found['isBlameFrame'] else ' '} "
                assert line.startswith(start)
                assert line.endswith(found.get("rawFrame", f"[{found['address']}]"))


def test_indentation_grows_only_where_the_tree_branches() -> None:
    tree = frame("a", 5, frame("b", 5, frame("c", 3, frame("d", 3, frame("e", 2), frame("f", 1))), frame("g", 2)))
    assert drawn(tree) == [
        "       5   a",
        "       5   b",
        "       3   + c",
        "       3     d",
        "       2     + e",
        "       1     + f",
        "       2   + g",
    ]


def test_deep_branches_state_their_level_instead_of_indentation() -> None:
    tree = frame("12", 1)
    for level in range(12, 0, -1):
        tree = frame(str(level - 1), 1, tree, frame("x", 1), insightsCategory="I" if level == 12 else None)
    assert drawn(tree)[9:14] == [
        "       1                   + 9",
        "       1                     + 10",
        "       1                     +11 11",
        "                               ^ insight I",
        "       1                     +12 12",
    ]


def test_chain_of_a_thousand_frames_stays_at_the_margin() -> None:
    tree = frame("f", 1)
    for _ in range(999):
        tree = frame("f", 1, tree)
    assert drawn(tree) == ["       1   f"] * 1000


def test_several_roots_are_branches() -> None:
    assert drawn(app_frame("a", 2), frame("b", 1)) == ["       2 > + a", "       1   + b"]


def test_insight_is_below_its_frame() -> None:
    tree = frame("a", 2, app_frame("b", 1, insightsCategory="Flush"), frame("c", 1, insightsCategory="\x1b"))
    assert drawn(tree) == [
        "       2   a",
        "       1 > + b",
        "             ^ insight Flush",
        "       1   + c",
        r"             ^ insight \x1b",
    ]


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
def test_call_stacks_are_numbered_across_trees(per_thread: bool | None, title: str) -> None:
    tree = {"callStackPerThread": per_thread, "callStacks": [{"callStackRootFrames": [frame("a", 1)]}]}
    assert list(callstack_lines({"callStackTree": [tree, tree]}, PLAIN)) == [
        f"    {title} 1 of 2, samples first, > marks your app",
        "       1   a",
        "",
        f"    {title} 2 of 2, samples first, > marks your app",
        "       1   a",
        "",
    ]


def test_log_without_call_stacks_says_so() -> None:
    assert list(callstack_lines({"callStackTree": [{}]}, PLAIN)) == ["    no call stack", ""]


# --- Folded stacks


def test_folded_stacks_are_one_per_line() -> None:
    signature = SignatureLogs("", [], [log(frame("a;b", 5, frame("c d", 3)))])
    assert list(folded_lines([signature])) == ["a:b 2", "a:b;c d 3"]


@pytest.mark.skipif(sys.version_info < (3, 10), reason="flameshow needs Python 3.10")
def test_flame_graph_tool_reads_the_folded_stacks(monkeypatch: pytest.MonkeyPatch) -> None:
    # The compiled part of protobuf, which flameshow imports, is not available for Python 3.14; a Python version is.
    monkeypatch.setitem(sys.modules, "google._upb._message", None)
    parsers = importlib.import_module("flamegraph_textual.parsers")  # flameshow opens files with it.

    content = "".join(f"{line}\n" for line in folded_lines(diagnostics.select(document("logs.json"))))
    profile = parsers.parse(content.encode(), "folded.txt")

    def tree(node: Any) -> dict[str, Any]:
        return {child.name: (child.values[0], tree(child)) for child in node.children}

    leaves: dict[str, Any] = {
        "Store.append(_:)": (12, {"write": (10, {})}),
        "JSONEncoder.encode(_:)": (5, {}),
        "unknown symbol (in SealedKit)": (3, {}),
    }
    assert [unit.sample_type for unit in profile.sample_types] == ["samples"]
    assert profile.root_stack.values[0] == 38
    assert tree(profile.root_stack) == {
        "start": (24, {"Catalog.save(_:)": (20, leaves), "mach_msg": (4, {})}),
        "start_wqthread": (6, {"Store.append(_:)": (6, {})}),
        "operator:()": (1, {}),
        "main": (7, {}),
    }
