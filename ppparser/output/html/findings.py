"""Render the verdict on a metrics report as parts of an HTML page."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from xml.etree.ElementTree import Element

from ppparser.metrics.findings import AffectedPopulation, Finding
from ppparser.metrics.measurements import percentile_label
from ppparser.metrics.scorecard import TREND_LENGTH, alarm_of
from ppparser.metrics.selection import Selection
from ppparser.output.html.chart import spark_svg
from ppparser.output.html.page import TableColumn, element, heading, name, table
from ppparser.output.html.scorecard import badge, goal_element
from ppparser.output.text.findings import (
    average_text,
    blame_text,
    course_text,
    device_with_model,
    insight_name,
    none_text,
)
from ppparser.output.text.measurements import reported_change_text
from ppparser.program.terminal import PLAIN


def verdict(selection: Selection, findings: Sequence[Finding], level: int) -> Element:
    """Return the worst regression with its worst change of each percentile, or that there is none."""
    regressions = [finding for finding in findings if finding.insight.is_regression]
    if not regressions:
        class_ = "verdict" if selection.has_insights else "verdict none"
        return element("section", heading(level, name(none_text(selection))), class_=class_)
    worst, *others = regressions
    title = heading(level, "Worst regression: ", name(insight_name(worst.insight)), " ", badge(alarm_of(worst.insight)))
    section = element("section", title, class_="verdict bad")
    if worst.populations:
        section.append(element("ul", *(_change(population, worst.unit) for population in worst.worst), class_="worst"))
        baseline = average_text(worst.insight)
        version = worst.versions[-1] or "the latest version"
        section.append(element("p", name(f"in {version}" + (f", from {baseline}" if baseline else ""))))
    elif worst.insight.summary:
        section.append(element("p", name(worst.insight.summary)))
    if others:
        names = ", ".join(insight_name(other.insight) for other in others)
        section.append(element("p", f"{len(others)} more regression{'s' if len(others) > 1 else ''}: ", name(names)))
    return section


def _change(population: AffectedPopulation, unit: str) -> Element:
    change = population.reported.change_text
    return element(
        "li",
        element("span", name(percentile_label(population.reported.percentile)), " "),
        _reported(change, "change") if change else None,
        " on ",
        name(device_with_model(population)),
        " ",
        element("span", name(course_text(population, unit)), class_="values"),
    )


def _reported(change: str, class_: str = "") -> Element:
    direction = "good" if change.startswith("-") else "bad"
    return element("span", name(reported_change_text(change, PLAIN)), class_=f"{class_} {direction}".strip())


def finding_section(finding: Finding, level: int, figures: Sequence[Element], details: bool) -> Element:
    """Return an insight with a table of its measurements and its charts; with `details`, also what Apple says."""
    insight = finding.insight
    title = heading(level, name(insight_name(insight)), " ", badge(alarm_of(insight)))
    section = element("section", title, class_="finding")
    baseline = average_text(insight)
    if finding.populations:
        section.append(_table(finding, baseline))
    else:
        facts = [f"version {insight.latest_version}" if insight.latest_version else "", baseline]
        section.append(element("p", name("; ".join(filter(None, facts)))))
    if insight.subsystem:
        section.append(element("p", name(blame_text(finding, PLAIN))))
    if insight.summary and (details or not finding.populations):
        section.append(element("p", name(insight.summary)))
    if details:
        section.extend(_sentences(finding))
    if figures:
        section.append(element("div", *figures, class_="metrics"))
    return section


def _sentences(finding: Finding) -> Iterator[Element]:
    if finding.insight.largest_value:
        yield element("p", name(f"maximum {finding.insight.largest_value} {finding.unit}".rstrip()))
    sentences = [
        (_place(population), population.reported.summary)
        for population in finding.populations
        if population.reported.summary
    ]
    if sentences:
        yield element("ul", *(element("li", name(place), ": ", name(summary)) for place, summary in sentences))


def _place(population: AffectedPopulation) -> str:
    return f"{population.device}, {percentile_label(population.reported.percentile)}"


def _table(finding: Finding, baseline: str) -> Element:
    measurements = finding.populations
    *earlier, newest = finding.versions
    values = list(zip(*(population.values for population in measurements)))
    columns = [TableColumn("device, percentile", map(_place, measurements))]
    columns += [
        TableColumn(version or "-", cells, is_number=True, is_wide=True) for version, cells in zip(earlier, values)
    ]
    columns += [
        TableColumn(newest or "latest", values[-1], is_number=True),
        TableColumn("\u00b1 margin", (population.margin for population in measurements), is_number=True, is_wide=True),
        TableColumn("average", (population.reported.reference_average for population in measurements), is_number=True),
        TableColumn(
            "vs average",
            (
                _reported(population.reported.change_text) if population.reported.change_text else ""
                for population in measurements
            ),
            is_number=True,
        ),
        TableColumn("goal", (goal_element(population.goal) for population in measurements)),
        TableColumn(
            "trend",
            (
                spark_svg(population.trend[-TREND_LENGTH:]) if len(population.trend) > 2 else ""
                for population in measurements
            ),
            is_wide=True,
        ),
    ]
    facts = filter(None, (finding.unit, f"change from {baseline}" if baseline else ""))
    return table(element("span", name("; ".join(facts)), class_="note"), columns)
