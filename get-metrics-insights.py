#!/usr/bin/env python3
"""Download the power and performance metrics of an app and print what got worse."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from functools import partial
from typing import Any

if __name__ == "__main__":
    sys.path.insert(0, os.path.dirname(os.path.realpath(__file__)))  # Python leaves it out with -I and -P.
    from ppparser.program.signals import handle_signals

    handle_signals()  # Before the other imports, which take a while.

from ppparser.documents.loading import METRICS, OVERVIEW
from ppparser.documents.platforms import DEFAULT_PLATFORM, platform_from
from ppparser.documents.subject import App, Subject
from ppparser.errors import APIError, ExitStatus, UsageError
from ppparser.gate.usage import GATE_USAGE
from ppparser.output.formats import Format, format_from, print_report
from ppparser.output.gate import check_apps, check_gate
from ppparser.program.harness import Arguments, Program
from ppparser.program.saving import save
from ppparser.program.terminal import StatusLine, Style, style_for
from ppparser.reports.apps import AppResult, AppStatus, apps_report, read_app
from ppparser.reports.metrics import (
    MetricsLayout,
    MetricsOptions,
    MetricsReport,
    read_metrics_report,
    read_overview_report,
)
from ppparser.reports.options import command_text, details_command, metrics_options

USAGE = f"""Download the power and performance metrics of an app and print what got worse.

Usage:
    get-metrics-insights.py [options] APP_ID...
        [--build-number=NUMBER | --overview]
    get-metrics-insights.py [options] --all-apps [--overview]
    get-metrics-insights.py [options] --build=BUILD_ID
    get-metrics-insights.py -h

    APP_ID                                The app's ID in App Store Connect (a
                                            number), or its bundle ID; of
                                            several, the worst is printed first
    --all-apps                            All apps that the key gives access to
    --build-number NUMBER                 Print the metrics of this build of the
                                            app, or of a version such as 8.0.1;
                                            a build has no insights
    --build BUILD_ID                      The same, by the build's ID (a UUID)
    --overview                            Print Apple's performance overview of
                                            the app: also the code to look at

    -m METRIC_NAME, --metric METRIC_NAME  Filter by metric: identifier or
                                            category
    -d DEVICE_TYPE, --device DEVICE_TYPE  Filter by device: model or
                                            marketing name
    -p PLATFORM, --platform PLATFORM      Filter by platform
    --percentile PERCENTILE               Filter by percentile: typical or top
    --app-version VERSION                 Judge this version, not the newest one
    --against VERSION                     Compare with this version instead of
                                            the previous one
    --last COUNT                          Show only the COUNT newest versions
    --details                             Add tables of all versions of what
                                            insights or filters point to, and
                                            what Apple says about it
    --format FORMAT                       text, markdown, html, json or csv;
                                            without it, text
    -o FILE, --output FILE                Save the response as received; -
                                            prints it instead of the report
{GATE_USAGE}    -h, --help                            Show this help screen

Credentials come from the environment: ISSUER_ID, KEY_ID and KEY_FILE_PATH, or
TOKEN, or the variables of fastlane.
Exit status: 0 success; 1 no usable key, no such app or build, no metrics or no
match, or the gate cannot judge; 2 usage; 3 the API or the network; 4 the gate
failed (--fail-on-regression, --fail-above, --fail-below-goal); 130 Ctrl-C.
"""

PROGRAM = Program("get-metrics-insights.py", USAGE)

with PROGRAM.importing():
    from ppclient.base_url import base_url_from
    from ppclient.client import Client, Query
    from ppclient.credentials import credentials_from
    from ppclient.lookups import all_apps, device_query, find_app, find_apps, find_build, resource_path


def main(argv: list[str]) -> int:
    """Download the metrics of apps or a build and print the verdict on them."""
    arguments = PROGRAM.parse(argv)
    arguments.reject_empty_values()
    _check(arguments)
    output_format = format_from(arguments["--format"], MetricsReport)
    if arguments["--output"] == "-" and output_format is not Format.TEXT:
        raise UsageError("--output=- and --format cannot be combined: both print, but not the same")
    options = metrics_options(arguments, MetricsLayout.DETAILS if arguments["--details"] else MetricsLayout.VERDICT)
    style = style_for(sys.stdout, os.environ)
    credentials, base_url = credentials_from(os.environ, sys.stdin.buffer), base_url_from(os.environ)
    with StatusLine(sys.stderr) as status, Client(credentials, base_url, status.show) as client:
        if _has_several_apps(arguments):
            keep_points = arguments["--details"] or output_format in (Format.CSV, Format.HTML)
            results = list(_read_apps(client, arguments, options, keep_points=keep_points))
        else:
            content, document, options = _download(client, arguments, options)
    if _has_several_apps(arguments):
        _print_apps(results, arguments, options, output_format, style)
        return ExitStatus.SUCCESS
    if arguments["--output"]:
        save(arguments["--output"], content, sys.stdout.buffer)
    report = (read_overview_report if arguments["--overview"] else read_metrics_report)(document, options)
    if arguments["--output"] != "-":
        print_report(report, output_format, sys.stdout, style)
    check_gate(report.gate, PROGRAM.warn)
    return ExitStatus.SUCCESS


def _check(arguments: Arguments) -> None:
    """Raise UsageError for options that exclude each other, and for a build that is not given by its ID."""
    if (build_id := arguments["--build"] or "").isdigit() or "." in build_id:
        raise UsageError("--build takes a UUID: give a build's number as APP_ID --build-number=NUMBER")
    for option in ("--app-version", "--against", "--last"):
        if arguments["--overview"] and arguments[option]:
            raise UsageError(f"--overview and {option} cannot be combined")
    if arguments["--build-number"] and _has_several_apps(arguments):
        raise UsageError("--build-number needs exactly one app")
    if arguments["--output"] and _has_several_apps(arguments):
        raise UsageError("--output saves the response about one app: use --format=json for several")


def _has_several_apps(arguments: Arguments) -> bool:
    return arguments["--all-apps"] or len(arguments["APP_ID"]) > 1


def _print_apps(
    results: list[AppResult], arguments: Arguments, options: MetricsOptions, output_format: Format, style: Style
) -> None:
    """Print the reports of several apps. Raises UserError if one could not be read or the gate did not pass."""
    print_report(apps_report(results), output_format, sys.stdout, style)
    names_what_to_judge = not arguments["--all-apps"] or arguments["--app-version"] or arguments["--against"]
    check_apps(results, options.gate, PROGRAM.warn, is_report_required=bool(names_what_to_judge))


def _download(
    client: Client, arguments: Arguments, options: MetricsOptions
) -> tuple[bytes, dict[str, Any], MetricsOptions]:
    """Return the response about an app or a build, its document, and the options with what the report is about."""
    build_id, number = arguments["--build"], arguments["--build-number"]
    if build_id:
        subject = Subject(build_id=build_id)
        path = resource_path("/v1/builds/{}/perfPowerMetrics", build_id)
        return *client.report(METRICS, path, "the metrics"), _about(subject, arguments, options, build_id)
    [name] = arguments["APP_ID"]
    app = find_app(client, name)
    if not number:
        kind, path, query = _request(app, arguments)
        what = "the performance overview" if arguments["--overview"] else "the metrics"
        return *client.report(kind, path, what, query), _about(Subject(app), arguments, options, f"--app={name}")
    build = find_build(client, app.id, number, platform_from(arguments["--platform"] or ""))
    path = resource_path("/v1/builds/{}/perfPowerMetrics", build.id)
    subject = Subject(app, build.id, build.number)
    options = _about(subject, arguments, options, f"--app={name}", f"--build-number={number}")
    return *client.report(METRICS, path, "the metrics"), options


def _request(app: App, arguments: Arguments) -> tuple[str, str, Query]:
    """Return the kind of an app's report, its path, and what the API itself selects of it."""
    if arguments["--overview"]:
        query = device_query(arguments["--device"])
        return OVERVIEW, resource_path("/v1/apps/{}/performanceOverviews", app.id), query
    return METRICS, resource_path("/v1/apps/{}/perfPowerMetrics", app.id), {}


def _about(subject: Subject, arguments: Arguments, options: MetricsOptions, *what: str) -> MetricsOptions:
    """Return options for a report about an app or a build, which `what` selects in get-diagnostics-logs.py."""
    logs_arguments = list(what)
    platform = platform_from(arguments["--platform"] or "")
    if subject.app.id and platform and (subject.build_id or platform != DEFAULT_PLATFORM):
        logs_arguments.insert(1, f"--platform={platform}")
    if device_query(arguments["--device"]):  # A model, which the logs name, too.
        logs_arguments.append(f"--device={arguments['--device']}")
    command = [*PROGRAM.command(PROGRAM.name), *([subject.app.bundle_id or subject.app.id] if subject.app.id else [])]
    return options._replace(
        subject=subject,
        logs_command=command_text([*PROGRAM.command("get-diagnostics-logs.py"), *logs_arguments]),
        details_command=details_command(command, arguments, "APP_ID", "--all-apps", "--output"),
    )


def _read_apps(
    client: Client, arguments: Arguments, options: MetricsOptions, *, keep_points: bool
) -> Iterator[AppResult]:
    """Yield one result per app: its report, or why there is none."""
    read_report = read_overview_report if arguments["--overview"] else read_metrics_report
    found = all_apps(client) if arguments["--all-apps"] else find_apps(client, arguments["APP_ID"])
    yield from (AppResult(app, AppStatus.FAILED, problem=problem) for app, problem in found if problem)
    apps = [app for app, problem in found if not problem]
    kind = OVERVIEW if arguments["--overview"] else METRICS
    query = device_query(arguments["--device"]) if arguments["--overview"] else {}
    paths = [_request(app, arguments)[1] for app in apps]
    for app, response in zip(apps, client.reports(kind, paths, "apps", query)):
        about = _about(Subject(app), arguments, options, f"--app={app.bundle_id or app.id}")
        document = response if isinstance(response, APIError) else response[1]
        yield read_app(app, document, partial(read_report, options=about), keep_points=keep_points)


if __name__ == "__main__":
    PROGRAM.start(main)
