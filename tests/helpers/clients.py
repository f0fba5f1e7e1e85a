"""A client of the API that the environment describes."""

from __future__ import annotations

import io
import os
from typing import Callable

from ppclient.base_url import base_url_from
from ppclient.client import Client
from ppclient.credentials import credentials_from


def new_client(notify: Callable[[str], None] = lambda _: None) -> Client:
    """Return a client with the credentials and the base URL in the environment."""
    return Client(credentials_from(os.environ, io.BytesIO()), base_url_from(os.environ), notify)
