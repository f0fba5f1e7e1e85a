"""Logs are selected and merged as they arrive."""

from __future__ import annotations

from typing import Any

import pytest

from ppparser.diagnostics.log_filters import NO_FILTERS, LogFilters
from ppparser.diagnostics.signatures import Signature
from ppparser.errors import NoDataError
from ppparser.reports.diagnostics import SelectedSignature, SignatureReport
from ppparser.reports.log_reader import NO_LOGS, LogReader
from tests.helpers.documents import app_frame, log

HEADING = SelectedSignature(Signature("5a", "App: a", "HANGS", 0.5, "", [], ""), 3, 4)


def product(*logs: dict[str, Any]) -> dict[str, Any]:
    return {"signatureId": "5a", "diagnosticLogs": list(logs)}


def test_signatures_of_a_document_are_numbered() -> None:
    reader = LogReader(None, NO_FILTERS)
    selected = reader.select({"productData": [product(log([app_frame("a", 1)])), product({})]})
    found = list(reader.merge(selected, None))
    assert [(one.position, one.total, one.selected, one.logs) for one in found] == [
        (1, 2, None, selected[0]),
        (2, 2, None, selected[1]),
    ]
    assert [bool(one.path) for one in found] == [True, False]


def test_heading_names_the_frame_and_the_position() -> None:
    reader = LogReader(None, NO_FILTERS)
    tree = app_frame("a", 1, app_frame("b", 1, place="B.m:2"), place="A.m:1")
    [one] = reader.merge(reader.select({"productData": [product(log([tree]))]}), HEADING)
    assert one.path
    assert (one.position, one.total, one.path.target, one.logs.is_empty) == (3, 4, "A.m:1", False)


def test_heading_without_logs_is_an_empty_signature() -> None:
    [one] = LogReader(None, NO_FILTERS).merge([], HEADING)
    assert (one.logs.id, one.logs.is_empty, one.path, one.position) == ("5a", True, None, 3)


def test_paths_that_end_at_the_same_frame_are_found_across_documents() -> None:
    reader = LogReader(None, NO_FILTERS)
    document = {"productData": [product(log([app_frame("a", 1)]))]}
    found: list[SignatureReport] = []
    for position in (1, 2, 3):
        found += reader.merge(reader.select(document), HEADING._replace(position=position))
    assert [one.shared_with for one in found] == [[], [1], [1, 2]]


def test_logs_of_all_documents_are_counted_and_checked() -> None:
    reader = LogReader(1, LogFilters(os="18"))
    with pytest.raises(NoDataError, match=NO_LOGS[:40]):
        reader.check()
    reader.select({"productData": [product(log(osVersion="iPhone OS 17"))]})
    with pytest.raises(NoDataError, match=r"^no log matches --os=18\. The logs have\n  --os: iPhone OS 17$"):
        reader.check()
    matching = log(osVersion="iPhone OS 18")
    [selected] = reader.select({"productData": [product(matching, matching)]})
    reader.check()
    assert (len(selected.logs), reader.match_count, reader.log_count) == (1, 2, 3)
