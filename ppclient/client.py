"""Requests to the API: retries, pages, several at a time. Nothing is sent to any other origin."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from itertools import islice
from threading import Lock
from typing import Any
from urllib.parse import urlsplit

import requests

from ppclient.auth import BearerAuth
from ppclient.base_url import origin
from ppclient.credentials import Credentials
from ppclient.problems import (
    CONNECT_TIMEOUT_S,
    READ_TIMEOUT_S,
    host_of,
    network_problem,
    request_id_lines,
    response_problem_lines,
    retry_after_s,
)
from ppclient.redaction import Redactor
from ppclient.throttle import MAX_SIMULTANEOUS, Throttle
from ppclient.transport import SlowResponseError, read_body
from ppparser.documents.fields import get_dict, get_list, get_str
from ppparser.documents.loading import DIAGNOSTICS, METRICS, OVERVIEW, error_lines, mismatch_lines, parse
from ppparser.errors import APIError, DocumentError, NotFoundError
from ppparser.program.terminal import clean

MEDIA_TYPES = {
    METRICS: "application/vnd.apple.xcode-metrics+json",
    OVERVIEW: "application/vnd.apple.xcode-overview+json",
    DIAGNOSTICS: "application/vnd.apple.diagnostic-logs+json",
}
# Between the attempts at one request, unless the API asks for a longer delay.
_RETRY_DELAYS_S = (0.0, 1.0, 2.0, 4.0)
_MAX_DELAY_S = 60
_MIN_RATE_LIMIT_DELAY_S = 1.0
_RETRIED_STATUSES = frozenset({429, 500, 502, 503, 504})
_TEMPORARY_ERRORS = (
    requests.ConnectionError,
    requests.Timeout,
    requests.exceptions.ChunkedEncodingError,
    requests.exceptions.ContentDecodingError,
    SlowResponseError,
)
_STACK_BYTES = 16 * 2**20
# How many reports may have been requested before the first of them is read: more would only fill the memory.
_REPORTS_AHEAD = 2 * MAX_SIMULTANEOUS

# The bytes of a report, and its document.
Download = tuple[bytes, dict[str, Any]]
Query = Mapping[str, "str | int"]
_NO_QUERY: Query = {}


class Client:
    """Reads the API; `notify` receives a few words about what is going on.

    Each thread that sends a request takes a session of its own, as its cookies must not be shared, and returns it,
    with its connection, for the next one.
    """

    def __init__(self, credentials: Credentials, base_url: str, notify: Callable[[str], None]) -> None:
        self._base_url = base_url
        self._key_names = credentials.names
        self._redactor = Redactor()
        self._auth = BearerAuth(credentials, base_url, self._redactor)
        self._throttle = Throttle()
        self._idle_sessions: list[requests.Session] = []
        self._rate_limit_error: APIError | None = None
        self._notify_lock = Lock()
        self._notify_now: Callable[[str], None] | None = notify

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *_: object) -> None:
        for session in self._idle_sessions:
            session.close()

    def report(self, kind: str, url: str, what: str, query: Query = _NO_QUERY) -> Download:
        """Return the report of `kind`, such as METRICS, at `url`: its bytes as received, and the document.

        Neither contains a token, even if the server echoes one. `what` names the report for the status line. Raises
        APIError.
        """
        self._notify(f"fetching {what}")
        return self._report(kind, url, query)

    def reports(
        self, kind: str, urls: Sequence[str], what: str, query: Query = _NO_QUERY
    ) -> Iterator[Download | APIError]:
        """Yield what `report` returns or raises for each of `urls`, in their order, each as soon as it has arrived.

        Several are requested at a time. The status line counts them: `logs 7 of 20`. While the caller handles a
        report, nobody writes to the status line.
        """
        threading.stack_size(_STACK_BYTES)  # Some systems give a thread too little to parse a deep call stack.
        executor = ThreadPoolExecutor(MAX_SIMULTANEOUS)
        remaining = iter(urls)
        running: deque[Future[Download]] = deque()
        yielded_count = 0
        notify = self._notify_now
        try:
            while True:
                for url in islice(remaining, _REPORTS_AHEAD - len(running)):
                    running.append(executor.submit(self._report, kind, url, query))
                if not running:
                    return
                while not running[0].done():
                    finished = [future for future in running if future.done()]
                    self._notify(f"{what} {yielded_count + len(finished)} of {len(urls)}")
                    wait(set(running).difference(finished), return_when=FIRST_COMPLETED)
                with self._notify_lock:
                    self._notify_now = None
                try:
                    yield running.popleft().result()
                except APIError as error:
                    yield error
                yielded_count += 1
                self._notify_now = notify
        finally:
            self._notify_now = notify
            executor.shutdown(wait=False, cancel_futures=True)

    def _notify(self, text: str) -> None:
        with self._notify_lock:
            if self._notify_now:
                self._notify_now(text)

    def _report(self, kind: str, url: str, query: Query) -> Download:
        response = self._get(url, MEDIA_TYPES[kind], query)
        document = self._document(response, url)
        if lines := mismatch_lines(document, kind):
            raise self._mismatch_error(response, url, lines)
        return response.content, document

    def resources(self, url: str, what: str, query: Query = _NO_QUERY) -> Iterator[dict[str, Any]]:
        """Yield the resources (JSON:API) on all pages of the list at `url`. Raises APIError."""
        for page in self.pages(url, what, query):
            yield from get_list(page, "data")

    def pages(self, url: str, what: str, query: Query = _NO_QUERY) -> Iterator[dict[str, Any]]:
        """Yield the pages of the list at `url`: resources in `data`, and those they include in `included`."""
        seen: set[str] = set()
        while url not in seen:
            seen.add(url)
            self._notify(f"fetching {what}, page {len(seen)}")
            response = self._get(url, "application/json", query)
            page = self._document(response, url)
            if not isinstance(page, dict) or not isinstance(page.get("data"), list):
                errors = error_lines(get_list(page, "errors")) if isinstance(page, dict) else []
                raise self._mismatch_error(response, url, ["is JSON, but not the requested list", *errors])
            yield page
            url, query = get_str(get_dict(page, "links"), "next"), _NO_QUERY
            if not url:
                return
        raise self._error(f"GET {self._display_path(url)}: a page of the list links back to an earlier one")

    def _absolute(self, url: str) -> str:
        return self._base_url + url if url.startswith("/") else url

    def _display_path(self, url: str) -> str:
        return clean(urlsplit(self._absolute(url)).path)

    def _error(self, *lines: str) -> APIError:
        return APIError(self._redactor.text("\n  ".join(lines)))

    def _mismatch_error(self, response: requests.Response, url: str, lines: list[str]) -> APIError:
        source = f"the response to GET {self._display_path(url)}"
        return self._error(f"{source} {lines[0]}", *lines[1:], *request_id_lines(response))

    def _document(self, response: requests.Response, url: str) -> Any:
        try:
            return parse(response.content, f"the response to GET {self._display_path(url)}")
        except DocumentError as error:
            raise self._error(str(error), *request_id_lines(response)) from None

    def _get(self, url: str, accept: str, query: Query) -> requests.Response:
        """Return a response of status 200. Raises APIError for any other."""
        absolute = self._absolute(url)
        if origin(absolute) != origin(self._base_url):
            host = host_of(absolute) or "no host at all"
            raise self._error(f"the API sent a link to another host ({host}): nothing was sent there")
        if self._rate_limit_error:
            raise self._rate_limit_error
        request = f"GET {self._display_path(url)}"
        response = self._send(absolute, accept, query, request)
        if response.status_code != 200:
            error = self._error(*response_problem_lines(response, request, key_names=self._key_names))
            if response.status_code == 429:
                self._rate_limit_error = error
            raise NotFoundError(str(error)) if response.status_code == 404 else error
        return response

    def _send(self, url: str, accept: str, query: Query, request: str) -> requests.Response:
        """Return the first response not worth retrying, or else the last one. Raises APIError without any.

        The retries of requests are not used: they do not repeat a truncated response, and they honour any Retry-After.
        """
        delays_s = iter(_RETRY_DELAYS_S)
        while True:
            delay_s = next(delays_s, None)
            is_rate_limited = False
            try:
                response = self._try(url, accept, query)
            # A RequestException is an OSError; a ValueError is about a Location that is not a URL.
            except (OSError, ValueError) as error:
                if delay_s is None or not _is_temporary(error):
                    raise self._error(f"{request}: {network_problem(error, url)}") from None
                if isinstance(error, SlowResponseError):
                    delays_s = iter(())  # It has taken a minute already: it is repeated only once.
            else:
                requested_delay_s = retry_after_s(response)
                is_final = response.status_code not in _RETRIED_STATUSES or requested_delay_s > _MAX_DELAY_S
                if is_final or delay_s is None:
                    return response
                is_rate_limited = response.status_code == 429
                delay_s = max(delay_s, requested_delay_s, _MIN_RATE_LIMIT_DELAY_S if is_rate_limited else 0)
            self._notify(f"the request failed: retrying in {delay_s:g} s")
            if is_rate_limited:
                self._throttle.pause(delay_s)
            else:
                time.sleep(delay_s)

    def _try(self, url: str, accept: str, query: Query) -> requests.Response:
        with self._throttle.request(), self._session() as session:
            response = session.get(
                url,
                params=dict(query),
                headers={"Accept": accept},
                timeout=(CONNECT_TIMEOUT_S, READ_TIMEOUT_S),
                allow_redirects=False,
                stream=True,
            )
            read_body(response)
        response._content = self._redactor.content(response.content)
        self._throttle.adapt(response.headers.get("X-Rate-Limit", ""))
        return response

    @contextmanager
    def _session(self) -> Iterator[requests.Session]:
        try:
            session = self._idle_sessions.pop()
        except IndexError:
            session = requests.Session()
            session.auth = self._auth
            if origin(self._base_url)[0] == "http":
                session.trust_env = False  # A proxy is for other hosts, and would see the token.
        try:
            yield session
        finally:
            self._idle_sessions.append(session)


def _is_temporary(error: Exception) -> bool:
    """Tell whether a request that failed like this may succeed if it is repeated."""
    return isinstance(error, _TEMPORARY_ERRORS) and not isinstance(error, requests.exceptions.SSLError)
