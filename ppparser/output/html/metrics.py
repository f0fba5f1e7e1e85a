"""Render a metrics report or a performance overview as an HTML page, for people without a terminal."""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree.ElementTree import Element

from ppparser.metrics.charts import Chart, MetricKey, metric_charts
from ppparser.metrics.measurements import percentile_label
from ppparser.output.html.chart import chart_svg
from ppparser.output.html.findings import finding_section, verdict
from ppparser.output.html.measurements import metric_tables
from ppparser.output.html.overview import code_section
from ppparser.output.html.page import code, element, heading, name, page_lines
from ppparser.output.html.scorecard import scorecard_table
from ppparser.output.text.findings import next_step, title_text
from ppparser.output.text.gate import gate_detail_lines, outcome_text, reason_lines
from ppparser.output.text.measurements import bounds_text
from ppparser.output.text.scorecard import score_names
from ppparser.program.terminal import PLAIN
from ppparser.reports.metrics import MetricsReport

_GLOSSARY = (
    "Typical is the 50th percentile: half of the users see less. Top is the 90th: one user in ten sees more. "
    "A regression is a metric that Apple finds worse in the newest version than on average in several earlier ones; "
    "high impact is Apple's mark for those that matter most. Trending up is Apple's word for a metric that grows over "
    "the versions but is not a regression yet.",
    "~ marks a change within the error margins: treat it as no change. A goal is Apple's band (good, fair, poor), or "
    "else its recommended goal: met, or by how much it is missed. In the charts, the bars are error margins, and the "
    "scale begins at 0; point at a value to see all about it.",
)


def report_html_lines(report: MetricsReport) -> Iterator[str]:
    """Yield the lines of the page of a report."""
    return page_lines(title_text(report.subject.label, report.versions), [*metrics_sections(report), glossary()])


def metrics_sections(report: MetricsReport, level: int = 1, anchor: str = "") -> Iterator[Element]:
    """Yield the parts of a page that show a report.

    `level` is that of its title. With several reports in a page, each needs another `anchor`, a prefix of IDs.
    """
    selection, findings = report.selection, report.findings
    yield _header(report, level)
    if report.gate:
        class_ = "bad" if report.gate.exit_status else "good"
        yield element("p", element("strong", name(outcome_text(report.gate)), class_=class_))
        if reasons := reason_lines(report.gate):
            yield element("ul", *(element("li", name(reason)) for reason in reasons))
    yield verdict(selection, findings, level + 1)
    charts = _Charts(report, anchor)
    if report.scorecard.scores:
        yield _scorecard(report, charts, level + 1)
    if report.shows_insights:
        for title, is_regression in (("Regressions", True), ("Trending up", False)):
            group = [finding for finding in findings if finding.insight.is_regression == is_regression]
            if not group:
                continue
            sections = [
                finding_section(finding, level + 2, charts.figures(finding.insight.key), report.shows_details)
                for finding in group
            ]
            yield element("section", heading(level + 1, f"{title}: {len(group)}"), *sections)
        if report.overview and report.overview.points:
            yield code_section(report.overview, level + 1, report.shows_details)
    if others := charts.other_metrics(level + 2):
        title = "Other metrics" if len(others) < len(charts.ids) else "Metrics"
        yield element("section", heading(level + 1, f"{title} by version"), element("div", *others, class_="metrics"))
    if report.tables:
        tables = metric_tables(report.tables, level + 2)
        yield element("section", heading(level + 1, "All measurements"), *tables)
    if report.shows_insights:
        yield from _next_step(report, level + 1)
    if report.gate and (details := "\n".join(gate_detail_lines(report.gate)).strip("\n")):
        yield element("section", heading(level + 1, "Gate"), element("pre", code(details)))


def _header(report: MetricsReport, level: int) -> Element:
    selection = report.selection
    header = element("header", heading(level, name(title_text(report.subject.label, report.versions))))
    if selection.against:
        header.append(element("p", "compared with ", name(selection.against)))
    if selection.files:
        header.append(
            element("p", f"Merged from {len(selection.files)} files, the last one ", name(selection.files[-1]))
        )
    return header


def _scorecard(report: MetricsReport, charts: _Charts, level: int) -> Element:
    card = report.scorecard
    title = ", ".join(filter(None, ("Scorecard", card.device, card.version)))
    return element("section", heading(level, name(title)), scorecard_table(card, charts.ids))


class _Charts:
    """The charts of a report, each of which is shown once."""

    def __init__(self, report: MetricsReport, anchor: str) -> None:
        scores = report.scorecard.scores
        self._charts = dict(metric_charts(report.selection, scores, report.findings))
        self._names: dict[MetricKey, str] = {}
        for label, score in zip(score_names(scores), scores):
            self._names[(score.platform, score.category, score.identifier)] = label
        self._platform = report.scorecard.platform
        self.ids = {key: f"{anchor}metric-{number}" for number, key in enumerate(self._charts, 1) if self._charts[key]}

    def figures(self, key: tuple[str, str]) -> list[Element]:
        """Return the charts of a metric on all platforms, none if they were returned before."""
        keys = [chart_key for chart_key in self._charts if chart_key[1:] == key]
        return [figure for chart_key in keys for figure in self._figures(chart_key, has_name=True)]

    def other_metrics(self, level: int) -> list[Element]:
        """Return the charts of the metrics that are left, each under its name."""
        sections = []
        for key in list(self._charts):
            if figures := self._figures(key, has_name=False):
                platform = f" {key[0]}" if key[0] != self._platform else ""
                sections.append(element("section", heading(level, name(self._names[key] + platform)), *figures))
        return sections

    def _figures(self, key: MetricKey, *, has_name: bool) -> list[Element]:
        charts = self._charts.pop(key)
        ids = [self.ids.get(key), *[None] * len(charts)]
        return [_figure(chart, self._names[key] if has_name else "", id_) for chart, id_ in zip(charts, ids)]


def _figure(chart: Chart, label: str, id_: str | None) -> Element:
    """Return a chart with what it shows."""
    facts = [chart.device, chart.unit, f"the last {len(chart.versions)} versions" if chart.omitted_count else ""]
    goals = _goals(chart)
    caption = element(
        "figcaption",
        element("strong", name(label), ", ") if label else None,
        name(", ".join(filter(None, facts))),
        " ",
        element("div", name(goals), class_="note") if goals else None,
    )
    return element("figure", caption, chart_svg(chart), id=id_)


def _goals(chart: Chart) -> str:
    if chart.goal_bands:
        return "goals: " + ", ".join(f"{band.goal} {bounds_text(band)}".strip() for band in chart.goal_bands)
    goals = [(series.percentile, series.recommended_goal) for series in chart.series]
    texts = [f"{percentile_label(percentile)} {goal.value}" for percentile, goal in goals if goal and goal.value]
    return f"recommended goal: {', '.join(texts)}" if texts else ""


def _next_step(report: MetricsReport, level: int) -> Iterator[Element]:
    about, command = next_step(report, PLAIN)
    if command:
        yield element("section", heading(level, "Next step"), element("p", name(about)), element("pre", code(command)))


def glossary() -> Element:
    """Return what the figures of all reports mean."""
    return element("footer", *(element("p", text, class_="note") for text in _GLOSSARY))
