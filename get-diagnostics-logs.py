#!/usr/bin/env python3
"""Download the diagnostic logs of the top signatures of a build and print the lines of code to look at."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import Any

if __name__ == "__main__":
    sys.path.insert(0, os.path.dirname(os.path.realpath(__file__)))  # Python leaves it out with -I and -P.
    from ppparser.program.signals import handle_signals

    handle_signals()  # Before the other imports, which take a while.

from ppparser.diagnostics.signatures import Signature, merge_logs, only_signature, rank_signatures
from ppparser.documents.loading import DIAGNOSTICS, to_json
from ppparser.documents.platforms import platform_from
from ppparser.documents.subject import App, Build
from ppparser.errors import APIError, ExitStatus, NoDataError, UsageError
from ppparser.output.diagnostics import DiagnosticsWriter
from ppparser.output.formats import Format, format_from
from ppparser.program.harness import Arguments, Program
from ppparser.program.saving import save
from ppparser.program.terminal import StatusLine, style_for
from ppparser.reports.diagnostics import DiagnosticsLayout, DiagnosticsReport, comparison_report, ranking_report
from ppparser.reports.folded import FoldedStacks
from ppparser.reports.options import diagnostics_options

USAGE = """Download the diagnostic logs of the top signatures of a build and print the
lines of code to look at.

Usage:
    get-diagnostics-logs.py [options] BUILD_ID
    get-diagnostics-logs.py [options] --app=APP [--build-number=NUMBER]
        [--against=BUILD] [--platform=PLATFORM]
    get-diagnostics-logs.py -h

    BUILD_ID                 ID of a build on the App Store (a UUID)
    --app=APP                Find the build of this app: an app ID or bundle ID
    --build-number=NUMBER    A build's number, or a version such as 8.0.1;
                             without it, the build on sale
    --against=BUILD          Compare with this build: a number, a version, or
                             previous for the version on sale before
    --platform=PLATFORM      IOS, MAC_OS, TV_OS or VISION_OS; without it, IOS

  Signatures:
    -t TYPE, --type=TYPE     DISK_WRITES, HANGS, LAUNCHES, several of them with
                             commas, or ALL; without it, DISK_WRITES, or ALL in
                             a comparison
    -s COUNT, --signatures=COUNT
                             Number of signatures per type to download logs for,
                             heaviest first; without it, 1; 0 only lists them.
                             In a comparison, number of new and worse ones in
                             all, worst first; without it, 5
    --signature=ID           Only the signature whose ID starts like this

  Logs:
    -l LIMIT, --limit=LIMIT  Number of logs to download per signature, 1 to 200
                             [default: 5]
    --device=DEVICE_TYPE     Filter logs by model, such as iPhone15,2 or iPad
    --os=VERSION             Filter logs by OS version, such as 18 or 18.5
    --app-version=VERSION    Filter logs by app version, such as 8 or 8.1.0

  Output:
    -c, --callstack          Print each log with its details and call stacks
    --format=FORMAT          text (the default), markdown, html, json, csv, or
                             folded: one line per stack, for flame graphs
    -o FILE, --output=FILE   Save the logs as JSON; - prints only them
    -h, --help               Show this help screen

Credentials come from the environment: ISSUER_ID, KEY_ID and KEY_FILE_PATH, or
TOKEN, or the variables of fastlane.
Exit status: 0 success; 1 no usable key, no such app, build or signature, no
logs or no match; 2 usage; 3 the API or the network; 130 Ctrl-C.
"""

PROGRAM = Program("get-diagnostics-logs.py", USAGE)

with PROGRAM.importing():
    from ppclient.base_url import base_url_from
    from ppclient.client import Client
    from ppclient.credentials import credentials_from
    from ppclient.lookups import find_app, find_build, find_build_before, logs_path, signatures_of

TYPES = ("DISK_WRITES", "HANGS", "LAUNCHES")
# The categories of metrics that the types belong to, which --type takes as well.
_CATEGORIES = {"DISK": "DISK_WRITES", "HANG": "HANGS", "LAUNCH": "LAUNCHES"}
# Of the new and worse signatures, if builds are compared and the user does not say how many.
_MAX_TREES = 5


def main(argv: list[str]) -> int:
    """Print the rankings of the signatures, or how they changed, and the logs of the top ones as they arrive."""
    arguments = PROGRAM.parse(argv)
    arguments.reject_empty_values()
    types = _types(arguments)
    limit = arguments.whole_number("--limit", 1, 200)
    count = _MAX_TREES if arguments["--against"] else 1
    if arguments["--signatures"] is not None:
        count = arguments.whole_number("--signatures", 0)
    output_format = _format(arguments)
    platform = _check(arguments, count, output_format)
    output = arguments["--output"]

    options = diagnostics_options(arguments, limit)
    if output == "-":
        options = options._replace(layout=DiagnosticsLayout.NOTHING)
    failures: list[tuple[str, APIError]] = []
    responses: list[tuple[bytes, dict[str, Any]]] = []
    credentials, base_url = credentials_from(os.environ, sys.stdin.buffer), base_url_from(os.environ)
    with StatusLine(sys.stderr) as status, Client(credentials, base_url, status.show) as client:
        report = _report(client, arguments, platform, types, count)
        status.clear()
        style = style_for(sys.stdout, os.environ)
        writer = DiagnosticsWriter(report, options, output_format, sys.stdout, style, PROGRAM.warn)
        urls = [selected.signature.logs_url or logs_path(selected.signature.id) for selected in report.selected]
        for selected, response in zip(report.selected, client.reports(DIAGNOSTICS, urls, "logs", {"limit": limit})):
            status.clear()
            if isinstance(response, APIError):
                name = f"signature {selected.position} of {selected.total}, {selected.signature.label}"
                failures.append((name, response))
                writer.add_missing(selected, str(response))
                continue
            if output:
                responses.append(response)
            writer.write_logs(response[1], selected)
    _save(responses, output)
    writer.finish()
    if output and not report.selected:
        raise NoDataError("no signature is new or worse: there are no logs to save")
    if failures and len(report.selected) == 1:
        raise failures[0][1]
    if failures:
        raise APIError("\n".join(f"no logs of {name}: {error}" for name, error in failures))
    return ExitStatus.SUCCESS


def _report(client: Client, arguments: Arguments, platform: str, types: Sequence[str], count: int) -> DiagnosticsReport:
    """Return the rankings of the signatures of a build, or how they changed, and which ones to look into."""
    app, build, old_build = _find_builds(client, arguments, platform)
    rankings = _rankings(client, app, build, types)
    if old_build:
        old_rankings = _rankings(client, app, old_build, types)
        return comparison_report(app, (build, old_build), rankings, old_rankings, count)
    if arguments["--signature"]:
        rankings = only_signature(rankings, arguments["--signature"], build.name)
    return ranking_report(app, build, rankings, count)


def _find_builds(client: Client, arguments: Arguments, platform: str) -> tuple[App, Build, Build | None]:
    """Return the build to look into, its app if it is known, and the one to compare it with, if any."""
    if not arguments["--app"]:
        return App(), Build(arguments["BUILD_ID"]), None
    app = find_app(client, arguments["--app"])
    build = find_build(client, app.id, arguments["--build-number"], platform)
    against = arguments["--against"]
    if not against:
        return app, build, None
    if against.lower() == "previous":
        return app, build, find_build_before(client, app.id, build)
    return app, build, find_build(client, app.id, against, build.platform)


def _rankings(client: Client, app: App, build: Build, types: Sequence[str]) -> dict[str, list[Signature]]:
    """Return a build's signatures of each type, heaviest first. Raises NoDataError if there are none."""
    rankings = rank_signatures(signatures_of(client, build, app.id, types), types)
    if not any(rankings.values()):
        raise NoDataError(
            f"{build.name} has no {' or '.join(types)} signatures. This is normal below Apple's usage\n"
            "  threshold and in the first days after a release; it is good news if an earlier build had some"
        )
    return rankings


def _save(responses: list[tuple[bytes, dict[str, Any]]], output: str) -> None:
    """Save one response as received, and several as one report."""
    if len(responses) == 1:
        save(output, responses[0][0], sys.stdout.buffer)
    elif responses:
        merged = merge_logs(document for _, document in responses)
        save(output, to_json(merged), sys.stdout.buffer)


def _types(arguments: Arguments) -> list[str]:
    """Return the types of signatures to request. Raises UsageError."""
    default = "ALL" if arguments["--signature"] or arguments["--against"] else TYPES[0]
    names = (name.strip() for name in (arguments["--type"] or default).upper().split(","))
    types = {_CATEGORIES.get(name, name) for name in names}
    if not types <= {*TYPES, "ALL"}:
        raise UsageError(f"--type takes {', '.join(TYPES)}, several of them with commas, or ALL")
    return [name for name in TYPES if name in types or "ALL" in types]


def _format(arguments: Arguments) -> Format:
    """Return the format of the output. Raises UsageError for one that does not suit the other options."""
    folded = [] if arguments["--against"] else [FoldedStacks]
    output_format = format_from(arguments["--format"], DiagnosticsReport, *folded)
    if output_format is not Format.TEXT and arguments["--callstack"]:
        raise UsageError("--callstack and --format cannot be combined: only text has full call stacks")
    if output_format is not Format.TEXT and arguments["--output"] == "-":
        raise UsageError("--output=- and --format cannot be combined: both print, but not the same")
    return output_format


def _check(arguments: Arguments, count: int, output_format: Format) -> str:
    """Return the platform in the API's spelling, "" if none is given.

    Raises UsageError for options that exclude each other, and for a platform or a BUILD_ID that is something else.
    """
    for option in ("--signatures", "--against"):
        if arguments[option] and arguments["--signature"]:
            raise UsageError(f"{option} and --signature cannot be combined")
    if count == 0 and (arguments["--output"] or output_format is Format.FOLDED):
        raise UsageError("--signatures=0 only lists the signatures: there are no logs to save or fold")
    build_id = arguments["BUILD_ID"] or ""
    if "." in build_id:
        raise UsageError("BUILD_ID is a UUID, not a bundle ID: give the bundle ID as --app=BUNDLE_ID")
    if build_id.isdigit():
        raise UsageError(
            "BUILD_ID is a UUID, not a number: give a build's number as --app=APP --build-number=NUMBER,\n"
            "  and an app's ID as --app=APP_ID"
        )

    platform = platform_from(arguments["--platform"] or "")
    if arguments["--platform"] and not platform:
        raise UsageError("--platform takes IOS, MAC_OS, TV_OS or VISION_OS")
    return platform


if __name__ == "__main__":
    PROGRAM.start(main)
