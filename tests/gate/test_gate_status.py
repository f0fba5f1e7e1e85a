"""The gate from files to the exit status: nothing passes that could not be judged."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.helpers.documents import IPADS, IPHONES, IPHONES_TOP, MODEL, Object, dataset, insight, metric, points
from tests.helpers.support import DATA, Run

PASSED, UNJUDGED, FAILED = 0, 1, 4
VERSIONS = ["8.0.0", "8.0.1", "8.1.0"]
REGRESSION = "--fail-on-regression"
ABOVE = "--fail-above=10"
FAIR, GOOD = "--fail-below-goal=fair", "--fail-below-goal=good"


def series(*values: Any, criteria: object = IPHONES, **members: Any) -> Object:
    """Return a dataset whose last value belongs to the last version, with a goal per value if there are any."""
    goals = members.pop("goals", ())
    versions = members.pop("versions", VERSIONS[-len(values) :] if values else [])
    return dataset(criteria, points(*values, versions=versions, goals=goals), **members)


def metrics(*datasets: object, platform: str = "iOS", identifier: str = "launchTime", **members: Any) -> Object:
    """Return a product with one metric."""
    made = metric(identifier, list(datasets), unit={"displayName": "ms"}, **members)
    return {"platform": platform, "metricCategories": [{"identifier": "LAUNCH", "metrics": [made]}]}


def app(*products: Object, insights: object = "none") -> Object:
    """Return a report of an app; without insights, these are empty."""
    empty: Object = {"regressions": [], "trendingUp": []}
    return {"productData": list(products), "insights": empty if insights == "none" else insights}


def regressions(*found: object, trending: Any = ()) -> Object:
    return {"regressions": list(found), "trendingUp": list(trending)}


def regression(version: str | None = "8.1.0", **members: Any) -> Object:
    """Return a regression of the launch time on all iPhones."""
    populations = [{**IPHONES, "deltaPercentage": 30}]
    return insight("LAUNCH", "launchTime", **{"populations": populations, "latestVersion": version, **members})


def without(document: Object, name: str) -> Object:
    return {key: value for key, value in document.items() if key != name}


def overview(*sections: Object, insights: Any = None, **app_data: Any) -> Object:
    """Return an overview with sections of the launch time."""
    made = {
        "appMetadata": {"platform": "iOS", "bundleId": "com.example", **app_data},
        "categories": [{"identifier": "LAUNCH", "sections": list(sections)}],
        "insights": regressions() if insights is None else insights,
    }
    return {key: value for key, value in made.items() if value != "none"}


def section(*datasets: object, identifier: str = "launchTime") -> Object:
    return {"identifier": identifier, "datasets": list(datasets)}


FLAT = metrics(series(100, 100))
WORSE = metrics(series(100, 120))
MUCH_WORSE = metrics(series(100, 120), series(100, 300, criteria=IPHONES_TOP))
LAGGING = metrics(series(100, 100), series(100, 100, criteria=IPADS, versions=VERSIONS[:2]))
MODELS = metrics(series(100, 100, criteria=MODEL))
GROUP_AND_MODEL = metrics(series(100, 100), series(100, 200, criteria=MODEL))
OTHER_PLATFORM = metrics(series(100, 150, criteria=IPADS, versions=["1.0", "2.0"]), platform="visionOS")


def launch(*values: Any, **members: Any) -> Object:
    """Return a report of an app with one dataset."""
    return app(metrics(series(*values, **members)))


def regressed(*version: str | None, **members: Any) -> Object:
    """Return a report of an app whose launch time is a regression, although it has not changed."""
    return app(FLAT, insights=regressions(regression(*version, **members)))


BANDS = [{"goalKey": "poor", "lowerBound": 10}, {"goalKey": "fair", "lowerBound": 5, "upperBound": 10}]
RECOMMENDED = {"recommendedMetricGoal": {"value": 110, "detail": "d"}}
TRENDS = [insight("MEMORY", "peakMemory", latestVersion="8.0.1")]

# Name -> a report, options without the files, and the status.
TABLE: dict[str, tuple[Any, str, int]] = {
    # --- the insights
    "no regression": (app(FLAT), REGRESSION, PASSED),
    "a regression": (regressed(), REGRESSION, FAILED),
    "a regression without populations": (regressed(populations=[]), REGRESSION, FAILED),
    "a regression with null populations": (regressed(populations=None), REGRESSION, FAILED),
    "a regression that improved": (regressed(populations=[{**IPHONES, "deltaPercentage": -5}]), REGRESSION, FAILED),
    "only a trend": (app(FLAT, insights=regressions(trending=[regression()])), REGRESSION, PASSED),
    "a regression without metrics": (app(insights=regressions(regression())), REGRESSION, FAILED),
    "only a trend without metrics": (app(insights=regressions(trending=[regression()])), REGRESSION, PASSED),
    "report of a build": (without(app(FLAT), "insights"), REGRESSION, UNJUDGED),
    "null insights": (app(FLAT, insights=None), REGRESSION, UNJUDGED),
    "insights in a list": (app(FLAT, insights=[regressions()]), REGRESSION, UNJUDGED),
    "insights as text": (app(FLAT, insights="regressions"), REGRESSION, UNJUDGED),
    "insights without lists": (app(FLAT, insights={}), REGRESSION, UNJUDGED),
    "insights without regressions": (app(FLAT, insights={"trendingUp": []}), REGRESSION, UNJUDGED),
    "null regressions": (app(FLAT, insights={"regressions": None}), REGRESSION, UNJUDGED),
    "regressions as an object": (app(FLAT, insights={"regressions": {}}), REGRESSION, UNJUDGED),
    "a null regression": (app(FLAT, insights=regressions(None)), REGRESSION, UNJUDGED),
    "a regression as text": (app(FLAT, insights=regressions("launchTime")), REGRESSION, UNJUDGED),
    "a nameless regression": (app(FLAT, insights=regressions({"populations": []})), REGRESSION, FAILED),
    "a regression and a null": (app(FLAT, insights=regressions(regression(), None)), REGRESSION, FAILED),
    "a null population": (regressed(populations=[None]), REGRESSION, FAILED),
    "regressions of the version before": (regressed("8.0.1"), REGRESSION, FAILED),
    "insights into the version before": (app(FLAT, insights=regressions(trending=TRENDS)), REGRESSION, UNJUDGED),
    "insights into the version before, filtered": (
        app(FLAT, insights=regressions(trending=TRENDS)),
        f"{REGRESSION} --metric=LAUNCH",
        UNJUDGED,
    ),
    "insights into another platform": (
        app(FLAT, OTHER_PLATFORM, insights=regressions(trending=[regression("2.0")])),
        f"{REGRESSION} --platform=iOS",
        PASSED,
    ),
    "no metrics and no insights": (app(), REGRESSION, UNJUDGED),
    "empty report": ({"productData": []}, REGRESSION, UNJUDGED),
    # --- the filters of the insights
    "a regression of another metric": (
        app(FLAT, insights=regressions(insight("HANG", "hangRate", 5, latestVersion="8.1.0"))),
        f"{REGRESSION} --metric=launchTime",
        PASSED,
    ),
    "a regression of the category": (
        app(FLAT, insights=regressions(insight("LAUNCH", None, 5, latestVersion="8.1.0"))),
        f"{REGRESSION} --metric=launchTime",
        FAILED,
    ),
    "a regression of another device": (
        app(LAGGING, insights=regressions(regression())),
        f"{REGRESSION} --device=all_ipads",
        PASSED,
    ),
    "a regression without populations, by device": (
        app(LAGGING, insights=regressions(regression(populations=[]))),
        f"{REGRESSION} --device=all_ipads",
        FAILED,
    ),
    "a population without a device": (
        app(LAGGING, insights=regressions(regression(populations=[{"percentile": "percentile.fifty"}]))),
        f"{REGRESSION} --device=all_ipads --percentile=typical",
        FAILED,
    ),
    "a population without a percentile": (
        app(MUCH_WORSE, insights=regressions(regression(populations=[{"device": "all_iphones"}]))),
        f"{REGRESSION} --device=all_iphones --percentile=top",
        FAILED,
    ),
    "a null population, by device": (
        app(LAGGING, insights=regressions(regression(populations=[{**IPHONES}, None]))),
        f"{REGRESSION} --device=all_ipads",
        UNJUDGED,
    ),
    "a device that is not in the report": (app(FLAT), f"{REGRESSION} --device=iPhone99,1", UNJUDGED),
    # --- the version of the insights
    "newest version by name": (regressed(), f"{REGRESSION} --app-version=8.1.0", FAILED),
    "newest version by name, no regression": (app(FLAT), f"{REGRESSION} --app-version=8.1.0", PASSED),
    "older version": (regressed(), f"{REGRESSION} --app-version=8.0.1", UNJUDGED),
    "older version, no regression": (app(FLAT), f"{REGRESSION} --app-version=8.0.1", UNJUDGED),
    "older version of the report, newest of a metric": (
        app(FLAT, metrics(series(1, 1, versions=VERSIONS[:2]), identifier="resumeTime")),
        f"{REGRESSION} --metric=resumeTime --app-version=8.0.1",
        UNJUDGED,
    ),
    "older version of iOS, newest of another platform": (
        app(FLAT, metrics(series(1, versions=["8.0.1"]), platform="visionOS")),
        f"{REGRESSION} --platform=iOS --app-version=8.0.1",
        UNJUDGED,
    ),
    "newer version": (app(FLAT), f"{REGRESSION} --app-version=8.2.0", UNJUDGED),
    "unknown version": (app(FLAT), f"{REGRESSION} --app-version=8.0.9", UNJUDGED),
    # --- changes
    "no change": (app(FLAT), ABOVE, PASSED),
    "no change of a build": (without(app(FLAT), "insights"), ABOVE, PASSED),
    "a change of a build": (without(app(WORSE), "insights"), ABOVE, FAILED),
    "a regression does not count": (regressed(), ABOVE, PASSED),
    "an improvement": (launch(100, 10), ABOVE, PASSED),
    "above the limit": (app(WORSE), ABOVE, FAILED),
    "below the limit": (app(WORSE), "--fail-above=25", PASSED),
    "at the limit": (app(WORSE), "--fail-above=20", PASSED),
    "just above the limit": (app(WORSE), "--fail-above=19.99", FAILED),
    "at the limit in decimals": (launch(1.0, 1.1), "--fail-above=10%", PASSED),
    "at the limit in other decimals": (launch(0.3, 0.33), ABOVE, PASSED),
    "zero as the limit, no change": (app(FLAT), "--fail-above=0", PASSED),
    "zero as the limit, a small change": (launch(1, 1.0001), "--fail-above=0", FAILED),
    "from zero": (launch(0, 0.001), "--fail-above=999999", FAILED),
    "from zero within the margins": (launch((0, 1), 0.001), ABOVE, PASSED),
    "still zero": (launch(0, 0), ABOVE, PASSED),
    "from below zero": (launch(-10, -5), ABOVE, FAILED),
    "within the margins": (launch((100, 15), (120, 6)), ABOVE, PASSED),
    "at the margins": (launch((100, 15), (120, 5)), ABOVE, PASSED),
    "at the margins in decimals": (launch((1.0, 0.1), 1.1), "--fail-above=5", PASSED),
    "outside the margins": (launch((100, 15), (120, 4)), ABOVE, FAILED),
    "a margin as text": (launch((100, "all"), 120), ABOVE, FAILED),
    "one of two datasets": (app(MUCH_WORSE), "--fail-above=50", FAILED),
    # --- what cannot be compared
    "a single version": (launch(100), ABOVE, UNJUDGED),
    "no points": (launch(), ABOVE, UNJUDGED),
    "null points": (app(metrics(dataset(IPHONES, None))), ABOVE, UNJUDGED),
    "a lagging dataset": (app(LAGGING), ABOVE, UNJUDGED),
    "a lagging dataset and a failure": (
        app(metrics(series(100, 200), series(1, 1, criteria=IPADS, versions=VERSIONS[:2]))),
        ABOVE,
        FAILED,
    ),
    "a metric that lags behind the report": (
        app(FLAT, metrics(series(1, 1, versions=VERSIONS[:2]), identifier="resumeTime")),
        f"{ABOVE} --metric=resumeTime",
        UNJUDGED,
    ),
    "a device that lags behind the report": (app(LAGGING), f"{ABOVE} --device=all_ipads", UNJUDGED),
    "a percentile that lags behind the report": (
        app(metrics(series(100, 100), series(1, 1, criteria=IPHONES_TOP, versions=VERSIONS[:2]))),
        f"{ABOVE} --percentile=top",
        UNJUDGED,
    ),
    "a platform has its own newest version": (
        app(FLAT, metrics(series(100, 100, criteria=IPADS, versions=["1.0", "2.0"]), platform="visionOS")),
        ABOVE,
        PASSED,
    ),
    "a null value": (launch(100, None), ABOVE, UNJUDGED),
    "a value as text": (launch(100, "100"), ABOVE, UNJUDGED),
    "a value beyond all numbers": (launch(100, 10**400), ABOVE, UNJUDGED),
    "a null value before": (launch(100, None, 100), ABOVE, UNJUDGED),
    "a null value long before": (launch(None, 100, 100), ABOVE, PASSED),
    "no versions": (launch(100, 100, versions=[None, None]), ABOVE, UNJUDGED),
    "newest version without a name": (
        app(metrics(series(100, 100), series(100, 100, criteria=IPADS, versions=["8.0.1", None]))),
        ABOVE,
        UNJUDGED,
    ),
    "the same version twice": (launch(100, 100, versions=["8.1.0"] * 2), ABOVE, UNJUDGED),
    # --- the scope of changes
    "only models": (app(MODELS), ABOVE, UNJUDGED),
    "only models, by device": (app(MODELS), f"{ABOVE} --device=iPhone14,5", PASSED),
    "a model is not checked next to a group": (app(GROUP_AND_MODEL), ABOVE, PASSED),
    "a model is checked by device": (app(GROUP_AND_MODEL), f"{ABOVE} --device=iPhone14,5", FAILED),
    "a metric of models next to one of groups": (
        app(FLAT, metrics(series(1, 1, criteria=MODEL), identifier="resumeTime")),
        ABOVE,
        UNJUDGED,
    ),
    "a metric without datasets next to another": (app(FLAT, metrics(identifier="resumeTime")), ABOVE, UNJUDGED),
    "a device without a name": (app(FLAT, metrics(series(100, 200, criteria=None), identifier="x")), ABOVE, FAILED),
    "only insights": (app(insights=regressions(regression())), ABOVE, UNJUDGED),
    "a metric without datasets": (app(metrics()), ABOVE, UNJUDGED),
    "another metric": (
        app(FLAT, metrics(series(100, 200), identifier="resumeTime")),
        f"{ABOVE} --metric=launchTime",
        PASSED,
    ),
    "another platform": (app(FLAT, OTHER_PLATFORM), f"{ABOVE} --platform=iOS", PASSED),
    "both platforms": (app(FLAT, OTHER_PLATFORM), ABOVE, FAILED),
    "the other percentile": (app(MUCH_WORSE), "--fail-above=50 --percentile=typical", PASSED),
    "this percentile": (app(MUCH_WORSE), "--fail-above=50 --percentile=top", FAILED),
    # --- other versions
    "an older version, which was worse": (launch(100, 200, 100), f"{ABOVE} --app-version=8.0.1", FAILED),
    "an older version, which was not": (launch(100, 100, 200), f"{ABOVE} --app-version=8.0.1", PASSED),
    "the oldest version": (launch(100, 100, 200), f"{ABOVE} --app-version=8.0.0", UNJUDGED),
    "a version newer than the report": (app(FLAT), f"{ABOVE} --app-version=8.2.0", UNJUDGED),
    "a version that a dataset lacks": (
        app(metrics(series(1, 1, 1), series(1, 1, criteria=IPADS, versions=["8.0.0", "8.1.0"]))),
        f"{ABOVE} --app-version=8.0.1",
        UNJUDGED,
    ),
    "a version of one of two platforms": (app(FLAT, OTHER_PLATFORM), f"{ABOVE} --app-version=8.1.0", PASSED),
    "worse than a chosen version": (launch(100, 200, 200), f"{ABOVE} --against=8.0.0", FAILED),
    "no worse than a chosen version": (launch(200, 100, 200), f"{ABOVE} --against=8.0.0", PASSED),
    "a chosen version that the report lacks": (app(FLAT), f"{ABOVE} --against=7", UNJUDGED),
    "a chosen version that a dataset lacks": (
        app(metrics(series(1, 1, 1), series(1, 1, criteria=IPADS))),
        f"{ABOVE} --against=8.0.0",
        UNJUDGED,
    ),
    "a chosen version without a value": (launch(None, 1, 1), f"{ABOVE} --against=8.0.0", UNJUDGED),
    "a version against itself": (launch(1, 1, 9), f"{ABOVE} --against=8.1.0", UNJUDGED),
    "an older version against itself": (launch(1, 1, 9), f"{ABOVE} --app-version=8.0.1 --against=8.0.1", UNJUDGED),
    "the last version alone is shown": (app(WORSE), f"{ABOVE} --last=1", FAILED),
    "the last version alone is shown, no change": (app(FLAT), f"{ABOVE} --last=1", PASSED),
    # --- goals
    "good": (launch(1, goals=["good"]), GOOD, PASSED),
    "good is not below fair": (launch(1, goals=["Good"]), FAIR, PASSED),
    "fair": (launch(1, goals=["fair"]), FAIR, PASSED),
    "fair is below good": (launch(1, goals=["fair"]), GOOD, FAILED),
    "poor": (launch(1, goals=["poor"]), FAIR, FAILED),
    "poor is below good": (launch(1, goals=["POOR"]), GOOD, FAILED),
    "poor before": (launch(9, 1, goals=["poor", "good"]), GOOD, PASSED),
    "poor in a build": (without(launch(1, goals=["poor"]), "insights"), FAIR, FAILED),
    "an unknown band": (launch(1, goals=["excellent"]), FAIR, UNJUDGED),
    "a band without a value": (launch(None, goals=["good"]), FAIR, UNJUDGED),
    "no band for the newest": (launch(1, 1, goals=["good", ""]), FAIR, UNJUDGED),
    "bands of the metric, none of the value": (app(metrics(series(1), goalKeys=BANDS)), FAIR, UNJUDGED),
    "bands before a recommended goal": (launch(200, goals=["good"], **RECOMMENDED), GOOD, PASSED),
    "a recommended goal in place of a band": (
        app(metrics(series(1, 200, goals=["good", ""], **RECOMMENDED), goalKeys=BANDS)),
        FAIR,
        FAILED,
    ),
    "a recommended goal that is met": (launch(110, **RECOMMENDED), GOOD, PASSED),
    "a recommended goal that is missed": (launch(110.1, **RECOMMENDED), FAIR, FAILED),
    "a recommended goal of zero": (launch(1, recommendedMetricGoal={"value": 0}), FAIR, FAILED),
    "a recommended goal as text": (launch(1, recommendedMetricGoal={"value": "9"}), FAIR, UNJUDGED),
    "a null recommended goal": (launch(1, recommendedMetricGoal={"value": None}), FAIR, UNJUDGED),
    "no goal at all": (app(FLAT), FAIR, UNJUDGED),
    "a metric without a goal next to one with": (
        app(FLAT, metrics(series(1, goals=["good"]), identifier="resumeTime")),
        FAIR,
        PASSED,
    ),
    "a lagging dataset with a goal": (
        app(metrics(series(1, goals=["good"]), series(1, goals=["good"], criteria=IPADS, versions=["8.0.1"]))),
        FAIR,
        UNJUDGED,
    ),
    "a lagging dataset without a goal": (
        app(metrics(series(1, goals=["good"]), series(1, criteria=IPADS, versions=["8.0.1"]))),
        FAIR,
        PASSED,
    ),
    "goals of models": (launch(1, goals=["good"], criteria=MODEL), FAIR, UNJUDGED),
    "goals of models, by device": (launch(1, goals=["poor"], criteria=MODEL), f"{FAIR} --device=iPhone14,5", FAILED),
    "goals of models next to a group": (
        app(
            metrics(series(1, goals=["good"])),
            metrics(series(1, goals=["good"], criteria=MODEL), identifier="resumeTime"),
        ),
        FAIR,
        UNJUDGED,
    ),
    "only insights have no goals": (app(insights=regressions(regression())), FAIR, UNJUDGED),
    "a goal of an older version": (launch(9, 1, goals=["poor", "good"]), f"{FAIR} --app-version=8.0.1", FAILED),
    # --- several rules
    "all rules pass": (launch(1, 1, goals=["good"] * 2), f"{REGRESSION} {ABOVE} {GOOD}", PASSED),
    "one rule fails": (launch(1, 1, goals=["fair"] * 2), f"{REGRESSION} {ABOVE} {GOOD}", FAILED),
    "one rule cannot judge": (app(FLAT), f"{REGRESSION} {ABOVE} {GOOD}", UNJUDGED),
    "one rule fails, one cannot judge": (without(app(WORSE), "insights"), f"{REGRESSION} {ABOVE}", FAILED),
    # --- empty reports
    "nothing to compare": ({"productData": []}, ABOVE, UNJUDGED),
    "no categories": (app({"platform": "iOS", "metricCategories": []}), ABOVE, UNJUDGED),
    "no goals to miss": (app(), FAIR, UNJUDGED),
}


def arguments(folder: Path, documents: list[Any], options: str) -> list[str]:
    paths = [folder / f"{number}.json" for number in range(len(documents))]
    for path, document in zip(paths, documents):
        path.write_text(json.dumps(document))
    return [*(f"--input={path}" for path in paths), *options.split()]


def is_explained(status: int, out: str, err: str) -> bool:
    """Tell whether the last part of a report and stderr say how the gate ended."""
    if status == PASSED:
        return "\nGate passed: " in out and not err
    if status == FAILED:
        return "\nGate failed" in out and err.startswith("ppparser: the gate failed")
    return "Gate passed" not in out and err.startswith("ppparser: ")


@pytest.mark.parametrize("name", TABLE)
def test_status_is_as_expected(name: str, tmp_path: Path, run: Run) -> None:
    document, options, expected_status = TABLE[name]
    argv = ["metrics", *arguments(tmp_path, [document], options)]
    status, out, err = run("ppparser", *argv)
    assert (status, is_explained(status, out, err)) == (expected_status, True)
    assert run("ppparser", *argv, "--auto_insights").status == expected_status
    assert run("ppparser", *argv, "--format=csv").status == expected_status


OVERVIEWS: dict[str, tuple[Any, str, int]] = {
    "no regression": (overview(section(series(1, 1))), REGRESSION, PASSED),
    "a regression": (overview(section(series(1, 1)), insights=regressions(regression())), REGRESSION, FAILED),
    "no insights": (overview(section(series(1, 1)), insights="none"), REGRESSION, UNJUDGED),
    "insights without lists": (overview(section(series(1, 1)), insights={}), REGRESSION, UNJUDGED),
    "null regressions": (overview(section(series(1, 1)), insights={"regressions": None}), REGRESSION, UNJUDGED),
    "no change": (overview(section(series(1, 1))), ABOVE, PASSED),
    "a change": (overview(section(series(1, 2))), ABOVE, FAILED),
    "a change without insights": (overview(section(series(1, 2)), insights="none"), ABOVE, FAILED),
    "newest version by name": (overview(section(series(1, 1)), latestVersion="8.1.0"), ABOVE, PASSED),
    "newer version by name": (overview(section(series(1, 1)), latestVersion="8.2.0"), ABOVE, UNJUDGED),
    "insights into the version before": (
        overview(section(series(1, 1)), latestVersion="8.2.0", insights=regressions(trending=[regression()])),
        REGRESSION,
        UNJUDGED,
    ),
    "a section that lags behind": (
        overview(section(series(1, 1)), section(series(1, 1, versions=VERSIONS[:2]), identifier="resumeTime")),
        f"{ABOVE} --metric=resumeTime",
        UNJUDGED,
    ),
    "a recommended goal that is missed": (overview(section(series(200, **RECOMMENDED))), FAIR, FAILED),
    "a recommended goal that is met": (overview(section(series(100, **RECOMMENDED))), FAIR, PASSED),
    "no goal": (overview(section(series(100))), FAIR, UNJUDGED),
    "only models": (overview(section(series(1, 1, criteria=MODEL))), ABOVE, UNJUDGED),
    "only models, by device": (overview(section(series(1, 2, criteria=MODEL))), f"{ABOVE} --device=iPhone14,5", FAILED),
    "nothing": (overview(), REGRESSION, UNJUDGED),
    "only insights": (overview(insights=regressions(regression())), ABOVE, UNJUDGED),
}


@pytest.mark.parametrize("name", OVERVIEWS)
def test_status_of_an_overview_is_as_expected(name: str, tmp_path: Path, run: Run) -> None:
    document, options, expected_status = OVERVIEWS[name]
    status, out, err = run("ppparser", "overview", *arguments(tmp_path, [document], options))
    assert (status, is_explained(status, out, err)) == (expected_status, True)


@pytest.mark.parametrize(
    ("documents", "options", "expected_status"),
    [
        ([launch(1, 1, versions=VERSIONS[:2]), launch(1)], ABOVE, PASSED),
        ([launch(1, 1, versions=VERSIONS[:2]), launch(2)], ABOVE, FAILED),
        ([app(FLAT), launch(1, 1, versions=VERSIONS[:2])], REGRESSION, UNJUDGED),
        ([app(FLAT, insights=None), app(FLAT)], REGRESSION, PASSED),
        ([app(FLAT), app(FLAT, insights=None)], REGRESSION, UNJUDGED),
        ([app(FLAT), regressed()], REGRESSION, FAILED),
        ([regressed(), app(FLAT)], REGRESSION, PASSED),
        ([app(LAGGING), launch(1, criteria=IPADS)], f"{ABOVE} --metric=launchTime", PASSED),
    ],
)
def test_status_of_merged_files_is_as_expected(
    documents: list[Any], options: str, expected_status: int, tmp_path: Path, run: Run
) -> None:
    status, out, err = run("ppparser", "metrics", *arguments(tmp_path, documents, options))
    assert (status, is_explained(status, out, err)) == (expected_status, True)


ACCEPTED = app(MUCH_WORSE, insights=regressions(regression()))


@pytest.mark.parametrize(
    ("document", "options", "entries", "expected_status", "warning"),
    [
        (ACCEPTED, REGRESSION, "LAUNCH launchTime all_iphones typical", PASSED, ""),
        (ACCEPTED, REGRESSION, "launch LAUNCHTIME", PASSED, ""),
        (ACCEPTED, REGRESSION, "LAUNCH launchTime typical until 8.2", PASSED, ""),
        (ACCEPTED, REGRESSION, "LAUNCH launchTime top", FAILED, "1: this matches nothing"),
        (ACCEPTED, REGRESSION, "LAUNCH launchTime all_ipads", FAILED, "1: this matches nothing"),
        (ACCEPTED, REGRESSION, "HANG launchTime", FAILED, "1: this matches nothing"),
        (ACCEPTED, REGRESSION, "LAUNCH launchTime until 8.1", FAILED, "1: no longer accepted (until 8.1)"),
        (ACCEPTED, REGRESSION, "LAUNCH launchTime until 8.0", FAILED, "1: no longer accepted (until 8.0)"),
        (
            ACCEPTED,
            REGRESSION,
            "LAUNCH launchTime until 8.1\nLAUNCH launchTime",
            PASSED,
            "1: no longer accepted (until 8.1)",
        ),
        (
            ACCEPTED,
            REGRESSION,
            "LAUNCH launchTime\nHANG hangRate until 8.1",
            PASSED,
            "2: no longer accepted (until 8.1)",
        ),
        (ACCEPTED, REGRESSION, "", FAILED, ""),
        (regressed("8.0.1"), REGRESSION, "LAUNCH launchTime until 8.1", FAILED, "1: no longer accepted (until 8.1)"),
        (ACCEPTED, ABOVE, "LAUNCH launchTime all_iphones typical", FAILED, ""),
        (ACCEPTED, ABOVE, "LAUNCH launchTime 50\nLAUNCH launchTime 90", PASSED, ""),
        (ACCEPTED, ABOVE, "LAUNCH launchTime all_iphones", PASSED, ""),
        (ACCEPTED, f"{ABOVE} --app-version=8.0.1", "LAUNCH launchTime until 8.1", PASSED, ""),
        (app(FLAT), ABOVE, "LAUNCH launchTime", PASSED, "1: this matches nothing"),
        (app(LAGGING), ABOVE, "LAUNCH launchTime all_ipads", PASSED, ""),
        (app(LAGGING), ABOVE, "LAUNCH launchTime all_ipads until 8.2", PASSED, ""),
        (app(LAGGING), ABOVE, "LAUNCH launchTime all_ipads until 8.1", UNJUDGED, "1: no longer accepted (until 8.1)"),
        (launch(1, goals=["poor"]), FAIR, "LAUNCH launchTime typical", PASSED, ""),
        (app(FLAT, metrics(identifier="resumeTime")), ABOVE, "LAUNCH resumeTime", PASSED, ""),
        # What is said about a whole report or metric is not accepted, or only as a whole.
        (app(FLAT, insights=None), REGRESSION, "LAUNCH launchTime", UNJUDGED, ""),
        (app(MODELS), ABOVE, "LAUNCH launchTime", UNJUDGED, ""),
        (app(FLAT), FAIR, "LAUNCH launchTime", UNJUDGED, ""),
        (app(insights=regressions(regression(populations=[]))), REGRESSION, "LAUNCH launchTime", PASSED, ""),
        (
            app(insights=regressions(regression(populations=[]))),
            REGRESSION,
            "LAUNCH launchTime typical",
            FAILED,
            "1: this matches nothing",
        ),
        # In an unknown version, an entry with an end accepts nothing.
        (
            app(insights=regressions(regression(None))),
            REGRESSION,
            "LAUNCH launchTime until 8.2",
            FAILED,
            "1: no longer accepted (until 8.2)",
        ),
        (
            launch(1, 1, versions=[None, None]),
            ABOVE,
            "LAUNCH launchTime until 8.2",
            UNJUDGED,
            "1: no longer accepted (until 8.2)",
        ),
    ],
)
def test_what_is_accepted_passes(
    document: Any, options: str, entries: str, expected_status: int, warning: str, tmp_path: Path, run: Run
) -> None:
    path = tmp_path / "accept.txt"
    path.write_text(entries)
    argv = arguments(tmp_path, [document], options)
    status, _, err = run("ppparser", "metrics", *argv, f"--accept={path}")
    assert status == expected_status
    entry = f" here: {entries.strip()}" if warning.endswith("matches nothing") else ""
    assert [line for line in err.splitlines() if "accept.txt" in line] == (
        [f"ppparser: {path}, line {warning}{entry}"] if warning else []
    )
    assert ("\nppparser: " in f"\n{err}".replace(f"\nppparser: {path}", "")) == (status != PASSED)


def test_lines_of_a_failing_gate_accept_it(tmp_path: Path, run: Run) -> None:
    path = tmp_path / "accept.txt"
    rules = [REGRESSION, "--fail-above=0", GOOD]
    argv = ["metrics", f"--input={DATA / 'metrics.json'}", *rules]
    status, out, _ = run("ppparser", *argv)
    assert status == FAILED
    path.write_text(out.split("counts only before that version.\n")[1])
    status, out, err = run("ppparser", *argv, f"--accept={path}")
    assert (status, err) == (PASSED, "")
