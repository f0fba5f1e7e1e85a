"""Properties that hold for every report, however damaged; hypothesis generates the reports.

`pytest --hypothesis-profile=thorough` tries 2,000 reports per property; conftest.py has the profiles.
"""

from __future__ import annotations

import csv
import io
import json
import os
import re
import sys
import unicodedata
from collections import Counter
from collections.abc import Iterator
from typing import Any
from unittest import mock

from hypothesis import example, given
from hypothesis import strategies as st

from ppparser.diagnostics.call_tree import CallTree, app_path
from ppparser.diagnostics.frames import binary_name, call_stacks, function_name, samples
from ppparser.diagnostics.outline import outline
from ppparser.diagnostics.signatures import folded_stacks, select_logs
from ppparser.documents import loading
from ppparser.documents.fields import get_dict, get_list, get_str, scalar_text, to_float
from ppparser.documents.versions import newest_version, version_order
from ppparser.errors import NoDataError
from ppparser.metrics.history import merge
from ppparser.metrics.insights import insights_obstacle
from ppparser.metrics.measurements import TOP, TYPICAL, Dataset, percentile_label
from ppparser.metrics.scorecard import scorecard
from ppparser.metrics.selection import Filters, Selection, select
from ppparser.output.data.metrics_csv import HEADER, report_csv_lines
from ppparser.output.text.call_tree import tree_lines
from ppparser.output.text.signatures import frame_lines
from ppparser.output.text.tables import shorten, width
from ppparser.program.terminal import PLAIN
from ppparser.reports.metrics import MetricsOptions, read_metrics_report
from tests.helpers.html_text import read_page
from tests.helpers.support import DATA, Outcome, run_program

Json = dict[str, Any]
Values = st.SearchStrategy[Any]

# --- Reports, with control over the spelling of each number and over duplicate keys


class Number(str):
    """A JSON number as it is written in the report."""


class Object(list[tuple[str, Any]]):
    """The members of a JSON object; of duplicate keys, the last one counts."""


def json_text(value: Any, ascii_only: bool) -> str:
    if isinstance(value, Number):
        return str(value)
    if isinstance(value, Object):
        members = [f"{json_text(key, ascii_only)}: {json_text(member, ascii_only)}" for key, member in value]
        return "{" + ", ".join(members) + "}"
    if isinstance(value, list):
        return "[" + ",".join([json_text(item, ascii_only) for item in value]) + "]"
    # UTF-8 has no lone surrogates: they can only be written as escapes.
    return re.sub("[\ud800-\udfff]", lambda lone: f"\\u{ord(lone[0]):04X}", json.dumps(value, ensure_ascii=ascii_only))


NOT_NUMBERS = ("NaN", "Infinity", "-Infinity")
SPELLINGS = (
    *("0", "1", "-1", "7", "2014.30", "1e3", "-0.0", "1E+2", "0.1", "1e-7", "33.00", "1e999", "-1e999", "5e-324"),
    *("1.7976931348623157e308", "-1.7976931348623157e308", "9" * 400, "-" + "9" * 400, "9" * 4300, *NOT_NUMBERS),
)
NASTY = (
    *("", " ", "  two  blanks ", "x" * 300, "words " * 40, "good", "Poor", "fair", "percentile.fifty", "top (most)"),
    *("\x1b[31mred", "\x1b]0;title\x07", "\r\n", "a\nb", "\x00", "\x9b2J", "\u2028", "\u202eabc\u2066", "\ufeff"),
    *("\ud800", "\udfff\ud800", "\ud83d\ude00", "\u05e9\u05dc\u05d5\u05dd", "\u0645\u0631\u062d\u0628\u0627"),
    *("\u96fb\u8a71", "e\u0301", "\U0001f468\u200d\U0001f469", "=1+1", "@x", "-5", "+", "a,b", 'a "b"', "a;b", "'"),
)
plain_numbers = st.integers(-(10**6), 10**6).map(str) | st.decimals(0, 999, places=3).map(str)
numbers = (st.sampled_from(SPELLINGS) | plain_numbers).map(Number)
strings = st.sampled_from(NASTY) | st.text(st.characters(), max_size=8)
names = st.sampled_from(("alpha", "Beta", "gamma", "all_iphones", "all_ipads", "iPhone14_5", "10.2", "10.3")) | strings
percentiles = st.sampled_from((TYPICAL, TOP)) | names
junk = st.one_of(
    *(st.none(), st.booleans(), numbers, strings, st.just([]), st.just(Object())),
    st.lists(st.none() | numbers | strings, max_size=2),
    numbers.map(lambda value: Object([("value", value)])),
)
MISSING = object()
ONE_IN_TEN = st.sampled_from([False] * 9 + [True])


@st.composite
def damaged(draw: st.DrawFn, /, **fields: Values) -> Object:
    """Draw an object of Apple's schema; one in ten has one or two fields missing, replaced or duplicated."""
    damage: dict[str, Any] = {}
    members = []
    if draw(ONE_IN_TEN):
        damage = draw(st.dictionaries(st.sampled_from(sorted(fields)), junk | st.just(MISSING), min_size=1, max_size=2))
        members = [(draw(st.sampled_from(sorted(fields))), draw(junk))]
    members += [(key, damage[key] if key in damage else draw(field)) for key, field in fields.items()]
    return Object(member for member in members if member[1] is not MISSING)


@st.composite
def several(draw: st.DrawFn, items: Values, most: int) -> list[Any]:
    """Draw an array; one in ten is empty or contains something that does not belong there."""
    if draw(ONE_IN_TEN):
        return draw(st.lists(items | junk, max_size=most))
    return [draw(items) for _ in range(draw(st.integers(1, most)))]


def fields(keys: str, values: Values) -> dict[str, Values]:
    return dict.fromkeys(keys.split(), values)


shares = damaged(value=numbers, subSystemLabel=names)
breakdowns = shares | several(shares, 3)
points = damaged(
    **fields("version goal", names), **fields("value errorMargin", numbers), percentageBreakdown=breakdowns
)
datasets = damaged(
    filterCriteria=damaged(**fields("device deviceMarketingName", names), percentile=percentiles),
    points=several(points, 4),
    recommendedMetricGoal=damaged(value=numbers, detail=strings),
)
metrics = damaged(
    identifier=names,
    unit=damaged(**fields("identifier displayName", names)),
    goalKeys=several(damaged(goalKey=names, **fields("lowerBound upperBound", numbers)), 2),
    datasets=several(datasets, 3),
)
populations = damaged(
    **fields("device summaryString", names),
    **fields("latestVersionValue referenceAverageValue deltaPercentage", numbers),
    percentile=percentiles,
)
insights = damaged(
    **fields("metricCategory metric latestVersion subSystemLabel summaryString", names),
    referenceVersions=names | several(names, 2),
    maxLatestVersionValue=numbers,
    highImpact=st.booleans(),
    populations=several(populations, 2),
)
categories = damaged(identifier=names, metrics=several(metrics, 2))
metrics_reports = damaged(
    version=names,
    insights=damaged(**fields("regressions trendingUp", several(insights, 2))),
    productData=several(damaged(platform=names, metricCategories=several(categories, 2)), 2),
)
sections = damaged(
    **fields("identifier displayName", names),
    **fields("relevanceScore sortOrder", numbers),
    unit=damaged(**fields("identifier displayName", names)),
    datasets=several(datasets, 3),
)
top_points = damaged(
    **fields("signatureId signature sourceFile trendInfo", names),
    **fields("count weight lineNumber", numbers),
    metricsSummary=damaged(referenceVersions=several(damaged(version=names, value=numbers), 3)),
)
overviews = damaged(
    version=names,
    appMetadata=damaged(**fields("appId bundleId latestVersion platform", names)),
    insights=damaged(**fields("regressions trendingUp", several(insights, 2))),
    categories=several(damaged(**fields("identifier displayName", names), sections=several(sections, 2)), 2),
    signatures=damaged(**fields("topHangPoint topLaunchPoint topDiskWritePoint", several(top_points, 3))),
)
frame_kinds = damaged(
    **fields("rawFrame symbolName binaryName address offsetIntoSymbol fileName lineNumber insightsCategory", names),
    sampleCount=st.integers(0, 20).map(str).map(Number) | numbers,
    isBlameFrame=st.booleans(),
)


@st.composite
def frame_trees(draw: st.DrawFn) -> list[Any]:
    """Draw the root frames of a tree that is a chain, a bush, or anything in between."""
    kinds = draw(st.lists(frame_kinds, min_size=1, max_size=3))
    # Runs of frames, each the only child of the one above; the next run starts some frames further up.
    runs = draw(st.lists(st.tuples(st.integers(1, 12), st.integers(0, 40), st.integers(0, 2)), min_size=1, max_size=8))
    roots: list[Any] = []
    path = [roots]
    for length, ascent, kind in runs:
        del path[max(1, len(path) - ascent) :]
        for _ in range(length):
            children: list[Any] = []
            path[-1].append(Object([*kinds[kind % len(kinds)], ("subFrames", children)]))
            path.append(children)
    if draw(ONE_IN_TEN):
        path[-1].append(draw(junk))
    return roots


stacks = several(damaged(callStackRootFrames=frame_trees()), 2)
meta_data = damaged(**fields("appVersion buildVersion deviceType osVersion event somethingNew", names))
trees = damaged(callStackPerThread=st.booleans(), callStacks=stacks)
advice = several(damaged(**fields("insightsCategory insightsString insightsURL", strings)), 2)
logs = several(damaged(diagnosticMetaData=meta_data, callStackTree=several(trees, 2)), 3)
signatures = damaged(signatureId=names, diagnosticInsights=advice, diagnosticLogs=logs)
diagnostics_reports = damaged(version=names, productData=several(signatures, 2))
KEYS = ("productData", "insights", "regressions", "signatureId", "diagnosticLogs", "errors", "data", "type", "code")
keys = strings | st.sampled_from(KEYS)
anything = st.recursive(
    st.none() | st.booleans() | numbers | strings,
    lambda items: st.lists(items, max_size=3) | st.lists(st.tuples(keys, items), max_size=3).map(Object),
    max_leaves=10,
)


def parsed(value: Any) -> Any:
    """Return what `loading.parse` has to make of a value."""
    if isinstance(value, Number):
        return None if value in NOT_NUMBERS else int(value) if re.fullmatch("-?[0-9]+", value) else value.encode()
    if isinstance(value, Object):
        return {parsed(key): parsed(member) for key, member in value}
    if isinstance(value, list):
        return [parsed(item) for item in value]
    return json.loads(json.dumps(value))  # The escapes of two surrogates may form one character.


@given(anything | metrics_reports | diagnostics_reports, st.booleans())
def test_json_is_read_as_it_was_written(report: Any, ascii_only: bool) -> None:
    # `repr` distinguishes True from 1.
    assert repr(loading.parse(json_text(report, ascii_only).encode(), "")) == repr(parsed(report))


# --- Metrics


def metrics_of(report: Json) -> list[tuple[Json, Json, Json]]:
    """Return each metric, after the product and the category that it belongs to."""
    products = get_list(report, "productData")
    found = [(product, category) for product in products for category in get_list(product, "metricCategories")]
    return [(*parents, metric) for parents in found for metric in get_list(parents[1], "metrics")]


def rows_of(report: Json) -> Iterator[list[str]]:
    """Yield a row of CSV per point."""
    for product, category, metric in metrics_of(report):
        unit = get_dict(metric, "unit")
        names = [get_str(product, "platform"), get_str(category, "identifier"), get_str(metric, "identifier")]
        names.append(get_str(unit, "displayName") or get_str(unit, "identifier"))
        for dataset in get_list(metric, "datasets"):
            criteria = get_dict(dataset, "filterCriteria")
            goal_value = scalar_text(get_dict(dataset, "recommendedMetricGoal").get("value"))
            cells = [*names, *(get_str(criteria, key) for key in ("device", "deviceMarketingName", "percentile"))]
            for point in get_list(dataset, "points"):
                texts = [*cells, get_str(point, "version"), get_str(point, "goal")]
                # An apostrophe keeps a spreadsheet from calculating a text.
                *texts, goal = [f"'{text}" if text.startswith(("=", "+", "-", "@")) else text for text in texts]
                yield [
                    *texts,
                    scalar_text(point.get("value")),
                    scalar_text(point.get("errorMargin")),
                    goal,
                    goal_value,
                    "",
                ]


def has_metrics(report: Json) -> bool:
    insights = get_dict(report, "insights")
    return bool(metrics_of(report) or get_list(insights, "regressions") or get_list(insights, "trendingUp"))


valid_metrics_reports = metrics_reports.map(parsed).filter(has_metrics)


@given(valid_metrics_reports)
def test_csv_read_back_is_every_point_of_the_report(report: Json) -> None:
    header, *rows = csv.reader(report_csv_lines(read_metrics_report(report, MetricsOptions())), strict=True)
    assert (",".join(header), rows) == (HEADER, list(rows_of(report)))


@given(valid_metrics_reports)
def test_selection_has_all_numbers_and_insights(report: Json) -> None:
    selection = select(report)
    found_datasets = [dataset for metric in selection.metrics for dataset in metric.datasets]
    members = [dataset for *_, metric in metrics_of(report) for dataset in get_list(metric, "datasets")]
    assert len(found_datasets) == len(members)
    for values, dataset in zip(found_datasets, members):
        made = get_list(dataset, "points")
        assert values.values.floats == [to_float(point.get("value")) for point in made]
        assert values.margins.floats == [to_float(point.get("errorMargin")) for point in made]
    for insights, key in ((selection.regressions, "regressions"), (selection.trending_up, "trendingUp")):
        members = get_list(get_dict(report, "insights"), key)
        assert sorted(one.summary for one in insights) == sorted(get_str(one, "summaryString") for one in members)
        populations = [population for one in members for population in get_list(one, "populations")]
        expected = [(get_str(one, "device"), scalar_text(one.get("deltaPercentage"))) for one in populations]
        found = [(one.device, one.change_text) for insight in insights for one in insight.populations]
        assert sorted(found) == sorted(expected)


@given(valid_metrics_reports, st.sampled_from(Filters._fields), st.data())
def test_filter_selects_what_matches_and_nothing_else(report: Json, kind: str, data: st.DataObject) -> None:
    whole = select(report)

    def parts(selection: Selection) -> list[tuple[Any, ...]]:
        found = [(metric, dataset) for metric in selection.metrics for dataset in metric.datasets if dataset.device]
        return [
            (*metric[:3], one.device, whole.marketing_names[one.device], *percentile_names(one), one)
            for metric, one in found
        ]

    def percentile_names(one: Dataset) -> tuple[str, str]:
        return one.percentile, percentile_label(one.percentile)

    columns = {"platform": slice(0, 1), "metric": slice(1, 3), "device": slice(3, 5), "percentile": slice(5, 7)}[kind]
    names = [name for part in parts(whole) for name in part[columns] if name]
    name = data.draw(st.sampled_from([*names, "none"])).upper()
    try:
        found = parts(select(report, Filters(**{kind: name})))
    except NoDataError:
        found = []
    assert found == [part for part in parts(whole) if name.lower() in map(str.lower, part[columns])]


@given(valid_metrics_reports)
def test_scorecard_has_the_latest_values_of_every_metric(report: Json) -> None:
    selection = select(report)
    expected = []
    for metric in selection.metrics:
        devices = [dataset.device for dataset in metric.datasets if dataset.versions]
        groups = [device for device in devices if device.lower().startswith("all_")]
        preferred = ("all_iphones", "all_ipads", "all_macs", *groups, *devices)
        judged = next((device for device in preferred if device in devices), "")
        datasets = [dataset for dataset in metric.datasets if dataset.device == judged and dataset.versions]
        version = newest_version(dataset.versions for dataset in datasets)
        datasets = [dataset for dataset in datasets if dataset.versions[-1] == version] or datasets[:1]
        latest = {dataset.percentile: dataset.values.texts[-1] for dataset in datasets}
        expected += [(*metric.key, latest.get(TYPICAL, ""), latest.get(TOP, ""))] if latest else []
    found = scorecard(selection).scores
    rows = [(one.category, one.identifier, one.typical.value, one.top.value) for one in found]
    assert sorted(rows) == sorted(expected)
    assert [one.alarm for one in found] == sorted([one.alarm for one in found], reverse=True)


# --- Diagnostics


def walk(frames: list[Json], above: str = "") -> Iterator[tuple[Json, str, int]]:
    """Yield each frame in preorder, with its stack, `root;...;leaf`, and the samples that are its own."""
    for frame in frames:
        name = "`".join(filter(None, (binary_name(frame), function_name(frame))))
        path, children = above + name.replace(";", ":"), get_list(frame, "subFrames")
        yield frame, path, samples(frame) - sum(map(samples, children))
        yield from walk(children, f"{path};")


@given(diagnostics_reports.map(parsed), st.none() | st.integers(1, 4))
def test_folded_stacks_have_the_samples_of_the_first_logs(report: Json, limit: int | None) -> None:
    logs = [log for product in get_list(report, "productData") for log in get_list(product, "diagnosticLogs")][:limit]
    selected = select_logs(report, limit)
    assert [log for signature in selected for log in signature.logs] == logs
    frames = [found for log in logs for _, roots in call_stacks(log) for found in walk(roots)]
    has_counts = any(samples(frame) for frame, *_ in frames)
    expected = Counter[str]()
    for frame, path, own in frames:
        expected[path] += max(0, own) if has_counts else not get_list(frame, "subFrames")
    assert folded_stacks(selected) == (+expected, has_counts)


@given(diagnostics_reports.map(parsed))
def test_merged_tree_has_the_samples_of_all_frames(report: Json) -> None:
    for signature in select_logs(report):
        tree = CallTree(signature.logs)
        expected, leaf_count = Counter[tuple[str, str]](), 0
        for log in signature.logs:
            is_disk_write = "write" in get_str(get_dict(log, "diagnosticMetaData"), "event").lower()
            stacks = list(call_stacks(log))
            threads = [position for position, (is_thread, _) in enumerate(stacks, 1) if is_thread]
            for _, roots in stacks[: threads[0] if threads and not is_disk_write else None]:
                for frame, *_ in walk(roots):
                    expected[(function_name(frame), binary_name(frame))] += samples(frame)
                    leaf_count += not get_list(frame, "subFrames")
        assert tree.has_counts == bool(+expected)
        if not tree.has_counts:
            assert tree.samples == leaf_count
            continue
        found = Counter[tuple[str, str]]()
        pending = [*tree.roots]
        while pending:
            merged = pending.pop()
            pending += merged.children
            found[(merged.name, merged.binary)] += merged.samples
        assert +found == +expected


@given(diagnostics_reports.map(parsed))
def test_outline_is_short_and_ends_with_the_heaviest_path(report: Json) -> None:
    for signature in select_logs(report):
        tree = CallTree(signature.logs)
        rows = outline(tree, None).rows
        assert len(rows) <= 40
        shown = {id(frame) for row in rows for frame in row.frames}
        assert {id(frame) for frame in tree.heaviest_path()} <= shown
        path = app_path(tree, None)
        assert (path is not None) == any(frame.is_app for frame in tree.heaviest_path())
        lines = tree_lines(tree, len(signature.logs), None, PLAIN)
        assert all(width(line) <= 80 for line in lines)


# --- History

Key = tuple[str, ...]


def points_of(report: Json) -> dict[Key, Json]:
    """Return the points by what they are known by; of equal ones in a report, the first dataset's last one counts.

    Points without a value give way to those that have one.
    """
    found: dict[Key, Json] = {}
    for product, category, metric in metrics_of(report):
        names = get_str(product, "platform"), get_str(category, "identifier"), get_str(metric, "identifier")
        for dataset in get_list(metric, "datasets"):
            criteria = get_dict(dataset, "filterCriteria")
            place = get_str(criteria, "device"), get_str(criteria, "percentile")
            for point in reversed(get_list(dataset, "points")):
                key = (*names, *place, get_str(point, "version"))
                if key not in found or (found[key].get("value") is None and point.get("value") is not None):
                    found[key] = point
    return found


def product(platform: str, metric: str, device: str, version: str, value: Any) -> Json:
    """Return a product with one point."""
    points = [{"version": version, "value": value}]
    dataset = {"filterCriteria": {"device": device, "percentile": TOP}, "points": points}
    metrics = [{"identifier": metric, "datasets": [dataset]}]
    return {"platform": platform, "metricCategories": [{"identifier": "A", "metrics": metrics}]}


two_names = st.sampled_from(("a", "b"))
products = st.builds(
    product, *[two_names] * 3, st.sampled_from(("8.10", "8.9")), st.sampled_from((None, 1, b"2.50", 3))
)
overlapping_reports = st.fixed_dictionaries(
    {"productData": st.lists(products, max_size=6), "insights": st.sampled_from(({}, {"regressions": []}))}
)
mergeable_reports = overlapping_reports | metrics_reports.map(parsed)


@given(st.lists(mergeable_reports, min_size=1, max_size=3), st.data())
def test_merging_loses_no_point_and_invents_none(reports: list[Json], data: st.DataObject) -> None:
    expected: dict[Key, Json] = {}
    for report in reports:  # The last one comes first.
        for key, point in points_of(report).items():
            if key not in expected or (expected[key].get("value") is None and point.get("value") is not None):
                expected[key] = point
    merged = merge(reports)
    assert points_of(merged) == expected
    assert len(list(rows_of(merged))) == len(expected)
    if len(expected) == sum(len(points_of(report)) for report in reports):
        # Without equal points, the order of the files does not matter.
        assert points_of(merge(data.draw(st.permutations(reports)))) == expected
    for *_, metric in metrics_of(merged):
        for dataset in get_list(metric, "datasets"):
            versions = [get_str(point, "version") for point in get_list(dataset, "points")]
            assert versions == sorted(versions, key=version_order)


@given(*[mergeable_reports] * 3)
def test_merging_is_associative_and_idempotent(one: Json, two: Json, three: Json) -> None:
    merged = merge([one, two, three])
    # `repr` compares the order, too.
    assert repr(merge([merge([one, two]), three])) == repr(merged)
    assert repr(merge([one, merge([two, three])])) == repr(merged)
    assert repr(merge([merged])) == repr(merge([merged, merged])) == repr(merged)
    assert repr(merge([one, one])) == repr(merge([one]))


# --- Output

COLOUR_SEQUENCE = re.compile("\x1b\\[(?:0|1|2|32|33|1;31)m")
REORDERING = set("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
LAYOUTS = (
    *("metrics", "metrics --auto_insights", "metrics --format=csv", "metrics --fail-on-regression"),
    *("metrics --fail-above=10 --auto_insights", "metrics --fail-below-goal=good", "overview --fail-above=0"),
    *(
        "metrics --auto_insights --details",
        "metrics --percentile=top",
        "metrics --last=1",
        "metrics --format=csv --last=2",
    ),
    *("metrics --app-version=10.2 --auto_insights --details", "metrics --against=10.2", "metrics --app-version=10.2"),
    *("metrics --app-version=10.3 --against=10.2 --auto_insights", "metrics --app-version=10.2 --fail-on-regression"),
    *("metrics --format=html", "metrics --auto_insights --details --format=html", "overview --details --format=html"),
    *("overview", "overview --details", "overview --device=iPhone14_5", "overview --metric=Beta --fail-on-regression"),
    *("diagnostics", "diagnostics --callstack", "diagnostics --format=folded", "diagnostics --limit=1"),
    *("diagnostics --device=iPhone14,5", "diagnostics --os=1 --app-version=1"),
    *(f"diagnostics --format={name}" for name in ("markdown", "json", "csv")),
    *(f"diagnostics --format={name} --against={DATA / 'logs.json'}" for name in ("markdown", "json", "csv")),
    *(f"diagnostics --against={DATA / 'logs.json'}", f"diagnostics --format=folded --against={DATA / 'logs.json'}"),
)


def ppparser(report: Any, arguments: str, *, ascii_only: bool = False, **environ: str) -> Outcome:
    """Run `ppparser` on `report` in this process, and check what holds for all output."""
    buffers = [io.BytesIO(json_text(report, ascii_only).encode()), io.BytesIO(), io.BytesIO()]
    stdin, stdout, stderr = [io.TextIOWrapper(buffer, "utf-8", newline="") for buffer in buffers]
    streams = mock.patch.multiple(sys, stdin=stdin, stdout=stdout, stderr=stderr)
    with mock.patch.dict(os.environ, environ, clear=True), streams:
        status = run_program("ppparser", *arguments.split(), "--input=-")
    out, err = [buffer.getvalue().decode() for buffer in buffers[1:]]
    for char in {*(COLOUR_SEQUENCE.sub("", out) if environ else out), *err} - {"\n"}:
        assert unicodedata.category(char) not in ("Cc", "Cs", "Zl", "Zp")
        assert char not in REORDERING
    assert not err or re.fullmatch(r"ppparser: .*\n(  .*\n)*", err)
    assert "this is a bug" not in err
    return Outcome(status, out, err)


def check(report: Any, arguments: str) -> None:
    """Check that `ppparser` prints or rejects a report, and that neither its spelling nor colour matters."""
    status, out, err = ppparser(report, arguments)
    assert (status, bool(err)) in ((0, "leaf counts" in err), (1, True), (4, True))
    assert bool(out) == (status != 1) or any(
        option in arguments for option in ("--fo", "--fa", "--dev", "--os", "--ap", "--ag")
    )
    assert ppparser(report, arguments, ascii_only=True) == (status, out, err)
    coloured = ppparser(report, arguments, FORCE_COLOR="1")
    assert (coloured.status, coloured.err) == (status, err)
    # Blanks at the end of a line are removed unless an escape sequence follows them.
    lines = [line.rstrip() for line in COLOUR_SEQUENCE.sub("", coloured.out).split("\n")]
    assert lines == [line.rstrip() for line in out.split("\n")]


@given(anything | metrics_reports | diagnostics_reports, st.sampled_from(LAYOUTS))
@example(Object([("errors", [Object([("code", "\x1b[2J\u202e")])])]), "metrics")
def test_any_json_is_printed_or_rejected_in_one_message(report: Any, arguments: str) -> None:
    check(report, arguments)


@given(overviews, st.sampled_from([layout for layout in LAYOUTS if layout.startswith("overview")]))
def test_any_overview_is_printed_or_rejected_in_one_message(report: Any, arguments: str) -> None:
    check(report, arguments)


@given(metrics_reports, diagnostics_reports)
@example(Object(), Object([("productData", [Object([("diagnosticInsights", [Object()])])])]))
def test_exit_status_depends_on_the_content(metrics: Object, diagnostics: Object) -> None:
    report, products = parsed(metrics), get_list(parsed(diagnostics), "productData")
    assert ppparser(metrics, "metrics").status == (0 if has_metrics(report) else 1)
    status = ppparser(metrics, "metrics --fail-on-regression").status
    if get_list(get_dict(report, "insights"), "regressions"):
        assert status == 4
    elif has_metrics(report) and not insights_obstacle(report):  # The insights may be about another version.
        assert status in (0, 1)
    else:
        assert status == 1
    has_logs = any(get_list(one, key) for one in products for key in ("diagnosticInsights", "diagnosticLogs"))
    assert ppparser(diagnostics, "diagnostics").status == (0 if has_logs else 1)


def unprinted(values: Any, output: str) -> list[str]:
    """Return the texts in `values` that are not in `output`, whatever wrapping and padding make of blanks."""
    if isinstance(values, (list, tuple, dict)):
        items = values.items() if isinstance(values, dict) else values
        return [text for item in items for text in unprinted(item, output)]
    return [values] if isinstance(values, str) and "".join(values.split()) not in output else []


@given(metrics_reports.filter(lambda report: has_metrics(parsed(report))))
def test_all_texts_and_numbers_of_metrics_are_printed(report: Object) -> None:
    selection = select(parsed(report))
    values: list[Any] = [metric[:5] for metric in selection.metrics]
    datasets = [dataset for metric in selection.metrics for dataset in metric.datasets]
    values += [(one.device_label, one.recommended_goal) for one in datasets]
    for one in datasets:
        values += [one.versions, one.values.texts, one.margins.texts, one.goals]
        values += [shorten(label, 24, PLAIN)[:23] for label in one.shares]
        values += [share for column in one.shares.values() for share in column.values()]
    assert unprinted(values, "".join(ppparser(report, "metrics").out.split())) == []
    values = [insight[1:3] + insight[4:6] + insight[7:8] for insight in selection.insights]
    values += [(one.latest_version, shorten(one.subsystem, 34, PLAIN)[:33]) for one in selection.insights]
    populations = [one for insight in selection.insights for one in insight.populations]
    values += [one[2:5] for one in populations]
    values += [one.summary for one in populations]
    output = ppparser(report, "metrics --auto_insights --details").out
    assert unprinted(values, "".join(output.split())) == []


@given(metrics_reports.filter(lambda report: has_metrics(parsed(report))))
def test_all_texts_and_numbers_of_metrics_are_in_the_page(report: Object) -> None:
    selection = select(parsed(report))
    values: list[Any] = [metric[:5] for metric in selection.metrics]
    datasets = [dataset for metric in selection.metrics for dataset in metric.datasets]
    values += [(one.device_label, one.recommended_goal) for one in datasets]
    for one in datasets:
        values += [one.versions, one.values.texts, one.margins.texts, one.goals]
        values += [*one.shares, *(share for column in one.shares.values() for share in column.values())]
    assert unprinted(values, text_of_page(ppparser(report, "metrics --format=html").out)) == []
    values = [(*one[1:6], shorten(one.subsystem, 34, PLAIN)[:33], one.summary) for one in selection.insights]
    values += [(*one[2:5], one.summary) for insight in selection.insights for one in insight.populations]
    output = text_of_page(ppparser(report, "metrics --auto_insights --details --format=html").out)
    assert unprinted(values, output) == []


def text_of_page(page: str) -> str:
    """Return the text of a page without blanks."""
    return "".join("".join(read_page(page).itertext()).split())


@given(diagnostics_reports)
def test_all_logs_are_printed_with_a_line_per_frame(report: Object) -> None:
    signatures = select_logs(parsed(report))
    logs = [log for one in signatures for log in one.logs]
    insights = [insight for one in signatures for insight in one.insights]
    values = [[get_str(one, key) for key in ("insightsCategory", "insightsString", "insightsURL")] for one in insights]
    members = [get_dict(log, "diagnosticMetaData") for log in logs]
    values += [[one.id for one in signatures], *([get_str(one, key) for key in one] for one in members)]
    assert unprinted(values, "".join(ppparser(report, "diagnostics --callstack").out.split())) == []
    for roots in [roots for log in logs for _, roots in call_stacks(log)]:
        lines = [line for line in frame_lines(roots, PLAIN) if "^ insight" not in line]
        frames = [frame for frame, *_ in walk(roots)]
        assert len(lines) == len(frames)
        for line, frame in zip(lines, frames):
            raw = frame.get("rawFrame")
            assert (scalar_text(raw) if raw and isinstance(raw, str) else get_str(frame, "symbolName")) in line
            assert scalar_text(frame.get("sampleCount")) in line
