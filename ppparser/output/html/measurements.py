"""Render all measurements of metrics as tables of an HTML page: one table per device and percentile."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from xml.etree.ElementTree import Element

from ppparser.metrics.changes import Goal, changes
from ppparser.metrics.measurements import Dataset, Metric, percentile_label
from ppparser.output.html.page import TableColumn, element, heading, name, table
from ppparser.output.html.scorecard import change_element, goal_element
from ppparser.output.text.measurements import PERCENTILES, bounds_text, change_label
from ppparser.program.terminal import PLAIN


def metric_tables(metrics: Sequence[Metric], level: int) -> Iterator[Element]:
    """Yield the tables of each metric below its name."""
    for metric in metrics:
        label = f"{metric.category} {metric.identifier or 'unnamed metric'}".lstrip()
        yield heading(level, name(", ".join(filter(None, (label, metric.unit, metric.platform)))))
        if metric.goal_bands:
            bands = ", ".join(f"{band.goal or 'unnamed'} {bounds_text(band)}".rstrip() for band in metric.goal_bands)
            yield element("p", name(f"goals: {bands}"), class_="note")
        if not metric.datasets:
            yield element("p", "no datasets")
            continue
        tables = (_dataset(dataset, metric.unit) for dataset in metric.datasets)
        yield element("div", *tables, class_="tables")


def _dataset(dataset: Dataset, unit: str) -> Element:
    percentile = PERCENTILES.get(dataset.percentile) or percentile_label(dataset.percentile)
    title = element("strong", name(f"{dataset.device_label}, {percentile}"))
    first = dataset.first_shown
    if not dataset.versions[first:]:
        return element("div", element("p", title), element("p", "no points"), _recommended(dataset, unit))
    subsystems = [subsystem for subsystem, shares in dataset.shares.items() if max(shares) >= first]
    columns = [
        TableColumn("version", (version or "-" for version in dataset.versions[first:])),
        TableColumn(unit or "value", dataset.values.texts[first:], is_number=True),
        TableColumn("\u00b1 margin", dataset.margins.texts[first:], is_number=True),
        TableColumn(change_label(dataset, PLAIN), map(change_element, changes(dataset)[first:]), is_number=True),
        TableColumn("goal", (goal_element(Goal(band)) for band in dataset.goals[first:])),
        *(TableColumn(f"{subsystem} %", _shares(dataset, subsystem), is_number=True) for subsystem in subsystems),
    ]
    return element("div", table(title, columns), _recommended(dataset, unit))


def _shares(dataset: Dataset, subsystem: str) -> list[str]:
    cells = ["-"] * len(dataset.versions)
    for position, share in dataset.shares[subsystem].items():
        cells[position] = share or "-"
    return cells[dataset.first_shown :]


def _recommended(dataset: Dataset, unit: str) -> Element | None:
    goal = dataset.recommended_goal
    if not goal:
        return None
    value = f"{goal.value} {unit}".rstrip() if goal.value else "" if goal.detail else "not given"
    return element("p", "recommended goal: ", element("strong", name(value)), " ", name(goal.detail), class_="note")
