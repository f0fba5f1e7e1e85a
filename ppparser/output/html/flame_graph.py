"""Draw a flame graph as SVG: callers above what they call, with all about a frame as its tooltip.

Horizontal positions are percentages and vertical ones are pixels, so that a graph fills any width while its text keeps
its size. Each bar is an `svg` of its own, which cuts its label off at its end.
"""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree.ElementTree import Element

from ppparser.diagnostics.call_tree import CallTree, MergedFrame
from ppparser.diagnostics.flame_graph import MAX_BARS, MAX_LEVELS, MIN_WIDTH_PERCENT, Bar, FlameGraph, LeftOut
from ppparser.output.html.page import element
from ppparser.output.text.call_tree import frame_text, run_text
from ppparser.output.text.tables import shorten
from ppparser.program.terminal import PLAIN

NAMED_SIGN = "\u25b6"
_BAR_HEIGHT, _LEVEL_HEIGHT, _LINE_HEIGHT, _BASELINE = 20, 21, 3, 13
# Below the first width there is no label, below the second only on a wide page.
_LABEL_PERCENT, _NARROW_LABEL_PERCENT = 2.0, 9.0
_LABEL_COLUMNS, _TOOLTIP_COLUMNS, _TOOLTIP_FRAMES = 150, 300, 25


def flame_graph_svg(graph: FlameGraph, tree: CallTree, title: str) -> Element:
    """Return the picture of a graph of `tree`."""
    return element(
        "svg",
        element("title", title),
        element("desc", _description(graph)),
        *(_bar(bar, tree) for bar in graph.bars),
        class_="flames",
        role="img",
        width="100%",
        height=_LEVEL_HEIGHT * graph.level_count,
    )


def _description(graph: FlameGraph) -> str:
    named = [bar for bar in graph.bars if bar.is_named]
    share = f" The signature's frame has {named[0].percent:.3g} % of them." if named else ""
    return f"The wider a frame, the more samples it has; what it calls is below it.{share} The tree as text follows."


def left_out_text(graph: FlameGraph) -> str:
    """Return what is not drawn, "" if everything is."""
    parts = [
        _branches(graph.narrow, f"narrower than {MIN_WIDTH_PERCENT} %"),
        _branches(graph.deep, f"below level {MAX_LEVELS}"),
        _branches(graph.surplus, f"beyond the {MAX_BARS:,} heaviest frames"),
    ]
    text = "; ".join(filter(None, parts))
    return f"left out: {text}" if text else ""


def _branches(left_out: LeftOut, which: str) -> str:
    count, percent = left_out
    if not count:
        return ""
    return f"{count:,} branch{'es' if count > 1 else ''} {which}, {percent:.2g} % of the samples"


def _bar(bar: Bar, tree: CallTree) -> Element:
    kind = "named" if bar.is_named else "app" if bar.is_app else "system"
    line = element("rect", y=_BAR_HEIGHT - _LINE_HEIGHT, width="100%", height=_LINE_HEIGHT, class_="line")
    return element(
        "svg",
        element("title", _tooltip(bar, tree)),
        element("rect", width="100%", height=_BAR_HEIGHT),
        line if kind != "system" else None,
        _label(bar),
        x=f"{bar.start:.3f}%",
        y=_LEVEL_HEIGHT * bar.level,
        width=f"{bar.width:.3f}%",
        height=_BAR_HEIGHT,
        class_=kind,
    )


def _label(bar: Bar) -> Element | None:
    if bar.width < _LABEL_PERCENT:
        return None
    text = bar_text(bar)
    label = f"{NAMED_SIGN} {text}" if bar.is_named else text
    return element("text", label, x=4, y=_BASELINE, class_="wide" if bar.width < _NARROW_LABEL_PERCENT else None)


def bar_text(bar: Bar) -> str:
    """Return the function of a bar and its place, how often it calls itself, or how many system frames there are."""
    first, count = bar.frames[0], len(bar.frames)
    if count == 1:
        return frame_text(first, _LABEL_COLUMNS, PLAIN)
    if bar.is_app or bar.is_named:
        return f"{count:,} \u00d7 {frame_text(first, _LABEL_COLUMNS, PLAIN)}"
    return run_text(bar.frames, _LABEL_COLUMNS, PLAIN, has_leaf=bar.is_leaf)


def _tooltip(bar: Bar, tree: CallTree) -> str:
    return "\n".join(_tooltip_lines(bar, tree))


def _tooltip_lines(bar: Bar, tree: CallTree) -> Iterator[str]:
    """Yield what a bar stands for, its samples, and the insights in it."""
    first, count = bar.frames[0], len(bar.frames)
    if count == 1 or bar.is_app or bar.is_named:
        yield shorten(first.name, _TOOLTIP_COLUMNS, PLAIN)
        if count > 1:
            yield f"calls itself: {count:,} frames"
        if place := ", ".join(filter(None, (first.place, first.binary))):
            yield shorten(place, _TOOLTIP_COLUMNS, PLAIN)
    else:
        yield f"{count:,} frames of the system, callers first:"
        yield from map(_frame_line, bar.frames[:_TOOLTIP_FRAMES])
        if count > _TOOLTIP_FRAMES:
            yield f"{PLAIN.ellipsis} and {count - _TOOLTIP_FRAMES:,} more"
    unit = "samples" if tree.has_counts else "leaves"
    yield f"{bar.percent:.3g} % of all {unit}: {first.samples:,} of {tree.samples:,}"
    for insight in dict.fromkeys(insight for frame in bar.frames for insight in frame.insights):
        yield shorten(f"insight {insight}", _TOOLTIP_COLUMNS, PLAIN)
    owners = [text for text, holds in (("your app", bar.is_app), ("the signature's frame", bar.is_named)) if holds]
    if owners:
        yield ", ".join(owners)


def _frame_line(frame: MergedFrame) -> str:
    return frame_text(frame, _LABEL_COLUMNS, PLAIN)
