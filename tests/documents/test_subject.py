"""Tests of what a report is about."""

from __future__ import annotations

import pytest

from ppparser.documents.subject import App, Build, Subject

RIDGELINE = App("1", "Ridgeline", "com.example.ridgeline")


@pytest.mark.parametrize(
    ("app", "label"),
    [
        (RIDGELINE, "Ridgeline (com.example.ridgeline)"),
        (App("1", "", "com.example.ridgeline"), "com.example.ridgeline"),
        (App("1", "Ridgeline"), "Ridgeline"),
        (App("1"), "App 1"),
        (App(), ""),
    ],
)
def test_app_is_labelled_by_the_best_known_name(app: App, label: str) -> None:
    assert app.label == label


@pytest.mark.parametrize(
    ("build", "label", "title"),
    [
        (
            Build("7c1e", "424", "8.0.1", "IOS", "REPLACED_WITH_NEW_VERSION", "2025-04-22", 1.0, "2025-04-20"),
            "424 (version 8.0.1 on iOS)",
            "version 8.0.1 on iOS (created 2025-04-22), build 424, replaced",
        ),
        (
            Build("7c1e", "437", "8.2.0", "MAC_OS", uploaded="2025-06-12"),
            "437 (version 8.2.0 on macOS)",
            "version 8.2.0 on macOS, build 437 (uploaded 2025-06-12), not on the App Store",
        ),
        (Build("7c1e"), "7c1e (version unknown)", "version unknown, build 7c1e, not on the App Store"),
    ],
)
def test_build_is_labelled_by_what_is_known(build: Build, label: str, title: str) -> None:
    assert (build.label, build.title) == (label, title)


@pytest.mark.parametrize(
    ("subject", "label"),
    [
        (Subject(RIDGELINE), "Ridgeline (com.example.ridgeline)"),
        (Subject(RIDGELINE, "7c1e", "424"), "Ridgeline (com.example.ridgeline), build 424"),
        (Subject(RIDGELINE, "7c1e"), "Ridgeline (com.example.ridgeline), build 7c1e"),
        (Subject(App(), "7c1e"), "Build 7c1e"),
        (Subject(), ""),
    ],
)
def test_subject_names_the_build_after_the_app(subject: Subject, label: str) -> None:
    assert subject.label == label
