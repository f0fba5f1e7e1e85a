#!/usr/bin/env python3
"""Download the diagnostic logs of the top signatures of a build and print the lines of code to look at."""

from __future__ import annotations

import os
import sys

if __name__ == "__main__":  # Before the other imports, which take time.
    sys.path.insert(0, os.path.dirname(os.path.realpath(__file__)))  # Python leaves it out with -I and -P.
    from ppparser.signals import handle_signals

    handle_signals()

from collections.abc import Sequence
from typing import Any, NamedTuple

from ppparser.errors import APIError, ExitStatus, NoDataError, UsageError
from ppparser.formats import DIAGNOSTICS_FORMATS, Format, format_from
from ppparser.program import Arguments, Program

TYPE_CHECKING = False
if TYPE_CHECKING:
    from appstoreconnect.client import Client
    from appstoreconnect.lookups import Build
    from ppparser.app import App
    from ppparser.diagnostics import Signature
    from ppparser.diagnostics_reports import DiagnosticsWriter, Heading

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
TOKEN. Exit status: 0 success; 1 no usable key, no such app, build or signature,
no logs or no match; 2 usage; 3 the API or the network; 130 Ctrl-C.
"""

PROGRAM = Program("get-diagnostics-logs.py", USAGE)
TYPES = ("DISK_WRITES", "HANGS", "LAUNCHES")
# The categories of metrics that the types belong to, which --type takes as well.
_CATEGORIES = {"DISK": "DISK_WRITES", "HANG": "HANGS", "LAUNCH": "LAUNCHES"}
_EXCLUSIVE_OPTIONS = (
    ("--signatures", "--signature"),
    ("--against", "--signature"),
)
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
    platform = _check(arguments, count)
    output = arguments["--output"]

    # Imported here, where a missing package or Ctrl-C ends with a message instead of a traceback.
    from appstoreconnect.base_url import base_url_from
    from appstoreconnect.client import Client
    from appstoreconnect.credentials import credentials_from
    from appstoreconnect.lookups import logs_path
    from ppparser import diagnostics
    from ppparser.diagnostics_reports import DiagnosticsLayout, DiagnosticsOptions, DiagnosticsWriter
    from ppparser.loading import DIAGNOSTICS
    from ppparser.log_filters import LogFilters
    from ppparser.terminal import StatusLine, style_for

    layout = DiagnosticsLayout.CALL_STACKS if arguments["--callstack"] else DiagnosticsLayout.SUMMARY
    layout = DiagnosticsLayout.FOLDED if output_format is Format.FOLDED else layout
    layout = DiagnosticsLayout.NOTHING if output == "-" else layout
    filters = LogFilters(arguments["--device"], arguments["--os"], arguments["--app-version"])
    options = DiagnosticsOptions(limit, layout, filters)
    writer = DiagnosticsWriter(options, sys.stdout, style_for(sys.stdout, os.environ), PROGRAM.warn)
    failures: list[str] = []
    responses: list[tuple[bytes, dict[str, Any]]] = []
    credentials, base_url = credentials_from(os.environ, sys.stdin.buffer), base_url_from(os.environ)
    with StatusLine(sys.stderr) as status, Client(credentials, base_url, status.show) as client:
        builds = _find_builds(client, arguments, platform)
        rankings = _rankings(client, builds.app, builds.new, types)
        if builds.old:
            old_rankings = _rankings(client, builds.app, builds.old, types)
            status.clear()
            headings = _print_changes(writer, builds, rankings, old_rankings, count)
            if output and not headings:
                raise NoDataError("no signature is new or worse: there are no logs to save")
        else:
            if arguments["--signature"]:
                rankings = diagnostics.only(rankings, arguments["--signature"], builds.new.name)
            status.clear()
            headings = _print_rankings(writer, builds, rankings, count)
        urls = [one.signature.logs_url or logs_path(one.signature.id) for one in headings]
        reports = client.reports(DIAGNOSTICS, urls, "logs", {"limit": limit})
        for heading, report in zip(headings, reports):
            status.clear()
            if isinstance(report, APIError):
                if len(headings) == 1:
                    raise report
                name = f"signature {heading.position} of {len(headings)}, {heading.signature.label}"
                failures.append(f"no logs of {name}: {report}")
                continue
            if output:
                responses.append(report)
            writer.write_report(report[1], heading)
    _save(responses, output)
    if headings:
        writer.finish(has_failures=bool(failures))
    if failures:
        raise APIError("\n".join(failures))
    return ExitStatus.SUCCESS


class _Builds(NamedTuple):
    """The build to look into, its app unless the build was given by its ID, and the one to compare it with, if any."""

    app: App | None
    new: Build
    old: Build | None


def _find_builds(client: Client, arguments: Arguments, platform: str) -> _Builds:
    """Return the builds that the arguments name."""
    from appstoreconnect.lookups import Build, find_app, find_build, find_build_before

    if not arguments["--app"]:
        return _Builds(None, Build(arguments["BUILD_ID"]), None)
    app = find_app(client, arguments["--app"])
    build = find_build(client, app.id, arguments["--build-number"], platform)
    against = arguments["--against"]
    if not against:
        return _Builds(app, build, None)
    if against.lower() == "previous":
        return _Builds(app, build, find_build_before(client, app.id, build))
    return _Builds(app, build, find_build(client, app.id, against, build.platform))


def _print_rankings(
    writer: DiagnosticsWriter, builds: _Builds, rankings: dict[str, list[Signature]], count: int
) -> list[Heading]:
    """Print the rankings of a build's signatures, and return the headings of those whose logs to download."""
    from ppparser.diagnostics_reports import Heading

    if builds.app:
        writer.write_title(builds.app.label, builds.new.title)
    writer.write_rankings(rankings, builds.new.name)
    top = [signature for signatures in rankings.values() for signature in signatures[:count]]
    return [Heading(signature, position, len(top), builds.new.number) for position, signature in enumerate(top, 1)]


def _print_changes(
    writer: DiagnosticsWriter,
    builds: _Builds,
    new: dict[str, list[Signature]],
    old: dict[str, list[Signature]],
    count: int,
) -> list[Heading]:
    """Print how the signatures changed, and return the headings of new and worse ones whose logs to download."""
    from ppparser.comparison import compare_signatures, one_sided_types
    from ppparser.diagnostics_reports import Heading

    changes = compare_signatures(new, old)
    top = [change for change in changes if change.is_alarming][:count]
    if builds.app and builds.old:
        writer.write_title(builds.app.label, builds.new.title, f"against {builds.old.title}")
    old_number, new_number = builds.old.number if builds.old else "", builds.new.number
    writer.write_changes(changes, one_sided_types(new, old), (old_number, new_number), len(top))
    return [
        Heading(change.signature, position, len(top), new_number, change, old_number)
        for position, change in enumerate(top, 1)
    ]


def _rankings(client: Client, app: App | None, build: Build, types: Sequence[str]) -> dict[str, list[Signature]]:
    """Return a build's signatures of each type, heaviest first. Raises NoDataError if there are none."""
    from appstoreconnect.lookups import signatures_of
    from ppparser import diagnostics

    rankings = diagnostics.rank(signatures_of(client, build, app.id if app else None, types), types)
    if not any(rankings.values()):
        raise NoDataError(
            f"{build.name} has no {' or '.join(types)} signatures. This is normal below Apple's usage\n"
            "  threshold and in the first days after a release; it is good news if an earlier build had some"
        )
    return rankings


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
    default = "ALL" if arguments["--signature"] or arguments["--against"] else TYPES[0]
    names = (name.strip() for name in (arguments["--type"] or default).upper().split(","))
    types = {_CATEGORIES.get(name, name) for name in names}
    if not types <= {*TYPES, "ALL"}:
        raise UsageError(f"--type takes {', '.join(TYPES)}, several of them with commas, or ALL")
    return [name for name in TYPES if name in types or "ALL" in types]


def _format(arguments: Arguments) -> Format:
    """Return the format of the output. Raises UsageError for one that does not suit the other options."""
    suitable = [one for one in DIAGNOSTICS_FORMATS if not (one is Format.FOLDED and arguments["--against"])]
    output_format = format_from(arguments["--format"], suitable)
    if output_format is not Format.TEXT and arguments["--callstack"]:
        raise UsageError("--callstack and --format cannot be combined: only text has full call stacks")
    if output_format is not Format.TEXT and arguments["--output"] == "-":
        raise UsageError("--output=- and --format cannot be combined: both print, but not the same")
    return output_format


def _check(arguments: Arguments, count: int) -> str:
    """Return the platform in the API's spelling, "" if none is given.

    Raises UsageError for options that exclude each other, and for a platform or a BUILD_ID that is something else.
    """
    for one, other in _EXCLUSIVE_OPTIONS:
        if arguments[one] and arguments[other]:
            raise UsageError(f"{one} and {other} cannot be combined")
    if count == 0 and (arguments["--output"] or arguments["--format"] == "folded"):
        raise UsageError("--signatures=0 only lists the signatures: there are no logs to save or fold")
    build_id = arguments["BUILD_ID"] or ""
    if "." in build_id:
        raise UsageError("BUILD_ID is a UUID, not a bundle ID: give the bundle ID as --app=BUNDLE_ID")
    if build_id.isdigit():
        raise UsageError(
            "BUILD_ID is a UUID, not a number: give a build's number as --app=APP --build-number=NUMBER,\n"
            "  and an app's ID as --app=APP_ID"
        )

    from appstoreconnect.platforms import platform_from

    platform = platform_from(arguments["--platform"] or "")
    if arguments["--platform"] and not platform:
        raise UsageError("--platform takes IOS, MAC_OS, TV_OS or VISION_OS")
    return platform


if __name__ == "__main__":
    PROGRAM.start(main)
