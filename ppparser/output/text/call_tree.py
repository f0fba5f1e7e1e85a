"""Render the merged call tree of a signature, and the path to the line to open, as lines of text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ppparser.diagnostics.call_tree import AppPath, CallTree, MergedFrame
from ppparser.diagnostics.frames import Function
from ppparser.diagnostics.outline import Row, insights_in, outline
from ppparser.output.text.tables import shorten, titled, width
from ppparser.program.terminal import WIDTH_COLUMNS, Style

# Beyond this level the indentation stays, so that frames have room.
_MAX_INDENTATION = 8
# At least this many columns remain for the name of a function, however long its place is.
_MIN_NAME_COLUMNS = 20


def path_lines(path: AppPath, lead: str, style: Style) -> Iterator[str]:
    """Yield the steps of a path after `lead`, callers first; the one that the signature names is in brackets."""
    line = lead
    steps = path.short_steps
    for position, step in enumerate(steps):
        text = style.ellipsis if step is None else f"[{step.text}]" if step.is_named else step.text
        if position:
            line += f" {style.step}"
            next_sign = "" if position == len(steps) - 1 else f" {style.step}"
            if width(f"{line} {text}{next_sign}") > WIDTH_COLUMNS:
                yield line
                line = " " * (len(lead) - 1)
            line += " "
        line += f"{style.bad}{text}{style.off}" if step and step.is_named else text
    yield line


def tree_lines(tree: CallTree, log_count: int, named: Function | None, style: Style) -> Iterator[str]:
    """Yield a title and the rows of a merged tree: percent of all samples, `>` for the app, function and place."""
    cut = outline(tree, named)
    if not cut.rows:
        yield "  no call stack"
        return
    subject = "Main thread" if tree.is_main_thread else "Call tree"
    logs = f"{log_count} log{'s' if log_count > 1 else ''}"
    unit = "samples" if tree.has_counts else "leaves, without sample counts"
    named_legend = ", >> [ ] the signature's frame" if any(row.is_named for row in cut.rows) else ""
    legend = f"% of {tree.samples} {unit}; > app{named_legend}"
    yield from titled(f"{subject} of {logs}", f", {legend}", style, "  ")
    for row in cut.rows:
        yield from _row_lines(row, style)
    if cut.omitted_count:
        branches = f"{cut.omitted_count} branch{'es' if cut.omitted_count > 1 else ''}"
        yield f"  {cut.omitted_percent:>3.0f} %    {style.ellipsis} {branches} below {cut.cutoff_percent} %"


def _row_lines(row: Row, style: Style) -> Iterator[str]:
    indent = "  " * min(row.level, _MAX_INDENTATION)
    lead = indent[:-2] + "+ " if row.is_branch else indent
    start = f"  {row.percent:>3.0f} % "
    columns = WIDTH_COLUMNS - len(start) - 3 - len(lead)
    frame = row.frames[0]
    if len(row.frames) > 1:
        text = run_text(row.frames, columns, style, has_leaf=row.is_leaf)
    else:
        text = frame_text(frame, columns, style)
    if row.is_named:
        yield f"{start}{style.bad}>> {lead}{text}{style.off}"
    elif any(frame.is_app for frame in row.frames):
        yield f"{start}{style.strong}>  {lead}{text}{style.off}"
    else:
        yield f"{start}   {lead}{text}"
    if insights := insights_in(row):
        texts = dict.fromkeys(f"{category} in {function}" for category, function in insights)
        insight = shorten(f"^ insight {', '.join(texts)}", columns, style)
        yield f"{' ' * (len(start) + 3)}{indent}{style.fair}{insight}{style.off}"


def frame_text(frame: MergedFrame, columns: int, style: Style) -> str:
    """Return the function, and the file and line of the app's or else the binary."""
    return function_text(frame.name, (frame.is_app and frame.place) or frame.binary, columns, style)


def function_text(name: str, place: str, columns: int, style: Style) -> str:
    """Return a function and its place, which may be "", cut to fit into `columns`."""
    if not place:
        return shorten(name, columns, style)
    place = shorten(place, max(columns - 2 - min(width(name), _MIN_NAME_COLUMNS), 0), style)
    return f"{shorten(name, columns - 2 - width(place), style)}  {place}"


def run_text(frames: Sequence[MergedFrame], columns: int, style: Style, *, has_leaf: bool) -> str:
    """Return the number of frames and their binaries, as many as fit, and the function of the last one if a leaf."""
    binaries = list(dict.fromkeys(frame.binary for frame in frames if frame.binary))
    leaf = f" {style.step} {frames[-1].name}" if has_leaf else ""
    text = f"{style.ellipsis} {len(frames)} frames"
    for count in range(min(len(binaries), columns), 0, -1):
        more = f" and {len(binaries) - count} more" if count < len(binaries) else ""
        candidate = f"{text} in {', '.join(binaries[:count])}{more}{leaf}"
        if width(candidate) <= columns or count == 1:
            return shorten(candidate, columns, style)
    return shorten(text + leaf, columns, style)
