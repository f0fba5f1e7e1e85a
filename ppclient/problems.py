"""Turn a response or an exception into lines that tell the user what happened and what to do."""

from __future__ import annotations

import errno
import socket
import ssl
import time
from collections.abc import Iterator, Sequence
from datetime import timedelta
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

import requests

from ppclient.api_key import KeyNames
from ppclient.throttle import RATE_LIMIT
from ppclient.transport import ResponseLimitError
from ppparser.documents.fields import get_list, get_str
from ppparser.documents.loading import error_lines, parse
from ppparser.errors import DocumentError
from ppparser.program.terminal import clean

CONNECT_TIMEOUT_S = 10
READ_TIMEOUT_S = 30
_CLOCK_TOLERANCE_S = 30
# X509_V_ERR_… of OpenSSL, x509_vfy.h: not valid yet and expired; for another host name and for another IP address.
_CERTIFICATE_NOT_VALID_NOW = (9, 10)
_CERTIFICATE_MISMATCHES = (62, 64)
_UNREACHABLE = frozenset({errno.ENETUNREACH, errno.EHOSTUNREACH, errno.ENETDOWN})

_HINTS = {
    403: "The key's role does not allow this: it needs the Developer role or a higher one.",
    406: "The API does not offer the requested media type. Check for a newer version of this program.",
}

_NOT_FOUND_HINTS = {
    "/performanceOverviews": (
        "The performance overview may not be available for this team or app yet: leave out --overview to print the\n"
        "  metrics. If that fails too, check the app's ID, and that the key may access the app."
    ),
    "/v1/apps/": "Check the app's ID, and that the key may access the app.",
    "/v1/builds/": (
        "Check the build's ID, and that the key may access the app. Only builds on the App Store have metrics\n"
        "  and diagnostics: if this is a TestFlight build, choose another one."
    ),
    "/v1/diagnosticSignatures/": "Apple keeps signatures for a limited time: list those of the build again.",
}


def response_problem_lines(response: requests.Response, request: str, *, key_names: KeyNames | None) -> list[str]:
    """Return what a response other than 200 says about `request`, such as `GET /v1/apps`, and what to do about it.

    `key_names` is None if the request was sent with a fixed token.
    """
    status = f"{response.status_code} {clean(response.reason or '')}".rstrip()
    lines = [f"App Store Connect responded {status} to {request}"]
    try:
        document = parse(response.content, "the response")
    except DocumentError:
        document = None
    errors = get_list(document, "errors") if isinstance(document, dict) else []
    lines += error_lines(errors)
    lines += _hints(response, request, {get_str(error, "code") for error in errors}, key_names=key_names)
    return lines + request_id_lines(response, *(get_str(error, "id") for error in errors))


def request_id_lines(response: requests.Response, *error_ids: str) -> list[str]:
    """Return a line with the ID that Apple's support asks for, if there is one."""
    ids = [response.headers.get("x-request-id", ""), *error_ids]
    return [f"Request ID: {clean(first)}" for first in list(filter(None, ids))[:1]]


def _hints(response: requests.Response, request: str, codes: set[str], *, key_names: KeyNames | None) -> Iterator[str]:
    status = response.status_code
    if 300 <= status < 400:
        host = host_of(response.headers.get("Location", "")) or "no host"
        yield f"The response redirects to {host}, which was not followed: check HTTPS_PROXY and APP_STORE_CONNECT_URL."
    elif status == 401:
        if key_names is None:
            yield (
                "The token in TOKEN may have expired: tokens are valid for at most 20 minutes. "
                "Make a new one with generate-token.py."
            )
        else:
            issuer_id, key_id, key = key_names
            yield (
                f"Check that {issuer_id}, {key_id} and {key} belong together, and that the key is not revoked.\n"
                f"  {issuer_id} must be set for a team key, and must not be set for an individual key."
            )
        yield from _clock_hints(response)
    elif status == 403 and any("AGREEMENTS" in code for code in codes):
        yield "The Account Holder has to accept an agreement in App Store Connect; a new key does not help."
    elif status == 429:
        yield _rate_limit_hint(response)
    elif status >= 500:
        yield "This is usually temporary: try again in a few minutes. https://developer.apple.com/system-status/"
    elif status == 404:
        yield next((hint for path, hint in _NOT_FOUND_HINTS.items() if path in request), "Check the ID.")
    elif status in _HINTS:
        yield _HINTS[status]
    elif status not in (400, 403):
        yield "This is not what App Store Connect sends: check APP_STORE_CONNECT_URL, the network and the proxy."


def _rate_limit_hint(response: requests.Response) -> str:
    wait_s = retry_after_s(response)
    advice = f"Try again in {-(-wait_s // 60):.0f} min" if wait_s else "Try again later; the limit is a rolling hour"
    limit = RATE_LIMIT.search(response.headers.get("X-Rate-Limit", ""))
    return f"{advice} ({limit[2]} of {limit[1]} requests are left in this hour)." if limit else f"{advice}."


def _clock_hints(response: requests.Response) -> Iterator[str]:
    """Yield how far the clock of this machine is off, according to the response's Date, if that matters."""
    server_time = _timestamp(response.headers.get("Date", ""))
    ahead_s = 0 if server_time is None else round(time.time() - server_time)
    if abs(ahead_s) > _CLOCK_TOLERANCE_S:
        direction = "ahead of" if ahead_s > 0 else "behind"
        difference = timedelta(seconds=abs(ahead_s))
        yield f"This machine's clock is {difference} (h:mm:ss) {direction} Apple's: turn on automatic date and time."


def retry_after_s(response: requests.Response) -> float:
    """Return the seconds in a Retry-After header (RFC 9110, section 10.2.3), 0 without a usable one."""
    header = response.headers.get("Retry-After", "")
    if header.isdecimal():
        return float(header)
    until = _timestamp(header)
    return 0 if until is None else max(0.0, until - time.time())


def _timestamp(header: str) -> float | None:
    """Return an HTTP date in seconds since the epoch, None if it is not a date."""
    try:
        return parsedate_to_datetime(header).timestamp()
    except (TypeError, ValueError, OverflowError):
        return None


def host_of(url: str) -> str:
    """Return the host in `url`, "" if there is none."""
    try:
        return clean(urlsplit(url).hostname or "")
    except ValueError:
        return ""


def network_problem(error: BaseException, url: str) -> str:
    """Return what prevented a response. Texts of exceptions are left out: they may contain a proxy's password."""
    host = host_of(url)
    if isinstance(error, ResponseLimitError):
        return f"{host} {error}: check the network and the proxy, or try again later"
    causes = list(_causes_of(error))
    for cause in causes:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return _certificate_problem(cause, host)
    if isinstance(error, requests.exceptions.ProxyError):
        return _proxy_problem(causes, host)
    if any(isinstance(cause, socket.gaierror) for cause in causes):
        return f"cannot find {host}: check the network, the VPN and the DNS settings"
    if isinstance(error, requests.exceptions.SSLError):
        return f"no secure connection to {host}: check the network, the proxy and REQUESTS_CA_BUNDLE"
    if isinstance(error, requests.ConnectTimeout):
        return f"{host} did not accept a connection within {CONNECT_TIMEOUT_S} s: check the network"
    if any(isinstance(cause, socket.timeout) for cause in causes):
        return f"{host} sent nothing for {READ_TIMEOUT_S} s: try again later"
    if isinstance(error, requests.exceptions.ContentDecodingError):
        return "the response is damaged (it cannot be decompressed): try again"
    if any(isinstance(cause, ConnectionRefusedError) for cause in causes):
        return f"{host} refuses connections: check the network and APP_STORE_CONNECT_URL"
    if any(isinstance(cause, OSError) and cause.errno in _UNREACHABLE for cause in causes):
        return f"there is no route to {host}: check the network and the VPN"
    if isinstance(error, (requests.ConnectionError, requests.exceptions.ChunkedEncodingError)):
        return f"the connection to {host} was lost: try again"
    if isinstance(error, OSError) and not isinstance(error, requests.RequestException):
        return (
            "the root certificates cannot be read: check REQUESTS_CA_BUNDLE and CURL_CA_BUNDLE, or if neither is set,\n"
            "  run python3 -m pip install --force-reinstall certifi"
        )
    return f"the request failed ({type(error).__name__}): check APP_STORE_CONNECT_URL and HTTPS_PROXY"


def _proxy_problem(causes: Sequence[BaseException], host: str) -> str:
    if any(isinstance(cause, socket.gaierror) for cause in causes):
        return "cannot find the proxy: check HTTPS_PROXY, the network and the VPN"
    if any("Tunnel connection failed: 407" in str(cause) for cause in causes):  # What http.client says.
        return "the proxy requires a user name and a password: export HTTPS_PROXY=http://USER:PASSWORD@HOST:PORT"
    return f"cannot reach {host} through the proxy: check HTTPS_PROXY"


def _certificate_problem(error: ssl.SSLCertVerificationError, host: str) -> str:
    if error.verify_code in _CERTIFICATE_NOT_VALID_NOW:
        return (
            f"the certificate of {host} has expired or is not valid yet: check the date of this machine and the proxy"
        )
    if error.verify_code in _CERTIFICATE_MISMATCHES:
        return f"the certificate is not one of {host}: check the network, the proxy and APP_STORE_CONNECT_URL"
    return (
        f"the certificate of {host} is not trusted. Behind a company proxy, export REQUESTS_CA_BUNDLE\n"
        "  with the path of the company's root certificates"
    )


def _causes_of(error: BaseException) -> Iterator[BaseException]:
    """Yield `error` and the exceptions during whose handling it was raised."""
    cause: BaseException | None = error
    while cause:
        yield cause
        cause = cause.__context__
