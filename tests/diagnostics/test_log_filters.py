"""Logs are selected by device, OS and app version; the beginning is enough, but a number is never cut."""

from __future__ import annotations

from typing import Any

import pytest

from ppparser.diagnostics.log_filters import NO_FILTERS, LogFilters
from tests.helpers.documents import log

LOG = log(deviceType="iPhone15_2", osVersion="iPhone OS 18.5 (22F76)", appVersion="8.10.2", buildVersion="431")


@pytest.mark.parametrize(
    ("wanted", "matches"),
    [
        *(
            ("iPhone15,2", True),
            ("iPhone15_2", True),
            ("IPHONE15", True),
            ("iphone", True),
            ("iP", True),
            (" i ", True),
        ),
        *(
            ("iPhone1", False),
            ("iPhone15,1", False),
            ("15", False),
            ("2", False),
            ("Phone", False),
            ("iPhone.*", False),
        ),
    ],
)
def test_device_filter(wanted: str, matches: bool) -> None:
    assert LogFilters(device=wanted).match(LOG) == matches


@pytest.mark.parametrize(
    ("wanted", "matches"),
    [
        *(("18", True), ("18.5", True), ("18.", True), ("iPhone OS 18", True), ("ios", False), ("22F76", True)),
        *(("22F", True), ("OS", True), ("1", False), ("18.50", False), ("5", False), ("8.5", False), ("22F7", False)),
    ],
)
def test_os_filter(wanted: str, matches: bool) -> None:
    assert LogFilters(os=wanted).match(LOG) == matches


@pytest.mark.parametrize(
    ("wanted", "matches"),
    [("8", True), ("8.10", True), ("8.10.2", True), ("8.1", False), ("10", False), ("431", False), ("8.10.2.0", False)],
)
def test_app_version_filter(wanted: str, matches: bool) -> None:
    assert LogFilters(app_version=wanted).match(LOG) == matches


@pytest.mark.parametrize("filters", [LogFilters("iPhone"), LogFilters(os="18"), LogFilters(app_version="8")])
@pytest.mark.parametrize("damaged", [{}, {"diagnosticMetaData": None}, log(deviceType=None, osVersion=[])])
def test_log_without_the_value_does_not_match(filters: LogFilters, damaged: dict[str, Any]) -> None:
    assert not filters.match(damaged)
    assert NO_FILTERS.match(damaged)


def test_all_filters_must_match() -> None:
    assert LogFilters("iPhone15,2", "18", "8").match(LOG)
    assert not LogFilters("iPhone15,2", "17", "8").match(LOG)
    assert not LogFilters("iPad", "18", "8").match(LOG)
    assert not LogFilters("iPhone15,2", "18", "9").match(LOG)


def test_given_filters_are_written_as_options() -> None:
    assert LogFilters("iPad", None, "8").options() == ["--device=iPad", "--app-version=8"]
    assert LogFilters(os="1\x1b[2J").options() == [r"--os=1\x1b[2J"]
    assert NO_FILTERS.options() == []


def test_values_are_those_of_the_filters_that_are_given() -> None:
    report = {"productData": [{"diagnosticLogs": [LOG]}, {"diagnosticLogs": [log(osVersion="17"), {}]}]}
    assert list(LogFilters("x", "y").values_in(report)) == [
        *(("--device", "iPhone15_2"), ("--device", ""), ("--device", "")),
        *(("--os", "iPhone OS 18.5 (22F76)"), ("--os", "17"), ("--os", "")),
    ]
