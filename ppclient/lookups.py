"""Find an app by its bundle ID, and a build as the one on sale, by its number or by its version."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any, NamedTuple

from ppclient.api_key import UUID
from ppclient.client import Client, Query
from ppparser.documents.fields import get_dict, get_list, get_str
from ppparser.documents.platforms import DEFAULT_PLATFORM, platform_name
from ppparser.documents.subject import ON_SALE, ONCE_ON_SALE, App, Build
from ppparser.errors import APIError, NotFoundError, UserError, listed

_NO_QUERY: Query = {}
_MODEL_FAMILIES = ("iPhone", "iPad", "iPod", "Watch", "AppleTV", "RealityDevice", "Mac", "MacBookAir", "MacBookPro")


def resource_path(template: str, identifier: str) -> str:
    """Return `template` with `identifier` in place of `{}`. Raises UserError unless it may be an ID.

    The longest, those of signatures, have 66 characters; a key given by mistake is longer.
    """
    if not re.fullmatch("[A-Za-z0-9][A-Za-z0-9_-]{0,99}", identifier):
        raise UserError("the ID is not valid: an ID in App Store Connect contains only letters, digits and hyphens")
    return template.format(identifier)


def logs_path(signature_id: str) -> str:
    """Return the path of the logs of a signature."""
    return resource_path("/v1/diagnosticSignatures/{}/logs", signature_id)


def find_app(client: Client, app: str) -> App:
    """Return `app`, which is an ID (all digits) or a bundle ID.

    Raises UserError, which lists the available apps, if no app of this key has that bundle ID.
    """
    _check_app(app)
    if app.isdigit():
        return App(app)
    apps = _apps(client, f"the app {app}", {"filter[bundleId]": app})
    return _only_app(app, apps if _matches(app, apps) else _apps(client, "the list of apps"))


def _check_app(app: str) -> None:
    if UUID.fullmatch(app):
        raise UserError("this is the ID of a build, not of an app: see --help for where the ID of a build belongs")
    if not re.fullmatch(r"[A-Za-z0-9.-]{1,155}", app):
        raise UserError("give the app's ID, which is a number, or its bundle ID, such as com.example.app")


class AppLookup(NamedTuple):
    """An app that was looked up, or the little that is known of it and the `problem` that prevents a request."""

    app: App
    problem: str = ""


def find_apps(client: Client, names: Sequence[str]) -> list[AppLookup]:
    """Return the apps, each an ID or a bundle ID, in their order, each once, with one list for all of them.

    An ID that is not in the list is returned as it is. Raises UserError for a name that cannot be that of an app.
    """
    for name in names:
        _check_app(name)
    apps = _apps(client, "the list of apps")
    return list(dict.fromkeys(_look_up(name, apps) for name in names))


def _look_up(name: str, apps: Sequence[App]) -> AppLookup:
    if name.isdigit():
        return AppLookup(next((app for app in apps if app.id == name), App(name)))
    try:
        return AppLookup(_only_app(name, apps))
    except UserError as error:
        return AppLookup(App(bundle_id=name), str(error))


def all_apps(client: Client) -> list[AppLookup]:
    """Return all apps that the key gives access to, each once. Raises UserError if there are none."""
    if apps := _apps(client, "the list of apps"):
        return [AppLookup(app) for app in dict.fromkeys(apps)]
    raise UserError("the key gives access to no app: check its role and its apps under Users and Access")


def _apps(client: Client, what: str, query: Query = _NO_QUERY) -> list[App]:
    resources = client.resources("/v1/apps", what, {**query, "limit": 200})
    return [
        App(get_str(resource, "id"), get_str(attributes, "name"), get_str(attributes, "bundleId"))
        for resource in resources
        for attributes in (get_dict(resource, "attributes"),)
    ]


def _matches(name: str, apps: Sequence[App]) -> list[App]:
    return [app for app in apps if app.bundle_id.lower() == name.lower()]


def _only_app(name: str, apps: Sequence[App]) -> App:
    """Return the app with that bundle ID. Raises UserError, which lists the apps, unless there is exactly one."""
    matches = _matches(name, apps)
    if len(matches) == 1:
        return matches[0]
    labels = [f"{app.bundle_id} ({app.id})" for app in matches or apps]
    if matches:
        raise UserError(f"{len(matches)} apps have the bundle ID {name}{_listed(': give the ID of one', labels)}")
    raise UserError(f"no app has the bundle ID {name}{_listed('. The key gives access to', labels)}")


def device_query(device: str | None) -> Query:
    """Return the query that makes the API select `device`, if it is the identifier of a model and not a name."""
    match = re.fullmatch("([A-Za-z]+)([0-9]+)[,_]([0-9]+)", device or "")
    if not match:
        return {}
    family, *numbers = match.groups()
    # The API's own spelling: the reports' names are compared without regard to case, which may not go for a filter.
    family = {name.lower(): name for name in _MODEL_FAMILIES}.get(family.lower(), family)
    return {"filter[deviceType]": "_".join([f"{family}{numbers[0]}", numbers[1]])}


def find_build(client: Client, app_id: str, wanted: str | None, platform: str = "") -> Build:
    """Return the build of an app with that number or App Store version, or the one on sale.

    Of several, it is the only one that is or was on sale, or else the only one of those for iOS. Raises UserError,
    which lists builds, unless there is exactly one.
    """
    resource_path("{}", app_id)  # Some requests below have it in their query, where it is not checked.
    if wanted is None:
        return _build_on_sale(client, app_id, platform or DEFAULT_PLATFORM)
    matches = _builds_named(client, app_id, wanted, platform)
    released = [build for build in matches if build.is_released]
    for_ios = [build for build in released if build.platform == DEFAULT_PLATFORM]
    for candidates in (matches, released, for_ios):
        if len(candidates) == 1:
            return candidates[0]
    if matches:
        raise UserError(_ambiguity(wanted, released or matches))
    where = f" for {platform_name(platform)}" if platform else ""
    raise UserError(f"the app has no build or version {wanted}{where}{_released_labels('. ', client, app_id)}")


def _ambiguity(wanted: str, builds: Sequence[Build]) -> str:
    """Return which builds have the number or version, and how to name one of them."""
    advice = "give --platform, or the number or ID of one"
    labels = [f"{build.label[:-1]}, ID {build.id})" for build in builds]
    return f"{len(builds)} builds have the number or version {wanted}{_listed(f': {advice}', labels)}"


def _build_on_sale(client: Client, app_id: str, platform: str) -> Build:
    for build in released_builds(client, app_id, platform):
        if build.state == ON_SALE:
            return build
    labels = _released_labels(". ", client, app_id)
    raise UserError(f"the app has no build on sale for {platform_name(platform)}{labels}")


def find_build_before(client: Client, app_id: str, build: Build) -> Build:
    """Return the build of the version that was on sale before that of `build`. Raises UserError if there is none."""
    for other in released_builds(client, app_id, build.platform or DEFAULT_PLATFORM):
        if other.id != build.id and (not build.is_released or other.created_s < build.created_s):
            return other
    raise UserError(f"no version was on sale before {build.name}: name another build to compare with")


def released_builds(client: Client, app_id: str, platform: str = "") -> list[Build]:
    """Return the builds of an app that are or were on the App Store, newest version first."""
    query: Query = {
        **({"filter[platform]": platform} if platform else {}),
        "filter[appVersionState]": f"{ON_SALE},{ONCE_ON_SALE}",
        "include": "build",
        "limit": 200,
    }
    builds = []
    url = resource_path("/v1/apps/{}/appStoreVersions", app_id)
    for page in client.pages(url, "the list of versions", query):
        included = _by_id(page, "builds")
        for version in get_list(page, "data"):
            if build := included.get(_related_id(version, "build")):
                builds.append(_build(build, version))
    return sorted(builds, key=lambda build: build.created_s, reverse=True)


def _released_labels(start: str, client: Client, app_id: str) -> str:
    """Return a text that lists the builds on the App Store, or nothing without any."""
    return _listed(f"{start}Builds on the App Store", [build.label for build in released_builds(client, app_id)])


def _builds_named(client: Client, app_id: str, wanted: str, platform: str) -> list[Build]:
    """Return the builds with that number, and unless one of them is or was on sale, those with that version."""
    if not re.fullmatch(r"[\w.-]{1,50}", wanted, re.ASCII):
        raise UserError("give the number of a build, such as 431, or a version, such as 8.1.0")
    matches: dict[str, Build] = {}
    for key in ("filter[version]", "filter[preReleaseVersion.version]"):
        query: Query = {
            "filter[app]": app_id,
            key: wanted,
            **({"filter[preReleaseVersion.platform]": platform} if platform else {}),
            "include": "preReleaseVersion,appStoreVersion",
            "sort": "-uploadedDate",
            "limit": 200,
        }
        for page in client.pages("/v1/builds", f"the build {wanted}", query):
            before_release, released = _by_id(page, "preReleaseVersions"), _by_id(page, "appStoreVersions")
            for resource in get_list(page, "data"):
                uploaded_for = before_release.get(_related_id(resource, "preReleaseVersion"), {})
                submitted_for = released.get(_related_id(resource, "appStoreVersion"), {})
                build = _build(resource, submitted_for, get_dict(uploaded_for, "attributes"))
                matches.setdefault(build.id, build)
        if any(build.is_released for build in matches.values()):
            break
    return list(matches.values())


def _by_id(page: dict[str, Any], kind: str) -> dict[str, dict[str, Any]]:
    """Return the resources of a type that a page includes."""
    resources = get_list(page, "included")
    return {get_str(resource, "id"): resource for resource in resources if get_str(resource, "type") == kind}


def _related_id(resource: dict[str, Any], name: str) -> str:
    return get_str(get_dict(get_dict(get_dict(resource, "relationships"), name), "data"), "id")


def _build(resource: dict[str, Any], version: dict[str, Any], before_release: dict[str, Any] | None = None) -> Build:
    """Return a build with what its `appStoreVersion`, or else its `preReleaseVersion`, tells."""
    attributes, before = get_dict(version, "attributes"), before_release or {}
    return Build(
        get_str(resource, "id"),
        get_str(get_dict(resource, "attributes"), "version"),
        get_str(attributes, "versionString") or get_str(before, "version"),
        get_str(attributes, "platform") or get_str(before, "platform"),
        get_str(attributes, "appVersionState"),
        get_str(attributes, "createdDate")[:10],
        _time(version, "createdDate"),
        get_str(get_dict(resource, "attributes"), "uploadedDate")[:10],
    )


def _time(resource: dict[str, Any], attribute: str) -> float:
    """Return a date among the attributes in seconds since the epoch, 0 if unknown."""
    date = get_str(get_dict(resource, "attributes"), attribute).replace("Z", "+00:00")
    try:
        return datetime.fromisoformat(date).timestamp()
    except ValueError:
        return 0


def _listed(introduction: str, names: list[str]) -> str:
    """Return the introduction and the names, or nothing without any names."""
    return f"{introduction}: {listed(names)}" if names else ""


def signatures_of(client: Client, build: Build, app_id: str, types: Sequence[str]) -> Iterator[dict[str, Any]]:
    """Yield the signatures of a build (`diagnosticSignatures`) of one of `types`.

    Raises NotFoundError, which lists the builds on the App Store if the app is known, whose ID is "" otherwise.
    """
    url = resource_path("/v1/builds/{}/diagnosticSignatures", build.id)
    query: Query = {"filter[diagnosticType]": ",".join(types), "limit": 200}
    try:
        yield from client.resources(url, "the list of signatures", query)
    except NotFoundError as error:
        labels = ""
        with suppress(APIError):  # The problem is that the build is missing.
            labels = _released_labels("\n  ", client, app_id) if app_id else ""
        raise NotFoundError(f"{error}{labels}") from None
