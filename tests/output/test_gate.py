"""Tests of how a program ends after the gate has judged."""

from __future__ import annotations

from typing import Any

import pytest

from ppparser.errors import GateError, GateFailedError
from ppparser.gate.acceptances import Acceptance
from ppparser.gate.outcome import GateOptions
from ppparser.metrics.selection import Filters
from ppparser.output.gate import check_gate
from ppparser.reports.metrics import MetricsOptions, read_metrics_report
from tests.helpers import documents
from tests.helpers.support import document

METRICS = document("metrics.json")
BUILD_METRICS = document("build-metrics.json")
GATE = GateOptions(fail_on_regression=True)
VISIONOS = Filters(platform="visionOS")


def judged(document: dict[str, Any], options: MetricsOptions) -> str:
    """Return what the gate warns of. Raises GateError."""
    warnings: list[str] = []
    check_gate(read_metrics_report(document, options).gate, warnings.append)
    return "".join(warnings)


def test_report_without_a_gate_has_no_outcome() -> None:
    assert read_metrics_report(METRICS, MetricsOptions()).gate is None
    check_gate(None, pytest.fail)


def test_gate_warns_before_it_fails() -> None:
    gate = GATE._replace(acceptances=[Acceptance("A", "b", file="f", line=3)])
    options = MetricsOptions(VISIONOS, gate=gate)
    assert judged(METRICS, options) == "f, line 3: this matches nothing here: A b"
    warnings: list[str] = []
    with pytest.raises(GateFailedError):
        check_gate(read_metrics_report(METRICS, MetricsOptions(gate=gate)).gate, warnings.append)
    assert warnings == ["f, line 3: this matches nothing here: A b"]


def test_gate_that_cannot_judge_is_another_error() -> None:
    with pytest.raises(GateError) as raised:
        judged(BUILD_METRICS, MetricsOptions(gate=GATE))
    assert type(raised.value) is GateError


def test_newest_version_is_that_of_the_whole_report() -> None:
    early, late = documents.points(1, 1, versions=["1", "2"]), documents.points(1, 1, versions=["2", "3"])
    made = documents.report(
        ("A", documents.metric("early", [documents.dataset(documents.IPHONES, early)])),
        ("A", documents.metric("late", [documents.dataset(documents.IPHONES, late)])),
    )
    options = MetricsOptions(Filters(metric="early"), gate=GateOptions(above_percent=0.0))
    with pytest.raises(GateError, match="not judged, the last value is of 2"):
        judged(made, options)
    judged(made, options._replace(filters=Filters(metric="late")))
