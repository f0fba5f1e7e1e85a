"""From a file or an answer to a checked report, and lenient access to what Apple half fills.

Numbers with a fraction or an exponent stay the text they were written in, as `bytes`: no other JSON value
has that type, so they print as Apple wrote them, and `amount` still reads them.
"""

from __future__ import annotations

import json
import os
import stat
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from typing import IO, Any

from ppparser import Failure
from ppparser.terminal import clean, discard

METRICS = "metrics"
DIAGNOSTICS = "diagnostics"

# A frame of a call stack costs two levels, and the kernel's stackshots stop at 1,000 frames. The parser
# recurses in C: this many levels fit in a stack of 1 MB.
_NESTING_LEVELS = 5_000

_LITERALS = ("true", "false", "null", "NaN", "Infinity", "-Infinity")
_NUMBER_TAILS = (".", "e", "e+", "e-", "E", "E+", "E-")
_LONGEST_TAIL = 8

# Differences of two amounts are finite: nothing that is measured comes near.
LARGEST_AMOUNT = 1e300

_DECODER = json.JSONDecoder(parse_float=str.encode, parse_constant=lambda _: None)


class ReportError(Failure):
    """A file or an answer is not the report that was asked for."""


def load(path: str, stdin: IO[bytes], kind: str) -> dict[str, Any]:
    """The report of `kind`, METRICS or DIAGNOSTICS, in the file at `path`, or in `stdin` for `-`.

    Raises ReportError where it cannot be read, is no JSON or no such report.
    """
    source = "standard input" if path == "-" else clean(path) or "a file without a name"
    # The bytes are gone before the text is parsed: either may be hundreds of megabytes.
    json_text = _decoded(_read(path, stdin, source), source)
    return check(_parsed(json_text, source), kind, source)


def parse(content: bytes, source: str) -> Any:
    """The JSON document in `content`; `source` names it in a ReportError."""
    return _parsed(_decoded(content, source), source)


def _read(path: str, stdin: IO[bytes], source: str) -> bytes:
    try:
        if path == "-":
            return stdin.read()
        with open(path, "rb") as file:
            return file.read()
    except IsADirectoryError:
        raise ReportError(f"{source} is a folder: name the JSON file in it") from None
    except OSError as error:
        raise ReportError(f"cannot read {source}: {error.strerror}") from None


def _decoded(content: bytes, source: str) -> str:
    """The text in `content`, plain or gzip, in UTF-8, UTF-16 or UTF-32, with or without a byte order mark.

    JSON tells them apart by its first bytes (RFC 4627, section 3).
    """
    if content[:2] == b"\x1f\x8b":
        import gzip  # Seldom needed, and slow to import.
        import zlib

        try:
            content = gzip.decompress(content)
        except (OSError, EOFError, zlib.error):
            raise ReportError(f"{source} is gzip data that is cut off or damaged: download it again") from None
    encoding = json.detect_encoding(content)
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        raise ReportError(f"{source} is not JSON: byte {error.start + 1} is not {encoding.upper()}") from None


def _parsed(json_text: str, source: str) -> Any:
    """The document in `json_text`. `NaN` and `Infinity`, which JSON does not have, count as null."""
    if not json_text or json_text.isspace():
        raise ReportError(f"{source} is empty: download the report again")
    try:
        with deep_nesting():
            return _DECODER.decode(json_text)
    except json.JSONDecodeError as error:
        raise ReportError(f"{source} {_syntax_problem(error)}") from None
    except RecursionError:
        raise ReportError(
            f"{source} is nested deeper than the JSON parser of Python {sys.version.split()[0]} follows"
        ) from None
    except ValueError:  # CPython refuses integers of more than 4,300 digits.
        raise ReportError(f"{source} holds a number with more digits than Python reads") from None


@contextmanager
def deep_nesting() -> Iterator[None]:
    """Lets Python's `json` recurse as deep as the call stacks of a report go."""
    recursion_limit = sys.getrecursionlimit()
    sys.setrecursionlimit(max(recursion_limit, _NESTING_LEVELS))
    try:
        yield
    finally:
        sys.setrecursionlimit(recursion_limit)


def _syntax_problem(error: json.JSONDecodeError) -> str:
    where = f"line {error.lineno}, column {error.colno}"
    if error.doc.lstrip()[:1] == "<":
        return "is not JSON but HTML or XML: perhaps a login or error page was saved"
    end = len(error.doc.rstrip())
    if _is_cut(error, end):
        line, column = error.doc.count("\n", 0, end) + 1, end - error.doc.rfind("\n", 0, end)
        return f"is JSON that breaks off at line {line}, column {column}: download it again"
    if error.msg == "Extra data":
        return f"holds something after its JSON document, at {where}: keep one document in a file"
    return f"is not JSON: {error.msg.removesuffix(' at')} at {where}"


def _is_cut(error: json.JSONDecodeError, end: int) -> bool:
    """Whether the text, which ends at `end`, would go on as JSON: in a string, a literal, a number or between them."""
    if error.pos >= end or error.msg.startswith("Unterminated string"):
        return True
    if end - error.pos > _LONGEST_TAIL:
        return False
    tail = error.doc[error.pos : end]
    if error.msg == "Expecting value":
        return any(literal.startswith(tail) for literal in _LITERALS)
    return tail in _NUMBER_TAILS or (error.msg.startswith("Invalid \\u") and '"' not in tail)


def check(document: Any, kind: str, source: str) -> dict[str, Any]:
    """`document` if it is a report of `kind`, METRICS or DIAGNOSTICS; else ReportError says what it is.

    Told by the members that Apple's schemas `xcodeMetrics` and `diagnosticLogs` have and the other has not.
    """
    if not isinstance(document, dict):
        raise ReportError(f"{source} holds JSON, but no report of the App Store Connect API")
    if errors := items(document, "errors"):
        told = "\n".join(f"  {line}" for line in error_lines(errors))
        raise ReportError(f"{source} holds an error of the App Store Connect API, not a report:\n{told}")
    if items(document, "data"):
        kinds = sorted({text(item, "type") or "resources" for item in items(document, "data")})
        if kinds == ["diagnosticSignatures"]:
            raise ReportError(
                f"{source} holds the list of diagnosticSignatures, not their logs:\n"
                "  download a signature's logs from its relationships.logs.links.related"
            )
        raise ReportError(f"{source} holds a list of {', '.join(kinds)}, not a report")
    products = items(document, "productData")
    is_metrics = isinstance(document.get("insights"), dict) or any("metricCategories" in p for p in products)
    is_diagnostics = any(p.keys() & {"signatureId", "diagnosticLogs", "diagnosticInsights"} for p in products)
    if kind == METRICS and is_diagnostics and not is_metrics:
        raise ReportError(f"{source} holds diagnostic logs, not metrics: use `ppparser diagnostics`")
    if kind == DIAGNOSTICS and is_metrics and not is_diagnostics:
        raise ReportError(f"{source} holds metrics, not diagnostic logs: use `ppparser metrics`")
    if not (is_metrics or is_diagnostics or "productData" in document):
        raise ReportError(f"{source} holds JSON, but no report of the App Store Connect API")
    return document


def error_lines(errors: Iterable[dict[str, Any]]) -> list[str]:
    """A line for each of the API's errors (`ErrorResponse` in Apple's schema): code, title, detail, source."""
    lines = []
    for error in errors:
        code = text(error, "code") or text(error, "status") or "error"
        title, detail = text(error, "title").rstrip("."), text(error, "detail")
        said = ". ".join(part for part in (title, detail if detail.rstrip(".") != title else "") if part)
        source = entry(error, "source")
        place = text(source, "parameter") or text(source, "pointer")
        lines.append(f"{code}: {said}" + (f" ({place})" if place else ""))
    return lines


def save(path: str, content: bytes, stdout: IO[bytes]) -> None:
    """Writes `content` to the file at `path`, or to `stdout` for `-`; an old file stays whole until the new one is.

    A symbolic link is followed; what is no regular file (a FIFO, /dev/stdout) is written to. Raises ReportError.
    """
    if path == "-" or _is_open_as(path, stdout):
        try:
            stdout.write(content)
            stdout.flush()
        except BrokenPipeError:  # The reader has enough of it.
            discard(stdout)
        return
    import tempfile  # Not for reading, and slow to import.

    temporary = ""
    try:
        try:
            mode = os.stat(path).st_mode
        except FileNotFoundError:
            umask = os.umask(0)
            os.umask(umask)
            mode = stat.S_IFREG | (0o666 & ~umask)
        if stat.S_ISDIR(mode):
            raise ReportError(f"cannot write {clean(path)}: it is a folder")
        if not stat.S_ISREG(mode):
            with open(path, "wb") as special:
                special.write(content)
            return
        target = os.path.realpath(path)
        folder, name = os.path.split(target)
        with tempfile.NamedTemporaryFile(dir=folder, prefix=f".{name[:64]}.", delete=False) as file:
            temporary = file.name
            file.write(content)
            file.flush()
            os.fchmod(file.fileno(), stat.S_IMODE(mode))
            os.fsync(file.fileno())
        os.replace(temporary, target)
    except OSError as error:
        raise ReportError(f"cannot write {clean(path)}: {error.strerror}") from None
    finally:
        if temporary:
            with suppress(FileNotFoundError):  # As a rule it has the target's name by now.
                os.unlink(temporary)


def _is_open_as(path: str, file: IO[bytes]) -> bool:
    """Whether `path` is what `file` writes to, such as /dev/stdout: its writes go on there, one after the other."""
    try:
        return os.path.samestat(os.stat(path), os.fstat(file.fileno()))
    except OSError:  # There is no such file yet, or `file` has no descriptor.
        return False


def items(parent: dict[str, Any], key: str) -> list[dict[str, Any]]:
    """The objects in the array `key`; none where it is missing, null or something else."""
    value = parent.get(key)
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def entry(parent: dict[str, Any], key: str) -> dict[str, Any]:
    """The object `key`; an empty one where it is missing, null or something else."""
    value = parent.get(key)
    return value if isinstance(value, dict) else {}


def text(parent: dict[str, Any], key: str) -> str:
    """The string `key`, fit to be shown; empty where it is missing, null or something else."""
    value = parent.get(key)
    return clean(value) if isinstance(value, str) else ""


def number(value: Any) -> str:
    """A JSON number as it was written; empty for anything else."""
    if type(value) is bytes:
        return value.decode("ascii")
    return str(value) if type(value) is int else ""


def amount(value: Any) -> float | None:
    """A JSON number to calculate with; None for anything else, and beyond LARGEST_AMOUNT."""
    if type(value) is not bytes and type(value) is not int:
        return None
    try:
        result = float(value)
    except OverflowError:
        return None
    return result if abs(result) <= LARGEST_AMOUNT else None
