"""Tests of what a person is told about files that hold no report, and of the odd ones that are read all the same."""

from __future__ import annotations

import gzip
import json
import os
import sys
import threading
from pathlib import Path

import pytest
from programs import ppparser, python, spawn

from ppparser import report

pytestmark = pytest.mark.usefixtures("home")

REPORT = (
    '{"insights": {"regressions": [{"metricCategory": "HANG", "metric": "hangRate", "latestVersion": "3.1\u03b2"}]},\n'
    ' "productData": [], "version": "1.0.0"}\n'
)
PRINTED = """\
Regressions: 1

  HANG hangRate
    version 3.1\u03b2

Trending up: none

"""
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89"
PYTHON = sys.version.split()[0]


def insights(capsys: pytest.CaptureFixture[str], path: str) -> tuple[int, str, str]:
    return tuple(ppparser(capsys, "metrics", f"--input={path}", "--auto_insights"))


def told(message: str) -> tuple[int, str, str]:
    """The outcome of a run that only said `message`."""
    return 1, "", f"ppparser: {message}\n"


# --- Read all the same


@pytest.mark.parametrize("packed", [False, True], ids=["plain", "gzip"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_a_report_in_another_encoding_or_packed_prints(
    encoding: str, packed: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    content = REPORT.encode(encoding)
    Path("report.json").write_bytes(gzip.compress(content) if packed else content)
    assert insights(capsys, "report.json") == (0, PRINTED, "")


def test_a_pipe_in_the_file_system_is_read_to_its_end(capsys: pytest.CaptureFixture[str]) -> None:
    os.mkfifo("pipe")
    writer = threading.Thread(target=Path("pipe").write_text, args=(REPORT, "utf-8"))
    writer.start()
    assert insights(capsys, "pipe") == (0, PRINTED, "")
    writer.join()


# --- Refused


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "is empty: download the report again"),
        (b" \r\n\t\n", "is empty: download the report again"),
        (b"\xef\xbb\xbf", "is empty: download the report again"),
        (gzip.compress(b""), "is empty: download the report again"),
        (gzip.compress(REPORT.encode())[:-12], "is gzip data that is cut off or damaged: download it again"),
        (gzip.compress(REPORT.encode())[:30] + b"xxxx", "is gzip data that is cut off or damaged: download it again"),
        (
            REPORT.encode() + REPORT.encode(),
            "holds something after its JSON document, at line 3, column 1: keep one document in a file",
        ),
        (
            b'{"version": "1"}\n{"version": "2"}\n',
            "holds something after its JSON document, at line 2, column 1: keep one document in a file",
        ),
        (
            b"\n<!DOCTYPE html>\n<title>Sign in</title>",
            "is not JSON but HTML or XML: perhaps a login or error page was saved",
        ),
        (PNG, "is not JSON: byte 1 is not UTF-8"),
        (b'{"version": "caf\xe9"}', "is not JSON: byte 17 is not UTF-8"),
        (b'{"version": "\xed\xa0\x80"}', "is not JSON: byte 14 is not UTF-8"),
        (REPORT.encode("utf-16")[:-1], f"is not JSON: byte {len(REPORT.encode('utf-16')) - 1} is not UTF-16"),
        (b'{"version": "1\n0"}', "is not JSON: Invalid control character at line 1, column 15"),
        (b"version: 1.0.0", "is not JSON: Expecting value at line 1, column 1"),
    ],
    ids=[
        *("empty", "blank", "only a byte order mark", "empty gzip", "cut gzip", "damaged gzip", "two documents"),
        *("JSON lines", "HTML", "PNG", "Latin-1", "surrogate", "odd UTF-16", "line break in a string", "YAML"),
    ],
)
def test_a_file_that_is_no_json_is_refused_with_the_reason(
    content: bytes, problem: str, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("saved.json").write_bytes(content)
    assert insights(capsys, "saved.json") == told(f"saved.json {problem}")


def test_json_cut_off_anywhere_is_said_to_break_off_there() -> None:
    whole = (
        '{"a\\u00e9\\n\\ud83d\\ude00": [true, false, null, -12.5e+3, 1E-2, 7],\n'
        '  "b": {"NaN": NaN, "c": [-Infinity, Infinity, {}, []]}\n}'
    )
    for length in range(1, len(whole)):
        kept = whole[:length].rstrip()
        where = f"line {kept.count(chr(10)) + 1}, column {len(kept.splitlines()[-1]) + 1}"
        with pytest.raises(report.ReportError) as raised:
            report.parse(whole[:length].encode(), "saved.json")
        assert str(raised.value) == f"saved.json is JSON that breaks off at {where}: download it again", whole[:length]


@pytest.mark.parametrize("kept", ["[tru]", '["\\u12"]', "[1.]", "[1 e]", '["\\x"]', '{"a" 1}'])
def test_json_with_a_mistake_before_its_end_is_not_said_to_break_off(kept: str) -> None:
    with pytest.raises(report.ReportError, match=r"^saved\.json is not JSON: "):
        report.parse(kept.encode(), "saved.json")


def test_a_folder_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert insights(capsys, ".") == told(". is a folder: name the JSON file in it")


def test_a_pipe_that_closes_without_a_word_is_an_empty_file(capsys: pytest.CaptureFixture[str]) -> None:
    os.mkfifo("pipe")
    writer = threading.Thread(target=Path("pipe").write_bytes, args=(b"",))
    writer.start()
    assert insights(capsys, "pipe") == told("pipe is empty: download the report again")
    writer.join()


def test_a_missing_file_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert insights(capsys, "lost.json") == told("cannot read lost.json: No such file or directory")


def test_a_file_that_may_not_be_read_is_refused(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse(path: str, mode: str) -> None:
        raise PermissionError(13, "Permission denied", path)

    # A test run by root may read everything.
    monkeypatch.setattr(report, "open", refuse, raising=False)
    assert insights(capsys, "secret.json") == told("cannot read secret.json: Permission denied")


def test_an_empty_name_is_said_to_be_one(capsys: pytest.CaptureFixture[str]) -> None:
    assert insights(capsys, "") == told("cannot read a file without a name: No such file or directory")


@pytest.mark.parametrize(
    ("path", "shown"),
    [("a\nb.json", "a\\nb.json"), ("\x1b[31mred\x07", "\\x1b[31mred\\x07"), ("\u202egnp.json", "\\u202egnp.json")],
    ids=["line break", "escape sequence", "direction"],
)
def test_a_name_with_control_characters_is_shown_escaped(
    path: str, shown: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert insights(capsys, path) == told(f"cannot read {shown}: No such file or directory")
    Path(path).write_bytes(b"")
    assert insights(capsys, path) == told(f"{shown} is empty: download the report again")


def test_a_name_that_is_no_text_is_shown_escaped(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def miss(path: str, mode: str) -> None:
        raise FileNotFoundError(2, "No such file or directory", path)

    # What a file system answers to bytes that are no UTF-8 differs.
    monkeypatch.setattr(report, "open", miss, raising=False)
    path = b"caf\xe9.json".decode("utf-8", "surrogateescape")
    assert insights(capsys, path) == told("cannot read caf\\udce9.json: No such file or directory")


def test_closed_standard_input_is_an_empty_file() -> None:
    shell = ["/bin/sh", "-c", 'exec "$@" <&-', "sh"]
    outcome = spawn(shell + python("ppparser", "metrics", "--input=-"))
    assert tuple(outcome) == told("standard input is empty: download the report again")


def test_a_number_of_5000_digits_is_refused_or_printed_whole(capsys: pytest.CaptureFixture[str]) -> None:
    digits = "9" * 5000
    before = '{"productData": [{"metricCategories": [{"metrics": [{"datasets": [{"points": [{"value": '
    Path("long.json").write_text(f"{before}{digits}" + "}]" * 5 + "}", "utf-8")
    status, out, err = ppparser(capsys, "metrics", "--input=long.json", "--csv")
    try:
        int(digits)
    except ValueError:
        assert (status, out, err) == told("long.json holds a number with more digits than Python reads")
    else:  # CPython before 3.9.14 reads them all.
        assert (status, out.splitlines()[1:], err) == (0, [f",,,,,,,,{digits},,"], "")


# --- Nesting

HEAD = '{"productData": [{"diagnosticLogs": [{"callStackTree": [{"callStacks": [{"callStackRootFrames": ['
TAIL = "]}]}]}]}]}"


def stack(frames: int) -> str:
    """A report with one call stack, each frame called by the one before it."""
    nested = "".join([f'{{"rawFrame": "frame {level}", "sampleCount": 1, "subFrames": [' for level in range(frames)])
    return HEAD + nested + "]}" * frames + TAIL


def parser_follows(document: str) -> bool:
    """Whether the JSON parser of this Python reads `document` where Python's own limit is out of the way."""
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(5000)
    try:
        json.loads(document)
    except RecursionError:
        return False
    finally:
        sys.setrecursionlimit(limit)
    return True


@pytest.mark.parametrize("frames", [300, 700, 1000])
def test_a_deep_call_stack_prints_whole_where_the_json_parser_follows(
    frames: int, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("deep.json").write_text(stack(frames), "utf-8")
    status, out, err = ppparser(capsys, "diagnostics", "--input=deep.json", "--callstack")
    if parser_follows(stack(frames)):
        printed = [line for line in out.splitlines() if " frame " in line]
        assert (status, err) == (0, "")
        assert [line for line in printed if "look at" not in line] == [
            f"       1   frame {level}" for level in range(frames)
        ]
    else:
        assert (status, out, err) == told(f"deep.json is nested deeper than the JSON parser of Python {PYTHON} follows")


@pytest.mark.parametrize("opening", ["[", '{"a":', '[{"a":'])
def test_nesting_beyond_the_json_parser_is_one_message_on_a_stack_of_8_megabytes(opening: str) -> None:
    Path("deep.json").write_text(opening * 100_000, "utf-8")
    shell = ["/bin/sh", "-c", 'ulimit -s 8192 && exec "$@"', "sh"]
    outcome = spawn(shell + python("ppparser", "diagnostics", "--input=deep.json"))
    assert tuple(outcome) == told(f"deep.json is nested deeper than the JSON parser of Python {PYTHON} follows")
