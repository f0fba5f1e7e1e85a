"""Loading a report: from a file, standard input or bytes to a document of the expected kind."""

from __future__ import annotations

import gzip
import io
import json
import os
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

from ppparser.documents import loading
from ppparser.documents.loading import DIAGNOSTICS, METRICS, OVERVIEW, error_lines, kind_of
from ppparser.errors import DocumentError
from tests import fake_api
from tests.helpers.support import DATA, Check, command, document, spawn

pytestmark = pytest.mark.usefixtures("home")

EMPTY = b'{"productData": []}'
TEXT = '{"productData": [],\n "version": "\u63cf\u753b"}\n'
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89"
TOO_DEEP = f"is nested more deeply than the JSON parser of Python {sys.version.split()[0]} can read"
BLANK = "is empty: download the report again"


def loaded(content: bytes, kind: str = METRICS) -> dict[str, Any]:
    return loading.load("-", io.BytesIO(content), kind)


def problem_of(path: str, kind: str = METRICS, stdin: bytes = b"") -> str:
    with pytest.raises(DocumentError) as raised:
        loading.load(path, io.BytesIO(stdin), kind)
    return str(raised.value)


# --- sources ----------------------------------------------------------------------------------------------------------


def test_file_and_standard_input_are_read_alike() -> None:
    path = DATA / "metrics.json"
    from_file = loading.load(str(path), io.BytesIO(), METRICS)
    assert from_file == loaded(path.read_bytes())
    assert [product["platform"] for product in from_file["productData"]] == ["iOS", "visionOS"]


@pytest.mark.parametrize("compress", [bytes, gzip.compress], ids=["plain", "gzip"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le"])
def test_every_encoding_of_json_is_read(encoding: str, compress: Any) -> None:
    assert loaded(compress(TEXT.encode(encoding))) == {"productData": [], "version": "\u63cf\u753b"}


@pytest.mark.parametrize("content", [TEXT.encode(), b""])
def test_fifo_is_read_to_its_end(content: bytes) -> None:
    os.mkfifo("fifo")
    writer = threading.Thread(target=Path("fifo").write_bytes, args=(content,))
    writer.start()
    if content:
        assert loading.load("fifo", io.BytesIO(), METRICS) == loaded(content)
    else:
        assert problem_of("fifo") == f"fifo {BLANK}"
    writer.join()


@pytest.mark.parametrize(
    ("path", "problem"),
    [
        ("lost.json", "cannot read lost.json: No such file or directory"),
        ("", "cannot read a file without a name: No such file or directory"),
        (".", ". is a folder: name the JSON file in it"),
    ],
)
def test_path_that_is_not_a_file_is_named(path: str, problem: str) -> None:
    assert problem_of(path) == problem


def test_reason_of_the_system_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(path: str, mode: str) -> None:
        raise PermissionError(13, "Permission denied", path)

    # Root may read everything.
    monkeypatch.setattr(loading, "open", refuse, raising=False)
    assert problem_of("secret.json") == "cannot read secret.json: Permission denied"


@pytest.mark.parametrize(
    ("path", "escaped"),
    [("a\nb.json", "a\\nb.json"), ("\x1b[31mred\x07", "\\x1b[31mred\\x07"), ("\u202egnp.json", "\\u202egnp.json")],
    ids=["line break", "escape sequence", "direction"],
)
def test_control_characters_in_a_path_are_escaped(path: str, escaped: str) -> None:
    assert problem_of(path) == f"cannot read {escaped}: No such file or directory"
    Path(path).write_bytes(b"")
    assert problem_of(path) == f"{escaped} {BLANK}"


# --- syntax -----------------------------------------------------------------------------------------------------------


INVALID: dict[str, bytes] = {
    "empty": b"",
    "blank": b" \r\n\t\n",
    "only a byte order mark": b"\xef\xbb\xbf",
    "empty gzip": gzip.compress(b""),
    "truncated gzip": gzip.compress(TEXT.encode())[:-12],
    "damaged gzip": gzip.compress(TEXT.encode())[:15] + b"xxxx",
    "wrong checksum": gzip.compress(TEXT.encode())[:-8] + b"\0" * 8,
    "two documents": EMPTY * 2,
    "JSON lines": b'{"version": "1"}\n{"version": "2"}\n',
    "HTML": b"\n<!DOCTYPE html>\n<title>Sign in</title>",
    "syntax": b'{"productData":\n [,]}',
    "PNG": PNG,
    "Latin-1": b'{"version": "caf\xe9"}',
    "odd UTF-16": EMPTY.decode().encode("utf-16-le") + b"\0",
    "line break": b'{"version": "1\n0"}',
}


def test_cause_and_place_of_invalid_json_are_shown(check: Check) -> None:
    problems = []
    for name, content in INVALID.items():
        Path("saved.json").write_bytes(content)
        problem = problem_of("saved.json").removeprefix("saved.json ")
        assert problem_of("-", stdin=content) == f"standard input {problem}"
        problems.append(f"{name}: {problem}")
    check(problems)


@pytest.mark.parametrize(
    "content",
    [
        *("{", '{"a', '{"a"', '{"a":', '{"a": "b', '{"a": 1', '{"a": 1,\n', '{"a": [', '{"a": [{}', '{"a": [{},'),
        *('{"a": tru', '{"a": -', '{"a": 1.', '{"a": 1.5e-', '{"a": "\\u00'),
    ],
)
def test_json_that_is_cut_off_ends_too_early(content: str) -> None:
    with pytest.raises(DocumentError, match=r"^it is JSON that ends too early: download it again$"):
        loading.parse(content.encode(), "it")


def test_fractions_keep_their_spelling() -> None:
    assert loading.parse(b"[1.50, 1E2, 7, NaN, -Infinity]", "it") == [b"1.50", b"1E2", 7, None, None]


# --- nesting ----------------------------------------------------------------------------------------------------------


def call_stack(frames: int) -> bytes:
    """Return a report with one call stack; each frame but the first is called by the one before it."""
    nested = '{"subFrames": [' * frames + "]}" * frames
    return f'{{"productData": [{{"diagnosticLogs": [{nested}]}}]}}'.encode()


@pytest.mark.parametrize("frames", [300, 700, 1000, 2400])
def test_deep_call_stack_is_read_if_the_parser_can(frames: int) -> None:
    content = call_stack(frames)
    try:
        json.loads(content)
    except RecursionError:  # Python 3.12 has a limit of its own.
        assert problem_of("-", DIAGNOSTICS, content) == f"standard input {TOO_DEEP}"
        return
    frame, depth = loaded(content, DIAGNOSTICS)["productData"][0]["diagnosticLogs"][0], 1
    while frame["subFrames"]:
        frame, depth = frame["subFrames"][0], depth + 1
    assert depth == frames


@pytest.mark.parametrize("opening", ["[", '{"a":', '[{"a":'])
def test_endless_nesting_does_not_overflow_a_stack_of_8_mb(opening: str) -> None:
    Path("deep.json").write_text(opening * 100_000)
    shell = ["/bin/sh", "-c", 'ulimit -s 8192 && exec "$@"', "sh"]
    outcome = spawn([*shell, *command("ppparser", "diagnostics", "--input=deep.json")])
    assert outcome == (1, "", f"ppparser: deep.json {TOO_DEEP}\n")


# --- kinds of documents -----------------------------------------------------------------------------------------------


SAVED = ("metrics.json", "build-metrics.json", "empty.json", "logs.json", "signatures.json", "error.json")
DOCUMENTS: dict[str, bytes] = {
    **{name: (DATA / name).read_bytes() for name in SAVED},
    "overview": json.dumps(fake_api.overview()).encode(),
    "no overview": json.dumps(fake_api.no_overview()).encode(),
    **{
        content: content.encode()
        for content in (
            '{"productData": []}',
            '{"productData": null}',
            '{"productData": [{}]}',
            '{"data": [{"type": "builds"}, {"type": "apps"}, {"type": "apps"}]}',
            '{"data": [{"type": "diagnosticSignatures"}, {}]}',
            '{"data": [{}]}',
            '{"version": "1.0.0"}',
            '{"data": []}',
            '{"insights": null}',
            "[]",
            '"metrics"',
            "null",
        )
    },
}


def test_document_is_accepted_as_its_own_kind_alone(check: Check) -> None:
    verdicts = []
    for name, content in DOCUMENTS.items():
        for kind in (METRICS, OVERVIEW, DIAGNOSTICS):
            try:
                loading.load("-", io.BytesIO(content), kind)
                verdicts.append(f"{name} as {kind}: accepted")
            except DocumentError as error:
                verdicts.append(f"{name} as {kind}: {error}")
    check(verdicts)


@pytest.mark.parametrize(
    ("report", "kind"),
    [
        (document("metrics.json"), METRICS),
        (document("logs.json"), DIAGNOSTICS),
        ({"insights": {}}, METRICS),
        ({"productData": [{}, {"metricCategories": []}]}, METRICS),
        ({"productData": [{}, {"signatureId": "1"}]}, DIAGNOSTICS),
        ({"productData": [{"diagnosticLogs": []}]}, DIAGNOSTICS),
        ({"productData": [{"diagnosticInsights": []}]}, DIAGNOSTICS),
        *(({"insights": {}, key: None}, OVERVIEW) for key in ("appMetadata", "categories", "signatures")),
        ({"insights": {}, "productData": [], "categories": []}, METRICS),
        ({"productData": []}, ""),
        ({"productData": None}, ""),
        ({"productData": [{}]}, ""),
        ({"insights": []}, ""),
        ([], ""),
        (None, ""),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_members_tell_the_kind_of_a_report(report: Any, kind: str) -> None:
    assert kind_of(report) == kind


@pytest.mark.parametrize(
    ("error", "line"),
    [
        ({"code": "A", "status": "403", "title": "T", "detail": "D"}, "A: T. D"),
        ({"status": "403", "title": "T.", "detail": "D."}, "403: T. D."),
        ({"title": "T", "detail": "T."}, "error: T"),
        ({"detail": "D."}, "error: D."),
        ({}, "error: "),
        ({"code": "A", "title": "T", "source": {"parameter": "p", "pointer": "/q"}}, "A: T (p)"),
        ({"code": "A", "title": "T", "source": {"pointer": "/q"}}, "A: T (/q)"),
    ],
)
def test_error_of_the_api_is_one_line(error: dict[str, Any], line: str) -> None:
    assert error_lines([error, error]) == [line, line]
