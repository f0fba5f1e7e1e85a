"""Selects metrics and insights of a metrics report and draws them as lines of text.

A report is Apple's `xcodeMetrics`; see "Get Power and Performance Metrics for an App" in the documentation
of the App Store Connect API.
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterable, Iterator
from math import copysign, inf, isfinite
from typing import Any, NamedTuple

from ppparser.report import LARGEST_AMOUNT, ReportError, amount, entry, items, number, text
from ppparser.terminal import Style, clean, sparkline, table, wide_table, wrap

_PERCENTILES = {
    "percentile.fifty": "typical (50th percentile)",
    "percentile.ninety": "top (90th percentile)",
}
# Best first; each with its style and a mark that stands out without colour too.
_GOAL_STYLES = {"good": ("good", ""), "fair": ("fair", "!"), "poor": ("bad", "!!")}
# What a metric is judged by at a glance: the first of these devices that has it.
_WIDE_DEVICES = ("all_iphones", "all_ipads")
_NAMES_SHOWN = 40


class Metric(NamedTuple):
    """A metric of a platform with the datasets that the filters leave.

    Known by category and identifier together: BATTERY and TERMINATION share identifiers.
    """

    platform: str
    category: str
    identifier: str
    unit: str
    goal_keys: list[dict[str, Any]]
    datasets: list[dict[str, Any]]


class Selection(NamedTuple):
    """What the filters leave of a report; `devices` gives the marketing names of its devices."""

    metrics: list[Metric]
    regressions: list[dict[str, Any]]
    trending_up: list[dict[str, Any]]
    devices: dict[str, str]


def select(
    document: dict[str, Any],
    *,
    metric: str | None = None,
    device: str | None = None,
    platform: str | None = None,
) -> Selection:
    """The metrics and insights of `document` that fit the filters, each of which may be None.

    `metric` is an identifier or a category, `device` a device or its marketing name; case does not count.
    Raises ReportError for a filter that nothing in the document fits, and where there are no metrics at all.
    """
    metrics = list(_metrics(document))
    insights = entry(document, "insights")
    regressions, trending_up = (sorted(items(insights, key), key=_urgency) for key in ("regressions", "trendingUp"))
    if not metrics and not regressions and not trending_up:
        raise ReportError(
            "the report holds no metrics: Apple gives none below its usage threshold and in the first days after\n"
            "  a release, and the threshold differs per metric. Ask again when more people use the app"
        )
    if platform is not None:
        platforms = dict.fromkeys(found.platform for found in metrics)
        wanted = {name for name in platforms if name.lower() == platform.lower()}
        _expect(wanted, "platform", platform, platforms)
        metrics = [found for found in metrics if found.platform in wanted]
        # An insight does not name its platform: it goes with the platform that has its metric.
        left = {(found.category, found.identifier) for found in metrics}
        regressions = [insight for insight in regressions if _insight_key(insight) in left]
        trending_up = [insight for insight in trending_up if _insight_key(insight) in left]
    if metric is not None:
        keys = [(found.category, found.identifier) for found in metrics]
        keys += map(_insight_key, regressions + trending_up)
        names = dict.fromkeys(name for key in keys for name in key if name)
        chosen = {key for key in keys if metric.lower() in (key[0].lower(), key[1].lower())}
        _expect(chosen, "metric", metric, names)
        metrics = [found for found in metrics if (found.category, found.identifier) in chosen]
        regressions = [insight for insight in regressions if _insight_key(insight) in chosen]
        trending_up = [insight for insight in trending_up if _insight_key(insight) in chosen]
    devices = _devices(metrics, regressions + trending_up)
    if device is not None:
        fitting = {name for name, marketing in devices.items() if _same_device(device, name, marketing)}
        whose = "the report" if metric is None and platform is None else "what the other filters leave"
        _expect(fitting, "device", device, (_device(name, marketing) for name, marketing in devices.items()), whose)
        metrics = [
            found._replace(datasets=datasets)
            for found in metrics
            if (datasets := [d for d in found.datasets if text(entry(d, "filterCriteria"), "device") in fitting])
        ]
        regressions = list(_of_devices(regressions, fitting))
        trending_up = list(_of_devices(trending_up, fitting))
    return Selection(metrics, regressions, trending_up, devices)


def _metrics(document: dict[str, Any]) -> Iterator[Metric]:
    for product in items(document, "productData"):
        for category in items(product, "metricCategories"):
            for metric in items(category, "metrics"):
                unit = entry(metric, "unit")
                yield Metric(
                    text(product, "platform"),
                    text(category, "identifier"),
                    text(metric, "identifier"),
                    text(unit, "displayName") or text(unit, "identifier"),
                    items(metric, "goalKeys"),
                    items(metric, "datasets"),
                )


def _devices(metrics: Iterable[Metric], insights: Iterable[dict[str, Any]]) -> dict[str, str]:
    """Marketing names (or "") of all devices that datasets and populations name."""
    devices: dict[str, str] = {}
    for metric in metrics:
        for dataset in metric.datasets:
            criteria = entry(dataset, "filterCriteria")
            name = criteria.get("device")
            if isinstance(name, str) and not devices.get(name) and not devices.get(name := clean(name)):
                devices[name] = text(criteria, "deviceMarketingName")
    for insight in insights:
        for population in items(insight, "populations"):
            if name := text(population, "device"):
                devices.setdefault(name, "")
    return devices


def _urgency(insight: dict[str, Any]) -> tuple[bool, float]:
    """Sorts the worst insight first: high impact, then the largest change of a population."""
    return insight.get("highImpact") is not True, -max(map(_delta, items(insight, "populations")), default=0)


def _insight_key(insight: dict[str, Any]) -> tuple[str, str]:
    return text(insight, "metricCategory"), text(insight, "metric")


def _of_devices(insights: Iterable[dict[str, Any]], devices: set[str]) -> Iterator[dict[str, Any]]:
    for insight in insights:
        if left := [p for p in items(insight, "populations") if text(p, "device") in devices]:
            yield {**insight, "populations": left}


def _same_device(wanted: str, name: str, marketing: str) -> bool:
    """Models are written `iPhone14_5` in the API and `iPhone14,5` everywhere else."""
    wanted = wanted.lower().replace(",", "_")
    return wanted in (name.lower().replace(",", "_"), marketing.lower().replace(",", "_"))


def _expect(found: Iterable[object], what: str, wanted: str, names: Iterable[str], whose: str = "the report") -> None:
    if not found:
        known = [name for name in names if name]
        listed = ", ".join(known[:_NAMES_SHOWN])
        if len(known) > _NAMES_SHOWN:
            listed += f" and {len(known) - _NAMES_SHOWN} more"
        raise ReportError(f"{whose} has no {what} {wanted or 'with an empty name'}. It has: {listed or 'none'}")


class _Score(NamedTuple):
    """A line of the scorecard, and what it is sorted by."""

    urgency: int
    news: float
    device: str
    cells: list[str]


def scorecard_lines(selection: Selection, style: Style) -> Iterator[str]:
    """The worst regression in a line, then a line for each category and metric, worst first.

    A line is of the typical and top percentile on all iPhones, else all iPads, else the metric's first device;
    change and trend are those of the percentile that changed more for the worse; of goals the worst is shown.
    """
    yield from _headline(selection, style)
    scores = [score for metric in selection.metrics if (score := _score(metric, selection, style))]
    if not scores:
        return
    scores.sort(key=lambda score: (-score.urgency, -score.news))
    devices = list(dict.fromkeys(score.device for score in scores))
    yield f"{style.strong}Scorecard, {devices[0]}{style.off}"
    yield "!! high impact  ! regression  ^ trending up"
    yield "change in % against the version before  ~ within the error margins"
    rows = [["   metric", "version", "typical", "top", "change", "goal", "trend"]]
    rows += (score.cells for score in scores)
    lines = table(rows, "<<>>><<")
    yield next(lines)
    for line, score in zip(lines, scores):
        yield line
        if score.device != devices[0]:
            yield f"    {style.faint}on {score.device}{style.off}"
    yield ""


def _score(metric: Metric, selection: Selection, style: Style) -> _Score | None:
    datasets = [dataset for dataset in _judged(metric.datasets) if items(dataset, "points")]
    if not datasets:
        return None
    key = (metric.category, metric.identifier)
    mine = [insight for insight in selection.regressions if _insight_key(insight) == key]
    urgency = 3 if any(i.get("highImpact") is True for i in mine) else 2 if mine else 0
    urgency = urgency or int(any(_insight_key(insight) == key for insight in selection.trending_up))
    all_points = [items(dataset, "points") for dataset in datasets]
    latest = {text(entry(d, "filterCriteria"), "percentile"): p[-1] for d, p in zip(datasets, all_points)}
    values = [_numbers(points, "value")[1] for points in all_points]
    margins = [_numbers(points, "errorMargin")[1] for points in all_points]
    changes = [_change(*[None, *v][-2:], *[None, *m][-2:]) for v, m in zip(values, margins)]
    # What lies within the margins is no news, and of what comes from nothing nobody knows how much it is.
    news = [0 if within_margin or not isfinite(per_cent or 0) else per_cent or 0 for per_cent, within_margin in changes]
    worst = news.index(max(news))
    points = all_points[worst]
    known_goals = list(_GOAL_STYLES)
    goals = [goal for points in all_points if (goal := text(points[-1], "goal"))]
    goals.sort(key=lambda goal: known_goals.index(goal.lower()) if goal.lower() in known_goals else -1)
    criteria = entry(datasets[worst], "filterCriteria")
    mark = ("  ", f"{style.fair}^{style.off} ", f"{style.bad}!{style.off} ", f"{style.bad}!!{style.off}")[urgency]
    cells = [
        f"{mark} {metric.category} {metric.identifier}".rstrip(),
        text(points[-1], "version") or "-",
        *[number(latest.get(percentile, {}).get("value")) or "-" for percentile in _PERCENTILES],
        next(_change_texts([changes[worst]], style)) or "-",
        _painted_goal(goals[-1], style) if goals else "-",
        sparkline(values[worst], style),
    ]
    device = _device(text(criteria, "device"), text(criteria, "deviceMarketingName"))
    return _Score(urgency, news[worst], device, cells)


def _numbers(points: list[dict[str, Any]], key: str) -> tuple[list[str], list[float | None]]:
    """The numbers `key` of `points`, as they were written ("" for none) and to calculate with."""
    values = [point.get(key) for point in points]
    if set(map(type, values)) == {bytes}:  # Most rows hold fractions alone, which go faster together.
        amounts: list[Any] = list(map(float, values))  # type: ignore[arg-type]
        if max(map(abs, amounts)) <= LARGEST_AMOUNT:
            return b" ".join(values).decode("ascii").split(" "), amounts  # type: ignore[arg-type]
    return list(map(number, values)), list(map(amount, values))


def _texts(points: list[dict[str, Any]], key: str) -> list[str]:
    values = [point.get(key) for point in points]
    try:
        # As a rule all are there and fit to be shown, which one look at them together tells.
        if "".join(values).isprintable():  # type: ignore[arg-type]
            return values  # type: ignore[return-value]
    except TypeError:
        pass
    return [text(point, key) for point in points]


def _change(
    before: float | None, after: float | None, margin_before: float | None, margin_after: float | None
) -> tuple[float | None, bool]:
    """Per cent from `before` to `after`, and whether the error margins overlap.

    Infinite from nothing to something, None where a value is missing.
    A margin is the half-width of an interval around its value.
    """
    if before is None or after is None:
        return None, False
    if before == after:
        return 0.0, False
    difference = after - before
    within_margin = abs(difference) <= (margin_before or 0) + (margin_after or 0)
    return 100 * difference / abs(before) if before else copysign(inf, difference), within_margin


def _change_texts(changes: Iterable[tuple[float | None, bool]], style: Style) -> Iterator[str]:
    """Changes as `_change` gives them, with a sign; `~` marks what lies within the margins, None is empty."""
    for per_cent, within_margin in changes:
        if per_cent is None:
            yield ""
            continue
        written = f"{per_cent:+.1f}" if -99.95 < per_cent < 99.95 else f"{per_cent:+.0f}"
        if not isfinite(per_cent):
            written = "from 0"
        if within_margin:
            yield f"{style.faint}~{written}{style.off}"
        elif -0.05 < per_cent < 0.05:
            yield "0.0"
        else:
            yield f"{style.bad if per_cent > 0 else style.good}{written}{style.off}"


def _headline(selection: Selection, style: Style) -> Iterator[str]:
    """The first regression's worst population."""
    for insight in selection.regressions[:1]:
        category, metric = _insight_key(insight)
        worst = max(items(insight, "populations"), key=_delta, default={})
        change = number(worst.get("deltaPercentage"))
        device = text(worst, "device")
        parts = [f"{category} {metric}".strip() or "a metric"]
        parts += [_painted_change(change, style)] if change else []
        parts += [f"on {_device(device, selection.devices.get(device, ''))}"] if device else []
        version = text(insight, "latestVersion")
        more = f"; {len(selection.regressions) - 1} more" if len(selection.regressions) > 1 else ""
        yield f"{style.strong}Worst{style.off} in {version or 'the latest version'}: {' '.join(parts)}{more}"
        yield ""


def _delta(population: dict[str, Any]) -> float:
    value = amount(population.get("deltaPercentage"))
    return float("-inf") if value is None else value


def _judged(datasets: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The datasets of the device that a metric is judged by."""
    for device in _WIDE_DEVICES:
        if found := [d for d in datasets if text(entry(d, "filterCriteria"), "device") == device]:
            return found
    first = text(entry(datasets[0], "filterCriteria"), "device") if datasets else ""
    return [d for d in datasets if text(entry(d, "filterCriteria"), "device") == first]


def metric_lines(selection: Selection, style: Style) -> Iterator[str]:
    """Every metric under its platform and category, with a table for each dataset."""
    if not selection.metrics:
        yield "no metrics, only insights (--auto_insights)"
    heading = None
    for metric in selection.metrics:
        if heading != (metric.platform, metric.category):
            heading = (metric.platform, metric.category)
            yield f"{style.strong}{metric.category or 'no category'}{style.off}  {metric.platform}".rstrip()
            yield ""
        yield from _metric_head(metric, style)
        for dataset in metric.datasets:
            yield from dataset_lines(dataset, metric.unit, style)
            yield ""
        if not metric.datasets:
            yield "    no datasets"
            yield ""


def _metric_head(metric: Metric, style: Style) -> Iterator[str]:
    unit = f", {metric.unit}" if metric.unit else ""
    yield f"  {style.strong}{metric.identifier or 'unnamed metric'}{style.off}{unit}"
    if metric.goal_keys:
        yield f"    goals: {', '.join(_goal_band(key, style) for key in metric.goal_keys)}"


def _goal_band(key: dict[str, Any], style: Style) -> str:
    """A band such as `fair 5 to 10`; the outer bound of the outermost bands is missing."""
    goal = text(key, "goalKey") or "unnamed"
    lower, upper = number(key.get("lowerBound")), number(key.get("upperBound"))
    band = f"{lower} to {upper}" if lower and upper else f"from {lower}" if lower else f"below {upper}" if upper else ""
    return f"{_painted_goal(goal, style)} {band}".rstrip()


def _painted_goal(goal: str, style: Style) -> str:
    """A goal with a mark that makes it stand out without colour too."""
    paint, mark = _GOAL_STYLES.get(goal.lower(), ("", ""))
    return f"{getattr(style, paint)}{goal}{mark}{style.off}" if paint else goal


def dataset_lines(dataset: dict[str, Any], unit: str, style: Style) -> Iterator[str]:
    """A dataset's device and percentile, then its versions oldest to newest with all that each point has."""
    criteria = entry(dataset, "filterCriteria")
    name = _device(text(criteria, "device"), text(criteria, "deviceMarketingName"))
    points = items(dataset, "points")
    written, values = _numbers(points, "value")
    trend = sparkline(values, style) if len(points) >= 3 else ""
    yield f"    {name}, {_percentile(text(criteria, 'percentile'))}  {trend}".rstrip()
    if points:
        first_rows = [["version", *_texts(points, "version")], [unit or "value", *written]]
        rows = [*first_rows, *_further_rows(points, values, style)]
        filled = [[cell or "-" for cell in row] if "" in row else row for row in rows]
        yield from wide_table(filled, indent="      ")
    else:
        yield "      no points"
    goal = entry(dataset, "recommendedMetricGoal")
    if goal:
        value = number(goal.get("value"))
        said = " ".join(part for part in (value and f"{value} {unit}".rstrip(), text(goal, "detail")) if part)
        yield from wrap(f"recommended goal: {said or 'not given'}", "      ", "  ")


def _further_rows(points: list[dict[str, Any]], values: list[float | None], style: Style) -> Iterator[list[str]]:
    """Margins, changes, goals and breakdown of `points`, as far as they have them; a cell may be empty."""
    written, margins = _numbers(points, "errorMargin")
    if any(written):
        yield ["+- margin", *written]
    if len(points) > 1:
        yield ["change %", "", *_change_texts(map(_change, values, values[1:], margins, margins[1:]), style)]
    goals = _texts(points, "goal")
    if any(goals):
        painted = {goal: _painted_goal(goal, style) for goal in set(goals)}
        yield ["goal", *[painted[goal] for goal in goals]]
    shares: dict[str, list[str]] = {}
    for position, point in enumerate(points):
        if "percentageBreakdown" in point:
            for share in _breakdown(point):
                label = text(share, "subSystemLabel") or "unnamed"
                row = shares.setdefault(label, [""] * len(points))
                value = number(share.get("value"))
                row[position] = f"{row[position]} + {value}" if row[position] and value else value or row[position]
    for label, row in shares.items():
        yield [f"  {label} %", *row]


def _breakdown(point: dict[str, Any]) -> list[dict[str, Any]]:
    """Shares of subsystems: an array in the API's answers, a single object in Apple's OpenAPI document."""
    value = point.get("percentageBreakdown")
    return [value] if isinstance(value, dict) else items(point, "percentageBreakdown")


def _device(name: str, marketing: str) -> str:
    """A device as a person knows it, with the model's identifier where that says more."""
    if not name or not marketing:
        return marketing or name or "unknown device"
    return marketing if name.lower().startswith("all_") else f"{marketing} ({name})"


def _percentile(name: str) -> str:
    return _PERCENTILES.get(name) or name or "unknown percentile"


def insight_lines(selection: Selection, style: Style) -> Iterator[str]:
    """The regressions and upward trends, each with every population; "none" where there are none."""
    yield from _insights("Regressions", selection.regressions, selection, style)
    yield from _insights("Trending up", selection.trending_up, selection, style)


def _insights(title: str, insights: list[dict[str, Any]], selection: Selection, style: Style) -> Iterator[str]:
    yield f"{style.strong}{title}: {len(insights) or 'none'}{style.off}"
    yield ""
    for insight in insights:
        yield from _insight(insight, selection, style)
        yield ""


def _insight(insight: dict[str, Any], selection: Selection, style: Style) -> Iterator[str]:
    category, metric = _insight_key(insight)
    impact = f"  {style.bad}HIGH IMPACT{style.off}" if insight.get("highImpact") is True else ""
    yield f"  {style.strong}{category or 'no category'} {metric or 'unnamed metric'}{style.off}{impact}"
    unit = next((m.unit for m in selection.metrics if (m.category, m.identifier) == (category, metric)), "")
    reference = _reference_versions(insight)
    facts = [f"version {text(insight, 'latestVersion') or 'unknown'}" + (f" against {reference}" if reference else "")]
    if maximum := number(insight.get("maxLatestVersionValue")):
        facts.append(f"maximum {maximum} {unit}".rstrip())
    if subsystem := text(insight, "subSystemLabel"):
        facts.append(f"subsystem {subsystem}")
    yield from wrap("; ".join(facts), "    ", "  ")
    yield from wrap(text(insight, "summaryString"), "    ")
    populations = items(insight, "populations")
    if populations:
        rows = [["device", "percentile", "latest", "reference", "change"]]
        rows += (_population_row(population, selection, style) for population in populations)
        lines = table(rows, "<<>>>", "      ")
        yield next(lines)
        for line, population in zip(lines, populations):
            yield line
            for said in wrap(text(population, "summaryString"), "        "):
                yield f"{style.faint}{said}{style.off}"


def _population_row(population: dict[str, Any], selection: Selection, style: Style) -> list[str]:
    name, percentile = text(population, "device"), text(population, "percentile")
    change = number(population.get("deltaPercentage"))
    return [
        _device(name, selection.devices.get(name, "")),
        _PERCENTILES[percentile].split(" (")[0] if percentile in _PERCENTILES else _percentile(percentile),
        number(population.get("latestVersionValue")) or "-",
        number(population.get("referenceAverageValue")) or "-",
        _painted_change(change, style) if change else "-",
    ]


def _painted_change(change: str, style: Style) -> str:
    if change.startswith("-"):
        return f"{style.good}{change} %{style.off}"
    return f"{style.bad}+{change} %{style.off}"


def _reference_versions(insight: dict[str, Any]) -> str:
    """The versions compared with: an array in the API's answers, one string in Apple's OpenAPI document."""
    value = insight.get("referenceVersions")
    versions = value if isinstance(value, list) else [value]
    return ", ".join(clean(version) for version in versions if isinstance(version, str))


def hotspot_lines(selection: Selection, style: Style, *, filtered: bool = False) -> Iterator[str]:
    """Each regression and the datasets that its populations name, then the upward trends.

    Without a regression a line says so, with the newest version that the datasets know; `filtered` tells that
    filters may have left one out.
    """
    if not selection.regressions:
        version = newest_version(selection.metrics)
        where = f" in version {version}" if version else ""
        yield f"{style.strong}No regressions{style.off}{where}{' that fit the filters' if filtered else ''}"
        yield ""
    else:
        yield f"{style.strong}Regressions: {len(selection.regressions)}{style.off}"
        yield ""
    for insight in selection.regressions:
        yield from _insight(insight, selection, style)
        yield ""
        yield from _datasets_of(insight, selection, style)
    if selection.trending_up:
        yield from _insights("Trending up", selection.trending_up, selection, style)


def _datasets_of(insight: dict[str, Any], selection: Selection, style: Style) -> Iterator[str]:
    wanted = {(text(p, "device"), text(p, "percentile")) for p in items(insight, "populations")}
    for metric in selection.metrics:
        if (metric.category, metric.identifier) != _insight_key(insight):
            continue
        for dataset in metric.datasets:
            criteria = entry(dataset, "filterCriteria")
            if (text(criteria, "device"), text(criteria, "percentile")) in wanted:
                yield from dataset_lines(dataset, metric.unit, style)
                yield ""


def newest_version(metrics: Iterable[Metric]) -> str:
    """The version that no dataset has an older one after; points come oldest first, and datasets may end early."""
    last: Counter[str] = Counter()
    superseded = set()
    for metric in metrics:
        for dataset in metric.datasets:
            versions = [version for point in items(dataset, "points") if (version := text(point, "version"))]
            last.update(versions[-1:])
            superseded.update(versions[:-1])
    ranked = [version for version, _ in last.most_common()]
    return next((version for version in ranked if version not in superseded), ranked[0] if ranked else "")


CSV_HEADER = (
    "platform,category,metric,unit,device,marketing_name,percentile,version,value,error_margin,goal"  # a row a point
)


class _Line:
    """A file that hands back what is written to it."""

    def write(self, line: str) -> str:
        """Returns `line`, and through `csv.writer.writerow` its caller gets it."""
        return line


def csv_lines(selection: Selection) -> Iterator[str]:
    """A heading, then a line of CSV for each point; texts that a spreadsheet would calculate are defused."""
    writer = csv.writer(_Line(), lineterminator="")
    yield CSV_HEADER
    for metric in selection.metrics:
        head = [_defused(part) for part in (metric.platform, metric.category, metric.identifier, metric.unit)]
        for dataset in metric.datasets:
            criteria = entry(dataset, "filterCriteria")
            of = [_defused(text(criteria, key)) for key in ("device", "deviceMarketingName", "percentile")]
            for point in items(dataset, "points"):
                value, margin = number(point.get("value")), number(point.get("errorMargin"))
                row = [*head, *of, _defused(text(point, "version")), value, margin, _defused(text(point, "goal"))]
                yield writer.writerow(row)


def _defused(cell: str) -> str:
    """`cell` behind an apostrophe if a spreadsheet would take it for a formula (OWASP, "CSV Injection")."""
    return f"'{cell}" if cell[:1] in ("=", "+", "-", "@") else cell
