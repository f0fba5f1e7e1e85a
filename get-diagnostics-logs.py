#!/usr/bin/env python3
"""Download the diagnostic logs of the top signatures of a build and print their call stacks."""

from __future__ import annotations

import os
import sys

if __name__ == "__main__":  # Before the other imports, which take time.
    sys.path.insert(0, os.path.dirname(os.path.realpath(__file__)))  # Python leaves it out with -I and -P.
    from ppparser.signals import handle_signals

    handle_signals()

from typing import Any

from ppparser.errors import APIError, ExitStatus, NoDataError, UsageError
from ppparser.program import Program

USAGE = """Download the diagnostic logs of the top signatures of a build and print their call stacks.

Usage:
    get-diagnostics-logs.py [options] BUILD_ID
    get-diagnostics-logs.py [options] --app=APP [--build-number=NUMBER]
    get-diagnostics-logs.py -h

    BUILD_ID                      ID of a build on the App Store (a UUID)
    --app=APP                     Find the build of this app: an app ID or a bundle ID
    --build-number=NUMBER         The build's number; without it, the build uploaded last
    -t TYPE, --type=TYPE          DISK_WRITES, HANGS or LAUNCHES [default: DISK_WRITES]
    -s COUNT, --signatures=COUNT  Number of signatures to download logs for, heaviest first [default: 1]
    -l LIMIT, --limit=LIMIT       Number of logs to download per signature, 1 to 200 [default: 5]
    -o FILE, --output=FILE        Save the logs as JSON; - prints them instead of the call stacks
    --folded                      Print one line per distinct stack, for flame graphs
    -h, --help                    Show this help screen

Credentials come from the environment: ISSUER_ID, KEY_ID and KEY_FILE_PATH, or TOKEN.
Exit status: 0 success; 1 no usable key, no such app or build, no signatures or no logs; 2 usage; 3 the API or the
network; 130 Ctrl-C.
"""

PROGRAM = Program("get-diagnostics-logs.py", USAGE)
TYPES = ("DISK_WRITES", "HANGS", "LAUNCHES")


def main(argv: list[str]) -> int:
    """Print the ranking of the signatures and the call stacks of the top ones as they arrive."""
    arguments = PROGRAM.parse(argv)
    arguments.reject_empty_values()
    diagnostic_type = arguments["--type"].upper()
    if diagnostic_type not in TYPES:
        raise UsageError(f"--type takes one of {', '.join(TYPES)}")
    count = arguments.whole_number("--signatures")
    limit = arguments.whole_number("--limit", 1, 200)
    output, folded = arguments["--output"], arguments["--folded"]

    # Imported here, where a missing package or Ctrl-C ends with a message instead of a traceback.
    from appstoreconnect.client import Client, base_url_from
    from appstoreconnect.credentials import credentials_from
    from appstoreconnect.lookups import find_app, find_build, logs_path, resource_path
    from ppparser import diagnostics
    from ppparser.diagnostics_text import ranking_lines, signature_title
    from ppparser.loading import DIAGNOSTICS
    from ppparser.reports import NO_LOGS, DiagnosticsLayout, DiagnosticsOptions, print_diagnostics
    from ppparser.saving import save
    from ppparser.terminal import StatusLine, style_for, write

    style = style_for(sys.stdout, os.environ)
    has_logs = False
    failures: list[str] = []
    responses: list[tuple[bytes, dict[str, Any]]] = []
    credentials, base_url = credentials_from(os.environ, sys.stdin.buffer), base_url_from(os.environ)
    with StatusLine(sys.stderr) as status, Client(credentials, base_url, status.show) as client:
        build_id = build_name = arguments["BUILD_ID"]
        if arguments["--app"]:
            app_id = find_app(client, arguments["--app"]).id
            build_id, build_name = find_build(client, app_id, arguments["--build-number"])
        query = {"filter[diagnosticType]": diagnostic_type, "limit": 200}
        url = resource_path("/v1/builds/{}/diagnosticSignatures", build_id)
        signatures = diagnostics.rank(client.resources(url, "the list of signatures", query))
        if not signatures:
            raise NoDataError(
                f"build {build_name} has no {diagnostic_type} signatures. This is normal below Apple's usage\n"
                "  threshold and in the first days after a release; it is good news if an earlier build had some"
            )
        status.clear()
        is_text = output != "-" and not folded
        if is_text:
            title = f"{diagnostic_type} signatures of build {build_name}, heaviest first"
            write([f"{style.strong}{title}{style.off}", *ranking_lines(signatures, style)], sys.stdout)
        top = signatures[:count]
        urls = [signature.logs_url or logs_path(signature.id) for signature in top]
        reports = client.reports(DIAGNOSTICS, urls, "logs", {"limit": limit})
        for position, (signature, report) in enumerate(zip(top, reports), 1):
            status.clear()
            if isinstance(report, APIError):
                if len(top) == 1:
                    raise report
                failures.append(f"no logs of signature {position} of {len(top)}: {report}")
                continue
            content, document = report
            has_logs = has_logs or bool(diagnostics.select(document))
            if output or folded:
                responses.append((content, document))
            if is_text:
                title = signature_title(signature, position, len(top))
                options = DiagnosticsOptions(limit, DiagnosticsLayout.CALL_STACKS, title)
                print_diagnostics(document, options, sys.stdout, style)
    merged = diagnostics.merge(document for _, document in responses)
    if output and responses:
        save(output, responses[0][0] if len(responses) == 1 else diagnostics.to_json(merged), sys.stdout.buffer)
    if folded and output != "-":
        print_diagnostics(merged, DiagnosticsOptions(None, DiagnosticsLayout.FOLDED), sys.stdout, style)
    if failures:
        raise APIError("\n".join(failures))
    if not has_logs:
        raise NoDataError(NO_LOGS)
    return ExitStatus.SUCCESS


if __name__ == "__main__":
    PROGRAM.start(main)
