"""Render a metrics report or a performance overview as Markdown, for pull requests and job summaries."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ppparser.diagnostics.signatures import course_versions
from ppparser.metrics.findings import AffectedPopulation, Finding
from ppparser.metrics.measurements import percentile_label
from ppparser.metrics.overview import Overview
from ppparser.metrics.scorecard import TREND_LENGTH, Alarm, Figure, Score, Scorecard, alarm_of
from ppparser.output.markdown.document import Block, code, code_block, document, heading, paragraph, table, text
from ppparser.output.text.findings import (
    average_text,
    device_with_model,
    insight_name,
    next_step,
    none_text,
    title_text,
)
from ppparser.output.text.findings import course_text as values_text
from ppparser.output.text.gate import gate_detail_lines, outcome_text, reason_lines
from ppparser.output.text.measurements import change_text, metric_lines, reported_change_text
from ppparser.output.text.scorecard import MEANINGS, goal_text, has_trend, legend_phrases, notes_text, score_names
from ppparser.output.text.signatures import TYPES, course_text, share_text, trend_text
from ppparser.output.text.tables import sparkline
from ppparser.program.terminal import PLAIN
from ppparser.reports.metrics import MetricsReport


def report_markdown_lines(report: MetricsReport) -> Iterator[str]:
    """Yield the lines of the document of a report."""
    yield from document(report_blocks(report))


def report_blocks(report: MetricsReport) -> Iterator[Block]:
    """Yield the worst regression, the scorecard, and what else belongs to the layout."""
    selection, findings = report.selection, report.findings
    yield heading(2, text(title_text(report.subject.label, report.versions)))
    if selection.against:
        yield paragraph(f"Compared with {text(selection.against)}")
    if selection.files:
        yield paragraph(f"Merged from {len(selection.files)} files, the last one {code(selection.files[-1])}")
    if report.gate:
        yield paragraph(f"**{text(outcome_text(report.gate))}**")
        if reasons := reason_lines(report.gate):
            yield Block([f"- {text(reason)}" for reason in reasons], "the reasons of the gate")
    yield from _headline(report)
    yield from _scorecard(report.scorecard)
    if report.shows_insights:
        yield from _insights(findings)
        if report.overview:
            yield from _code_to_look_at(report.overview)
    if report.gate and (lines := list(gate_detail_lines(report.gate))):
        yield heading(3, "Gate")
        yield code_block(lines[0 if lines[0] else 1 :], "the details of the gate")
    if report.tables:
        yield code_block(metric_lines(report.tables, PLAIN), "the tables of all versions")
    if report.shows_insights:
        yield from _next_step(report)


def _headline(report: MetricsReport) -> Iterator[Block]:
    selection = report.selection
    regressions = [finding for finding in report.findings if finding.insight.is_regression]
    if not regressions:
        yield paragraph(f"**{none_text(selection)}**" if selection.has_insights else text(none_text(selection)))
        return
    worst, *others = regressions
    impact = ", **HIGH IMPACT**" if worst.insight.is_high_impact else ""
    names = ", ".join(text(insight_name(other.insight)) for other in others)
    more = f"; {len(others)} more regression{'s' if len(others) > 1 else ''}: {names}" if others else ""
    yield paragraph(f"**Worst regression: {text(insight_name(worst.insight))}**{impact}{more}")
    rows = [
        [
            text(percentile_label(population.reported.percentile)),
            f"**{_change(population)}**" if population.reported.change_text else "",
            text(device_with_model(population)),
            text(values_text(population, worst.unit)),
        ]
        for population in worst.worst
    ]
    if rows:
        baseline = average_text(worst.insight) or "Apple's average of earlier versions"
        titles = ["percentile", f"change in {text(worst.versions[-1] or 'the latest version')}", "device", "values"]
        yield table([titles, *rows], "<><<", "the worst regression")
        yield paragraph(f"Compared with {text(baseline)}")
    elif worst.insight.summary:
        yield paragraph(text(worst.insight.summary))


def _change(population: AffectedPopulation) -> str:
    return text(reported_change_text(population.reported.change_text, PLAIN))


def _scorecard(card: Scorecard) -> Iterator[Block]:
    if not card.scores:
        return
    title = ", ".join(filter(None, ("Scorecard", text(card.device), text(card.version))))
    yield heading(3, title)
    titles = ["", "metric", "unit", *_figure_titles("typical (50th)"), *_figure_titles("top (90th)"), "trend"]
    rows = [
        [
            alarm_markdown(score.alarm),
            _name(name, score, card),
            text(score.unit),
            *_figure(score.typical),
            *_figure(score.top),
            code(sparkline(score.trend[-TREND_LENGTH:], PLAIN)) if has_trend(score) else "",
        ]
        for name, score in zip(score_names(card.scores), card.scores)
    ]
    yield table([titles, *rows], "<<<>><>><<", "the scorecard")
    phrases = list(legend_phrases(card, TREND_LENGTH, text(card.previous)))
    if phrases:
        yield paragraph("; ".join(phrases).replace("~", r"\~"))


def alarm_markdown(alarm: Alarm) -> str:
    """Return an alarm in words, an empty text for none."""
    return f"**{MEANINGS[alarm]}**" if alarm in MEANINGS else ""


def _name(name: str, score: Score, card: Scorecard) -> str:
    """Return the metric, and below it what its row does not share with the others."""
    notes = notes_text(score, card, MEANINGS)
    return code(name) + (f"<br>{text(notes)}" if notes else "")


def _figure_titles(percentile: str) -> list[str]:
    return [percentile, "change", "goal"]


def _figure(figure: Figure) -> list[str]:
    return [
        text(figure.value),
        change_text(figure.change, PLAIN).replace("~", r"\~"),
        text(goal_text(figure.goal, PLAIN)),
    ]


def _insights(findings: Sequence[Finding]) -> Iterator[Block]:
    if not findings:
        return
    yield heading(3, "Insights")
    titles = ["", "metric", "device", "percentile", "value", "average", "change from average", "goal", "average of"]
    rows = []
    for finding in findings:
        insight = finding.insight
        blame = f"<br>subsystem {text(insight.subsystem)}" if insight.subsystem else ""
        lead = [alarm_markdown(alarm_of(insight)), text(insight_name(insight)) + blame]
        rows += [
            [
                *lead,
                text(population.device),
                text(percentile_label(population.reported.percentile)),
                text(f"{population.values[-1]} {finding.unit}" if population.values[-1] else ""),
                text(
                    f"{population.reported.reference_average} {finding.unit}"
                    if population.reported.reference_average
                    else ""
                ),
                _change(population),
                text(goal_text(population.goal, PLAIN)),
                text(average_text(insight).replace("Apple's average of ", "")),
            ]
            for population in finding.populations
        ]
        if not finding.populations:
            rows.append([*lead, text(insight.summary), *[""] * 6])
    yield table([titles, *rows], "<<<<>>><<", "the insights")


def _code_to_look_at(overview: Overview) -> Iterator[Block]:
    if not overview.points:
        return
    yield heading(3, "Code to look at")
    versions = " to ".join(course_versions(point.signature for points in overview.points.values() for point in points))
    course = f"course{f', {text(versions)}' if versions else ''}"
    rows = [["type", "weight", "function", "place", course, "trend", "occurrences"]]
    for diagnostic_type, points in overview.points.items():
        for point in points:
            signature = point.signature
            rows.append(
                [
                    TYPES[diagnostic_type],
                    share_text(signature),
                    code(signature.label),
                    code(point.place),
                    text(course_text(signature, PLAIN)),
                    text(trend_text(signature, PLAIN)),
                    text(point.occurrences),
                ]
            )
    yield table(rows, "<><<<<>", "the code to look at")


def _next_step(report: MetricsReport) -> Iterator[Block]:
    about, command = next_step(report, PLAIN)
    if command:
        yield paragraph(f"{text(about.rstrip(':'))}:")
        yield code_block([command], "the next step")
