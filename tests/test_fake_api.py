"""The fake API keeps the parts of Apple's contract that the other tests rely on."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Callable

import jwt
import pytest
import requests

from tests import fake_api
from tests.fake_api import APP_ID, BUILD_ID, BUNDLE_ID, INDIVIDUAL_KEY_ID, ISSUER_ID, KEY_ID, FakeAPI
from tests.helpers.support import ROOT, spawn

PROGRAM = [sys.executable, str(Path(fake_api.__file__).parent)]
APP_METRICS = f"/v1/apps/{APP_ID}/perfPowerMetrics"
APP_OVERVIEW = f"/v1/apps/{APP_ID}/performanceOverviews"
SIGNATURES = f"/v1/builds/{BUILD_ID}/diagnosticSignatures"
SIGNATURE_ID = fake_api.signatures("HANGS")[0]["id"]
LOGS = f"/v1/diagnosticSignatures/{SIGNATURE_ID}/logs"
TIMEOUT_S = 60

Get = Callable[..., requests.Response]


@pytest.fixture
def api() -> Iterator[FakeAPI]:
    """Serve the fake API."""
    with FakeAPI() as running:
        yield running


@pytest.fixture
def get(api: FakeAPI) -> Iterator[Get]:
    """Return a function that requests a path or a URL of the API, by default with a valid token."""
    with requests.Session() as session:
        session.trust_env = False

        def get(path: str, bearer: str = "", **headers: str) -> requests.Response:
            url = api.url + path.replace(api.url, "")
            headers["Authorization"] = f"Bearer {bearer or token(api)}"
            return session.get(url, headers=headers, allow_redirects=False, stream=True, timeout=TIMEOUT_S)

        yield get


def token(api: FakeAPI, key_id: str = KEY_ID, signing_key_id: str = KEY_ID, **changes: Any) -> str:
    """Return a team key's token; `changes` replace claims, in seconds from now for times, and None removes one."""
    claims = {"iss": ISSUER_ID, "iat": -60, "exp": 600, "aud": "appstoreconnect-v1", **changes}
    claims = {name: value for name, value in claims.items() if value is not None}
    for name in {"iat", "exp"} & claims.keys():
        claims[name] += int(time.time())
    pem = api.individual_private_key_pem if signing_key_id == INDIVIDUAL_KEY_ID else api.private_key_pem
    return jwt.encode(claims, pem, "ES256", {"kid": key_id})


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({}, 200),
        ({"iat": None}, 200),
        ({"scope": ["GET /v1/apps?limit=1"]}, 200),
        ({"scope": ["POST /v1/apps", "GET /v1/apps?limit=2"]}, 401),
        ({"aud": "appstoreconnect-v2"}, 401),
        ({"iss": KEY_ID}, 401),
        ({"sub": "user"}, 401),
        ({"exp": None}, 401),
        ({"exp": -1}, 401),
        ({"exp": 21 * 60, "iat": None}, 401),
        ({"iat": 300}, 401),
        ({"signing_key_id": INDIVIDUAL_KEY_ID}, 401),
    ],
    ids=str,
)
def test_a_token_is_checked(api: FakeAPI, get: Get, changes: dict[str, Any], status: int) -> None:
    assert get(f"/v1/apps?limit=1&filter[bundleId]={BUNDLE_ID}", token(api, **changes)).status_code == status


@pytest.mark.parametrize(("iss", "sub", "status"), [(None, "user", 200), (ISSUER_ID, "user", 401), (None, None, 401)])
def test_an_individual_token_has_no_issuer(
    api: FakeAPI, get: Get, iss: str | None, sub: str | None, status: int
) -> None:
    bearer = token(api, INDIVIDUAL_KEY_ID, INDIVIDUAL_KEY_ID, iss=iss, sub=sub)
    assert get("/v1/apps", bearer).status_code == status


def test_an_error_has_apples_form(get: Get) -> None:
    response = get("/v1/apps", "not.a.token")
    (entry,) = response.json()["errors"]
    assert entry.keys() == {"id", "status", "code", "title", "detail"}
    assert (entry["status"], entry["code"]) == ("401", "NOT_AUTHORIZED")
    assert entry["id"] == response.headers["x-request-id"]
    assert response.headers["X-Rate-Limit"] == "user-hour-lim:3600;user-hour-rem:3599;"


@pytest.mark.parametrize(
    ("path", "media_type", "document"),
    [
        (APP_METRICS, fake_api.METRICS_TYPE, fake_api.metrics()),
        (APP_OVERVIEW, fake_api.OVERVIEW_TYPE, fake_api.overview()),
        (f"{APP_OVERVIEW}?filter[deviceType]=iPad13_18", fake_api.OVERVIEW_TYPE, fake_api.overview(["iPad13_18"])),
        (f"/v1/builds/{BUILD_ID}/perfPowerMetrics", fake_api.METRICS_TYPE, fake_api.build_metrics()),
        (LOGS, fake_api.LOGS_TYPE, fake_api.logs(SIGNATURE_ID)),
    ],
)
def test_a_report_requires_its_media_type(get: Get, path: str, media_type: str, document: object) -> None:
    response = get(path, Accept=media_type)
    assert (response.headers["Content-Type"], response.headers["Content-Encoding"]) == (media_type, "gzip")
    assert response.json() == document
    assert get(path, Accept="application/json").status_code == 406


def test_apps_are_found_by_bundle_id(api: FakeAPI, get: Get) -> None:
    path = f"/v1/apps?filter%5BbundleId%5D={BUNDLE_ID}"
    assert get(path).json() == {
        "data": fake_api.apps(api.url)[:1],
        "links": {"self": api.url + path},
        "meta": {"paging": {"total": 1, "limit": fake_api.PAGE_SIZE}},
    }


@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        ("filter[version]=424", ["424"]),
        ("filter[version]=8.0.1", []),
        ("filter[preReleaseVersion.version]=8.0.1", ["424", "71"]),
        ("filter[preReleaseVersion.version]=8.1.0&filter[preReleaseVersion.platform]=IOS", ["431", "429"]),
        ("filter[preReleaseVersion.version]=8.2.0", ["437", "436"]),
        ("filter[app]=1", []),
    ],
)
def test_builds_are_filtered(get: Get, query: str, numbers: list[str]) -> None:
    page = get(f"/v1/builds?{query}&sort=-uploadedDate&include=preReleaseVersion,appStoreVersion").json()
    assert [build["attributes"]["version"] for build in page["data"]] == numbers
    links = [link["data"] for build in page["data"] for link in build["relationships"].values()]
    assert {resource["id"] for resource in page["included"]} == {link["id"] for link in links if link}


def test_versions_are_listed_with_their_builds(get: Get) -> None:
    path = f"/v1/apps/{APP_ID}/appStoreVersions?filter[appVersionState]=READY_FOR_DISTRIBUTION"
    on_sale = get(f"{path}&filter[platform]=IOS").json()["data"]
    assert [version["attributes"]["versionString"] for version in on_sale] == ["8.1.0"]
    page = get(f"{path},REPLACED_WITH_NEW_VERSION&include=build").json()
    ids = [version["relationships"]["build"]["data"]["id"] for version in page["data"]]
    assert sorted(ids) == sorted(build["id"] for build in page["included"])


@pytest.mark.parametrize(
    ("key", "kind"),
    [("topHangPoint", "HANGS"), ("topLaunchPoint", "LAUNCHES"), ("topDiskWritePoint", "DISK_WRITES")],
)
def test_an_overview_has_the_signatures_of_the_build(key: str, kind: str) -> None:
    points, signatures = fake_api.overview()["signatures"][key], fake_api.signatures(kind)
    assert [point["signatureId"] for point in points] == [signature["id"] for signature in signatures]
    for point, signature in zip(points, signatures):
        attributes = signature["attributes"]
        assert (point["signature"], point["weight"]) == (attributes["signature"], attributes["weight"])
        assert point.get("trendInfo") == attributes.get("insight", {}).get("direction")
        versions = point.get("metricsSummary", {}).get("referenceVersions")
        assert versions == attributes.get("insight", {}).get("referenceVersions")
        logs = str(fake_api.logs(signature["id"]))
        assert f"'fileName': '{point['sourceFile']}', 'lineNumber': '{point['lineNumber']}'" in logs


def test_the_next_link_repeats_the_filters(api: FakeAPI, get: Get) -> None:
    query = "filter%5BdiagnosticType%5D=HANGS%2CLAUNCHES&limit=3"
    pages = [get(f"{SIGNATURES}?{query}").json()]
    while "next" in pages[-1]["links"]:
        assert pages[-1]["links"]["next"].startswith(f"{api.url}{SIGNATURES}?{query}&cursor=")
        pages.append(get(pages[-1]["links"]["next"]).json())
    expected = fake_api.signatures("HANGS", api.url) + fake_api.signatures("LAUNCHES", api.url)
    assert [page["data"] for page in pages] == [expected[:3], expected[3:6], expected[6:]]


@pytest.mark.parametrize(
    "path",
    [
        "/v1/users",
        "/v1/apps/1/perfPowerMetrics",
        f"/v1/builds/{fake_api.TESTFLIGHT_BUILD_ID}/diagnosticSignatures",
        "/v1/diagnosticSignatures/0/logs",
    ],
)
def test_an_unknown_path_or_id_is_a_404(get: Get, path: str) -> None:
    assert get(path).json()["errors"][0]["code"] == "NOT_FOUND"


@pytest.mark.parametrize(
    ("path", "query"),
    [
        (APP_METRICS, "limit=5"),
        (APP_OVERVIEW, "filter[deviceType]=iPhone15,2"),
        (SIGNATURES, "filter[diagnosticType]=HANGS,CRASHES"),
        (SIGNATURES, "limit=2&limit=2"),
        (SIGNATURES, "cursor=AAAA"),
        (LOGS, "limit=201"),
        ("/v1/builds", "sort=uploadedDate"),
        ("/v1/builds", "filter[platform]=IOS"),
        ("/v1/builds", "include=build"),
        (f"/v1/apps/{APP_ID}/appStoreVersions", "sort=-createdDate"),
    ],
)
def test_a_wrong_parameter_is_a_400_that_names_it(get: Get, path: str, query: str) -> None:
    response = get(f"{path}?{query}")
    assert (response.status_code, response.json()["errors"][0]["source"]) == (400, {"parameter": query.split("=")[0]})


def test_the_program_runs_a_command_and_passes_its_status(tmp_path: Path) -> None:
    (tmp_path / "request.py").write_text(
        "import os, sys, urllib.error, urllib.request\n"
        "try:\n"
        "    urllib.request.urlopen(os.environ['APP_STORE_CONNECT_URL'] + '/v1/apps')\n"
        "except urllib.error.HTTPError as error:\n"
        "    print(error.code, *sys.argv[1:], os.path.exists(os.environ['KEY_FILE_PATH']))\n"
        "    sys.exit(7)\n"
    )
    command = [*PROGRAM, "request.py", "-x"]
    done = subprocess.run(command, cwd=tmp_path, env={}, capture_output=True, text=True, timeout=TIMEOUT_S, check=False)
    assert (done.stdout, done.stderr, done.returncode) == ("401 -x True\n", "", 7)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_without_a_command_it_serves_until_a_signal(tmp_path: Path, number: signal.Signals) -> None:
    with subprocess.Popen(PROGRAM, cwd=tmp_path, env={}, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        lines = list(iter(process.stdout.readline, "# serving until Ctrl-C\n"))
        variables = dict(line.rstrip("\n").replace("export ", "", 1).split("=", 1) for line in lines)
        assert Path(variables["KEY_FILE_PATH"]).exists()
        process.send_signal(number)
        assert process.wait(TIMEOUT_S) == 130
    assert not Path(variables["KEY_FILE_PATH"]).exists()


def test_missing_package_is_named() -> None:
    code = "import runpy, sys; sys.modules['jwt'] = None; runpy.run_path(sys.argv[1], run_name='__main__')"
    outcome = spawn([sys.executable, "-c", code, str(ROOT / "tests" / "fake_api")])
    problem = "the package jwt is missing: activate the virtual environment (see README.md)"
    assert outcome == (1, "", f"fake_api: {problem}\n")
