"""Render the verdict on a metrics report as lines of text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from ppparser.metrics.findings import AffectedPopulation, Finding, diagnostic_type
from ppparser.metrics.insights import Insight
from ppparser.metrics.measurements import is_device_group, percentile_label
from ppparser.metrics.scorecard import TREND_LENGTH, alarm_of
from ppparser.metrics.selection import Selection
from ppparser.output.text.measurements import reported_change_text
from ppparser.output.text.scorecard import MARKS, goal_text
from ppparser.output.text.tables import shorten, sparkline, table, width, wrap
from ppparser.program.terminal import PLAIN, WIDTH_COLUMNS, Style
from ppparser.reports.metrics import MetricsReport

_MAX_VERSIONS_NAMED = 5
_MAX_SHARES_NAMED = 3
_MAX_FILES_NAMED = 4
_FILE_WIDTH = 60
_DEVICE_WIDTH = 34


def title_lines(app: str, versions: Mapping[str, str], style: Style, against: str = "") -> Iterator[str]:
    """Yield the app, as far as it is known, its version by platform, and the version it is compared with."""
    baseline = f", compared with {against}" if against else ""
    yield f"{style.strong}{title_text(app, versions)}{style.off}{baseline}"


def title_text(app: str, versions: Mapping[str, str]) -> str:
    """Return the app, as far as it is known, and its version by platform."""
    places = [" on ".join(filter(None, (version, platform))) for platform, version in versions.items()]
    version = f"version {', '.join(filter(None, places)) or 'unknown'}"
    return f"{app}, {version}" if app else f"V{version[1:]}"


def merged_lines(files: Sequence[str], style: Style) -> Iterator[str]:
    """Yield the files that were merged, if any; of many, the first and the last."""
    if files:
        names = [shorten(name, _FILE_WIDTH, style) for name in files]
        listed = ", ".join(names) if len(names) <= _MAX_FILES_NAMED else f"{names[0]} to {names[-1]}"
        yield from wrap(f"Merged from {len(files)} files: {listed}", "", "  ")


def headline_lines(selection: Selection, findings: Sequence[Finding], style: Style) -> Iterator[str]:
    """Yield the worst regression with its worst change of each percentile, or that there is none."""
    regressions = [finding for finding in findings if finding.insight.is_regression]
    if not regressions:
        yield from wrap(none_text(selection), "", "  ")
        yield ""
        return
    worst, *others = regressions
    impact = f", {style.bad}HIGH IMPACT{style.off}" if worst.insight.is_high_impact else ""
    more = f"; {len(others)} more regression{'s' if len(others) > 1 else ''}" if others else ""
    yield f"{style.bad}Worst regression{style.off}: {insight_name(worst.insight)}{impact}{more}"
    rows = [
        [
            percentile_label(population.reported.percentile),
            reported_change_text(population.reported.change_text, style),
            f"on {shorten(device_with_model(population), _DEVICE_WIDTH, style)}",
            course_text(population, worst.unit),
        ]
        for population in worst.worst
    ]
    if rows:
        yield from table(rows, "<><<", "  ")
        baseline = average_text(worst.insight)
        version = worst.versions[-1] or "the latest version"
        yield from wrap(f"in {version}" + (f", from {baseline}" if baseline else ""), "  ", "  ")
    else:
        yield from wrap(worst.insight.summary, "  ")
    yield ""


def none_text(selection: Selection) -> str:
    """Return that there are no regressions, or nothing to judge by."""
    if selection.has_insights:
        return f"No regressions{' for these filters' if selection.is_filtered else ''}"
    return f"No insights {selection.reason_without_insights}"


def insight_name(insight: Insight) -> str:
    return " ".join(filter(None, (insight.category, insight.identifier))) or "unnamed metric"


def device_with_model(population: AffectedPopulation) -> str:
    """Return a device as people know it and, unless it is a group, as `--device` of the logs script takes it."""
    device, model = population.device, population.reported.device
    return device if is_device_group(model) or model in ("", device) else f"{device} ({model})"


def next_step(report: MetricsReport, style: Style) -> tuple[str, str]:
    """Return a suggestion and its command: the call stacks of the worst regression that may have any, or details.

    The command is empty if there is nothing to suggest.
    """
    finding = next((finding for finding in report.findings if diagnostic_type(finding.insight)), None)
    logs = diagnostic_type(finding.insight) if finding else report.suggested_type
    if logs and report.logs_command:
        about = f" of {_name_and_change(finding, style)}" if finding else ""
        return f"Next, the call stacks{about}:", f"{report.logs_command} --type={logs}"
    return "Next, all measurements:", report.details_command


def _name_and_change(finding: Finding, style: Style) -> str:
    version = finding.versions[-1]
    change = f"{_worst_change(finding, style, with_values=False)}{f' in {version}' if version else ''}"
    return f"{finding.insight.identifier or finding.insight.category} ({change})"


def course_text(population: AffectedPopulation, unit: str) -> str:
    """Return the reference average and the latest value, such as `616.3 to 937 ms`."""
    before, after = population.reported.reference_average, population.values[-1]
    return f"{' to '.join(filter(None, (before, after)))} {unit}".strip() if after else ""


def average_text(insight: Insight) -> str:
    """Return what the changes of an insight are from; an empty text if it names no versions."""
    versions = insight.reference_versions
    if len(versions) > _MAX_VERSIONS_NAMED:
        return f"Apple's average of {len(versions)} versions, {versions[0]} to {versions[-1]}"
    return f"Apple's average of {', '.join(versions)}" if versions else ""


def regression_lines(findings: Sequence[Finding], style: Style, details: bool) -> Iterator[str]:
    """Yield a table for each regression; with `details`, also what Apple says about it."""
    regressions = [finding for finding in findings if finding.insight.is_regression]
    if not regressions:
        return
    title = f"{style.strong}Regressions: {len(regressions)}{style.off}"
    yield f"{title}; vs avg: change in % from the average of the versions named"
    for finding in regressions:
        yield from _finding_lines(finding, style, details)
    if not details:
        yield ""


def trend_lines(selection: Selection, findings: Sequence[Finding], style: Style, details: bool) -> Iterator[str]:
    """Yield a line for each upward trend; with `details`, a table and what Apple says about it."""
    if not selection.has_insights and not selection.insights:
        return
    trends = [finding for finding in findings if not finding.insight.is_regression]
    count = len(trends) or "none"
    baseline = "; change from Apple's average of earlier versions" if trends else ""
    yield f"{style.strong}Trending up: {count}{style.off}{baseline}"
    for finding in trends:
        if details:
            yield from _finding_lines(finding, style, details)
        else:
            yield from _brief_lines(finding, style)
    if not (details and trends):
        yield ""


def insight_lines(selection: Selection, findings: Sequence[Finding], style: Style) -> Iterator[str]:
    """Yield a line for each insight: regressions, then upward trends."""
    if not selection.has_insights and not findings:
        return
    baseline = "; largest change from Apple's average of earlier versions" if findings else ""
    yield f"{style.strong}Insights: {len(findings) or 'none'}{style.off}{baseline}"
    for finding in findings:
        yield from _brief_lines(finding, style)
    yield ""


def _brief_lines(finding: Finding, style: Style) -> Iterator[str]:
    mark = MARKS[alarm_of(finding.insight)]
    text = f"{mark:<2} {insight_name(finding.insight)}: {_worst_change(finding, style)}"
    yield from _marked(wrap(text, "", "     "), mark, style)


def _worst_change(finding: Finding, style: Style, *, with_values: bool = True) -> str:
    """Return the largest increase in a phrase, or without any what Apple says."""
    worst = max(finding.worst, key=lambda population: population.reported.change_percent, default=None)
    if worst is None:
        return finding.insight.summary
    change = reported_change_text(worst.reported.change_text, PLAIN)
    where = f"on {shorten(worst.device, _DEVICE_WIDTH, style)}"
    place = " ".join(filter(None, (percentile_label(worst.reported.percentile), change, where)))
    return ", ".join(filter(None, (place, course_text(worst, finding.unit) if with_values else "")))


def _finding_lines(finding: Finding, style: Style, details: bool) -> Iterator[str]:
    insight = finding.insight
    mark = MARKS[alarm_of(insight)]
    facts = [insight_name(insight) + (f", {finding.unit}" if finding.unit else ""), average_text(insight)]
    if not finding.populations and insight.latest_version:
        facts.insert(1, f"version {insight.latest_version}")
    yield from _marked(wrap(f"{mark:<2} {'; '.join(filter(None, facts))}", "", "     "), mark, style)
    if insight.subsystem:
        yield from wrap(blame_text(finding, style), "   ", "  ")
    if finding.populations:
        yield from _table(finding, style)
    if details or not finding.populations:
        yield from wrap(insight.summary, "   ")
    if not details:
        return
    if insight.largest_value:
        yield from wrap(f"maximum {insight.largest_value} {finding.unit}", "   ")
    for population in finding.populations:
        if population.reported.summary:
            place = f"{population.device}, {percentile_label(population.reported.percentile)}"
            yield from wrap(f"{place}: {population.reported.summary}", "   ", "  ")
    yield ""


def _marked(lines: list[str], mark: str, style: Style) -> Iterator[str]:
    """Yield lines that start with `mark`, with the mark in its colour."""
    colour = style.fair if mark == "^" else style.bad
    for position, line in enumerate(lines):
        yield line if position else f"{colour}{mark}{style.off}{style.strong}{line[len(mark) :]}{style.off}"


def blame_text(finding: Finding, style: Style) -> str:
    """Return the share of the subsystem that the insight blames, where it was reported for the newest version."""
    name = shorten(finding.insight.subsystem, _DEVICE_WIDTH, style)
    version = finding.versions[-1] or "the latest version"
    with_share = [population for population in finding.populations if population.share]
    shares = [
        f"{population.share} % on {population.device}, {percentile_label(population.reported.percentile)}"
        for population in with_share[:_MAX_SHARES_NAMED]
    ]
    if not shares:
        return f"subsystem {name}: share not reported for {version}"
    more = f"; {len(with_share) - len(shares)} more" if len(with_share) > len(shares) else ""
    return f"subsystem {name} in {version}: {'; '.join(shares)}{more}"


def _table(finding: Finding, style: Style) -> Iterator[str]:
    """Yield the table of a finding, with as many of the recent versions as fit next to the previous one."""
    devices = ["device, percentile"]
    devices += [
        shorten(f"{population.device}, {percentile_label(population.reported.percentile)}", _DEVICE_WIDTH, style)
        for population in finding.populations
    ]
    reported = [population.reported for population in finding.populations]
    columns = [
        ("margin", ">", [population.margin for population in finding.populations]),
        ("average", ">", [population.reference_average for population in reported]),
        ("vs avg", ">", [_without_percent(population.change_text, style) for population in reported]),
        ("goal", "<", [goal_text(population.goal, style) for population in finding.populations]),
        (_trend_header(finding), "<", [_trend(population, style) for population in finding.populations]),
    ]
    others = [(align, [header, *(cell or "-" for cell in cells)]) for header, align, cells in columns if any(cells)]
    values = [
        (">", [cell or "-" for cell in (version, *cells)])
        for version, *cells in zip(finding.versions, *(population.values for population in finding.populations))
    ]

    def lines(gap: str) -> list[str]:
        aligns, cells = zip(("<", devices), *values, *others)
        return list(table(list(zip(*cells)), "".join(aligns), "   ", gap))

    rows = lines("  ")
    while len(values) > 2 and max(map(width, rows)) > WIDTH_COLUMNS:
        del values[0]
        rows = lines("  ")
    yield from rows if max(map(width, rows)) <= WIDTH_COLUMNS else lines(" ")


def _trend_header(finding: Finding) -> str:
    is_cut = any(len(population.trend) > TREND_LENGTH for population in finding.populations)
    return f"trend of {TREND_LENGTH}" if is_cut else "trend"


def _trend(population: AffectedPopulation, style: Style) -> str:
    trend = population.trend[-TREND_LENGTH:]
    return sparkline(trend, style) if len(trend) > 2 else ""


def _without_percent(change: str, style: Style) -> str:
    return reported_change_text(change, style).replace(" %", "")
