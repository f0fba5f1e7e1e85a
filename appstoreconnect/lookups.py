"""Find an app by its bundle ID, and a build by its number."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from appstoreconnect.client import Client, Query
from ppparser.errors import APIError, NotFoundError, UserError
from ppparser.fields import get_dict, get_str
from ppparser.terminal import clean

_MAX_NAMES_LISTED = 20
# The `appVersionState` of the version on sale, and of earlier ones. Others never were on the App Store.
_MODEL_FAMILIES = ("iPhone", "iPad", "iPod", "Watch", "AppleTV", "RealityDevice", "Mac", "MacBookAir", "MacBookPro")
_RELEASED_STATES = ("READY_FOR_DISTRIBUTION", "REPLACED_WITH_NEW_VERSION")


class App(NamedTuple):
    """The ID of an app and, if it was looked up, its name and its bundle ID."""

    id: str
    name: str = ""
    bundle_id: str = ""

    @property
    def label(self) -> str:
        """Return the app as people know it."""
        return f"{self.name} ({self.bundle_id})" if self.name else self.bundle_id or f"App {self.id}"


class Build(NamedTuple):
    """The ID of a build, and its number (`CFBundleVersion`)."""

    id: str
    number: str


def is_valid_id(identifier: str) -> bool:
    """Tell whether `identifier` may be an ID of App Store Connect.

    The longest, those of signatures, have 66 characters; a key given by mistake is longer.
    """
    return bool(re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]{0,99}", identifier))


def resource_path(template: str, identifier: str) -> str:
    """Return `template` with `identifier` in place of `{}`. Raises UserError unless it may be an ID."""
    if not is_valid_id(identifier):
        raise UserError("the ID is not valid: an ID in App Store Connect contains only letters, digits and hyphens")
    return template.format(identifier)


def logs_path(signature_id: str) -> str:
    """Return the path of the logs of a signature. Raises APIError for an ID that the API should not have sent."""
    return f"/v1/diagnosticSignatures/{_received_id('a signature', signature_id)}/logs"


def _received_id(what: str, identifier: str) -> str:
    """Return the ID that the API sent for `what`. Raises APIError if it is not valid."""
    if not is_valid_id(identifier):
        raise APIError(f"the API sent {what} without a usable ID: try again later")
    return identifier


def find_app(client: Client, app: str) -> App:
    """Return `app`, which is an ID (all digits) or a bundle ID.

    Raises UserError, which lists the available apps, if no app of this key has that bundle ID.
    """
    if app.isdigit():
        return App(app)
    if re.fullmatch("[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}", app):
        raise UserError("this is the ID of a build, not of an app: see --help for where the ID of a build belongs")
    if not re.fullmatch(r"[A-Za-z0-9.-]{1,155}", app):
        raise UserError("give the app's ID, which is a number, or its bundle ID, such as com.example.app")
    apps = list(client.resources("/v1/apps", f"the app {app}", {"filter[bundleId]": app, "limit": 200}))
    found = [one for one in apps if _bundle_id(one).lower() == app.lower()]
    if len(found) == 1:
        name = get_str(get_dict(found[0], "attributes"), "name")
        return App(_received_id("an app", get_str(found[0], "id")), name, _bundle_id(found[0]))
    known = apps if found else client.resources("/v1/apps", "the list of apps", {"limit": 200})
    labels = [f"{_bundle_id(one)} ({get_str(one, 'id')})" for one in known]
    if found:
        raise UserError(f"{len(found)} apps have the bundle ID {app}{_listed(': give the ID of one', labels)}")
    raise UserError(f"no app has the bundle ID {app}{_listed('. The key gives access to', labels)}")


def _bundle_id(app: dict[str, Any]) -> str:
    return get_str(get_dict(app, "attributes"), "bundleId")


def device_query(device: str | None) -> Query:
    """Return the query that makes the API select `device`, if it is the identifier of a model and not a name."""
    match = re.fullmatch("([A-Za-z]+)([0-9]+)[,_]([0-9]+)", device or "")
    if not match:
        return {}
    family, *numbers = match.groups()
    # The API's own spelling: the reports' names are compared without regard to case, which may not go for a filter.
    family = {name.lower(): name for name in _MODEL_FAMILIES}.get(family.lower(), family)
    return {"filter[deviceType]": "_".join([f"{family}{numbers[0]}", numbers[1]])}


def find_build(client: Client, app_id: str, number: str | None) -> Build:
    """Return the build with that number, or the one uploaded last.

    Raises UserError, which lists the available builds, unless exactly one has the number.
    """
    builds = list(client.resources(resource_path("/v1/apps/{}/builds", app_id), "the list of builds", {"limit": 200}))
    builds.sort(key=_upload_time, reverse=True)
    matches = builds[:1] if number is None else [one for one in builds if _build(one).number == number]
    if len(matches) == 1:
        build = _build(matches[0])
        return build._replace(id=_received_id("a build", build.id))
    labels = [_description(one) for one in matches or builds]
    if matches:
        raise UserError(
            f"{len(matches)} builds have the number {clean(number or '')}{_listed(': give the ID of one', labels)}"
        )
    which = "builds" if number is None else f"build number {clean(number)}"
    raise UserError(f"the app has no {which}{_listed('. Its builds', labels)}")


def _build(resource: dict[str, Any]) -> Build:
    return Build(get_str(resource, "id"), get_str(get_dict(resource, "attributes"), "version"))


def _description(resource: dict[str, Any]) -> str:
    build = _build(resource)
    return f"{build.number} ({build.id}, {get_str(get_dict(resource, 'attributes'), 'uploadedDate')[:10]})"


def _upload_time(resource: dict[str, Any]) -> float:
    return _time(resource, "uploadedDate")


def _creation_time(resource: dict[str, Any]) -> float:
    return _time(resource, "createdDate")


def _time(resource: dict[str, Any], attribute: str) -> float:
    """Return a date among the attributes in seconds since the epoch, 0 if unknown."""
    date = get_str(get_dict(resource, "attributes"), attribute).replace("Z", "+00:00")
    try:
        return datetime.fromisoformat(date).timestamp()
    except (ValueError, OverflowError):
        return 0


def _listed(introduction: str, names: list[str]) -> str:
    """Return the introduction and the names, or nothing without any names."""
    more = f" and {len(names) - _MAX_NAMES_LISTED} more" if len(names) > _MAX_NAMES_LISTED else ""
    return f"{introduction}: {', '.join(names[:_MAX_NAMES_LISTED])}{more}" if names else ""


def signatures_of(client: Client, build: Build, app_id: str | None, types: Sequence[str]) -> Iterator[dict[str, Any]]:
    """Yield the signatures of a build (`diagnosticSignatures`) of one of `types`.

    Raises NotFoundError, which lists the builds on the App Store if the app is known.
    """
    url = resource_path("/v1/builds/{}/diagnosticSignatures", build.id)
    query: Query = {"filter[diagnosticType]": ",".join(types), "limit": 200}
    try:
        yield from client.resources(url, "the list of signatures", query)
    except NotFoundError as error:
        if app_id is None:
            raise
        try:
            builds = _listed("Builds on the App Store", _released_builds(client, app_id))
        except APIError:
            builds = ""
        raise NotFoundError("\n  ".join(filter(None, [str(error), builds]))) from None


def _released_builds(client: Client, app_id: str) -> list[str]:
    """Return the builds of an app that are or were on the App Store, newest first: version and build number."""
    builds = client.resources(resource_path("/v1/apps/{}/builds", app_id), "the list of builds", {"limit": 200})
    numbers = {build.id: build.number for build in map(_build, builds)}
    query: Query = {"filter[appVersionState]": ",".join(_RELEASED_STATES), "include": "build", "limit": 200}
    url = resource_path("/v1/apps/{}/appStoreVersions", app_id)
    versions = sorted(client.resources(url, "the list of versions", query), key=_creation_time, reverse=True)
    labels = []
    for version in versions:
        build_id = get_str(get_dict(get_dict(get_dict(version, "relationships"), "build"), "data"), "id")
        if number := numbers.get(build_id):
            name = get_str(get_dict(version, "attributes"), "versionString") or "unknown"
            labels.append(f"{number} (version {name})")
    return labels
