"""A fake App Store Connect API on loopback, with made-up data; `python3 tests/fake_api --help` shows how to try it."""

from tests.fake_api import faults
from tests.fake_api.app_data import (
    APP_ID,
    BUILD_ID,
    BUILDS,
    BUNDLE_ID,
    QUIET_BUILD_ID,
    RELEASED_BUILDS,
    SMALL_APP_ID,
    SMALL_BUNDLE_ID,
    TESTFLIGHT_BUILD_ID,
    Build,
    apps,
    builds,
)
from tests.fake_api.diagnostics_data import logs, signatures
from tests.fake_api.metrics_data import build_metrics, metrics, no_metrics
from tests.fake_api.overview_data import no_overview, overview
from tests.fake_api.server import (
    INDIVIDUAL_KEY_ID,
    ISSUER_ID,
    KEY_ID,
    LOGS_TYPE,
    METRICS_TYPE,
    OVERVIEW_TYPE,
    PAGE_SIZE,
    FakeAPI,
    Fault,
    Handler,
)

__all__ = [
    "APP_ID",
    "BUILDS",
    "BUILD_ID",
    "BUNDLE_ID",
    "INDIVIDUAL_KEY_ID",
    "ISSUER_ID",
    "KEY_ID",
    "LOGS_TYPE",
    "METRICS_TYPE",
    "OVERVIEW_TYPE",
    "PAGE_SIZE",
    "QUIET_BUILD_ID",
    "RELEASED_BUILDS",
    "SMALL_APP_ID",
    "SMALL_BUNDLE_ID",
    "TESTFLIGHT_BUILD_ID",
    "Build",
    "FakeAPI",
    "Fault",
    "Handler",
    "apps",
    "build_metrics",
    "builds",
    "faults",
    "logs",
    "metrics",
    "no_metrics",
    "no_overview",
    "overview",
    "signatures",
]
