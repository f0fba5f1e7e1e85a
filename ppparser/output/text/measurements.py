"""Render metrics as lines of text: one table per dataset."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import isfinite

from ppparser.metrics.changes import Change, changes
from ppparser.metrics.measurements import TOP, TYPICAL, Dataset, GoalBand, Metric, percentile_label
from ppparser.output.text.tables import shorten, sparkline, wide_table, width, wrap
from ppparser.program.terminal import PLAIN, WIDTH_COLUMNS, Style

PERCENTILES = {TYPICAL: "typical (50th percentile)", TOP: "top (90th percentile)"}
# The widest label of a row: a split table repeats it.
_LABEL_WIDTH = 24
# Band of goals -> its style, and a mark that stands out without colour.
_BAND_STYLES = {"good": ("good", ""), "fair": ("fair", "!"), "poor": ("bad", "!!")}


def metric_lines(metrics: Sequence[Metric], style: Style) -> Iterator[str]:
    """Yield every metric under its platform and category, with a table per dataset."""
    heading = None
    for metric in metrics:
        if heading != (metric.platform, metric.category):
            heading = (metric.platform, metric.category)
            yield f"{style.strong}{metric.category or 'no category'}{style.off}  {metric.platform}".rstrip()
            yield ""
        yield from _metric_heading(metric, style)
        for dataset in metric.datasets:
            yield from dataset_lines(dataset, metric.unit, style)
            yield ""
        if not metric.datasets:
            yield "    no datasets"
            yield ""


def _metric_heading(metric: Metric, style: Style) -> Iterator[str]:
    unit = f", {metric.unit}" if metric.unit else ""
    yield f"  {style.strong}{metric.identifier or 'unnamed metric'}{style.off}{unit}"
    if metric.goal_bands:
        yield f"    goals: {', '.join(_goal_band_text(band, style) for band in metric.goal_bands)}"


def _goal_band_text(band: GoalBand, style: Style) -> str:
    return f"{band_text(band.goal or 'unnamed', style, is_marked=True)} {bounds_text(band)}".rstrip()


def bounds_text(band: GoalBand) -> str:
    """Return the bounds of a band, such as `5 to 10`."""
    lower, upper = band.lower_bound, band.upper_bound
    if lower and upper:
        return f"{lower} to {upper}"
    return f"from {lower}" if lower else f"below {upper}" if upper else ""


def band_text(band: str, style: Style, *, is_marked: bool = False) -> str:
    """Return a band of goals in its colour, perhaps with a mark that stands out without colour."""
    colour, mark = _BAND_STYLES.get(band.lower(), ("", ""))
    return f"{getattr(style, colour)}{band}{mark if is_marked else ''}{style.off}" if colour else band


def dataset_lines(dataset: Dataset, unit: str, style: Style) -> Iterator[str]:
    """Yield the device and percentile of a dataset, then its versions, oldest first, with all that each point has."""
    percentile = PERCENTILES.get(dataset.percentile) or percentile_label(dataset.percentile)
    heading = f"    {dataset.device_label}, {percentile}"
    room = WIDTH_COLUMNS - 2 - width(heading)
    first = dataset.first_shown
    values = dataset.values.floats[first:]
    trend = sparkline(values[-room:], style) if len(values) >= 3 and room >= 3 else ""
    yield f"{heading}  {trend}".rstrip()
    if values:
        rows = [
            ["version", *dataset.versions[first:]],
            [shorten(unit, _LABEL_WIDTH, style) or "value", *dataset.values.texts[first:]],
            *_optional_rows(dataset, style),
        ]
        yield from wide_table([[cell or "-" for cell in row] if "" in row else row for row in rows], indent="      ")
    else:
        yield "      no points"
    if goal := dataset.recommended_goal:
        parts = [f"{goal.value} {unit}".rstrip() if goal.value else "", goal.detail]
        text = " ".join(part for part in parts if part)
        yield from wrap(f"recommended goal: {text or 'not given'}", "      ", "  ")


def _optional_rows(dataset: Dataset, style: Style) -> Iterator[list[str]]:
    """Yield the rows for margins, changes, goals and shares that the dataset has; a cell may be empty."""
    first = dataset.first_shown
    if any(margins := dataset.margins.texts[first:]):
        yield ["+- margin", *margins]
    if len(dataset.versions) > 1 or dataset.baseline:
        *earlier, newest = changes(dataset)[first:]
        yield [
            change_label(dataset, style),
            *(change_text(change, PLAIN) for change in earlier),
            change_text(newest, style),
        ]
    if any(goals := dataset.goals[first:]):
        texts = {goal: band_text(goal, style, is_marked=True) for goal in set(goals)}
        yield ["goal", *[texts[goal] for goal in goals]]
    for subsystem, shares in dataset.shares.items():
        if max(shares) < first:
            continue
        row = [""] * len(dataset.versions)
        for position, share in shares.items():
            row[position] = share
        yield [f"  {shorten(subsystem, _LABEL_WIDTH, style)} %", *row[first:]]


def change_label(dataset: Dataset, style: Style) -> str:
    """Return `change %` for changes from the version before, or the version that all changes are from."""
    return shorten(f"% from {dataset.baseline.version}", _LABEL_WIDTH, style) if dataset.baseline else "change %"


def change_text(change: Change, style: Style) -> str:
    """Return a signed change, with `~` before one within the margins; an empty text if unknown."""
    percent, within_margin = change
    if percent is None:
        return ""
    if not isfinite(percent):
        text = "from 0"
    elif -0.05 < percent < 0.05:
        text = "0.0"
    else:
        text = f"{percent:+.1f}" if -99.95 < percent < 99.95 else f"{percent:+.0f}"
    if within_margin:
        return f"{style.faint}~{text}{style.off}"
    if text == "0.0":
        return text
    return f"{style.bad if percent > 0 else style.good}{text}{style.off}"


def reported_change_text(change: str, style: Style) -> str:
    """Return a change that Apple reports in percent, with its sign; an empty text if there is none."""
    if not change:
        return ""
    if change.startswith("-"):
        return f"{style.good}{change} %{style.off}"
    return f"{style.bad}+{change} %{style.off}"
