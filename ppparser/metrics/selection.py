"""What the filters select from a metrics report."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from ppparser.documents.fields import get_dict, get_list, get_str
from ppparser.errors import NoDataError, listed
from ppparser.metrics.insights import Insight, insights_obstacle, read_insights
from ppparser.metrics.measurements import (
    Metric,
    RawMetric,
    device_label,
    percentile_label,
    read_metric,
    read_raw_metrics,
)
from ppparser.metrics.obstacles import Obstacle

_PERCENTILE_NUMBERS = {"50": "typical", "90": "top"}
_MAX_NAMES_LISTED = 40


class Filters(NamedTuple):
    """What to select: a metric or category, a device or its marketing name, a platform, a percentile or its label.

    Case is ignored.
    """

    metric: str | None = None
    device: str | None = None
    platform: str | None = None
    percentile: str | None = None


NO_FILTERS = Filters()


class Selection(NamedTuple):
    """What the filters select from a report: metrics in its order, insights worst first.

    `marketing_names` has an entry ("" if unknown) for each device. `insights_obstacle` says why the insights do not
    tell whether there is a regression, None if they do; `insight_versions` has the versions that all insights of the
    report name. `ranks` sorts the keys of the metrics if the report does. A version that was chosen to
    be judged or compared with is named. `other_insights` has the versions of the insights that were left out then.
    `files` were merged into the report.
    """

    metrics: Sequence[Metric]
    insights: Sequence[Insight]
    marketing_names: Mapping[str, str]
    insights_obstacle: Obstacle | None
    is_filtered: bool
    is_device_selected: bool = False
    insight_versions: Sequence[str] = ()
    ranks: Mapping[tuple[str, str], int] | None = None
    judged_version: str = ""
    against: str = ""
    other_insights: Sequence[str] = ()
    files: Sequence[str] = ()

    @property
    def has_insights(self) -> bool:
        """Tell whether the report has insights that tell whether there is a regression: that of a build has none."""
        return self.insights_obstacle is None

    @property
    def reason_without_insights(self) -> str:
        """Return why there are no insights to judge by, as the continuation of "no insights"."""
        if self.other_insights:
            return f"into {self.judged_version}, only into {', '.join(self.other_insights)}"
        if self.insights_obstacle not in (None, Obstacle.NO_INSIGHTS):
            return f"to judge by; {self.insights_obstacle.value}"
        if self.files:
            return f"into the newest version: {self.files[-1]}, the last file, has none"
        is_overview = self.ranks is not None
        return "to judge by" + ("" if is_overview else "; Apple adds them to reports on apps, not on builds")

    @property
    def regressions(self) -> list[Insight]:
        """Return the regressions, worst first."""
        return [insight for insight in self.insights if insight.is_regression]

    @property
    def trending_up(self) -> list[Insight]:
        """Return the upward trends, worst first."""
        return [insight for insight in self.insights if not insight.is_regression]

    def device_label(self, device: str) -> str:
        """Return a device as people know it."""
        return device_label(device, self.marketing_names.get(device, ""))


def select(document: dict[str, Any], filters: Filters = NO_FILTERS) -> Selection:
    """Return the metrics and insights of `document` that match the filters.

    Raises NoDataError for a filter that matches nothing in the document, and if there are no metrics at all.
    """
    metrics = list(read_raw_metrics(document))
    insights = read_insights(document)
    if not metrics and not insights:
        raise NoDataError(
            "the report contains no metrics: Apple provides none below its usage threshold and in the first days\n"
            "  after a release, and the threshold differs by metric. Try again when more people use the app"
        )
    return select_from(metrics, insights, filters, insights_obstacle(document))


def select_from(
    metrics: Sequence[RawMetric], insights: Sequence[Insight], filters: Filters, obstacle: Obstacle | None
) -> Selection:
    """Return what matches the filters. Raises NoDataError for a filter that matches nothing.

    An insight that does not name its device, percentile, metric or category matches any filter for that.
    """
    insight_versions = list(dict.fromkeys(insight.latest_version for insight in insights if insight.latest_version))
    if filters.platform is not None:
        platforms = dict.fromkeys(metric.platform for metric in metrics)
        all_keys = {metric.key for metric in metrics}
        metrics = [metric for metric in metrics if metric.platform.lower() == filters.platform.lower()]
        require(metrics, "platform", filters.platform, platforms)
        # An insight does not name its platform: it belongs to those that have its metric, or if none has, to any.
        elsewhere = all_keys - {metric.key for metric in metrics}
        insights = [insight for insight in insights if insight.key not in elsewhere]
    if filters.metric is not None:
        wanted = filters.metric.lower()
        keys_in_order = [*(metric.key for metric in metrics), *(insight.key for insight in insights)]
        keys = {key for key in keys_in_order if wanted in (key[0].lower(), key[1].lower())}
        require(keys, "metric", filters.metric, dict.fromkeys(name for key in keys_in_order for name in key))
        metrics = [metric for metric in metrics if metric.key in keys]
        insights = [insight for insight in insights if insight.key in keys or _may_be_about(insight, keys)]
    marketing_names = _marketing_names(metrics, insights)
    devices = None
    if filters.device is not None:
        devices = {name for name, marketing in marketing_names.items() if is_device(filters.device, name, marketing)}
        scope = "the report" if filters.metric == filters.platform is None else "the selection by the other filters"
        labels = (device_label(name, marketing) for name, marketing in marketing_names.items())
        require(devices, "device", filters.device, labels, scope)
    percentiles = None
    if filters.percentile is not None:
        known = _percentiles(metrics, insights, devices)
        percentiles = {name for name in known if is_percentile(filters.percentile, name)}
        scope = "the report" if filters[:3] == NO_FILTERS[:3] else "the selection by the other filters"
        require(percentiles, "percentile", filters.percentile, map(percentile_label, filter(None, known)), scope)
    is_narrowed = devices is not None or percentiles is not None
    if is_narrowed:
        insights = list(filter(None, (_restricted(insight, devices, percentiles) for insight in insights)))
    selected = [read_metric(metric, devices, percentiles) for metric in metrics]
    return Selection(
        [metric for metric in selected if metric.datasets or not is_narrowed],
        insights,
        marketing_names,
        obstacle,
        any(filters),
        devices is not None,
        insight_versions,
    )


def require(matches: object, what: str, wanted: str, names: Iterable[str], scope: str = "the report") -> None:
    """Raise NoDataError, with the names there are, unless there are matches."""
    if not matches:
        available = [name for name in names if name]
        names_text = listed(available, _MAX_NAMES_LISTED) or "none"
        raise NoDataError(f"{scope} has no {what} {wanted or 'with an empty name'}. It has: {names_text}")


def _may_be_about(insight: Insight, keys: Iterable[tuple[str, str]]) -> bool:
    """Tell whether an insight that names only a category or only a metric may be about one of the metrics."""
    return "" in insight.key and any(insight.key in (("", identifier), (category, "")) for category, identifier in keys)


def _restricted(insight: Insight, devices: set[str] | None, percentiles: set[str] | None) -> Insight | None:
    """Return an insight into what may belong to the devices and percentiles, or None if that is nothing."""
    populations = [
        population
        for population in insight.populations
        if devices is None or not population.device or population.device in devices
        if percentiles is None or not population.percentile or population.percentile in percentiles
    ]
    return insight._replace(populations=populations) if populations or not insight.populations else None


def _percentiles(
    metrics: Iterable[RawMetric], insights: Iterable[Insight], devices: set[str] | None
) -> dict[str, None]:
    """Return the percentiles that datasets and populations of `devices` name."""
    pairs = [
        (get_str(criteria, "device"), get_str(criteria, "percentile"))
        for metric in metrics
        for dataset in get_list(metric.members, "datasets")
        for criteria in (get_dict(dataset, "filterCriteria"),)
    ]
    pairs += [(population.device, population.percentile) for insight in insights for population in insight.populations]
    return dict.fromkeys(percentile for device, percentile in pairs if devices is None or device in devices)


def _marketing_names(metrics: Iterable[RawMetric], insights: Iterable[Insight]) -> dict[str, str]:
    """Return the marketing names ("" if unknown) of all devices that datasets and populations name."""
    names: dict[str, str] = {}
    for metric in metrics:
        for dataset in get_list(metric.members, "datasets"):
            criteria = get_dict(dataset, "filterCriteria")
            device = criteria.get("device")
            if device.__class__ is str and names.get(device):  # Metrics repeat the same devices.
                continue
            device = get_str(criteria, "device")
            if device and not names.get(device):
                names[device] = get_str(criteria, "deviceMarketingName")
    for insight in insights:
        for population in insight.populations:
            if population.device:
                names.setdefault(population.device, "")
    return names


def is_device(wanted: str, *names: str) -> bool:
    """Tell whether `wanted` is a name of a device; models are `iPhone14_5` in the API and `iPhone14,5` elsewhere."""
    return wanted.lower().replace(",", "_") in (name.lower().replace(",", "_") for name in names)


def is_percentile(wanted: str, percentile: str) -> bool:
    """Tell whether `wanted` is the number, the label or the report's own name of a percentile."""
    names = percentile.lower(), percentile_label(percentile).lower()
    return wanted.lower() in names or _PERCENTILE_NUMBERS.get(wanted) in names
