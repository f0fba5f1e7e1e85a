"""Tests of the verdict on a metrics report as lines of text."""

from __future__ import annotations

from typing import Any

from ppparser.metrics.findings import newest_versions
from ppparser.metrics.selection import select
from ppparser.output.text.findings import title_lines
from ppparser.program.terminal import PLAIN
from tests.helpers.documents import IPADS, IPHONES, dataset, metric, points, report


def title(document: Any, app: str = "") -> list[str]:
    return list(title_lines(app, newest_versions(select(document)), PLAIN))


def test_title_names_app_version_and_platform() -> None:
    launch = report(("A", metric("metric", [dataset(IPHONES, points(1, 2))])))
    assert title(launch, "Ridgeline (com.example)") == ["Ridgeline (com.example), version 2 on iOS"]
    assert title(launch) == ["Version 2 on iOS"]
    launch["productData"] += report(("A", metric("m", [dataset(IPADS, points(1))])), platform="")["productData"]
    assert title(launch) == ["Version 2 on iOS, 1"]
    assert title(report(("A", metric("metric")))) == ["Version unknown"]
