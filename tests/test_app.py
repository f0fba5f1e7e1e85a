"""Tests of what a report is about."""

from __future__ import annotations

import pytest

from ppparser.app import App, Subject

RIDGELINE = App("1", "Ridgeline", "com.example.ridgeline")


@pytest.mark.parametrize(
    ("app", "label"),
    [
        (RIDGELINE, "Ridgeline (com.example.ridgeline)"),
        (App("1", "", "com.example.ridgeline"), "com.example.ridgeline"),
        (App("1"), "App 1"),
        (App(), ""),
    ],
)
def test_app_is_labelled_by_the_best_known_name(app: App, label: str) -> None:
    assert app.label == label


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
