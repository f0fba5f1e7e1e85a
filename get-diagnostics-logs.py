"""Download the diagnostic logs of a build's top signatures and print their call stacks.

Usage:
    get-diagnostics-logs.py [options] BUILD_ID
    get-diagnostics-logs.py [options] --app=APP [--build-number=NUMBER]
    get-diagnostics-logs.py -h

    BUILD_ID                      ID of a build that is on the App Store (a UUID)
    --app=APP                     Find the build of this app: an app ID or a bundle ID
    --build-number=NUMBER         The build's number; without it, the build uploaded last
    -t TYPE, --type=TYPE          DISK_WRITES, HANGS or LAUNCHES [default: DISK_WRITES]
    -s COUNT, --signatures=COUNT  How many signatures to download logs of, heaviest first [default: 1]
    -l LIMIT, --limit=LIMIT       How many logs of each to download, 1 to 200 [default: 5]
    -o FILE, --output=FILE        Save the logs as they came; - prints them in place of the call stacks
    --folded                      Print a line for each distinct stack, for flame graphs
    -h, --help                    Show this help screen

Credentials come from the environment: ISSUER_ID, KEY_ID and KEY_FILE_PATH, or TOKEN.
Exit status: 0 printed; 1 no signatures or logs; 2 usage; 3 the API or the network; 130 Ctrl-C.
"""

from __future__ import annotations

import os
import sys

from ppparser import cli

TYPES = ("DISK_WRITES", "HANGS", "LAUNCHES")


def main(argv: list[str]) -> int:
    """Prints the ranking of the signatures and the call stacks of the top ones as they arrive."""
    usage = __doc__ or ""
    arguments = cli.parse_arguments(usage, argv)
    cli.refuse_empty(arguments, usage)
    diagnostic_type = arguments["--type"].upper()
    if diagnostic_type not in TYPES:
        raise cli.UsageError(f"--type takes one of {', '.join(TYPES)}", usage)
    count = cli.whole_number(arguments, "--signatures", usage)
    limit = cli.whole_number(arguments, "--limit", usage, 1, 200) or 0
    output, folded = arguments["--output"], arguments["--folded"]

    # Imported under cli.run, which explains a missing package and a Ctrl-C.
    from appstoreconnect import AppStoreConnectError, Client, app_id, base_url_from, build_of, credentials_from, path_of
    from ppparser import diagnostics, report, terminal

    style = terminal.style_for(sys.stdout, os.environ)
    printed = output != "-" and not folded
    answers: list[tuple[bytes, dict[str, object]]] = []
    selected: list[diagnostics.Signature] = []
    credentials, base_url = credentials_from(os.environ, sys.stdin.buffer), base_url_from(os.environ)
    with terminal.StatusLine(sys.stderr) as status, Client(credentials, base_url, status.show) as client:
        build, name = arguments["BUILD_ID"], arguments["BUILD_ID"]
        if arguments["--app"]:
            build, name = build_of(client, app_id(client, arguments["--app"]), arguments["--build-number"])
        query = {"filter[diagnosticType]": diagnostic_type, "limit": 200}
        url = path_of("/v1/builds/{}/diagnosticSignatures", build)
        signatures = diagnostics.by_weight(client.resources(url, "the list of signatures", query))
        if not signatures:
            raise report.ReportError(
                f"build {name} has no {diagnostic_type} signatures: normal below Apple's usage threshold and in the\n"
                "  first days after a release, and a good sign where an earlier build had some"
            )
        status.clear()
        if printed:
            title = f"{style.strong}{diagnostic_type} signatures of build {name}, heaviest first{style.off}"
            terminal.write([title, *diagnostics.ranking_lines(signatures, style)], sys.stdout)
        top = signatures[:count]
        for position, signature in enumerate(top, 1):
            url = diagnostics.logs_link(signature) or path_of(
                "/v1/diagnosticSignatures/{}/logs", report.text(signature, "id"), AppStoreConnectError
            )
            what = f"the logs of signature {position} of {len(top)}"
            content, document = client.report(report.DIAGNOSTICS, url, what, {"limit": limit})
            status.clear()
            found = diagnostics.select(document, limit=limit)
            selected += found
            if output:
                answers.append((content, document))
            if printed:
                terminal.write([diagnostics.heading(signature, position, len(top), style)], sys.stdout)
                for one in found:
                    terminal.write(diagnostics.signature_lines(one, style, callstack=True), sys.stdout)
    if output:
        whole = answers[0][0] if len(answers) == 1 else diagnostics.merged(document for _, document in answers)
        report.save(output, whole, sys.stdout.buffer)
    if folded and output != "-":
        terminal.write(diagnostics.folded_lines(selected), sys.stdout)
    if not selected:
        raise report.ReportError(diagnostics.NO_LOGS)
    return 0


if __name__ == "__main__":
    raise SystemExit(cli.run(main, sys.argv[1:], "get-diagnostics-logs.py"))
