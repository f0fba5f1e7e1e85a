"""Apps are found by their bundle ID, builds by number, by version or as the one on sale; only IDs enter a path."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, Callable
from urllib.parse import parse_qsl, urlsplit

import pytest

from ppclient.client import Client
from ppclient.lookups import (
    AppLookup,
    all_apps,
    device_query,
    find_app,
    find_apps,
    find_build,
    find_build_before,
    resource_path,
    signatures_of,
)
from ppparser.documents.subject import App, Build
from ppparser.errors import NotFoundError, UserError
from tests import fake_api
from tests.fake_api import APP_ID, BUILDS, BUNDLE_ID, RELEASED_BUILDS, SMALL_APP_ID, SMALL_BUNDLE_ID, FakeAPI
from tests.helpers.support import Check


def problem_of(function: Callable[..., object], *arguments: object) -> str:
    """Return the message of the UserError that a function raises."""
    with pytest.raises(UserError) as caught:
        function(*arguments)
    assert type(caught.value) is UserError
    return str(caught.value)


# --- problems ---------------------------------------------------------------------------------------------------------

# Functions, and their arguments after the client.
REJECTED: list[tuple[Any, ...]] = [
    *((find_app, app) for app in ("", "a b", "../apps", "com.example.\n", "com_example", "x" * 156)),
    (find_app, fake_api.BUILD_ID),
    (find_apps, [BUNDLE_ID, "My App"]),
    *((find_build, APP_ID, build) for build in ("7\x1b[m", "7,8", "7&limit=1", "\u0661", "1" * 51, "a b")),
    (find_build, "../users", None),
    (find_build, "../users", "7"),
]
UNKNOWN: list[tuple[Any, ...]] = [
    (find_app, "a"),
    (find_app, "x" * 155),
    (find_build, APP_ID, None, "TV_OS"),
    (find_build, APP_ID, "43"),
    (find_build, APP_ID, "8.1"),
    (find_build, APP_ID, "77", "IOS"),
    (find_build, SMALL_APP_ID, None, "TV_OS"),
    (find_build, SMALL_APP_ID, "7"),
]


def problems_of(calls: list[tuple[Any, ...]], client: Client) -> Iterator[str]:
    for function, *arguments in calls:
        yield f"{function.__name__} {json.dumps(arguments)}: {problem_of(function, client, *arguments)}"


def test_what_cannot_be_a_name_is_neither_sent_nor_repeated(api: FakeAPI, client: Client, check: Check) -> None:
    check(problems_of(REJECTED, client))
    assert api.requests == []


def test_unknown_name_lists_the_apps_or_builds_there_are(client: Client, check: Check) -> None:
    check(problems_of(UNKNOWN, client))


# --- IDs --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("identifier", ["1", APP_ID, BUILDS[0].id, "a_B-9", "x" * 90, "x" * 100])
def test_id_becomes_part_of_the_path(identifier: str) -> None:
    assert resource_path("/v1/apps/{}/builds", identifier) == f"/v1/apps/{identifier}/builds"


@pytest.mark.parametrize(
    "identifier", ["", "..", "a/b", "a?b", "a%2fb", "-a", "_a", "com.example", "1\n", "\u0661", "x" * 101]
)
def test_anything_else_stays_out_of_the_path(identifier: str) -> None:
    assert problem_of(resource_path, "/v1/apps/{}", identifier) == (
        "the ID is not valid: an ID in App Store Connect contains only letters, digits and hyphens"
    )


# --- apps -------------------------------------------------------------------------------------------------------------


def serve_apps(api: FakeAPI, *apps: tuple[str, str]) -> None:
    """Serve these apps, each an ID and a bundle ID, whatever the filter."""
    data = [{"id": app_id, "attributes": {"bundleId": bundle_id}} for app_id, bundle_id in apps]
    api.responses["/v1/apps"] = (200, "application/json", json.dumps({"data": data}).encode())


@pytest.mark.parametrize(
    ("app", "app_id", "paths"),
    [
        ("7", "7", []),
        (BUNDLE_ID, APP_ID, [f"/v1/apps?filter%5BbundleId%5D={BUNDLE_ID}&limit=200"]),
        (SMALL_BUNDLE_ID, SMALL_APP_ID, [f"/v1/apps?filter%5BbundleId%5D={SMALL_BUNDLE_ID}&limit=200"]),
    ],
    ids=["ID", "bundle ID", "another bundle ID"],
)
def test_app_is_found_by_its_id_or_bundle_id(
    api: FakeAPI, client: Client, app: str, app_id: str, paths: list[str]
) -> None:
    assert find_app(client, app).id == app_id
    assert [request.path for request in api.requests] == paths


def test_bundle_id_must_be_equal_except_for_case(api: FakeAPI, client: Client) -> None:
    serve_apps(api, ("1", "com.example.Ridgeline.beta"), ("2", "com.example.Ridgeline"))
    assert find_app(client, "COM.example.ridgeline") == App("2", "", "com.example.Ridgeline")


def test_ambiguous_bundle_id_lists_the_matches(api: FakeAPI, client: Client) -> None:
    serve_apps(api, ("1", "com.example"), ("2", "com.Example"))
    assert problem_of(find_app, client, "com.example") == (
        "2 apps have the bundle ID com.example: give the ID of one: com.example (1), com.Example (2)"
    )
    assert len(api.requests) == 1


@pytest.mark.parametrize(
    ("count", "tail"), [(0, ""), (20, "com.example.19 (19)"), (22, "com.example.19 (19) and 2 more")]
)
def test_at_most_20_apps_are_listed(api: FakeAPI, client: Client, count: int, tail: str) -> None:
    serve_apps(api, *((str(number), f"com.example.{number}") for number in range(count)))
    problem = problem_of(find_app, client, "com.example")
    listed = problem.partition("The key gives access to: ")[2]
    assert listed.split(", ")[-1] == tail
    assert listed.count("com.example.") == min(count, 20)


# --- builds -----------------------------------------------------------------------------------------------------------

VERSIONS_PATH = f"/v1/apps/{APP_ID}/appStoreVersions"
IOS_BUILDS = [build for build in RELEASED_BUILDS if build.platform == "IOS"]
MAC_BUILDS = [build for build in RELEASED_BUILDS if build.platform == "MAC_OS"]
ON_SALE = "READY_FOR_DISTRIBUTION"
ONCE_ON_SALE = "REPLACED_WITH_NEW_VERSION"
LISTED = ", ".join(
    f"{build.number} (version {build.app_version} on {'iOS' if build.platform == 'IOS' else 'macOS'})"
    for build in RELEASED_BUILDS
)


def queries(api: FakeAPI) -> list[tuple[str, dict[str, str]]]:
    """Return the path and the query of each request."""
    parts = [urlsplit(request.path) for request in api.requests]
    return [(part.path, dict(parse_qsl(part.query))) for part in parts]


def serve_versions(api: FakeAPI, *versions: tuple[str, str, object]) -> None:
    """Serve these versions on iOS, each the ID of its build, its state and the value of `createdDate`."""
    data = [
        {
            "attributes": {"platform": "IOS", "versionString": "2", "appVersionState": state, "createdDate": created},
            "relationships": {"build": {"data": {"type": "builds", "id": build_id}}},
        }
        for build_id, state, created in versions
    ]
    included = [{"type": "builds", "id": build_id, "attributes": {"version": "1"}} for build_id, *_ in versions]
    body = json.dumps({"data": data, "included": included}).encode()
    api.responses[VERSIONS_PATH] = (200, "application/json", body)


def serve_builds(api: FakeAPI, *builds: tuple[str, str, str, str]) -> None:
    """Serve these builds, each an ID, a number, a platform, and the state of its version, "" for TestFlight."""
    data: list[dict[str, object]] = []
    included: list[dict[str, object]] = []
    for build_id, number, platform, state in builds:
        names = {"preReleaseVersion": ("preReleaseVersions", f"p{build_id}")}
        included.append(
            {"type": "preReleaseVersions", "id": f"p{build_id}", "attributes": {"version": "7", "platform": platform}}
        )
        if state:
            names["appStoreVersion"] = ("appStoreVersions", f"v{build_id}")
            attributes = {"versionString": "7", "platform": platform, "appVersionState": state}
            included.append({"type": "appStoreVersions", "id": f"v{build_id}", "attributes": attributes})
        relationships = {name: {"data": {"type": kind, "id": related}} for name, (kind, related) in names.items()}
        data.append({"id": build_id, "attributes": {"version": number}, "relationships": relationships})
    body = json.dumps({"data": data, "included": included}).encode()
    api.responses["/v1/builds"] = (200, "application/json", body)


def test_build_on_sale_is_not_the_last_upload(api: FakeAPI, client: Client) -> None:
    build = find_build(client, APP_ID, None)
    assert build.title == "version 8.1.0 on iOS (created 2025-06-03), build 431, on sale"
    assert build.id == fake_api.BUILD_ID != BUILDS[0].id
    states = f"{ON_SALE},{ONCE_ON_SALE}"
    query = {"filter[platform]": "IOS", "filter[appVersionState]": states, "include": "build", "limit": "200"}
    assert queries(api)[0] == (VERSIONS_PATH, query)
    assert find_build(client, APP_ID, None, "MAC_OS").id == MAC_BUILDS[0].id


def test_earlier_version_is_not_on_sale(api: FakeAPI, client: Client) -> None:
    serve_versions(api, ("a", ON_SALE, "2025-01-01T00:00:00Z"), ("b", ONCE_ON_SALE, "2025-01-02T00:00:00Z"))
    assert find_build(client, APP_ID, None).id == "a"


@pytest.mark.parametrize(
    ("earlier", "later"),
    [
        ("2025-06-03T06:14:52-07:00", "2025-06-03T13:14:53Z"),
        ("2025-06-03T13:14:52+00:00", "2025-06-03T06:14:53-07:00"),
        ("2025-06-03T23:59:59+02:00", "2025-06-03T22:00:00+00:00"),
        ("soon", "1970-01-01T00:00:01Z"),
        (None, "1970-01-01T00:00:01Z"),
    ],
)
@pytest.mark.parametrize("is_reversed", [False, True])
def test_version_on_sale_was_created_last(
    api: FakeAPI, client: Client, earlier: object, later: str, is_reversed: bool
) -> None:
    versions = [("a", ON_SALE, earlier), ("b", ON_SALE, later)]
    serve_versions(api, *(reversed(versions) if is_reversed else versions))
    assert find_build(client, APP_ID, None).id == "b"


@pytest.mark.parametrize("build", BUILDS, ids=lambda build: build.number)
def test_build_is_found_by_its_number(api: FakeAPI, client: Client, build: fake_api.Build) -> None:
    match = find_build(client, APP_ID, build.number)
    assert (match.id, match.version, match.platform) == (build.id, build.app_version, build.platform)
    assert queries(api)[0] == (
        "/v1/builds",
        {
            "filter[app]": APP_ID,
            "filter[version]": build.number,
            "include": "preReleaseVersion,appStoreVersion",
            "sort": "-uploadedDate",
            "limit": "200",
        },
    )


@pytest.mark.parametrize(
    ("build", "platform"), [*((build, "") for build in IOS_BUILDS), *((build, "MAC_OS") for build in MAC_BUILDS)]
)
def test_version_is_that_of_the_build_on_sale(
    api: FakeAPI, client: Client, build: fake_api.Build, platform: str
) -> None:
    assert find_build(client, APP_ID, build.app_version, platform).id == build.id
    query = queries(api)[1][1]
    assert query["filter[preReleaseVersion.version]"] == build.app_version
    assert query.get("filter[preReleaseVersion.platform]", "") == platform


def test_build_that_was_never_on_sale_says_so(client: Client) -> None:
    titles = [find_build(client, APP_ID, number).title for number in ("437", "436", "424")]
    assert titles == [
        "version 8.2.0 on iOS, build 437 (uploaded 2025-06-17), not on the App Store",
        "version 8.2.0 on iOS (created 2025-06-16), build 436, not on the App Store",
        "version 8.0.1 on iOS (created 2025-04-22), build 424, replaced",
    ]


@pytest.mark.parametrize("shuffle", [1, -1])
@pytest.mark.parametrize(
    ("builds", "wanted"),
    [
        ([("a", "7", "IOS", ""), ("b", "7", "MAC_OS", ONCE_ON_SALE)], "b"),
        ([("a", "7", "IOS", ONCE_ON_SALE), ("b", "7", "MAC_OS", ON_SALE), ("c", "7", "IOS", "IN_REVIEW")], "a"),
    ],
    ids=["the only one on sale", "the only one for iOS"],
)
def test_one_of_several_builds_stands_out(
    api: FakeAPI, client: Client, builds: list[tuple[str, str, str, str]], wanted: str, shuffle: int
) -> None:
    serve_builds(api, *builds[::shuffle])
    assert find_build(client, APP_ID, "7").id == wanted


AMBIGUOUS = {
    "platforms": [("a", "7", "MAC_OS", ON_SALE), ("b", "7", "TV_OS", ON_SALE), ("c", "7", "IOS", "")],
    "numbers": [("a", "8", "IOS", ""), ("b", "9", "IOS", "")],
    "neither": [("a", "7", "IOS", ON_SALE), ("b", "7", "IOS", ONCE_ON_SALE)],
}


def test_ambiguous_build_lists_the_candidates(api: FakeAPI, client: Client, check: Check) -> None:
    problems = []
    for difference, builds in AMBIGUOUS.items():
        serve_builds(api, *builds)
        problems.append(f"{difference}: {problem_of(find_build, client, APP_ID, '7')}")
    check(problems)


@pytest.mark.parametrize(
    ("number", "before"),
    [
        *((build.number, before.id) for build, before in zip(IOS_BUILDS, IOS_BUILDS[1:])),
        ("77", MAC_BUILDS[1].id),
        ("437", fake_api.BUILD_ID),
        ("436", fake_api.BUILD_ID),
    ],
)
def test_build_before_was_on_sale_on_the_same_platform(client: Client, number: str, before: str) -> None:
    assert find_build_before(client, APP_ID, find_build(client, APP_ID, number)).id == before


def test_first_version_has_none_before(client: Client) -> None:
    build = find_build(client, APP_ID, IOS_BUILDS[-1].number)
    assert problem_of(find_build_before, client, APP_ID, build) == (
        "no version was on sale before build 389: name another build to compare with"
    )


@pytest.mark.parametrize(
    ("device", "sent"),
    [
        ("iPhone15_2", "iPhone15_2"),
        ("iPhone15,2", "iPhone15_2"),
        ("IPAD13,18", "iPad13_18"),
        ("realitydevice14,1", "RealityDevice14_1"),
        ("NewFamily1,2", "NewFamily1_2"),
        ("iPhone 15 Pro", None),
        ("all_iphones", None),
        ("iPhone15,2,iPad1,1", None),
        (None, None),
    ],
)
def test_only_the_identifier_of_a_model_is_sent(device: str | None, sent: str | None) -> None:
    assert device_query(device) == ({"filter[deviceType]": sent} if sent else {})


# --- signatures -------------------------------------------------------------------------------------------------------

TESTFLIGHT = next(build for build in BUILDS if build.id == fake_api.TESTFLIGHT_BUILD_ID)


def signature_problem(client: Client, build_id: str, app_id: str) -> str:
    """Return the message of the NotFoundError for the signatures of a build."""
    with pytest.raises(NotFoundError) as caught:
        list(signatures_of(client, Build(build_id, "429"), app_id, ["HANGS"]))
    return str(caught.value)


def test_signatures_of_several_types_take_one_list(api: FakeAPI, client: Client) -> None:
    types = ["LAUNCHES", "HANGS"]
    signatures = signatures_of(client, Build(fake_api.BUILD_ID, "431"), APP_ID, types)
    listed = [*fake_api.signatures("HANGS"), *fake_api.signatures("LAUNCHES")]
    assert [signature["id"] for signature in signatures] == [signature["id"] for signature in listed]
    query = "filter%5BdiagnosticType%5D=LAUNCHES%2CHANGS&limit=200"
    assert api.requests[0].path == f"/v1/builds/{fake_api.BUILD_ID}/diagnosticSignatures?{query}"


@pytest.mark.parametrize(
    ("app_id", "last_line"),
    [(APP_ID, f"  Builds on the App Store: {LISTED}"), (SMALL_APP_ID, "  Request ID"), ("", "  Request ID")],
)
def test_missing_build_lists_those_on_the_app_store(client: Client, app_id: str, last_line: str) -> None:
    assert signature_problem(client, TESTFLIGHT.id, app_id).splitlines()[-1].startswith(last_line)


def test_list_of_builds_that_fails_does_not_hide_the_problem(api: FakeAPI, client: Client) -> None:
    api.responses[f"/v1/apps/{APP_ID}/appStoreVersions"] = (403, "application/json", b"{}")
    problem = signature_problem(client, TESTFLIGHT.id, APP_ID)
    assert problem.startswith(f"App Store Connect responded 404 Not Found to GET /v1/builds/{TESTFLIGHT.id}/")
    assert "403" not in problem


def test_versions_without_a_build_are_left_out(api: FakeAPI, client: Client) -> None:
    def version(build: object) -> dict[str, object]:
        return {"relationships": {"build": {"data": build}}}

    data = [{}, version(None), version({"type": "builds", "id": "x"}), version({"type": "builds", "id": "y"})]
    included = [{"type": "apps", "id": "x"}, {"type": "builds", "id": "y", "attributes": {"version": "424"}}]
    body = json.dumps({"data": data, "included": included}).encode()
    api.responses[VERSIONS_PATH] = (200, "application/json", body)
    problem = signature_problem(client, TESTFLIGHT.id, APP_ID)
    assert problem.splitlines()[-1] == "  Builds on the App Store: 424 (version unknown)"


# --- several apps -----------------------------------------------------------------------------------------------------

RIDGELINE = App(APP_ID, "Ridgeline", BUNDLE_ID)
CAIRN = App(SMALL_APP_ID, "Cairn", SMALL_BUNDLE_ID)


def test_several_apps_are_found_with_one_list(api: FakeAPI, client: Client) -> None:
    assert find_apps(client, [SMALL_BUNDLE_ID.upper(), APP_ID, "77"]) == [
        AppLookup(CAIRN),
        AppLookup(RIDGELINE),
        AppLookup(App("77")),
    ]
    assert [request.path for request in api.requests] == ["/v1/apps?limit=200"]


def test_app_that_is_named_twice_is_found_once(client: Client) -> None:
    assert find_apps(client, [BUNDLE_ID, SMALL_APP_ID, APP_ID]) == [AppLookup(RIDGELINE), AppLookup(CAIRN)]


def test_unknown_bundle_id_of_several_lists_the_apps(client: Client) -> None:
    problem = (
        f"no app has the bundle ID com.lost. "
        f"The key gives access to: {BUNDLE_ID} ({APP_ID}), {SMALL_BUNDLE_ID} ({SMALL_APP_ID})"
    )
    assert find_apps(client, ["com.lost", BUNDLE_ID]) == [
        AppLookup(App(bundle_id="com.lost"), problem),
        AppLookup(RIDGELINE),
    ]


def test_all_apps_are_those_on_all_pages(api: FakeAPI, client: Client) -> None:
    assert all_apps(client) == [AppLookup(RIDGELINE), AppLookup(CAIRN)]
    serve_apps(api)
    assert problem_of(all_apps, client) == (
        "the key gives access to no app: check its role and its apps under Users and Access"
    )
