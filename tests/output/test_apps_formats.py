"""Tests of a report about several apps in each format."""

from __future__ import annotations

import json

import pytest

from ppparser.errors import APIError, NotFoundError
from ppparser.output.data.apps_json import apps_json_lines
from ppparser.output.html.apps import apps_html_lines
from ppparser.output.html.page import element
from ppparser.output.markdown.apps import apps_markdown_lines
from ppparser.output.text.apps import apps_lines
from ppparser.program.terminal import PLAIN
from ppparser.reports.apps import AppsReport, apps_report
from tests.helpers.apps import launch_report, result
from tests.helpers.html_text import page_lines_of, read_page, text_of
from tests.helpers.markdown_text import texts_of
from tests.helpers.schemas import validated
from tests.helpers.support import Check
from tests.output.html.test_metrics import TAGS
from tests.output.markdown.test_document import HOSTILE
from tests.reports.test_apps import EMPTY


def results(*, names: tuple[str, ...] = ("Cairn", "Ridgeline", "Switchback", "Lost", "Broken")) -> AppsReport:
    return apps_report(
        [
            result(names[0], launch_report(100, 90, goals=("good", "good"))),
            result(names[1], launch_report(100, 150, regressions=1, goals=("good", "poor"), highImpact=True)),
            result(names[2], EMPTY),
            result(names[3], NotFoundError("404")),
            result(
                names[4],
                APIError("App Store Connect responded 500 to GET /v1/apps/5/perfPowerMetrics\n  Request ID: 7"),
            ),
        ]
    )


def test_text_is_a_table_and_then_each_verdict(check: Check) -> None:
    check(apps_lines(results(), PLAIN), "apps.txt")


def test_text_fits_into_eighty_columns() -> None:
    names = tuple(f"{letter * 70}" for letter in "ABCDE")
    assert max(len(line) for line in list(apps_lines(results(names=names), PLAIN))[:14]) <= 80


def test_markdown_is_a_table_and_then_each_verdict(check: Check) -> None:
    check(apps_markdown_lines(results()), "apps.md")


def test_page_is_a_table_and_then_each_verdict(check: Check) -> None:
    root = read_page("\n".join(apps_html_lines(results())))
    lines = list(page_lines_of(root))
    check(lines, "apps-page.txt")
    ids = [one.get("id", "") for one in root.iter() if one.get("id")]
    links = [one.get("href", "") for one in root.iter("a")]
    assert len(set(ids)) == len(ids)
    assert ("#app-1" in links, {link[1:] for link in links} <= set(ids)) == (True, True)


def test_json_has_all_apps_and_follows_the_schema(check: Check) -> None:
    lines = list(apps_json_lines(results()))
    check(lines, "apps.json")
    validated("apps", "\n".join(lines))


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names_are_text_in_every_format(name: str) -> None:
    found = results(names=(name,) * 5)
    page = read_page("\n".join(apps_html_lines(found)))
    assert text_of(page).count(text_of(element("p", name))) >= 5
    assert {one.tag for one in page.iter()} <= {*TAGS, "h4", "br"}
    assert texts_of(list(apps_markdown_lines(found))).count(name.strip()[:12]) >= 5
    assert [one["app"]["name"] for one in json.loads("\n".join(apps_json_lines(found)))["apps"]] == [name] * 5
