"""A client for the tests of what it requests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from ppclient.client import Client
from tests.fake_api import FakeAPI
from tests.helpers.clients import new_client


@pytest.fixture
def client(api: FakeAPI) -> Iterator[Client]:
    """Yield a client of the fake API."""
    with new_client() as opened:
        yield opened
