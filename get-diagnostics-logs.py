#!/usr/bin/env python3
"""Download the diagnostic logs of the top signatures of a build and print the lines of code to look at."""

from __future__ import annotations

import os
import sys

if __name__ == "__main__":  # Before the other imports, which take time.
    sys.path.insert(0, os.path.dirname(os.path.realpath(__file__)))  # Python leaves it out with -I and -P.
    from ppparser.signals import handle_signals

    handle_signals()

from typing import Any

from ppparser.errors import APIError, ExitStatus, NoDataError, UsageError
from ppparser.program import Arguments, Program

USAGE = """Download the diagnostic logs of the top signatures of a build and print the
lines of code to look at.

Usage:
    get-diagnostics-logs.py [options] BUILD_ID
    get-diagnostics-logs.py [options] --app=APP [--build-number=NUMBER]
    get-diagnostics-logs.py -h

    BUILD_ID                 ID of a build on the App Store (a UUID)
    --app=APP                Find the build of this app: an app ID or bundle ID
    --build-number=NUMBER    A build's number, or a version such as 8.0.1;
                             without it, the build on sale

  Signatures:
    -t TYPE, --type=TYPE     DISK_WRITES, HANGS, LAUNCHES, several of them with
                             commas, or ALL; without it, DISK_WRITES
    -s COUNT, --signatures=COUNT
                             Number of signatures per type to download logs for,
                             heaviest first; without it, 1; 0 only lists them
    --signature=ID           Only the signature whose ID starts like this

  Logs:
    -l LIMIT, --limit=LIMIT  Number of logs to download per signature, 1 to 200
                             [default: 5]
    --device=DEVICE_TYPE     Filter logs by model, such as iPhone15,2 or iPad
    --os=VERSION             Filter logs by OS version, such as 18 or 18.5
    --app-version=VERSION    Filter logs by app version, such as 8 or 8.1.0

  Output:
    -c, --callstack          Print each log with its details and call stacks
    --folded                 Print one line per distinct stack, for flame graphs
    -o FILE, --output=FILE   Save the logs as JSON; - prints only them
    -h, --help               Show this help screen

Credentials come from the environment: ISSUER_ID, KEY_ID and KEY_FILE_PATH, or
TOKEN. Exit status: 0 success; 1 no usable key, no such app, build or signature,
no logs or no match; 2 usage; 3 the API or the network; 130 Ctrl-C.
"""

PROGRAM = Program("get-diagnostics-logs.py", USAGE)
TYPES = ("DISK_WRITES", "HANGS", "LAUNCHES")
# The categories of metrics that the types belong to, which --type takes as well.
_CATEGORIES = {"DISK": "DISK_WRITES", "HANG": "HANGS", "LAUNCH": "LAUNCHES"}


def main(argv: list[str]) -> int:
    """Print the rankings of the signatures, and the logs of the top ones as they arrive."""
    arguments = PROGRAM.parse(argv)
    arguments.reject_empty_values()
    types = _types(arguments)
    limit = arguments.whole_number("--limit", 1, 200)
    count = 1 if arguments["--signatures"] is None else arguments.whole_number("--signatures", 0)
    _check(arguments, count)
    output = arguments["--output"]

    # Imported here, where a missing package or Ctrl-C ends with a message instead of a traceback.
    from appstoreconnect.client import Client, base_url_from
    from appstoreconnect.credentials import credentials_from
    from appstoreconnect.lookups import Build, find_app, find_build, logs_path, signatures_of
    from ppparser import diagnostics
    from ppparser.diagnostics_reports import DiagnosticsLayout, DiagnosticsOptions, DiagnosticsPrinter, Heading
    from ppparser.loading import DIAGNOSTICS
    from ppparser.log_filters import LogFilters
    from ppparser.terminal import StatusLine, style_for

    layout = DiagnosticsLayout.CALL_STACKS if arguments["--callstack"] else DiagnosticsLayout.SUMMARY
    layout = DiagnosticsLayout.FOLDED if arguments["--folded"] else layout
    layout = DiagnosticsLayout.NOTHING if output == "-" else layout
    filters = LogFilters(arguments["--device"], arguments["--os"], arguments["--app-version"])
    options = DiagnosticsOptions(limit, layout, filters)
    printer = DiagnosticsPrinter(options, sys.stdout, style_for(sys.stdout, os.environ), PROGRAM.warn)
    failures: list[str] = []
    responses: list[tuple[bytes, dict[str, Any]]] = []
    credentials, base_url = credentials_from(os.environ, sys.stdin.buffer), base_url_from(os.environ)
    with StatusLine(sys.stderr) as status, Client(credentials, base_url, status.show) as client:
        app_id = find_app(client, arguments["--app"]).id if arguments["--app"] else None
        build = find_build(client, app_id, arguments["--build-number"]) if app_id else Build(arguments["BUILD_ID"], "")
        build_name = f"build {build.number or build.id}"
        rankings = diagnostics.rank(signatures_of(client, build, app_id, types), types)
        if arguments["--signature"]:
            rankings = diagnostics.only(rankings, arguments["--signature"], build_name)
        if not any(rankings.values()):
            raise NoDataError(
                f"{build_name} has no {' or '.join(types)} signatures. This is normal below Apple's usage\n"
                "  threshold and in the first days after a release; it is good news if an earlier build had some"
            )
        status.clear()
        printer.print_rankings(rankings, build_name)
        top = [signature for signatures in rankings.values() for signature in signatures[:count]]
        urls = [signature.logs_url or logs_path(signature.id) for signature in top]
        reports = client.reports(DIAGNOSTICS, urls, "logs", {"limit": limit})
        for position, (signature, report) in enumerate(zip(top, reports), 1):
            status.clear()
            if isinstance(report, APIError):
                if len(top) == 1:
                    raise report
                failures.append(f"no logs of signature {position} of {len(top)}, {signature.label}: {report}")
                continue
            if output:
                responses.append(report)
            printer.print(report[1], Heading(signature, position, len(top), build.number))
    _save(responses, output)
    if top:
        printer.finish(has_failures=bool(failures))
    if failures:
        raise APIError("\n".join(failures))
    return ExitStatus.SUCCESS


def _save(responses: list[tuple[bytes, dict[str, Any]]], output: str) -> None:
    """Save one response as received, and several as one report."""
    from ppparser import diagnostics
    from ppparser.loading import to_json
    from ppparser.saving import save

    if len(responses) == 1:
        save(output, responses[0][0], sys.stdout.buffer)
    elif responses:
        merged = diagnostics.merge(document for _, document in responses)
        save(output, to_json(merged), sys.stdout.buffer)


def _types(arguments: Arguments) -> list[str]:
    """Return the types of signatures to request. Raises UsageError."""
    default = "ALL" if arguments["--signature"] else TYPES[0]
    names = (name.strip() for name in (arguments["--type"] or default).upper().split(","))
    types = {_CATEGORIES.get(name, name) for name in names}
    if not types <= {*TYPES, "ALL"}:
        raise UsageError(f"--type takes {', '.join(TYPES)}, several of them with commas, or ALL")
    return [name for name in TYPES if name in types or "ALL" in types]


def _check(arguments: Arguments, count: int) -> None:
    """Raise UsageError for options that exclude each other, and for a BUILD_ID that is something else."""
    for one, other in (("--signatures", "--signature"), ("--callstack", "--folded")):
        if arguments[one] and arguments[other]:
            raise UsageError(f"{one} and {other} cannot be combined")
    if arguments["--output"] == "-" and arguments["--folded"]:
        raise UsageError("--output=- and --folded cannot be combined: both print, but not the same")
    if count == 0 and (arguments["--output"] or arguments["--folded"]):
        raise UsageError("--signatures=0 only lists the signatures: there are no logs to save or fold")
    build_id = arguments["BUILD_ID"] or ""
    if "." in build_id:
        raise UsageError("BUILD_ID is a UUID, not a bundle ID: give the bundle ID as --app=BUNDLE_ID")
    if build_id.isdigit():
        raise UsageError(
            "BUILD_ID is a UUID, not a number: give a build's number as --app=APP --build-number=NUMBER,\n"
            "  and an app's ID as --app=APP_ID"
        )


if __name__ == "__main__":
    PROGRAM.start(main)
