#!/usr/bin/env python3
"""Print a JSON Web Token for the App Store Connect API."""

from __future__ import annotations

import os
import re
import sys
import time
from datetime import timedelta

if __name__ == "__main__":
    sys.path.insert(0, os.path.dirname(os.path.realpath(__file__)))  # Python leaves it out with -I and -P.
    from ppparser.program.signals import handle_signals

    handle_signals()  # Before the other imports, which take a while.

from ppparser.errors import ExitStatus, UsageError
from ppparser.program.harness import Program

USAGE = """Print a JSON Web Token for the App Store Connect API, ready for `curl`.

Usage:
    generate-token.py [--lifetime=MINUTES] [--scope=REQUEST]...
        ISSUER_ID KEY_ID KEY_FILE_PATH
    generate-token.py --individual [--lifetime=MINUTES] [--scope=REQUEST]...
        KEY_ID KEY_FILE_PATH
    generate-token.py -h

    ISSUER_ID           Issuer ID of the team (Users and Access > Integrations)
    KEY_ID              ID of the API key
    KEY_FILE_PATH       AuthKey_<KEY_ID>.p8 file of the key; - for stdin
    --individual        The key is an individual key, which has no issuer ID
    --lifetime=MINUTES  Minutes until the token expires, 1 to 20; of 20, one is
                        in the past, as clocks may differ [default: 20]
    --scope=REQUEST     Allow only this request, such as "GET /v1/apps"; may be
                        repeated
    -h, --help          Show this help screen

Exit status: 0 success; 1 the key cannot be used; 2 usage; 130 Ctrl-C.
"""

PROGRAM = Program("generate-token.py", USAGE)

with PROGRAM.importing():
    from ppclient.api_key import load_key


def main(argv: list[str]) -> int:
    """Print the token."""
    arguments = PROGRAM.parse(argv)
    arguments.reject_empty_values()
    lifetime = timedelta(minutes=arguments.whole_number("--lifetime", 1, 20))
    scope = arguments["--scope"]
    if not all(re.fullmatch(r"[A-Z]+ /\S*", request) for request in scope):
        raise UsageError('--scope takes a request such as "GET /v1/apps"')

    key = load_key(arguments["KEY_ID"], arguments["KEY_FILE_PATH"], arguments["ISSUER_ID"], sys.stdin.buffer)
    print(key.sign(time.time(), lifetime=lifetime, scope=scope))
    return ExitStatus.SUCCESS


if __name__ == "__main__":
    PROGRAM.start(main)
