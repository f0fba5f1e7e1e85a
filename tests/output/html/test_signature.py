"""Tests of the part of an HTML page about a signature: path, insights, picture, outline and logs."""

from __future__ import annotations

from typing import Any
from xml.etree.ElementTree import Element

import pytest

from ppparser.diagnostics.log_filters import NO_FILTERS
from ppparser.diagnostics.signature_changes import Change, Percents, SignatureChange
from ppparser.diagnostics.signatures import Signature
from ppparser.documents.subject import Build
from ppparser.output.html.page import element
from ppparser.output.html.signature import heading_link, signature_section
from ppparser.reports.diagnostics import DiagnosticsReport, Heading
from ppparser.reports.log_reader import LogReader
from tests.helpers.documents import app_frame, frame, log
from tests.helpers.html_text import page_lines_of, text_of

SIGNATURE = Signature("5a", "App: named", "HANGS", 0.5, "", [], "")
HEADING = Heading(SIGNATURE, 1, 2)
REPORT = DiagnosticsReport(build=Build("7c1e", "431"))


def section(*logs: dict[str, Any], heading: Heading | None = HEADING, insights: Any = (), id_: str = "5a") -> Element:
    """Return the part about a signature with those logs."""
    reader = LogReader(None, NO_FILTERS)
    product = {"signatureId": id_, "diagnosticInsights": list(insights), "diagnosticLogs": list(logs)}
    [signature] = reader.merge(reader.select({"productData": [product]}), heading)
    return signature_section(signature, REPORT, 2, "signature-1")


def lines(*logs: dict[str, Any], **options: Any) -> list[str]:
    return list(page_lines_of(element("main", section(*logs, **options))))


def test_section_has_path_picture_outline_and_logs() -> None:
    root = app_frame(
        "start", 8, app_frame("named", 6, app_frame("c", 6, place="C.m:3"), place="B.m:2"), frame("x", 2), place="A.m:1"
    )
    logs = [
        log([root], appVersion="8.1.0", buildVersion="431", osVersion="iOS 18"),
        log([root], appVersion="8.0.1", buildVersion="424", deviceType="iPhone"),
    ]
    assert lines(*logs) == [
        "## Signature 1 of 2, 50 % of hangs: App: named",
        "Look at A.m:1 \u203a B.m:2 \u203a C.m:3",
        "75 % of the samples reach C.m:3, in 2 of 2 logs",
        "Call tree of 2 logs, 16 samples your app \u25b6 the signature's frame system",
        "(Flame graph of the call tree of signature 1: 16 samples)  (The wider a frame, the more samples it has; what "
        "it calls is below it. The signature's frame has 75 % of them. The tree as text follows.)",
        "[0 0.000% 100.000% app] start A.m:1  (start / A.m:1 / 100 % of all samples: 16 of 16 / your app)",
        "[21 0.000% 75.000% named] \u25b6 named B.m:2  "
        "(named / B.m:2 / 75 % of all samples: 12 of 16 / your app, the signature's frame)",
        "[21 75.000% 25.000% system] x  (x / 25 % of all samples: 4 of 16)",
        "[42 0.000% 75.000% app] c C.m:3  (c / C.m:3 / 75 % of all samples: 12 of 16 / your app)",
        "  Call tree of 2 logs, % of 16 samples; > app, >> [ ] the signature's frame",
        "  100 % >  start  A.m:1",
        "   75 % >> + named  B.m:2",
        "   75 % >    c  C.m:3",
        "   25 %    + x",
        "2 logs; share: % of a log's samples on the path; ! another build than 431",
        "log | version | build | device | OS | share",
        "1 | 8.1.0 | 431 | - | iOS 18 | 75 %",
        "2 | 8.0.1 | 424 ! | iPhone | - | 75 %",
        "ID 5a",
    ]


def test_named_step_is_bold() -> None:
    made = section(log([app_frame("a", 1, app_frame("named", 1, place="B.m:2"), place="A.m:1")]))
    assert [text_of(one) for one in made.findall("p[@class='path']/strong")] == ["B.m:2"]


def test_long_path_is_cut_in_the_middle() -> None:
    root = app_frame("f9", 1, place="F9.m:1")
    for number in range(8, 0, -1):
        root = app_frame(f"f{number}", 1, root, place=f"F{number}.m:1")
    steps = ["F1.m:1", "F2.m:1", "\u2026", *(f"F{number}.m:1" for number in range(5, 10))]
    assert lines(log([root]))[1] == "Look at " + " \u203a ".join(steps)


def test_signature_without_logs_or_frames_of_the_app_says_so() -> None:
    assert lines(log([frame("a", 1)]))[1] == "Look at: no frame of the app is on the heaviest path"
    assert lines(insights=[{"insightsString": "Slow"}]) == [
        "## Signature 1 of 2, 50 % of hangs: App: named",
        "Insight no category: Slow",
        "no logs",
        "ID 5a",
    ]
    assert lines() == ["## Signature 1 of 2, 50 % of hangs: App: named", "no logs"]
    assert lines(log()) == [
        "## Signature 1 of 2, 50 % of hangs: App: named",
        "  no call stack",
        "1 log",
        "ID 5a",
    ]


def test_saved_logs_and_comparisons_have_other_titles() -> None:
    assert lines(log(), heading=None, id_="")[::3] == ["## Signature 1 of 1", "ID unknown"]
    change = SignatureChange(Change.WORSE, Percents(40.0, 50.0), SIGNATURE, SIGNATURE.function, 1)
    assert lines(log(), heading=HEADING._replace(change=change))[0] == (
        "## Signature 1 of 2, worse, 50 % of hangs: App: named"
    )


def test_main_thread_and_leaves_are_named() -> None:
    found = lines(log([app_frame("a", None)], per_thread=True))
    assert found[3].startswith("Main thread of 1 log, 1 leaves, without sample counts your app")
    assert found[4].startswith("(Flame graph of the main thread of signature 1: 1 leaves, without sample counts)")


def test_what_the_picture_leaves_out_is_below_its_title() -> None:
    made = section(log([app_frame("a", 1000, frame("b", 1))]))
    assert [text_of(one) for one in made.findall("figure/figcaption/div")] == [
        "left out: 1 branch narrower than 0.3 %, 0.1 % of the samples"
    ]


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
