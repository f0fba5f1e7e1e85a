"""Tests of the choice of a format."""

from __future__ import annotations

import pytest

from ppparser.errors import UsageError
from ppparser.output.formats import Format, format_from
from ppparser.reports.diagnostics import DiagnosticsReport
from ppparser.reports.folded import FoldedStacks
from ppparser.reports.metrics import MetricsReport


@pytest.mark.parametrize(("name", "chosen"), [(None, Format.TEXT), ("html", Format.HTML), ("JSON", Format.JSON)])
def test_format_is_chosen_by_its_name_or_text(name: str | None, chosen: Format) -> None:
    assert format_from(name, MetricsReport) is chosen


def test_all_formats_suit_diagnostics() -> None:
    assert [format_from(each.value, DiagnosticsReport, FoldedStacks) for each in Format] == list(Format)


@pytest.mark.parametrize(
    ("name", "problem"), [("folded", "--format=folded cannot be used here"), ("s3cret", "unknown format")]
)
def test_unsuitable_format_is_rejected_with_a_list(name: str, problem: str) -> None:
    with pytest.raises(UsageError) as raised:
        format_from(name, MetricsReport)
    assert str(raised.value) == f"{problem}: --format takes text, markdown, html, json or csv"
