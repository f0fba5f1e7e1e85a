"""Tests of reading a report: from bytes to a checked document, and access to what may be missing in it."""

from __future__ import annotations

import gzip
import io
import sys
from pathlib import Path
from typing import Any

import pytest
from programs import DATA

from ppparser import report
from ppparser.report import DIAGNOSTICS, METRICS, ReportError, amount, entry, items, number, text

pytestmark = pytest.mark.usefixtures("home")

EMPTY = b'{"productData": []}'


def loaded(content: bytes, kind: str = METRICS) -> dict[str, Any]:
    return report.load("-", io.BytesIO(content), kind)


def refusal(path: str, kind: str = METRICS, stdin: bytes = b"") -> str:
    """What a person is told about a file that is refused."""
    with pytest.raises(ReportError) as raised:
        report.load(path, io.BytesIO(stdin), kind)
    return str(raised.value)


# --- reading ----------------------------------------------------------------------------------------------------------


def test_a_report_is_read_from_a_file_and_from_standard_input_alike() -> None:
    path = DATA / "metrics.json"
    from_file = report.load(str(path), io.BytesIO(), METRICS)
    assert from_file == loaded(path.read_bytes())
    assert [product["platform"] for product in from_file["productData"]] == ["iOS", "visionOS"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32"])
@pytest.mark.parametrize("packed", [False, True], ids=["plain", "gzip"])
def test_any_encoding_that_json_is_saved_in_is_read(encoding: str, packed: bool) -> None:
    content = '{"productData": [], "version": "\u63cf\u753b"}'.encode(encoding)
    assert loaded(gzip.compress(content) if packed else content) == {"productData": [], "version": "\u63cf\u753b"}


def test_the_depth_of_a_kernel_s_call_stack_is_read() -> None:
    depth = 1000
    frames = b'{"subFrames": [' * depth + b"]}" * depth
    found = loaded(b'{"productData": [{"diagnosticLogs": [' + frames + b"]}]}", DIAGNOSTICS)
    frame, counted = found["productData"][0]["diagnosticLogs"][0], 1
    while frame["subFrames"]:
        frame, counted = frame["subFrames"][0], counted + 1
    assert counted == depth


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "is empty: download the report again"),
        (b" \r\n", "is empty: download the report again"),
        (b"<!DOCTYPE html>\n<html>", "is not JSON but HTML or XML: perhaps a login or error page was saved"),
        (b'{"productData": [', "is JSON that breaks off at line 1, column 18: download it again"),
        (b'{"productData":\n [{"platform": "iO', "is JSON that breaks off at line 2, column 19: download it again"),
        (b'{"productData":\n [,]}', "is not JSON: Expecting value at line 2, column 3"),
        (EMPTY * 2, "holds something after its JSON document, at line 1, column 20: keep one document in a file"),
        (b'{"version": "\xff\xfe"}', "is not JSON: byte 14 is not UTF-8"),
        (b"[" + b"9" * 5000 + b"]", "holds a number with more digits than Python reads"),
        (
            b"[" * 100_000,
            f"is nested deeper than the JSON parser of Python {sys.version.split()[0]} follows",
        ),
        (gzip.compress(EMPTY)[:-9], "is gzip data that is cut off or damaged: download it again"),
    ],
    ids=["empty", "blank", "HTML", "cut", "cut string", "syntax", "two", "encoding", "digits", "nesting", "gzip"],
)
def test_what_is_no_json_is_refused_with_the_reason_and_the_place(content: bytes, problem: str) -> None:
    Path("saved.json").write_bytes(content)
    assert refusal("saved.json") == f"saved.json {problem}"
    assert refusal("-", stdin=content) == f"standard input {problem}"


def test_a_file_that_is_not_there_is_refused_with_the_system_s_reason() -> None:
    assert refusal("lost.json") == "cannot read lost.json: No such file or directory"


def test_a_folder_is_refused() -> None:
    assert refusal(".") == ". is a folder: name the JSON file in it"


# --- checking ---------------------------------------------------------------------------------------------------------

NO_REPORT = "standard input holds JSON, but no report of the App Store Connect API"


@pytest.mark.parametrize(
    ("name", "kind", "problem"),
    [
        ("logs.json", METRICS, "holds diagnostic logs, not metrics: use `ppparser diagnostics`"),
        ("metrics.json", DIAGNOSTICS, "holds metrics, not diagnostic logs: use `ppparser metrics`"),
        ("build-metrics.json", DIAGNOSTICS, "holds metrics, not diagnostic logs: use `ppparser metrics`"),
        ("empty.json", DIAGNOSTICS, "holds metrics, not diagnostic logs: use `ppparser metrics`"),
        (
            "signatures.json",
            DIAGNOSTICS,
            "holds the list of diagnosticSignatures, not their logs:\n"
            "  download a signature's logs from its relationships.logs.links.related",
        ),
        (
            "error.json",
            METRICS,
            "holds an error of the App Store Connect API, not a report:\n"
            "  PARAMETER_ERROR.INVALID: A parameter has an invalid value. 'WATCH' is not a valid filter value. "
            "(filter[platform])\n"
            "  403: Not allowed",
        ),
    ],
)
def test_another_document_of_the_api_is_refused_by_its_name(name: str, kind: str, problem: str) -> None:
    assert refusal("-", kind, (DATA / name).read_bytes()) == f"standard input {problem}"


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (
            b'{"data": [{"type": "builds"}, {"type": "apps"}]}',
            "standard input holds a list of apps, builds, not a report",
        ),
        (b'{"data": [{}]}', "standard input holds a list of resources, not a report"),
        (b'{"version": "1.0.0"}', NO_REPORT),
        (b'{"data": []}', NO_REPORT),
        (b'{"insights": null}', NO_REPORT),
        (b"[]", NO_REPORT),
        (b'"metrics"', NO_REPORT),
        (b"null", NO_REPORT),
    ],
)
@pytest.mark.parametrize("kind", [METRICS, DIAGNOSTICS])
def test_json_that_is_no_report_is_refused(content: bytes, kind: str, problem: str) -> None:
    assert refusal("-", kind, content) == problem


@pytest.mark.parametrize("kind", [METRICS, DIAGNOSTICS])
def test_a_report_without_products_is_of_either_kind(kind: str) -> None:
    assert loaded(EMPTY, kind) == {"productData": []}


# --- values -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "written", ["2014.30", "750", "1e3", "0.10", "-0.5", "1E+2", "-7", "0", "98765432109876543210"]
)
def test_a_number_prints_as_the_json_writes_it(written: str) -> None:
    assert number(report.parse(f"[{written}]".encode(), "")[0]) == written


@pytest.mark.parametrize(
    ("written", "value"),
    [("2014.30", 2014.3), ("750", 750), ("1e3", 1000), ("-0.5", -0.5), ("1e999", None), ("1" + "0" * 400, None)],
)
def test_a_number_is_calculated_with_where_a_float_holds_it(written: str, value: float | None) -> None:
    assert amount(report.parse(f"[{written}]".encode(), "")[0]) == value


@pytest.mark.parametrize("written", ["null", "true", "false", '"5"', "[]", "{}", "NaN", "Infinity", "-Infinity"])
def test_what_is_no_number_prints_as_nothing_and_is_not_calculated_with(written: str) -> None:
    value = report.parse(f"[{written}]".encode(), "")[0]
    assert (number(value), amount(value)) == ("", None)


WRONG: list[Any] = [None, True, 5, b"1.5", "text", [], {}]


def test_a_string_is_cleaned_and_anything_else_is_no_text() -> None:
    assert [text({"key": value}, "key") for value in [*WRONG, "a\x1b[31mb"]] == [
        *["", "", "", ""],
        "text",
        *["", ""],
        r"a\x1b[31mb",
    ]
    assert text({}, "key") == ""


def test_items_are_the_objects_of_an_array_and_nothing_else() -> None:
    assert items({"key": [{"a": 1}, None, "b", [], {"c": 2}]}, "key") == [{"a": 1}, {"c": 2}]
    assert [items({"key": value}, "key") for value in WRONG] == [[]] * len(WRONG)
    assert items({}, "key") == []


def test_an_entry_is_an_object_and_nothing_else() -> None:
    assert entry({"key": {"a": 1}}, "key") == {"a": 1}
    assert [entry({"key": value}, "key") for value in WRONG] == [{}] * len(WRONG)
    assert entry({}, "key") == {}
