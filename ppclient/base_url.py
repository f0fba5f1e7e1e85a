"""The API's base URL, and what the environment says about it and about proxies."""

from __future__ import annotations

import re
from collections.abc import Mapping
from ipaddress import ip_address
from urllib.parse import urlsplit

from ppparser.errors import CredentialsError

BASE_URL = "https://api.appstoreconnect.apple.com"


def base_url_from(environ: Mapping[str, str]) -> str:
    """Return APP_STORE_CONNECT_URL, or Apple's base URL if it is not set: https, or http on loopback.

    Raises CredentialsError for any other URL, which would receive the token.
    """
    url = environ.get("APP_STORE_CONNECT_URL") or BASE_URL
    try:
        parts = urlsplit(url)
        has_only_host_and_path = _is_host(origin(url)[1]) and not (
            parts.username or parts.password or parts.query or parts.fragment
        )
        is_secure = parts.scheme == "https" or (parts.scheme == "http" and _is_loopback(parts.hostname or ""))
    except ValueError:
        has_only_host_and_path = is_secure = False
    if not (has_only_host_and_path and is_secure):
        raise CredentialsError(
            "APP_STORE_CONNECT_URL must be an https URL, or http on loopback, without a query or a user"
        )
    _check_proxies(environ)
    return url.rstrip("/")


def _check_proxies(environ: Mapping[str, str]) -> None:
    """Raise CredentialsError for a proxy that requests cannot use; some end in a TypeError there."""
    for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"):
        proxy = environ.get(name) or "http://localhost"
        try:
            parts = urlsplit(proxy if "://" in proxy else f"http://{proxy}")
            is_usable = parts.scheme in ("http", "https") and _is_host(parts.hostname) and parts.port != 0
        except ValueError:
            is_usable = False
        if not is_usable:
            raise CredentialsError(
                f"{name} is not the URL of an http or https proxy, such as http://proxy.example:8080"
            )


def _is_host(host: str | None) -> bool:
    """Tell whether `host` may be a host name or an IP address."""
    return bool(re.fullmatch(r"[\w-]+(\.[\w-]+)*\.?|[0-9a-fA-F:.]+(%\w+)?", host or ""))


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def origin(url: str) -> tuple[str, str, int | None]:
    """Return the scheme, host and port of `url` (RFC 6454). Raises ValueError if it is not a URL."""
    parts = urlsplit(url)
    return parts.scheme, parts.hostname or "", parts.port or {"https": 443, "http": 80}.get(parts.scheme)
