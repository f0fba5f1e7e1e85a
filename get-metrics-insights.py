#!/usr/bin/env python3
"""Download the power and performance metrics of an app and print what got worse."""

from __future__ import annotations

import os
import sys

if __name__ == "__main__":  # Before the other imports, which take time.
    sys.path.insert(0, os.path.dirname(os.path.realpath(__file__)))  # Python leaves it out with -I and -P.
    from ppparser.signals import handle_signals

    handle_signals()

import shlex

from ppparser.errors import ExitStatus, UsageError
from ppparser.formats import METRICS_FORMATS, Format, format_from
from ppparser.program import Arguments, Program

TYPE_CHECKING = False
if TYPE_CHECKING:
    from appstoreconnect.client import Client
    from ppparser.app import Subject

USAGE = """Download the power and performance metrics of an app and print what got worse.

Usage:
    get-metrics-insights.py [options] APP_ID [--build-number=NUMBER | --overview]
    get-metrics-insights.py [options] --build=BUILD_ID
    get-metrics-insights.py -h

    APP_ID                                The app's ID in App Store Connect (a
                                            number), or its bundle ID
    --build-number=NUMBER                 Print the metrics of this build of the
                                            app, or of a version such as 8.0.1;
                                            a build has no insights
    --build=BUILD_ID                      The same, by the build's ID (a UUID)
    --overview                            Print Apple's performance overview of
                                            the app: also the code to look at

    -m METRIC_NAME, --metric=METRIC_NAME  Filter by metric: identifier or
                                            category
    -d DEVICE_TYPE, --device=DEVICE_TYPE  Filter by device: model or
                                            marketing name
    -p PLATFORM, --platform=PLATFORM      Filter by platform
    --percentile=PERCENTILE               Filter by percentile: typical or top
    --app-version=VERSION                 Judge this version, not the newest one
    --against=VERSION                     Compare with this version instead of
                                            the previous one
    --last=COUNT                          Show only the COUNT newest versions
    --details                             Add tables of all versions of what
                                            insights or filters point to, and
                                            what Apple says about it
    --format=FORMAT                       text, markdown, html, json or csv;
                                            without it, text
    -o FILE, --output=FILE                Save the response as received; - only
                                            prints it
    --fail-on-regression                  Exit with status 4 if the insights
                                            contain a regression
    -h, --help                            Show this help screen

Credentials come from the environment: ISSUER_ID, KEY_ID and KEY_FILE_PATH, or
TOKEN.
Exit status: 0 success; 1 no usable key, no such app or build, no metrics or no
match, or --fail-on-regression cannot judge; 2 usage; 3 the API or the network;
4 --fail-on-regression found a regression; 130 Ctrl-C.
"""

PROGRAM = Program("get-metrics-insights.py", USAGE)


def main(argv: list[str]) -> int:
    """Download the metrics of an app or a build and print the verdict on them."""
    arguments = PROGRAM.parse(argv)
    arguments.reject_empty_values()
    if (build_id := arguments["--build"] or "").isdigit() or "." in build_id:
        raise UsageError("--build takes a UUID: give a build's number as APP_ID --build-number=NUMBER")
    for option in ("--app-version", "--against", "--last"):
        if arguments["--overview"] and arguments[option]:
            raise UsageError(f"--overview and {option} cannot be combined")
    last = arguments.whole_number("--last") if arguments["--last"] else None
    output_format = format_from(arguments["--format"], METRICS_FORMATS)
    if arguments["--output"] == "-" and output_format is not Format.TEXT:
        raise UsageError("--output=- and --format cannot be combined: both print, but not the same")

    # Imported here, where a missing package or Ctrl-C ends with a message instead of a traceback.
    from appstoreconnect.base_url import base_url_from
    from appstoreconnect.client import Client
    from appstoreconnect.credentials import credentials_from
    from appstoreconnect.lookups import device_query
    from ppparser.judged_version import Versions
    from ppparser.loading import METRICS, OVERVIEW
    from ppparser.metrics_report import MetricsLayout, MetricsOptions
    from ppparser.reports import print_metrics, print_overview
    from ppparser.saving import save
    from ppparser.selection import Filters
    from ppparser.terminal import StatusLine, clean, style_for

    is_overview = arguments["--overview"]
    output = arguments["--output"]
    credentials, base_url = credentials_from(os.environ, sys.stdin.buffer), base_url_from(os.environ)
    with StatusLine(sys.stderr) as status, Client(credentials, base_url, status.show) as client:
        subject, url, logs_arguments = _find(client, arguments)
        if is_overview:
            query = device_query(arguments["--device"])
            content, document = client.report(OVERVIEW, url, "the performance overview", query)
        else:
            content, document = client.report(METRICS, url, "the metrics")
    if output:
        save(output, content, sys.stdout.buffer)
    layout = MetricsLayout.DETAILS if arguments["--details"] else MetricsLayout.VERDICT
    if device_query(arguments["--device"]):  # A model, which the logs name, too.
        logs_arguments.append(f"--device={arguments['--device']}")
    again = arguments.command_line("--details", "--format", "--output", "--fail-on-regression")
    options = MetricsOptions(
        Filters(arguments["--metric"], arguments["--device"], arguments["--platform"], arguments["--percentile"]),
        MetricsLayout.NOTHING if output == "-" else layout,
        arguments["--fail-on-regression"],
        subject=subject,
        logs_command=clean(shlex.join([*PROGRAM.command("get-diagnostics-logs.py"), *logs_arguments])),
        details_command=clean(shlex.join([*PROGRAM.command(PROGRAM.name), *again, "--details"])),
        versions=Versions(arguments["--app-version"], arguments["--against"], last),
        format=output_format,
    )
    print_report = print_overview if is_overview else print_metrics
    print_report(document, options, sys.stdout, style_for(sys.stdout, os.environ))
    return ExitStatus.SUCCESS


def _find(client: Client, arguments: Arguments) -> tuple[Subject, str, list[str]]:
    """Return the app or build, the path of its report, and what selects it in get-diagnostics-logs.py."""
    from appstoreconnect.lookups import find_app, find_build, resource_path
    from ppparser.app import Subject
    from ppparser.platforms import DEFAULT_PLATFORM, platform_from

    build_id, number = arguments["--build"], arguments["--build-number"]
    if build_id:
        return Subject(build_id=build_id), resource_path("/v1/builds/{}/perfPowerMetrics", build_id), [build_id]
    app = find_app(client, arguments["APP_ID"])
    platform = platform_from(arguments["--platform"] or "")
    logs_arguments = [f"--app={arguments['APP_ID']}"]
    if platform and (number or platform != DEFAULT_PLATFORM):
        logs_arguments.append(f"--platform={platform}")
    if arguments["--overview"]:
        return Subject(app), resource_path("/v1/apps/{}/performanceOverviews", app.id), logs_arguments
    if not number:
        return Subject(app), resource_path("/v1/apps/{}/perfPowerMetrics", app.id), logs_arguments
    build = find_build(client, app.id, number, platform)
    path = resource_path("/v1/builds/{}/perfPowerMetrics", build.id)
    return Subject(app, build.id, build.number), path, [*logs_arguments, f"--build-number={number}"]


if __name__ == "__main__":
    PROGRAM.start(main)
