"""Credentials, bearer tokens and requests for the App Store Connect API: what the scripts share.

Facts are from Apple's "Generating Tokens for API Requests", "Creating API Keys" and "App Store Connect API"
documentation; claims are named as in RFC 7519.
"""

from __future__ import annotations

import errno
import os
import re
import socket
import ssl
import time
import urllib.parse
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from ipaddress import ip_address
from typing import IO, Any

# Xcode's Python links LibreSSL; urllib3 warns of it at import, and users can do nothing about it.
warnings.filterwarnings("ignore", message="urllib3 v2 only supports OpenSSL")

import jwt
import requests
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from urllib3.util import Retry

from ppparser import Failure
from ppparser.report import ReportError, check, entry, error_lines, items, parse, text
from ppparser.terminal import clean

BASE_URL = "https://api.appstoreconnect.apple.com"
MEDIA_TYPES = {
    "metrics": "application/vnd.apple.xcode-metrics+json",
    "diagnostics": "application/vnd.apple.diagnostic-logs+json",
}
# Apple refuses a token that lives longer, and one whose `iat` lies in the future by its clock.
LONGEST_LIFETIME = timedelta(minutes=20)
_IAT_MARGIN = timedelta(seconds=60)
_RENEWAL_MARGIN = timedelta(minutes=2)
_KEY_FOLDERS = ("private_keys", "~/private_keys", "~/.private_keys", "~/.appstoreconnect/private_keys")

_CONNECT_TIMEOUT_S = 10
_READ_TIMEOUT_S = 30
# Waits of 0, 1, 2 and 4 s between the tries of one request, unless the API asks for more.
_RETRY = Retry(total=4, backoff_factor=0.5, allowed_methods=["GET"])
_LONGEST_WAIT_S = 60
_RETRIED_STATUSES = frozenset({429, 500, 502, 503, 504})
_PASSING = (
    requests.ConnectionError,
    requests.Timeout,
    requests.exceptions.ChunkedEncodingError,
    requests.exceptions.ContentDecodingError,
)
_UNREACHABLE = frozenset({errno.ENETUNREACH, errno.EHOSTUNREACH, errno.ENETDOWN})
_NOTABLE_CLOCK_DIFFERENCE_S = 30
# 200,000 resources, far more than a build has signatures: a server that goes on sends the same over and over.
_MOST_PAGES = 1000
# What a JSON Web Token begins with is the base64 of `{"`.
_JSON_WEB_TOKEN = re.compile(r"eyJ[\w-]{8,}(?:\.[\w-]*)*", re.ASCII | re.IGNORECASE)
# A key as it stands in its file, the base64 of that, and the base64 inside it.
_KEY_TEXT = re.compile(r"(?s).*-----|\s*(?:LS0tLS1CRUdJTi|MI[A-Za-z0-9+/=\\\s]{78,}$)")
_NAMES_SHOWN = 20

Query = Mapping[str, "str | int"]
_NO_QUERY: Query = {}

_SET_UP = """\
no credentials are set. Export those of an API key (App Store Connect > Users and Access > Integrations):
  export ISSUER_ID=...      the team's issuer ID; leave it out for an individual key
  export KEY_ID=...         the key's ID
  export KEY_FILE_PATH=...  its AuthKey_<KEY_ID>.p8 file; or keep that in ~/.appstoreconnect/private_keys
or, with a token at hand: export TOKEN=..."""


class AppStoreConnectError(Failure):
    """The API or the network did not give what was asked for."""

    exit_status = 3


class CredentialsError(Failure):
    """A key, an ID or a token cannot be used."""


class Credentials:
    """An API key: a team key with its issuer ID, or an individual key, which has none."""

    def __init__(self, key_id: str, private_key: ec.EllipticCurvePrivateKey, issuer_id: str | None) -> None:
        self.key_id = key_id
        self.private_key = private_key
        self.issuer_id = issuer_id

    def __repr__(self) -> str:
        return f"Credentials(key_id={self.key_id!r}, issuer_id={self.issuer_id!r})"


def load_credentials(key_id: str, key_path: str, issuer_id: str | None, stdin: IO[bytes]) -> Credentials:
    """The credentials with the private key from the PEM file at `key_path`, or from `stdin` for `-`.

    Raises CredentialsError.
    """
    key_id = _checked_key_id(key_id)
    if issuer_id is not None:
        issuer_id = _checked_id("issuer ID", issuer_id)
    pem = _read_key(key_id, key_path, stdin)
    named = re.fullmatch(r"AuthKey_([A-Za-z0-9]+)\.p8", os.path.basename(key_path))
    if named and named[1] != key_id:
        raise CredentialsError(f"the file's name says key ID {named[1]}, not {key_id}: give the ID and file of one key")
    return Credentials(key_id, _private_key(pem, "standard input" if key_path == "-" else key_path), issuer_id)


def _checked_id(name: str, given: str) -> str:
    """`given` without blanks around it; what cannot be an ID is refused and not repeated, as it may be a secret."""
    identifier = given.strip()
    if not re.fullmatch("[A-Za-z0-9_-]{1,64}", identifier):
        problem = "has letters, digits and hyphens only" if identifier else "is empty"
        raise CredentialsError(f"the {name} {problem}: see Users and Access > Integrations in App Store Connect")
    return identifier


def _checked_key_id(given: str) -> str:
    key_id = _checked_id("key ID", given)
    if re.fullmatch("[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}", key_id):
        raise CredentialsError(
            "the key ID has the form of an issuer ID (a UUID): the key ID is in the file's name, AuthKey_<KEY_ID>.p8"
        )
    return key_id


def _read_key(key_id: str, path: str, stdin: IO[bytes]) -> bytes:
    if _KEY_TEXT.match(path):
        raise CredentialsError("the key itself was given in place of its path: give the path of the .p8 file")
    if not path:
        raise CredentialsError(f"the path of the key file is empty: give the path of AuthKey_{key_id}.p8")
    try:
        if path == "-":
            return stdin.read()
        with open(path, "rb") as file:
            return file.read()
    except IsADirectoryError:
        raise CredentialsError(
            f"{path} is a folder: give the file in it, such as {os.path.join(path, f'AuthKey_{key_id}.p8')}"
        ) from None
    except FileNotFoundError:
        raise CredentialsError(f"there is no key file {path}: give the path of AuthKey_{key_id}.p8") from None
    except OSError as error:
        raise CredentialsError(f"cannot read the key file {path}: {error.strerror}") from None


def _private_key(pem: bytes, shown: str) -> ec.EllipticCurvePrivateKey:
    """The P-256 private key in `pem`; a line break may be a literal backslash and n, as pasted variables have it."""
    pem = pem.replace(b"\\r", b"").replace(b"\\n", b"\n").strip()
    labels = re.findall("-----BEGIN ([A-Z0-9 ]+)-----", pem.decode("ascii", "replace"))
    again = "use the AuthKey_<KEY_ID>.p8 file as downloaded, or make a new key: Apple gives each out once"
    if not pem:
        raise CredentialsError(f"{shown} is empty: {again}")
    if not labels:
        raise CredentialsError(f"{shown} holds no PEM private key (no line '-----BEGIN PRIVATE KEY-----'): {again}")
    if not any("PRIVATE KEY" in label for label in labels):
        raise CredentialsError(
            f"{shown} holds a {labels[0].lower()}, not the private key: give the AuthKey_<KEY_ID>.p8 file from Apple"
        )
    try:
        key = load_pem_private_key(pem, password=None)
    except TypeError:
        raise CredentialsError(
            f"{shown} is encrypted: take the password off with\n"
            "  openssl pkcs8 -in FILE -out AuthKey_<KEY_ID>.p8 -topk8 -nocrypt"
        ) from None
    except UnsupportedAlgorithm:
        raise CredentialsError(f"{shown} holds a key of a kind that is not supported: an API key is on P-256") from None
    except ValueError:
        encrypted = b"ENCRYPTED" in pem
        problem = "is encrypted in a form that cannot be read" if encrypted else "is damaged or cut off"
        raise CredentialsError(f"{shown} {problem}: {again}") from None
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise CredentialsError(
            f"{shown} holds no elliptic-curve key (perhaps RSA): give the AuthKey_<KEY_ID>.p8 file from Apple"
        )
    if not isinstance(key.curve, ec.SECP256R1):
        raise CredentialsError(f"{shown} holds a key on the curve {key.curve.name}: an API key is on P-256 (secp256r1)")
    return key


def credentials_from(environ: Mapping[str, str], stdin: IO[bytes]) -> Credentials | str:
    """What `environ` sets: the key of KEY_ID, or else the bearer token in TOKEN. Raises CredentialsError.

    Without KEY_FILE_PATH the key is looked for where Apple's own tools look.
    """
    key_id, key_path, token = (environ.get(name, "").strip() for name in ("KEY_ID", "KEY_FILE_PATH", "TOKEN"))
    if key_id and not key_path:
        key_id = _checked_key_id(key_id)
        places = (os.path.expanduser(f"{folder}/AuthKey_{key_id}.p8") for folder in _KEY_FOLDERS)
        key_path = next(filter(os.path.isfile, places), "")
    if key_id and key_path:
        return load_credentials(key_id, key_path, environ.get("ISSUER_ID", "").strip() or None, stdin)
    if token:
        if not re.fullmatch("[\x21-\x7e]+", token):
            raise CredentialsError(
                "TOKEN is no bearer token: set it to what generate-token.py prints, without 'Bearer'"
            )
        return token
    if key_id:
        raise CredentialsError(
            f"there is no AuthKey_{key_id}.p8 in {', '.join(_KEY_FOLDERS)}: export KEY_FILE_PATH with its path"
        )
    if key_path:
        raise CredentialsError("KEY_FILE_PATH is set but KEY_ID is not: export KEY_ID with the key's ID")
    raise CredentialsError(_SET_UP)


def make_token(
    credentials: Credentials, *, now: float, lifetime: timedelta = LONGEST_LIFETIME, scope: Sequence[str] = ()
) -> str:
    """A JSON Web Token signed with ES256, dated a minute before `now` (seconds since the epoch).

    `exp` less `iat` is exactly `lifetime`. `scope` lists the requests it is good for; all, where it is empty.
    """
    issued = int(now) - int(_IAT_MARGIN.total_seconds())
    claims: dict[str, Any] = {"iss": credentials.issuer_id} if credentials.issuer_id else {"sub": "user"}
    claims.update(iat=issued, exp=issued + int(lifetime.total_seconds()), aud="appstoreconnect-v1")
    if scope:
        claims["scope"] = list(scope)
    return jwt.encode(claims, credentials.private_key, algorithm="ES256", headers={"kid": credentials.key_id})


def base_url_from(environ: Mapping[str, str]) -> str:
    """The API's base URL, or that in APP_STORE_CONNECT_URL: https, or http on loopback. Raises CredentialsError."""
    url = environ.get("APP_STORE_CONNECT_URL") or BASE_URL
    try:
        parts = urllib.parse.urlsplit(url)
        fine = _origin(url)[1] and not (parts.username or parts.password or parts.query or parts.fragment)
        secure = parts.scheme == "https" or (parts.scheme == "http" and _is_loopback(parts.hostname or ""))
    except ValueError:
        fine = secure = False
    if not (fine and secure):
        raise CredentialsError(
            "APP_STORE_CONNECT_URL is to be an https URL, or http on loopback, without a query or a user"
        )
    return url.rstrip("/")


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _origin(url: str) -> tuple[str, str, int | None]:
    """Scheme, host and port of `url` (RFC 6454). Raises ValueError where it is no URL."""
    parts = urllib.parse.urlsplit(url)
    return parts.scheme, parts.hostname or "", parts.port or {"https": 443, "http": 80}.get(parts.scheme)


class _BearerAuth(requests.auth.AuthBase):
    """Puts the bearer token on requests to the base URL's origin, and renews one that it signed itself.

    An auth object of a session goes before an entry in ~/.netrc.
    """

    def __init__(self, credentials: Credentials | str, origin: tuple[str, str, int | None]) -> None:
        self._credentials = credentials
        self._origin = origin
        self._token = credentials if isinstance(credentials, str) else ""
        self._renew_at = 0.0

    def __repr__(self) -> str:
        return "_BearerAuth()"

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        if _origin(request.url or "") == self._origin:
            if not isinstance(self._credentials, str) and time.time() >= self._renew_at:
                self.renew()
            request.headers["Authorization"] = f"Bearer {self._token}"
        return request

    def renew(self) -> bool:
        """Signs a fresh token; False where the token was given and there is no key to sign with."""
        if isinstance(self._credentials, str):
            return False
        now = time.time()
        self._token = make_token(self._credentials, now=now)
        self._renew_at = now + (LONGEST_LIFETIME - _IAT_MARGIN - _RENEWAL_MARGIN).total_seconds()
        return True

    def redact(self, said: str) -> str:
        """`said` without the token, or an earlier one, which a server may have repeated."""
        return _JSON_WEB_TOKEN.sub("[token]", said.replace(self._token, "[token]") if self._token else said)


class Client:
    """Reads the API over one session; `notify` is told, in a few words, what is going on."""

    def __init__(self, credentials: Credentials | str, base_url: str, notify: Callable[[str], None]) -> None:
        self._base_url = base_url
        self._notify = notify
        self._given_token = isinstance(credentials, str)
        self._auth = _BearerAuth(credentials, _origin(base_url))
        self._session = requests.Session()
        self._session.auth = self._auth
        if _origin(base_url)[0] == "http":
            self._session.trust_env = False  # A proxy is for other hosts, and would see the token.

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *_: object) -> None:
        self._session.close()

    def report(self, kind: str, url: str, what: str, query: Query = _NO_QUERY) -> tuple[bytes, dict[str, Any]]:
        """The report of `kind` (metrics or diagnostics) at `url`: its bytes as received, and the document.

        `what` says for people what is fetched. Raises AppStoreConnectError.
        """
        response = self._get(url, MEDIA_TYPES[kind], what, query)
        return response.content, self._document(response, kind, url)

    def resources(self, url: str, what: str, query: Query = _NO_QUERY) -> Iterator[dict[str, Any]]:
        """The resources (JSON:API) of all pages of the list at `url`. Raises AppStoreConnectError."""
        seen: set[str] = set()
        page_url: str = url
        while True:
            seen.add(page_url)
            response = self._get(page_url, "application/json", f"{what}, page {len(seen)}", query)
            page = self._document(response, None, page_url)
            yield from items(page, "data")
            link = entry(page, "links").get("next")
            if link is None:
                return
            asked = f"GET {self._path(url)}"
            if not isinstance(link, str):
                raise self._failure(f"{asked}: the link to the next page is no URL")
            try:
                page_url = urllib.parse.urljoin(self._absolute(page_url), link)
            except ValueError:
                page_url = link
            query = _NO_QUERY
            if page_url in seen:
                raise self._failure(f"{asked}: a page of the list points back at one already read")
            if len(seen) == _MOST_PAGES:
                raise self._failure(f"{asked}: the list has no end: {_MOST_PAGES} pages were read, and another follows")

    def _absolute(self, url: str) -> str:
        return self._base_url + url if url.startswith("/") else url

    def _path(self, url: str) -> str:
        """What of `url` a message shows."""
        return clean(urllib.parse.urlsplit(self._absolute(url)).path)

    def _failure(self, *told: str, request_id: str = "") -> AppStoreConnectError:
        """The exception that says `told`, a line each."""
        lines = [*told, f"Request ID: {clean(request_id)}"] if request_id else told
        return AppStoreConnectError(self._auth.redact("\n  ".join(lines)))

    def _document(self, response: requests.Response, kind: str | None, url: str) -> dict[str, Any]:
        """The document in a 200 answer; one that is not what was asked for is the API's failure, not the user's."""
        source = f"the answer to GET {self._path(url)}"
        try:
            document = parse(response.content, source)
            if kind:
                return check(document, kind, source)
            if isinstance(document, dict) and isinstance(document.get("data"), list):
                return document
            errors = error_lines(items(document, "errors")) if isinstance(document, dict) else []
            told = [f"{source} is JSON, but not the list that was asked for", *errors]
        except ReportError as error:
            told = [str(error)]
        raise self._failure(*told, request_id=response.headers.get("x-request-id", ""))

    def _get(self, url: str, accept: str, what: str, query: Query) -> requests.Response:
        """The answer, of status 200. Raises AppStoreConnectError for anything else."""
        absolute = self._absolute(url)
        try:
            same_origin = (
                _origin(absolute) == _origin(self._base_url) and "@" not in urllib.parse.urlsplit(absolute).netloc
            )
        except ValueError:
            raise self._failure("the API gave a link that is no URL: nothing was sent there") from None
        if not same_origin:
            raise self._failure(
                f"the API gave a link to another host ({_host_of(absolute) or 'nowhere'}): nothing was sent there"
            )
        self._notify(f"fetching {what}")
        asked = f"GET {self._path(url)}"
        response = self._send(absolute, accept, query, asked)
        if response.status_code != 200:
            raise self._refusal(response, asked)
        return response

    def _send(self, url: str, accept: str, query: Query, asked: str) -> requests.Response:
        """The first answer that repeating would not better, or else the last one. Raises AppStoreConnectError."""
        retry = _RETRY
        renewed = False
        while True:
            response, asked_wait_s, failure = None, 0.0, Failure()
            try:
                response = self._session.get(
                    url,
                    params=dict(query),
                    headers={"Accept": accept},
                    timeout=(_CONNECT_TIMEOUT_S, _READ_TIMEOUT_S),
                    allow_redirects=False,
                )
            except (OSError, ValueError) as error:  # A RequestException is an OSError.
                failure = self._failure(f"{asked}: {_network_problem(error, url)}")
                if not isinstance(error, _PASSING) or isinstance(error, requests.exceptions.SSLError):
                    raise failure from None
            if response is not None:
                if response.status_code == 401 and not renewed and self._auth.renew():
                    renewed = True
                    continue
                asked_wait_s = _retry_after_s(response) or 0.0
                if response.status_code not in _RETRIED_STATUSES or asked_wait_s > _LONGEST_WAIT_S:
                    return response
            # Not left to the adapter: it does not repeat a body that broke off, and waits as long as it is asked.
            if not retry.total:
                if response is None:
                    raise failure
                return response
            retry = retry.increment("GET", url, error=failure)
            wait_s = max(retry.get_backoff_time(), asked_wait_s)
            self._notify(f"the request failed: waiting {wait_s:g} s to repeat it")
            time.sleep(wait_s)

    def _refusal(self, response: requests.Response, asked: str) -> AppStoreConnectError:
        """What an answer other than 200 says, and what to do about it."""
        status = response.status_code
        told = [f"the App Store Connect API answered {status} {clean(response.reason or '')}".rstrip() + f" to {asked}"]
        try:
            document = parse(response.content, "the answer")
        except ReportError:
            document = None
        errors = items(document, "errors") if isinstance(document, dict) else []
        told += error_lines(errors)
        codes = {text(error, "code") for error in errors}
        if hint := self._hint(status, codes, response):
            told.append(hint)
        if status == 401 and (difference := _clock_difference(response)):
            told.append(difference)
        ids = [response.headers.get("x-request-id", ""), *(text(error, "id") for error in errors)]
        return self._failure(*told, request_id=next(filter(None, ids), ""))

    def _hint(self, status: int, codes: set[str], response: requests.Response) -> str:
        if 300 <= status < 400:
            host = _host_of(response.headers.get("Location", "")) or "nowhere"
            return f"It redirects to {host}, which was not followed: a proxy or a wrong base URL?"
        if status == 401 and self._given_token:
            return "The token in TOKEN may have expired: they live 20 minutes at most. Make one with generate-token.py."
        if status == 401:
            return (
                "Check that ISSUER_ID, KEY_ID and the key file belong together, that the key is not revoked,\n"
                "  and that ISSUER_ID is not set for an individual key."
            )
        if status == 403 and any("AGREEMENTS" in code for code in codes):
            return "The Account Holder has to accept an agreement in App Store Connect; a new key does not help."
        if status == 403:
            return "The key's role may not read this: it takes the Developer role or a higher one."
        if status == 404:
            return (
                "There is no such app or build for this key. An app ID is the number in App Store Connect, not the\n"
                "  bundle ID; only builds on the App Store have metrics and diagnostics, TestFlight builds have none."
            )
        if status == 406:
            return "The API does not offer the media type that was asked for: is there a newer version of this program?"
        if status == 429:
            wait_s = _retry_after_s(response)
            when = (
                f"Ask again in {-(-wait_s // 60):.0f} min" if wait_s else "Ask again later; the limit is a rolling hour"
            )
            left = re.search(
                r"user-hour-lim:(\d{1,9});user-hour-rem:(\d{1,9})", response.headers.get("X-Rate-Limit", "")
            )
            return when + (f" ({left[2]} of {left[1]} requests are left in this hour)." if left else ".")
        if status >= 500:
            return "It passes as a rule: ask again in a few minutes. https://developer.apple.com/system-status/"
        return ""


def _host_of(url: str) -> str:
    try:
        return clean(urllib.parse.urlsplit(url).hostname or "")
    except ValueError:
        return ""


def _retry_after_s(response: requests.Response) -> float | None:
    """Seconds that a Retry-After header asks for (RFC 9110, section 10.2.3), None without a usable one."""
    header = response.headers.get("Retry-After", "").strip()
    if re.fullmatch("[0-9]{1,9}", header):
        return float(header)
    until = _timestamp(header)
    return None if until is None else max(0.0, until - (_timestamp(response.headers.get("Date", "")) or time.time()))


def _timestamp(header: str) -> float | None:
    """Seconds since the epoch of an HTTP date, None if it is none."""
    try:
        return parsedate_to_datetime(header).timestamp()
    except (TypeError, ValueError, IndexError, OverflowError):
        return None


def _clock_difference(response: requests.Response) -> str:
    """A sentence on how far this machine's clock is off, by the answer's Date; empty where that does not matter."""
    there = _timestamp(response.headers.get("Date", ""))
    if there is None:
        return ""
    ahead_s = round(time.time() - there)
    if abs(ahead_s) <= _NOTABLE_CLOCK_DIFFERENCE_S:
        return ""
    side = "ahead of" if ahead_s > 0 else "behind"
    return f"This machine's clock is {timedelta(seconds=abs(ahead_s))} (h:mm:ss) {side} Apple's: set it by the network."


def _network_problem(error: BaseException, url: str) -> str:
    """What kept an answer from coming. Exception texts are left out: they may hold a proxy's password."""
    host = _host_of(url)
    causes = list(_causes(error))
    if any(isinstance(cause, socket.gaierror) for cause in causes):
        return f"cannot find {host}: check the network, the VPN and the DNS settings"
    if any(isinstance(cause, ssl.SSLCertVerificationError) for cause in causes):
        return (
            f"the certificate of {host} is not trusted. Behind a company proxy, export REQUESTS_CA_BUNDLE\n"
            "  with the path of the company's root certificates"
        )
    if isinstance(error, requests.exceptions.SSLError):
        return f"no secure connection to {host}: check the network, the proxy and REQUESTS_CA_BUNDLE"
    if isinstance(error, requests.exceptions.ProxyError):
        return f"cannot reach {host} through the proxy: check HTTPS_PROXY"
    if isinstance(error, requests.ConnectTimeout):
        return f"{host} did not accept a connection within {_CONNECT_TIMEOUT_S} s: check the network"
    if any(isinstance(cause, socket.timeout) for cause in causes):
        return f"{host} sent nothing for {_READ_TIMEOUT_S} s: ask again later"
    if isinstance(error, requests.exceptions.ContentDecodingError):
        return "the answer is damaged (it does not decompress): ask again"
    if any(isinstance(cause, OSError) and cause.errno == errno.ECONNREFUSED for cause in causes):
        return f"{host} refuses connections: check the network and APP_STORE_CONNECT_URL"
    if any(isinstance(cause, OSError) and cause.errno in _UNREACHABLE for cause in causes):
        return f"there is no way to {host}: check the network and the VPN"
    if isinstance(error, (requests.ConnectionError, requests.exceptions.ChunkedEncodingError)):
        return f"the connection to {host} broke off: ask again"
    if isinstance(error, OSError) and not isinstance(error, requests.RequestException):
        return "the file that REQUESTS_CA_BUNDLE or CURL_CA_BUNDLE names cannot be read"
    return f"the request failed ({type(error).__name__}): check APP_STORE_CONNECT_URL and HTTPS_PROXY"


def _causes(error: BaseException) -> Iterator[BaseException]:
    """`error` and all behind it: its context, and exceptions among its arguments, as urllib3 wraps them."""
    pending: list[object] = [error]
    seen: set[int] = set()
    while pending:
        cause = pending.pop()
        if isinstance(cause, BaseException) and id(cause) not in seen:
            seen.add(id(cause))
            yield cause
            pending += [cause.__cause__, cause.__context__, getattr(cause, "reason", None), *cause.args]


def path_of(template: str, identifier: str, failure: type[Failure] = Failure) -> str:
    """`template` with `identifier` in the place of `{}`. Raises `failure` for what cannot be an ID.

    The longest IDs, of signatures, have 66 characters; a key that was given for one is longer, and never sent.
    """
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]{0,99}", identifier):
        raise failure("an ID of App Store Connect has letters, digits and hyphens only")
    return template.format(identifier)


def app_id(client: Client, app: str) -> str:
    """The ID of `app`, which is an ID (all digits) or a bundle ID that is looked up.

    Raises Failure, with what there is, where no app of this key has that bundle ID.
    """
    if app.isdigit():
        return app
    if not re.fullmatch(r"[A-Za-z0-9.-]{1,155}", app):
        raise Failure("an app is given by its ID, a number, or by its bundle ID, such as com.example.app")
    found = list(client.resources("/v1/apps", f"the app {app}", {"filter[bundleId]": app, "limit": 200}))
    ids = [text(one, "id") for one in found if text(entry(one, "attributes"), "bundleId").lower() == app.lower()]
    if len(ids) == 1:
        return ids[0]
    known = found if ids else client.resources("/v1/apps", "the list of apps", {"limit": 200})
    named = [f"{text(entry(one, 'attributes'), 'bundleId')} ({text(one, 'id')})" for one in known]
    raise Failure(f"{len(ids) or 'no'} apps of this key have the bundle ID {app}. It has: {_listed(named)}")


def build_of(client: Client, app: str, number: str | None) -> tuple[str, str]:
    """ID and number of the build of `app` (an app ID) with that number (`CFBundleVersion`), or of its latest one.

    Raises Failure, with what there is, where no build or more than one has the number.
    """
    builds = list(client.resources(path_of("/v1/apps/{}/builds", app), "the list of builds", {"limit": 200}))
    builds.sort(key=_uploaded, reverse=True)
    fitting = builds[:1] if number is None else [b for b in builds if text(entry(b, "attributes"), "version") == number]
    if len(fitting) == 1:
        return text(fitting[0], "id"), text(entry(fitting[0], "attributes"), "version")
    named = []
    for build in fitting or builds:
        attributes = entry(build, "attributes")
        named.append(f"{text(attributes, 'version')} ({text(build, 'id')}, {text(attributes, 'uploadedDate')[:10]})")
    which = "builds" if number is None else f"build number {clean(number)}"
    many = f"{len(fitting)} builds with {which}: give one's ID." if fitting else f"no {which}."
    raise Failure(f"the app has {many} It has: {_listed(named)}")


def _uploaded(build: dict[str, Any]) -> float:
    """When a build was uploaded, in seconds since the epoch; 0 where it does not say."""
    uploaded = text(entry(build, "attributes"), "uploadedDate").replace("Z", "+00:00")
    try:
        return datetime.fromisoformat(uploaded).timestamp()
    except (ValueError, OverflowError):
        return 0


def _listed(names: list[str]) -> str:
    more = f" and {len(names) - _NAMES_SHOWN} more" if len(names) > _NAMES_SHOWN else ""
    return ", ".join(names[:_NAMES_SHOWN]) + more if names else "none"
