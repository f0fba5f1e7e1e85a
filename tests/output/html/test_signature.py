"""Tests of the part of an HTML page about a signature: path, insights, picture, outline and logs."""

from __future__ import annotations

from typing import Any
from xml.etree.ElementTree import Element

import pytest

from ppparser.diagnostics.log_filters import NO_FILTERS
from ppparser.diagnostics.signatures import Signature
from ppparser.documents.subject import Build
from ppparser.output.html.signature import heading_link, signature_section
from ppparser.reports.diagnostics import DiagnosticsReport, SelectedSignature
from ppparser.reports.log_reader import LogReader
from tests.helpers.documents import app_frame, log
from tests.helpers.html_text import text_of

SIGNATURE = Signature("5a", "App: named", "HANGS", 0.5, "", [], "")
HEADING = SelectedSignature(SIGNATURE, 1, 2)
REPORT = DiagnosticsReport(build=Build("7c1e", "431"))


def section(
    *logs: dict[str, Any], selected: SelectedSignature | None = HEADING, insights: Any = (), id_: str = "5a"
) -> Element:
    """Return the part about a signature with those logs."""
    reader = LogReader(None, NO_FILTERS)
    product = {"signatureId": id_, "diagnosticInsights": list(insights), "diagnosticLogs": list(logs)}
    [signature] = reader.merge(reader.select({"productData": [product]}), selected)
    return signature_section(signature, REPORT, 2, "signature-1")


def test_named_step_is_bold() -> None:
    made = section(log([app_frame("a", 1, app_frame("named", 1, place="B.m:2"), place="A.m:1")]))
    assert [text_of(one) for one in made.findall("p[@class='path']/strong")] == ["B.m:2"]


@pytest.mark.parametrize(
    ("url", "href"),
    [
        ("doc://com.apple.documentation/documentation/xcode", "https://developer.apple.com/documentation/xcode"),
        ("https://developer.apple.com/a", "https://developer.apple.com/a"),
        ("https://developer.apple.com.evil.example/", None),
        ("javascript:alert(1)", None),
        ("http://developer.apple.com/", None),
    ],
)
def test_insight_links_to_apple_alone(url: str, href: str | None) -> None:
    made = section(log(), insights=[{"insightsCategory": "Slow", "insightsString": "Be quick.", "insightsURL": url}])
    assert [one.get("href") for one in made.iter("a")] == ([href] if href else [])
    assert text_of(made.findall("p")[0]) == f"Insight Slow: Be quick. {href or url}"


def test_signature_that_is_not_on_the_page_is_no_link() -> None:
    assert [heading_link(found, "a").tag for found in (HEADING, None)] == ["a", "code"]
