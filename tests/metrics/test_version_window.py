"""Tests of judging another version, comparing with another one, and showing fewer."""

from __future__ import annotations

from typing import Any

import pytest

from ppparser.errors import NoDataError
from ppparser.metrics.changes import Change, changes
from ppparser.metrics.findings import findings, newest_versions
from ppparser.metrics.measurements import Baseline, Dataset
from ppparser.metrics.scorecard import scorecard
from ppparser.metrics.selection import Filters, Selection, select
from ppparser.metrics.version_window import Versions, apply_versions
from tests.helpers.documents import IPADS, IPHONES, IPHONES_TOP, Object, dataset, insight, metric, points, report

VERSIONS = ["8.8", "8.9", "8.10"]
GOALS = ["good", "fair", "poor"]
SHARES: list[Object] = [{"percentageBreakdown": [{"value": share, "subSystemLabel": str(share)}]} for share in range(3)]


def made(**insights: Any) -> Any:
    """Return a report of two datasets, one of which has only the first and the last version."""
    whole = [
        {**point, **share} for point, share in zip(points((10, 1), 20, 50, goals=GOALS, versions=VERSIONS), SHARES)
    ]
    sparse = points(1, 3, versions=["8.8", "8.10"])
    return report(("A", metric("m", [dataset(IPHONES, whole), dataset(IPHONES_TOP, sparse)])), **insights)


def judged(report: Any, **versions: Any) -> Selection:
    return apply_versions(select(report), Versions(**versions))


def datasets_of(selection: Selection) -> list[Dataset]:
    return [dataset for metric in selection.metrics for dataset in metric.datasets]


def test_without_a_version_nothing_is_changed() -> None:
    assert judged(made()) == select(made())


def test_datasets_end_at_the_judged_version() -> None:
    whole, sparse = datasets_of(judged(made(), judged="8.9"))
    assert (whole.versions, whole.values.texts, whole.values.floats) == (["8.8", "8.9"], ["10", "20"], [10.0, 20.0])
    assert (whole.margins.texts, whole.goals) == (["1", ""], ["good", "fair"])
    assert {name: list(shares) for name, shares in whole.shares.items()} == {"0": [0], "1": [1]}
    # Without the judged version, it ends at the one before.
    assert sparse.versions == ["8.8"]


def test_judged_version_is_the_newest_of_title_and_scorecard() -> None:
    selection = judged(made(), judged="8.9")
    assert newest_versions(selection) == {"iOS": "8.9"}
    [score] = scorecard(selection).scores
    assert (score.version, score.typical.value, score.typical.previous, score.trend) == ("8.9", "20", "8.8", ())
    assert score.typical.change == Change(100.0)


def test_platform_without_the_judged_version_is_left_out() -> None:
    both = made()
    both["productData"] += report(("A", metric("m", [dataset(IPADS, points(1))])), platform="visionOS")["productData"]
    assert newest_versions(judged(both, judged="8.10")) == {"iOS": "8.10"}
    assert newest_versions(judged(both, judged="1")) == {"visionOS": "1"}


def test_baseline_replaces_the_previous_version() -> None:
    whole, sparse = datasets_of(judged(made(), against="8.8"))
    assert whole.baseline == Baseline("8.8", "10", 10.0, 1.0)
    assert changes(whole) == [Change(0.0), Change(100.0), Change(400.0)]
    assert changes(whole)[-1] == Change(400.0)
    card = scorecard(judged(made(), against="8.8"))
    assert (card.previous, card.scores[0].typical.change) == ("8.8", Change(400.0))
    # What does not have the version has no changes.
    whole, sparse = datasets_of(judged(made(), against="8.9"))
    assert (sparse.baseline, changes(sparse)) == (Baseline("8.9"), [Change(None)] * 2)


def test_margin_of_the_baseline_counts() -> None:
    both = report(("A", metric("m", [dataset(IPHONES, points((10, 3), 20, (15, 2)))])))
    [one] = datasets_of(judged(both, against="1"))
    assert changes(one)[-1] == Change(50.0, within_margin=True)


def test_baseline_may_be_newer_than_the_judged_version() -> None:
    card = scorecard(judged(made(), judged="8.8", against="8.10"))
    assert (card.version, card.previous, card.scores[0].typical.change) == ("8.8", "8.10", Change(-80.0))


def test_last_versions_are_shown_and_the_judgement_is_the_same() -> None:
    selection = judged(made(), last=1)
    assert [one.first_shown for one in datasets_of(selection)] == [2, 1]
    [score], [all_versions] = scorecard(selection).scores, scorecard(select(made())).scores
    assert score._replace(trend=()) == all_versions._replace(trend=())
    assert len(score.trend) == 1
    assert [one.first_shown for one in datasets_of(judged(made(), last=9))] == [0, 0]


def test_findings_have_the_value_of_the_baseline() -> None:
    populations = [{**IPHONES, "latestVersionValue": 50}, {**IPHONES_TOP, "latestVersionValue": 3}, IPADS]
    regression = insight("A", "m", latestVersion="8.10", populations=populations)
    [finding] = findings(judged(made(regressions=[regression]), against="8.8"))
    assert finding.versions == ["8.8", "8.10"]
    assert [one.values for one in finding.populations] == [["10", "50"], ["1", "3"], ["", ""]]
    [finding] = findings(judged(made(regressions=[regression]), last=2))
    assert (finding.versions, finding.populations[0].trend) == (["8.9", "8.10"], [20.0, 50.0])


@pytest.mark.parametrize(
    ("version", "identifiers", "has_insights", "others"),
    [
        ("8.10", ["newest", "no version"], True, ["8.9"]),
        ("8.9", ["older"], True, ["8.10"]),
        ("8.8", [], False, ["8.10", "8.9"]),
    ],
)
def test_insights_into_other_versions_are_left_out(
    version: str, identifiers: list[str], has_insights: bool, others: list[str]
) -> None:
    regressions = [
        insight("A", "newest", 3, latestVersion="8.10"),
        insight("A", "older", 2, latestVersion="8.9"),
        insight("A", "no version", 1),
    ]
    selection = judged(made(regressions=regressions), judged=version)
    assert [one.identifier for one in selection.insights] == identifiers
    assert (selection.has_insights, list(selection.other_insights)) == (has_insights, others)


def test_absence_of_insights_is_about_the_newest_version() -> None:
    assert judged(made(), judged="8.10").has_insights
    older = judged(made(), judged="8.9")
    assert (older.has_insights, list(older.other_insights)) == (False, ["8.10"])


@pytest.mark.parametrize(
    ("versions", "filters", "message"),
    [
        ({"judged": "8.1"}, Filters(), "the report has no version 8.1. It has: 8.10, 8.9, 8.8"),
        ({"judged": "8.9", "against": "9"}, Filters(), "the report has no version 9. It has: 8.10, 8.9, 8.8"),
        ({"against": "8.10"}, Filters(), "8.10 is the version to judge: name another one to compare it with"),
        (
            {"judged": "8.9", "against": "8.9"},
            Filters(),
            "8.9 is the version to judge: name another one to compare it with",
        ),
        (
            {"judged": "8.11"},
            Filters(percentile="top"),
            "the selection by the other filters has no data for 8.11 yet; the newest version is 8.10",
        ),
        ({"judged": "8.10.0"}, Filters(), "the report has no version 8.10.0. It has: 8.10, 8.9, 8.8"),
        (
            {"against": "8.9"},
            Filters(percentile="top"),
            "the selection by the other filters has no version 8.9. It has: 8.10, 8.8",
        ),
    ],
)
def test_unknown_version_is_an_error_with_a_list(versions: dict[str, Any], filters: Filters, message: str) -> None:
    with pytest.raises(NoDataError) as raised:
        apply_versions(select(made(), filters), Versions(**versions))
    assert str(raised.value) == message


def test_report_without_metrics_has_no_version() -> None:
    with pytest.raises(NoDataError, match=r"^the report has no version 9\. It has: none$"):
        judged(report(regressions=[insight("A", "m", 5)]), judged="9")
