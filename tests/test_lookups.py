"""Apps are found by their bundle ID, builds by their number or as the latest, and nothing but an ID enters a path."""

from __future__ import annotations

import io
import json
import os
from collections.abc import Iterator
from typing import Callable

import fake_api
import pytest
from fake_api import APP_ID, BUILDS, BUNDLE_ID, SMALL_APP_ID, SMALL_BUNDLE_ID, FakeAPI

from appstoreconnect.client import Client, base_url_from
from appstoreconnect.credentials import credentials_from
from appstoreconnect.lookups import (
    App,
    Build,
    device_query,
    find_app,
    find_build,
    is_valid_id,
    resource_path,
    signatures_of,
)
from ppparser.errors import NotFoundError, UserError


@pytest.fixture
def client(api: FakeAPI) -> Iterator[Client]:
    """Yield a client of the fake API."""
    with Client(credentials_from(os.environ, io.BytesIO()), base_url_from(os.environ), lambda _: None) as opened:
        yield opened


def problem_of(call: Callable[[], object]) -> str:
    """Return the message of the UserError that `call` raises."""
    with pytest.raises(UserError) as caught:
        call()
    assert type(caught.value) is UserError
    return str(caught.value)


# --- IDs --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("identifier", ["1", APP_ID, BUILDS[0].id, "a_B-9", "x" * 90, "x" * 100])
def test_id_becomes_part_of_the_path(identifier: str) -> None:
    assert is_valid_id(identifier)
    assert resource_path("/v1/apps/{}/builds", identifier) == f"/v1/apps/{identifier}/builds"


@pytest.mark.parametrize(
    "identifier", ["", "..", "a/b", "a?b", "a%2fb", "-a", "_a", "com.example", "1\n", "\u0661", "x" * 101]
)
def test_anything_else_stays_out_of_the_path(identifier: str) -> None:
    assert not is_valid_id(identifier)
    assert problem_of(lambda: resource_path("/v1/apps/{}", identifier)) == (
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


def test_app_is_labelled_as_far_as_it_is_known(client: Client) -> None:
    assert find_app(client, BUNDLE_ID).label == "Ridgeline (com.example.ridgeline)"
    assert find_app(client, APP_ID).label == f"App {APP_ID}"
    assert App("2", "", "com.example").label == "com.example"


@pytest.mark.parametrize("app", ["a", "x" * 155])
def test_unknown_bundle_id_lists_the_apps(client: Client, app: str) -> None:
    assert problem_of(lambda: find_app(client, app)) == (
        f"no app has the bundle ID {app}. "
        f"The key gives access to: {BUNDLE_ID} ({APP_ID}), {SMALL_BUNDLE_ID} ({SMALL_APP_ID})"
    )


def test_ambiguous_bundle_id_lists_the_matches(api: FakeAPI, client: Client) -> None:
    serve_apps(api, ("1", "com.example"), ("2", "com.Example"))
    assert problem_of(lambda: find_app(client, "com.example")) == (
        "2 apps have the bundle ID com.example: give the ID of one: com.example (1), com.Example (2)"
    )
    assert len(api.requests) == 1


@pytest.mark.parametrize(
    ("count", "tail"), [(0, ""), (20, "com.example.19 (19)"), (22, "com.example.19 (19) and 2 more")]
)
def test_at_most_20_apps_are_listed(api: FakeAPI, client: Client, count: int, tail: str) -> None:
    serve_apps(api, *((str(number), f"com.example.{number}") for number in range(count)))
    problem = problem_of(lambda: find_app(client, "com.example"))
    listed = problem.partition("The key gives access to: ")[2]
    assert listed.split(", ")[-1] == tail
    assert listed.count("com.example.") == min(count, 20)


@pytest.mark.parametrize("app", ["", "a b", "../apps", "com.example.\n", "com_example", "x" * 156])
def test_invalid_app_is_neither_sent_nor_repeated(api: FakeAPI, client: Client, app: str) -> None:
    assert problem_of(lambda: find_app(client, app)) == (
        "give the app's ID, which is a number, or its bundle ID, such as com.example.app"
    )
    assert api.requests == []


# --- builds -----------------------------------------------------------------------------------------------------------


def serve_builds(api: FakeAPI, *builds: tuple[str, str, object]) -> None:
    """Serve these builds of the app, each an ID, a number and the value of `uploadedDate`."""
    data = [
        {"id": build_id, "attributes": {"version": number, "uploadedDate": uploaded}}
        for build_id, number, uploaded in builds
    ]
    api.responses[f"/v1/apps/{APP_ID}/builds"] = (200, "application/json", json.dumps({"data": data}).encode())


@pytest.mark.parametrize(
    ("number", "build"), [(None, BUILDS[0]), *((build.number, build) for build in BUILDS)], ids=str
)
def test_build_is_found_by_its_number_or_as_the_latest(
    api: FakeAPI, client: Client, number: str | None, build: fake_api.Build
) -> None:
    assert find_build(client, APP_ID, number) == Build(build.id, build.number)
    assert api.requests[0].path == f"/v1/apps/{APP_ID}/builds?limit=200"


@pytest.mark.parametrize(
    ("earlier", "later"),
    [
        ("2025-06-03T06:14:52-07:00", "2025-06-03T13:14:53Z"),
        ("2025-06-03T13:14:52+00:00", "2025-06-03T06:14:53-07:00"),
        ("2025-06-03T23:59:59+02:00", "2025-06-03T22:00:00+00:00"),
        ("soon", "1970-01-01T00:00:01Z"),
        ("0001-01-01T00:00:00+14:00", "1970-01-01T00:00:01Z"),
        ("", "1970-01-01T00:00:01Z"),
        (None, "1970-01-01T00:00:01Z"),
        (1750000000, "1970-01-01T00:00:01Z"),
    ],
)
@pytest.mark.parametrize("is_reversed", [False, True])
def test_latest_build_was_uploaded_last(
    api: FakeAPI, client: Client, earlier: object, later: str, is_reversed: bool
) -> None:
    builds = [("a", "2", earlier), ("b", "1", later)]
    serve_builds(api, *(reversed(builds) if is_reversed else builds))
    assert find_build(client, APP_ID, None) == Build("b", "1")


@pytest.mark.parametrize(("number", "shown"), [("43", "43"), ("7\x1b[m", "7\\x1b[m")], ids=["prefix", "escaped"])
def test_unknown_build_number_lists_the_builds_newest_first(client: Client, number: str, shown: str) -> None:
    listed = ", ".join(f"{build.number} ({build.id}, {build.uploaded[:10]})" for build in BUILDS)
    assert problem_of(lambda: find_build(client, APP_ID, number)) == (
        f"the app has no build number {shown}. Its builds: {listed}"
    )


def test_ambiguous_build_number_lists_the_matches(api: FakeAPI, client: Client) -> None:
    dates = {"a": "2025-06-01T00:00:00Z", "b": "2025-06-02T00:00:00Z", "c": "2025-06-03T00:00:00Z"}
    serve_builds(api, *((build_id, "8" if build_id == "c" else "7", date) for build_id, date in dates.items()))
    assert problem_of(lambda: find_build(client, APP_ID, "7")) == (
        "2 builds have the number 7: give the ID of one: 7 (b, 2025-06-02), 7 (a, 2025-06-01)"
    )


@pytest.mark.parametrize(("number", "which"), [(None, "builds"), ("7", "build number 7")])
def test_app_without_builds_is_an_error(client: Client, number: str | None, which: str) -> None:
    assert problem_of(lambda: find_build(client, SMALL_APP_ID, number)) == f"the app has no {which}"


def test_app_id_for_builds_must_be_an_id(api: FakeAPI, client: Client) -> None:
    problem_of(lambda: find_build(client, "../users", None))
    assert api.requests == []


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


def signature_problem(client: Client, build_id: str, app_id: str | None) -> str:
    """Return the message of the NotFoundError for the signatures of a build."""
    with pytest.raises(NotFoundError) as caught:
        list(signatures_of(client, Build(build_id, "429"), app_id, ["HANGS"]))
    return str(caught.value)


def test_signatures_of_several_types_take_one_list(api: FakeAPI, client: Client) -> None:
    types = ["LAUNCHES", "HANGS"]
    found = list(signatures_of(client, Build(BUILDS[0].id, "431"), APP_ID, types))
    assert [one["id"] for one in found] == [one["id"] for kind in sorted(types) for one in fake_api.signatures(kind)]
    query = "filter%5BdiagnosticType%5D=LAUNCHES%2CHANGS&limit=200"
    assert api.requests[0].path == f"/v1/builds/{BUILDS[0].id}/diagnosticSignatures?{query}"


def test_missing_build_of_an_app_lists_those_on_the_app_store(client: Client) -> None:
    builds = [f"{build.number} (version {build.app_version})" for build in BUILDS if build is not TESTFLIGHT]
    problem = signature_problem(client, TESTFLIGHT.id, APP_ID)
    assert problem.splitlines()[-1] == f"  Builds on the App Store: {', '.join(builds)}"


def test_missing_build_of_an_unknown_app_lists_none(api: FakeAPI, client: Client) -> None:
    assert "Builds on the App Store" not in signature_problem(client, TESTFLIGHT.id, None)
    assert len(api.requests) == 1


def test_app_without_builds_on_the_app_store_lists_none(client: Client) -> None:
    assert "Builds on the App Store" not in signature_problem(client, TESTFLIGHT.id, SMALL_APP_ID)


def test_list_of_builds_that_fails_does_not_hide_the_problem(api: FakeAPI, client: Client) -> None:
    api.responses[f"/v1/apps/{APP_ID}/appStoreVersions"] = (403, "application/json", b"{}")
    problem = signature_problem(client, TESTFLIGHT.id, APP_ID)
    assert problem.startswith(f"App Store Connect responded 404 Not Found to GET /v1/builds/{TESTFLIGHT.id}/")
    assert "403" not in problem


def test_only_released_versions_are_requested(api: FakeAPI, client: Client) -> None:
    signature_problem(client, TESTFLIGHT.id, APP_ID)
    states = "READY_FOR_DISTRIBUTION%2CREPLACED_WITH_NEW_VERSION"
    query = f"filter%5BappVersionState%5D={states}&include=build&limit=200"
    assert f"/v1/apps/{APP_ID}/appStoreVersions?{query}" in [request.path for request in api.requests]


def test_versions_without_a_known_build_are_left_out(api: FakeAPI, client: Client) -> None:
    relationships = {"build": {"data": {"id": BUILDS[2].id}}}
    data = [
        {"id": "1"},
        {"id": "2", "relationships": {"build": {"data": {"id": "x"}}}},
        {"relationships": relationships},
    ]
    body = json.dumps({"data": data}).encode()
    api.responses[f"/v1/apps/{APP_ID}/appStoreVersions"] = (200, "application/json", body)
    problem = signature_problem(client, TESTFLIGHT.id, APP_ID)
    assert problem.splitlines()[-1] == "  Builds on the App Store: 424 (version unknown)"
