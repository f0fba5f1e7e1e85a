"""Selects metrics and insights of a metrics report and draws them as lines of text.

A report is Apple's `xcodeMetrics`; see "Get Power and Performance Metrics for an App" in the documentation
of the App Store Connect API.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from ppparser.report import ReportError, entry, items, number, text
from ppparser.terminal import Style, clean, table, wide_table, wrap

_PERCENTILES = {
    "percentile.fifty": "typical (50th percentile)",
    "percentile.ninety": "top (90th percentile)",
}
_GOAL_STYLES = {"good": "good", "fair": "fair", "poor": "bad"}
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
    """What the filters leave of a report; `devices` gives the marketing names of all its devices."""

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
    regressions, trending_up = items(insights, "regressions"), items(insights, "trendingUp")
    if not metrics and not regressions and not trending_up:
        raise ReportError(
            "the report holds no metrics: Apple gives none below its usage threshold and in the first days after\n"
            "  a release, and the threshold differs per metric. Ask again when more people use the app"
        )
    devices = _devices(metrics, regressions + trending_up)
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
    if device is not None:
        fitting = {name for name, marketing in devices.items() if _same_device(device, name, marketing)}
        _expect(fitting, "device", device, (_device(name, marketing) for name, marketing in devices.items()))
        metrics = [
            found._replace(datasets=datasets)
            for found in metrics
            if (datasets := [d for d in found.datasets if text(entry(d, "filterCriteria"), "device") in fitting])
        ]
        regressions = list(_of_devices(regressions, fitting))
        trending_up = list(_of_devices(trending_up, fitting))
    if not metrics and not regressions and not trending_up:
        raise ReportError("the report holds nothing that fits all the filters: leave one out")
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
            if name.__class__ is str and not devices.get(name):
                devices[clean(name)] = text(criteria, "deviceMarketingName")
    for insight in insights:
        for population in items(insight, "populations"):
            if name := text(population, "device"):
                devices.setdefault(name, "")
    return devices


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


def _expect(found: Iterable[object], what: str, wanted: str, names: Iterable[str]) -> None:
    if not found:
        known = [name for name in names if name]
        listed = ", ".join(known[:_NAMES_SHOWN])
        if len(known) > _NAMES_SHOWN:
            listed += f" and {len(known) - _NAMES_SHOWN} more"
        raise ReportError(f"the report has no {what} {wanted}. It has: {listed or 'none'}")


def metric_lines(selection: Selection, style: Style) -> Iterator[str]:
    """Every metric under its platform and category, with a table for each dataset."""
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
    paint = getattr(style, _GOAL_STYLES.get(goal.lower(), "off"))
    return f"{paint}{goal}{style.off}"


def dataset_lines(dataset: dict[str, Any], unit: str, style: Style) -> Iterator[str]:
    """A dataset's device and percentile, then its versions oldest to newest with all that each point has."""
    criteria = entry(dataset, "filterCriteria")
    name = _device(text(criteria, "device"), text(criteria, "deviceMarketingName"))
    yield f"    {name}, {_percentile(text(criteria, 'percentile'))}"
    if points := items(dataset, "points"):
        yield from wide_table(_point_rows(points, unit, style), indent="      ")
    else:
        yield "      no points"
    goal = entry(dataset, "recommendedMetricGoal")
    if goal:
        value = number(goal.get("value"))
        said = " ".join(part for part in (value and f"{value} {unit}".rstrip(), text(goal, "detail")) if part)
        yield from wrap(f"recommended goal: {said or 'not given'}", "      ", "  ")


def _point_rows(points: list[dict[str, Any]], unit: str, style: Style) -> list[list[str]]:
    rows = [
        ["version", *(text(point, "version") or "?" for point in points)],
        [unit or "value", *(number(point.get("value")) or "-" for point in points)],
    ]
    margins = [number(point.get("errorMargin")) for point in points]
    if any(margins):
        rows.append(["margin", *(f"+-{margin}" if margin else "-" for margin in margins)])
    goals = [text(point, "goal") for point in points]
    if any(goals):
        rows.append(["goal", *(_painted_goal(goal, style) if goal else "-" for goal in goals)])
    shares: dict[str, list[str]] = {}
    for position, point in enumerate(points):
        for share in _breakdown(point):
            label = text(share, "subSystemLabel") or "unnamed"
            row = shares.setdefault(label, ["-"] * len(points))
            row[position] = number(share.get("value")) or "-"
    rows += ([f"  {label} %", *row] for label, row in shares.items())
    return rows


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
            yield from wrap(text(population, "summaryString"), "        ")


def _population_row(population: dict[str, Any], selection: Selection, style: Style) -> list[str]:
    name = text(population, "device")
    change = number(population.get("deltaPercentage"))
    return [
        _device(name, selection.devices.get(name, "")),
        _percentile(text(population, "percentile")).split(" (")[0],
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


def hotspot_lines(selection: Selection, style: Style) -> Iterator[str]:
    """Each regression and the datasets that its populations name, then the upward trends.

    Without a regression a line says so, with the newest version that the datasets know.
    """
    if not selection.regressions:
        version = newest_version(selection.metrics)
        yield f"{style.strong}No regressions{style.off}" + (f" in version {version}" if version else "")
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
