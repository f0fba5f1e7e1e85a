"""appstoreconnect.py: where credentials come from, what is sent to whom, and how a list is followed page by page."""

from __future__ import annotations

import io
import json
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Callable

import app_store_connect
import fleet
import jwt
import pytest
import requests
import trustme
from app_store_connect import INDIVIDUAL_KEY_ID, ISSUER_ID, KEY_ID, AppStoreConnect, Fault, Handler
from conftest import NOW, Outcome

import appstoreconnect
from appstoreconnect import AppStoreConnectError, Client, CredentialsError, base_url_from, credentials_from
from ppparser import Failure

Run = Callable[..., Outcome]

METRICS = f"/v1/apps/{fleet.APP_ID}/perfPowerMetrics"
SIGNATURES = f"/v1/builds/{fleet.BUILD_ID}/diagnosticSignatures"
KEY_FILE = f"AuthKey_{KEY_ID}.p8"


def client_of(notify: Callable[[str], None] = lambda _: None) -> Client:
    """Return a client as the environment describes it."""
    return Client(credentials_from(os.environ, io.BytesIO()), base_url_from(os.environ), notify)


@pytest.fixture
def client(api: AppStoreConnect) -> Iterator[Client]:
    with client_of() as opened:
        yield opened


def problem_of(call: Callable[[], object], kind: type[Failure]) -> str:
    """Return what the exception of exactly this `kind` that `call` raises says."""
    with pytest.raises(kind) as caught:
        call()
    assert type(caught.value) is kind
    return str(caught.value)


# --- credentials from the environment ---------------------------------------------------------------------------------


def described(environ: dict[str, str]) -> str:
    """Return which credentials `environ` leads to."""
    return repr(credentials_from(environ, io.BytesIO()))


TEAM = f"Credentials(key_id='{KEY_ID}', issuer_id='{ISSUER_ID}')"
INDIVIDUAL = f"Credentials(key_id='{KEY_ID}', issuer_id=None)"


@pytest.mark.usefixtures("api")
@pytest.mark.parametrize(
    ("environ", "credentials"),
    [
        ({"ISSUER_ID": ISSUER_ID, "KEY_ID": KEY_ID, "KEY_FILE_PATH": KEY_FILE}, TEAM),
        ({"ISSUER_ID": f" {ISSUER_ID}\n", "KEY_ID": f"{KEY_ID} ", "KEY_FILE_PATH": f"{KEY_FILE}\n"}, TEAM),
        ({"KEY_ID": KEY_ID, "KEY_FILE_PATH": KEY_FILE}, INDIVIDUAL),
        ({"ISSUER_ID": "", "KEY_ID": KEY_ID, "KEY_FILE_PATH": KEY_FILE}, INDIVIDUAL),
        ({"ISSUER_ID": ISSUER_ID, "KEY_ID": KEY_ID, "KEY_FILE_PATH": KEY_FILE, "TOKEN": "a.b.c"}, TEAM),
        ({"ISSUER_ID": ISSUER_ID, "KEY_ID": KEY_ID, "TOKEN": "a.b.c"}, "'a.b.c'"),
        ({"TOKEN": " a.b.c\n"}, "'a.b.c'"),
    ],
    ids=["team key", "blanks", "individual key", "empty issuer ID", "key and token", "lost key and token", "token"],
)
def test_a_key_that_is_found_goes_before_a_token(environ: dict[str, str], credentials: str) -> None:
    assert described(environ) == credentials


@pytest.mark.parametrize(
    "folder", ["private_keys", "~/private_keys", "~/.private_keys", "~/.appstoreconnect/private_keys"]
)
def test_without_a_path_the_key_is_found_where_apple_s_tools_look(
    api: AppStoreConnect, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, folder: str
) -> None:
    monkeypatch.chdir(tmp_path)
    path = Path(folder).expanduser() / KEY_FILE
    path.parent.mkdir(parents=True)
    path.write_text(api.private_key_pem)
    assert described({"ISSUER_ID": ISSUER_ID, "KEY_ID": KEY_ID}) == TEAM


def test_of_two_folders_with_the_key_the_working_folder_s_goes_first(api: AppStoreConnect, home: Path) -> None:
    for folder, pem in (("private_keys", api.private_key_pem), (".private_keys", "damaged")):
        (home / folder).mkdir()
        (home / folder / KEY_FILE).write_text(pem)
    assert described({"KEY_ID": KEY_ID}) == INDIVIDUAL


FOLDERS = "private_keys, ~/private_keys, ~/.private_keys, ~/.appstoreconnect/private_keys"


@pytest.mark.usefixtures("home")
@pytest.mark.parametrize(
    ("environ", "problem"),
    [
        (
            {"KEY_ID": KEY_ID},
            f"there is no {KEY_FILE} in {FOLDERS}: export KEY_FILE_PATH with its path",
        ),
        ({"KEY_FILE_PATH": KEY_FILE}, "KEY_FILE_PATH is set but KEY_ID is not: export KEY_ID with the key's ID"),
        (
            {"ISSUER_ID": KEY_ID, "KEY_ID": ISSUER_ID},
            "the key ID has the form of an issuer ID (a UUID): the key ID is in the file's name, AuthKey_<KEY_ID>.p8",
        ),
        (
            {"TOKEN": "Bearer a.b.c"},
            "TOKEN is no bearer token: set it to what generate-token.py prints, without 'Bearer'",
        ),
    ],
    ids=["no key file", "no key ID", "IDs swapped", "token with its scheme"],
)
def test_what_the_environment_lacks_is_said(environ: dict[str, str], problem: str) -> None:
    assert problem_of(lambda: described(environ), CredentialsError) == problem


@pytest.mark.usefixtures("home")
@pytest.mark.parametrize("script", ["get-metrics-insights.py", "get-diagnostics-logs.py"])
def test_without_credentials_a_script_lists_what_to_export(run: Run, script: str) -> None:
    assert run(script, "1") == (
        1,
        "",
        f"""\
{script}: no credentials are set. Export those of an API key (App Store Connect > Users and Access > Integrations):
  export ISSUER_ID=...      the team's issuer ID; leave it out for an individual key
  export KEY_ID=...         the key's ID
  export KEY_FILE_PATH=...  its AuthKey_<KEY_ID>.p8 file; or keep that in ~/.appstoreconnect/private_keys
or, with a token at hand: export TOKEN=...
""",
    )


def test_an_individual_key_reads_the_api(api: AppStoreConnect, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (home / "key.p8").write_text(api.individual_private_key_pem)
    monkeypatch.delenv("ISSUER_ID")
    monkeypatch.setenv("KEY_ID", INDIVIDUAL_KEY_ID)
    monkeypatch.setenv("KEY_FILE_PATH", "key.p8")
    with client_of() as client:
        assert list(client.resources("/v1/apps", "apps")) == fleet.apps(api.url)


# --- the base URL -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "url"),
    [
        (None, "https://api.appstoreconnect.apple.com"),
        ("", "https://api.appstoreconnect.apple.com"),
        ("https://proxy.example:8443/apple/", "https://proxy.example:8443/apple"),
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
        ("http://localhost:8080/", "http://localhost:8080"),
        ("http://[::1]:8080", "http://[::1]:8080"),
    ],
)
def test_the_base_url_may_be_overridden_with_https_or_loopback(given: str | None, url: str) -> None:
    assert base_url_from({} if given is None else {"APP_STORE_CONNECT_URL": given}) == url


@pytest.mark.parametrize(
    "given",
    [
        "http://api.appstoreconnect.apple.com",
        "http://127.0.0.1.example",
        "http://10.0.0.1",
        "http://localhost.example",
        "https://user@proxy.example",
        "https://:secret@proxy.example",
        "https://proxy.example?x=1",
        "https://proxy.example#x",
        "https://",
        "https://[",
        "https://proxy.example:port",
        "ftp://127.0.0.1",
        "file:///etc/passwd",
        "api.appstoreconnect.apple.com",
    ],
)
def test_any_other_base_url_is_refused_before_anything_is_sent(
    api: AppStoreConnect, run: Run, monkeypatch: pytest.MonkeyPatch, given: str
) -> None:
    monkeypatch.setenv("APP_STORE_CONNECT_URL", given)
    problem = "APP_STORE_CONNECT_URL is to be an https URL, or http on loopback, without a query or a user"
    assert run("get-metrics-insights.py", "1") == (1, "", f"get-metrics-insights.py: {problem}\n")


@pytest.mark.parametrize("scheme", ["http", "HTTP"])
def test_a_proxy_gets_nothing_of_what_is_sent_to_loopback(
    api: AppStoreConnect, monkeypatch: pytest.MonkeyPatch, scheme: str
) -> None:
    monkeypatch.delenv("NO_PROXY")
    with AppStoreConnect() as proxy:
        monkeypatch.setenv("HTTP_PROXY", proxy.url)
        monkeypatch.setenv("APP_STORE_CONNECT_URL", api.url.replace("http", scheme, 1))
        with client_of() as client:
            client.report("metrics", METRICS, "metrics")
    assert (len(api.requests), proxy.requests) == (1, [])


# --- what is sent -----------------------------------------------------------------------------------------------------


def test_one_connection_serves_a_whole_run(api: AppStoreConnect, run: Run) -> None:
    assert run("get-diagnostics-logs.py", "--signatures=3", fleet.BUILD_ID).status == 0
    assert [request.path.split("?")[0].split("/")[-1] for request in api.requests] == [
        "diagnosticSignatures",
        "diagnosticSignatures",
        "logs",
        "logs",
        "logs",
    ]
    assert (api.connections, len({request.port for request in api.requests})) == (1, 1)


def test_a_connection_is_kept_after_an_error(api: AppStoreConnect, run: Run, waits: list[float]) -> None:
    api.faults += [app_store_connect.error(503, "X", "X", "X")] * 2
    assert run("get-metrics-insights.py", fleet.APP_ID).status == 0
    assert (len(api.requests), api.connections) == (3, 1)


def test_each_endpoint_is_asked_for_the_media_type_it_has(api: AppStoreConnect, client: Client) -> None:
    signature = next(client.resources(SIGNATURES, "signatures"))
    client.report("diagnostics", f"/v1/diagnosticSignatures/{signature['id']}/logs", "logs")
    client.report("metrics", METRICS, "metrics")
    assert [request.headers["Accept"] for request in api.requests] == [
        "application/json",
        "application/vnd.apple.diagnostic-logs+json",
        "application/vnd.apple.xcode-metrics+json",
    ]


def test_no_request_waits_without_end(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[object] = []
    genuine = requests.Session.send

    def send(*arguments: Any, **named: Any) -> requests.Response:
        given.append(named["timeout"])
        return genuine(*arguments, **named)

    monkeypatch.setattr(requests.Session, "send", send)
    client.report("metrics", METRICS, "metrics")
    assert given == [(10, 30)]


def test_a_report_comes_with_its_bytes_as_received(api: AppStoreConnect, client: Client) -> None:
    body = b'{ "productData" : [ ] , "version": 1.50 }\r\n'
    api.answers[METRICS] = (200, app_store_connect.METRICS, body)
    assert client.report("metrics", METRICS, "metrics") == (body, {"productData": [], "version": b"1.50"})


def test_what_is_fetched_is_announced(api: AppStoreConnect, waits: list[float]) -> None:
    announced: list[str] = []
    api.faults.append(app_store_connect.error(500, "X", "X", "X"))
    with client_of(announced.append) as client:
        list(client.resources(SIGNATURES, "the list", {"filter[diagnosticType]": "HANGS"}))
    assert announced == [
        "fetching the list, page 1",
        "the request failed: waiting 0 s to repeat it",
        "fetching the list, page 2",
    ]


def test_a_netrc_entry_for_the_host_changes_nothing(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for place in (home / ".netrc", tmp_path / "netrc"):
        place.write_text("machine 127.0.0.1 login someone password else\n")
        place.chmod(0o600)
    authority, certificate = trustme.CA(), tmp_path / "server.pem"
    authority.cert_pem.write_to_path(tmp_path / "authority.pem")
    authority.issue_cert("127.0.0.1").private_key_and_cert_chain_pem.write_to_path(certificate)
    # Over https, as a session that talks to loopback without it reads no netrc file in the first place.
    with AppStoreConnect(certificate=str(certificate)) as api:
        variables = {
            **api.environment(home),
            "NETRC": str(tmp_path / "netrc"),
            "REQUESTS_CA_BUNDLE": str(tmp_path / "authority.pem"),
        }
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        with client_of() as client:
            client.report("metrics", METRICS, "metrics")
        (request,) = api.requests
    assert jwt.get_unverified_header(request.headers["Authorization"].split("Bearer ")[1])["kid"] == KEY_ID


def tokens(api: AppStoreConnect) -> list[str]:
    """Return the bearer token of each request."""
    return [request.headers["Authorization"].split("Bearer ")[1] for request in api.requests]


def test_a_token_is_renewed_when_it_has_less_than_two_minutes_left(
    api: AppStoreConnect, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    # It is dated a minute back and lives 20: it expires 19 minutes after it was made.
    for seconds in (0, 17 * 60 - 1, 17 * 60, 17 * 60 + 5):
        monkeypatch.setattr(time, "time", lambda seconds=seconds: NOW + seconds)
        client.report("metrics", METRICS, "metrics")
    first, still_first, second, still_second = tokens(api)
    assert first == still_first != second == still_second


def test_a_token_that_was_given_is_sent_as_it_is(api: AppStoreConnect, monkeypatch: pytest.MonkeyPatch) -> None:
    credentials = credentials_from(os.environ, io.BytesIO())
    assert not isinstance(credentials, str)
    token = appstoreconnect.make_token(credentials, now=time.time())
    monkeypatch.delenv("KEY_ID")
    monkeypatch.setenv("TOKEN", f"{token}\n")
    with client_of() as client:
        client.report("metrics", METRICS, "metrics")
    assert tokens(api) == [token]


# --- lists and links --------------------------------------------------------------------------------------------------


def page(ids: list[str], next_link: object) -> Fault:
    """Answer with a page of a list."""
    document = {"data": [{"id": each} for each in ids], "links": {"next": next_link}}
    return app_store_connect.raw(200, {"Content-Type": "application/json"}, json.dumps(document).encode())


def test_a_list_is_read_to_its_last_page_with_the_filters_once(api: AppStoreConnect, client: Client) -> None:
    query: appstoreconnect.Query = {"filter[diagnosticType]": "DISK_WRITES", "limit": 200}
    read = [one["id"] for one in client.resources(SIGNATURES, "signatures", query)]
    assert read == [one["id"] for one in fleet.signatures("DISK_WRITES")]
    first, second = (request.path.split("?")[1] for request in api.requests)
    assert first == "filter%5BdiagnosticType%5D=DISK_WRITES&limit=200"
    assert sorted(part.split("=")[0] for part in second.split("&")) == ["cursor", "filter%5BdiagnosticType%5D", "limit"]


@pytest.mark.parametrize("link", ["?cursor=2", f"{SIGNATURES}?cursor=2", "./diagnosticSignatures?cursor=2"])
def test_a_relative_link_to_the_next_page_is_followed(api: AppStoreConnect, client: Client, link: str) -> None:
    api.faults += [page(["a", "b"], link), page(["c"], None)]
    assert [one["id"] for one in client.resources(SIGNATURES, "signatures", {"limit": 2})] == ["a", "b", "c"]
    assert [request.path for request in api.requests] == [f"{SIGNATURES}?limit=2", f"{SIGNATURES}?cursor=2"]


@pytest.mark.parametrize("link", ["", SIGNATURES, f"{SIGNATURES}?cursor=1"])
def test_a_list_that_points_back_ends_with_an_error(api: AppStoreConnect, client: Client, link: str) -> None:
    api.faults += [page(["a"], f"{SIGNATURES}?cursor=1"), page(["b"], link), page(["c"], f"{SIGNATURES}?cursor=1")]
    problem = problem_of(lambda: list(client.resources(SIGNATURES, "signatures")), AppStoreConnectError)
    assert problem == f"GET {SIGNATURES}: a page of the list points back at one already read"


def test_a_list_with_ever_new_cursors_ends_after_a_thousand_pages(api: AppStoreConnect, client: Client) -> None:
    def endless(handler: Handler) -> bool:
        handler.api.faults.append(endless)
        return page([], f"{SIGNATURES}?cursor={len(handler.api.requests)}")(handler)

    api.faults.append(endless)
    problem = problem_of(lambda: list(client.resources(SIGNATURES, "signatures")), AppStoreConnectError)
    assert problem == f"GET {SIGNATURES}: the list has no end: 1000 pages were read, and another follows"
    assert len(api.requests) == 1000


def test_a_path_that_the_api_gave_is_shown_without_control_characters(api: AppStoreConnect, client: Client) -> None:
    api.faults += [page([], "/v1/else\x1bwhere"), app_store_connect.raw(501, {}, b"")]
    problem = problem_of(lambda: list(client.resources(SIGNATURES, "signatures")), AppStoreConnectError)
    assert problem.split("\n")[0] == (
        "the App Store Connect API answered 501 Not Implemented to GET /v1/else\\x1bwhere"
    )


ANOTHER_HOST = "the API gave a link to another host ({}): nothing was sent there"
NO_URL = "the API gave a link that is no URL: nothing was sent there"


@pytest.mark.parametrize(
    ("link", "problem"),
    [
        (5, f"GET {SIGNATURES}: the link to the next page is no URL"),
        ({"href": SIGNATURES}, f"GET {SIGNATURES}: the link to the next page is no URL"),
        ("http://[", NO_URL),
        ("http://127.0.0.1:port/", NO_URL),
        ("mailto:someone@example.com", ANOTHER_HOST.format("nowhere")),
        ("https://", ANOTHER_HOST.format("nowhere")),
        ("https://evil.example\x1bc/", ANOTHER_HOST.format("evil.example\\x1bc")),
    ],
)
def test_a_link_that_leads_nowhere_is_an_error(
    api: AppStoreConnect, client: Client, link: object, problem: str
) -> None:
    api.faults.append(page([], link))
    assert problem_of(lambda: list(client.resources(SIGNATURES, "signatures")), AppStoreConnectError) == problem
    assert len(api.requests) == 1


@pytest.mark.parametrize(
    "form",
    [
        "http://{other}/v1/apps",
        "//{other}/v1/apps",
        "https://{own}/v1/apps",
        "http://someone@{own}/v1/apps",
        "http://localhost:{own_port}/v1/apps",
        "http://{own}@{other}/v1/apps",
        "http://{other}\\@{own}/v1/apps",
        "http://{other}/@{own}/v1/apps",
        "http://{other}#@{own}/v1/apps",
    ],
)
def test_a_link_to_another_origin_is_refused_and_nothing_is_sent_there(
    api: AppStoreConnect, client: Client, form: str
) -> None:
    with AppStoreConnect() as another:
        own, other = (server.url.split("//")[1] for server in (api, another))
        link = form.format(own=own, own_port=own.split(":")[1], other=other)
        api.faults.append(page([], link))
        problem = problem_of(lambda: list(client.resources(SIGNATURES, "signatures")), AppStoreConnectError)
        assert (another.connections, another.requests) == (0, [])
    assert problem in (ANOTHER_HOST.format("127.0.0.1"), ANOTHER_HOST.format("localhost"), NO_URL)
    assert len(api.requests) == 1


def test_a_signature_s_logs_are_not_fetched_from_another_origin(api: AppStoreConnect, run: Run) -> None:
    with AppStoreConnect() as another:
        (signature, *_) = fleet.signatures("HANGS", another.url)
        body = json.dumps({"data": [signature]}).encode()
        api.answers[SIGNATURES] = (200, "application/json", body)
        outcome = run("get-diagnostics-logs.py", "--type=hangs", fleet.BUILD_ID)
        assert (another.connections, another.requests) == (0, [])
    assert (outcome.status, outcome.err) == (3, f"get-diagnostics-logs.py: {ANOTHER_HOST.format('127.0.0.1')}\n")


@pytest.mark.parametrize("same_host", [True, False])
def test_a_redirect_is_not_followed(api: AppStoreConnect, run: Run, same_host: bool) -> None:
    with AppStoreConnect() as another:
        api.faults.append(app_store_connect.redirect(f"{(api if same_host else another).url}{METRICS}"))
        outcome = run("get-metrics-insights.py", fleet.APP_ID)
        assert (len(api.requests), another.connections) == (1, 0)
    assert outcome.status == 3


# --- looking up apps and builds ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("app", "found"),
    [(fleet.APP_ID, fleet.APP_ID), (fleet.BUNDLE_ID, fleet.APP_ID), (fleet.SMALL_BUNDLE_ID, fleet.SMALL_APP_ID)],
)
def test_an_app_is_known_by_its_id_or_its_bundle_id(client: Client, app: str, found: str) -> None:
    assert appstoreconnect.app_id(client, app) == found


def test_an_app_whose_bundle_id_only_begins_alike_is_not_taken(api: AppStoreConnect, client: Client) -> None:
    apps = [
        {"id": "1", "attributes": {"bundleId": "com.example.Ridgeline.beta"}},
        {"id": "2", "attributes": {"bundleId": "com.example.Ridgeline"}},
    ]
    api.answers["/v1/apps"] = (200, "application/json", json.dumps({"data": apps}).encode())
    assert appstoreconnect.app_id(client, "com.example.ridgeline") == "2"


def test_an_unknown_bundle_id_is_answered_with_those_there_are(client: Client) -> None:
    assert problem_of(lambda: appstoreconnect.app_id(client, "com.example.other"), Failure) == (
        "no apps of this key have the bundle ID com.example.other. It has: "
        f"{fleet.BUNDLE_ID} ({fleet.APP_ID}), {fleet.SMALL_BUNDLE_ID} ({fleet.SMALL_APP_ID})"
    )


@pytest.mark.parametrize("app", ["", "a b", "../apps", "com.example.\n", "x" * 156])
def test_what_cannot_be_an_app_is_refused_unsent_and_not_repeated(
    api: AppStoreConnect, client: Client, app: str
) -> None:
    assert problem_of(lambda: appstoreconnect.app_id(client, app), Failure) == (
        "an app is given by its ID, a number, or by its bundle ID, such as com.example.app"
    )
    assert api.requests == []


@pytest.mark.parametrize("identifier", ["", "..", "a/b", "a?b", "a%2fb", "-a", "com.example", "1\n", "x" * 101])
def test_what_cannot_be_an_id_stays_out_of_the_path(identifier: str) -> None:
    assert problem_of(lambda: appstoreconnect.path_of("/v1/apps/{}", identifier), Failure) == (
        "an ID of App Store Connect has letters, digits and hyphens only"
    )


@pytest.mark.parametrize(("number", "build"), [(None, fleet.BUILDS[0]), ("418", fleet.BUILDS[3])])
def test_a_build_is_found_by_its_number_or_as_the_latest(
    client: Client, number: str | None, build: fleet.Build
) -> None:
    assert appstoreconnect.build_of(client, fleet.APP_ID, number) == (build.id, build.number)


def test_an_unknown_build_number_is_answered_with_those_there_are(client: Client) -> None:
    listed = ", ".join(f"{build.number} ({build.id}, {build.uploaded[:10]})" for build in fleet.BUILDS)
    assert problem_of(lambda: appstoreconnect.build_of(client, fleet.APP_ID, "7"), Failure) == (
        f"the app has no build number 7. It has: {listed}"
    )
