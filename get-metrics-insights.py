"""Download the power and performance metrics of an app and print the hotspots that insights point at.

Usage:
    get-metrics-insights.py [options] APP_ID
    get-metrics-insights.py [options] --build=BUILD_ID
    get-metrics-insights.py -h

    APP_ID                                The app's ID in App Store Connect, a number, or its bundle ID
    --build=BUILD_ID                      Print the metrics of a build; they come without insights
    -m METRIC_NAME, --metric=METRIC_NAME  Filter by metric: identifier or category
    -d DEVICE_TYPE, --device=DEVICE_TYPE  Filter by device: model or marketing name
    -p PLATFORM, --platform=PLATFORM      Filter by platform
    -o FILE, --output=FILE                Save the answer as it came; - prints it in place of the hotspots
    --fail-on-regression                  Exit with status 4 if insights hold a regression
    -h, --help                            Show this help screen

Credentials come from the environment: ISSUER_ID, KEY_ID and KEY_FILE_PATH, or TOKEN.
Exit status: 0 printed; 1 no metrics, or nothing fits; 2 usage; 3 the API or the network; 4 --fail-on-regression
found a regression; 130 Ctrl-C.
"""

from __future__ import annotations

import os
import sys

from ppparser import cli


def main(argv: list[str]) -> int:
    """Downloads the metrics and prints the hotspots, or all metrics where the answer has no insights."""
    usage = __doc__ or ""
    arguments = cli.parse_arguments(usage, argv)
    cli.refuse_empty(arguments, usage)

    # Imported under cli.run, which explains a missing package and a Ctrl-C.
    from appstoreconnect import Client, app_id, base_url_from, credentials_from, path_of
    from ppparser import metrics, report, terminal

    build_id, output = arguments["--build"], arguments["--output"]
    credentials, base_url = credentials_from(os.environ, sys.stdin.buffer), base_url_from(os.environ)
    with terminal.StatusLine(sys.stderr) as status, Client(credentials, base_url, status.show) as client:
        if build_id:
            url = path_of("/v1/builds/{}/perfPowerMetrics", build_id)
        else:
            url = path_of("/v1/apps/{}/perfPowerMetrics", app_id(client, arguments["APP_ID"]))
        content, document = client.report(report.METRICS, url, "the metrics, nothing left after them")
    if output:
        report.save(output, content, sys.stdout.buffer)
    filters = {name: arguments[f"--{name}"] for name in ("metric", "device", "platform")}
    selection = metrics.select(document, **filters)
    if output != "-":
        style = terminal.style_for(sys.stdout, os.environ)
        if not arguments["--metric"]:
            terminal.write(metrics.scorecard_lines(selection, style), sys.stdout)
        if "insights" in document:
            lines = metrics.hotspot_lines(selection, style, filtered=any(filters.values()))
        else:
            lines = metrics.metric_lines(selection, style)
        terminal.write(lines, sys.stdout)
    return cli.gate(selection.regressions, document) if arguments["--fail-on-regression"] else 0


if __name__ == "__main__":
    raise SystemExit(cli.run(main, sys.argv[1:], "get-metrics-insights.py"))
