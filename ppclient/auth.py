"""Bearer tokens in requests."""

from __future__ import annotations

import time
from threading import Lock
from typing import Any

import requests

from ppclient.base_url import origin
from ppclient.credentials import Credentials
from ppclient.redaction import Redactor
from ppclient.transport import read_body


class BearerAuth(requests.auth.AuthBase):
    """Adds the bearer token to requests to one origin, and repeats a request once with a fresh token after a 401.

    The auth object of a session takes precedence over ~/.netrc. `redactor` learns each token before it is sent.
    """

    def __init__(self, credentials: Credentials, base_url: str, redactor: Redactor) -> None:
        self._credentials = credentials
        self._allowed_origin = origin(base_url)
        self._redactor = redactor
        self._lock = Lock()
        self._token = ""
        self._renew_at = 0.0

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        if origin(request.url or "") == self._allowed_origin:
            self._authorize(request)
            if self._credentials.can_renew:
                request.hooks["response"].append(self._repeat_unauthorized)
        return request

    def _authorize(self, request: requests.PreparedRequest, *, renew: bool = False) -> None:
        with self._lock:
            now = time.time()
            if renew or now >= self._renew_at:
                self._token, self._renew_at = self._credentials.token(now)
                self._redactor.add(self._token)
            request.headers["Authorization"] = f"Bearer {self._token}"

    def _repeat_unauthorized(self, response: requests.Response, **send_options: Any) -> requests.Response:
        """Repeat a request that got a 401: now and then, Apple sends one at random."""
        if response.status_code != 401:
            return response
        read_body(response)  # So that the connection can be used again.
        request = response.request.copy()
        self._authorize(request, renew=True)
        adapter: requests.adapters.BaseAdapter = response.connection
        return adapter.send(request, **send_options)
