"""The API's base URL, and what the environment says about it and about proxies."""

from __future__ import annotations

import re
from collections.abc import Mapping
from ipaddress import ip_address
from urllib.parse import SplitResult, urlsplit

from ppparser.errors import CredentialsError

BASE_URL = "https://api.appstoreconnect.apple.com"
_HOST = re.compile(r"[\w-]+(\.[\w-]+)*\.?|[0-9a-fA-F:.]+(%\w+)?")


def base_url_from(environ: Mapping[str, str]) -> str:
    """Return APP_STORE_CONNECT_URL, or Apple's base URL if it is not set: https, or http on loopback.

    Raises CredentialsError for any other URL, which would receive the token.
    """
    url = environ.get("APP_STORE_CONNECT_URL") or BASE_URL
    parts = _parts(url)
    is_bare = parts and not ("@" in parts.netloc or parts.query or parts.fragment)
    is_secure = parts and (parts.scheme == "https" or _is_loopback(parts.hostname or ""))
    if not (is_bare and is_secure):
        raise CredentialsError(
            "APP_STORE_CONNECT_URL must be an https URL, or http on loopback, without a query or a user"
        )
    _check_proxies(environ)
    return url.rstrip("/")


def _check_proxies(environ: Mapping[str, str]) -> None:
    """Raise CredentialsError for a proxy that requests cannot use; some end in a TypeError there."""
    for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"):
        proxy = environ.get(name)
        if proxy and not _parts(proxy if "://" in proxy else f"http://{proxy}"):
            raise CredentialsError(
                f"{name} is not the URL of an http or https proxy, such as http://proxy.example:8080"
            )


def _parts(url: str) -> SplitResult | None:
    """Return the parts of an http or https URL whose host may be a name or an IP address, None for anything else."""
    try:
        parts = urlsplit(url)
        is_usable = parts.scheme in ("http", "https") and _HOST.fullmatch(parts.hostname or "") and parts.port != 0
    except ValueError:
        return None
    return parts if is_usable else None


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def origin(url: str) -> tuple[str, str]:
    """Return the scheme of `url` and its host with the port, both in lower case; empty ones if it is not a URL."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return "", ""
    return parts.scheme, parts.netloc.lower()
