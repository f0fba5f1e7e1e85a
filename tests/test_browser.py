"""Open the HTML pages in headless Chromium: they load and run nothing, and everything is readable at any width."""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any, Callable, NamedTuple

import pytest

from ppparser.documents.subject import App, Subject
from ppparser.metrics.measurements import percentile_label
from ppparser.output.html import diagnostics as diagnostics_html
from ppparser.output.html.metrics import report_html_lines
from ppparser.reports.metrics import MetricsLayout, MetricsOptions, read_metrics_report
from tests import fake_api
from tests.fake_api import BUNDLE_ID, SMALL_BUNDLE_ID
from tests.helpers import documents
from tests.helpers.documents import IPHONES, IPHONES_TOP, dataset, log, metric, points, report
from tests.helpers.html_text import read_page, text_of
from tests.helpers.signatures import hostile_report
from tests.helpers.support import Run, document, succeeded
from tests.output.html.test_diagnostics import hostile_changes, huge, saved
from tests.output.html.test_metrics import TAGS, hostile
from tests.output.html.test_page import MARKUP
from tests.output.markdown.test_document import HOSTILE

sync_api = pytest.importorskip("playwright.sync_api", reason="the package playwright is not installed")

SCRIPT = "get-metrics-insights.py"
CHROMIUM = shutil.which("chromium")
SCHEMES, WIDTHS = ("light", "dark"), (390, 1280)
LOGS_SCRIPT = "get-diagnostics-logs.py"
APP_OPTION = f"--app={BUNDLE_ID}"
# Name of a page -> the script that prints it, and its arguments.
PAGES = {
    "verdict": [SCRIPT, BUNDLE_ID],
    "details": [SCRIPT, BUNDLE_ID, "--details"],
    "overview": [SCRIPT, BUNDLE_ID, "--overview", "--details"],
    "build": [SCRIPT, BUNDLE_ID, "--build-number=424"],
    "apps": [SCRIPT, BUNDLE_ID, SMALL_BUNDLE_ID, "77", "--metric=LAUNCH"],
    "filtered": [SCRIPT, BUNDLE_ID, "--metric=LAUNCH", "--device=iPhone15,2", "--details"],
    "type": [LOGS_SCRIPT, APP_OPTION],
    "all": [LOGS_SCRIPT, APP_OPTION, "--type=ALL", "--signatures=2"],
    "against": [LOGS_SCRIPT, APP_OPTION, "--against=previous"],
    "list": [LOGS_SCRIPT, APP_OPTION, "--signatures=0", "--type=ALL"],
}
LONG = ["x" * 5000, "word " * 1000, "\u6f22" * 2000]
SPECIAL = [
    "\u05e9\u05dc\u05d5\u05dd 123 abc",
    "\u0645\u0631\u062d\u0628\u0627 (1)",
    "\U0001f468\u200d\U0001f469\u200d\U0001f467 \U0001f1e9\U0001f1ea \u2764\ufe0f",
    "e\u0301\u0301\u0301",
]

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="there is no chromium: apt-get install chromium"),
]


class Opened(NamedTuple):
    """A page in the browser, and all that should not be: messages, errors, requests and violations of its policy."""

    page: Any
    problems: list[str]

    def violations(self) -> list[str]:
        return list(self.page.evaluate("window.violations"))


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """Yield a browser with a home folder of its own."""
    arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
    environment: dict[str, str | float | bool] = {
        "HOME": str(tmp_path_factory.mktemp("browser")),
        "PATH": os.environ["PATH"],
    }
    with sync_api.sync_playwright() as playwright:
        try:
            running = playwright.chromium.launch(executable_path=CHROMIUM, args=arguments, env=environment)
        except sync_api.Error as error:
            pytest.skip(f"chromium does not start: {error.message.splitlines()[0]}")
        page = running.new_page()
        page.set_content("<span>text</span>")
        if not page.evaluate("document.querySelector('span').offsetWidth"):
            pytest.skip("chromium finds no font: apt-get install fonts-dejavu-core")
        yield running
        running.close()


Demo = Callable[[str], str]
OpenPage = Callable[..., Opened]


@pytest.fixture
def demo(api: fake_api.FakeAPI, run: Run, home: Path) -> Demo:
    """Return a function that prints a page of PAGES, or the one about saved logs or about two files with logs."""

    def demo(name: str) -> str:
        if name in PAGES:
            return succeeded(run(*PAGES[name], "--format=html"))
        for file, build in (("new.json", "431"), ("old.json", "424")):
            run(LOGS_SCRIPT, APP_OPTION, f"--build-number={build}", "--type=HANGS", f"--output={home / file}")
        against = [f"--against={home / 'old.json'}"] if name == "functions" else []
        return succeeded(run("ppparser", "diagnostics", f"--input={home / 'new.json'}", "--format=html", *against))

    return demo


@pytest.fixture
def open_page(browser: Any, tmp_path: Path) -> Iterator[OpenPage]:
    """Yield a function that opens a page in a window of its own."""
    pages = []

    def open_page(html: str, width: int = 1280, scheme: str = "light") -> Opened:
        file = tmp_path / "page.html"
        file.write_bytes(html.encode("ascii"))
        problems: list[str] = []
        page = browser.new_page(viewport={"width": width, "height": 800}, color_scheme=scheme)
        pages.append(page)
        page.on("console", lambda message: problems.append(f"{message.type}: {message.text}"))
        page.on("pageerror", lambda error: problems.append(f"error: {error}"))
        page.on("dialog", lambda dialog: problems.append(f"dialog: {dialog.message}"))
        page.on("request", lambda request: None if request.url == file.as_uri() else problems.append(request.url))
        page.add_init_script(
            "window.violations = [];"
            "document.addEventListener('securitypolicyviolation', event => violations.push(event.violatedDirective));"
        )
        page.goto(file.as_uri())
        return Opened(page, problems)

    yield open_page
    for page in pages:
        page.close()


def check_layout(page: Any) -> None:
    """Check that nothing is cut off: neither the page nor a picture is wider than its place, and no labels overlap."""
    widths = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
    assert widths[0] <= widths[1]
    pictures = page.evaluate(
        """[...document.querySelectorAll("svg.plot")].map(plot => {
            const box = one => { const {left, right, top, bottom} = one.getBoundingClientRect();
                                 return [left, right, top, bottom]; };
            return [box(plot), [...plot.querySelectorAll("text.version")].map(box),
                    [...plot.querySelectorAll("text.halo")].map(box)];
        })"""
    )
    for (left, right, *_), versions, values in pictures:
        assert all(left - 1 <= one[0] and one[1] <= right + 1 for one in (*versions, *values))
        ordered = sorted(versions)
        assert all(one[1] < other[0] for one, other in zip(ordered, ordered[1:]))
        assert all(one[3] <= other[2] + 4 or other[3] <= one[2] + 4 for one, other in zip(values, values[1:]))


def check_flame_graphs(page: Any) -> None:
    """Check that each bar is inside its picture, cuts its label off, has a tooltip, and that none covers another."""
    pictures = page.evaluate(
        """[...document.querySelectorAll("svg.flames")].map(picture => {
            const box = one => { const {left, right, top, bottom} = one.getBoundingClientRect();
                                 return [top, left, right, bottom]; };
            return [box(picture), [...picture.querySelectorAll("svg")].map(bar => box(bar.querySelector("rect"))),
                    [...picture.querySelectorAll("svg")].map(bar => getComputedStyle(bar).overflow),
                    [...picture.querySelectorAll("svg")].map(bar => bar.querySelector("title").textContent)];
        })"""
    )
    for (top, left, right, bottom), bars, overflows, tooltips in pictures:
        assert all(top - 1 <= one[0] and left - 1 <= one[1] for one in bars)
        assert all(one[2] <= right + 1 and one[3] <= bottom + 1 for one in bars)
        ordered = sorted(bars)
        assert all(one[0] < other[0] or one[2] <= other[1] + 1.5 for one, other in zip(ordered, ordered[1:]))
        assert set(overflows) == {"hidden"}
        assert all(tooltips)


def check_elements(page: Any) -> None:
    """Check that there are only elements that pages are made of."""
    tags = page.evaluate("[...new Set([...document.querySelectorAll('*')].map(one => one.localName))]")
    assert set(tags) <= {*TAGS, "h4", "br"}


# --- the demo


@pytest.mark.parametrize("name", [*PAGES, "saved", "functions"])
def test_page_is_readable(name: str, demo: Demo, open_page: OpenPage) -> None:
    html = demo(name)
    page, problems = tab = open_page(html)
    text = text_of(read_page(html).findall("body")[0])
    assert "".join(page.text_content("body").split()) == "".join(text.split())
    for scheme, width in product(SCHEMES, WIDTHS):
        page.emulate_media(color_scheme=scheme)
        page.set_viewport_size({"width": width, "height": 800})
        check_layout(page)
        check_flame_graphs(page)
    assert (problems, tab.violations()) == ([], [])
    check_elements(page)


@pytest.mark.parametrize("width", WIDTHS)
def test_values_of_the_verdict_are_visible(width: int, demo: Demo, open_page: OpenPage) -> None:
    page, _ = open_page(demo("verdict"), width)
    shown = "".join(page.inner_text("body").split())
    values = read_metrics_report(documents.parsed(fake_api.metrics()), MetricsOptions())
    expected = [*values.versions.values(), values.scorecard.device]
    for score in values.scorecard.scores:
        expected += [score.identifier, score.unit, score.typical.value, score.top.value, *score.alarm_devices]
    for finding in values.findings:
        expected += [*finding.insight.reference_versions, finding.insight.category, finding.insight.identifier]
        for one in finding.populations:
            expected += [one.device, one.values[-1], percentile_label(one.reported.percentile)]
            expected += [one.reported.change_text, one.reported.reference_average]
    assert [one for one in expected if "".join(one.split()) not in shown] == []


def test_page_follows_the_colour_scheme(demo: Demo, open_page: OpenPage) -> None:
    html = demo("verdict")
    colours = []
    for scheme in SCHEMES:
        page, _ = open_page(html, scheme=scheme)
        colours.append(page.evaluate("(s => [s.backgroundColor, s.color])(getComputedStyle(document.body))"))
        page.emulate_media(media="print")
        colours.append(page.evaluate("(s => [s.backgroundColor, s.color])(getComputedStyle(document.body))"))
    light, on_paper, dark, dark_on_paper = colours
    assert light == on_paper == dark_on_paper == ["rgb(255, 255, 255)", "rgb(28, 29, 33)"]
    assert dark == ["rgb(22, 23, 27)", "rgb(236, 236, 240)"]


def test_page_can_be_printed(demo: Demo, open_page: OpenPage) -> None:
    page, problems = open_page(demo("details"))
    pdf = page.pdf(format="A4", margin=dict.fromkeys(("top", "right", "bottom", "left"), "15mm"))
    assert pdf.startswith(b"%PDF-")
    assert 3 <= len(re.findall(rb"/Type */Page\b", pdf)) <= 15
    assert problems == []


def test_screen_reader_finds_its_way(demo: Demo, open_page: OpenPage) -> None:
    page, _ = open_page(demo("details"))
    pictures = page.locator("svg.plot").count()
    assert page.get_by_role("img", name=re.compile(" by version on ")).count() == pictures > 12
    assert page.get_by_role("heading", level=1).all_inner_texts() == [
        "Ridgeline (com.example.ridgeline), version 8.1.0 on iOS"
    ]
    row = page.get_by_role("row", name=re.compile("^launchTime"))
    assert row.get_by_role("rowheader").all_inner_texts()[-1] == "typical (50th)"
    assert page.get_by_role("table", name=re.compile("error margins")).count() == 1


def test_link_leads_to_the_chart(demo: Demo, open_page: OpenPage) -> None:
    page, problems = open_page(demo("verdict"))
    page.get_by_role("link", name="documentsAndData").click()
    assert page.locator("figure:target svg title").first.text_content().startswith("documentsAndData in MB")
    assert page.evaluate("scrollY") > 0
    assert problems == []


# --- the policy


@pytest.mark.parametrize(
    ("attack", "directive"),
    [
        (
            "document.body.append(Object.assign(document.createElement('img'), {src: 'https://evil.example/'}))",
            "img-src",
        ),
        (
            "document.body.append(Object.assign(document.createElement('script'), {text: 'hacked = 1'}))",
            "script-src-elem",
        ),
        ("document.body.setAttribute('style', 'color: red')", "style-src-attr"),
        (
            "document.body.append(Object.assign(document.createElement('style'), {textContent: 'a{}'}))",
            "style-src-elem",
        ),
        ("document.body.setAttribute('onclick', 'hacked = 1'); document.body.click()", "script-src-attr"),
        (
            "document.body.append(Object.assign(document.createElement('iframe'), {src: 'https://evil.example/'}))",
            "frame-src",
        ),
    ],
)
def test_policy_is_enforced(attack: str, directive: str, open_page: OpenPage) -> None:
    html = "\n".join(report_html_lines(read_metrics_report(document("metrics.json"), MetricsOptions())))
    tab = open_page(html)
    tab.page.evaluate(attack)
    tab.page.wait_for_function("violations.length")
    assert tab.violations()[0] == directive
    assert tab.page.evaluate("typeof hacked") == "undefined"


# --- hostile reports


def test_hostile_names_are_shown_as_text(open_page: OpenPage) -> None:
    """Each name is that of a metric, of all that it has, and of what an insight found in it."""
    names = [*HOSTILE, *MARKUP, *SPECIAL]
    made = [hostile(name) for name in names]
    together = {
        "productData": [product for one in made for product in one["productData"]],
        "insights": {"regressions": [found for one in made for found in one["insights"]["regressions"]]},
    }
    options = MetricsOptions(layout=MetricsLayout.DETAILS)
    html = "\n".join(report_html_lines(read_metrics_report(together, options)))
    for width in WIDTHS:
        page, problems = tab = open_page(html, width)
        assert (problems, tab.violations()) == ([], [])
        check_layout(page)
        check_elements(page)
        shown = " ".join(page.inner_text("body").split())
        assert [name for name in names if shown.count(" ".join(name.split())) < 6] == []


@pytest.mark.parametrize("name", [*LONG, "</title></style><script>alert(1)</script>"], ids=lambda name: name[:5])
def test_app_may_have_any_name(name: str, open_page: OpenPage) -> None:
    options = MetricsOptions(layout=MetricsLayout.DETAILS, subject=Subject(App("1", name, name)))
    html = "\n".join(report_html_lines(read_metrics_report(hostile(name), options)))
    page, problems = tab = open_page(html, WIDTHS[0])
    assert (problems, tab.violations()) == ([], [])
    check_layout(page)
    check_elements(page)
    assert page.title().startswith(" ".join(f"{name} ({name})".split()))
    assert " ".join(page.inner_text("h1").split()).startswith(" ".join(f"{name} ({name})".split()))


@pytest.mark.parametrize(
    "versions",
    [
        [f"{number}.{number}.{number}" for number in range(1, 61)],
        [f"10.11.{number}" for number in range(8)],
        ["\u6f22" * 9 + str(number) for number in range(12)],
        ["1"],
        ["1", "\U0001f468\u200d\U0001f469\u200d\U0001f467" * 4],
    ],
    ids=["sixty", "eight", "wide", "one", "emoji"],
)
def test_versions_never_overlap(versions: list[str], open_page: OpenPage) -> None:
    values = [[100 + 7 * (number % 5), 300] for number in range(len(versions))]
    datasets = [
        dataset(criteria, points(*[pair[place] for pair in values], versions=versions))
        for place, criteria in enumerate((IPHONES, IPHONES_TOP))
    ]
    made = report(("A", metric("m", datasets, unit={"displayName": "ms"})))
    html = "\n".join(report_html_lines(read_metrics_report(made, MetricsOptions())))
    for width in WIDTHS:
        page, problems = open_page(html, width)
        check_layout(page)
        assert page.locator("text.version").count() >= min(len(versions), 2)
        assert problems == []


# --- diagnostics


def test_values_of_diagnostics_are_visible(demo: Demo, run: Run, open_page: OpenPage) -> None:
    values = json.loads(succeeded(run(*PAGES["all"], "--format=json")))
    expected = [f"{one['share_percent']:.3g} %" for one in values["signatures"]]
    expected += [one["function"] for one in values["signatures"]]
    for one in values["details"]:
        expected += [f"{one['open']['file']}:{one['open']['line']}", one["open"]["reason"]]
        expected += [log["os"] for log in one["logs"]]
        expected += [row["function"] for row in one["tree"]["rows"] if row["is_app"]]
    page, _ = open_page(demo("all"))
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        shown = "".join(page.inner_text("body").split())
        assert [one for one in expected if "".join(one.split()) not in shown] == []


def test_page_of_diagnostics_can_be_printed(demo: Demo, open_page: OpenPage) -> None:
    page, problems = open_page(demo("all"))
    pdf = page.pdf(format="A4", margin=dict.fromkeys(("top", "right", "bottom", "left"), "15mm"))
    assert 5 <= len(re.findall(rb"/Type */Page\b", pdf)) <= 10
    page.emulate_media(media="print", color_scheme="dark")
    fills = "[...document.querySelectorAll('.flames .app > rect')].map(one => getComputedStyle(one).fill)"
    assert page.evaluate(fills)[0] == "rgb(255, 215, 154)"
    assert problems == []


def test_screen_reader_finds_its_way_in_diagnostics(demo: Demo, open_page: OpenPage) -> None:
    page, _ = open_page(demo("all"))
    assert page.get_by_role("img", name=re.compile("^Flame graph of the ")).count() == 6
    assert page.get_by_role("heading", level=1).all_inner_texts() == ["Ridgeline (com.example.ridgeline)"]
    assert page.get_by_role("heading", level=2).all_inner_texts()[:2] == ["Lines to open", "DISK_WRITES signatures"]
    assert (
        page.get_by_role("row", name=re.compile(r"^TrackStore.append.* 42 % 34 \u2192 38 \u2192 42 % up")).count() == 1
    )
    assert page.get_by_role("table", name=re.compile("^[0-9]+ logs; share: ")).count() == 6


def test_line_to_open_leads_to_its_signature(demo: Demo, open_page: OpenPage) -> None:
    page, problems = open_page(demo("all"))
    page.get_by_role("link", name="TrailCatalog.swift:83").click()
    assert page.locator("section:target h2").inner_text().startswith("Signature 5 of 6, 52 % of slow launches")
    assert page.evaluate("scrollY") > 0
    assert problems == []


def test_hostile_names_of_diagnostics_are_shown_as_text(open_page: OpenPage) -> None:
    names = [*HOSTILE, *MARKUP, *SPECIAL, *LONG]
    for kind in (hostile_report, hostile_changes):
        made = [kind(name) for name in names]
        report_ = made[0]._replace(
            changes=[change for one in made for change in one.changes],
            rankings={name: ranking for one in made for name, ranking in one.rankings.items()},
            signatures=[signature for one in made for signature in one.signatures],
            missing=[missing for one in made for missing in one.missing],
        )
        html = "\n".join(diagnostics_html.report_html_lines(report_))
        page, problems = tab = open_page(html)
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 800})
            check_layout(page)
            check_flame_graphs(page)
            shown = " ".join(page.inner_text("body").split())
            assert [name for name in names if shown.count(" ".join(name.split())) < 6] == []
        assert (problems, tab.violations()) == ([], [])
        check_elements(page)


@pytest.mark.parametrize("kind", ["deep", "wide", "bushy"])
def test_page_of_a_huge_tree_is_readable(kind: str, open_page: OpenPage) -> None:
    made = saved({"signatureId": "5a", "diagnosticLogs": [log([huge(kind)])]})
    html = "\n".join(diagnostics_html.report_html_lines(made))
    page, problems = open_page(html)
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        check_layout(page)
        check_flame_graphs(page)
    assert problems == []
    page.close()
