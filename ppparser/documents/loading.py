"""Load a report from a file or the body of a response, and check its kind."""

from __future__ import annotations

import json
import re
import secrets
import sys
from collections.abc import Iterable
from typing import IO, Any

from ppparser.documents.fields import get_dict, get_list, get_str
from ppparser.errors import DocumentError
from ppparser.program.terminal import clean

# The kinds of report: Apple's schemas `xcodeMetrics`, `xcodeOverview` and `diagnosticLogs`.
METRICS = "metrics"
OVERVIEW = "a performance overview"
DIAGNOSTICS = "diagnostic logs"
_COMMANDS = {METRICS: "ppparser metrics", OVERVIEW: "ppparser overview", DIAGNOSTICS: "ppparser diagnostics"}
_OVERVIEW_MEMBERS = frozenset({"appMetadata", "categories", "signatures", "telemetryIdentifier"})

# A frame of a call stack costs two levels, and the kernel's stackshots stop at 1,000 frames. The parser
# recurses in C: this many levels fit into a stack of 1 MB.
_NESTING_LEVELS = 5_000
sys.setrecursionlimit(max(sys.getrecursionlimit(), _NESTING_LEVELS))

_GZIP = b"\x1f\x8b"
_CUT_OFF = re.compile(r"[\w.+\\-]{0,8}\s*")
_DECODER = json.JSONDecoder(parse_float=str.encode, parse_constant=lambda _: None)


def load(path: str, stdin: IO[bytes], kind: str) -> dict[str, Any]:
    """Return the report of `kind`, METRICS, OVERVIEW or DIAGNOSTICS, in the file at `path`, or in `stdin` for `-`.

    Raises DocumentError if it cannot be read, is not JSON, or is not such a report.
    """
    source = source_name(path)
    # The bytes are freed before the text is parsed: either may take hundreds of megabytes.
    json_text = _decode(_decompress(_read(path, stdin, source), source), source)
    document = _parse_text(json_text, source)
    if lines := mismatch_lines(document, kind):
        hint = f": use `{_COMMANDS[kind_of(document)]}`" if kind_of(document) else ""
        raise DocumentError("\n  ".join([f"{source} {lines[0]}{hint}", *lines[1:]]))
    report: dict[str, Any] = document
    return report


def source_name(path: str) -> str:
    """Return what messages call the file at `path`, or standard input for `-`."""
    return "standard input" if path == "-" else clean(path) or "a file without a name"


def parse(content: bytes, source: str) -> Any:
    """Return the JSON document in `content`; `source` names it in a DocumentError."""
    return _parse_text(_decode(content, source), source)


def _read(path: str, stdin: IO[bytes], source: str) -> bytes:
    try:
        if path == "-":
            return stdin.read()
        with open(path, "rb") as file:
            return file.read()
    except IsADirectoryError:
        raise DocumentError(f"{source} is a folder: name the JSON file in it") from None
    except OSError as error:
        raise DocumentError(f"cannot read {source}: {error.strerror}") from None


def _decompress(content: bytes, source: str) -> bytes:
    """Return `content` decompressed if it is gzip data."""
    if content[:2] != _GZIP:
        return content
    import gzip  # Here, because a Python without zlib reads all other files.
    import zlib

    try:
        return gzip.decompress(content)
    except (OSError, EOFError, zlib.error):
        raise DocumentError(f"{source} is incomplete or damaged gzip data: download it again") from None


def _decode(content: bytes, source: str) -> str:
    """Return the text in `content` in UTF-8, UTF-16 or UTF-32, with or without a byte order mark.

    The first bytes of JSON tell the encodings apart (RFC 4627, section 3).
    """
    encoding = json.detect_encoding(content)
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        raise DocumentError(f"{source} is not JSON: byte {error.start + 1} is not valid {encoding.upper()}") from None


def _parse_text(json_text: str, source: str) -> Any:
    """Return the document in `json_text`. `NaN` and `Infinity`, which JSON does not have, count as null."""
    if not json_text or json_text.isspace():
        raise DocumentError(f"{source} is empty: download the report again")
    try:
        return _DECODER.decode(json_text)
    except json.JSONDecodeError as error:
        raise DocumentError(f"{source} {_syntax_problem(error)}") from None
    except RecursionError:
        python = sys.version.split()[0]
        raise DocumentError(
            f"{source} is nested more deeply than the JSON parser of Python {python} can read"
        ) from None


def to_json(document: Any, indent: int | None = None) -> bytes:
    """Return a document as JSON; its fractions, which are `bytes`, keep their spelling. `indent` is for readers."""
    mark = secrets.token_hex(16)  # No string of the document can contain it.
    json_text = json.dumps(document, indent=indent, default=lambda number: f"{mark}{number.decode('ascii')}{mark}")
    return re.sub(f'"{mark}(.*?){mark}"', r"\1", json_text).encode("ascii")


def _syntax_problem(error: json.JSONDecodeError) -> str:
    place = f"line {error.lineno}, column {error.colno}"
    if error.doc.lstrip()[:1] == "<":
        return "is not JSON but HTML or XML: perhaps a login page or an error page was saved"
    if error.msg == "Extra data":
        return f"contains more than one JSON document, at {place}: keep one document per file"
    # Nothing follows, or what may be the beginning of a literal, a number or an escape.
    if error.msg.startswith("Unterminated string") or _CUT_OFF.fullmatch(error.doc, error.pos):
        return "is JSON that ends too early: download it again"
    return f"is not JSON: {error.msg.removesuffix(' at')} at {place}"


def kind_of(document: Any) -> str:
    """Return the kind of report that alone has members like those of `document`; an empty string if there is none."""
    if not isinstance(document, dict):
        return ""
    if "productData" not in document and document.keys() & _OVERVIEW_MEMBERS:
        return OVERVIEW
    products = get_list(document, "productData")
    if isinstance(document.get("insights"), dict) or any("metricCategories" in product for product in products):
        return METRICS
    if any(product.keys() & {"signatureId", "diagnosticLogs", "diagnosticInsights"} for product in products):
        return DIAGNOSTICS
    return ""


def mismatch_lines(document: Any, kind: str) -> list[str]:
    """Return lines that say what `document` is instead of a report of `kind`; none if it may be one.

    A report of metrics or diagnostic logs without data has no members that tell its kind: it counts as either.
    """
    if not isinstance(document, dict):
        return ["is JSON, but not a report from App Store Connect"]
    if errors := get_list(document, "errors"):
        return ["is an error response from App Store Connect, not a report:", *error_lines(errors)]
    if resources := get_list(document, "data"):
        types = sorted({get_str(resource, "type") or "resources" for resource in resources})
        if types == ["diagnosticSignatures"]:
            return [
                "is the list of diagnosticSignatures, not their logs:",
                "download the logs of a signature from its relationships.logs.links.related",
            ]
        return [f"is a list of {', '.join(types)}, not a report"]
    actual_kind = kind_of(document)
    if kind == OVERVIEW and not actual_kind and "productData" in document:
        actual_kind = f"{METRICS} or {DIAGNOSTICS}"
    if actual_kind and actual_kind != kind:
        return [f"contains {actual_kind}, not {kind}"]
    if not actual_kind and "productData" not in document:
        return ["is JSON, but not a report from App Store Connect"]
    return []


def error_lines(errors: Iterable[dict[str, Any]]) -> list[str]:
    """Return a line per error of the API (`ErrorResponse` in Apple's schema): code, title, detail, source."""
    lines = []
    for error in errors:
        code = get_str(error, "code") or get_str(error, "status") or "error"
        title, detail = get_str(error, "title").rstrip("."), get_str(error, "detail")
        message = ". ".join(part for part in (title, detail if detail.rstrip(".") != title else "") if part)
        source = get_dict(error, "source")
        place = get_str(source, "parameter") or get_str(source, "pointer")
        lines.append(f"{code}: {message}" + (f" ({place})" if place else ""))
    return lines
