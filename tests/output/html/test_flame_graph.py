"""Tests of the drawing of flame graphs: labels, tooltips, and what tells the kinds of frames apart."""

from __future__ import annotations

from typing import Any
from xml.etree.ElementTree import Element

import pytest

from ppparser.diagnostics.call_tree import CallTree
from ppparser.diagnostics.flame_graph import FlameGraph, LeftOut, flame_graph
from ppparser.diagnostics.frames import Function
from ppparser.output.html.flame_graph import flame_graph_svg, left_out_text
from tests.helpers.documents import app_frame, frame, log

NAMED = Function("", "named")
NONE = LeftOut(0, 0.0)


def picture(*roots: dict[str, Any]) -> Element:
    tree = CallTree([log(roots)])
    return flame_graph_svg(flame_graph(tree, NAMED), tree, "a title")


def attributes(made: Element, *names: str) -> list[str | None]:
    return [made.get(name) for name in names]


def labels(made: Element) -> list[str]:
    return [one.text or "" for one in made.iter("text")]


def tooltips(made: Element) -> list[list[str]]:
    return [(one.text or "").split("\n") for one in made.findall("svg/title")]


def test_picture_has_a_title_and_a_description() -> None:
    made = picture(app_frame("a", 4, frame("named", 3)))
    assert attributes(made, "role", "width", "height") == ["img", "100%", "42"]
    assert [(one.tag, one.text) for one in list(made)[:2]] == [
        ("title", "a title"),
        (
            "desc",
            "The wider a frame, the more samples it has; what it calls is below it. The signature's frame has 75 % of "
            "them. The tree as text follows.",
        ),
    ]
    assert "signature" not in (picture(app_frame("a", 4)).findtext("desc") or "")


def test_bars_have_places_in_percent_and_pixels() -> None:
    [first, second] = picture(app_frame("a", 3, frame("b", 1, binaryName="libb"))).findall("svg")
    assert attributes(first, "x", "y", "width", "height", "class") == ["0.000%", "0", "100.000%", "20", "app"]
    assert attributes(second, "x", "y", "width", "height", "class") == ["0.000%", "21", "33.333%", "20", "system"]


def test_frames_of_the_app_differ_from_others_by_more_than_colour() -> None:
    made = picture(app_frame("a", 3, app_frame("named", 3, frame("s", 3)), place="A.m:5"))
    assert [(one.get("class"), len(one.findall("rect[@class='line']"))) for one in made.findall("svg")] == [
        ("app", 1),
        ("named", 1),
        ("system", 0),
    ]
    assert labels(made) == ["a  A.m:5", "\u25b6 named", "s"]


def test_tooltip_has_all_about_a_frame() -> None:
    made = picture(
        app_frame(
            "a",
            2000,
            app_frame("named", 1500, frame("s", 1500, binaryName="libs", insightsCategory="Slow"), binaryName="App"),
            place="A.m:5",
        )
    )
    assert tooltips(made) == [
        ["a", "A.m:5", "100 % of all samples: 2,000 of 2,000", "your app"],
        ["named", "App", "75 % of all samples: 1,500 of 2,000", "your app, the signature's frame"],
        ["s", "libs", "75 % of all samples: 1,500 of 2,000", "insight Slow"],
    ]


def test_tooltip_of_system_frames_lists_them() -> None:
    tree = frame("s30", 4)
    for number in range(29, 0, -1):
        tree = frame(f"s{number}", 4, tree, binaryName="lib")
    made = picture(tree)
    assert labels(made) == ["\u2026 30 frames in lib \u203a s30"]
    assert tooltips(made) == [
        [
            "30 frames of the system, callers first:",
            *(f"s{number}  lib" for number in range(1, 26)),
            "\u2026 and 5 more",
            "100 % of all samples: 4 of 4",
        ]
    ]


def test_function_that_calls_itself_says_how_often() -> None:
    made = picture(app_frame("a", 4, app_frame("a", 4, place="A.m:5"), place="A.m:5"))
    assert labels(made) == ["2 \u00d7 a  A.m:5"]
    assert tooltips(made) == [["a", "calls itself: 2 frames", "A.m:5", "100 % of all samples: 4 of 4", "your app"]]


def test_without_counts_the_unit_is_leaves() -> None:
    made = picture(app_frame("a", None, frame("b", None), frame("c", None)))
    assert tooltips(made)[1] == ["b", "50 % of all leaves: 1 of 2"]


def test_narrow_bars_have_labels_on_wide_pages_alone_or_none() -> None:
    made = picture(
        app_frame("a", 1000, *(app_frame(f"f{samples}", samples) for samples in (90, 89, 20, 19))),
    )
    assert [(one.text, one.get("class")) for one in made.iter("text")] == [
        ("a", None),
        ("f90", None),
        ("f89", "wide"),
        ("f20", "wide"),
    ]
    assert len(tooltips(made)) == 5


def test_long_names_are_cut() -> None:
    made = picture(app_frame("n" * 5000, 4, place=f"{'f' * 5000}:1"))
    assert len(labels(made)[0]) == 150
    assert [len(line) for line in tooltips(made)[0][:2]] == [300, 300]


@pytest.mark.parametrize(
    ("narrow", "deep", "surplus", "text"),
    [
        (NONE, NONE, NONE, ""),
        (LeftOut(1, 0.25), NONE, NONE, "left out: 1 branch narrower than 0.3 %, 0.25 % of the samples"),
        (
            LeftOut(1200, 12.5),
            LeftOut(2, 40.0),
            LeftOut(3, 0.9),
            "left out: 1,200 branches narrower than 0.3 %, 12 % of the samples; 2 branches below level 200, 40 % of "
            "the samples; 3 branches beyond the 1,000 heaviest frames, 0.9 % of the samples",
        ),
    ],
)
def test_what_is_left_out_is_said(narrow: LeftOut, deep: LeftOut, surplus: LeftOut, text: str) -> None:
    assert left_out_text(FlameGraph([], 0, narrow, deep, surplus)) == text
