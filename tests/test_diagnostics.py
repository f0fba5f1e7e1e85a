"""Tests of selecting logs, of the frame to look at, and of the lines made of call stacks and signatures."""

from __future__ import annotations

import importlib
import json
import re
import sys
from collections import Counter
from collections.abc import Iterator
from typing import Any

import fleet
import pytest
from programs import document

from ppparser import diagnostics
from ppparser.diagnostics import HotFrame, Signature
from ppparser.report import DIAGNOSTICS, check, parse
from ppparser.terminal import PLAIN

REPORT = document("logs.json")
SIGNATURES = [signature for kind in ("DISK_WRITES", "HANGS", "LAUNCHES") for signature in fleet.signatures(kind)]
FLEET = diagnostics.select(
    {"productData": [product for one in SIGNATURES for product in fleet.logs(one["id"])["productData"]]}
)


def frame(name: str, samples: int | None, *below: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"symbolName": name, "rawFrame": name, "sampleCount": samples, "subFrames": list(below), **more}


def own(name: str, samples: int | None, *below: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A frame of the app."""
    return frame(name, samples, *below, isBlameFrame=True, **more)


def log(*stacks: list[dict[str, Any]], **meta_data: str) -> dict[str, Any]:
    """A log with one call stack for each list of root frames."""
    tree = {"callStackPerThread": True, "callStacks": [{"callStackRootFrames": roots} for roots in stacks]}
    return {"diagnosticMetaData": meta_data, "callStackTree": [tree]}


def stacks_of(found: dict[str, Any]) -> Iterator[list[dict[str, Any]]]:
    for tree in found["callStackTree"] or ():
        for stack in tree["callStacks"]:
            yield stack["callStackRootFrames"]


def preorder(
    frames: list[dict[str, Any]], above: tuple[str, ...] = ()
) -> Iterator[tuple[dict[str, Any], tuple[str, ...]]]:
    """Each frame and the names on the way to it, by recursion: not how the program walks."""
    for one in frames:
        path = (*above, one["symbolName"])
        yield one, path
        yield from preorder(one.get("subFrames") or [], path)


# --- selection --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("limit", "left"),
    [
        (None, [("71c0ffee", 2), ("", 2)]),
        (1, [("71c0ffee", 1)]),
        (2, [("71c0ffee", 2)]),
        (3, [("71c0ffee", 2), ("", 1)]),
        (99, [("71c0ffee", 2), ("", 2)]),
    ],
)
def test_the_limit_counts_logs_over_the_whole_file(limit: int | None, left: list[tuple[str, int]]) -> None:
    assert [(found.id, len(found.logs)) for found in diagnostics.select(REPORT, limit=limit)] == left


def test_the_limit_leaves_nothing_of_the_signatures_beyond_it() -> None:
    products = [
        {"signatureId": name, "diagnosticInsights": [{"insightsCategory": "Any"}], "diagnosticLogs": [{}, {}]}
        for name in "ab"
    ]
    assert [found.id for found in diagnostics.select({"productData": products}, limit=2)] == ["a"]


def test_a_signature_of_which_nothing_is_said_is_left_out() -> None:
    insight = {"insightsCategory": "Any"}
    products = [{"signatureId": "none"}, {"signatureId": "advice", "diagnosticInsights": [insight]}]
    assert diagnostics.select({"productData": products}) == [Signature("advice", [insight], [])]


# --- the frame to look at ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("stacks", "found"),
    [
        pytest.param(
            [[frame("main", 10, own("outer", 10, own("inner", 9, frame("write", 9))))]],
            HotFrame("inner", 9, 10),
            id="the deepest of the app",
        ),
        pytest.param(
            [[own("main", 10, own("light", 4), own("heavy", 6))]],
            HotFrame("heavy", 6, 10),
            id="on the heaviest path",
        ),
        pytest.param(
            [[own("main", 10, own("first", 5), own("second", 5))]],
            HotFrame("first", 5, 10),
            id="the first of equals",
        ),
        pytest.param(
            [[own("busy", 10, own("called", 4))]],
            HotFrame("busy", 10, 10),
            id="not below a frame that is busy itself",
        ),
        pytest.param(
            [[own("called", 10, own("busy", 5))]],
            HotFrame("busy", 5, 10),
            id="below one that is as busy as what it calls",
        ),
        pytest.param(
            [[own("main", 3)], [own("worker", 5), own("other", 2)], [own("late", 7)]],
            HotFrame("worker", 5, 7),
            id="of the thread with most samples, the first of equals",
        ),
        pytest.param(
            [[own("a", 4, own("b", 4, fileName="B.swift", lineNumber="12"))]],
            HotFrame("b (B.swift:12)", 4, 4),
            id="with file and line",
        ),
        pytest.param([[own("a", 4, fileName="A.m", lineNumber="")]], HotFrame("a (A.m)", 4, 4), id="with a file alone"),
        pytest.param(
            [[own("", 4, rawFrame="3 ??? (in Tidepool) + 8 [0x10fF]")]],
            HotFrame("??? (in Tidepool) + 8", 4, 4),
            id="without a symbol, as in every log",
        ),
        pytest.param(
            [[own("", 4, rawFrame=None, binaryName="Tidepool", offsetIntoBinaryTextSegment="96", address="0x10")]],
            HotFrame("unknown symbol (in Tidepool) + 96", 4, 4),
            id="without a symbol and a text",
        ),
        pytest.param([[own("a", None, own("b", 0))]], HotFrame("b", 0, 0), id="without samples"),
        pytest.param([[own("main", 4, frame("x", 3), own("y", 1))]], HotFrame("main", 4, 4), id="above the system's"),
        pytest.param([[frame("main", 4, frame("x", 3), own("y", 1))]], None, id="none on the path"),
        pytest.param([[frame("main", 4, isBlameFrame="true")]], None, id="none marked by true itself"),
        pytest.param([], None, id="no call stack"),
    ],
)
def test_the_frame_to_look_at(stacks: list[list[dict[str, Any]]], found: HotFrame | None) -> None:
    assert diagnostics.hot_frame(log(*stacks)) == found


def summary(*logs: dict[str, Any]) -> list[str]:
    """The lines between a signature's ID and its first log."""
    lines = list(diagnostics.signature_lines(Signature("5a", [], list(logs)), PLAIN, callstack=False))
    return lines[1 : lines.index("")]


def test_the_summary_merges_frames_and_counts_devices_systems_and_versions() -> None:
    logs = [
        log([own("rare", 30)], deviceType="iPhone14_5", osVersion="iPhone OS 17.4", appVersion="5.0", buildVersion="7"),
        log([own("common", 20, frame("x", 5))], deviceType="iPhone13_3", osVersion="iPhone OS 17.4", appVersion="5.1"),
        log([frame("main", 20, own("common", 19))], deviceType="iPhone13_3", appVersion="5.1"),
        log([frame("main", 90)]),
    ]
    assert summary(*logs) == [
        "  look at  98 %, 2/4 logs  common",
        "  look at  100 %, 1/4 logs  rare",
        "  4 logs",
        "    device: 2x iPhone13_3, 1x iPhone14_5",
        "    OS: 2x iPhone OS 17.4",
        "    app version: 2x 5.1, 1x 5.0 build 7",
    ]


def test_the_summary_of_one_log_has_no_counts() -> None:
    assert summary(log([own("a", 4)], deviceType="iPhone13_3")) == [
        "  look at  100 %, 1/1 logs  a",
        "  1 log",
        "    device: iPhone13_3",
    ]


def test_the_summary_says_where_there_are_no_logs_or_samples() -> None:
    assert summary() == ["  no logs"]
    assert summary(log([own("a", None)]))[0] == "  look at  - %, 1/1 logs  a"


# --- call stacks ------------------------------------------------------------------------------------------------------


def drawn(*roots: dict[str, Any]) -> list[str]:
    return list(diagnostics.frame_lines(list(roots), PLAIN))


@pytest.mark.parametrize("signature", FLEET, ids=[signature["attributes"]["signature"] for signature in SIGNATURES])
def test_every_frame_is_there_in_preorder_with_its_samples_and_the_mark_of_the_app(signature: Signature) -> None:
    for found in signature.logs:
        lines = list(diagnostics.callstack_lines(found, PLAIN))
        read = [match.groups() for line in lines if (match := re.match(r" *(\d+) ([ >]) [ +]*(\d+ .*)", line))]
        walked = [one for roots in stacks_of(found) for one, _ in preorder(roots)]
        assert read == [
            (str(one["sampleCount"]), ">" if one["isBlameFrame"] else " ", one.get("rawFrame", text))
            for one, (_, _, text) in zip(walked, read)
        ]
        assert len(read) == len(walked) > 10


def test_the_indent_grows_where_the_tree_branches_and_nowhere_else() -> None:
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


def test_a_chain_of_a_thousand_frames_stays_at_the_margin() -> None:
    tree = frame("f", 1)
    for _ in range(999):
        tree = frame("f", 1, tree)
    assert drawn(tree) == ["       1   f"] * 1000


def test_several_root_frames_are_branches() -> None:
    assert drawn(own("a", 2), frame("b", 1)) == ["       2 > + a", "       1   + b"]


def test_an_insight_stands_under_its_frame() -> None:
    tree = frame("a", 2, own("b", 1, insightsCategory="Flush"), own("c", 1, insightsCategory="Sort"))
    assert drawn(tree) == [
        "       2   a",
        "       1 > + b",
        "             ^ insight Flush",
        "       1 > + c",
        "             ^ insight Sort",
    ]


@pytest.mark.parametrize(
    ("parts", "text"),
    [
        (
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
        ),
        (
            {"sampleCount": 3, "symbolName": "", "binaryName": "Kit", "offsetIntoBinaryTextSegment": "96"},
            "       3   3 unknown symbol (in Kit) + 96",
        ),
        ({"symbolName": "f", "fileName": "F.m", "lineNumber": ""}, "           f (F.m)"),
        ({"symbolName": "f", "lineNumber": "5", "sampleCount": "many"}, "           f"),
        ({"rawFrame": "", "symbolName": "f"}, "           f"),
        ({"rawFrame": 5, "symbolName": "f\x1b[2J"}, r"           f\x1b[2J"),
        ({"rawFrame": "f\x1b[2J"}, r"           f\x1b[2J"),
        ({}, "           unknown symbol"),
    ],
)
def test_a_frame_s_text_is_apple_s_or_made_of_its_parts_in_the_same_form(parts: dict[str, Any], text: str) -> None:
    assert drawn(parts) == [text]


@pytest.mark.parametrize(("per_thread", "title"), [(True, "Thread"), (False, "Call stack"), (None, "Call stack")])
def test_call_stacks_are_numbered_over_all_trees_and_called_threads_where_they_are(
    per_thread: bool | None, title: str
) -> None:
    tree = {"callStackPerThread": per_thread, "callStacks": [{"callStackRootFrames": [frame("a", 1)]}]}
    lines = list(diagnostics.callstack_lines({"callStackTree": [tree, tree]}, PLAIN))
    assert lines == [
        f"    {title} 1 of 2, samples first, > marks your app",
        "       1   a",
        "",
        f"    {title} 2 of 2, samples first, > marks your app",
        "       1   a",
        "",
    ]


# --- folded stacks ----------------------------------------------------------------------------------------------------


def folded(signatures: list[Signature]) -> Counter[tuple[str, ...]]:
    """Counts of folded stacks; a stack that has two lines fails."""
    counts: Counter[tuple[str, ...]] = Counter()
    for line in diagnostics.folded_lines(signatures):
        path, _, count = line.rpartition(" ")
        key = tuple(path.split(";"))
        assert key not in counts
        counts[key] = int(count)
    return counts


def test_the_total_of_the_folded_stacks_is_that_of_the_samples() -> None:
    samples = sum(
        root["sampleCount"]
        for signature in FLEET
        for found in signature.logs
        for roots in stacks_of(found)
        for root in roots
    )
    assert sum(folded(FLEET).values()) == samples > 5000


def test_a_folded_stack_counts_a_frame_s_own_samples_over_all_logs() -> None:
    own_samples: Counter[tuple[str, ...]] = Counter()
    for signature in FLEET:
        for found in signature.logs:
            for roots in stacks_of(found):
                for one, path in preorder(roots):
                    below = sum(child["sampleCount"] for child in one["subFrames"])
                    own_samples[path] += one["sampleCount"] - below
    named = Counter({path: count for path, count in own_samples.items() if count and all(path)})
    assert {path: count for path, count in folded(FLEET).items() if path in named} == named


def test_what_has_no_symbol_is_folded_under_a_name_that_is_the_same_in_every_log() -> None:
    one = frame("", 5, rawFrame=None, binaryName="Kit", offsetIntoBinaryTextSegment="96", address="0x1")
    two = {**one, "address": "0x2", "sampleCount": 6}
    three, four = frame("", 7, rawFrame="7 ??? (in Kit) + 4 [0x1]"), frame("", 8, rawFrame="6 ??? (in Kit) + 4 [0x2]")
    assert folded([Signature("", [], [log([one, three]), log([two, four])])]) == {
        ("unknown symbol (in Kit) + 96",): 11,
        ("??? (in Kit) + 4",): 15,
    }


def test_a_folded_name_cannot_pass_for_two_frames_or_two_lines() -> None:
    lines = list(diagnostics.folded_lines([Signature("", [], [log([frame("a;b\nc 5", 2)])])]))
    assert lines == [r"a:b\nc 5 2"]


def test_children_with_more_samples_than_their_frame_take_nothing_from_others() -> None:
    assert folded([Signature("", [], [log([frame("a", 3, frame("b", 5)), frame("c", 2)])])]) == {
        ("a", "b"): 5,
        ("c",): 2,
    }


@pytest.mark.skipif(sys.version_info < (3, 10), reason="flameshow needs Python 3.10")
def test_a_flame_graph_tool_reads_the_folded_stacks(monkeypatch: pytest.MonkeyPatch) -> None:
    # The compiled half of the protobuf that flameshow asks for is not made for Python 3.14; there is one in Python.
    monkeypatch.setitem(sys.modules, "google._upb._message", None)
    parsers = importlib.import_module("flamegraph_textual.parsers")  # what flameshow opens a file with

    signatures = diagnostics.select(REPORT)
    content = "".join(f"{line}\n" for line in diagnostics.folded_lines(signatures))
    profile = parsers.parse(content.encode(), "folded.txt")

    def tree(found: Any) -> dict[str, Any]:
        return {child.name: (child.values[0], tree(child)) for child in found.children}

    assert [unit.sample_type for unit in profile.sample_types] == ["samples"]
    assert (profile.root_stack.values[0], tree(profile.root_stack)) == (
        38,
        {
            "start": (
                24,
                {
                    "Catalog.save(_:)": (
                        20,
                        {
                            "Store.append(_:)": (12, {"write": (10, {})}),
                            "JSONEncoder.encode(_:)": (5, {}),
                            "unknown symbol (in SealedKit)": (3, {}),
                        },
                    ),
                    "mach_msg": (4, {}),
                },
            ),
            "start_wqthread": (6, {"Store.append(_:)": (6, {})}),
            "operator:()": (1, {}),
            "main": (7, {}),
        },
    )


# --- signatures -------------------------------------------------------------------------------------------------------


def resource(signature: str | None, weight: Any = None, direction: str | None = None) -> Any:
    attributes = {"signature": signature, "weight": weight, "insight": direction and {"direction": direction}}
    return parse(json.dumps({"id": "5a", "attributes": attributes}).encode(), "")


def test_signatures_are_ranked_heaviest_first_and_those_without_a_weight_last() -> None:
    found = [resource("c", 0.05), resource("e"), resource("a", 1), resource("d", 0), resource("b", 0.5)]
    assert [one["attributes"]["signature"] for one in diagnostics.by_weight(found)] == ["a", "b", "c", "d", "e"]


def test_the_ranking_says_weight_trend_and_signature() -> None:
    found = [
        resource("Tidepool: main + 8", 0.85, "UP"),
        resource("b", 0.1234, "DOWN"),
        resource("c", 1, "UNDEFINED"),
        resource(None, None),
    ]
    assert list(diagnostics.ranking_lines(found, PLAIN)) == [
        "  weight  trend  signature",
        "    85 %  up     Tidepool: main + 8",
        "  12.3 %  down   b",
        "   100 %  -      c",
        "       -  -      5a",
        "",
    ]


def test_the_heading_says_which_of_how_many_signatures_follows() -> None:
    assert diagnostics.heading(resource("main", 0.85), 2, 3, PLAIN) == "Signature 2 of 3, 85 %: main"


def test_the_link_to_the_logs_is_the_api_s_own() -> None:
    link = "https://api.appstoreconnect.apple.com/v1/diagnosticSignatures/71c0ffee/logs"
    assert [diagnostics.logs_link(one) for one in (*document("signatures.json")["data"], {})] == [link, ""]


def test_merged_reports_are_one_report_with_the_products_of_all() -> None:
    logs, branches = document("logs.json"), document("branches.json")
    whole = check(parse(diagnostics.merged([logs, branches]), ""), DIAGNOSTICS, "")
    assert whole == {"version": "1.0.0", "productData": logs["productData"] + branches["productData"]}


def test_merged_reports_keep_their_numbers_as_they_were_written() -> None:
    texts = ['{"productData":[{"signatureId":"a","x":[0.10,1e999]}],"version":"1"}', '{"productData":[{"y":-1E+2}]}']
    merged = diagnostics.merged(parse(one.encode(), "one") for one in texts)
    assert merged == b'{"productData": [{"signatureId": "a", "x": [0.10, 1e999]}, {"y": -1E+2}], "version": "1"}'


def test_merged_reports_may_be_nested_as_deep_as_one() -> None:
    roots = "[" * 700 + "]" * 700
    one = f'{{"productData": [{{"x": {roots}}}], "version": "1"}}'
    assert diagnostics.merged([parse(one.encode(), "one")]).decode() == one
