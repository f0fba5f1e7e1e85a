"""Render the values of a metrics report as lines of text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from math import isfinite

from ppparser.metrics import (
    TOP,
    TYPICAL,
    Change,
    Dataset,
    GoalBand,
    Insight,
    Metric,
    Population,
    changes,
    percentile_label,
)
from ppparser.selection import Selection, newest_version
from ppparser.tables import sparkline, table, wide_table, wrap
from ppparser.terminal import Style

_PERCENTILES = {TYPICAL: "typical (50th percentile)", TOP: "top (90th percentile)"}
# Goal -> its style, and a mark that stands out without colour.
_GOAL_STYLES = {"good": ("good", ""), "fair": ("fair", "!"), "poor": ("bad", "!!")}


def metric_lines(selection: Selection, style: Style) -> Iterator[str]:
    """Yield every metric under its platform and category, with a table per dataset."""
    if not selection.metrics:
        yield "no metrics, only insights (--auto_insights)"
    heading = None
    for metric in selection.metrics:
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
    """Return a band such as `fair 5 to 10`."""
    goal, lower, upper = goal_text(band.goal or "unnamed", style), band.lower_bound, band.upper_bound
    if lower and upper:
        return f"{goal} {lower} to {upper}"
    return f"{goal} from {lower}" if lower else f"{goal} below {upper}" if upper else goal


def goal_text(goal: str, style: Style) -> str:
    """Return a goal in its colour, with a mark that stands out without colour."""
    colour, mark = _GOAL_STYLES.get(goal.lower(), ("", ""))
    return f"{getattr(style, colour)}{goal}{mark}{style.off}" if colour else goal


def dataset_lines(dataset: Dataset, unit: str, style: Style) -> Iterator[str]:
    """Yield the device and percentile of a dataset, then its versions, oldest first, with all that each point has."""
    trend = sparkline(dataset.values.floats, style) if len(dataset.versions) >= 3 else ""
    percentile = _PERCENTILES.get(dataset.percentile) or percentile_label(dataset.percentile)
    yield f"    {dataset.device_label}, {percentile}  {trend}".rstrip()
    if dataset.versions:
        rows = [
            ["version", *dataset.versions],
            [unit or "value", *dataset.values.texts],
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
    if any(dataset.margins.texts):
        yield ["+- margin", *dataset.margins.texts]
    if len(dataset.versions) > 1:
        yield ["change %", "", *change_texts(changes(dataset), style)]
    if any(dataset.goals):
        texts = {goal: goal_text(goal, style) for goal in set(dataset.goals)}
        yield ["goal", *[texts[goal] for goal in dataset.goals]]
    for subsystem, shares in dataset.shares.items():
        yield [f"  {subsystem} %", *shares]


def change_texts(changes: Iterable[Change], style: Style) -> Iterator[str]:
    """Yield signed changes, with `~` before those within the margins, and an empty text if unknown."""
    for percent, within_margin in changes:
        if percent is None:
            yield ""
            continue
        if not isfinite(percent):
            text = "from 0"
        elif -0.05 < percent < 0.05:
            text = "0.0"
        else:
            text = f"{percent:+.1f}" if -99.95 < percent < 99.95 else f"{percent:+.0f}"
        if within_margin:
            yield f"{style.faint}~{text}{style.off}"
        elif text == "0.0":
            yield text
        else:
            yield f"{style.bad if percent > 0 else style.good}{text}{style.off}"


def insight_lines(selection: Selection, style: Style) -> Iterator[str]:
    """Yield the regressions and the upward trends with every population; "none" if there are none."""
    yield from _insight_section("Regressions", selection.regressions, selection, style)
    yield from _insight_section("Trending up", selection.trending_up, selection, style)


def _insight_section(title: str, insights: list[Insight], selection: Selection, style: Style) -> Iterator[str]:
    yield f"{style.strong}{title}: {len(insights) or 'none'}{style.off}"
    yield ""
    for insight in insights:
        yield from _insight_lines(insight, selection, style)


def _insight_lines(insight: Insight, selection: Selection, style: Style) -> Iterator[str]:
    impact = f"  {style.bad}HIGH IMPACT{style.off}" if insight.is_high_impact else ""
    name = f"{insight.category or 'no category'} {insight.identifier or 'unnamed metric'}"
    yield f"  {style.strong}{name}{style.off}{impact}"
    facts = [f"version {insight.latest_version or 'unknown'}"]
    if references := ", ".join(insight.reference_versions):
        facts[0] += f" against {references}"
    if insight.largest_value:
        unit = next((metric.unit for metric in selection.metrics if metric.key == insight.key), "")
        facts.append(f"maximum {insight.largest_value} {unit}".rstrip())
    if insight.subsystem:
        facts.append(f"subsystem {insight.subsystem}")
    yield from wrap("; ".join(facts), "    ", "  ")
    yield from wrap(insight.summary, "    ")
    if insight.populations:
        rows = [["device", "percentile", "latest", "reference", "change"]]
        rows += (_population_row(population, selection, style) for population in insight.populations)
        lines = table(rows, "<<>>>", "      ")
        yield next(lines)
        for line, population in zip(lines, insight.populations):
            yield line
            for summary_line in wrap(population.summary, "        "):
                yield f"{style.faint}{summary_line}{style.off}"
    yield ""


def _population_row(population: Population, selection: Selection, style: Style) -> list[str]:
    return [
        selection.device_label(population.device),
        percentile_label(population.percentile),
        population.latest_value or "-",
        population.reference_average or "-",
        reported_change_text(population.change_text, style) or "-",
    ]


def reported_change_text(change: str, style: Style) -> str:
    """Return a change that Apple reports in percent, with its sign; an empty text if there is none."""
    if not change:
        return ""
    if change.startswith("-"):
        return f"{style.good}{change} %{style.off}"
    return f"{style.bad}+{change} %{style.off}"


def hotspot_lines(selection: Selection, style: Style) -> Iterator[str]:
    """Yield each regression with the datasets of its populations, then the upward trends."""
    if selection.regressions:
        yield f"{style.strong}Regressions: {len(selection.regressions)}{style.off}"
    else:
        version = newest_version(dataset for metric in selection.metrics for dataset in metric.datasets)
        scope = (f" in version {version}" if version else "") + (" for these filters" if selection.is_filtered else "")
        yield f"{style.strong}No regressions{style.off}{scope}"
    yield ""
    for insight in selection.regressions:
        yield from _insight_lines(insight, selection, style)
        populations = {(population.device, population.percentile) for population in insight.populations}
        for metric in selection.metrics:
            for dataset in metric.datasets if metric.key == insight.key else ():
                if (dataset.device, dataset.percentile) in populations:
                    yield from dataset_lines(dataset, metric.unit, style)
                    yield ""
    if selection.trending_up:
        yield from _insight_section("Trending up", selection.trending_up, selection, style)
