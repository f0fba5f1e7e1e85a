"""Properties of `ppparser` that hold for every document, however damaged; hypothesis makes the documents.

`pytest --hypothesis-profile=thorough` tries 2,000 documents for each property; `conftest.py` has the profiles.
"""

from __future__ import annotations

import csv
import gc
import io
import json
import os
import re
import sys
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple
from unittest import mock

from hypothesis import example, given
from hypothesis import strategies as st

from ppparser import cli
from ppparser.report import LARGEST_AMOUNT
from ppparser.terminal import clean

# --- Documents, with control over how each number is spelled and which keys come twice


class Number(str):
    """A JSON number in the spelling that the document uses."""


class Object(list):  # type: ignore[type-arg]
    """The members of a JSON object as pairs; of a key that comes twice the last one counts."""

    def get(self, key: str) -> Any:
        """The value that a JSON parser would keep for `key`."""
        return dict(self).get(key)


def json_text(value: Any, ascii_only: bool) -> str:
    if isinstance(value, Number):
        return str(value)
    if isinstance(value, Object):
        members = [f"{json_text(key, ascii_only)}: {json_text(member, ascii_only)}" for key, member in value]
        return "{" + ", ".join(members) + "}"
    if isinstance(value, list):
        return "[" + ",".join([json_text(item, ascii_only) for item in value]) + "]"
    # A lone surrogate has no UTF-8: it can only come as an escape.
    return re.sub("[\ud800-\udfff]", lambda lone: f"\\u{ord(lone[0]):04X}", json.dumps(value, ensure_ascii=ascii_only))


NO_NUMBERS = ("NaN", "Infinity", "-Infinity")
SPELLINGS = (
    *("0", "1", "-1", "7", "2014.30", "1e3", "-0.0", "1E+2", "0.1", "1e-7", "33.00"),
    *("1e999", "-1e999", "5e-324", "1.7976931348623157e308", "-1.7976931348623157e308"),
    *("9" * 400, "-" + "9" * 400, "9" * 4300),
    *NO_NUMBERS,
)
numbers = (
    st.sampled_from(SPELLINGS)
    | st.integers(-(10**6), 10**6).map(str)
    | st.tuples(st.integers(0, 999), st.integers(0, 999)).map(lambda parts: f"{parts[0]}.{parts[1]}")
).map(Number)
NASTY = (
    *("", " ", "  two  blanks ", "x" * 300, "words " * 40, "good", "Poor", "fair", "percentile.fifty", "top (most)"),
    *("\x1b[31mred", "\x1b]0;title\x07", "\r\n", "a\nb", "\x00", "\x9b2J", "\u2028", "\u202eabc\u2066", "\ufeff"),
    *("\ud800", "\udfff\ud800", "\ud83d\ude00", "\u05e9\u05dc\u05d5\u05dd", "\u0645\u0631\u062d\u0628\u0627"),
    *("\u96fb\u8a71", "e\u0301", "\U0001f468\u200d\U0001f469", "=1+1", "@x", "-5", "+", "a,b", 'a "b"', "a;b", "'"),
)
strings = st.sampled_from(NASTY) | st.text(st.characters(), max_size=8)
names = st.sampled_from(("alpha", "Beta", "gamma", "all_iphones", "iPhone14_5", "10.2", "10.3")) | strings
junk = st.one_of(
    st.none(),
    st.booleans(),
    numbers,
    strings,
    st.just([]),
    st.just(Object()),
    st.lists(st.none() | numbers | strings, max_size=2),
    numbers.map(lambda value: Object([("value", value)])),
)
MISSING = object()
ONE_IN_TEN = st.sampled_from([False] * 9 + [True])


@st.composite
def damaged(draw: st.DrawFn, **fields: st.SearchStrategy[Any]) -> Object:
    """An object of Apple's schema; of one in ten a field or two are missing, something else, or there twice."""
    damage: dict[str, Any] = {}
    members = []
    if draw(ONE_IN_TEN):
        damage = draw(st.dictionaries(st.sampled_from(sorted(fields)), junk | st.just(MISSING), min_size=1, max_size=2))
        members = [(draw(st.sampled_from(sorted(fields))), draw(junk))]
    members += [(key, damage[key] if key in damage else draw(field)) for key, field in fields.items()]
    return Object(member for member in members if member[1] is not MISSING)


@st.composite
def several(draw: st.DrawFn, of: st.SearchStrategy[Any], most: int) -> list[Any]:
    """An array; one in ten is empty, or holds something that does not belong."""
    if draw(ONE_IN_TEN):
        return draw(st.lists(of | junk, max_size=most))
    return [draw(of) for _ in range(draw(st.integers(1, most)))]


shares = damaged(value=numbers, subSystemLabel=names)
points = damaged(
    version=names, value=numbers, errorMargin=numbers, goal=names, percentageBreakdown=shares | several(shares, 3)
)
datasets = damaged(
    filterCriteria=damaged(device=names, deviceMarketingName=names, percentile=names),
    points=several(points, 4),
    recommendedMetricGoal=damaged(value=numbers, detail=strings),
)
categories = damaged(
    identifier=names,
    metrics=several(
        damaged(
            identifier=names,
            unit=damaged(identifier=names, displayName=names),
            goalKeys=several(damaged(goalKey=names, lowerBound=numbers, upperBound=numbers), 2),
            datasets=several(datasets, 2),
        ),
        2,
    ),
)
insights = damaged(
    metricCategory=names,
    metric=names,
    latestVersion=names,
    referenceVersions=names | several(names, 2),
    maxLatestVersionValue=numbers,
    subSystemLabel=names,
    highImpact=st.booleans(),
    summaryString=strings,
    populations=several(
        damaged(
            device=names,
            percentile=names,
            latestVersionValue=numbers,
            referenceAverageValue=numbers,
            deltaPercentage=numbers,
            summaryString=strings,
        ),
        2,
    ),
)
metrics_reports = damaged(
    version=names,
    insights=damaged(regressions=several(insights, 2), trendingUp=several(insights, 2)),
    productData=several(damaged(platform=names, metricCategories=several(categories, 2)), 2),
)

counts = st.integers(0, 20).map(Number) | numbers
frame_kinds = damaged(
    rawFrame=strings,
    symbolName=names,
    binaryName=names,
    address=names,
    offsetIntoSymbol=names,
    fileName=names,
    lineNumber=names,
    sampleCount=counts,
    isBlameFrame=st.booleans(),
    insightsCategory=names,
)


@st.composite
def trees_of_frames(draw: st.DrawFn) -> list[Any]:
    """Root frames of a tree that is a chain, a bush, or anything between."""
    kinds = draw(st.lists(frame_kinds, min_size=1, max_size=3))
    # Runs of frames, each the only child of the one above; the next run hangs some frames further up.
    runs = draw(st.lists(st.tuples(st.integers(1, 12), st.integers(0, 40), st.integers(0, 2)), min_size=1, max_size=8))
    roots: list[Any] = []
    path = [roots]
    for length, ascent, kind in runs:
        del path[max(1, len(path) - ascent) :]
        for _ in range(length):
            frame = Object(kinds[kind % len(kinds)])
            below: list[Any] = []
            frame.append(("subFrames", below))
            path[-1].append(frame)
            path.append(below)
    if draw(ONE_IN_TEN):
        path[-1].append(draw(junk))
    return roots


logs = damaged(
    diagnosticMetaData=damaged(
        appVersion=names,
        buildVersion=names,
        deviceType=names,
        osVersion=names,
        event=strings,
        writesCaused=strings,
        somethingNew=strings,
    ),
    callStackTree=several(
        damaged(
            callStackPerThread=st.booleans(),
            callStacks=several(damaged(callStackRootFrames=trees_of_frames()), 2),
        ),
        2,
    ),
)
diagnostics_reports = damaged(
    version=names,
    productData=several(
        damaged(
            signatureId=names,
            diagnosticInsights=several(damaged(insightsCategory=names, insightsString=strings, insightsURL=strings), 2),
            diagnosticLogs=several(logs, 2),
        ),
        2,
    ),
)
known_keys = st.sampled_from(
    (
        *("productData", "insights", "regressions", "metricCategories", "signatureId", "diagnosticLogs"),
        *("errors", "data", "type", "code"),
    )
)
anything = st.recursive(
    st.none() | st.booleans() | numbers | strings,
    lambda inside: (
        st.lists(inside, max_size=3) | st.lists(st.tuples(known_keys | strings, inside), max_size=3).map(Object)
    ),
    max_leaves=10,
)


# --- What a document says, read apart from the program


def objects(parent: Any, key: str) -> list[Object]:
    value = parent.get(key)
    return [item for item in value if isinstance(item, Object)] if type(value) is list else []


def inner(parent: Any, key: str) -> Object:
    value = parent.get(key)
    return value if isinstance(value, Object) else Object()


def shown(value: Any) -> str:
    """A string as it must be shown; empty for what is no string."""
    # Two halves of one character, each an escape, are that character.
    return clean(json.loads(json.dumps(value))) if type(value) is str else ""


def string(parent: Any, key: str) -> str:
    return shown(parent.get(key))


def number(parent: Any, key: str) -> str:
    value = parent.get(key)
    return value if isinstance(value, Number) and value not in NO_NUMBERS else ""


class Metric(NamedTuple):
    """A metric of a document with what it stands under."""

    platform: str
    category: str
    name: str
    unit: str
    itself: Object


def metrics_of(document: Any) -> list[Metric]:
    return [
        Metric(
            string(product, "platform"),
            string(category, "identifier"),
            string(metric, "identifier"),
            string(inner(metric, "unit"), "displayName") or string(inner(metric, "unit"), "identifier"),
            metric,
        )
        for product in objects(document, "productData")
        for category in objects(product, "metricCategories")
        for metric in objects(category, "metrics")
    ]


def insights_of(document: Any, key: str) -> list[Object]:
    return objects(inner(document, "insights"), key)


def has_metrics(document: Any) -> bool:
    return bool(metrics_of(document) or insights_of(document, "regressions") or insights_of(document, "trendingUp"))


def logs_of(document: Any) -> list[Object]:
    return [log for product in objects(document, "productData") for log in objects(product, "diagnosticLogs")]


def has_logs(document: Any) -> bool:
    return bool(logs_of(document)) or any(
        objects(product, "diagnosticInsights") for product in objects(document, "productData")
    )


def stacks_of(log: Object) -> list[list[Object]]:
    return [
        objects(stack, "callStackRootFrames")
        for tree in objects(log, "callStackTree")
        for stack in objects(tree, "callStacks")
    ]


def pre_order(frames: list[Object]) -> Iterator[Object]:
    for frame in frames:
        yield frame
        yield from pre_order(objects(frame, "subFrames"))


def samples(frame: Object) -> int:
    count = number(frame, "sampleCount")
    return int(count) if re.fullmatch("[0-9]+", count) and int(count) <= LARGEST_AMOUNT else 0


# --- A run of the program, and how its output is read


class Outcome(NamedTuple):
    """How a run ended and what it wrote."""

    status: int
    out: str
    err: str


def ppparser(document: Any, *argv: str, ascii_only: bool = False, **environ: str) -> Outcome:
    """Runs `ppparser ARGV...` on `document` in this process."""
    content = json_text(document, ascii_only).encode()
    streams = [io.TextIOWrapper(io.BytesIO(start), "utf-8", newline="") for start in (content, b"", b"")]
    stdin, stdout, stderr = streams
    here = mock.patch.multiple(sys, stdin=stdin, stdout=stdout, stderr=stderr)
    with mock.patch.dict(os.environ, environ, clear=True), here:
        try:
            status = cli.run(cli.main, [argv[0], "--input=-", *argv[1:]])
        finally:
            gc.enable()  # The program leaves it off, for it ends there.
    for stream in streams:
        stream.flush()
    out, err = [stream.buffer.getvalue().decode() for stream in (stdout, stderr)]  # type: ignore[attr-defined]
    assert_clean(re.sub("\x1b\\[(?:0|1|2|32|33|1;31)m", "", out) if environ.get("FORCE_COLOR") else out)
    assert_clean(err)
    assert "this is a bug" not in err
    return Outcome(status, out, err)


def assert_clean(output: str) -> None:
    """Nothing but line feeds that a terminal would obey, or that would reorder a line."""
    found = {char for char in output if not char.isprintable() and char != "\n"}
    obeyed = {char for char in found if unicodedata.category(char) in ("Cc", "Cs", "Zl", "Zp")}
    reordering = found & set("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
    assert (obeyed, reordering) == (set(), set())


def folded(text: str) -> str:
    """`text` without what wrapping and padding make of its blanks."""
    return " ".join(text.split())


def assert_in_order(output: str, pieces: list[str]) -> None:
    """Each of `pieces` is in `output` after the one before it."""
    whole, position = folded(output), 0
    for piece in map(folded, pieces):
        found = whole.find(piece, position)
        assert found >= 0, (piece, whole[position:])
        position = found + len(piece)


# --- The properties


def an_object(**members: Any) -> Object:
    return Object(members.items())


def report_of_insight(**members: Any) -> Object:
    return an_object(insights=an_object(trendingUp=[an_object(**members)]))


def report_of_points(*values: Number) -> Object:
    metric = an_object(datasets=[an_object(points=[an_object(value=value) for value in values])])
    return an_object(productData=[an_object(metricCategories=[an_object(metrics=[metric])])])


def report_of_devices(*devices: tuple[str, str]) -> Object:
    """A regression on the first device, and a point for each."""
    datasets = [
        an_object(filterCriteria=an_object(device=name, deviceMarketingName=marketing), points=[an_object()])
        for name, marketing in devices
    ]
    category = an_object(identifier="Hang", metrics=[an_object(datasets=datasets)])
    insight = an_object(populations=[an_object(device=devices[0][0])])
    return an_object(
        insights=an_object(regressions=[insight]), productData=[an_object(platform="iOS", metricCategories=[category])]
    )


def report_of_frames(*frames: Object) -> Object:
    tree = an_object(callStacks=[an_object(callStackRootFrames=list(frames))])
    return an_object(productData=[an_object(diagnosticLogs=[an_object(callStackTree=[tree])])])


ASCII_ONLY = st.booleans()
METRICS_MODES = ((), ("--auto_insights",), ("--csv",), ("--fail-on-regression",))
DIAGNOSTICS_MODES = ((), ("--callstack",), ("--folded",), ("--limit=1",))
MODES = [("metrics", *mode) for mode in METRICS_MODES] + [("diagnostics", *mode) for mode in DIAGNOSTICS_MODES]


@given(anything, st.sampled_from(MODES), ASCII_ONLY)
@example(report_of_insight(metric="\x1b[2J\x9b", summaryString="\r\x00"), ("metrics", "--auto_insights"), True)
@example(an_object(errors=[an_object(code="\x1b[2J\u202e")]), ("metrics",), False)
def test_any_json_is_printed_or_refused_in_one_message(document: Any, argv: tuple[str, ...], ascii_only: bool) -> None:
    status, out, err = ppparser(document, *argv, ascii_only=ascii_only)
    if status == 1:
        assert (out, err[:10], err[-1:]) == ("", "ppparser: ", "\n")
    else:
        assert (status, bool(out)) in ((0, True), (0, "--folded" not in argv), (4, True))


@given(metrics_reports, ASCII_ONLY)
@example(report_of_insight(metric="hangRate"), False)
@example(report_of_points(Number("5e-324"), Number("1e-323"), Number("0")), False)
def test_a_metrics_report_is_refused_only_where_it_holds_neither_metric_nor_insight(
    document: Any, ascii_only: bool
) -> None:
    status, out, err = ppparser(document, "metrics", ascii_only=ascii_only)
    assert (status, bool(out), bool(err)) == ((0, True, False) if has_metrics(document) else (1, False, True))


def percentile_said(criteria: Object) -> str:
    name = string(criteria, "percentile")
    said = {"percentile.fifty": "typical (50th percentile)", "percentile.ninety": "top (90th percentile)"}
    return said.get(name) or name or "unknown percentile"


def device_said(name: str, marketing: str) -> str:
    if name and marketing and not name.lower().startswith("all_"):
        return f"{marketing} ({name})"
    return marketing or name or "unknown device"


def goal_said(goal: str) -> str:
    return goal + {"fair": "!", "poor": "!!"}.get(goal.lower(), "")


def headings(document: Any) -> Iterator[tuple[str, list[str], list[str]]]:
    """A pattern of each line that something stands under, what words that has, and what prose in order."""
    under = None
    for metric in metrics_of(document):
        if under != metric[:2]:
            under = metric[:2]
            heading = f"{metric.category or 'no category'}  {metric.platform}".rstrip()
            if heading:  # A category may be called " ".
                yield re.escape(heading), [], []
        bands = [
            piece
            for band in objects(metric.itself, "goalKeys")
            for piece in (goal_said(string(band, "goalKey")), number(band, "lowerBound"), number(band, "upperBound"))
        ]
        unit = f", {metric.unit}" if metric.unit else ""
        yield re.escape(f"  {metric.name or 'unnamed metric'}{unit}"), [], bands
        for dataset in objects(metric.itself, "datasets"):
            criteria, goal = inner(dataset, "filterCriteria"), inner(dataset, "recommendedMetricGoal")
            device = device_said(string(criteria, "device"), string(criteria, "deviceMarketingName"))
            yield (
                re.escape(f"    {device}, {percentile_said(criteria)}".rstrip()) + r"[\s\u2581-\u2588]*",
                list(words_of_points(dataset, metric.unit)),
                [number(goal, "value") and f"{number(goal, 'value')} {metric.unit}", string(goal, "detail")],
            )


def words_of_points(dataset: Object, unit: str) -> Iterator[str]:
    labels = set()
    for point in objects(dataset, "points"):
        yield from string(point, "version").split()
        yield number(point, "value")
        yield number(point, "errorMargin")
        yield from goal_said(string(point, "goal")).split()
        breakdown = point.get("percentageBreakdown")
        for share in [breakdown] if isinstance(breakdown, Object) else objects(point, "percentageBreakdown"):
            yield number(share, "value")
            labels.add(string(share, "subSystemLabel") or "unnamed")
    yield from " ".join(f"{label} %" for label in labels).split()
    yield from unit.split() if objects(dataset, "points") else ()


def without_scorecard(output: str) -> list[str]:
    """The lines below the worst regression and the scorecard, which repeat what follows."""
    for start in ("Worst in ", "Scorecard, "):
        if output.startswith(start):
            output = output.split("\n\n", 1)[1]
    return output.split("\n")


@given(metrics_reports, ASCII_ONLY)
def test_every_metric_and_point_is_printed_under_its_device_and_percentile(document: Any, ascii_only: bool) -> None:
    lines = without_scorecard(ppparser(document, "metrics", ascii_only=ascii_only).out)
    expected = list(headings(document))
    starts: list[int] = []
    for pattern, _, _ in expected:
        below = range(starts[-1] + 1 if starts else 0, len(lines))
        starts.append(next(place for place in below if re.fullmatch(pattern, lines[place])))
    assert not any(lines[: starts[0]] if starts else [])
    for first, last, (_, words, prose) in zip(starts, [*starts[1:], len(lines)], expected):
        section = " ".join(lines[first + 1 : last])
        assert Counter(filter(None, words)) - Counter(section.split()) == Counter()
        assert_in_order(section, prose)


def by_urgency(insights: list[Object]) -> list[Object]:
    """High impact first, then by the largest change that counts."""

    def urgency(insight: Object) -> tuple[bool, float]:
        changes = [float(number(p, "deltaPercentage") or "-inf") for p in objects(insight, "populations")]
        changes = [change if abs(change) <= LARGEST_AMOUNT else float("-inf") for change in changes]
        return insight.get("highImpact") is not True, -max(changes, default=0)

    return sorted(insights, key=urgency)


def marketing_names(document: Any) -> dict[str, str]:
    """The first that a dataset has of each device."""
    found: dict[str, str] = {}
    for metric in metrics_of(document):
        for dataset in objects(metric.itself, "datasets"):
            criteria = inner(dataset, "filterCriteria")
            if name := string(criteria, "deviceMarketingName"):
                found.setdefault(string(criteria, "device"), name)
    return found


def insight_said(insight: Object, document: Any) -> list[str]:
    key = (string(insight, "metricCategory"), string(insight, "metric"))
    unit = next((metric.unit for metric in metrics_of(document) if (metric.category, metric.name) == key), "")
    references = insight.get("referenceVersions")
    known = [shown(version) for version in (references if type(references) is list else [references])]
    maximum = number(insight, "maxLatestVersionValue")
    said = [f"{key[0] or 'no category'} {key[1] or 'unnamed metric'}"]
    said += ["HIGH IMPACT"] if insight.get("highImpact") is True else []
    said += [string(insight, "latestVersion"), *known, maximum and f"maximum {maximum} {unit}".rstrip()]
    said += [string(insight, "subSystemLabel"), string(insight, "summaryString")]
    marketing = marketing_names(document)
    for population in objects(insight, "populations"):
        name = string(population, "device")
        change = number(population, "deltaPercentage")
        said += [
            name and device_said(name, marketing.get(name, "")),
            percentile_said(population).replace("typical (50th percentile)", "typical").split(" (90th")[0],
            number(population, "latestVersionValue"),
            number(population, "referenceAverageValue"),
            change and f"{'' if change.startswith('-') else '+'}{change} %",
            string(population, "summaryString"),
        ]
    return said


@given(metrics_reports, ASCII_ONLY)
@example(report_of_devices(("bell\x07", "Bell"), ("bell\x07", "")), False)
@example(report_of_insight(populations=[an_object(percentile="percentile.top (most)")]), False)
def test_every_insight_is_printed_worst_first_with_its_populations(document: Any, ascii_only: bool) -> None:
    out = ppparser(document, "metrics", "--auto_insights", ascii_only=ascii_only).out
    said = []
    for title, key in (("Regressions", "regressions"), ("Trending up", "trendingUp")):
        insights = insights_of(document, key)
        said.append(f"{title}: {len(insights) or 'none'}")
        said += [piece for insight in by_urgency(insights) for piece in insight_said(insight, document)]
    assert_in_order(out, said if has_metrics(document) else [])


def judged(metric: Object) -> list[Object]:
    """The datasets of all iPhones, else of all iPads, else of the first device, where they have points."""
    datasets = objects(metric, "datasets")
    devices = [string(inner(dataset, "filterCriteria"), "device") for dataset in datasets]
    device = next((wide for wide in ("all_iphones", "all_ipads") if wide in devices), devices[0] if devices else "")
    return [d for d, of in zip(datasets, devices) if of == device and objects(d, "points")]


@given(metrics_reports, ASCII_ONLY)
def test_the_scorecard_has_the_newest_values_of_every_metric_with_points(document: Any, ascii_only: bool) -> None:
    out = ppparser(document, "metrics", ascii_only=ascii_only).out
    words = Counter(out[: len(out) - len("\n".join(without_scorecard(out)))].split())
    expected = Counter[str]()
    for metric in metrics_of(document):
        newest = {}
        for dataset in judged(metric.itself):
            newest[string(inner(dataset, "filterCriteria"), "percentile")] = objects(dataset, "points")[-1]
        expected.update(f"{metric.category} {metric.name}".split() if newest else [])
        for percentile in ("percentile.fifty", "percentile.ninety"):
            expected.update(number(newest[percentile], "value").split() if percentile in newest else [])
    assert expected - words == Counter()


def rows_of(document: Any) -> list[list[str]]:
    """A row for each point in the order of the document, as `--csv` has to give it."""
    return [
        [
            *metric[:4],
            *(string(inner(dataset, "filterCriteria"), key) for key in ("device", "deviceMarketingName", "percentile")),
            string(point, "version"),
            number(point, "value"),
            number(point, "errorMargin"),
            string(point, "goal"),
        ]
        for metric in metrics_of(document)
        for dataset in objects(metric.itself, "datasets")
        for point in objects(dataset, "points")
    ]


HEADER = [
    *("platform", "category", "metric", "unit", "device", "marketing_name"),
    *("percentile", "version", "value", "error_margin", "goal"),
]
NUMBER_COLUMNS = (8, 9)


def rows_read(out: str) -> list[list[str]]:
    """The rows below the heading."""
    rows = list(csv.reader(io.StringIO(out), strict=True))
    assert rows[:1] == [HEADER]
    return rows[1:]


def defused(row: list[str]) -> list[str]:
    """A row with an apostrophe before each text that a spreadsheet would calculate."""
    return [
        f"'{cell}" if cell[:1] in ("=", "+", "-", "@") and column not in NUMBER_COLUMNS else cell
        for column, cell in enumerate(row)
    ]


@given(metrics_reports, ASCII_ONLY)
def test_csv_read_back_is_every_point_of_the_document(document: Any, ascii_only: bool) -> None:
    out = ppparser(document, "metrics", "--csv", ascii_only=ascii_only).out
    expected = list(map(defused, rows_of(document)))
    assert (rows_read(out) if out else None) == (expected if has_metrics(document) else None)


def same_device(wanted: str, name: str, marketing: str) -> bool:
    plain = [known.lower().replace(",", "_") for known in (wanted, name, marketing)]
    return plain[0] in plain[1:]


@given(
    metrics_reports,
    st.sampled_from(("metric", "device", "platform")),
    st.integers(0, 99),
    st.sampled_from((str, str.upper, str.lower)),
)
@example(report_of_devices(("iPhone14_5", "iPhone 13")), "device", 0, str.upper)
@example(report_of_devices(("iPhone14_5", "iPhone 13")), "platform", 0, str.upper)
@example(report_of_devices(("iPhone14_5", "iPhone 13")), "metric", 0, str.upper)
def test_a_filter_leaves_the_points_that_fit_it_and_no_others(
    document: Any, kind: str, choice: int, change_case: Callable[[str], str]
) -> None:
    rows = rows_of(document)
    columns = {"metric": (1, 2), "device": (4,), "platform": (0,)}[kind]
    names = [row[column] for row in rows for column in columns if row[column]] or ["none"]
    changed = change_case(names[choice % len(names)])
    status, out, err = ppparser(document, "metrics", "--csv", f"--{kind}={changed}")
    if kind == "device":
        # Of several marketing names that a document gives a device, the first counts for all its datasets.
        marketing = marketing_names(document)
        expected = [row for row in rows if row[4] and same_device(changed, row[4], marketing.get(row[4], ""))]
    else:
        expected = [row for row in rows if changed.lower() in [row[column].lower() for column in columns]]
    if status == 0:
        assert [row for row in rows_read(out) if row[4] or kind != "device"] == list(map(defused, expected))
    else:
        assert (status, out, expected, f"no {kind} " in err or not has_metrics(document)) == (1, "", [], True)


@given(metrics_reports, ASCII_ONLY)
def test_fail_on_regression_ends_with_4_where_there_is_a_regression(document: Any, ascii_only: bool) -> None:
    status, _, err = ppparser(document, "metrics", "--fail-on-regression", ascii_only=ascii_only)
    if has_metrics(document):
        regressions = bool(insights_of(document, "regressions"))
        assert status == (4 if regressions else 0)
        assert bool(err) == (regressions or all(key != "insights" for key, _ in document))
    else:
        assert status == 1


@given(metrics_reports, diagnostics_reports, st.sampled_from(MODES))
def test_colour_adds_nothing_but_escape_sequences(metrics: Any, diagnostics: Any, argv: tuple[str, ...]) -> None:
    document = metrics if argv[0] == "metrics" else diagnostics
    plain = ppparser(document, *argv)
    coloured = ppparser(document, *argv, FORCE_COLOR="1")
    assert (coloured.status, coloured.err) == (plain.status, plain.err)
    # Blanks that a line ends with are cut off only where no escape sequence comes after them.
    stripped = re.sub("\x1b\\[[0-9;]*m", "", coloured.out)
    assert [line.rstrip() for line in stripped.split("\n")] == [line.rstrip() for line in plain.out.split("\n")]


LABELS = {
    "appVersion": "app version",
    "buildVersion": "build",
    "deviceType": "device",
    "osVersion": "OS",
    "event": "event",
    "writesCaused": "writes caused",
    "somethingNew": "somethingNew",
}


def meta_data_said(log: Object) -> list[str]:
    meta_data = inner(log, "diagnosticMetaData")
    return [f"{label} {string(meta_data, key)}" for key, label in LABELS.items() if string(meta_data, key)]


@given(diagnostics_reports, ASCII_ONLY)
def test_every_signature_insight_and_log_is_printed_with_its_meta_data(document: Any, ascii_only: bool) -> None:
    status, out, _ = ppparser(document, "diagnostics", ascii_only=ascii_only)
    said = []
    for product in objects(document, "productData"):
        logs, insights = objects(product, "diagnosticLogs"), objects(product, "diagnosticInsights")
        if logs or insights:
            said.append(f"ID {string(product, 'signatureId')}")
        for insight in insights:
            said += [f"insight {string(insight, 'insightsCategory')}", string(insight, "insightsString")]
            said.append(string(insight, "insightsURL"))
        for position, log in enumerate(logs, 1):
            said += [f"Log {position} of {len(logs)}", *meta_data_said(log)]
    assert status == (0 if has_logs(document) else 1)
    assert_in_order(out, said)


def assert_frame(line: str, frame: Object) -> None:
    """`line` starts with the samples and the mark of `frame` and ends with its text, or has the parts of it."""
    count = number(frame, "sampleCount")
    start = f"{count:>8} {'>' if frame.get('isBlameFrame') is True else ' '} "
    raw = string(frame, "rawFrame")
    assert line.startswith(start)
    if raw:
        assert line.endswith(raw)
        assert re.fullmatch(r" *([+][0-9]* )?", line[len(start) : len(line) - len(raw)])
    else:
        symbol, place = string(frame, "symbolName") or "unknown symbol", string(frame, "fileName")
        binary, address = string(frame, "binaryName"), string(frame, "address")
        offset = string(frame, "offsetIntoSymbol")
        said = [count, symbol, binary and f"(in {binary})", offset and f"+ {offset}"]
        said += [place and f"({place}", address and f"[{address}]"]
        assert_in_order(line[len(start) :], said)


@given(diagnostics_reports, ASCII_ONLY)
@example(
    report_of_frames(
        an_object(
            sampleCount=Number(1), subFrames=[an_object(sampleCount=Number("9" * 400), isBlameFrame=True, rawFrame="a")]
        )
    ),
    False,
)
def test_every_frame_is_printed_once_in_pre_order_with_its_samples(document: Any, ascii_only: bool) -> None:
    lines = iter(ppparser(document, "diagnostics", "--callstack", ascii_only=ascii_only).out.split("\n"))
    for log in logs_of(document):
        stacks = stacks_of(log)
        for position, roots in enumerate(stacks, 1):
            heading = re.compile(
                f"    (Thread|Call stack) {position} of {len(stacks)}, samples first, > marks your app"
            )
            assert any(map(heading.fullmatch, lines))
            for frame in pre_order(roots):
                assert_frame(next(lines), frame)
                if string(frame, "insightsCategory"):
                    assert next(lines).strip() == f"^ insight {string(frame, 'insightsCategory')}".strip()
            assert next(lines) == ""


@given(diagnostics_reports, st.integers(1, 5))
def test_limit_leaves_the_first_logs_of_the_report(document: Any, limit: int) -> None:
    out = ppparser(document, "diagnostics", f"--limit={limit}").out
    kept = logs_of(document)[:limit]
    assert len(re.findall("^  Log [0-9]+ of [0-9]+$", out, re.MULTILINE)) == len(kept)
    assert_in_order(out, [said for log in kept for said in meta_data_said(log)])


COUNT_OR_ADDRESS = r"^[0-9]+ | \[0x[0-9a-fA-F]+\]$"


def own_samples(frames: list[Object], above: tuple[str, ...] = ()) -> Counter[str]:
    """The samples that each stack, written root first, has more than the frames that it leads to."""
    found = Counter[str]()
    for frame in frames:
        name = string(frame, "symbolName") or re.sub(COUNT_OR_ADDRESS, "", string(frame, "rawFrame"))
        if not name:
            binary = string(frame, "binaryName")
            name = "unknown symbol" + (f" (in {binary})" if binary else "")
        below = objects(frame, "subFrames")
        path = (*above, name.replace(";", ":"))
        own = samples(frame) - sum(map(samples, below))
        if own > 0:
            found[";".join(path)] += own
        found.update(own_samples(below, path))
    return found


@given(diagnostics_reports, ASCII_ONLY)
@example(report_of_frames(*[an_object(sampleCount=Number("9" * 4300), symbolName="main")] * 2), False)
def test_folded_stacks_have_the_samples_of_all_logs(document: Any, ascii_only: bool) -> None:
    out = ppparser(document, "diagnostics", "--folded", ascii_only=ascii_only).out
    printed = dict(line.rsplit(" ", 1) for line in out.split("\n")[:-1])
    assert len(printed) == out.count("\n")
    wanted = Counter[str]()
    for log in logs_of(document):
        for roots in stacks_of(log):
            wanted.update(own_samples(roots))
    assert {path: int(count) for path, count in printed.items()} == wanted


def test_each_of_3000_datasets_is_printed() -> None:
    many = []
    for model in range(3000):
        criteria = an_object(device=f"iPhone{model}_1", percentile="percentile.fifty")
        many.append(an_object(filterCriteria=criteria, points=[an_object(version="1.0", value=Number(model))]))
    category = an_object(identifier="LAUNCH", metrics=[an_object(identifier="launchTime", datasets=many)])
    report = an_object(productData=[an_object(metricCategories=[category])])
    status, out, err = ppparser(report, "metrics")
    said = [(f"iPhone{model}_1, typical (50th percentile)", f"value {model}") for model in range(3000)]
    assert (status, err) == (0, "")
    assert_in_order(out, [piece for pair in said for piece in pair])
