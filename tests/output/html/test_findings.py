"""Tests of the verdict on a metrics report as parts of an HTML page."""

from __future__ import annotations

from ppparser.metrics.findings import findings
from ppparser.metrics.selection import select
from ppparser.output.html.findings import finding_section
from tests.helpers.documents import IPHONES, dataset, insight, metric, points, report


def test_narrow_page_omits_earlier_versions() -> None:
    worse = insight("LAUNCH", "launchTime", populations=[{**IPHONES, "deltaPercentage": 52}])
    launch = "LAUNCH", metric("launchTime", [dataset(IPHONES, points(600, 610, 620, 630, 937))])
    [finding] = findings(select(report(launch, regressions=[worse])))
    titles = finding_section(finding, 3, [], False).iter("th")
    narrow = ["".join(title.itertext()) for title in titles if "wide" not in (title.get("class") or "")]
    assert narrow[:3] == ["device, percentile", "5", "vs average"]
