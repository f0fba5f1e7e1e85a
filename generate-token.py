"""Print a JSON Web Token for the App Store Connect API, ready for `curl`.

Usage:
    generate-token.py [--lifetime=MINUTES] [--scope=REQUEST]... ISSUER_ID KEY_ID KEY_FILE_PATH
    generate-token.py --individual [--lifetime=MINUTES] [--scope=REQUEST]... KEY_ID KEY_FILE_PATH
    generate-token.py -h

    ISSUER_ID           Issuer ID of the team, from Users and Access > Integrations
    KEY_ID              ID of the API key
    KEY_FILE_PATH       The key's AuthKey_<KEY_ID>.p8 file; - reads it from standard input
    --individual        The key is an individual key, which has no issuer ID
    --lifetime=MINUTES  Minutes that the token is good for, 1 to 20 [default: 20]
    --scope=REQUEST     Allow this request only, such as "GET /v1/apps"; may be repeated
    -h, --help          Show this help screen

Exit status: 0 printed; 1 the key cannot be used; 2 usage.
"""

from __future__ import annotations

import re
import sys
import time
from datetime import timedelta

from ppparser import Failure, cli


def main(argv: list[str]) -> int:
    """Prints the token and a newline."""
    if any(argument.startswith("-----") for argument in argv):  # It would pass for an option that is not there.
        raise Failure("the key itself was given in place of its path: give the path of the .p8 file")
    usage = __doc__ or ""
    arguments = cli.parse_arguments(usage, argv)
    minutes = cli.whole_number(arguments, "--lifetime", usage, 1, 20)
    for request in arguments["--scope"]:
        if not re.fullmatch(r"[A-Z]+ /\S*", request):
            raise cli.UsageError('--scope takes a request such as "GET /v1/apps"', usage)

    # Imported under cli.run, which explains a missing package and a Ctrl-C.
    from appstoreconnect import load_credentials, make_token

    credentials = load_credentials(
        arguments["KEY_ID"], arguments["KEY_FILE_PATH"], arguments["ISSUER_ID"], sys.stdin.buffer
    )
    lifetime = timedelta(minutes=minutes or 0)
    print(make_token(credentials, now=time.time(), lifetime=lifetime, scope=arguments["--scope"]))
    return 0


if __name__ == "__main__":
    raise SystemExit(cli.run(main, sys.argv[1:], "generate-token.py"))
